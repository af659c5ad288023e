"""Decoded planes against hand computations."""

import csv
import io

import numpy as np
import pytest

from pcae.config import RunConfig
from pcae.methods.autoencoder import Autoencoder
from pcae.methods.pca import load_or_fit
from pcae.methods.plane import Grid, as_csv, axis, between, decoded, field, regions
from tests.methods.test_autoencoder import random_weights

RNG = np.random.default_rng(0)
SKEWED = RNG.gamma(2, 3, 999)


@pytest.mark.parametrize("share", [0.5, 0.98, 1.0])
def test_equal_steps_go_from_quantile_to_quantile(share):
    low, high = np.quantile(SKEWED, [(1 - share) / 2, (1 + share) / 2])
    along = axis(SKEWED, share)
    np.testing.assert_allclose(along.centres(4), low + (high - low) * np.array([1, 3, 5, 7]) / 8)
    np.testing.assert_allclose(along.position(np.array([low, high])), [0, 1], atol=1e-12)


@pytest.mark.parametrize("share", [0.5, 0.98, 1.0])
def test_quantile_spacing_puts_tiles_at_quantiles(share):
    along = axis(SKEWED, share, quantiles=True)
    ranks = 0.5 + share * (np.array([1, 3, 5, 7]) / 8 - 0.5)
    np.testing.assert_allclose(along.centres(4), np.quantile(SKEWED, ranks))
    np.testing.assert_allclose(along.position(along.centres(4)), np.array([1, 3, 5, 7]) / 8)


@pytest.mark.parametrize("quantiles", [False, True])
def test_beyond_all_digits_an_axis_goes_on_straight(quantiles):
    values = np.array([3.0, 7.0, 4.0, 5.0])
    along = axis(values, 2.0, quantiles=quantiles)
    np.testing.assert_allclose(along.value(np.array([0, 0.25, 0.75, 1])), [1, 3, 7, 9])


@pytest.mark.parametrize("quantiles", [False, True])
def test_a_number_that_is_the_same_for_every_digit_has_an_axis(quantiles):
    along = axis(np.full(50, 2.5), 0.98, quantiles=quantiles)
    assert np.isfinite(along.centres(5)).all()
    assert np.isfinite(along.ticks()).all()
    assert along.value(np.array([0.5])) == 2.5


@pytest.mark.parametrize("values", [SKEWED, 1e-4 * SKEWED, 1e4 * SKEWED - 7, -SKEWED])
@pytest.mark.parametrize("quantiles", [False, True])
@pytest.mark.parametrize("share", [0.5, 0.98, 2.0])
def test_ticks_are_round_and_have_room(values, quantiles, share):
    along = axis(values, share, quantiles=quantiles)
    ticks = along.ticks()
    places = along.position(ticks)
    assert 3 <= len(ticks) <= 12
    assert (np.diff(places) > 0.08).all()
    assert places.min() > -1e-9
    assert places.max() < 1 + 1e-9
    assert max(len(f"{abs(tick):.3g}") for tick in ticks) <= 8
    np.testing.assert_allclose([float(f"{tick:.2g}") for tick in ticks], ticks, rtol=1e-9)
    if not quantiles:
        np.testing.assert_allclose(np.diff(ticks), ticks[1] - ticks[0])


@pytest.mark.parametrize("k", [1, 2, 5])
def test_the_tiles_are_the_decoder_at_their_coordinates(k):
    config = RunConfig(hidden=(16,), k=k)
    model = Autoencoder(config, random_weights(config))
    codes = RNG.normal(size=(400, k)).astype(np.float32)
    labels = RNG.integers(0, 10, 400)
    numbers = (0,) if k == 1 else (k - 1, 0)
    plane = decoded(codes, labels, 10, model.decode, Grid(numbers, 6, 0.9, True))
    rows = 1 if k == 1 else 6
    assert plane.coordinates.shape == (rows, 6, len(numbers))
    assert plane.images.shape == (rows, 6, 784)
    for row, column in ((0, 2), (rows - 1, 5)):
        code = codes.mean(axis=0)
        middles = [(column + 0.5) / 6, (row + 0.5) / 6]
        for number, middle in zip(numbers, middles, strict=False):
            code[number] = np.quantile(codes[:, number], 0.05 + 0.9 * middle)
        np.testing.assert_allclose(plane.coordinates[row, column], code[list(numbers)], rtol=1e-5)
        np.testing.assert_allclose(plane.images[row, column], model.decode([code])[0], atol=1e-5)


def test_a_digit_is_drawn_at_its_coordinates():
    codes = RNG.normal(size=(500, 3))
    plane = decoded(codes, np.zeros(500, int), 1, lambda c: c, Grid((2, 1), 5, 1.0))
    least, greatest = codes.min(axis=0), codes.max(axis=0)
    share = (codes[:7] - least) / (greatest - least)
    np.testing.assert_allclose(plane.places(codes[:7]), share[:, [2, 1]], atol=1e-9)


def test_regions_of_separate_classes_are_where_their_digits_are():
    middles = np.array([[0.2, 0.2], [0.8, 0.3], [0.5, 0.85]])
    labels = np.repeat([0, 1, 2], 300)
    places = middles[labels] + RNG.normal(scale=0.03, size=(900, 2))
    found = regions(places, labels, 4)
    cells = len(found.labels)
    for label, (x, y) in enumerate(middles):
        assert found.labels[int(y * cells), int(x * cells)] == label
        np.testing.assert_allclose(found.names[label], [x, y], atol=0.04)
    assert found.labels[int(0.85 * cells), int(0.1 * cells)] == -1
    assert found.labels[0, -1] == -1
    assert set(found.names) == {0, 1, 2}


def test_the_class_with_more_digits_has_the_place():
    labels = np.repeat([0, 1], [30, 20])
    found = regions(np.full((50, 2), 0.5), labels, 2)
    assert set(np.unique(found.labels)) == {-1, 0}


def test_digits_outside_a_plane_reach_in_no_further_than_they_would_inside():
    inside = regions(np.array([[0.001, 0.5]]), np.array([0]), 1).labels
    outside = regions(np.array([[-0.02, 0.5], [-9.0, 0.5], [0.5, 40.0]]), np.array([0] * 3), 1)
    assert 0 < (outside.labels == 0).sum() < (inside == 0).sum()
    assert (outside.labels[:, len(inside) // 2 :] == -1).all()


def test_regions_of_a_single_axis():
    labels = np.repeat([1, 0], 200)
    places = np.repeat([[0.25], [0.75]], 200, axis=0) + RNG.normal(scale=0.02, size=(400, 1))
    found = regions(places, labels, 2)
    rows, cells = found.labels.shape
    assert rows == 1
    assert [found.labels[0, int(x * cells)] for x in (0.02, 0.25, 0.75, 0.98)] == [-1, 1, 0, -1]
    np.testing.assert_allclose(found.names[1], [0.25], atol=0.04)


@pytest.mark.parametrize("d", [1, 2])
def test_a_field_is_the_mean_of_the_values_there(d):
    places = np.repeat([[0.25] * d, [0.75] * d], 200, axis=0)
    places += RNG.normal(scale=0.02, size=places.shape)
    values = np.repeat([3.0, 8.0], 200) + np.tile([-1.0, 1.0], 200)
    found = field(places, values)
    rows, cells = found.shape
    assert rows == (cells if d == 2 else 1)
    for x, value in ((0.25, 3), (0.75, 8)):
        row = int(x * cells) if d == 2 else 0
        assert found[row, int(x * cells)] == pytest.approx(value, abs=0.3)
    assert np.isnan(found[0, -1])


def test_a_straight_way_starts_and_ends_at_the_reconstructions(sample):
    config = RunConfig(hidden=(16,), k=3)
    model, pca = Autoencoder(config, random_weights(config)), load_or_fit(sample)
    images = sample.test.pixels(np.array([3, 8]))
    codes, scores = model.encode(images), pca.transform(images, 3)
    film = model.decode(between(codes, 11))
    np.testing.assert_allclose(film[[0, -1]], model.reconstruct(images), atol=1e-6)
    np.testing.assert_allclose(between(images, 3)[1], images.mean(axis=0), atol=1e-6)
    by_pca, share = pca.reconstruct(images, 3), np.linspace(0, 1, 11)[:, None]
    blend = (1 - share) * by_pca[0] + share * by_pca[1]
    np.testing.assert_allclose(pca.inverse_transform(between(scores, 11)), blend, atol=1e-5)
    curved = np.abs(film - between(film[[0, -1]], 11)).max()
    assert curved > 1e-4  # the decoder is not linear


def test_decoded_tiles_are_had_as_a_table(sample):
    fitted = load_or_fit(sample)
    scores = fitted.transform(sample.test.pixels(), 3)
    grid = Grid((2, 0), 4, 0.9)
    plane = decoded(scores, sample.test.labels, 10, fitted.inverse_transform, grid)
    rows = list(csv.DictReader(io.StringIO(as_csv({"PCA": plane, "other": plane}))))
    assert [row["method"] for row in rows] == ["PCA"] * 16 + ["other"] * 16
    where = np.array([[float(row["number 3"]), float(row["number 1"])] for row in rows[:16]])
    np.testing.assert_allclose(where, plane.coordinates.reshape(16, 2), rtol=1e-6)
    pixels = np.array([[float(row[f"pixel {p}"]) for p in range(784)] for row in rows[:16]])
    np.testing.assert_allclose(pixels, plane.images.reshape(16, 784), atol=6e-5)


def test_columns_of_a_table_have_their_names_and_none_is_a_formula(sample):
    fitted = load_or_fit(sample)
    grid = Grid((0,), 2, 0.9)
    scores = fitted.transform(sample.test.pixels(), 1)
    plane = decoded(scores, sample.test.labels, 10, lambda at: np.ones((len(at), 3)), grid)
    text = as_csv({"PCA": plane}, ("a", "=1+1", "b, c"))
    assert text.splitlines()[0] == 'method,number 1,a,\'=1+1,"b, c"'


def test_by_a_normal_distribution_tiles_of_equal_shares_are_about_its_mean():
    codes = RNG.normal([4, -2], [3, 0.5], (3_000, 2)).astype(np.float32)
    labels, grid = np.zeros(3_000, int), Grid((0, 1), 4, 1.0, normal=True)
    deviates = np.array([-1.1503, -0.3186, 0.3186, 1.1503])  # at 1/8, 3/8, 5/8 and 7/8

    def across(config):
        found = decoded(codes, labels, 1, lambda of: of, grid, config)
        return found.coordinates[0, :, 0], found.coordinates[:, 0, 1]

    for values in across(RunConfig(beta=1)):
        np.testing.assert_allclose(values, deviates, atol=5e-3)
    for config in (None, RunConfig()):
        for number, values in enumerate(across(config)):
            own = codes[:, number].mean() + codes[:, number].std() * deviates
            np.testing.assert_allclose(values, own, rtol=5e-3)
