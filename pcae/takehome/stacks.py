"""The layers of an encoder or a decoder as lines of plain Keras."""

from __future__ import annotations

from math import prod

from pcae.config import RunConfig
from pcae.layers import SIDE, STRIDE, Layer

STRIDED = (
    f'strided = {{"kernel_size": {SIDE}, "strides": {STRIDE}, "padding": "same"}}\n'
    'strided["kernel_initializer"] = glorot'
)


def lines(part: str, config: RunConfig) -> list[str]:
    """What stands in the list of a `keras.Sequential`: the input, then the layers.

    Kernels begin by the initializer `glorot`; convolutions take what `STRIDED` says.
    """
    first, last = config.layers[part][0], config.layers[part][-1]
    hidden = "gelu" if config.activation == "gelu" else f'"{config.activation}"'
    found = [f"keras.Input(({prod(first.inputs)},)),"]
    if first.kind == "convolution":
        found.append(f"layers.Reshape({first.inputs}),")
    for layer in config.layers[part]:
        activation = hidden
        if layer is last:
            sigmoid = part == "decoder" and config.output == "sigmoid"
            activation = '"sigmoid"' if sigmoid else ""
        norm = config.layer_norm and layer is not last
        if layer.kind == "dense" and len(layer.inputs) > 1:
            found.append("layers.Flatten(),")
        found.append(_made(layer, f", activation={activation}" if activation and not norm else ""))
        if layer.kind == "dense" and len(layer.outputs) > 1:
            found.append(f"layers.Reshape({layer.outputs}),")
        if norm:
            found += ["layers.LayerNormalization(),", f"layers.Activation({activation}),"]
    return [*found, *(["layers.Flatten(),"] if last.kind == "transposed" else [])]


def _made(layer: Layer, activation: str = "") -> str:
    if layer.kind == "dense":
        return f"layers.Dense({layer.bias[0]}{activation}, kernel_initializer=glorot),"
    if layer.kind == "convolution":
        return f"layers.Conv2D({layer.channels}, **strided{activation}),"
    rows, columns = output_padding(layer)
    padding = rows if rows == columns else (rows, columns)
    more = f"output_padding={padding}{activation}"
    return f"layers.Conv2DTranspose({layer.channels}, **strided, {more}),"


def output_padding(layer: Layer) -> tuple[int, int]:
    """What Keras has to add to the sides that a transposed convolution would give."""
    rows, columns = (
        layer.outputs[axis] - STRIDE * (layer.inputs[axis] - 1) - 1 for axis in range(2)
    )
    return rows, columns
