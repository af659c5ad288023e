"""The process that has trainings done on a cluster: `python -m pcae.cluster.dispatcher`.

It plays the part of the local worker: it takes queued runs from the store, holds their locks, and
their folders fill; what trains them are the cluster's workers, see `pcae.cluster.task`. The store
stays the only channel to the pages. It needs no TensorFlow, outlives the page that started it, and
ends with the work, or with who started it, whichever is later. Whatever dies, it or the next finds
again what is in training, or has it go on from the last checkpoint that reached the store.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Callable, Mapping
from typing import Any

from distributed import Client
from distributed.client import FutureCancelledError
from filelock import Timeout

from pcae import names, store
from pcae.cluster import mirror, sending, task, workers
from pcae.cluster.connecting import ClusterError, connect
from pcae.cluster.held import Held
from pcae.cluster.placing import Worker
from pcae.cluster.trainings import Trainings
from pcae.data.dataset import DataError
from pcae.files import home, write_json
from pcae.training import claiming, jobs, named
from pcae.training.devices import Device

_LOOK_SECONDS = 0.3  # between two looks at the store, and at a worker that trains for it
_IDLE_SECONDS = 1.0  # between two looks at a worker that does not
_CALLS_A_SECOND = 200  # of a scheduler's, by one dispatcher
_TELL_SECONDS = 1.0  # between two versions of cluster.json
_SECONDS_SILENT = 60.0  # after which a worker counts as gone
_SECONDS_TO_FIND = 2.0, 10.0  # what was in training, once the scheduler answers: at least, at most
_SECONDS_REFUSED = 15.0  # until a worker that may not train is asked again
_SECONDS_FOR_THE_SCHEDULER = 10.0
_SECONDS_TO_LEAVE = 5.0
_SECONDS_ALONE = 60.0  # without a scheduler, and without who started it
_LIGHTLY = 9  # times as long as they were on their way, weights are let be
_LIGHT_SECONDS = 2.0  # that they are let be at least, while they train
_ALONE = "The cluster has no worker yet: what is asked for waits until one joins it."
log = logging.getLogger(__name__)


class Dispatcher:
    """What is known of the cluster, and the runs that are in training there."""

    def __init__(self) -> None:
        self.runs = Trainings()
        self.store = sending.store_id()
        self.workers: dict[str, Worker] = {}
        self._client: Client | None = None
        self._since = time.monotonic()  # when the scheduler began to answer, or ceased to
        self._problem = ""
        self._moved = 0  # bytes
        self._told: dict[str, Any] = {}
        self._told_at = 0.0
        self._parent = os.getppid()

    async def serve(self) -> None:
        """Have trained what waits, until there is nothing more to do and nobody to ask for it."""
        connecting = asyncio.create_task(self._stay_connected())
        try:
            while not self._done():
                if connecting.done():
                    connecting.result()  # raises what ended it
                self.runs.changed.clear()
                self.runs.look(self.workers)
                if self._client:
                    self._look_at_workers()
                    self._place(self._client)
                self._tell()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.runs.changed.wait(), _LOOK_SECONDS)
            await self._leave()
        finally:
            connecting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await connecting

    def _done(self) -> bool:
        if os.getppid() == self._parent:
            return False
        if self._client is None and time.monotonic() - self._since > _SECONDS_ALONE:
            return True  # the next dashboard may be for another cluster, or for none
        return not self.runs.held and not self.runs.waiting

    def _pace(self) -> float:
        """Seconds between two looks at a worker that trains, and at which there are."""
        return max(_LOOK_SECONDS, len(self.workers) / _CALLS_A_SECOND)

    async def _stay_connected(self) -> None:
        """Follow the workers of the scheduler that is named, and those of its next."""
        while True:
            try:
                client = await connect()
            except ClusterError as problem:
                if not self._problem:
                    log.warning("%s", problem)
                    self.runs.scheduler_lost()
                self._problem = str(problem)
                await asyncio.sleep(_TELL_SECONDS)
                continue
            self._client, self._since, self._problem = client, time.monotonic(), ""
            try:
                while True:
                    identity = client.scheduler.identity(n_workers=-1)
                    seen = await asyncio.wait_for(identity, _SECONDS_FOR_THE_SCHEDULER)
                    self._meet(client, seen["workers"])
                    await asyncio.sleep(self._pace())
            except OSError as problem:  # a lost connection, or no answer in time
                log.warning("scheduler: %s", problem)
            finally:
                self._client, self._since = None, time.monotonic()
                for of in self.runs.held.values():
                    of.move()
                for address in list(self.workers):
                    self._forget_worker(address)
                with contextlib.suppress(Exception):
                    await asyncio.wait_for(client.close(), _SECONDS_TO_LEAVE)

    def _meet(self, client: Client, seen: Mapping[str, Any]) -> None:
        """Begin with workers that are new, and let those go that are not there any more."""
        for address in self.workers.keys() - seen.keys():
            worker = self._forget_worker(address)
            log.info("worker %s is gone", worker.name)
            for of in self.runs.at(worker):
                self.runs.lose(of, None, f"the worker {worker.name} is gone")
        for address in seen.keys() - self.workers.keys():
            worker = self.workers[address] = Worker(address, str(seen[address]["name"]))
            worker.do(self._attend(client, worker))
        for address, worker in self.workers.items():
            worker.paused = seen[address]["status"] != "running"  # Dask's, for want of memory

    def _forget_worker(self, address: str) -> Worker:
        worker = self.workers.pop(address)
        for of in list(worker.tasks):
            of.cancel()
        return worker

    def _look_at_workers(self) -> None:
        """Give up what silent workers have, and what no worker has, once all have been asked."""
        for worker in self.workers.values():
            silent = worker.heard and time.monotonic() - worker.heard > _SECONDS_SILENT
            for of in self.runs.at(worker) if silent else []:
                self.runs.lose(of, worker, f"the worker {worker.name} did not answer any more")
        at_least, at_most = _SECONDS_TO_FIND
        asked = all(of.refused or of.heard > self._since for of in self.workers.values())
        if time.monotonic() - self._since > (at_least if asked else at_most):
            self.runs.give_back_lost()

    def _place(self, client: Client) -> None:
        """Send what waits to the workers that are free."""
        every = [worker for worker in self.workers.values() if worker.trains]
        for worker, runs in self.runs.claim(every):
            worker.sending = True
            worker.do(self._send(client, worker, runs))

    async def _send(self, client: Client, worker: Worker, runs: list[Held]) -> None:
        """Have a worker train runs; what goes wrong on the way gives them back."""
        try:
            try:
                what = await self._hand_over(client, worker, runs)
            finally:
                worker.sending = False
            if what:  # what comes of it, `_tend` sees
                await self._submit(client, worker, task.train, self.store, *what)
        except DataError as problem:
            for of in [of for of in runs if self.runs.has(worker, of)]:
                self.runs.end(of, worker, str(problem))
        except FutureCancelledError:
            return  # the scheduler is gone
        except Exception as problem:
            log.warning("worker %s", worker.name, exc_info=problem)
            await asyncio.sleep(_LOOK_SECONDS)  # by then it shows whether the scheduler is gone
            why = f"the worker {worker.name} failed ({problem})" * (client.status == "running")
            for of in [of for of in runs if self.runs.has(worker, of)]:
                self.runs.lose(of, worker, why)

    async def _hand_over(
        self, client: Client, worker: Worker, runs: list[Held]
    ) -> tuple[list[str], bool, str] | None:
        """Put what runs go on from where a worker has it; the other arguments of `task.train`."""
        ready = await asyncio.to_thread(claiming.adopt_prefixes, [of.run for of in runs])
        runs = [of for of in runs if self.runs.has(worker, of)]
        for of in [of for of in runs if of.run not in ready]:
            self.runs.end(of, worker, "")
        runs = [of for of in runs if of.run in ready]
        if not runs:
            return None
        dataset, on_cpu = runs[0].run.config.dataset, runs[0].asked.on_cpu
        digest = await asyncio.to_thread(sending.digest, dataset)
        if await self._call(client, worker, task.lacks, self.store, dataset):
            data = await asyncio.to_thread(sending.of_data, dataset)
            self._moved += sum(map(len, data.values()))
            await self._call(client, worker, task.keep, self.store, dataset, data)
        files = {of.run.key: await asyncio.to_thread(sending.of_run, of.run) for of in runs}
        if not await self._call(client, worker, task.put, self.store, files):
            worker.busy = 1  # of another dashboard, which came between
            for of in [of for of in runs if self.runs.has(worker, of)]:
                self.runs.lose(of, worker)
            return None
        self._moved += sum(len(content) for each in files.values() for content in each.values())
        worker.busy = len(runs)
        for of in runs:
            of.since = time.monotonic()
        worker.wanted.set()
        return [*files], on_cpu, digest

    async def _attend(self, client: Client, worker: Worker) -> None:
        """Look at a worker for as long as it is there."""
        while True:
            _, worker.refused = await workers.ask(client, worker.address, worker.name)
            if not worker.refused:
                break
            await asyncio.sleep(_SECONDS_REFUSED)
        worker.do(self._find_device(client, worker))
        while True:
            try:
                await self._tend(client, worker)
            except Exception as problem:
                log.warning("worker %s", worker.name, exc_info=problem)
                await asyncio.sleep(_IDLE_SECONDS)
            if not self.runs.at(worker):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(worker.wanted.wait(), _IDLE_SECONDS)
            worker.wanted.clear()

    async def _find_device(self, client: Client, worker: Worker) -> None:
        """Have a worker load TensorFlow and say where it trains."""
        try:
            worker.device = Device(**await self._submit(client, worker, task.device))
            log.info("worker %s trains on %s", worker.name, worker.device.name)
            self.runs.changed.set()
        except FutureCancelledError:
            return  # the scheduler is gone
        except Exception as problem:
            worker.refused = (
                f"The worker {worker.name} is refused: TensorFlow does not work there ({problem}). "
                "Run pip install -r requirements.txt there, and start it again."
            )

    async def _tend(self, client: Client, worker: Worker) -> None:
        """Take from a worker what is new, and tell it what is to stop or to go."""
        begun, drop, ours = time.monotonic(), set(worker.drop), self.runs.at(worker)
        answer = await self._call(
            client,
            worker,
            task.tend,
            self.store,
            {of.run.key: of.have for of in ours},
            cancel=[of.run.key for of in ours if of.cancelled],
            drop=drop,
            forget=[name for name in worker.data if _is_removed(name)],
            light=[of.run.key for of in ours if of.light_until > begun],
            seconds=self._pace() if ours else 0.0,
        )
        worker.heard = time.monotonic()
        worker.drop -= drop
        worker.data = [name for name in answer["data"] if names.is_own(name)]
        if not worker.sending:
            worker.busy = answer["busy"]
        files = {key: its["files"] for key, its in answer["runs"].items()}
        self._moved += sum(len(content) for each in files.values() for _, _, content in each)
        took = worker.heard - begun - answer["waited"]
        for of in ours:
            if any(name == mirror.WEIGHTS for name, *_ in files.get(of.run.key, [])):
                of.light_until = worker.heard + max(_LIGHT_SECONDS, _LIGHTLY * took)
        await self.runs.take(worker, answer["runs"], begun)

    async def _call(self, client: Client, worker: Worker, what: Callable, *of: Any, **by: Any):
        """Call a function in a worker's process, beside what it trains."""
        return (await client.run(what, *of, workers=[worker.address], **by))[worker.address]

    async def _submit(self, client: Client, worker: Worker, what: Callable, *of: Any) -> Any:
        """Do something at a worker that takes long; what came of it."""
        place = {"workers": [worker.address], "allow_other_workers": False}
        return await client.submit(what, *of, pure=False, retries=0, **place)

    def _tell(self) -> None:
        """Keep what is known of the cluster in cluster.json, where pages find it."""
        if time.monotonic() - self._told_at < _TELL_SECONDS:
            return
        found = {
            "scheduler": named.address(),
            "problem": self._problem or ("" if self.workers or not self._client else _ALONE),
            "workers": [
                {
                    "name": of.name,
                    "address": of.address,
                    "device": of.device.name if of.device else "",
                    "on_gpu": of.on_gpu,
                    "busy": of.busy,
                    "refused": of.refused,
                }
                for of in self.workers.values()
            ],
            "bytes": self._moved,
        }
        if found != self._told:
            self._told, self._told_at = found, time.monotonic()
            with contextlib.suppress(OSError):
                write_json(home() / "cluster.json", found | {"updated": time.time()}, durable=False)

    async def _leave(self) -> None:
        """Have workers forget own data: nobody would tell them that it was removed."""
        if client := self._client:
            gone = [
                self._call(client, of, task.tend, self.store, {}, drop=set(of.drop), forget=of.data)
                for of in self.workers.values()
                if of.data or of.drop
            ]
            with contextlib.suppress(TimeoutError):
                leaving = asyncio.gather(*gone, return_exceptions=True)
                await asyncio.wait_for(leaving, _SECONDS_TO_LEAVE)


def _is_removed(name: str) -> bool:
    return not (names.folder(name) / "about.json").exists()


def main() -> None:
    """Have trained what waits on the cluster that is named, unless another process does."""
    lock = jobs.worker_lock()
    try:
        lock.acquire(timeout=1)  # a page may hold it for a moment, to see whether it is held
    except Timeout:
        return
    while True:
        try:
            store.sweep()
            asyncio.run(Dispatcher().serve())
            left = jobs.queue()
        finally:
            lock.release()
        if jobs.paused() or set(jobs.queue()) <= set(left):
            return  # else one was asked for before the lock was let go
        try:
            lock.acquire(timeout=1)
        except Timeout:
            return  # the other process looks at the queue after it lets go


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    for name in ("distributed", "distributed.client"):  # their traces: what it means is said here
        logging.getLogger(name).setLevel(logging.CRITICAL)
    main()
