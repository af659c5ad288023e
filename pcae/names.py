"""The names of data sets: what each says by itself, and what people call it.

A data set of one's own is named by the form of its rows and a digest of its content, so that a
run's settings say everything: `own-9x7-0123456789ab` has pictures of 9 rows and 7 columns,
`own-13-0123456789ab` plain tables of 13 columns. What people call it, its classes and its columns
is any text in a line: whoever shows it shows it as text.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pcae.forms import number, several, text, whole

DATASETS = {
    "mnist": "MNIST",
    "fashion-mnist": "Fashion-MNIST",
    "mnist-5k": "MNIST, 5,000 digits",
    "digits-8x8": "scikit-learn's 8×8 digits",
}
ROWS = {  # for training and for the test
    "mnist": (60_000, 10_000),
    "fashion-mnist": (60_000, 10_000),
    "mnist-5k": (4_000, 1_000),
    "digits-8x8": (1_442, 355),
}
MAX_SIDE, MAX_COLUMNS, MOST_CLASSES = 64, 4096, 200
SIDE, PIXELS = 28, 784  # of MNIST
LONGEST = 40  # characters of what people call something
_ABOUT = {
    "title": text(100),
    "classes": several(text(100), 1, 256),
    "columns": several(text(100), 0, MAX_COLUMNS),
    "source": text(200),
    "digest": lambda of: isinstance(of, str) and re.fullmatch("[0-9a-f]{16}", of) is not None,
    "train": whole(1, 10**9),
    "test": whole(1, 10**9),
    "scaling": text(),
    "added": number(0, 1e11),
    "licence": text(500),
    "target": text(100),
    "choices": lambda of: isinstance(of, dict),
    "files": lambda of: isinstance(of, str) and re.fullmatch("([0-9a-f]{64})?", of) is not None,
}
OWN_LICENCE = "one's own"
_USUAL = {  # of what was kept before there were these
    **{"licence": OWN_LICENCE, "target": ""},
    **{"choices": {}, "files": ""},
}
_OWN = re.compile(r"own-(?:([1-9][0-9]?)x([1-9][0-9]?)|([1-9][0-9]{0,3}))-[0-9a-f]{12}")
_UNSEEN = re.compile(  # marks that turn the way of reading, and letters of no width
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_JOINING = "\u200c\u200d"  # within a word or a picture, not at its end


def plain(text: str, most: int = LONGEST) -> str:
    """A name as people know it: composed letters in a line, without what cannot be seen."""
    seen: Iterable[str] = text
    if not (text.isascii() and text.isprintable()):  # there may be very many
        seen = (
            " " if (kind := unicodedata.category(of)) == "Cc" else "" if kind == "Cs" else of
            for of in _UNSEEN.sub("", unicodedata.normalize("NFC", text))
        )
    words = " ".join("".join(seen).split())
    return words[:most].strip(f" {_JOINING}")


def plain_names(found: Sequence[str], kind: str) -> tuple[str, ...]:
    """Names that are plain, not empty, and each there once; `kind` is what they are of."""
    names: dict[str, None] = {}
    for place, called in enumerate(found, 1):
        name = whole = plain(called) or f"{kind} {place}"
        for again in itertools.count(1):
            if name not in names:
                break
            ending = f", {kind} {place}" + (f", {again}" if again > 1 else "")
            name = plain(whole, LONGEST - len(ending)) + ending
        names[name] = None
    return tuple(names)


def is_own(name: str) -> bool:
    """Whether this is the name of a data set of one's own, be it here or not."""
    found = _OWN.fullmatch(name)
    if not found:
        return False
    rows, columns, table = (int(group or 0) for group in found.groups())
    return max(rows, columns) <= MAX_SIDE and table <= MAX_COLUMNS


def is_known(name: str) -> bool:
    """Whether this can be the name of a data set."""
    return name in DATASETS or is_own(name)


def shape(name: str) -> tuple[int, int] | None:
    """Rows and columns of a data set's pictures, by its name; None for plain columns."""
    if name == "digits-8x8":
        return 8, 8
    found = _OWN.fullmatch(name)
    if not found:
        return SIDE, SIDE
    return (int(found[1]), int(found[2])) if found[1] else None


def inputs(name: str) -> int:
    """How many numbers a row of a data set has, by its name: pixels, or columns."""
    of = shape(name)
    return of[0] * of[1] if of else int(name.split("-")[1])


def title(name: str) -> str:
    """What people call a data set."""
    if name in DATASETS:
        return DATASETS[name]
    from pcae.files import DamagedFile

    try:
        return about(name)["title"]
    except FileNotFoundError:
        return f"removed data ({name})"
    except DamagedFile:
        return f"damaged data ({name})"


def training_rows(name: str) -> int:
    """How many training rows a data set has; 0 where that is not known any more."""
    if name in ROWS:
        return ROWS[name][0]
    from pcae.files import DamagedFile

    try:
        return about(name)["train"]
    except (FileNotFoundError, DamagedFile):
        return 0


def about(name: str) -> dict[str, Any]:
    """What was kept of a data set of one's own beside its arrays.

    Raises
    ------
    FileNotFoundError
        It was removed, or it is another visitor's.
    DamagedFile
        The file is cut short or of another form.
    """
    from pcae.files import read_json  # NumPy, which settings do without

    if not is_seen(name):
        raise FileNotFoundError(f"The data {name} is another visitor's.")
    return read_json(folder(name) / "about.json", _ABOUT, _USUAL)


def folder(name: str) -> Path:
    """Where a data set of one's own is kept.

    Raises
    ------
    ValueError
        This is no such name.
    """
    from pcae.files import home

    if not is_own(name):
        raise ValueError(f"{name!r} is not the name of a data set of one's own.")
    return home() / "data" / name


def own() -> list[str]:
    """The data sets of one's own that are here and may be seen, by their titles."""
    from pcae.files import home

    found = [path.parent.name for path in (home() / "data").glob("own-*/about.json")]
    seen = [name for name in found if is_own(name) and is_seen(name)]
    return sorted(seen, key=lambda name: (title(name).lower(), name))


def is_seen(name: str) -> bool:
    """Whether who asks may see a data set: what a student brought, they and the teacher.

    What is not here any more is the teacher's alone to know of.
    """
    from pcae import rights

    if not is_own(name):
        return True
    place = folder(name)
    return rights.is_own(place) or (place.is_dir() and rights.is_the_teachers(place))


def all_here() -> list[str]:
    """The data sets that can be named: those built in, then one's own."""
    return [*DATASETS, *own()]
