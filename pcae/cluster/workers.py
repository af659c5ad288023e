"""What a worker of a cluster is, and whether it may train: the same code and libraries as here.

Networks of one sweep are to have the same weights wherever they train, and what is sent to and fro
has to be understood on both sides. A worker with another version is refused by name.
"""

from __future__ import annotations

import asyncio
import hashlib
import platform
import re
import socket
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from dask.system import CPU_COUNT
from distributed import Client, Worker
from distributed.system import MEMORY_LIMIT

import pcae
from pcae import names
from pcae.data import datasets
from pcae.data.datasets import DataError
from pcae.training import devices

LIBRARIES = ("tensorflow", "keras", "numpy", "safetensors")
SOURCES = (  # this floor's and those below
    *("cluster", "training", "store", "records", "kept", "methods", "data"),
    *("config", "layers", "presets", "settings", "names", "rights", "rules"),
    *("counts", "files", "forms", "headings", "pythons", "readings", "removal", "scripts"),
)
SECONDS_TO_ANSWER = 10.0


def _digest() -> str:
    """Of all that runs at a worker, as it was when this process began to use it."""
    folder, sha = Path(pcae.__file__).parent, hashlib.sha256()
    for name in SOURCES:
        place = folder / name
        paths = sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
        for path in paths:
            sha.update(f"{path.relative_to(folder).as_posix()}\n{path.read_text('utf-8')}".encode())
    return sha.hexdigest()[:12]


_DIGEST = _digest()


def facts(dask_worker: Worker | None = None) -> dict[str, Any]:
    """What this process is: to be run at a worker by `Client.run`; takes some milliseconds.

    Returns
    -------
    dict
        `name` and `host`; `pcae` and `sources`: the version, and a digest of what runs here;
        `versions` of Python and the libraries, None for what is not installed; `cores`, `memory`
        (bytes) and `gpus` (as CUDA names them); `data`: the built-in data sets that are here;
        `device`: where it trains, None until TensorFlow is loaded.
    """
    return {
        "name": str(dask_worker.name) if dask_worker else "",
        "host": socket.gethostname(),
        "pcae": pcae.__version__,
        "sources": _DIGEST,
        "versions": {"python": platform.python_version()} | {of: _version(of) for of in LIBRARIES},
        "cores": CPU_COUNT,
        "memory": (dask_worker and dask_worker.memory_manager.memory_limit) or MEMORY_LIMIT,
        "gpus": devices.visible_gpus(),
        "data": [name for name in names.DATASETS if _is_here(name)],
        "device": device() if "pcae.training.loop" in sys.modules else None,
    }


def device() -> str:
    """Where this process trains, for people: a task, as loading TensorFlow takes seconds."""
    from pcae.training.loop import prepare_device

    return prepare_device().name


def refusal(found: dict[str, Any]) -> str:
    """Why a worker with these facts may not train, as a sentence; empty where it may."""
    name = found["name"]
    if (found["pcae"], found["sources"]) != (pcae.__version__, _DIGEST):
        return (
            f"The worker {name} is refused: it has pcae {found['pcae']} ({found['sources']}), and "
            f"here is {pcae.__version__} ({_DIGEST}). Bring the same there, and start it again."
        )
    for library in LIBRARIES:
        here, there = _version(library), found["versions"].get(library)
        if here and here != there:
            has = f"{library} {there}" if there else f"no {library}"
            return (
                f"The worker {name} is refused: it has {has}, and here is {here}. "
                "Install the same there, and start it again."
            )
    return ""


async def ask(
    client: Client, address: str, name: str, seconds: float = SECONDS_TO_ANSWER
) -> tuple[dict[str, Any], str]:
    """A worker's facts, empty where it has none, and why it may not train, if it may not."""
    try:
        answer = client.run(facts, workers=[address], on_error="return")
        found = (await asyncio.wait_for(answer, seconds)).get(address)
    except (TimeoutError, OSError) as problem:
        found = problem
    if isinstance(found, dict):
        return found, refusal(found)
    said = str(found) or type(found).__name__
    if re.search(r"No module named|cannot import name|Can't get attribute|has no attribute", said):
        return {}, (
            f"The worker {name} is refused: it has no pcae, or another version ({said}). Start it "
            "in the folder of pcae as it is here, by python -m dask worker."
        )
    return {}, f"The worker {name} does not answer ({said}): see its log, and start it again."


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _is_here(name: str) -> bool:
    try:
        return datasets.is_here(name)
    except DataError:  # PCAE_DATA names no folder
        return False
