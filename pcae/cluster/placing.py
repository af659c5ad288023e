"""Which worker trains what: large networks go to GPUs, small ones first where there is none."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from pcae.training.devices import Device

LARGE = 500_000  # parameters from which a network waits for a GPU, where there are any
_SECONDS_UNSURE = 5.0  # after which a worker that does not answer is given nothing


@dataclass(eq=False)
class Worker:
    """A worker of the cluster, as far as it is known.

    Attributes
    ----------
    device : Device or None
        None until it is known.
    refused : str
        A sentence that says why it trains nothing; empty where it may train.
    paused : bool
        Whether Dask begins nothing there, for want of memory.
    busy : int
        How many runs are in training there, of whatever dashboard.
    heard : float
        When it last answered, by `time.monotonic`; 0 before.
    drop : set of str
        Keys of runs that it is to remove.
    data : list of str
        The own data sets that it has.
    sending : bool
        Whether runs are on their way to it.
    wanted : Event
        Set where it is to be asked at once.
    tasks : set of Task
        What is being done with it, until it is gone.
    """

    address: str
    name: str
    device: Device | None = None
    refused: str = ""
    paused: bool = False
    busy: int = 0
    heard: float = 0.0
    drop: set[str] = field(default_factory=set)
    data: list[str] = field(default_factory=list)
    sending: bool = False
    wanted: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: set[asyncio.Task] = field(default_factory=set)

    @property
    def on_gpu(self) -> bool:
        """Whether it trains on a GPU."""
        return self.device is not None and self.device.on_gpu

    @property
    def trains(self) -> bool:
        """Whether it may be given anything."""
        return self.device is not None and not self.refused

    @property
    def free(self) -> bool:
        """Whether it has nothing to do, and says so."""
        answers = time.monotonic() - self.heard < _SECONDS_UNSURE
        return self.trains and answers and not (self.busy or self.sending or self.paused)

    def do(self, what: Coroutine[Any, Any, None]) -> None:
        """Have something done with it, beside all else."""
        task = asyncio.create_task(what)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def together(self, parameters: int, on_cpu: bool, *, stack: bool = True) -> int:
        """How many networks with so many parameters each it trains; see `Device.together`."""
        if self.device is None or (on_cpu and self.on_gpu):
            return 1
        return self.device.together(parameters, stack=stack)


def choose(
    parameters: int, on_cpu: bool, free: Sequence[Worker], every: Sequence[Worker]
) -> Worker | None:
    """The worker for a network; None where it waits for one that is not free.

    Parameters
    ----------
    parameters : int
        Of the network.
    on_cpu : bool
        Whether it was asked for on the CPU.
    free, every : sequence of Worker
        Those with nothing to do, and all that train.
    """
    on_gpus = [worker for worker in free if worker.on_gpu]
    others = [worker for worker in free if not worker.on_gpu]
    if on_cpu and not all(worker.on_gpu for worker in every):
        on_gpus = []
    elif not on_cpu and parameters >= LARGE and any(worker.on_gpu for worker in every):
        others = []
    return next(iter([*others, *on_gpus]), None)
