"""NumPy's inference against Keras's, for every activation, output and layer norm."""

from math import prod

import numpy as np
import pytest

from pcae.config import RunConfig
from pcae.methods.autoencoder import ACTIVATIONS, Autoencoder, weight_shapes, weights_sha256
from pcae.settings import CHOICES

CONFIGS = [
    *(
        RunConfig(activation=activation, layer_norm=norm)
        for activation in CHOICES["activation"]
        for norm in (False, True)
    ),
    RunConfig(hidden=(), output="linear"),
    RunConfig(hidden=(1000, 500, 250), k=30),
    RunConfig(hidden=(16, 64, 8), k=1),
    RunConfig(hidden=(32,), k=784, output="linear", layer_norm=True),
    RunConfig(architecture="convolutional", hidden=(32, 64, 128)),
    RunConfig(architecture="convolutional", hidden=(8,), k=100, output="linear"),
    *(
        RunConfig(
            architecture="convolutional",
            hidden=(16, 6, 20, 5),
            k=3,
            activation=activation,
            layer_norm=activation != "relu",
        )
        for activation in CHOICES["activation"]
    ),
]


def random_weights(config: RunConfig, scale: float = 1.0) -> dict[str, np.ndarray]:
    """Weights of a trained network's size, gains around 1."""
    rng = np.random.default_rng(0)
    weights = {}
    for name, shape in weight_shapes(config).items():
        spread = scale / np.sqrt(prod(shape[:-1])) if name.endswith("kernel") else 0.1
        centre = 1.0 if name.endswith("gamma") else 0.0
        weights[name] = rng.normal(centre, spread, shape).astype(np.float32)
    return weights


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_agrees_with_tensorflow(config, sample):
    network, weights = pytest.importorskip("pcae.training.network"), random_weights(config)
    assert {name: of.shape for name, of in network.initial(config).items()} == {
        name: of.shape for name, of in weights.items()
    }
    blocks = {name: network.split(config, name, of, 2) for name, of in weights.items()}
    images, model = sample.test.pixels(slice(200)), Autoencoder(config, weights)
    codes = network.encode(config, blocks, images).numpy()
    logits = np.concatenate(network.logits(config, blocks, codes), axis=-1)
    output = np.asarray(network.output(config, logits))
    assert np.abs(model.encode(images) - codes).max() < 1e-5 * max(1, np.abs(codes).max())
    assert np.abs(model.decode(codes) - output).max() < 1e-5
    assert np.abs(model.reconstruct(images) - output).max() < 1e-5


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_the_decoders_jacobian_is_its_slope(config):
    weights = random_weights(config)
    exact = Autoencoder(config, {name: of.astype(np.float64) for name, of in weights.items()})
    code = np.random.default_rng(2).normal(size=config.k).astype(np.float32)
    jacobian = Autoencoder(config, weights).decoder_jacobian(code)
    assert jacobian.shape == (config.k, 784)
    for number in {0, config.k - 1}:
        moved = np.stack([code, code])
        moved[:, number] += np.float32([-1e-4, 1e-4])
        below, above = exact.decode(moved)
        slope = (above - below) / float(moved[1, number] - moved[0, number])
        error = np.abs(jacobian[number] - slope) / np.abs(slope).max()
        assert np.quantile(error, 0.9) < 1e-3  # where ReLU bends there is no one slope


@pytest.mark.parametrize("shape", [(9, 7), (6, 12), (5, 16)], ids=str)
def test_pictures_of_any_sides_are_halved_and_come_back_as_they_were(shape):
    rows, columns = shape
    config = RunConfig(
        dataset=f"own-{rows}x{columns}-0123456789ab", architecture="convolutional", hidden=(3, 4, 2)
    )
    network, weights = pytest.importorskip("pcae.training.network"), random_weights(config)
    images = np.random.default_rng(1).random((7, rows * columns), np.float32)
    each, model = {name: [of] for name, of in weights.items()}, Autoencoder(config, weights)
    codes = network.encode(config, each, images).numpy()
    (logits,) = network.logits(config, each, codes)
    np.testing.assert_allclose(model.encode(images), codes, atol=1e-5)
    np.testing.assert_allclose(model.decode(codes), network.output(config, logits), atol=1e-5)


@pytest.mark.parametrize(
    "config",
    [RunConfig(hidden=(8,)), RunConfig(architecture="convolutional", hidden=(1, 2))],
    ids=lambda config: config.name,
)
def test_blocks_change_nothing(config):
    model = Autoencoder(config, random_weights(config))
    images = np.random.default_rng(1).random((10_001, 784), np.float32)
    np.testing.assert_allclose(
        model.reconstruct(images)[10_000:], model.reconstruct(images[10_000:]), atol=1e-6
    )
    assert model.encode(images[:0]).shape == (0, 2)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_do_not_overflow(name):
    extreme = np.array([-1e4, -100, 0, 100, 1e4], np.float32)
    with np.errstate(over="raise", invalid="raise"):
        result = ACTIVATIONS[name](extreme)
    assert np.isfinite(result).all()
    assert result.dtype == np.float32


def test_weights_of_another_shape_are_refused():
    weights = random_weights(RunConfig(hidden=(8,)))
    with pytest.raises(ValueError, match=r"encoder\.0\.kernel has shape \(784, 8\), not"):
        Autoencoder(RunConfig(hidden=(9,)), weights)


def test_the_digest_follows_every_weight():
    config = RunConfig(hidden=(8,))
    weights = random_weights(config)
    before = weights_sha256(config, weights)
    for name in weights:
        changed = weights | {name: weights[name] + np.float32(1)}
        assert weights_sha256(config, changed) != before
    assert weights_sha256(config, dict(reversed(weights.items()))) == before
