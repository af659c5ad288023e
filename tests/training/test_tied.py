"""Tied weights: a linear network's decoder is its encoder, transposed, and finds what PCA has."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from pcae.methods.autoencoder import weight_shapes
from pcae.methods.metrics import angles_by_row, principal_angles
from pcae.methods.pca import fit
from pcae.presets import PRESETS
from pcae.training import loop

TIED = replace(
    PRESETS["Linear"], dataset="mnist-5k", batch_size=32, epochs=40, decoder_weights="tied"
)


def trained(config, data, blocks=2):
    """Every epoch of a training."""
    device = replace(loop.prepare_device(), bfloat16=False, blocks=blocks)
    return list(loop.train_alone(config, data, device))


@pytest.mark.parametrize(("k", "blocks"), [(2, 2), (100, 3)], ids=["narrow", "in blocks"])
def test_the_decoder_is_the_encoder_transposed_bit_for_bit_and_a_state_is_whole(k, blocks, sample):
    config = replace(TIED, k=k, epochs=2, batch_size=500)
    first, *others = trained(config, sample, blocks)
    for epoch in (first, *others):
        decoder, encoder = (epoch.state[f"{of}.0.kernel"] for of in ("decoder", "encoder"))
        np.testing.assert_array_equal(decoder, encoder.T)
    kinds = ("", "adam.first.", "adam.second.")
    shapes = {kind + name: of for kind, (name, of) in product(kinds, weight_shapes(config).items())}
    assert {name: of.shape for name, of in others[-1].state.items()} == shapes


@pytest.mark.parametrize("order", ["none", "nested"])
def test_its_directions_are_orthonormal_and_in_order_the_components(order, sample):
    config, pca = replace(TIED, code_order=order), fit(sample)
    first, *_, last = trained(config, sample)
    directions, components = last.state["decoder.0.kernel"], pca.components[:2]
    np.testing.assert_allclose(directions @ directions.T, np.eye(2), atol=0.01)
    assert last.test_error == pytest.approx(pca.test_error[2], rel=1e-3)
    before, after = (
        angles_by_row(of.state["decoder.0.kernel"], components) for of in (first, last)
    )
    if order == "nested":
        assert after.max() < 5 < 60 < before.min()
        signs = np.sign(np.einsum("kn,kn->k", directions, components))
        scores = pca.transform(sample.test.pixels(), 2)
        np.testing.assert_allclose(last.codes * signs, scores, atol=0.4)  # of 2 and more
    else:
        assert principal_angles(directions, components).max() < 1
        assert after.min() > 5
