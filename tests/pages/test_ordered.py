"""Ordered codes on Reconstructions: the slider's k moves both methods."""

import re
from dataclasses import replace

import numpy as np
import pytest

from pcae.config import RunConfig
from pcae.methods.metrics import error_per_image
from pcae.methods.pca import load_or_fit
from tests.pages.test_link import follow
from tests.pages.test_pages import figure, texts, train_quickly

ORDERED = RunConfig(dataset="mnist-5k", hidden=(8,), k=3, code_order="nested")


def test_reconstructions_take_as_many_ordered_codes_as_the_slider_says(app, sample):
    run, plain = train_quickly(ORDERED), train_quickly(replace(ORDERED, code_order="none"))
    app.session_state["compare"] = {plain.key}
    follow(app, "reconstructions", run=run.key, **ORDERED.to_query())
    assert app.slider[0].label == "Components and ordered codes k"
    images = sample.test.pixels()
    codes = run.model().encode(images)
    whole = error_per_image(images, plain.model().reconstruct(images))
    for which, k in (("Worst", 2), ("Best", 1), ("PCA gains", 2), ("First", 9)):
        app.slider[0].set_value(k)
        app.button_group(key="which").set_value(which).run()
        assert not app.exception
        errors = error_per_image(images, run.model().decode(codes * (np.arange(3) < k)))
        by_pca = error_per_image(images, load_or_fit(sample).reconstruct(images, k))
        values = {"Worst": -errors, "Best": errors, "PCA gains": by_pca - errors}
        shown = np.argsort(values.get(which, np.arange(len(images))), kind="stable")[:10]
        drawn = re.findall(r"<small>(0\.\d+)</small>", texts(app))
        assert np.array(drawn[10:20], float) == pytest.approx(errors[shown], abs=6e-5)
        assert f"k = {min(k, 3)}, mean error {errors.mean():.4f}" in texts(app)
        assert f"k = 3, mean error {whole.mean():.4f}" in texts(app)  # in no order: all of them
        said = "1 code" if k == 1 else f"{min(k, 3)} codes"
        assert f"<small>Autoencoder, {said}</small>" in texts(app)
        bars = [bar["name"] for bar in figure(app)["data"]]
        assert bars[0] == f"PCA, k = {k}"
        assert [name.endswith(f", {said}") for name in bars[1:]] == [True, False]
    assert app.button(key="as_good").help.endswith("with all its codes.")
