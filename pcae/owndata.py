"""Data sets of one's own, kept in a folder each under the store: arrays and what is known of them.

A folder is named by the form of its rows and a digest of its content (see `pcae.names`), and holds
`arrays.safetensors` and, written last, `about.json`.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time
from collections.abc import Sequence

import numpy as np

from pcae import names, removal
from pcae.dataset import DataError, DataMissing, Dataset, Split
from pcae.files import DamagedFile, read_arrays, read_json, write_arrays, write_json
from pcae.removal import Removed

LONGEST_TITLE = 40
_NOT_PLAIN = re.compile(
    r"[^\w .,+()'×%/-]|\b_+|_+\b"
)  # what Markdown or HTML could take for a sign


def plain(text: str, most: int = LONGEST_TITLE) -> str:
    """Text of a visitor's without anything that a page could take for more than text."""
    words = " ".join(_NOT_PLAIN.sub(" ", text).split())
    return words[:most].strip()


def plain_names(found: Sequence[str], kind: str) -> tuple[str, ...]:
    """Names that are plain, not empty, and each there once; `kind` is what they are of."""
    names: list[str] = []
    for number, text in enumerate(found, 1):
        name = plain(text) or f"{kind} {number}"
        names.append(name if name not in names else f"{name}, {kind} {number}")
    return tuple(names)


def name_of(
    train: Split,
    test: Split,
    shape: tuple[int, int] | None,
    classes: tuple[str, ...],
    columns: tuple[str, ...],
) -> str:
    """The name of a data set with this content: the same content has the same name."""
    form = "x".join(map(str, shape)) if shape else str(train.images.shape[1])
    sha = hashlib.sha256(json.dumps([form, classes, columns]).encode())
    for split in (train, test):
        for array in (split.images, split.labels):
            sha.update(repr((array.shape, array.dtype.str)).encode())
            sha.update(np.ascontiguousarray(array).data)
    return f"own-{form}-{sha.hexdigest()[:12]}"


def keep(data: Dataset, title: str, scaling: str) -> None:
    """Keep a data set of one's own under a title, or give one that is kept another title.

    Parameters
    ----------
    scaling : str
        How its values came to lie in [0, 1], as a sentence.

    Raises
    ------
    OSError
        The store cannot be written; nothing is kept.
    """
    place = names.folder(data.name)
    place.mkdir(parents=True, exist_ok=True)
    arrays = {
        f"{of}.{kind}": getattr(getattr(data, of), kind)
        for of in ("train", "test")
        for kind in ("images", "labels")
    }
    if data.limits is not None:
        arrays["limits"] = data.limits
    try:
        write_arrays(place / "arrays.safetensors", arrays)
        write_json(
            place / "about.json",
            {
                "title": plain(title) or "My data",
                "classes": data.classes,
                "columns": data.columns,
                "source": data.source,
                "digest": data.digest,
                "train": len(data.train),
                "test": len(data.test),
                "scaling": scaling,
                "added": time.time(),
            },
        )
    except OSError:
        if not (place / "about.json").exists():
            shutil.rmtree(place, ignore_errors=True)
        raise


def load(name: str) -> Dataset:
    """Read a data set of one's own.

    Raises
    ------
    DataMissing
        It was removed.
    DataError
        It is damaged.
    """
    place = names.folder(name)
    try:
        about = read_json(place / "about.json")
        arrays, _ = read_arrays(place / "arrays.safetensors")
        train, test = (
            Split(arrays[f"{of}.images"], arrays[f"{of}.labels"]) for of in ("train", "test")
        )
        data = Dataset(
            name=name,
            train=train,
            test=test,
            classes=tuple(about["classes"]),
            source=about["source"],
            licence="one's own",
            columns=tuple(about["columns"]),
            limits=arrays.get("limits"),
        )
        found = name_of(train, test, data.shape, data.classes, data.columns)
    except FileNotFoundError:
        raise DataMissing(
            f"The data {name} is not here any more: it was removed. Its networks stay, and show "
            "again once the same data is added on the page Data."
        ) from None
    except (DamagedFile, KeyError, TypeError, AttributeError, IndexError):
        found = ""
    if found != name:
        raise DataError(f"{place} is damaged. Remove it on the page Data, and add the data again.")
    return data


def remove(name: str) -> Removed | None:
    """Remove a data set of one's own, at once as far as any reader sees.

    Returns
    -------
    Removed or None
        What can be had back for a while; None where it was gone already.

    Raises
    ------
    OSError
        Its folder cannot be written.
    """
    try:
        return removal.set_aside(names.folder(name))
    except FileNotFoundError:
        return None
