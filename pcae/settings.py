"""What each setting of a run may be: its range or choices, its words, and its value from text."""

from __future__ import annotations

import math
from typing import Any

from pcae import names

CHOICES: dict[str, dict[str, str]] = {
    "architecture": {"dense": "dense", "convolutional": "convolutional"},
    "activation": {
        "elu": "ELU",
        "relu": "ReLU",
        "gelu": "GELU",
        "tanh": "tanh",
        "sigmoid": "sigmoid",
    },
    "output": {"sigmoid": "sigmoid", "linear": "linear"},
    "loss": {"mse": "mean squared error", "bce": "binary cross-entropy"},
    "optimizer": {"adam": "Adam", "adamw": "AdamW"},
    "schedule": {"constant": "constant", "one-cycle": "one-cycle"},
    "code_order": {"none": "none", "nested": "nested"},
    "decoder_weights": {"own": "its own", "tied": "tied to the encoder's"},
    "augmentation": {"none": "none", "shift": "±1-pixel shifts", "turn": "small turns and slants"},
    "noise": {"none": "none", "masking": "masking 0.3", "gaussian": "Gaussian 0.3"},
}
RANGES: dict[str, tuple[float, float]] = {
    "k": (1, names.MAX_COLUMNS),  # and at most as many as a row has numbers
    "beta": (0.0, 1_000.0),
    "learning_rate": (1e-6, 1.0),
    "weight_decay": (0.0, 1.0),
    "batch_size": (1, 10_000),
    "epochs": (1, 1_000),
    "seed": (0, 2**31 - 1),
}
MAX_LAYERS, MAX_WIDTH, MAX_PARAMETERS = 8, 4096, 50_000_000
MAX_NUMBERS = 64_000_000  # of a batch in a convolutional network's layers: some GB while it trains
LABELS = {
    "dataset": "Data set",
    "hidden": "Hidden widths",
    "k": "Bottleneck width k",
    "architecture": "Architecture",
    "code_order": "Order of codes",
    "decoder_weights": "Decoder's weights",
    "beta": "Beta",
    "activation": "Activation",
    "layer_norm": "Layer norm",
    "output": "Output",
    "loss": "Loss",
    "optimizer": "Optimizer",
    "learning_rate": "Learning rate",
    "weight_decay": "Weight decay",
    "schedule": "Learning-rate schedule",
    "batch_size": "Batch size",
    "epochs": "Epochs",
    "augmentation": "Augmentation",
    "noise": "Noise",
    "seed": "Seed",
}


class ConfigError(ValueError):
    """Settings that make no run; the message says which, why and what to do."""


def parse(name: str, text: str) -> Any:
    """The value that a person means by `text` for the setting `name`.

    Raises
    ------
    ConfigError
        The text is not of the setting's kind.
    """
    text = text.strip()
    if name == "hidden":
        return parse_widths(text)
    if name == "layer_norm":
        if text.lower() in {"1", "true", "yes", "on"}:
            return True
        if text.lower() in {"0", "false", "no", "off"}:
            return False
        raise ConfigError(f"Layer norm is {short(text)}: write true or false.")
    if name in RANGES:
        return _number(name, text)
    return text


def parse_widths(text: str) -> tuple[int, ...]:
    """Hidden widths from text such as "512, 128"; empty text means no hidden layer.

    Raises
    ------
    ConfigError
        A part of the text is not a whole number, or a width is out of its range.
    """
    words = text.replace(",", " ").split()
    try:
        widths = tuple(int(word) for word in words)
    except ValueError:
        raise ConfigError(
            f"The hidden widths {short(text)} are not whole numbers: "
            'write them with commas, as in "512, 128".'
        ) from None
    return _checked_widths(widths)


def flag(name: str) -> str:
    """The command line's flag for the setting `name`."""
    return "--" + name.replace("_", "-")


def to_text(value: Any) -> str:
    """A setting's value as the text that `parse` reads back."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value!r}" if isinstance(value, float) else str(value)


def in_words(name: str, value: Any) -> str:
    """A setting's value for people."""
    if name == "layer_norm":
        return "on" if value else "off"
    if name == "dataset":
        return names.title(value)
    return CHOICES[name][value] if name in CHOICES else to_text(value) or "none"


def checked(name: str, value: Any) -> Any:
    """The value of the setting `name` in its canonical type; `ConfigError` where it has none."""
    if name == "hidden":
        return _checked_widths(value)
    if name == "layer_norm":
        if not isinstance(value, bool):
            raise ConfigError(f"Layer norm is {short(value)}: it is true or false.")
        return value
    if name in RANGES:
        return _number(name, value)
    if name == "dataset":
        if not isinstance(value, str) or not names.is_known(value):
            known = ", ".join(names.all_here())
            raise ConfigError(f"Data set {short(value)} is not known: choose one of {known}.")
        return value
    if not isinstance(value, str) or value not in CHOICES[name]:
        known = ", ".join(CHOICES[name])
        raise ConfigError(f"{LABELS[name]} {short(value)} is not known: choose one of {known}.")
    return value


def _number(name: str, value: Any) -> float | int:
    low, high = RANGES[name]
    whole = isinstance(low, int)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if math.isnan(number) or isinstance(value, bool):
        raise ConfigError(f"{LABELS[name]} {short(value)} is not a number: write one.")
    if not low <= number <= high:
        raise ConfigError(
            f"{LABELS[name]} {short(value)} is out of range: choose {low:,} to {high:,}."
        )
    if whole and number != int(number):
        raise ConfigError(f"{LABELS[name]} {short(value)} is not a whole number: choose one.")
    return int(number) if whole else number + 0.0  # -0.0 is 0.0


def _checked_widths(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list | tuple):
        raise ConfigError(
            f"The hidden widths {short(value)} are not a list of whole numbers, as in 512, 128."
        )
    if len(value) > MAX_LAYERS:
        raise ConfigError(
            f"There are {len(value)} hidden layers: choose at most {MAX_LAYERS} (the decoder "
            "mirrors them)."
        )
    for width in value:
        if isinstance(width, bool) or not isinstance(width, int) or not 1 <= width <= MAX_WIDTH:
            raise ConfigError(
                f"The hidden width {short(width)} is out of range: "
                f"each is a whole number from 1 to {MAX_WIDTH:,}."
            )
    return tuple(value)


def short(value: Any) -> str:
    """A value as a sentence names it: of 40 characters at most."""
    if isinstance(value, int) and not isinstance(value, bool):
        text = f"{value:,}" if abs(value) < 10**18 else "that many"
    else:
        text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
