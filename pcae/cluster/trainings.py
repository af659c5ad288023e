"""What a dispatcher does with the runs that it answers for, as it hears of workers and the store.

Who trains what is what the workers answer: a run that one of them has is followed there, by whoever
looks first, and one that none has goes back into the queue. What a worker has and nobody wants is
dropped there.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pcae.cluster import held, mirror, placing
from pcae.cluster.held import Held
from pcae.cluster.placing import Worker
from pcae.files import DamagedFile
from pcae.training import claiming, jobs
from pcae.training.claiming import Asked

_SECONDS_TO_STOP = 1.5  # of a cancelled run's worker
_SECONDS_TO_BEGIN = 30.0  # where a worker was free
_MOST_DEATHS = 3  # of workers, without an epoch between
log = logging.getLogger(__name__)


class Trainings:
    """The runs that are in training at a cluster, or about to be, by their keys.

    Attributes
    ----------
    held : dict of str to Held
    changed : Event
        Set where a worker may have become free.
    """

    def __init__(self) -> None:
        self.held = {of.run.key: of for of in held.orphans()}
        self.changed = asyncio.Event()
        self._tried: set[Asked] = set()
        self._deaths: dict[str, tuple[int, int]] = {}

    @property
    def waiting(self) -> dict:
        """What could be begun; see `claiming.waiting`."""
        return {} if jobs.paused() else claiming.waiting(self._tried)

    def at(self, worker: Worker) -> list[Held]:
        """The runs that a worker has."""
        return [of for of in self.held.values() if of.worker == worker.address]

    def has(self, worker: Worker, of: Held) -> bool:
        """Whether a worker has a run, or should, and nobody has let it go."""
        return of.worker == worker.address and not of.over

    def claim(self, every: Sequence[Worker]) -> Iterator[tuple[Worker, list[Held]]]:
        """Take from the queue what workers that are free may train, and say who what."""
        free = [worker for worker in every if worker.free and not self.at(worker)]
        runs = list(self.waiting.values()) if free else []
        for place, run in enumerate(runs):
            if not free:
                return
            if run.key in self.held:
                continue  # beside an earlier one, or it has been asked for again and stops yet
            try:
                config, on_cpu = run.config, run.status.on_cpu
            except DamagedFile as problem:
                log.warning("%s", problem)
                continue
            may = [worker for worker in free if run.key not in worker.drop]
            worker = placing.choose(config.load, on_cpu, may, every)
            if worker is None or not (first := claiming.claim_run(run, self._tried)):
                continue
            following = [of for of in runs[place + 1 :] if of.key not in {*self.held, *worker.drop}]
            most = worker.together(config.parameters, on_cpu, stack=config.stacks)
            alike = sum(of.on_gpu == worker.on_gpu for of in every)
            beside = claiming.claim_alike(first, following, most, alike, self._tried)
            found = [held.claimed(of) for of in (first, *beside)]
            for of in found:
                of.move(worker.address)
                self.held[of.run.key] = of
            free.remove(worker)
            yield worker, found

    async def take(self, worker: Worker, runs: Mapping[str, Any], begun: float) -> None:
        """Have the store show what a worker says of its runs; see `task.tend`.

        Parameters
        ----------
        begun : float
            When it was asked, by `time.monotonic`.

        Raises
        ------
        OSError
            The store cannot be written.
        """
        puts = []
        for key, its in runs.items():
            of = self._followed(worker, key)
            if of is None:
                worker.drop.add(key)
            elif its["state"] == "left":
                self.lose(of, worker, "the training ended without a word")
            elif its["state"] == "waiting" and begun - of.since > _SECONDS_TO_BEGIN:
                self.lose(of, worker)  # it does something else, or Dask lets it begin nothing
            else:
                puts.append(self._put(of, worker, its["files"]))
        problems = [of for of in await asyncio.gather(*puts, return_exceptions=True) if of]
        for of in self.at(worker):
            if of.run.key not in runs and of.since < begun and not worker.sending:
                self.lose(of, worker, "it does not know of the training any more")
        for problem in problems:
            raise problem

    def _followed(self, worker: Worker, key: str) -> Held | None:
        """What a worker has, if it is wanted from it."""
        of = self.held.get(key) or held.adopt(key)
        if of is None or of.worker not in {"", worker.address}:
            return None
        self.held[key] = of
        if not of.worker:
            of.move(worker.address)
            held.go_on(of)
        return of

    async def _put(self, of: Held, worker: Worker, files: Sequence[mirror.File]) -> None:
        """Put new files of a run into the store; let it go once it has ended."""
        if of.deleted or not files:
            return  # see `look`
        of.busy = True
        try:
            seen = await asyncio.to_thread(
                mirror.apply, of.run, files, of.asked, lambda: of.over or bool(of.cancelled)
            )
        except (DamagedFile, OSError) as problem:
            if of.deleted or of.over:
                return
            if isinstance(problem, OSError):
                raise
            log.warning("worker %s: %s", worker.name, problem)
            self.lose(of, worker, "what it sent was damaged")
            return
        finally:
            of.busy = False
        of.have.update((name, stamp) for name, stamp, _ in files)
        if seen and seen.state in mirror.ENDED and not of.over:
            of.lock.release()
            self._let_go(of, worker)

    def look(self, workers: Mapping[str, Worker]) -> None:
        """See which runs were deleted in the store or are to stop there."""
        now = time.monotonic()
        for of in list(self.held.values()):
            worker = workers.get(of.worker)
            if of.busy:
                continue
            if of.deleted:
                log.info("run %s was deleted", of.run.key)
                of.lock.release()
                self._let_go(of, worker)
            elif of.cancelled or of.run.cancel_wanted:
                if not of.cancelled:
                    of.cancelled = now
                    if worker:
                        worker.wanted.set()
                if worker is None or now - of.cancelled > _SECONDS_TO_STOP:
                    held.cancel(of)
                    self._let_go(of, worker)

    def lose(self, of: Held, worker: Worker | None, why: str = "") -> None:
        """Have another worker go on with a run; it fails where that was tried too often.

        Parameters
        ----------
        why : str
            What its worker died of, as the end of a sentence; empty where that is not the run's.
        """
        key = of.run.key
        log.info("run %s is given back: %s", key, why or "no worker has it")
        if of.cancelled or of.run.cancel_wanted:
            held.cancel(of)
        elif why and self._died(of) >= _MOST_DEATHS:
            held.fail(
                of,
                f"{_MOST_DEATHS} workers of the cluster gave it up, the last one since {why}: see "
                "their logs, or choose a smaller batch size or narrower layers. Finished epochs "
                "are kept.",
            )
            self._deaths.pop(key, None)
        else:
            held.give_back(of)
        self._let_go(of, worker)

    def _died(self, of: Held) -> int:
        """How often a run's workers died since it last finished an epoch."""
        epoch = 0
        with contextlib.suppress(DamagedFile):
            epoch = of.run.checkpoint_epoch()
        count, before = self._deaths.get(of.run.key, (0, epoch))
        count = count + 1 if before == epoch else 1
        self._deaths[of.run.key] = count, epoch
        return count

    def _let_go(self, of: Held, worker: Worker | None) -> None:
        """Answer for a run no more."""
        of.over = True
        self.held.pop(of.run.key, None)
        self._tried.discard((of.run.key, of.asked.queued))
        if worker:
            worker.drop.add(of.run.key)
            worker.wanted.set()
        self.changed.set()

    def end(self, of: Held, worker: Worker, sentence: str) -> None:
        """Let a run go that cannot be trained; an empty sentence: it says why already."""
        if sentence:
            held.fail(of, sentence)
        else:
            of.lock.release()
        self._let_go(of, worker)

    def scheduler_lost(self) -> None:
        """Say of all runs that they go on later; see `held.interrupt`."""
        for of in self.held.values():
            of.move()
            held.interrupt(of)

    def give_back_lost(self) -> None:
        """Put those into the queue that no worker has."""
        for of in [of for of in self.held.values() if not of.worker]:
            self.lose(of, None)
