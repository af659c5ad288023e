"""Noise on digits: how much of it, the same each time, and another for each image."""

import numpy as np
import pytest

from pcae.methods import noise
from pcae.settings import CHOICES

IMAGES = np.random.default_rng(1).uniform(0.1, 1, (200, 784)).astype(np.float32)


def test_masking_sets_three_in_ten_to_0_and_leaves_the_others():
    seen = noise.add("masking", IMAGES, range(200))
    assert (seen == 0).mean() == pytest.approx(0.3, abs=0.005)
    assert ((seen == 0) | (seen == IMAGES)).all()
    assert "0.3" in CHOICES["noise"]["masking"]


def test_gaussian_noise_has_its_deviation_and_is_not_cut():
    added = noise.add("gaussian", IMAGES, range(200)) - IMAGES
    assert added.mean() == pytest.approx(0, abs=0.005)
    assert added.std() == pytest.approx(0.3, abs=0.005)
    assert (IMAGES + added).min() < 0
    assert (IMAGES + added).max() > 1
    assert "0.3" in CHOICES["noise"]["gaussian"]


@pytest.mark.parametrize("kind", ["masking", "gaussian"])
def test_an_image_has_the_same_noise_whichever_it_is_shown_with_and_no_other_has(kind):
    whole = noise.add(kind, IMAGES, range(200))
    assert whole.dtype == np.float32
    np.testing.assert_array_equal(noise.add(kind, IMAGES[[7, 3]], [7, 3]), whole[[7, 3]])
    same = np.repeat(IMAGES[:1], 2, axis=0)
    one, other = noise.add(kind, same, [0, 1]) - same
    assert np.corrcoef(one, other)[0, 1] == pytest.approx(0, abs=0.15)


def test_without_noise_images_are_as_they_are():
    assert noise.add("none", IMAGES, range(200)) is IMAGES
