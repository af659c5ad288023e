"""What the values in a JSON file have to be: small checks, for `pcae.files.read_json`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Fits = Callable[[Any], bool]
Form = Mapping[str, Fits]

_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")  # which JSON can name and nothing can show


def text(most: int = 1_000) -> Fits:
    """Text of at most so many characters."""
    return lambda of: isinstance(of, str) and len(of) <= most and not _HALF_A_CHARACTER.search(of)


def number(low: float, high: float) -> Fits:
    """A number in a range, and so a finite one."""
    return lambda of: type(of) in (int, float) and low <= of <= high


def whole(low: int, high: int) -> Fits:
    """A whole number in a range."""
    return lambda of: type(of) is int and low <= of <= high


def flag(of: Any) -> bool:
    """True or false."""
    return isinstance(of, bool)


def none_or(fits: Fits) -> Fits:
    """Nothing, or what fits."""
    return lambda of: of is None or fits(of)


def several(fits: Fits, least: int, most: int) -> Fits:
    """A list of so many values that all fit."""
    return lambda of: isinstance(of, list) and least <= len(of) <= most and all(map(fits, of))


def named(fits: Fits) -> Fits:
    """An object whose every value fits, under names of its own."""
    return lambda of: isinstance(of, dict) and all(map(text(), of)) and all(map(fits, of.values()))


def holds(form: Form) -> Fits:
    """An object with these names at least, whose values fit."""
    return lambda of: isinstance(of, dict) and misfit(of, form) is None


def misfit(values: Mapping[str, Any], form: Form) -> str | None:
    """What of these values does not fit, as the inside of a sentence; None where all do."""
    for name, fits in form.items():
        if name not in values:
            return f"“{name}” is missing"
        if not fits(values[name]):
            shown = repr(values[name])[:40]
            return f"“{name}” cannot be {shown}"
    return None
