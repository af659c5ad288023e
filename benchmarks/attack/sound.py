"""What has to be true of whatever comes of files that somebody brings, be they damaged or hostile.

They are read and understood, with what is judged and with other choices, or refused with a sentence
of at most 200 characters. A data set that comes of them is of finite numbers in [0, 1], its labels
are of its classes, everything that was brought is named as used or as left out, and what is kept of
it in the store is read again as the same.
"""

from __future__ import annotations

import itertools
import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from benchmarks.attack.kinds import Files
from pcae import names
from pcae.data import owndata
from pcae.data.choices import ROLES, Choices, Understood, understood_as_json, understood_from_json
from pcae.data.codes import read as read_codes
from pcae.data.contents import Contents
from pcae.data.dataset import LONGEST_SENTENCE, DataError, Dataset, Split
from pcae.data.judging.understanding import understand
from pcae.data.reading import uploads
from pcae.files import home
from pcae.names import MOST_CLASSES

_ROUNDING = 1e-6
_ROWS = 10_000  # that are checked at a time
_SEVERAL = ("…", " more ", "...")  # where not all that is left out is named


@dataclass
class Seen:
    """What went wrong, and how long the longest step took.

    Attributes
    ----------
    problems : list of str
    seconds : float
        Of computing, without the checks of what comes of it.
    checking : float
        Seconds of computing for all these checks.
    made : int
        How many data sets came of it.
    """

    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0
    checking: float = 0.0
    made: int = 0


def judge(files: Files, most_choices: int = 6, digits: Dataset | None = None) -> Seen:
    """Read files as data, with some other choices too, and as codes of `digits` if there are some.

    Parameters
    ----------
    most_choices : int, default=6
        How many other choices are tried, one after another.
    """
    seen, others = Seen(), list[Choices]()
    with _watched(seen, "reading"):
        contents = uploads.read(files)
        found = _understand(seen, files, contents, Choices())
        others += itertools.islice(_others(found), most_choices)
    for choices in others:
        with _watched(seen, f"choosing {_told(choices)}"):
            again = contents
            if choices.side is not None or choices.headed is not None:
                again = uploads.read(files, side=choices.side, headed=choices.headed)
            _understand(seen, files, again, choices)
    if digits is not None:
        for name, raw in files.items():
            with _watched(seen, "reading codes"):
                if not np.isfinite(read_codes(name, raw, digits).values).all():
                    seen.problems.append("codes that are not finite are read")
    return seen


class _watched:  # noqa: N801 (used as a function is)
    """Take note of what goes wrong, and of how long it takes."""

    def __init__(self, seen: Seen, what: str) -> None:
        self._seen, self._what = seen, what

    def __enter__(self) -> None:
        self._began = time.process_time() - self._seen.checking

    def __exit__(self, _: object, problem: BaseException | None, __: object) -> bool:
        took = time.process_time() - self._seen.checking - self._began
        self._seen.seconds = max(self._seen.seconds, took)
        if isinstance(problem, DataError):
            self._seen.problems += _of_a_sentence(str(problem), self._what)
        elif isinstance(problem, Exception):
            kind = type(problem).__name__
            self._seen.problems.append(f"{self._what}: {kind}: {problem}")
        return problem is None or isinstance(problem, Exception)


def _of_a_sentence(text: str, what: str) -> list[str]:
    if len(text) > LONGEST_SENTENCE:
        return [f"{what}: a sentence of {len(text):,} characters: {text[:40]}…"]
    if not text or "\n" in text or text != text.strip():
        return [f"{what}: no sentence: {text[:80]!r}"]
    return []


def _told(choices: Choices) -> str:
    usual = Choices()
    return ", ".join(
        f"{name}={value!r}"
        for name, value in vars(choices).items()
        if value != getattr(usual, name)
    )[:80]


def _others(found: Understood) -> Iterator[Choices]:
    """Choices other than what was judged."""
    judged = found.choices
    yield replace(judged, turns=1, mirrored=True, inverted=True)
    for column in found.columns[:3]:
        for role in ROLES:
            if role != column.role:
                yield replace(judged, roles=((column.name, role),))
    for question in found.questions:
        for value, _ in question.options:
            if value != question.value:
                chosen: dict[str, Any] = {question.field: value}
                yield replace(judged, **chosen)
    yield replace(judged, rows="nothing", test="nothing", label="nothing", shape="1x1")


def _understand(seen: Seen, files: Files, contents: Contents, choices: Choices) -> Understood:
    found = understand(contents, choices, ", ".join(files)[:200])
    if found.data is None:
        seen.problems += _of_a_sentence(found.problem, "understanding")
        return found
    seen.made += 1
    began = time.process_time()
    try:
        seen.problems += [
            *_of_data(found.data),
            *_of_names(files, contents, found),
            *_of_plain_values(found),
            *_of_keeping(found),
        ]
    finally:
        seen.checking += time.process_time() - began
    return found


def _of_data(data: Dataset) -> Iterator[str]:
    """What is wrong with a data set."""
    p = data.inputs
    for split in (data.train, data.test):
        yield from _of_split(data, split, p)
    if not 1 <= len(data.classes) <= MOST_CLASSES or len(set(data.classes)) < len(data.classes):
        yield f"{len(data.classes)} classes, {len(set(data.classes))} of them different"
    for name in (*data.classes, *data.columns):
        if not name or name != names.plain(name):
            yield f"a class or a column is called {name[:60]!r}"
    if len(data.columns) != (0 if data.shape else p) or len(set(data.columns)) < len(data.columns):
        yield "other columns than a row has, or two of one name"
    if (data.limits is None) != (data.shape is not None):
        yield "limits of pictures, or none of columns"
    if data.limits is not None and not (
        data.limits.shape == (2, p) and np.isfinite(data.limits).all()
    ):
        yield "limits that are not finite get into a data set"
    if not names.is_own(data.name):
        yield f"the name {data.name}"


def _of_split(data: Dataset, split: Split, p: int) -> Iterator[str]:
    images, labels, targets = split.images, split.labels, split.targets
    if images.shape != (len(labels), p) or not len(labels):
        yield "rows that are not there, or without a label"
    some = (split.pixels(slice(at, at + _ROWS)) for at in range(0, len(images), _ROWS))
    if not all(((of >= -_ROUNDING) & (of <= 1 + _ROUNDING)).all() for of in some):  # none is NaN
        yield "values that are not from 0 to 1 get into a data set"
    if images.dtype not in (np.uint8, np.float32) or labels.dtype != np.uint8:
        yield f"images of {images.dtype}, labels of {labels.dtype}"
    if labels.size and labels.max() >= len(data.classes):
        yield "labels of no class"
    if (targets is None) != (not data.target):
        yield "targets without a name, or a name without targets"
    if targets is not None and not (
        targets.dtype == np.float32 and targets.shape == labels.shape and np.isfinite(targets).all()
    ):
        yield "targets that are not finite get into a data set"


def _of_names(files: Files, contents: Contents, found: Understood) -> Iterator[str]:
    """What was brought and is named neither as used nor as left out."""
    told = " ".join([*found.used, *(f"{of.what} {of.why}" for of in found.left)])
    if any(sign in told for sign in _SEVERAL):
        return
    together = any(part.file not in map(_last, files) for part in contents.parts)
    for name in () if together else files:  # pictures of several files are named as one
        if (last := _last(name)) and last not in told:
            yield f"the file {last!r} is named nowhere"
    for part in contents.parts:
        if part.name.rsplit(": ", 1)[-1] not in told:
            yield f"the part {part.name!r} is named nowhere"


def _last(name: str) -> str:
    """A file's name without its folders, as people are told it."""
    return names.plain(name.replace("\\", "/").rsplit("/", 1)[-1], 60)


def _of_plain_values(found: Understood) -> Iterator[str]:
    plain = understood_as_json(found)
    if understood_as_json(understood_from_json(json.loads(json.dumps(plain)), found.data)) != plain:
        yield "what was understood is another after it went through JSON"


def _of_keeping(found: Understood) -> Iterator[str]:
    data = found.data
    assert data is not None
    try:
        owndata.keep(data, "Made", found.scaling, choices=found.choices)
        again = owndata.load(data.name)
    except Exception as problem:
        yield f"what came of it cannot be kept and read again: {type(problem).__name__}: {problem}"
        return
    if again.digest != data.digest or again.classes != data.classes:
        yield "what is kept is read as another data set"
    shutil.rmtree(home() / "data")
