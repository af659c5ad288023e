"""A run's settings as one frozen value, from which everything else follows.

`RunConfig` is the key of the run store, the parameters of a link, the flags of the
command line, the form on the Train page and the settings in a saved run. The default
is the network of the Cross Validated answer to 'Building an autoencoder in Tensorflow
to surpass PCA': 784-512-128-2, ELU, linear bottleneck, sigmoid output, mean squared
error, Adam, batches of 128, five epochs.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from math import prod
from typing import Any

from pcae import layers, names
from pcae.counts import counted
from pcae.layers import Layer
from pcae.settings import (
    CHOICES,
    LABELS,
    MAX_NUMBERS,
    MAX_PARAMETERS,
    ConfigError,
    checked,
    parse,
    short,
    to_text,
)

# settings that earlier versions did not have
_LATER = {"architecture", "code_order", "decoder_weights", "beta", "noise"}


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """The settings of one training run.

    Parameters
    ----------
    dataset : str
        One of `pcae.names.DATASETS`, or data of one's own.
    hidden : tuple of int
        Widths of the encoder's hidden layers, or channels of its convolutions; the decoder mirrors
        them. May be empty of dense layers.
    k : int
        Width of the bottleneck: how many numbers a code has.
    architecture : {"dense", "convolutional"}
        Of the hidden layers: dense ones, or, for pictures alone, convolutions of 3 × 3 pixels that
        halve the sides, mirrored by transposed ones; the bottleneck is dense. See `pcae.layers`.
    code_order : {"none", "nested"}
        Nested dropout (Rippel, Gelbart & Adams 2014): in training all but an image's first codes
        are 0, as many as are drawn for it, and so the first codes alone reconstruct as well as they
        can; see `pcae.training.nested`.
    decoder_weights : {"own", "tied"}
        Of linear networks alone: "tied" makes the decoder's kernel the encoder's, transposed (Baldi
        & Hornik 1989). The biases are two in any case.
    beta : float
        Above 0 a variational autoencoder (Kingma & Welling 2014; beta-VAE, Higgins et al. 2017): in
        training an image's codes are drawn from a normal distribution, and the loss gains beta
        times the Kullback-Leibler divergence of that from the standard normal one, in nats, summed
        over an image's codes and divided by the number of its pixels. So with cross-entropy a beta
        of 1 is the evidence lower bound; with the squared error each beta is that of Gaussian
        pixels with a variance of beta / 2. Everywhere else a code is its distribution's mean; see
        `pcae.training.variational`.
    activation : {"elu", "relu", "gelu", "tanh", "sigmoid"}
        Of the hidden layers; GELU in its tanh form. The bottleneck is linear.
    layer_norm : bool
        Layer normalisation before each hidden activation; of a convolution over the channels.
    output : {"sigmoid", "linear"}
    loss : {"mse", "bce"}
        Mean squared error or binary cross-entropy, the mean over pixels.
    optimizer : {"adam", "adamw"}
    learning_rate : float
        Under the one-cycle schedule, its peak.
    weight_decay : float
        Decoupled, for AdamW (Loshchilov & Hutter 2019).
    schedule : {"constant", "one-cycle"}
        One-cycle rises over the first 30 % of the steps and falls to nothing after
        (Smith & Topin 2018), both along a cosine.
    batch_size, epochs : int
    augmentation : {"none", "shift", "turn"}
        Anew every epoch, for pictures alone: "shift" moves each training image by -1, 0 or 1 pixel
        each way, "turn" turns and slants it a little; see `pcae.training.augmentation`.
    noise : {"none", "masking", "gaussian"}
        Denoising (Vincent et al. 2008): in training the encoder sees each image with noise, the
        loss compares with the image itself. "masking" sets each pixel to 0 with a probability of
        0.3; "gaussian" adds noise with a standard deviation of 0.3; see `pcae.methods.noise`.
    seed : int
        Of the initial weights, the order of the images, and all else that is drawn in training.

    Raises
    ------
    ConfigError
        A value is out of its range; the message is a sentence for the person who set it.
    """

    dataset: str = "mnist"
    hidden: tuple[int, ...] = (512, 128)
    k: int = 2
    architecture: str = "dense"
    code_order: str = "none"
    decoder_weights: str = "own"
    beta: float = 0.0
    activation: str = "elu"
    layer_norm: bool = False
    output: str = "sigmoid"
    loss: str = "mse"
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    schedule: str = "constant"
    batch_size: int = 128
    epochs: int = 5
    augmentation: str = "none"
    noise: str = "none"
    seed: int = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            # frozen: the one place where a field takes its canonical type
            object.__setattr__(self, field.name, checked(field.name, getattr(self, field.name)))
        if self.k > self.inputs:
            raise ConfigError(
                f"{LABELS['k']} {self.k:,} is out of range: choose 1 to {self.inputs:,}, as many "
                "as a row of the data has numbers."
            )
        if self.augmentation != "none" and self.shape is None:
            raise ConfigError(
                "Augmentation is for pictures, and this data is a table of columns: choose none."
            )
        if self.loss == "bce" and self.output == "linear":
            raise ConfigError(
                "Binary cross-entropy needs outputs between 0 and 1: "
                "choose the sigmoid output, or mean squared error."
            )
        if self.decoder_weights == "tied" and not self.linear:
            raise ConfigError(
                "Tied weights are for linear networks: choose no hidden layers and the linear "
                "output, or let the decoder have its own weights."
            )
        if self.architecture == "convolutional":
            self._check_convolutions()
        if self.parameters > MAX_PARAMETERS:
            raise ConfigError(
                f"The network has {self.parameters:,} parameters: choose narrower or fewer layers, "
                f"with at most {MAX_PARAMETERS:,}."
            )
        if self.weight_decay and self.optimizer != "adamw":
            raise ConfigError(
                f"Weight decay {self.weight_decay:g} needs the AdamW optimizer: "
                "choose AdamW, or a weight decay of 0."
            )

    def _check_convolutions(self) -> None:
        """Raise `ConfigError` where the pictures, or the memory, are too small for them."""
        if self.shape is None:
            raise ConfigError(
                "Convolutions are for pictures, and this data is a table of columns: choose the "
                "dense architecture."
            )
        if not self.hidden:
            raise ConfigError(
                "A convolutional network has a convolution for each hidden width, and there is "
                "none: write channels, as in 32, 64, 128, or choose the dense architecture."
            )
        least = layers.STRIDE ** (len(self.hidden) - 1) + 1
        if min(self.shape) < least:
            raise ConfigError(
                f"Pictures of {self.shape[0]} × {self.shape[1]} pixels are too small to be halved "
                f"{counted(len(self.hidden), 'time')}, which needs sides of {least} or more: write "
                "fewer hidden widths, or choose the dense architecture."
            )
        if (numbers := self.batch_size * self.numbers) > MAX_NUMBERS:
            raise ConfigError(
                f"The layers of a batch hold {numbers:,} numbers: choose fewer channels or a "
                f"smaller batch size, with at most {MAX_NUMBERS:,}."
            )

    @property
    def canonical(self) -> str:
        """The settings as JSON with sorted keys: the same text for the same settings."""
        return canonical(self._settings)

    @property
    def _settings(self) -> dict[str, Any]:
        """The settings by name, without the later ones that are as usual: runs keep their keys."""
        usual = _usual()
        return {
            name: value
            for name, value in asdict(self).items()
            if name not in _LATER or value != usual[name]
        }

    @functools.cached_property
    def key(self) -> str:
        """Twelve hexadecimal digits that stand for these settings, on every machine."""
        return digest(self.canonical)

    @property
    def trajectory(self) -> str:
        """What runs share when the shorter is a prefix of the longer.

        Under a constant learning rate nothing in an epoch depends on how many follow, so
        the epochs are left out; under one-cycle they shape every step, so they stay.
        """
        settings = self._settings
        if self.schedule == "constant":
            del settings["epochs"]
        return digest(json.dumps(settings, sort_keys=True))

    @property
    def form(self) -> RunConfig:
        """The settings that shape the computation; those that are numbers in it as usual."""
        usual = RunConfig()
        return replace(
            self,
            learning_rate=usual.learning_rate,
            weight_decay=usual.weight_decay,
            schedule=usual.schedule,
            epochs=usual.epochs,
            seed=usual.seed,
        )

    @property
    def linear(self) -> bool:
        """Whether the network is linear throughout, and so can do what PCA can and no more."""
        return not self.hidden and self.output == "linear"

    @property
    def loss_is_error(self) -> bool:
        """Whether the training loss is the squared error alone, as test errors are."""
        return self.loss == "mse" and not self.beta

    def kept(self, k: int) -> int:
        """How many codes reconstruct where k are asked for: all, unless they are ordered."""
        return min(k, self.k) if self.code_order == "nested" else self.k

    @property
    def shape(self) -> tuple[int, int] | None:
        """Rows and columns of the data's pictures; None for plain columns."""
        return names.shape(self.dataset)

    @property
    def inputs(self) -> int:
        """How many numbers a row of the data has."""
        return names.inputs(self.dataset)

    @property
    def widths(self) -> tuple[int, ...]:
        """Layer widths from the input to the bottleneck, as in 784-512-128-2."""
        return (self.inputs, *self.hidden, self.k)

    @property
    def layout(self) -> str:
        """The widths in a line; channels as in 784-32c-64c-128c-2."""
        hidden = (f"{width}{self.unit}" for width in self.hidden)
        return "-".join([str(self.inputs), *hidden, str(self.k)])

    @property
    def unit(self) -> str:
        """What is written after a hidden width: "c" for channels."""
        return "c" if self.architecture == "convolutional" else ""

    @functools.cached_property
    def layers(self) -> dict[str, tuple[Layer, ...]]:
        """The layers of "encoder" and "decoder"."""
        if self.architecture == "convolutional" and self.shape:
            encoder = layers.convolutional(self.shape, self.hidden, self.k)
        else:
            encoder = layers.dense(self.widths)
        return {"encoder": encoder, "decoder": tuple(of.mirrored for of in reversed(encoder))}

    @property
    def parameters(self) -> int:
        """How many numbers training adjusts: weights, biases and layer norm's gains and shifts, and
        of a variational network those that give the variances."""
        count = 0
        for part in self.layers.values():
            count += sum(prod(of.kernel) + prod(of.bias) for of in part)
            count += sum(2 * of.channels for of in part[:-1]) if self.layer_norm else 0
        *_, to_codes = self.layers["encoder"]
        if self.beta:
            count += prod(to_codes.kernel) + prod(to_codes.bias)
        if self.decoder_weights == "tied":
            count -= prod(to_codes.kernel)
        return count

    @property
    def load(self) -> int:
        """About how many multiplications an image takes, of a dense network its parameters."""
        if self.architecture == "dense":
            return self.parameters
        return sum(of.products for part in self.layers.values() for of in part)

    @property
    def stacks(self) -> bool:
        """Whether several networks of this form are computed as one on a GPU."""
        return self.architecture == "dense"

    @property
    def numbers(self) -> int:
        """How many numbers all layers give of an image."""
        return sum(prod(of.outputs) for part in self.layers.values() for of in part)

    @property
    def parts(self) -> list[str]:
        """In words: the shape, the activation, the epochs, and what is not as usual."""
        usual = RunConfig()
        shown = CHOICES["activation"][self.activation] if self.hidden else "linear encoder"
        parts = [self.layout, shown, counted(self.epochs, "epoch")]
        if self.architecture != usual.architecture:
            parts.append("convolutional")
        if self.code_order != usual.code_order:
            parts.append("ordered codes")
        if self.decoder_weights != usual.decoder_weights:
            parts.append("tied weights")
        if self.beta:
            parts.append(f"variational with beta {self.beta:g}")
        if self.layer_norm:
            parts.append("layer norm")
        if self.output != usual.output:
            parts.append("linear output")
        if self.loss != usual.loss:
            parts.append("cross-entropy")
        if self.optimizer != usual.optimizer:
            parts.append(f"AdamW with weight decay {self.weight_decay:g}")
        if self.schedule != usual.schedule:
            parts.append(f"one-cycle learning rate up to {self.learning_rate:g}")
        elif self.learning_rate != usual.learning_rate:
            parts.append(f"learning rate {self.learning_rate:g}")
        if self.batch_size != usual.batch_size:
            parts.append(f"batches of {self.batch_size:,}")
        if self.augmentation != usual.augmentation:
            parts.append(CHOICES["augmentation"][self.augmentation])
        if self.noise != usual.noise:
            parts.append(f"noise: {CHOICES['noise'][self.noise]}")
        if self.seed != usual.seed:
            parts.append(f"seed {self.seed}")
        if self.dataset != usual.dataset:
            parts.append(names.title(self.dataset))
        return parts

    @property
    def name(self) -> str:
        """The settings in a line."""
        return ", ".join(self.parts)

    def to_dict(self) -> dict[str, Any]:
        """The settings as plain JSON values."""
        return json.loads(self.canonical)

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> RunConfig:
        """Settings from plain JSON values; what is missing takes its default.

        Raises
        ------
        ConfigError
            There is an unknown setting, or a value is out of its range.
        """
        unknown = sorted(set(settings) - set(LABELS))
        if unknown:
            known = ", ".join(LABELS)
            raise ConfigError(f"There is no setting {short(unknown[0])}; there are {known}.")
        return cls(**settings)

    def to_query(self) -> dict[str, str]:
        """The settings that are not the defaults, as the parameters of a link."""
        usual = RunConfig()
        return {
            name: to_text(value)
            for name, value in asdict(self).items()
            if value != getattr(usual, name)
        }

    @classmethod
    def from_query(cls, parameters: Mapping[str, str]) -> RunConfig:
        """Settings from the parameters of a link; see `from_dict`."""
        return cls.from_dict({name: parse(name, text) for name, text in parameters.items()})


@functools.cache
def _usual() -> dict[str, Any]:
    return {field.name: field.default for field in fields(RunConfig)}


def canonical(settings: Mapping[str, Any]) -> str:
    """Settings as JSON with sorted keys."""
    return json.dumps(settings, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """Twelve hexadecimal digits that stand for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
