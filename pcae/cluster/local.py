"""A cluster of this machine's own: a scheduler and workers that are started again when they die.

It is for trying a cluster out, and for one machine with several GPUs. Nothing of it is reached from
beyond this machine.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from pcae.counts import counted
from pcae.files import home
from pcae.training.named import VARIABLE

_HOST, _PORT = "127.0.0.1", 8786  # Dask's usual one
_LOOK_SECONDS = 0.2
_LEAST_SECONDS = 5.0  # between two starts of what keeps dying
_SECONDS_TO_END = 5.0


class _Stopped(Exception):
    """Somebody ends the cluster."""


@dataclass
class _Member:
    """A process that is to be there: what starts it, and when it was started."""

    command: list[str]
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    begin: Callable[[], None] | None = None
    process: subprocess.Popen | None = None
    started: float = 0.0

    def see_to(self) -> None:
        """Start it where it does not run, unless it died at once."""
        alive = self.process is not None and self.process.poll() is None
        if alive or (self.started and time.monotonic() - self.started < _LEAST_SECONDS):
            return
        self.started = time.monotonic()
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.command],
                cwd=Path(__file__).parents[2],  # where pcae is found
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is heard here alone, and passed on
                preexec_fn=self.begin if os.name != "nt" else None,
            )


def serve(places: Sequence[str]) -> str:
    """Run a cluster until Ctrl-C or SIGTERM; its scheduler's address.

    Parameters
    ----------
    places : sequence of str
        Of each worker, what it gets as CUDA_VISIBLE_DEVICES.
    """
    for name in ("SIGTERM", "SIGHUP"):
        if found := getattr(signal, name, None):
            signal.signal(found, _stop)
    address = f"tcp://{_HOST}:{_free_port()}"
    folder = Path(tempfile.mkdtemp(prefix="pcae-cluster-"))
    home().mkdir(parents=True, exist_ok=True)
    members = _members(address, places, folder, home() / "cluster.log")
    try:
        for member in members:
            member.see_to()
        _tell(address, len(places))
        while True:
            for member in members:
                member.see_to()
            time.sleep(_LOOK_SECONDS)
    except (_Stopped, KeyboardInterrupt):
        return address
    finally:
        _end([member.process for member in members if member.process])
        shutil.rmtree(folder, ignore_errors=True)


def _stop(_: int, __: FrameType | None) -> None:
    raise _Stopped


def _members(address: str, places: Sequence[str], folder: Path, log: Path) -> list[_Member]:
    port = address.rpartition(":")[2]
    quiet = ("--dashboard-address", f"{_HOST}:0", "--no-dashboard")
    scheduler = ["distributed.cli.dask_scheduler", "--host", _HOST, "--port", port, *quiet]
    worker = ["distributed.cli.dask_worker", address, "--host", _HOST, *quiet, "--no-nanny"]
    worker += ["--nthreads", "1", "--memory-limit", "0", "--local-directory", str(folder)]
    worker += ["--preload", "pcae.cluster.workers"]  # the code as it is now
    variables = {"TF_CPP_MIN_LOG_LEVEL": "2"}
    return [
        _Member(scheduler, log),
        *(
            _Member(
                [*worker, "--name", f"worker-{number}"],
                log,
                variables | {"CUDA_VISIBLE_DEVICES": place},
                _yield_to_the_page,
            )
            for number, place in enumerate(places, 1)
        ),
    ]


def _yield_to_the_page() -> None:
    """Let the dashboard go first on this machine, and yet answer the scheduler."""
    os.nice(10)


def _free_port() -> int:
    """Dask's usual port, or another one where it is taken."""
    for port in (_PORT, 0):
        with socket.socket() as tried:
            if os.name != "nt":
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind((_HOST, port))
            except OSError:
                continue
            return tried.getsockname()[1]
    raise OSError(f"{_HOST} has no free port")


def _tell(address: str, count: int) -> None:
    """Say beside what the command prints how to use it."""
    print(
        f"A cluster of {counted(count, 'worker')} on this machine. Where pcae is "
        f"started:\n\n  export {VARIABLE}={address}\n\nCtrl-C ends it. Its log is "
        f"{home() / 'cluster.log'}",
        file=sys.stderr,
        flush=True,
    )


def _end(processes: Sequence[subprocess.Popen]) -> None:
    """End what runs, within some seconds, the workers before their scheduler."""
    for process in reversed(processes):
        process.terminate()
    end = time.monotonic() + _SECONDS_TO_END
    for process in processes:
        try:
            process.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
