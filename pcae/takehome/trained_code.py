"""The part of a run's code that makes the model to train, where that is more than the autoencoder:
codes are drawn, or some of them are 0.
"""

from __future__ import annotations

from pcae.config import RunConfig

_DRAWN = """\
class Drawn(layers.Layer):
    \"\"\"A code drawn about its mean; the loss gains the divergence.\"\"\"

    def __init__(self):
        super().__init__()
        self.chance = keras.random.SeedGenerator({seed})

    def call(self, mean, log_variance):
        variance = keras.ops.exp(log_variance)
        nats = keras.ops.sum(mean**2 + variance - log_variance - 1, -1) / 2
        self.add_loss({beta!r} * keras.ops.mean(nats) / {inputs})
        deviates = keras.random.normal(keras.ops.shape(mean), seed=self.chance)
        return mean + keras.ops.sqrt(variance) * deviates


"""
_HEADS = """\
hidden = image
for layer in encoder.layers[:-1]:
    hidden = layer(hidden)
log_variance = layers.Dense({k}, kernel_initializer=glorot)(hidden)
code = Drawn()(encoder.layers[-1](hidden), log_variance)"""
_OF_VARIATIONAL = (
    "In training a code is drawn from a normal distribution, of which the encoder gives the mean, "
    "and a second layer the logarithm of the variance (variational autoencoder: Kingma & Welling "
    "2014). The loss gains {beta:g} times its Kullback-Leibler divergence from the standard normal "
    "distribution, summed over an image's codes and divided by the number of its pixels. "
    "Everywhere else a code is its mean."
)
_OF_NESTED = (
    "In training an image keeps its first codes alone, as many as are drawn for it; the others are "
    "0 (nested dropout: Rippel, Gelbart & Adams 2014). So codes come in an order, as principal "
    "components do: the first ones reconstruct as well as they can."
)


def differs(config: RunConfig) -> bool:
    """Whether another model is trained than the autoencoder."""
    return bool(config.beta) or config.code_order == "nested"


def model(config: RunConfig) -> tuple[str, str]:
    """What is said of the model that is trained, and the code that makes it, as `trained`."""
    prose, before, code, inputs = [], "", "encoder(image)", "image"
    lines = [f"image = keras.Input(({config.inputs},))"]
    if config.beta:
        prose.append(_OF_VARIATIONAL.format(beta=config.beta))
        before = _DRAWN.format(seed=config.seed, beta=config.beta, inputs=config.inputs)
        lines.append(_HEADS.format(k=config.k))
        code = "code"
    if config.code_order == "nested":
        prose.append(_OF_NESTED)
        lines += [
            'kept = keras.Input((1,), dtype="int32")',
            f'is_kept = keras.ops.cast(kept > np.arange({config.k}), "float32")',
        ]
        code, inputs = f"{code} * is_kept", "[image, kept]"
    lines.append(f"trained = keras.Model({inputs}, decoder({code}))")
    return " ".join(prose), before + "\n".join(lines)
