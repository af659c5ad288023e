"""How well codes keep what the digits are like, measured at the workers of a cluster, many at once.

`python -m pcae.cluster.measuring` does what `pcae.training.quality` does on one machine: it keeps
each result beside its run. A worker that trains nothing measures; what it lacks of the data is sent
as for a training, and a run's weights with each subject. Where no worker is free this machine
measures, and all that went wrong elsewhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from distributed import Client, get_worker
from distributed import Worker as DaskWorker
from filelock import Timeout

from pcae.cluster import sending, task, workers
from pcae.cluster.connecting import connect
from pcae.data import datasets
from pcae.data.dataset import DataError, Dataset
from pcae.files import DamagedFile, write
from pcae.methods import pca
from pcae.store import Run
from pcae.training import quality
from pcae.training.named import ClusterError
from pcae.training.quality import Quality, Subject
from pcae.training.worker import yield_to_the_page

_LOOK_SECONDS = 0.5
_SECONDS_WITHOUT = 5.0  # a worker at it, after which this machine measures
_MOST_SECONDS = 300.0  # for one subject
log = logging.getLogger(__name__)


def put(store: str, key: str, files: Mapping[str, bytes], dask_worker: DaskWorker) -> None:
    """Put a run's settings and weights where `measure` finds them: at a worker."""
    folder = _place(dask_worker, store, key)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        write(folder / name, content)


def measure(store: str, dataset: str, k: int, key: str, digest: str) -> dict[str, Any]:
    """Measure a run that was put here, or PCA where the key is empty: a task.

    Parameters
    ----------
    digest : str
        Of the data, as the dashboard has it.

    Raises
    ------
    DataError
        The data here is not the same.
    """
    worker = get_worker()
    os.environ["PCAE_HOME"] = str(task.scratch(worker, store))
    run = Run(key, _place(worker, store, key)) if key else None
    try:
        data = datasets.load(dataset)
        if data.digest != digest:
            raise DataError(f"The worker {worker.name} has other data under the name {dataset}.")
        return asdict(quality.measure(Subject(dataset, k, run), data, pca.load_or_fit(data)))
    finally:
        if run:
            shutil.rmtree(run.folder, ignore_errors=True)


def _place(worker: DaskWorker, store: str, key: str) -> Path:
    return task.scratch(worker, store) / "measured" / key


class _Measuring:
    """The subjects that are left, and who is at it."""

    def __init__(self, client: Client) -> None:
        self.client, self.store = client, sending.store_id()
        self.left: deque[Subject] = deque()
        self.failed: list[Subject] = []
        self.busy = 0

    async def all(self, subjects: list[Subject]) -> None:
        """Measure these, at all workers that may and on this machine."""
        self.left.extend(subjects)
        identity = await self.client.scheduler.identity(n_workers=-1)
        there = [self._work(at, str(of["name"])) for at, of in identity["workers"].items()]
        await asyncio.gather(*there, self._work_here())
        for subject in self.failed:
            await asyncio.to_thread(_measure_here, subject)

    async def _work(self, address: str, name: str) -> None:
        """Measure at one worker, one subject after another, until it fails or none is left."""
        _, refused = await workers.ask(self.client, address, name)
        while self.left and not refused:
            if not await self._is_free(address):
                await asyncio.sleep(_LOOK_SECONDS)
                continue
            if not self.left:  # meanwhile
                return
            subject = self.left.popleft()
            self.busy += 1
            try:
                await asyncio.wait_for(self._measure(address, subject), _MOST_SECONDS)
            except (DataError, DamagedFile) as problem:
                log.warning("%s", problem)
            except Exception as problem:
                log.warning("worker %s", name, exc_info=problem)
                self.failed.append(subject)
                return
            finally:
                self.busy -= 1

    async def _is_free(self, address: str) -> bool:
        identity = await self.client.scheduler.identity(n_workers=-1)
        of = identity["workers"].get(address)
        return of is not None and not of["metrics"].get("executing")

    async def _measure(self, address: str, subject: Subject) -> None:
        data, version = await asyncio.to_thread(_data, subject), subject.version
        at = {"workers": [address]}
        if (await self.client.run(task.lacks, self.store, data.name, **at))[address]:
            files = await asyncio.to_thread(sending.of_data, data.name)
            await self.client.run(task.keep, self.store, data.name, files, **at)
        key = subject.run.key if subject.run else ""
        if subject.run:
            found = _files(subject.run)
            await self.client.run(put, self.store, key, found, **at)
        asked = (self.store, data.name, subject.k, key, data.digest)
        only = {**at, "allow_other_workers": False, "pure": False, "retries": 0}
        figures = await self.client.submit(measure, *asked, **only)
        with contextlib.suppress(OSError):  # it was deleted meanwhile
            quality.keep(subject, data, version, Quality(**figures))

    async def _work_here(self) -> None:
        """Measure on this machine while no worker has been at it for a while."""
        seen = time.monotonic()
        while self.left:
            await asyncio.sleep(_LOOK_SECONDS)
            if self.busy:
                seen = time.monotonic()
            elif self.left and time.monotonic() - seen > _SECONDS_WITHOUT:
                await asyncio.to_thread(_measure_here, self.left.popleft())


def _files(run: Run) -> dict[str, bytes]:
    try:
        names = ("config.json", "weights.safetensors")
        return {name: (run.folder / name).read_bytes() for name in names}
    except OSError:
        raise DamagedFile(f"The run {run.key} was deleted.") from None


def _data(subject: Subject) -> Dataset:
    """Its data, or what stands in for it; see `Subject`."""
    return datasets.load_or_sample(subject.dataset)[0]


def _measure_here(subject: Subject) -> None:
    try:
        data = _data(subject)
        quality.find_or_measure(subject, data, pca.load_or_fit(data))
    except (DataError, DamagedFile, OSError) as problem:
        log.warning("%s", problem)


async def _measure_all() -> None:
    """Measure what is not measured yet, until nothing new comes.

    Raises
    ------
    ClusterError
        The cluster cannot be used.
    """
    client = await connect()
    tried: set[tuple[str, int, str, int]] = set()
    try:
        while new := _unmeasured(tried):
            await _Measuring(client).all(new)
    finally:
        with contextlib.suppress(Exception):
            await asyncio.wait_for(client.close(), _LOOK_SECONDS)


def _unmeasured(tried: set[tuple[str, int, str, int]]) -> list[Subject]:
    found: list[Subject] = []
    data: dict[str, Dataset] = {}
    for subject in quality.subjects():
        try:
            name = subject.dataset
            this = (name, subject.k, subject.run.key if subject.run else "", subject.version)
            data[name] = data.get(name) or _data(subject)
            if this not in tried and quality.kept(subject, data[name]) is None:
                tried.add(this)
                found.append(subject)
        except (DataError, DamagedFile) as problem:
            log.warning("%s", problem)
    return found


def main() -> None:
    """Measure what is not measured yet, each once, unless a process is at it."""
    try:
        with quality.lock().acquire(timeout=1):
            try:
                asyncio.run(_measure_all())
                return
            except (ClusterError, OSError) as problem:
                log.warning("%s", problem)
    except Timeout:
        return
    quality.main()  # what is left is measured here


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    yield_to_the_page()
    main()
