"""Reconstruction errors against plain loops, and the number of components that do as well."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from scipy.linalg import subspace_angles

from pcae.config import RunConfig
from pcae.data.datasets import Split
from pcae.methods import metrics, pca
from pcae.methods.autoencoder import Autoencoder, weight_shapes
from pcae.methods.metrics import equivalent_k, error_by_class, error_per_image, evaluate

# falls at an uneven pace, as PCA's errors do
PCA_ERROR = np.array([0.07, 0.06, 0.055, 0.02, 0.0125, 0.0])


@pytest.fixture(scope="module")
def fitted(sample):
    """The PCA of the offline digits."""
    return pca.fit(sample)


def halfway(images):
    """A reconstruction that is wrong everywhere: halfway to grey."""
    return (images + np.float32(0.5)) / 2


def counted_k(error, pca_error):
    """The components that do as well, found by walking down the curve in exact fractions."""
    error, steps = Fraction(error), [Fraction(float(step)) for step in pca_error]
    if error >= steps[0]:
        return 0.0
    for k, (above, below) in enumerate(pairwise(steps)):
        if below <= error < above:
            return float(k + (above - error) / (above - below))
    return float(len(steps) - 1)


def test_error_per_image_is_the_mean_of_squares():
    rng = np.random.default_rng(0)
    images, others = rng.random((2, 7, 784)).astype(np.float32)
    expected = [
        sum((float(a) - float(b)) ** 2 for a, b in zip(one, other, strict=True)) / 784
        for one, other in zip(images, others, strict=True)
    ]
    errors = error_per_image(images, others)
    np.testing.assert_allclose(errors, expected, rtol=1e-6)
    assert errors.dtype == np.float64


def test_the_error_of_a_perfect_image_is_0_and_of_a_negative_1():
    images = np.array([[0.0, 1.0] * 392, [0.0, 1.0] * 392], np.float32)
    others = np.stack([images[0], 1 - images[1]])
    assert error_per_image(images, others).tolist() == [0, 1]


def test_errors_by_class_add_up_to_the_whole():
    rng = np.random.default_rng(1)
    errors, labels = rng.random(500), rng.integers(0, 10, 500, np.uint8)
    by_class = error_by_class(errors, labels, 10)
    assert len(by_class) == 10
    share = np.bincount(labels) / 500
    assert np.dot(by_class, share) == pytest.approx(errors.mean(), rel=1e-12)
    assert by_class[3] == pytest.approx(errors[labels == 3].mean(), rel=1e-12)


def test_a_class_without_images_has_no_error():
    by_class = error_by_class(np.array([1.0, 3.0]), np.array([0, 0]), 3)
    assert by_class[0] == 2
    assert np.isnan(by_class[1:]).all()


@pytest.mark.parametrize("k", range(len(PCA_ERROR)))
def test_the_error_of_k_components_is_worth_k(k):
    assert equivalent_k(PCA_ERROR[k], PCA_ERROR) == k


@pytest.mark.parametrize(("error", "k"), [(0.065, 0.5), (0.0575, 1.5), (0.02875, 2.75)])
def test_between_whole_numbers_it_is_linear(error, k):
    assert equivalent_k(error, PCA_ERROR) == pytest.approx(k)


@pytest.mark.parametrize(("error", "k"), [(0.08, 0), (1e9, 0), (0, 5), (-1, 5)])
def test_it_stays_between_none_and_all_components(error, k):
    assert equivalent_k(error, PCA_ERROR) == k


def test_it_agrees_with_walking_down_the_curve(fitted):
    curve = fitted.test_error
    for error in np.geomspace(curve[783] / 2, curve[0] * 1.1, 200):
        assert equivalent_k(error, curve) == pytest.approx(counted_k(error, curve), abs=1e-6)


def test_what_a_code_is_worth_is_a_sentence():
    assert metrics.worth(1, 1.04) == "1 code reconstructs as well as 1.0 principal components"
    assert (
        metrics.worth(2, 0.0) == "2 codes reconstruct no better than the mean of the training data"
    )


def test_a_smaller_error_is_worth_more_components(fitted):
    curve = fitted.test_error
    worth = [equivalent_k(error, curve) for error in np.linspace(curve[0], curve[100], 50)]
    assert (np.diff(worth) > 0).all()


def test_evaluate_measures_both_splits(sample):
    result = evaluate(halfway, sample)
    for split, error in ((sample.train, result.train_error), (sample.test, result.test_error)):
        images = split.images / 255
        assert error == pytest.approx(np.square((images - 0.5) / 2).mean(), rel=1e-6)
    assert result.test_errors.shape == (1000,)
    share = np.bincount(sample.test.labels) / 1000
    assert np.dot(result.test_error_by_class, share) == pytest.approx(result.test_error)


def test_evaluating_in_blocks_changes_nothing(sample, monkeypatch):
    whole = evaluate(halfway, sample)
    monkeypatch.setattr(metrics, "_ROWS_AT_ONCE", 333)
    blocks = evaluate(halfway, sample)
    assert blocks.train_error == pytest.approx(whole.train_error, rel=1e-12)
    np.testing.assert_array_equal(blocks.test_errors, whole.test_errors)


def test_the_figures_are_plain_values_that_agree(sample):
    ones = Split(sample.test.images[sample.test.labels == 1], np.ones(100, np.uint8))
    figures = evaluate(halfway, replace(sample, test=ones)).figures()
    by_class = figures["test_error_by_class"]
    assert [label for label, error in enumerate(by_class) if error is not None] == [1]
    assert by_class[1] == pytest.approx(figures["test_error"])
    assert figures["test_error_per_image"] == pytest.approx(784 * figures["test_error"])
    assert isinstance(figures["train_error"], float)


def test_pca_evaluates_to_its_own_errors(fitted, sample):
    result = evaluate(lambda images: fitted.reconstruct(images, 9), sample)
    assert result.train_error == pytest.approx(fitted.train_error[9], abs=1e-7)
    assert result.test_error == pytest.approx(fitted.test_error[9], abs=1e-7)
    assert equivalent_k(result.test_error, fitted.test_error) == pytest.approx(9, abs=1e-3)


def test_the_errors_at_the_pixels_add_up_to_those_of_the_images():
    a, b = np.random.default_rng(0).random((2, 30, 784))
    pixels = metrics.error_per_pixel(a, b)
    np.testing.assert_allclose(pixels, np.square(a - b).mean(axis=0))
    assert pixels.mean() == pytest.approx(error_per_image(a, b).mean())


def test_principal_angles_are_scipys():
    rng = np.random.default_rng(0)
    for k in (1, 2, 5):
        a, b = rng.normal(size=(2, k, 40))
        expected = np.degrees(subspace_angles(a.T, b.T))[::-1]
        np.testing.assert_allclose(metrics.principal_angles(a, b), expected, atol=1e-6)


@pytest.mark.parametrize("degrees", [0.0, 1e-7, 0.3, 45.0, 89.9, 90.0])
def test_principal_angles_are_exact_near_zero_and_near_a_right_angle(degrees):
    turn = np.radians(degrees)
    a = np.array([[1.0, 0, 0, 0], [0, 1, 0, 0]])
    b = np.array([[1.0, 0, 0, 0], [0, np.cos(turn), np.sin(turn), 0]]) * 7
    np.testing.assert_allclose(metrics.principal_angles(a, b), [0, degrees], atol=1e-9)


def test_angles_by_row_are_of_lines_whatever_their_lengths_and_signs():
    a = np.array([[3.0, 0, 0], [0, -2, 0], [1, 0, 1], [0, 0, 0], [1, 1e-7, 0]])
    b = np.array([[1.0, 0, 0], [0, 1, 0], [-1, 0, 0], [0, 0, 1], [1, 0, 0]])
    found = metrics.angles_by_row(a, b)
    np.testing.assert_allclose(found, [0, 0, 45, 90, np.degrees(1e-7)], atol=1e-12, rtol=1e-6)


def test_a_projection_is_the_nearest_combination():
    rng = np.random.default_rng(0)
    plane, directions = rng.normal(size=(3, 50)), rng.normal(size=(4, 50))
    found = metrics.project(directions, plane)
    np.testing.assert_allclose((directions - found) @ plane.T, 0, atol=1e-9)
    np.testing.assert_allclose(
        metrics.project(2 * plane[1:] - 1.0 * plane[:2], plane), 2 * plane[1:] - plane[:2]
    )


def test_errors_by_k_are_those_of_the_first_codes_alone():
    config = RunConfig(dataset="digits-8x8", hidden=(16,), k=3)
    rng = np.random.default_rng(0)
    model = Autoencoder(
        config,
        {
            name: rng.normal(size=of).astype(np.float32)
            for name, of in weight_shapes(config).items()
        },
    )
    images = rng.random((20, 64), np.float32)
    codes = model.encode(images)
    expected = [
        np.square(model.decode(codes * (np.arange(3) < kept)) - images).mean() for kept in (1, 2, 3)
    ]
    np.testing.assert_allclose(metrics.errors_by_k(model, images), expected, rtol=1e-5)
    np.testing.assert_array_equal(codes, model.encode(images))  # nothing is cut in place
