"""Files that a visitor brings, read as what they hold; nothing in them is executed or unpacked.

What kind a file is, its first bytes say, and its name where these do not. Archives are read as if
their files had been chosen, and archives in these once more. A file that cannot be read is named
with the reason, and the others are read. Sizes that a file declares are checked before what it
holds is read, and no more than that is read (`pcae.data.limits`).
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np

from pcae import names
from pcae.data import limits
from pcae.data.contents import Contents, Left, Part
from pcae.data.dataset import DataError, Told, reading, unheard
from pcae.data.limits import MOST_OPENED, MOST_UPLOADED, File, Raw, Stream, in_words
from pcae.data.reading import archives, arrays, columnar, folders, picture_files, unread, workbooks
from pcae.data.reading.archives import Member
from pcae.data.reading.columnar import Tables
from pcae.data.reading.folders import Picture
from pcae.data.reading.found import KINDS, Place, Upload, called
from pcae.data.reading.picture_files import TOO_LARGE, Encoded
from pcae.data.reading.tables import read_table

__all__ = ["KINDS", "MOST_UPLOADED", "Contents", "read"]

_ONE_READER = threading.RLock()  # what is read at a time, however many visitors bring something
_WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff")  # UTF-16
_DRAWN_SEED = 0


def read(
    files: Mapping[str, bytes | Path],
    *,
    side: int | None = None,
    headed: bool | None = None,
    told: Told = unheard,
) -> Contents:
    """What files hold, by their names; another thread's files wait until these are read.

    Parameters
    ----------
    files : mapping of str to bytes or Path
        Their content, or where it lies.
    side : int, optional
        Fit pictures into squares of this side; else they are fitted where they have several sizes.
    headed : bool, optional
        Whether the first line of tables has names; else that is judged.
    told : callable
        Is told how far it is, from 0 to 1, and in words.

    Raises
    ------
    DataError
        Nothing of them can be read, or they are too large together; with at most
        `LONGEST_SENTENCE` characters, whatever the files are.
    """
    sizes = {
        of: len(raw) if isinstance(raw, bytes) else raw.stat().st_size for of, raw in files.items()
    }
    total = sum(sizes.values())
    if total > MOST_UPLOADED:
        raise DataError(
            f"The files have {in_words(total)}: choose at most {in_words(MOST_UPLOADED)}."
        )
    upload, done = Upload(side, headed), 0
    with _ONE_READER:
        for full, raw in files.items():
            *path, last = re.split(r"[/\\]", full)
            name = called(last)
            place = Place(name, name, tuple(map(names.plain, path)))
            told(0.5 * done / max(1, total), f"Reading {name}")
            with _apart(upload, place):
                upload.spent.begin(place.short)
                _read_file(upload, place, raw if isinstance(raw, bytes) else raw.read_bytes())
            done += sizes[full]
        _read_pictures(upload, lambda share, words: told(0.5 + share / 2, words))
    contents = upload.contents
    contents.left[:0] = upload.listed()
    if not contents.parts:
        raise DataError(upload.first or f"There is nothing to read: choose {KINDS}.")
    return contents


@contextmanager
def _apart(upload: Upload, place: Place) -> Iterator[None]:
    """What goes wrong with a file leaves the others as they are."""
    try:
        with reading(f"“{place.short}”", f"Choose {KINDS}."):
            yield
    except DataError as problem:
        upload.leave(place, str(problem))


# ---------------------------------------------------------------- a file of any kind


def _read_file(upload: Upload, place: Place, raw: Raw | Stream) -> None:
    file = File(place.short, raw, upload.spent)
    start = file.start
    if not start:
        raise DataError(f"“{file.name}” is empty: choose {KINDS}.")
    if archives.is_archive(start):
        _read_archive(upload, place, file)
    elif reader := arrays.reader(start):
        for found in reader(upload.spent, file.name, file):
            if found.array is None:
                inside = Place(f"{place.name}: {found.key}", place.file)
                upload.leave(inside, found.problem, "array")
            else:
                upload.add(Part("", "", "array", array=found.array), place, found.key)
    elif read_tables := columnar.reader(start):
        _take_tables(upload, place, read_tables(upload.spent, file.name, file, upload.headed))
    elif picture_files.is_picture(start):
        whole = bytes(file.whole(limits.MOST_PICTURE_BYTES + 1))
        _take_picture(upload, place, Encoded(file.name, lambda: whole))
    elif clause := unread.kind(place.last, start):
        raise DataError(f"“{file.name}” {clause}.")
    elif b"\0" not in start[:4096] or start.startswith(_WIDE_TEXT):
        upload.add(read_table(upload.spent, file.name, file, upload.headed), place)
    else:
        raise DataError(f"“{file.name}” is of a kind that is not read: choose {KINDS}.")


def _take_tables(upload: Upload, place: Place, found: Tables) -> None:
    """Take what is no table of lines; the pictures in one as if they lay in folders."""
    for part in found.parts:
        upload.add(part, place, part.name if part.kind == "array" else "")
    for left in found.left:
        kind = re.match(r"the (column|sheet) ", left.what)
        inside = Place(f"{place.name}: {left.what}", place.file)
        upload.leave(inside, left.why, kind[1] if kind else "file")
    words = re.split(r"[\W\d_]+", place.last)
    split = next((of for of in words if folders.split([of])), "")
    for of in found.pictures:
        within = tuple(filter(None, (*place.folders, split, of.label)))
        picture = Encoded(f"{place.short}: {of.name}", of.read)
        upload.pictures.append(Picture(picture, of.name, place.file, within, in_table=True))


def _read_archive(upload: Upload, place: Place, file: File) -> None:
    if place.depth > 1:
        raise DataError(f"“{file.name}” is an archive in one in another: choose it by itself.")
    members = archives.members(upload.spent, file.name, file)
    if clause := unread.of_archive(place.last, [of.path for of in members]):
        raise DataError(f"“{file.name}” {clause}.")
    if all(of.hidden for of in members):
        raise DataError(f"“{file.name}” is an archive without files: choose {KINDS}.")
    if workbooks.is_workbook([of.path for of in members]):
        sheet = columnar.read_workbook(upload.spent, file.name, members, upload.headed)
        _take_tables(upload, place, sheet)
        return
    counts = Counter(of.name for of in members if not of.hidden)
    outer = (*place.folders, place.last.split(".")[0]) if place.depth else place.folders
    plain = cache(names.plain)  # many files have the same folders
    for member in members:
        known = member.name if counts[member.name] < 2 else member.path
        name = called(known.removesuffix(".npy"))
        inside = (*outer, *map(plain, member.folders))
        _read_member(
            upload, Place(f"{place.name}: {name}", place.file, inside, place.depth + 1), member
        )


def _read_member(upload: Upload, place: Place, member: Member) -> None:
    if member.hidden:
        hidden = ("hidden file", "was put there by a system", place.file)
        upload.left.setdefault(hidden, []).append(member.name)
    elif member.trouble:
        upload.leave(place, member.trouble)
    elif member.name.lower().endswith(picture_files.ENDINGS):
        if member.size > limits.MOST_PICTURE_BYTES:
            upload.leave(place, TOO_LARGE, "picture")
        else:
            _take_picture(upload, place, Encoded(place.short, member.whole))
    elif clause := unread.by_name(member.name):
        upload.leave(place, clause)
    elif upload.opened >= MOST_OPENED:
        upload.leave(place, f"comes after the first {MOST_OPENED:,} that are no pictures")
    else:
        upload.opened += 1
        with _apart(upload, place):
            _read_file(upload, place, member.open())


# ---------------------------------------------------------------- pictures


def _drawn(upload: Upload) -> list[Picture]:
    """The pictures; of very many, so many as are read, in their order."""
    count, most = len(upload.pictures), limits.MOST_PICTURES
    if count <= most:
        return upload.pictures
    why = (
        f"at most {most:,} are read, and these were drawn with a fixed seed: bring arrays (.npz) "
        "to have all"
    )
    upload.contents.left.append(Left(f"{count - most:,} of {count:,} pictures", why))
    rows = np.sort(np.random.default_rng(_DRAWN_SEED).choice(count, most, replace=False))
    return [upload.pictures[row] for row in rows]


def _take_picture(upload: Upload, place: Place, encoded: Encoded) -> None:
    upload.pictures.append(Picture(encoded, place.last, place.file, place.folders))


def _read_pictures(upload: Upload, told: Told) -> None:
    """Decode all pictures that were found, since they are to have one size."""
    contents, pictures = upload.contents, _drawn(upload)
    if not pictures:
        return
    together = folders.together(pictures)
    with _apart(upload, Place(together, together)):
        encoded = [of.encoded for of in pictures]
        found = picture_files.decode(upload.spent, together, encoded, upload.side, told)
        for why, those in found.unread.items():
            for i in those:
                of = pictures[i]
                name = of.name if of.name == of.file else f"{of.file}: {of.name}"
                upload.leave(Place(name, of.file), why, "picture")
        tables = any(part.kind == "table" for part in contents.parts)
        for part in folders.parts(pictures, found, named=tables):
            upload.add(part, Place(part.name, part.file))
        contents.notes.extend(found.notes)
        contents.side, contents.ground = found.side, found.ground
