"""The training loss of a variational network in its two parts, by epoch."""

from __future__ import annotations

from collections.abc import Sequence

from pcae.config import RunConfig
from pcae.figures.charts import LAYOUT, Figure, titled
from pcae.figures.colors import AUTOENCODER
from pcae.records import EpochRecord
from pcae.settings import in_words

_MARKED = 60  # epochs on a curve, at most
_HALF = 0.44  # of the figure, that each part takes
NATS = "divergence, nats an image"


def parts(config: RunConfig, loss: float, divergence: float) -> tuple[float, float]:
    """The reconstruction's part of a training loss, and the divergence in nats an image."""
    return loss - config.beta / config.inputs * divergence, divergence


def in_parts(
    config: RunConfig, history: Sequence[EpochRecord], within: Sequence[Sequence[float]] = ()
) -> Figure:
    """Reconstruction and divergence beside each other, against the epoch.

    Parameters
    ----------
    config : RunConfig
        Of a variational network.
    history : sequence of EpochRecord
    within : sequence of (place, loss, divergence)
        Inside the epoch that is in training. The first of a training are large: they move no axis
        once an epoch is finished.
    """
    done = [
        (row.epoch, *parts(config, row.train_loss, row.divergence))
        for row in history
        if row.divergence is not None
    ]
    reports = [(place, *parts(config, *both)) for place, *both in within if len(both) == 2]
    places, *values = zip(*done, *reports, strict=True) if done or reports else ((), (), ())
    figure: Figure = {"data": [], "layout": LAYOUT | {"showlegend": False}}
    for number, title in enumerate((f"{in_words('loss', config.loss)}, train", NATS)):
        name, left = str(number + 1) if number else "", number * (1 - _HALF)
        top = 1.15 * max(values[number][: len(done)], default=0.0)
        ends = {"range": [0, top]} if top > 0 else {"rangemode": "tozero"}
        figure["data"].append(
            {
                "x": places,
                "y": values[number],
                "name": title,
                "mode": "lines" if reports or len(done) > _MARKED else "lines+markers",
                "line": {"color": AUTOENCODER, "width": 2},
                "hovertemplate": "epoch %{x:.3~g}: %{y:.5~g}<extra></extra>",
                "xaxis": f"x{name}",
                "yaxis": f"y{name}",
            }
        )
        across = {"range": [0, config.epochs + 0.3], "dtick": max(1, round(config.epochs / 5))}
        figure["layout"] |= {
            f"xaxis{name}": titled(
                "epoch", anchor=f"y{name}", domain=[left, left + _HALF], **across
            ),
            f"yaxis{name}": titled(title, anchor=f"x{name}", zeroline=False, **ends),
        }
    return figure
