"""What is said of a network among principal components, and the charts of it."""

import numpy as np
import pytest

from pcae.figures import bottlenecks
from pcae.methods.literature import PUBLISHED
from pcae.methods.pca import PCA

FALLING = np.array([0.1, 0.06, 0.04, 0.03, 0.0])
FITTED = PCA(
    mean=np.zeros(4, np.float32),
    components=np.eye(4, dtype=np.float32),
    explained_variance=np.array([4.0, 2, 1, 3]),
    train_error=FALLING,
    test_error=FALLING,
)


def test_a_network_is_worth_what_pca_has_with_as_many_components():
    found = bottlenecks.bottleneck("The net", 2, 0.05, FITTED)
    assert (found.name, found.k, found.error, found.source) == ("The net", 2, 0.05, "")
    assert found.equivalent_k == pytest.approx(1.5)


def test_the_sentence_names_the_first_k_that_is_no_worse():
    words = bottlenecks.in_words(bottlenecks.bottleneck("The net", 2, 0.05, FITTED), FITTED)
    assert words == (
        "PCA has 0.0400 with k = 2, the first that is no worse than the network's 0.0500."
    )
    exact = bottlenecks.bottleneck("The net", 2, 0.06, FITTED)
    assert "with k = 1," in bottlenecks.in_words(exact, FITTED)


def test_networks_that_were_published_are_there_with_their_source():
    found = {of.name: of for of in bottlenecks.published(FITTED)}
    assert "PCA" not in found
    wanted = [of for of in PUBLISHED if of.test_error is not None and of.name != "PCA"]
    assert [of.source for of in found.values()] == [of.source for of in wanted]


def test_both_charts_end_at_the_same_k():
    opened = bottlenecks.bottleneck("The net", 2, 0.05, FITTED)
    for log in (True, False):
        curve, variance = bottlenecks.charts(FITTED, [], opened, log=log)
        assert curve["data"][-1]["name"] == "The net"
        assert len(variance["data"][0]["x"]) == len(curve["data"][0]["x"]) == 5
    np.testing.assert_allclose(variance["data"][0]["y"], [0, 0.4, 0.6, 0.7, 1])
