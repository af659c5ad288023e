"""What the process that reads hands over to whoever asked: arrays, and what files hold, as files.

Arrays are written as safetensors piece by piece, as there is no memory for a second copy of them.
Text goes as the numbers of its characters.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np

from pcae.data import packing
from pcae.data.apart.budget import ARRAYS, UNDERSTOOD
from pcae.data.contents import Column, Contents, Left, Part
from pcae.data.dataset import DataError
from pcae.files import read_arrays, read_json, write_json, writing

MOST_CONTENTS = 2**28  # bytes of arrays: what whoever asks for them has room for
_PLAIN = ("name", "file", "kind", "split", "headed", "notes")  # of a part


def write_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write arrays of numbers, of this machine's order of bytes."""
    with writing(path, durable=False) as file:
        packing.write(file, arrays)


def write_contents(place: Path, contents: Contents) -> None:
    """Write what files hold.

    Raises
    ------
    DataError
        It is more than there is room for.
    """
    arrays: dict[str, np.ndarray] = {}
    parts = []
    for number, part in enumerate(contents.parts):
        named = {str(number): part.array} if part.array is not None else {}
        named |= {f"{number}.{j}": column.values for j, column in enumerate(part.columns)}
        arrays |= named
        plain = {of: getattr(part, of) for of in _PLAIN}
        texts = [name for name, array in named.items() if array.dtype.kind == "U"]
        parts.append(
            plain | {"columns": [[of.name, of.note] for of in part.columns], "texts": texts}
        )
    if sum(array.nbytes for array in arrays.values()) > MOST_CONTENTS:
        raise DataError(f"The file holds more than {MOST_CONTENTS // 2**20} MB: bring fewer rows.")
    write_arrays(place / ARRAYS, {name: _numbers(array) for name, array in arrays.items()})
    about = {"parts": parts, "left": list(map(asdict, contents.left)), "notes": contents.notes}
    about |= {"side": contents.side, "ground": contents.ground}
    write_json(place / UNDERSTOOD, about, durable=False)


def _numbers(array: np.ndarray) -> np.ndarray:
    array = np.ascontiguousarray(array, array.dtype.newbyteorder("="))
    if array.dtype.kind != "U":
        return array
    width = array.itemsize // 4
    return array.view(np.uint32).reshape(*array.shape, width) if width else array.view(np.uint32)


def read_contents(place: Path) -> Contents:
    """What `write_contents` has written; anything else raises."""
    about, (arrays, _) = read_json(place / UNDERSTOOD), read_arrays(place / ARRAYS)
    parts = []
    for number, plain in enumerate(about["parts"]):
        names, texts = plain.pop("columns"), plain.pop("texts")
        for name in texts:
            arrays[name] = arrays[name].view(f"<U{arrays[name].shape[-1]}")[..., 0]
        plain["notes"] = tuple(plain["notes"])
        columns = tuple(
            Column(of, arrays[f"{number}.{j}"], note) for j, (of, note) in enumerate(names)
        )
        parts.append(Part(**plain, array=arrays.get(str(number)), columns=columns))
    left = [Left(**each) for each in about["left"]]
    return Contents(parts, left, about["notes"], about["side"], about["ground"])
