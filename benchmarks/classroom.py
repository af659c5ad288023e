"""A class at one server: how long pages take while a network trains and Quality measures.

    python -m benchmarks.classroom [--sessions 30] [--seconds 60] [--every 5] [--runs 0] [--idle]
                                   [--seed 0] [--json]

A teacher and students, each a session over Streamlit's websocket: every five seconds, give or take
a fifth, each goes to another page or changes a widget; on *Explore* each fetches what a browser
would fetch. Two students bring a table and look at what is made of it, and the last one goes where
the teacher leads. Every session holds the stream that tells of the room. A page takes from the
request until Streamlit says that it is drawn to its end. Parts that pages draw again by themselves
are asked for as a browser does, and load the server without being counted.

Meanwhile the seed network trains and *Quality* measures, unless `--idle`. `--runs` networks lie in
the store besides, as after a term. Full MNIST where PCAE_DATA names it, else the 5,000 digits. One
visitor goes round all pages before, so that what a server makes once is there.

The visitors take a part of the same processors, told as `client_cores`; `load` is the machine's
load average when it began, so that one sees what else ran. Memory and processor's seconds are known
on Linux alone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import WebSocketException

from benchmarks import machine
from benchmarks.attack.target import as_trained, end_processes_of
from benchmarks.protocol import Session
from pcae import rights, store
from pcae.classroom import keys
from pcae.config import RunConfig
from pcae.files import write_json
from pcae.presets import PRESETS
from pcae.rights import Visitor
from pcae.server import visitors
from pcae.training import jobs, quality
from pcae.ui import shell
from tests.browser.conftest import Server

TRAINED = replace(PRESETS["Seed network, 25 epochs"], epochs=1_000, seed=7)  # as long as it takes
SMALL = RunConfig(dataset="mnist-5k", hidden=(16,), epochs=3)
WIDGETS = ("log_axes", "differences", "quantiles", "regions", "another_pair", "run_picked")
UPLOADERS = 2
_PAGES = 0.75  # of what a visitor does; else a widget, where the page has one
_WAIT_SECONDS = 120.0  # for the first epoch


@dataclass
class Lesson:
    """A class, and what is seen in it."""

    url: str
    every: float
    seconds: dict[str, list[float]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    led: tuple[str, float] = "", 0.0  # to which page, and when

    def took(self, what: str, seconds: float) -> None:
        """Note that something took so long."""
        self.seconds.setdefault(what, []).append(seconds)


def main() -> None:
    """Hold a class and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--every", type=float, default=5)
    parser.add_argument("--runs", type=int, default=0)
    parser.add_argument("--idle", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(
            Path(folder),
            options.sessions,
            options.seconds,
            every=options.every,
            runs=options.runs,
            idle=options.idle,
            seed=options.seed,
        )
    if options.json:
        print(json.dumps(found))
        return
    for page, (middle, late, count) in found["pages"].items():
        print(f"{page:24} {middle:6.3f} s  p95 {late:6.3f} s  {count:5} times")
    for name, value in found.items():
        if name not in {"pages", "wrong"}:
            print(f"{name:16} {value}")
    print(*found["wrong"], sep="\n")


def measure(
    folder: Path,
    sessions: int,
    seconds: float,
    *,
    every: float = 5.0,
    runs: int = 0,
    idle: bool = False,
    seed: int = 0,
) -> dict[str, Any]:
    """Hold a class with a server and a store of its own in a folder.

    Returns
    -------
    dict
        `sessions`, `p50` and `p95` of all pages and widgets in seconds, `exceptions` (a count),
        `server_mb`, and what stands behind them.
    """
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    own_data = "PCAE_DATA" not in os.environ
    places = {"PCAE_HOME": str(folder / "pcae"), visitors.VARIABLE: "1"}
    with patch.dict(os.environ, places), _server(folder, own_data=own_data) as server:
        fill(runs)
        training = None if idle else _begin(own_data)
        proc = Path(f"/proc/{server.process.pid}")
        lesson = Lesson(server.url, every)
        asyncio.run(_go_round(lesson))
        lesson.seconds.clear()
        begun, cpu, own = time.monotonic(), _cpu_seconds(proc), time.process_time()
        asyncio.run(_class(lesson, sessions, seconds, seed))
        took = time.monotonic() - begun
        found = {
            "sessions": sessions,
            **_times([of for name in _pages(lesson) for of in lesson.seconds[name]]),
            "exceptions": len(lesson.wrong),
            "server_mb": _megabytes(proc),
            "server_cores": round((_cpu_seconds(proc) - cpu) / took, 2),
            "client_cores": round((time.process_time() - own) / took, 2),
            "load": load,
            "processor": machine.processor(),
            "data": "mnist-5k" if own_data else "mnist",
            "trained_epochs": len(training.history) if training else None,
            "measuring": quality.running(),
            "pages": {
                name: [*_times(of).values(), len(of)] for name, of in sorted(lesson.seconds.items())
            },
            "wrong": sorted(set(lesson.wrong)),
        }
    return found


def _pages(lesson: Lesson) -> list[str]:
    """What counts as a page: not the first with all that it fetches, an upload, or to follow."""
    others = ("arrival", "upload", "follow")
    return [name for name in lesson.seconds if not name.startswith(others)]


@contextmanager
def _server(folder: Path, *, own_data: bool) -> Iterator[Server]:
    """The app's server, for a class; what it and this process have started ends with it."""
    server = Server(folder, own_data, variables={visitors.VARIABLE: "1"})
    try:
        yield server
    finally:
        server.stop()
        jobs.stop_workers()
        end_processes_of(folder / "pcae")


def _times(seconds: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    if not seconds:
        return {"p50": 0.0, "p95": 0.0}
    return {
        "p50": round(statistics.median(seconds), 3),
        "p95": round(float(np.percentile(seconds, 95)), 3),
    }


def _cpu_seconds(proc: Path) -> float:
    with suppress(OSError, LookupError):
        return machine.seconds_of(proc)
    return 0.0


def _megabytes(proc: Path) -> float | None:
    """The most memory that the server has held."""
    with suppress(OSError, LookupError):
        return round(machine.kibibytes_of(proc, "VmHWM") * 1024 / 1e6)
    return None


def fill(count: int) -> None:
    """Put so many small trained networks into the store, twenty a student."""
    if not count:
        return
    first = as_trained(SMALL)
    for seed in range(1, count):
        run = store.own_run(replace(SMALL, seed=seed).key)
        shutil.copytree(first.folder, run.folder)
        write_json(run.folder / "config.json", replace(SMALL, seed=seed).to_dict(), durable=False)
        rights.claim(run.folder, Visitor(f"student{seed // 20}"), made=True)


def _begin(own_data: bool) -> store.Run:
    """Have a network trained and everything measured; the network, once an epoch is finished."""
    run = jobs.submit(replace(TRAINED, dataset="mnist-5k") if own_data else TRAINED)
    end = time.monotonic() + _WAIT_SECONDS
    while not run.history and time.monotonic() < end:
        time.sleep(0.2)
    quality.start()
    return run


async def _go_round(lesson: Lesson) -> None:
    """Have one visitor see every page."""
    session = Session(lesson.url, lesson.wrong.append)
    await session.arrive()
    await _explore(session, lesson)
    for page in shell.TITLES:
        if page != "explore":
            await session.open(page)
    await session.leave()


async def _class(lesson: Lesson, sessions: int, seconds: float, seed: int) -> None:
    end = time.monotonic() + lesson.every + seconds
    async with asyncio.TaskGroup() as together:
        for number in range(sessions):
            rng = random.Random(f"{seed}:{number}")
            together.create_task(_attend(lesson, number, sessions, rng, end))


async def _attend(
    lesson: Lesson, number: int, sessions: int, rng: random.Random, end: float
) -> None:
    """What one of the class does, until the class ends: the first teaches, the last follows."""
    session = Session(lesson.url, lesson.wrong.append)
    await asyncio.sleep(lesson.every * number / sessions)  # a class does not come in one moment
    query = f"{visitors.PARAMETER}={keys.token()}" if number == 0 else ""
    try:
        lesson.took("arrival", await session.arrive(query))
        await _explore(session, lesson)
        if number and number == sessions - 1:
            return await _follow(session, lesson, end)
        hears = asyncio.create_task(session.hear(lambda _: None))
        if 0 < number <= UPLOADERS:
            lesson.took("data", await session.open("data"))
            lesson.took("upload", await session.upload(f"mine{number}.csv", _table(rng)))
        while True:
            pause = lesson.every * rng.uniform(0.8, 1.2)
            if time.monotonic() + pause > end:
                break
            await asyncio.sleep(pause)
            await _act(session, lesson, rng)
            if number == 0:
                await _lead(session, lesson)
        hears.cancel()
    except (OSError, WebSocketException) as problem:
        lesson.wrong.append(f"A visitor is lost: {problem}")
    finally:
        await session.leave()


async def _lead(session: Session, lesson: Lesson) -> None:
    """Have others follow to the page that is open."""
    page = session.page or "explore"
    place = {"by": "benchmark", "begins": True, "page": page, "query": "", "hash": ""}
    body = json.dumps(place | {"pointer": None}).encode()
    lesson.led = page, time.monotonic()
    await session.get("room/lead", {"Content-Type": "application/json"}, "POST", body)


async def _follow(session: Session, lesson: Lesson, end: float) -> None:
    """Go where the teacher leads, and note how long after."""
    heard: asyncio.Queue[str] = asyncio.Queue()

    def hear(told: dict) -> None:
        if told.get("lead"):
            heard.put_nowait(told["lead"]["page"])

    hears = asyncio.create_task(session.hear(hear))
    with suppress(TimeoutError):
        while True:
            page = await asyncio.wait_for(heard.get(), end - time.monotonic())
            at, when = lesson.led
            if page == at and page != (session.page or "explore"):
                lesson.took("follow: heard", time.monotonic() - when)
                await session.open("" if page == "explore" else page)
                lesson.took("follow: seen", time.monotonic() - when)
    hears.cancel()


async def _act(session: Session, lesson: Lesson, rng: random.Random) -> None:
    """Change a widget, or go to another page."""
    at = session.page or "explore"
    if (state := _widget(session, rng)) and rng.random() > _PAGES:
        lesson.took(f"{at}: a widget", await session.change(state))
    else:
        at = rng.choice([of for of in shell.TITLES if of != at])
        lesson.took(at, await session.open("" if at == "explore" else at))
    if at == "explore":
        await _explore(session, lesson)


async def _explore(session: Session, lesson: Lesson) -> None:
    if session.addresses:
        await session.explore()
    else:
        lesson.wrong.append("Explore shows nothing")


def _widget(session: Session, rng: random.Random) -> WidgetState | None:
    """Something to change on the page that is open, if there is anything."""
    known = [of for of in session.widgets if of.endswith(WIDGETS)]
    if not known:
        return None
    state = WidgetState(id=rng.choice(known))
    match session.widgets[state.id]:
        case "checkbox":
            state.bool_value = rng.random() < 0.5
        case "button":
            state.trigger_value = True
        case "selectbox":
            state.string_value = rng.choice(session.options[state.id])
    return state


def _table(rng: random.Random) -> bytes:
    """A small table of numbers with a class."""
    lines = ["width,height,weight,kind"]
    for _ in range(200):
        numbers = ",".join(f"{rng.gauss(0, 1):.3f}" for _ in range(3))
        lines.append(f"{numbers},{rng.choice('abc')}")
    return ("\n".join(lines) + "\n").encode()


if __name__ == "__main__":
    main()
