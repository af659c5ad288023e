"""What names say of the parts of files, by their words: "x_train" has two, "latest" is no test."""

from __future__ import annotations

import re
from functools import lru_cache

from pcae.data.contents import Part, Which

SPLITS: dict[str, Which] = {
    "train": "train", "training": "train", "test": "test", "testing": "test", "t10k": "test",
    "valid": "valid", "validation": "valid", "val": "valid", "dev": "valid", "eval": "valid",
}  # fmt: skip
LABELS = {
    *("label", "labels", "class", "classes", "target", "targets", "category", "species", "digit"),
    "y",
}
_ABBREVIATED = {"lbl", "lbls", "categories"}  # of files and arrays
_ROWS = {"x", "image", "images", "img", "imgs", "picture", "pictures", "pixels", "data", "features"}
_ANSWERS = "submission"  # what competitions want to get back


@lru_cache(4096)
def words(name: str) -> list[str]:
    """The words of a name, in small letters, without numbers after them."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    found = []
    for word in re.split(r"[\W_]+", apart.lower()):
        bare = word if word in SPLITS else word.rstrip("0123456789")
        if bare[:1] in ("x", "y") and bare[1:] in SPLITS:
            found += [bare[0], bare[1:]]
        elif bare[-1:] in ("x", "y") and bare[:-1] in SPLITS:
            found += [bare[:-1], bare[-1]]
        else:
            found.append(bare)
    return [word for word in found if word]


def split_of(part: Part) -> str:
    """Which rows a part has, by its innermost name: "train", "test", "valid" or ""."""
    if part.split:
        return part.split
    for piece in reversed(part.name.split(": ")):
        found = {SPLITS[word] for word in words(piece) if word in SPLITS}
        if len(found) == 1:
            return found.pop()
    return ""


def same_but_split(name: str, other: str) -> bool:
    """Whether two names differ at most by which rows they are of."""
    first, second = ([of for of in words(name) if of not in SPLITS] for name in (name, other))
    return first == second


def says_labels(name: str) -> bool:
    return bool((LABELS | _ABBREVIATED) & set(words(name)))


def says_rows(name: str) -> bool:
    return bool(_ROWS & set(words(name)))


def says_answers(name: str) -> bool:
    """Whether this is a form to fill in, as "sample_submission.csv"."""
    return _ANSWERS in words(name)
