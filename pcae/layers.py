"""The layers of a network: what each takes and gives, and the shapes of what it learns.

A strided convolution halves a picture's sides with 'same' padding, as in 28, 14, 7, 4, and the
transposed convolution that mirrors it brings back the very size (Dumoulin & Visin 2016). Channels
are the last axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod

SIDE, STRIDE = 3, 2  # of every convolution's kernel


@dataclass(frozen=True)
class Layer:
    """One layer, before its layer norm and activation.

    Attributes
    ----------
    kind : {"dense", "convolution", "transposed"}
    inputs, outputs : tuple of int
        Of an image: (width,), or (rows, columns, channels).
    """

    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    @property
    def kernel(self) -> tuple[int, ...]:
        """The kernel's shape: of any convolution (rows, columns, channels in, channels out)."""
        if self.kind == "dense":
            return prod(self.inputs), prod(self.outputs)
        return SIDE, SIDE, self.inputs[-1], self.outputs[-1]

    @property
    def bias(self) -> tuple[int, ...]:
        """The bias's shape."""
        return self.kernel[-1:]

    @property
    def channels(self) -> int:
        """How many numbers layer norm takes together: a dense layer's all, unless it has sides."""
        return self.outputs[-1]

    @property
    def products(self) -> int:
        """How many multiplications an image takes."""
        places = min(prod(self.inputs[:-1]), prod(self.outputs[:-1]))
        return prod(self.kernel) * (1 if self.kind == "dense" else places)

    @property
    def before(self) -> tuple[int, int]:
        """How many rows above and columns left 'same' padding adds to the larger picture."""
        large = self.inputs if self.kind == "convolution" else self.outputs
        return large[0] % STRIDE, large[1] % STRIDE

    @property
    def mirrored(self) -> Layer:
        """The decoder's layer that goes back."""
        kind = {"convolution": "transposed"}.get(self.kind, self.kind)
        return Layer(kind, self.outputs, self.inputs)


def dense(widths: Sequence[int]) -> tuple[Layer, ...]:
    """Dense layers along widths."""
    return tuple(Layer("dense", (a,), (b,)) for a, b in pairwise(widths))


def convolutional(shape: tuple[int, int], channels: Sequence[int], k: int) -> tuple[Layer, ...]:
    """A strided convolution of pictures for each number of channels, then a dense layer to k."""
    sizes: list[tuple[int, ...]] = [(*shape, 1)]
    for number in channels:
        rows, columns, _ = sizes[-1]
        sizes.append((-(-rows // STRIDE), -(-columns // STRIDE), number))
    halved = (Layer("convolution", a, b) for a, b in pairwise(sizes))
    return *halved, Layer("dense", sizes[-1], (k,))
