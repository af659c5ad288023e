"""Stands for the readers and the judgement until they are here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pcae.data import understanding as old
from pcae.data import uploads
from pcae.data.choices import Choices, Judged, Question, Understood
from pcae.data.contents import Left
from pcae.data.dataset import DataError


def read(files: Mapping[str, Path], *, side: int | None, headed: Any, told: Any) -> Any:
    """What files hold."""
    told(0.5, "Reading")
    return uploads.read({name: path.read_bytes() for name, path in files.items()}, side)


def understand(contents: Any, choices: Choices, source: str) -> Understood:
    """What comes of it."""
    try:
        images = old.candidates(contents)[0]
        guess = old.guess(contents, images)
        options = old.label_options(contents, images)
        label = guess.labels if choices.label is None else (choices.label or None)
        guess = old.with_labels(contents, guess, label)
        shapes = [f"{s[0]}x{s[1]}" if s else "columns" for s in old.shape_options(contents, guess)]
        taken = choices.shape or shapes[0]
        a, _, b = taken.partition("x")
        shape = None if taken == "columns" else (int(a), int(b))
        made = old.make(contents, replace(guess, shape=shape), source)
    except DataError as problem:
        return Understood(None, str(problem), choices)
    questions = [
        Question("label", "Labels", (("", "none"), *((of, of) for of in options)), label or ""),
        Question("shape", "A row is", tuple((s, s) for s in shapes), taken),
    ]
    roles = dict(choices.roles)
    columns = [
        Judged(n, roles.get(n, "label" if n == guess.labels else "feature"), "a number")
        for n in contents.columns.get(images, ())
    ]
    said = [of.strip("*") for of in made.sentences]
    used, left = ["train.csv: 600 rows, 784 columns"], [Left("readme.txt", "it is text")]
    return Understood(made.data, "", choices, said, made.scaling, questions, columns, used, left)
