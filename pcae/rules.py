"""What a class may ask of its server: one line each in `class.toml`, in the folder `PCAE_HOME`.

A line that is not there has its usual value; see docs/class.md.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from pcae.files import home


class RulesError(Exception):
    """The file cannot be used; the message says what is wrong and what to do."""


@dataclass(frozen=True)
class Rules:
    """The limits of a student, and of all students together.

    Attributes
    ----------
    training : int
        Epochs times parameters of one network.
    steps : int
        Steps of one training: epochs times training images, divided by the batch size.
    waiting : int
        Networks that one student may have waiting or in training, also those of a grid.
    queue : int
        Networks of all students that may wait.
    networks : int
        Networks that one student may keep.
    sweeps : bool
        Whether students may train grids of networks.
    uploads : int
        Data sets that one student may keep.
    upload_mb : int
        Megabytes of one file that a student brings.
    uploads_mb : int
        Megabytes that the data sets of all students may take.
    upload_hours : float
        After so long what a student brought is removed.
    making : int
        Files, reports and searches for neighbours that one student may have in the making.
    teachers : tuple of str
        Mail addresses of those who teach, where Streamlit's secrets have `[auth]`.
    """

    training: int = 50_000_000
    steps: int = 100_000
    waiting: int = 3
    queue: int = 60
    networks: int = 20
    sweeps: bool = False
    uploads: int = 3
    upload_mb: int = 20
    uploads_mb: int = 1_000
    upload_hours: float = 24.0
    making: int = 2
    teachers: tuple[str, ...] = ()


_FORMS = {
    "int": (lambda of: type(of) is int and 0 <= of <= 10**15, "a whole number, not negative"),
    "float": (lambda of: type(of) in (int, float) and 0 <= of <= 1e6, "a number, not negative"),
    "bool": (lambda of: isinstance(of, bool), "true or false"),
    "tuple[str, ...]": (
        lambda of: isinstance(of, list) and all(isinstance(each, str) for each in of),
        'a list of addresses, as in ["a@school.example"]',
    ),
}


def path() -> Path:
    """The settings file."""
    return home() / "class.toml"


def read() -> Rules:
    """The rules as the file has them now.

    Raises
    ------
    RulesError
        It is no TOML, or a line of it is not what it has to be.
    """
    try:
        found = tomllib.loads(path().read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return Rules()
    except (OSError, ValueError) as problem:
        raise RulesError(f"{path()} cannot be read ({problem}). Mend it, or remove it.") from None
    kinds = {field.name: str(field.type) for field in fields(Rules)}
    for name, value in found.items():
        if name not in kinds:
            known = ", ".join(kinds)
            raise RulesError(f"{path()}: there is no {name[:40]!r}; there are {known}.")
        fits, words = _FORMS[kinds[name]]
        if not fits(value):
            raise RulesError(f"{path()}: {name} has to be {words}, not {str(value)[:40]!r}.")
    found = {name: tuple(of) if isinstance(of, list) else of for name, of in found.items()}
    return Rules(**found)


def current() -> Rules:
    """The rules that hold: those of the file, or the usual ones while it cannot be used."""
    try:
        return read()
    except RulesError:
        return Rules()


def problem() -> str:
    """Why the usual rules hold instead of the file's, as a sentence; empty where they do not."""
    try:
        read()
    except RulesError as found:
        return f"{found} Until then the usual limits hold."
    return ""
