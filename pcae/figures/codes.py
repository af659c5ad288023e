"""Codes of networks as the browser draws them in small planes, of one moment or of several."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pcae.figures.charts import Plane


@dataclass(frozen=True, eq=False)
class Coded:
    """A network's codes as a plane at several moments, with the label of every digit.

    Attributes
    ----------
    planes : sequence of Plane
        The same n digits, once a moment; the last one's title and axes hold for all.
    labels : ndarray of int, shape (n,)
    classes : sequence of str
        What each label stands for.
    moments : sequence of float
        In epochs, a plane each; empty for a single plane, which then is of no moment.
    network : int, optional
        Whose colour it has, among networks beside each other.
    """

    planes: Sequence[Plane]
    labels: np.ndarray
    classes: Sequence[str]
    moments: Sequence[float] = ()
    network: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """What the browser is sent (`CodesPanel` in `pcae/browser/types.d.ts`)."""
        last = self.planes[-1]
        return {
            "title": last.title,
            "network": self.network,
            "axes": list(last.axes),
            "classes": list(self.classes),
            "labels": _packed(self.labels.astype(np.uint8)),
            "frames": [_packed(plane.points.astype("<f4")) for plane in self.planes],
        }


def _packed(values: np.ndarray) -> str:
    return base64.b64encode(values.tobytes()).decode()
