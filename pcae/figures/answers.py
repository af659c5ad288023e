"""What a class has answered: dots along a line, bars, and marks on PCA's curve.

Small HTML without a script; marks on the curve are a trace as plotly.js takes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

import numpy as np

from pcae.figures.charts import Figure
from pcae.figures.colors import PCA

_BINS, _DOT, _MOST_HIGH = 48, 8, 6  # places along the line; pixels of a dot; dots upon each other
_NEAR = 8  # percent of the line, within which two numbers would lie upon each other
STYLE = """<style>
.pcae-answers{font-size:.85rem;line-height:1.3;margin:0;max-width:46rem}
.pcae-dots{position:relative;margin:.2rem 1rem 1.4rem;border-bottom:1px solid currentColor}
.pcae-dots i{position:absolute;width:7px;height:7px;margin-left:-3.5px;border-radius:50%;
 background:currentColor;opacity:.65}
.pcae-dots b{position:absolute;bottom:-.2rem;top:0;border-left:3px solid var(--pcae-autoencoder)}
.pcae-dots span{position:absolute;top:100%;transform:translateX(-50%);white-space:nowrap}
.pcae-dots b span{font-weight:600;color:var(--pcae-autoencoder)}
.pcae-bars{display:grid;grid-template-columns:auto minmax(4rem,1fr) auto;gap:.1rem .6rem;
 align-items:center}
.pcae-bars i{height:.7rem;border-radius:3px;background:currentColor;opacity:.45;min-width:2px}
.pcae-bars .pcae-right{font-weight:600;color:var(--pcae-autoencoder)}
.pcae-bars i.pcae-right{background:var(--pcae-autoencoder);opacity:1}
</style>"""


def dots(values: Sequence[float], truth: float | None) -> str:
    """Numbers as dots along a line, equal ones upon each other, and a mark at what is true.

    Returns
    -------
    str
        Nothing where there is nothing to draw.
    """
    found = [*values, *([] if truth is None else [truth])]
    if not found:
        return ""
    low, high = min(found), max(found)
    air = 0.08 * (high - low) or 1.0
    low, high = low - air, high + air

    def place(value: float) -> float:
        return 100 * (value - low) / (high - low)

    bins = Counter(round(place(value) / 100 * _BINS) for value in values)
    most = max(bins.values(), default=1)
    step = _DOT * min(1.0, _MOST_HIGH / most)
    height = max(2.5 * _DOT, step * most + 4)
    marks = [
        f'<i style="left:{100 * at / _BINS:.1f}%;bottom:{2 + step * up:.1f}px"></i>'
        for at, count in sorted(bins.items())
        for up in range(count)
    ]
    ends = {min(values), max(values)} if values else set()
    if truth is not None:
        marks.append(f'<b style="left:{place(truth):.1f}%"><span>{truth:g}</span></b>')
        ends = {end for end in ends if abs(place(end) - place(truth)) > _NEAR}
    marks += [f'<span style="left:{place(end):.1f}%">{end:g}</span>' for end in sorted(ends)]
    return (
        f'{STYLE}<div class="pcae-answers"><div class="pcae-dots" style="height:{height:.0f}px">'
        f"{''.join(marks)}</div></div>"
    )


def bars(names: Sequence[str], counts: Sequence[int], truth: int | None) -> str:
    """How often each choice was given, as bars, and which is right."""
    most = max([*counts, 1])
    rows = []
    for number, (name, count) in enumerate(zip(names, counts, strict=True)):
        kind = ' class="pcae-right"' if number == truth else ""
        sign = "✓ " if number == truth else ""
        rows.append(
            f"<span{kind}>{sign}{escape(name)}</span>"
            f'<i{kind} style="width:{100 * count / most:.0f}%"></i><span{kind}>{count}</span>'
        )
    return f'{STYLE}<div class="pcae-answers pcae-bars">{"".join(rows)}</div>'


def on_curve(values: Sequence[float], errors: np.ndarray) -> Figure:
    """Numbers of components that were answered, as marks on PCA's curve, larger where several are.

    Parameters
    ----------
    errors : ndarray, shape (n + 1,)
        PCA's error with k components at index k.
    """
    counts = Counter(min(max(float(of), 0.0), len(errors) - 1.0) for of in values)
    ks = sorted(counts)
    return {
        "x": ks,
        "y": np.interp(ks, np.arange(len(errors)), errors),
        "name": "answers",
        "mode": "markers",
        "marker": {
            "symbol": "x-thin",
            "opacity": 1,
            "size": [10 + 4 * counts[k] ** 0.5 for k in ks],
            "line": {"color": PCA, "width": 3},
        },
        "customdata": [counts[k] for k in ks],
        "hovertemplate": "k = %{x:g}, answered by %{customdata}<extra></extra>",
    }
