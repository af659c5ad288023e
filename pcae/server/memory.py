"""How the server's process uses memory: what one thread lets go, the next one uses.

Each page is drawn in a thread of its own, and glibc gives every few threads a heap of their own, up
to eight a core, of which each keeps what it once needed. Two are enough, as Python lets one thread
compute at a time.
"""

from __future__ import annotations

import contextlib
import ctypes

_ARENA_MAX = -8  # in glibc's malloc.h


def share_heaps() -> None:
    """Have all threads share two heaps, where the C library is glibc; nothing elsewhere."""
    with contextlib.suppress(OSError, AttributeError, TypeError):  # TypeError: on Windows
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)
