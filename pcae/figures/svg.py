"""Charts as SVG, for light pages without scripts: curves over epochs, and planes of digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from pcae.figures import colors
from pcae.figures.charts import Plane

_LEFT, _RIGHT, _TOP, _BOTTOM = 54, 8, 8, 34  # around a chart's frame
_DIGITS_AT_ONCE = 250  # of a plane, before the next of each class lie above them
_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, eq=False)
class Line:
    """Values over x, drawn in a colour, dashed or not."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    color: str
    dashed: bool = False


class _Frame:
    """A chart's frame with its ticks, and where in it a value is."""

    def __init__(self, size: tuple[int, int], x: tuple[float, float], y: tuple[float, float]):
        self.size, self.spans = size, (x, y)
        width, height = size
        self.places = ((_LEFT, width - _RIGHT), (height - _BOTTOM, _TOP))

    def at(self, axis: int, values) -> np.ndarray:
        """Values along an axis as places in the picture."""
        (low, high), (start, end) = self.spans[axis], self.places[axis]
        return start + (np.asarray(values, float) - low) / (high - low) * (end - start)

    def picture(self, inside: str, axes: tuple[str, str], whole: tuple[bool, bool]) -> str:
        """The chart with what is inside its frame; `whole` where an axis has whole numbers."""
        width, height = self.size
        (left, right), (bottom, top) = self.places
        parts = [f'<rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top}"/>']
        for value in ticks(*self.spans[0], 7, whole=whole[0]):
            x = float(self.at(0, value))
            parts.append(f'<path d="M{x:.1f} {bottom}v4"/>{_text(x, bottom + 15, value)}')
        for value in ticks(*self.spans[1], 6, whole=whole[1]):
            y = float(self.at(1, value))
            label = _text(left - 7, y + 4, value, 'text-anchor="end"')
            parts.append(f'<path d="M{left} {y:.1f}h-4"/>{label}')
        middle = (bottom + top) / 2
        turned = f'transform="rotate(-90 11 {middle:.0f})"'
        parts.append(_text((left + right) / 2, height - 4, axes[0]))
        parts.append(_text(11, middle, axes[1], turned))
        return (
            f'<svg class="chart" viewBox="0 0 {width} {height}" role="img">'
            f'<g class="axes">{"".join(parts)}</g>{inside}</svg>'
        )


def ticks(low: float, high: float, most: int, *, whole: bool = False) -> list[float]:
    """Round numbers from low to high, at most so many and a step apart."""
    power = 10.0 ** np.floor(np.log10((high - low) / most))
    steps = [step * power for step in _STEPS if not whole or step * power >= 1]
    step = next((of for of in steps if (high - low) / of <= most), max(steps, default=1.0))
    if whole:
        step = max(1, round(step))
    first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
    return [round(number * step, 10) for number in range(first, last + 1)]


def curves(lines: Sequence[Line], axes: tuple[str, str], last: float, size=(640, 190)) -> str:
    """Lines over x, from 0 to `last`, and y, from 0."""
    top = 1.1 * max(max(line.y) for line in lines) or 1.0
    frame = _Frame(size, (0, last), (0, top))
    parts = []
    for line in lines:
        points = zip(frame.at(0, line.x), frame.at(1, line.y), strict=True)
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        style = ' stroke-dasharray="5 4"' * line.dashed
        # h0: a point alone is drawn too
        parts.append(f'<path class="line" d="{path}h0" stroke="{line.color}"{style}/>')
    return frame.picture("".join(parts), axes, (True, False))


def plane(
    of: Plane, labels: np.ndarray, palette: Sequence[str] = (), size: tuple[int, int] = (330, 290)
) -> str:
    """Digits as dots in the colours of their classes, or of a palette, by their labels."""
    palette = palette or colors.LIGHT.classes
    spans = [_span(of.points[:, axis]) for axis in (0, 1)]
    frame = _Frame(size, spans[0], spans[1])
    x, y = (frame.at(axis, of.points[:, axis]) for axis in (0, 1))
    parts = []
    for start in range(0, len(labels), _DIGITS_AT_ONCE):
        rows = slice(start, start + _DIGITS_AT_ONCE)
        for label in np.unique(labels[rows]):
            here = np.flatnonzero(labels[rows] == label) + start
            path = "".join(f"M{x[i]:.1f} {y[i]:.1f}h0" for i in here)
            parts.append(f'<path d="{path}" stroke="{palette[label]}"/>')
    return frame.picture(f'<g class="dots">{"".join(parts)}</g>', of.axes, (False, False))


def _span(values: np.ndarray) -> tuple[float, float]:
    """From the least to the largest value, with a margin; never empty."""
    low, high = float(values.min()), float(values.max())
    margin = 0.04 * (high - low) or 1.0
    return low - margin, high + margin


def _text(x: float, y: float, what: object, more: str = "") -> str:
    words = f"{what:g}" if isinstance(what, float | int) else escape(str(what))
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{words}</text>'
