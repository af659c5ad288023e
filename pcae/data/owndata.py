"""Data sets of one's own, kept in a folder each under the store: arrays and what is known of them.

A folder is named by the form of its rows and a digest of its content (see `pcae.names`), and holds
`arrays.safetensors` and, written last, `about.json`. In a class `owners.json` says which students
brought it; what is theirs alone goes after a day.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np

from pcae import names, removal, rights, rules
from pcae.counts import counted
from pcae.data.choices import Choices, as_json, from_json
from pcae.data.dataset import DataError, DataMissing, Dataset, Split
from pcae.files import DamagedFile, home, read_arrays, write_arrays, write_json
from pcae.names import plain as plain
from pcae.names import plain_names as plain_names
from pcae.removal import Removed
from pcae.rights import Denied

LONGEST_TITLE = names.LONGEST
_ROUNDING = 1e-6


def name_of(
    train: Split,
    test: Split,
    shape: tuple[int, int] | None,
    classes: tuple[str, ...],
    columns: tuple[str, ...],
    target: str = "",
) -> str:
    """The name of a data set with this content: the same content has the same name."""
    form = "x".join(map(str, shape)) if shape else str(train.images.shape[1])
    content = [form, classes, columns, *([target] if target else [])]
    sha = hashlib.sha256(json.dumps(content).encode())
    for split in (train, test):
        measured = () if split.targets is None else (split.targets,)
        for array in (split.images, split.labels, *measured):
            sha.update(repr((array.shape, array.dtype.str)).encode())
            sha.update(np.ascontiguousarray(array).data)
    return f"own-{form}-{sha.hexdigest()[:12]}"


def keep(
    data: Dataset, title: str, scaling: str, *, choices: Choices | None = None, files: str = ""
) -> None:
    """Keep a data set of one's own under a title, or give one that is kept another title.

    What others brought before is a student's too from then on, under the title that it has.

    Parameters
    ----------
    scaling : str
        How its values came to lie in [0, 1], as a sentence.
    choices : Choices, optional
        What was chosen of its files; see `choices_of`.
    files : str, optional
        Their digest, as `Spool` has it.

    Raises
    ------
    OSError
        The store cannot be written; nothing is kept.
    Denied
        A student keeps more than the rules allow; nothing is kept.
    """
    place, visitor = names.folder(data.name), rights.who()
    expire()
    made = not (place / "about.json").exists()
    if not visitor.teacher:
        _allow(data)
        if not made and rights.owners(place) != {visitor.name}:
            rights.claim(place, visitor)
            return
    place.mkdir(parents=True, exist_ok=True)
    rights.claim(place, visitor, made=made)  # before others could see it
    try:
        write_arrays(place / "arrays.safetensors", data.arrays)
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
                "licence": data.licence,
                "target": data.target,
                "choices": as_json(choices or Choices()),
                "files": files,
            },
        )
    except OSError:
        if not (place / "about.json").exists():
            shutil.rmtree(place, ignore_errors=True)
        raise


def choices_of(files: str) -> Choices | None:
    """What was chosen when files of this digest were added; None where no such data is here."""
    found = []
    for name in names.own() if files else ():
        with contextlib.suppress(FileNotFoundError, DamagedFile):  # removed meanwhile, or edited
            if (about := names.about(name))["files"] == files:
                found.append(about)
    if not found:
        return None
    return from_json(max(found, key=lambda about: about["added"])["choices"])


def _allow(data: Dataset) -> None:
    """Let a student keep a data set if the rules allow one more, and so large a one."""
    rights.only_known("Data is kept")
    own, size, limits = rights.who().name, _bytes(data), rules.current()
    found = {path.name: path for path in _folders() if path.name != data.name}
    if sum(own in rights.owners(path) for path in found.values()) >= limits.uploads:
        raise Denied(
            f"A student may keep {counted(limits.uploads, 'data set')}: "
            "remove one on the page Data, then add this one."
        )
    students = [path for path in found.values() if not rights.is_the_teachers(path)]
    if sum(map(_size, students)) + size > limits.uploads_mb * 10**6:
        raise Denied(
            f"The data of all students may take {limits.uploads_mb:,} MB, and this would be more: "
            "bring fewer rows, or ask the teacher to clear the room."
        )


def _bytes(data: Dataset) -> int:
    return data.train.images.nbytes + data.test.images.nbytes


def _size(folder: Path) -> int:
    try:
        return (folder / "arrays.safetensors").stat().st_size
    except OSError:
        return 0


def _folders() -> list[Path]:
    """The folders of all data sets of one's own, whosever they are."""
    return [path for path in (home() / "data").glob("own-*") if names.is_own(path.name)]


def expire() -> None:
    """Remove what students brought so long ago that the rules let it go."""
    for folder in _students():
        with contextlib.suppress(OSError):  # removed meanwhile, or not to be removed
            if time.time() - _kept(folder) > rules.current().upload_hours * 3600:
                removal.set_aside(folder)


def _kept(folder: Path) -> float:
    """When a data set was kept, in seconds since 1970."""
    about = folder / "about.json"
    return (about if about.exists() else folder).stat().st_mtime


def clear() -> int:
    """Remove what students brought for good, and say how many data sets: the teacher's."""
    rights.only_teacher("Data is cleared")
    found = _students()
    for folder in found:
        removal.remove(folder)
    return len(found)


def _students() -> list[Path]:
    return [folder for folder in _folders() if not rights.is_the_teachers(folder)]


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
        about = names.about(name)
        arrays, _ = read_arrays(place / "arrays.safetensors")
        data = _whole(name, about, arrays)
    except FileNotFoundError:
        raise DataMissing(
            f"The data {name} is not here any more: it was removed. Its networks stay, and show "
            "again once the same data is added on the page Data."
        ) from None
    except Exception:  # what was edited by hand can fail in any way
        raise DataError(
            f"{place} is damaged. Remove it on the page Data, and add the data again."
        ) from None
    return data


def _whole(name: str, about: dict[str, Any], arrays: dict[str, np.ndarray]) -> Dataset:
    """The data set of what a folder holds; anything that is not as `keep` writes it raises."""
    target = about["target"]
    train, test = (
        Split(
            arrays[f"{of}.images"],
            arrays[f"{of}.labels"],
            arrays[f"{of}.targets"] if target else None,
        )
        for of in ("train", "test")
    )
    classes, columns = tuple(about["classes"]), tuple(about["columns"])
    limits = None if names.shape(name) else arrays["limits"]
    source = str(about["source"])
    licence = about["licence"]
    data = Dataset(name, train, test, classes, source, licence, columns, limits, target)
    p = names.inputs(name)
    if not all(isinstance(text, str) for text in (*classes, *columns)):
        raise ValueError("names that are no text")
    if limits is not None and (limits.shape != (2, p) or not np.isfinite(limits).all()):
        raise ValueError("no limits of the columns")
    if len(columns) != (0 if data.shape else p):
        raise ValueError("other columns")
    for split in (train, test):
        _check_split(split, p, len(classes))
    if name_of(train, test, data.shape, classes, columns, target) != name:
        raise ValueError("another content")
    return data


def _check_split(split: Split, p: int, classes: int) -> None:
    images, labels = split.images, split.labels
    if images.shape != (len(labels), p) or labels.shape != (len(images),) or not labels.size:
        raise ValueError("another shape")
    measured = split.targets
    if measured is not None and (
        measured.shape != labels.shape
        or measured.dtype != np.float32
        or not np.isfinite(measured).all()
    ):
        raise ValueError("targets that are no numbers")
    if labels.dtype != np.uint8 or labels.max() >= classes:
        raise ValueError("labels of no class")
    if images.dtype != np.uint8:
        inside = images.min() >= -_ROUNDING and images.max() <= 1 + _ROUNDING  # and none is NaN
        if images.dtype != np.float32 or not inside:
            raise ValueError("values outside 0 to 1")


def remove(name: str) -> Removed | None:
    """Remove a data set of one's own, at once as far as any reader sees; others keep theirs.

    Returns
    -------
    Removed or None
        What can be had back for a while; None where it was gone already, or others brought it too.

    Raises
    ------
    OSError
        Its folder cannot be written.
    Denied
        A student removes what is not theirs.
    """
    place = names.folder(name)
    rights.only_own(place, "Data is removed")
    if not rights.teaches() and rights.leave(place, rights.who()):
        return None
    try:
        return removal.set_aside(place)
    except FileNotFoundError:
        return None
