"""A worker that has loaded TensorFlow before anybody trains: a lesson's first *Train* finds it so.

Browsers tell that a page of theirs is painted, and again while it is open
(`pcae/browser/share/painted.js`). The first such word that finds the machine idle starts a worker,
once a server process; the later ones keep whatever worker there is. `PCAE_WARM=0` leaves both.
"""

from __future__ import annotations

import math
import os
import threading
import time

from pcae.training import jobs

VARIABLE = "PCAE_WARM"
_SECONDS_BETWEEN = 15.0  # of a browser's words, of which there may be any number; half of theirs


class Pages:
    """The pages that are open in browsers, as one server process hears of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heard = -math.inf
        self._begun = False

    def painted(self) -> None:
        """A page is painted and open: keep the worker, and start one if none was ever started.

        What is told more often than every 15 seconds costs nothing.
        """
        if not wanted():
            return
        with self._lock:
            now = time.monotonic()
            if now - self._heard < _SECONDS_BETWEEN:
                return
            self._heard = now
            begins = not self._begun and idle()
            self._begun |= begins
        jobs.visited()
        jobs.wake()
        if begins:
            jobs.warm()


def wanted() -> bool:
    """Whether a worker is to be there before anybody trains."""
    return os.environ.get(VARIABLE) != "0"


def idle() -> bool:
    """Whether half of the machine's cores had nothing to do in the last minute, if it tells."""
    try:
        load, _, _ = os.getloadavg()
    except (AttributeError, OSError):
        return True
    return load < (os.cpu_count() or 1) / 2
