"""What codes are drawn from: the standard normal distribution, or one that is like the codes."""

import numpy as np
import pytest

from pcae.config import RunConfig
from pcae.methods.sampling import distribution

RNG = np.random.default_rng(0)
CODES = (RNG.normal(size=(5_000, 3)) @ [[1, 2, 0], [0, 1, 0], [0, 0, 3]] + 5).astype(np.float32)


def test_codes_of_a_variational_network_are_drawn_from_the_standard_normal_distribution():
    drawn = distribution(CODES, RunConfig(k=3, beta=0.1)).draw(20_000, 1)
    np.testing.assert_allclose(drawn.mean(0), 0, atol=0.03)
    np.testing.assert_allclose(np.cov(drawn.T), np.eye(3), atol=0.04)


@pytest.mark.parametrize("config", [None, RunConfig(k=3)], ids=["scores", "codes"])
def test_others_are_drawn_like_the_codes(config):
    drawn = distribution(CODES, config).draw(20_000, 1)
    np.testing.assert_allclose(drawn.mean(0), CODES.mean(0), atol=0.1)
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(CODES.T), atol=0.25)


def test_a_seed_gives_the_same_codes_again_and_another_others():
    of = distribution(CODES)
    np.testing.assert_array_equal(of.draw(9, 3), of.draw(9, 3))
    assert not np.isclose(of.draw(9, 3), of.draw(9, 4)).any()
    assert of.draw(9, 3).dtype == np.float32


@pytest.mark.parametrize("codes", [np.full((9, 1), 2.5), np.zeros((9, 4)), CODES[:2]])
def test_codes_that_are_all_the_same_or_few_can_be_drawn_like(codes):
    assert np.abs(distribution(codes).draw(50, 1) - codes.mean(0)).max() < 50
    assert np.isfinite(distribution(codes).quantiles(0)).all()
