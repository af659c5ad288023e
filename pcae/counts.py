"""How many there are of something, in words."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """A number and what it is of: “1 row”, “2,000 rows”, “3 classes”."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
