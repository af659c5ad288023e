"""Reconstructions and Components of a site of plain files show the figures that Python computes."""

import contextlib
import functools
import re
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit

import numpy as np
import pytest

from pcae import store
from pcae.config import RunConfig
from pcae.data.dataset import Dataset, Split
from pcae.methods.metrics import (
    equivalent_k,
    error_by_class,
    error_per_image,
    error_per_pixel,
    principal_angles,
)
from pcae.methods.pca import fit
from pcae.presets import PRESETS
from pcae.store import EpochRecord, Run, Status
from pcae.takehome import site
from tests.methods.test_autoencoder import random_weights

SEED = PRESETS["Seed network, 25 epochs"].key
SHIPPED = Run(SEED, store.PRETRAINED / SEED, shipped=True)
TABLE = "own-5-0123456789ab"
ROWS = """() => [...document.querySelectorAll('.pcae-site-rows .pcae-panel tr')].map(
    (row) => [row.querySelector('th')?.innerText ?? '',
        [...row.querySelectorAll('td')].map((cell) => cell.innerText)])"""
BYTES = """(picture) => { const canvas = document.createElement('canvas');
    canvas.width = picture.naturalWidth; canvas.height = picture.naturalHeight;
    const context = canvas.getContext('2d'); context.drawImage(picture, 0, 0);
    return [...context.getImageData(0, 0, canvas.width, canvas.height).data]
        .filter((_, i) => i % 4 === 0); }"""
CURVE = """() => document.querySelector('.js-plotly-plot').data.map(
    ({ name, x, y }) => [name, [...x], [...y]])"""


class Files(SimpleHTTPRequestHandler):
    """Plain files."""

    def log_message(self, *_):
        """Say nothing."""


def table():
    """A table of five columns in their own units."""
    rng = np.random.default_rng(3)
    splits = [
        Split(rng.random((n, 5), np.float32), rng.integers(0, 2, n, np.uint8)) for n in (60, 30)
    ]
    limits = np.array([[0, -1, 10, 0, 5], [1, 1, 20, 100, 6]], np.float32)
    columns = ("width", "tilt", "Error", "share", "last")
    return Dataset(TABLE, *splits, ("ant", "bee"), "", "", columns=columns, limits=limits)


def trained(config):
    """A run with nobody's weights."""
    run = store.create(config)
    run.write_history([EpochRecord(1, 0.1, 0.1, 1.0)])
    run.write_checkpoint(1, random_weights(config))
    run.write_status(Status("finished"))
    return run


@pytest.fixture(scope="module")
def networks(tmp_path_factory, sample):
    """The shipped network, one of three numbers, one of a table, and a convolutional one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PCAE_HOME", str(tmp_path_factory.mktemp("home")))
        other = trained(RunConfig(dataset="mnist-5k", hidden=(8,), k=3, epochs=1))
        convolutional = RunConfig(
            dataset="mnist-5k",
            architecture="convolutional",
            hidden=(4, 6, 5),
            epochs=1,
            layer_norm=True,
        )
        rows = trained(RunConfig(dataset=TABLE, hidden=(4,), k=2, epochs=1))
        pca, columns = fit(sample), table()
        yield [
            site.Network(SHIPPED, sample, pca),
            site.Network(other, sample, pca),
            site.Network(rows, columns, fit(columns)),
            site.Network(trained(convolutional), sample, pca),
        ]


@contextlib.contextmanager
def served(folder, networks, path=""):
    """The address at which a server of plain files has a site, at its root or under a path."""
    for name, content in site.files(networks):
        place = folder / path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    handler = functools.partial(Files, directory=str(folder))
    with ThreadingHTTPServer(("localhost", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/{quote(path)}"
        server.shutdown()


@pytest.fixture(scope="module")
def address(tmp_path_factory, networks):
    """Where a server of plain files has the site, under a path."""
    with served(tmp_path_factory.mktemp("served"), networks, "a site/") as found:
        yield found


@pytest.fixture
def page(browser, address):
    """A tab; at the end nothing has failed, and nothing was asked for elsewhere."""
    context, faults = browser.new_context(viewport={"width": 1280, "height": 800}), []
    tab = context.new_page()
    elsewhere = ("data:", "blob:", address)
    tab.on("request", lambda of: of.url.startswith(elsewhere) or faults.append(of.url))
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("console", lambda of: of.type == "error" and faults.append(of.text))
    yield tab
    context.close()
    assert faults == []


def opened(page, address, query=""):
    """Open Reconstructions and wait for its rows."""
    page.goto(f"{address}reconstructions/?{query}")
    page.locator(".pcae-site-rows[data-drawn]").wait_for()


def shown(page, act, **state):
    """Do something, and wait until the rows are of this state."""
    page.evaluate("delete document.querySelector('.pcae-site-rows').dataset.drawn")
    act()
    page.locator(".pcae-site-rows[data-drawn]").wait_for()
    drawn = page.evaluate("JSON.parse(document.querySelector('.pcae-site-rows').dataset.drawn)")
    assert {name: drawn[name] for name in state} == state


def captions(page, title):
    """The words under the pictures of a row."""
    return next(cells for head, cells in page.evaluate(ROWS) if head.startswith(title))


def in_four(errors):
    return [f"{error:.4f}" for error in errors]


def test_rows_errors_and_maps_are_those_of_numpy(page, address, networks, sample):
    of = networks[0]
    opened(page, address, f"run={SEED}&epochs=25&pca_k_2=5")
    images, k = sample.test.pixels(), 5
    by_pca, by_network = of.pca.reconstruct(images, k), of.run.model().reconstruct(images)
    errors = [error_per_image(images, shown) for shown in (by_pca, by_network)]
    assert captions(page, "Original") == [f"no. {i}" for i in range(10)]
    assert captions(page, "PCA") == in_four(errors[0][:10])
    assert captions(page, "Autoencoder") == in_four(errors[1][:10])
    heads = [head for head, _ in page.evaluate(ROWS)]
    assert f"k = 5, mean error {of.pca.test_error[5]:.4f}" in heads[2]
    picture = page.locator('.pcae-panel img[alt="Autoencoder"]').nth(3).element_handle()
    wanted = np.rint(255 * np.clip(by_network[3], 0, 1))
    np.testing.assert_allclose(page.evaluate(BYTES, picture), wanted, atol=1)

    page.locator(".pcae-table").wait_for()
    for line, found in zip(errors, page.locator(".pcae-table tbody tr").all(), strict=True):
        means = [*error_by_class(line, sample.test.labels, 10), line.mean()]
        assert found.locator("td").all_inner_texts() == in_four(means)
    most = max(error_per_pixel(images, of).max() for of in (by_pca, by_network))
    page.get_by_text(f"over all 1,000 test images; white is {most:.3f}.").wait_for()

    order = np.argsort(errors[1], kind="stable")
    shown(page, lambda: page.get_by_role("radio", name="Worst").check(), which="Worst")
    assert captions(page, "Original") == [f"no. {i}" for i in order[::-1][:10]]
    gains = np.argsort(errors[1] - errors[0], kind="stable")
    shown(
        page,
        lambda: page.get_by_role("radio", name="Autoencoder gains").check(),
        which="Autoencoder gains",
    )
    assert captions(page, "Original") == [f"no. {i}" for i in gains[:10]]
    query = parse_qs(urlsplit(page.url).query)
    assert (query["which"], query["pca_k_2"]) == (["Autoencoder gains"], ["5"])


def test_controls_go_into_the_address_and_come_back_from_it(page, address, networks):
    opened(page, address, f"run={SEED}&epochs=25")
    shown(page, lambda: page.get_by_role("radio", name="Random").check(), which="Random", draw=0)
    shown(page, page.get_by_role("button", name="Draw others").click, draw=1)
    page.get_by_label("How many").fill("11")
    shown(page, lambda: page.get_by_label("How many").press("Enter"), n=11)
    shown(page, lambda: page.locator(".pcae-site-line select").select_option("3"), label=3)
    shown(page, lambda: page.get_by_role("switch", name="Differences").check(), differences=True)
    images = networks[0].data.test.pixels()
    error = error_per_image(images, SHIPPED.model().reconstruct(images)).mean()
    k = round(equivalent_k(error, networks[0].pca.test_error))
    shown(page, page.get_by_role("button", name=f"k = {k} is as good").click, k=k)
    before = page.evaluate(ROWS)
    assert {cell for cell in before[0][1] if cell} == {"3"}
    assert [head for head, _ in before].count("difference") == 2
    page.reload()
    page.locator(".pcae-site-rows[data-drawn]").wait_for()
    assert page.evaluate(ROWS) == before
    page.locator(".pcae-panel img").first.click()
    page.locator("dialog").get_by_text("row 15, column 15").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("radio", name="Pinned in Explore").check()
    page.get_by_text("There are no such test digits: on Explore, draw around digits").wait_for()


def test_directions_and_charts_are_those_of_numpy(page, address, networks, sample):
    for of in (*networks[:2], networks[3]):
        run, pca, model = of.run, of.pca, of.run.model()
        settings = "&".join(f"{name}={text}" for name, text in run.config.to_query().items())
        page.goto(f"{address}components/?run={run.key}&{settings}")
        page.locator(".pcae-site-directions .pcae-panel").first.wait_for()
        heads = page.locator(".pcae-site-directions th").all_inner_texts()
        for label in (0, 1, 2, 7):
            i = int(np.argmax(sample.test.labels == label))
            jacobian = model.decoder_jacobian(model.encode(sample.test.pixels(np.array([i])))[0])
            angle = principal_angles(jacobian, pca.components[: run.config.k])[-1]
            (turned,) = [head for head in heads if re.match(rf"At test digit {i}(?!\d)", head)]
            assert turned.endswith(f"turned by {angle:.0f}°")
        direction = jacobian[1] / (2 * np.abs(jacobian[1]).max()) + 0.5
        picture = page.locator(".pcae-panel img").last if run is SHIPPED else None
        if picture:
            found = page.evaluate(BYTES, picture.element_handle())
            np.testing.assert_allclose(found, np.rint(255 * direction), atol=1)
        error = error_per_image(sample.test.pixels(), model.reconstruct(sample.test.pixels()))
        enough = int(np.argmax(pca.test_error <= error.mean()))
        page.get_by_text(f"PCA has {pca.test_error[enough]:.4f} with k = {enough}").wait_for()
        page.locator(".js-plotly-plot[data-drawn]").first.wait_for()
        (name, x, y), *_, (_, (k, worth), _) = page.evaluate(CURVE)
        assert (name, x[0], k) == ("PCA, test", 0, run.config.k)
        np.testing.assert_allclose(y, pca.test_error[: len(y)])
        assert worth == pytest.approx(equivalent_k(error.mean(), pca.test_error))
    page.get_by_text("Logarithmic axes").click()
    page.wait_for_function(
        "() => document.querySelector('.js-plotly-plot')._fullLayout.xaxis.type === 'linear'"
    )
    assert parse_qs(urlsplit(page.url).query)["log_axes"] == ["False"]


def test_a_table_has_its_values_in_its_own_units(page, address, networks):
    of = networks[2]
    data, model = of.data, of.run.model()
    images = data.test.pixels()
    settings = f"run={of.run.key}&dataset={TABLE}&hidden=4&epochs=1"
    page.goto(f"{address}reconstructions/?{settings}&how_many=2")
    rows = page.locator(".pcae-site-values").first.locator("tr")
    rows.nth(6).wait_for()
    heads, *lines = [row.locator("th,td").all_inner_texts() for row in rows.all()]
    assert heads[:7] == ["Row", "Class", "Shown as", "Error", "width", "tilt", "Error (column)"]
    assert [line[2] for line in lines] == ["Original", "PCA", "Autoencoder"] * 2
    by_network = model.reconstruct(images)
    np.testing.assert_allclose(
        np.array(lines[2][4:], float), data.values(by_network)[0], rtol=1e-4, atol=1e-4
    )
    assert lines[2][3] == f"{error_per_image(images, by_network)[0]:.4f}"
    page.get_by_text("Mean squared error of each column").wait_for()
    page.get_by_role("link", name="Components").click()
    directions = page.locator(".pcae-site-directions tbody tr")
    directions.nth(4).wait_for()
    found = [row.locator("td").all_inner_texts()[1:] for row in directions.all()]
    i = int(np.argmax(data.test.labels == 0))
    jacobian = model.decoder_jacobian(model.encode(images[[i]])[0])
    ofs = [[*of.pca.components[:2, c], *jacobian[:, c]] for c in range(5)]
    np.testing.assert_allclose(np.array(found, float), ofs, atol=1e-4)


def test_explore_shows_the_values_of_a_tables_row_whole(page, address, networks):
    page.goto(f"{address}?run={networks[2].run.key}")
    cells = page.locator(".pcae-x-values td")
    page.locator(".pcae-x[data-whole]").wait_for()
    assert cells.count() == 3 * 5
    cut = "(cells) => cells.filter((cell) => cell.scrollWidth > cell.clientWidth).length"
    assert all(cells.all_inner_texts())
    assert cells.evaluate_all(cut) == 0
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
