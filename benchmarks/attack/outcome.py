"""What came of a part of the campaign."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

_LONGEST = 400
_KEY = re.compile(r"\b[0-9a-f]{12}\b")
_REPEATED = re.compile(r"(.)\1{49,}")


@dataclass
class Outcome:
    """How many attempts there were, and what went wrong.

    Attributes
    ----------
    part : str
    tried : int
    failures : dict of str to list of str
        By what went wrong: each attempt that did it.
    made : int
        How many files a data set came of.
    """

    part: str
    tried: int = 0
    failures: dict[str, list[str]] = field(default_factory=dict)
    made: int = 0

    def fail(self, attempt: str, why: str) -> None:
        """Note that an attempt was not survived."""
        self.failures.setdefault(_reason(why), []).append(short(attempt))

    def has_new(self, reasons: Iterable[str]) -> bool:
        """Whether something went wrong that has not before."""
        return any(_reason(why) not in self.failures for why in reasons)

    @property
    def failed(self) -> int:
        """How many attempts were not survived."""
        return len(set(chain.from_iterable(self.failures.values())))

    def __str__(self) -> str:
        found = [
            f"  {why}\n    {len(attempts)} ×, first {attempts[0]}"
            for why, attempts in self.failures.items()
        ]
        return "\n".join(
            [f"{self.part:10} {self.tried:6,} tried {self.tried - self.failed:6,} survived", *found]
        )


def until(seconds: float, numbers: Iterable[int]) -> Iterator[int]:
    """The numbers, for so long."""
    end = time.monotonic() + seconds
    for number in numbers:
        if time.monotonic() > end:
            return
        yield number


def _reason(why: str) -> str:
    """What went wrong, whichever run it was of."""
    return short(_KEY.sub("<key>", why))


def short(text: str) -> str:
    """A text on one line, what is repeated in it once, and its beginning if it is still long."""
    line = _REPEATED.sub(lambda found: f"{found[1]}(×{len(found[0]):,})", " ".join(text.split()))
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}… ({len(line):,} characters)"
