"""What visitors bring: how large a file may be, and what was read of it, within a limit for all.

What was read is kept while their pages are open. Where the limit is reached, what was kept longest
without being asked for is let go, and read anew when its visitor's page is drawn the next time.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import streamlit as st

from pcae import rights, rules
from pcae.data.uploads import MOST_UPLOADED

MOST_KEPT = 2**27  # bytes
_TOO_LARGE = """<style>.stFileUploader:has([aria-invalid="true"])::after{{
content:"A file marked red is larger than {most} MB and was not read: \
bring fewer rows, or pack them as .npz or .gz.";display:block;padding-top:.5rem}}</style>"""

T = TypeVar("T")


def most_megabytes() -> int:
    """How large a file who asks may bring."""
    most = MOST_UPLOADED // 2**20
    return most if rights.teaches() else max(1, min(most, rules.current().upload_mb))


def say_too_large() -> None:
    """Have the page say why a file is refused: by the browser, so that the server does not know."""
    st.html(_TOO_LARGE.format(most=most_megabytes()))


@dataclass(eq=False)
class Kept(Generic[T]):
    """What is kept for one visitor: of each kind the last."""

    found: dict[str, tuple[object, T]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    asked: float = 0.0

    def once(self, kind: str, key: object, act: Callable[[], T], size: Callable[[T], int]) -> T:
        """What `act` gives for a key, or gave before; `size` says how many bytes that takes."""
        self.asked = time.monotonic()
        there = self.found.get(kind)
        if there is not None and there[0] == key:
            return there[1]
        self.forget(kind)
        value = act()
        with _changing:
            self.found[kind], self.sizes[kind] = (key, value), size(value)
            self.asked = time.monotonic()
            _everyone.add(self)
            _make_room(self)
        return value

    def forget(self, kind: str) -> None:
        """Let go what is kept of a kind."""
        self.found.pop(kind, None)
        self.sizes.pop(kind, None)


_changing = threading.Lock()
_everyone: weakref.WeakSet[Kept] = weakref.WeakSet()


def _make_room(but: Kept) -> None:
    """Empty what others keep, that longest not asked for first, until the limit holds."""
    total = sum(sum(kept.sizes.copy().values()) for kept in _everyone)
    for kept in sorted(_everyone, key=lambda of: of.asked):
        if total <= MOST_KEPT:
            return
        if kept is not but:
            total -= sum(kept.sizes.copy().values())
            kept.found.clear()
            kept.sizes.clear()
