"""Networks in the chart of errors by components, and what is said of them there.

A network is a dot at its k; one whose codes are in an order is also a curve, for its first j codes
alone reconstruct too, as PCA's first j components do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pcae.figures.charts import LAYOUT, Figure, explained_variance, titled
from pcae.figures.colors import AUTOENCODER, MUTED
from pcae.figures.colors import PCA as PCA_COLOR
from pcae.figures.markup import as_markup
from pcae.methods.literature import PUBLISHED
from pcae.methods.metrics import equivalent_k
from pcae.methods.pca import PCA
from pcae.store import Run

_ALONE = 100  # components, where no network says how far the curve is wanted
_MARKED = 60  # numbers of codes on a curve, at most
_NOT_YET = "The curve of its first codes comes with the end of its training."
_NOT_HERE = (
    "The curve of its first codes is of the data that it was trained with, and drawn where these "
    "are shown."
)


@dataclass(frozen=True)
class FirstCodes:
    """Errors of an ordered network with its first 1, 2, … k codes alone.

    Attributes
    ----------
    train, test : sequence of k floats
        Train is of as many of the first training images as there are test images.
    equivalent_k : sequence of k floats
        PCA's k with the same test errors.
    """

    train: Sequence[float]
    test: Sequence[float]
    equivalent_k: Sequence[float]


@dataclass(frozen=True)
class Bottleneck:
    """A network in the chart of errors: its name, its k, its error and PCA's k with that error.

    Attributes
    ----------
    source : str
        Where it was published, if it was not trained here.
    first_codes : FirstCodes or None
        Of ordered codes, where it is known.
    without : str
        Why it is not known of an ordered network, as a sentence.
    """

    name: str
    k: int
    error: float
    equivalent_k: float
    source: str = ""
    first_codes: FirstCodes | None = None
    without: str = ""


def bottleneck(name: str, k: int, error: float, pca: PCA, source: str = "") -> Bottleneck:
    """A network in the chart: k numbers, and its mean error over the test images of the PCA."""
    return Bottleneck(name, k, error, equivalent_k(error, pca.test_error), source)


def of_run(run: Run, title: str, error: float, pca: PCA, digest: str) -> Bottleneck:
    """A run in the chart of the data with this digest, over whose test images its error is."""
    drawn, record = bottleneck(title, run.config.k, error, pca), run.record
    if run.config.code_order != "nested":
        return drawn
    by_k = record.get("errors_by_k")
    if by_k is None:
        return replace(drawn, without=_NOT_YET)
    if record["data"]["digest"] != digest:
        return replace(drawn, without=_NOT_HERE)
    worth = [equivalent_k(of, pca.test_error) for of in by_k["test"]]
    return replace(drawn, first_codes=FirstCodes(by_k["train"], by_k["test"], worth))


def published(pca: PCA) -> list[Bottleneck]:
    """The literature's networks, beside the PCA of the full MNIST."""
    return [
        bottleneck(of.name, of.k, of.test_error, pca, of.source)
        for of in PUBLISHED
        if of.test_error is not None and of.name != "PCA"
    ]


def in_words(of: Bottleneck, pca: PCA) -> str:
    """How many components are better than a network, and than its first codes, in sentences."""
    enough = int(np.argmax(pca.test_error <= of.error))
    said = (
        f"PCA has {pca.test_error[enough]:.4f} with k = {enough}, the first that is no worse than "
        f"the network's {of.error:.4f}."
    )
    more = _in_words(of.first_codes) if of.first_codes else of.without
    return f"{said} {more}" if more else said


def _in_words(of: FirstCodes) -> str:
    """At how many j the first j codes are better than as many components, and what they are worth.

    Named are j = 1, 2, 4, 8, …, and the last.
    """
    count = len(of.test)
    better = sum(worth > j for j, worth in enumerate(of.equivalent_k, start=1))
    where = {0: "no j", count: "every j"}.get(better, f"{better} of {count} j")
    named = sorted({*(2**n for n in range(count.bit_length()) if 2**n <= count), count})
    worth = [f"{of.equivalent_k[j - 1]:.1f}" for j in named]
    return (
        f"With its first j codes alone it is better than PCA with j components for {where}: "
        f"with {_listed([str(j) for j in named])} it is worth {_listed(worth)} components. Its "
        "train errors are of the first training images, as many as there are test images."
    )


def _listed(words: Sequence[str]) -> str:
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else last


def charts(
    pca: PCA, others: Sequence[Bottleneck], opened: Bottleneck | None, *, log: bool
) -> tuple[Figure, Figure]:
    """The errors by components, and the variance that as many components explain."""
    curve = error_by_components(pca.train_error, pca.test_error, others, opened, log=log)
    last = int(curve["data"][0]["x"][-1])
    return curve, explained_variance(pca.explained_variance, last)


def error_by_components(
    train: np.ndarray,
    test: np.ndarray,
    networks: Sequence[Bottleneck],
    opened: Bottleneck | None,
    *,
    log: bool = True,
) -> Figure:
    """PCA's errors against k, and each network at its own k with a line to PCA's curve.

    Parameters
    ----------
    train, test : ndarray, shape (n + 1,)
        PCA's error with k components at index k.
    networks : sequence of Bottleneck
        Those beside the open one.
    opened : Bottleneck or None
        The network that the page is about: drawn strong, with its figure and the curve of its
        first codes. None: PCA alone.
    log : bool, default=True
        Whether the axes are logarithmic and hold all networks; else they go as far as the open
        one needs.
    """
    strong = [opened] if opened else []
    held = [1.4 * _farthest(of) for of in [*strong, *(networks if log else [])]]
    last = int(min(len(test) - 1, max([20, *(held or [_ALONE])])))
    ks = np.arange(last + 1)
    traces: list[Figure] = [
        {
            "x": ks,
            "y": errors[: last + 1],
            "name": name,
            "mode": "lines",
            "line": {"color": PCA_COLOR, "width": 3 if dash == "solid" else 2, "dash": dash},
            "hovertemplate": f"<b>{name}</b><br>k = %{{x}}: %{{y:.5f}}<extra></extra>",
        }
        for name, errors, dash in (("PCA, test", test, "solid"), ("PCA, train", train, "dot"))
    ]
    if opened and opened.first_codes:
        traces += _curves(opened.first_codes)
    traces += [_to_pcas_curve(of, strong=of is opened) for of in (*networks, *strong)]
    across, up = titled("numbers per image, k", zeroline=False), titled("error")
    if log:
        across |= {"type": "log", "range": [-0.05, np.log10(last)], "tickvals": _round(0)}
        up |= {"type": "log", "tickvals": _round(-4)}
    else:
        across |= {"range": [0, last]}
        up |= {"rangemode": "tozero"}
    # what was zoomed has other numbers on the other axes
    return {"data": traces, "layout": LAYOUT | {"xaxis": across, "yaxis": up, "uirevision": log}}


def _farthest(of: Bottleneck) -> float:
    """The largest k at which something of a network is drawn."""
    return max(of.equivalent_k, *(of.first_codes.equivalent_k if of.first_codes else ()), of.k)


def _curves(of: FirstCodes) -> list[Figure]:
    """Errors with the first j codes against j, with PCA's equivalent k where one points."""
    js = np.arange(1, len(of.test) + 1)
    test, train = "First j codes, test", "First j codes, train"
    curve = {
        "x": js,
        "mode": "lines+markers" if len(js) <= _MARKED else "lines",
        "marker": {"size": 6},
    }
    return [
        curve
        | {
            "y": of.test,
            "customdata": of.equivalent_k,
            "name": test,
            "line": {"color": AUTOENCODER, "width": 3, "dash": "dash"},
            "hovertemplate": f"<b>{test}</b><br>j = %{{x}}: %{{y:.5f}}, as good as "
            "%{customdata:.1f} components<extra></extra>",
        },
        curve
        | {
            "y": of.train,
            "name": train,
            "line": {"color": AUTOENCODER, "width": 2, "dash": "dashdot"},
            "hovertemplate": f"<b>{train}</b><br>j = %{{x}}: %{{y:.5f}}<extra></extra>",
        },
    ]


def _to_pcas_curve(network: Bottleneck, *, strong: bool) -> Figure:
    """A network at its own k, with a line to where PCA's curve has the same error."""
    color, symbol = AUTOENCODER, "circle"
    if network.source:
        color, symbol = MUTED, "diamond"
    name = as_markup(network.name)
    source = f"<br>{as_markup(network.source)}" if network.source else ""
    return {
        "x": [network.k, network.equivalent_k],
        "y": [network.error] * 2,
        "name": name,
        "mode": "lines+markers+text" if strong else "lines+markers",
        "text": ["", f"{network.equivalent_k:.1f}"],
        "textposition": "top right",
        "textfont": {"size": 16, "color": color},
        "line": {"color": color, "width": 4 if strong else 2, "dash": "dot"},
        "marker": {
            "size": [16, 14] if strong else [11, 9],
            "symbol": [symbol, f"{symbol}-open"],
            "opacity": 1,
        },
        "hovertemplate": (
            f"<b>{name}</b><br>k = {network.k}, test error {network.error:.4f}: "
            f"as good as {network.equivalent_k:.1f} components{source}<extra></extra>"
        ),
        "showlegend": False,
    }


def _round(first: int) -> list[float]:
    """Round values for an axis that is logarithmic, over four decades from 10^first on."""
    return [digit * 10.0**power for power in range(first, first + 4) for digit in (1, 2, 5)]
