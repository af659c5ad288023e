"""The report: whole in one file, and its numbers are the run's."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import numpy as np
import pytest

from pcae import store
from pcae.config import RunConfig
from pcae.methods import pca
from pcae.methods.metrics import error_by_class, error_per_image
from pcae.presets import PRESETS
from pcae.settings import LABELS
from pcae.store import EpochRecord
from pcae.takehome import report
from pcae.training.quality import Quality
from tests.takehome.test_keras_file import trained

pytestmark = pytest.mark.usefixtures("pca_kept")

SEED_25 = PRESETS["Seed network, 25 epochs"]
SMALL = RunConfig(dataset="mnist-5k", hidden=(16,), k=3, epochs=2, activation="tanh")


@pytest.fixture(scope="module")
def fitted(sample):
    return pca.fit(sample)


def of_small(config=SMALL):
    run = trained(config)
    run.write_history([EpochRecord(1, 0.6, 0.06, 1.0), EpochRecord(2, 0.5, 0.05, 2.0)])
    return run


def words(html):
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]*>", " ", html).split())


def test_it_is_whole_in_one_file_without_scripts(sample, fitted):
    html = report.report(of_small(), sample, fitted)
    assert "<script" not in html
    assert "http" not in html
    assert "@page{size:A4" in html
    assert html.count("data:image/png;base64,") == 3 * 10
    drawings = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    assert len(drawings) == 1 + 2
    for drawing in drawings:
        ElementTree.fromstring(drawing)


def test_it_has_every_setting_and_marks_what_is_not_as_usual(sample, fitted):
    html = report.report(of_small(), sample, fitted)
    assert all(f"<span>{label}</span>" in html for label in LABELS.values())
    marked = re.findall(r'class="other"><span>(.*?)</span><span>(.*?)</span>', html)
    assert dict(marked) == {
        "Data set": "MNIST, 5,000 digits",
        "Hidden widths": "16",
        "Bottleneck width k": "3",
        "Activation": "tanh",
        "Epochs": "2",
    }


def test_a_variational_networks_loss_is_drawn_in_its_two_parts(sample, fitted):
    run = trained(replace(SMALL, beta=7.84))
    run.write_history([EpochRecord(1, 0.12, 0.06, 1.0, 2.0), EpochRecord(2, 0.11, 0.05, 2.0, 3.0)])
    html = report.report(run, sample, fitted)
    assert len(re.findall(r"<svg.*?</svg>", html, re.DOTALL)) == 3 + 2
    told = words(html)
    assert "training loss, reconstruction" in told
    assert "training loss, divergence" in told
    assert "nats an image" in told


def test_its_errors_are_those_of_the_test_images(sample, fitted):
    run, images = of_small(), sample.test.pixels()
    errors = error_per_image(images, run.model().reconstruct(images))
    html = report.report(run, sample, fitted)
    row = f"Autoencoder 3 {errors.mean():.5f} {784 * errors.mean():.2f}"
    assert row in words(html)
    assert f"PCA 3 {fitted.test_error[3]:.5f}" in words(html)
    by_class = " ".join(f"{of:.4f}" for of in error_by_class(errors, sample.test.labels, 10))
    assert f"Autoencoder {by_class} {errors.mean():.4f}" in words(html)
    assert "1,000 test images" in words(html)


def test_every_test_image_is_a_dot_in_both_planes(sample, fitted):
    html = report.report(of_small(), sample, fitted)
    planes = re.findall(r'<g class="dots">(.*?)</g>', html)
    assert [plane.count("h0") for plane in planes] == [1000, 1000]


def test_losses_of_another_unit_have_a_chart_of_their_own(sample, fitted):
    html = report.report(of_small(replace(SMALL, loss="bce")), sample, fitted)
    assert len(re.findall(r'<svg class="chart"', html)) == 2 + 2


def test_what_was_measured_is_there_and_else_how_to_measure_it(sample, fitted):
    run = of_small()
    assert f"python -m pcae quality {run.key}" in report.report(run, sample, fitted)
    measured = (
        Quality(0.05, 4.0, 0.123, 0.456, 0.789, 0.1, 0.2),
        Quality(0.05, 4.0, None, 0.321, None, None, None),
    )
    told = words(report.report(run, sample, fitted, measured))
    assert "PCA 0.123 0.456 0.789 Autoencoder – 0.321 –" in told


def test_on_the_digits_that_stand_in_it_says_so(sample, fitted):
    run = store.find(SEED_25.key)
    told = words(report.report(run, sample, fitted))
    assert "MNIST, 5,000 digits stands in for MNIST" in told
    assert "Trained with MNIST, 60,000 training and 10,000 test images" in told
    assert f"test error {run.record['test_error']:.5f}" in told
    assert "test error of PCA" not in told  # the curve is of other images
    assert run.record["weights_sha256"] in told
    assert "python -m pcae train --preset" in told


def test_of_data_without_classes_the_first_images_are_shown(sample, fitted):
    test = replace(sample.test, labels=np.zeros_like(sample.test.labels))
    html = report.report(of_small(), replace(sample, test=test, classes=("all",)), fitted)
    assert html.count("<img") == 3 * 10
    told = words(html)
    assert "no. 9" in told
    assert "The first test images; under" in told
    assert "class" not in told.partition("The test images in both planes")[2]


def test_one_code_one_epoch_and_a_class_without_test_images(sample, fitted):
    run = trained(replace(SMALL, k=1, epochs=1))
    run.write_history([EpochRecord(1, 0.06, 0.05, 1.0)])
    few = replace(sample.test, images=sample.test.images[:5], labels=np.full(5, 3, np.uint8))
    told = words(report.report(run, replace(sample, test=few), fitted))
    assert "1 code reconstructs " in told
    assert "–" in told
    assert "nan" not in told
