"""What the command line tells while it waits for trainings, and how it stops them."""

from __future__ import annotations

import sys
import time

from pcae.store import Run
from pcae.training import jobs, sweep
from pcae.training.reporter import CANCELLED
from pcae.training.sweep import Network, Sweep

_POLL_SECONDS = 0.2


class Failure(Exception):
    """Why a command failed, as a sentence."""


def follow(run: Run, quiet: bool) -> None:
    """Wait until a run is finished, telling of its epochs.

    Raises
    ------
    Failure
        It ends without being finished, or somebody stops it with Ctrl-C.
    """
    told = 0
    try:
        while True:
            status = jobs.status(run)
            history = run.history
            for row in history[told:]:
                if not quiet:
                    note(
                        f"epoch {row.epoch}: train loss {row.train_loss:.5f}, "
                        f"test error {row.test_error:.5f}, {row.seconds:.1f} s"
                    )
            told = len(history)
            if status.state == "finished":
                return
            if jobs.over(status):
                raise Failure(status.message or "The run was deleted while it was in training.")
            time.sleep(_POLL_SECONDS)
    except KeyboardInterrupt:
        jobs.cancel(run)
        raise Failure(CANCELLED) from None


def follow_all(grid: Sweep, quiet: bool) -> list[Network]:
    """Wait until nothing of a sweep waits or trains, telling of what is finished.

    Raises
    ------
    Failure
        Somebody stops it with Ctrl-C.
    """
    told: set[str] = set()
    try:
        while True:
            networks = sweep.look(grid)
            for network in networks:
                if jobs.over(network.status) and network.config.key not in told:
                    told.add(network.config.key)
                    if not quiet:
                        note(f"{len(told)} of {len(networks)}: {network.config.name}")
            if len(told) == len(networks):
                return networks
            time.sleep(_POLL_SECONDS)
    except KeyboardInterrupt:
        sweep.cancel(grid)
        raise Failure(
            "Cancelled. What is finished is kept: give the command again to go on."
        ) from None


def note(text: str) -> None:
    """Tell it beside what the command prints."""
    print(text, file=sys.stderr, flush=True)
