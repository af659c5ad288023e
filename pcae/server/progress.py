"""How far the students are: what the latest network of each is worth now, in training too."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from pcae import rights, store
from pcae.data.datasets import DataError
from pcae.files import DamagedFile
from pcae.methods.metrics import equivalent_k
from pcae.server import loading
from pcae.store import Run


@dataclass(frozen=True)
class Latest:
    """A student's latest network; nothing says whose it is."""

    name: str
    dataset: str
    k: int
    error: float
    equivalent_k: float


def latest() -> list[Latest]:
    """The network that each student trained last, or trains, if it has an error by now."""
    newest: dict[str, tuple[float, Run]] = {}
    for run in store.runs():
        if run.shipped:
            continue
        try:
            at = run.status.queued or run.version
        except DamagedFile:
            continue
        for student in rights.owners(run.folder):
            if at >= newest.get(student, (0.0, run))[0]:
                newest[student] = (at, run)
    found = [_worth(run) for _, run in newest.values()]
    return sorted((of for of in found if of is not None), key=lambda of: (of.k, of.error, of.name))


def _worth(run: Run) -> Latest | None:
    try:
        if run.trained:
            return _of_trained(run.key, run.version, run)
        if not run.history:
            return None
        error, view = run.history[-1].test_error, loading.view(run.config.dataset)
        k = equivalent_k(error, view.pca.test_error)
        return Latest(run.config.name, run.config.dataset, run.config.k, error, k)
    except (DamagedFile, DataError):
        return None


@functools.lru_cache(maxsize=1_000)
def _of_trained(_key: str, _version: int, run: Run) -> Latest:
    config = run.config
    worth = loading.worth(run, loading.view(config.dataset))
    return Latest(config.name, config.dataset, config.k, worth.test_error, worth.equivalent_k)
