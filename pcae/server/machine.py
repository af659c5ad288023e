"""How full this machine is: the disks that pcae writes to, and memory, as the system says it."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pcae.files import home

_PROC = Path("/proc")
_WORKER = b"pcae.training.worker"


@dataclass(frozen=True)
class Disk:
    """The disk that a folder is on: what is taken of it, as a share, and bytes that are free."""

    folder: Path
    taken: float
    free: int


def fullest_disk() -> Disk | None:
    """The fullest of the disks that hold networks, data and what is in the making."""
    found = []
    for folder in {home(), Path(os.environ.get("KERAS_HOME", Path.home())), _temporary()}:
        there = next((place for place in (folder, *folder.parents) if place.is_dir()), folder)
        try:
            usage = shutil.disk_usage(there)
        except OSError:
            continue
        found.append(Disk(folder, 1 - usage.free / max(usage.total, 1), usage.free))
    return max(found, key=lambda disk: disk.taken, default=None)


def _temporary() -> Path:
    return Path(tempfile.gettempdir())


def memory() -> dict[str, int] | None:
    """Bytes of memory: "server" and "training", and of the machine "free" and "all".

    None where the system does not say, as without Linux.
    """
    try:
        lines = (_PROC / "meminfo").read_text("ascii").splitlines()
        kilobytes = {
            name: int(rest.split()[0]) for name, _, rest in (of.partition(":") for of in lines)
        }
        return {
            "server": _resident(_PROC / "self"),
            "training": sum(map(_resident, _workers())),
            "free": 1024 * kilobytes["MemAvailable"],
            "all": 1024 * kilobytes["MemTotal"],
        }
    except (OSError, ValueError, KeyError, IndexError):
        return None


def _workers() -> list[Path]:
    """The processes of workers, of whatever store."""
    found = []
    for place in _PROC.iterdir():
        try:
            if place.name.isdigit() and _WORKER in (place / "cmdline").read_bytes().split(b"\0"):
                found.append(place)
        except OSError:
            continue  # it has ended, or is somebody else's
    return found


def _resident(process: Path) -> int:
    try:
        pages = int((process / "statm").read_text("ascii").split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
