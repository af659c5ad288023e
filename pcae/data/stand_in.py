"""Stands for the readers until they are here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pcae.data import uploads
from pcae.data.contents import Column, Contents, Part


def read(files: Mapping[str, Path], *, side: int | None, headed: Any, told: Any) -> Contents:
    """What files hold."""
    found = Contents()
    for number, (name, path) in enumerate(files.items()):
        told(number / len(files), f"Reading {name}")
        old = uploads.read({name: path.read_bytes()}, side)
        for key, array in old.arrays.items():
            if key in old.columns:
                texts = [Column(of, values) for of, values in old.texts[key].items()]
                each = [
                    Column(of, v.astype(np.int64) if (v == np.rint(v)).all() else v)
                    for of, v in zip(old.columns[key], array.T, strict=True)
                ]
                found.parts.append(Part(name, name, "table", columns=(*each, *texts), headed=True))
            else:
                found.parts.append(Part(f"{name}: {key}", name, "array", array))
        found.notes += old.notes
    return found
