"""Ordered codes on a site of plain files: Reconstructions' slider moves both methods."""

import functools
from dataclasses import replace
from urllib.parse import urlencode

import numpy as np
import pytest

from pcae.config import RunConfig
from pcae.methods.autoencoder import first
from pcae.methods.metrics import error_by_class, error_per_image, error_per_pixel
from pcae.methods.pca import fit
from pcae.takehome import site
from tests.browser.test_site_rows import ROWS, captions, in_four, opened, served, shown, trained

ORDERED = RunConfig(dataset="mnist-5k", hidden=(8,), k=4, epochs=1, code_order="nested")


@pytest.fixture(scope="module")
def networks(tmp_path_factory, sample):
    """An ordered network, and the same with its codes in no order."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PCAE_HOME", str(tmp_path_factory.mktemp("home")))
        pca, both = fit(sample), (ORDERED, replace(ORDERED, code_order="none"))
        yield [site.Network(trained(config), sample, pca) for config in both]


@pytest.fixture(scope="module")
def address(tmp_path_factory, networks):
    """Where a server of plain files has the site."""
    with served(tmp_path_factory.mktemp("served"), networks) as found:
        yield found


def heads(page):
    """What stands before the rows."""
    return [head for head, _ in page.evaluate(ROWS)]


def test_the_rows_and_their_errors_are_of_as_many_codes(browser, address, networks, sample):
    ordered, plain = networks
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    opened(page, address, urlencode({"run": ordered.run.key, **ORDERED.to_query()}))
    page.get_by_text("Compare with other networks").click()
    shown(page, page.locator(f"input[value='{plain.run.key}']").check, k=4)
    slider = page.get_by_label("Components and ordered codes k")
    images = sample.test.pixels()
    codes, whole = ordered.run.model().encode(images), plain.run.model().reconstruct(images)
    for k in (2, 9):
        shown(page, functools.partial(slider.fill, str(k)), k=k)
        few = f"{min(k, 4)} codes"
        made = [ordered.pca.reconstruct(images, k), ordered.run.model().decode(first(codes, k))]
        errors = [error_per_image(images, of) for of in (*made, whole)]
        assert captions(page, "Autoencoder") == in_four(errors[1][:10])
        page.get_by_text(f"k = {min(k, 4)}, mean error {errors[1].mean():.4f}").first.wait_for()
        assert f"k = 4, mean error {errors[2].mean():.4f}" in heads(page)[4]
        page.locator(".pcae-table").get_by_text(f", {few}").wait_for()
        lines = page.locator(".pcae-table tbody tr").all()
        for of, line in zip(errors, lines, strict=True):
            means = [*error_by_class(of, sample.test.labels, 10), of.mean()]
            assert line.locator("td").all_inner_texts() == in_four(means)
        most = max(error_per_pixel(images, of).max() for of in made)
        page.get_by_text(f"over all 1,000 test images; white is {most:.3f}.").wait_for()
        page.get_by_text(f"Autoencoder, {few}").wait_for()
    shown(page, functools.partial(slider.fill, "1"), k=1)
    shown(page, lambda: page.get_by_role("radio", name="Worst").check(), which="Worst")
    errors = error_per_image(images, ordered.run.model().decode(first(codes, 1)))
    order = np.argsort(errors, kind="stable")[::-1][:10]
    assert captions(page, "Original") == [f"no. {i}" for i in order]
    assert f"k = 1, mean error {errors.mean():.4f}" in heads(page)[3]
    page.close()
