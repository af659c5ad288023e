"""Mutated files of every kind, given to what reads data and codes of one's own.

    python -m benchmarks.attack.files [--seed 0] [--minutes 120] [--most 1450]
    python -m benchmarks.attack.files --seed 0 --first 0 --last 100

A file is survived if a sound data set comes of it (`benchmarks.attack.sound`) or a sentence of at
most 200 characters, within 5 s of computing for each step and 1 GB more than before. It is read in
a process of its own, this module's with `--first` and `--last`, that says a line for each and is
ended where all steps and checks of it take 90 s of computing, 5 minutes by the clock, or 6 GB. The
first numbers are files made by hand, `benchmarks.attack.byhand`; a hundred later come those that
are as large as may be.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time

from benchmarks.attack import byhand, kinds, mutations, sound
from benchmarks.attack.kinds import Files
from benchmarks.attack.outcome import Outcome
from pcae.data import datasets
from pcae.data.dataset import Dataset

MOST_SECONDS, MOST_MEGABYTES = 5.0, 1_000
_SILENT_FOR = 300.0  # seconds by the clock: a busy machine may take long to begin
LARGE_AFTER = 100  # files that are not made by hand
_ENDED_AFTER, _MOST_BYTES = 90.0, 6 * 2**30
_AT_ONCE = 200  # files a process
_WRONG_NAMES = (".npy", ".csv", ".zip", ".gz", ".safetensors", ".parquet", ".xlsx", ".mat", "")


def attack(seed: int, seconds: float, most: int | None = None) -> Outcome:
    """Read files for so long, or so many."""
    found, end, number = Outcome("files"), time.monotonic() + seconds, 0
    while (most is None or number < most) and time.monotonic() < end:
        last = number + _AT_ONCE if most is None else most
        number = _read_some(found, seed, number, last, end)
    return found


def repeat(seed: int, number: int) -> Outcome:
    """Read one file again."""
    found = Outcome("files")
    _read_some(found, seed, number, number + 1, time.monotonic() + _SILENT_FOR)
    return found


def _read_some(found: Outcome, seed: int, first: int, last: int, end: float) -> int:
    """Have a process read the files from first to last, for so long; the next number."""
    numbers = [
        f"--{name}={value}" for name, value in (("seed", seed), ("first", first), ("last", last))
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.attack.files", *numbers],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    number, watch = first, _Watch(process)
    try:
        for line in process.stdout:
            watch.look()
            told = json.loads(line)
            number = told["number"] + 1
            found.tried += 1
            found.made += told["made"] > 0
            for why in told["problems"]:
                found.fail(f"files:{told['number']} {told['files']}", why)
            if time.monotonic() > end:
                return number
        if process.wait():  # it went down with this file
            found.tried += 1
            found.fail(
                f"files:{number}",
                f"the process reading it ends, or is ended after {_ENDED_AFTER:g} s of computing",
            )
            number += 1
    finally:
        watch.stop()
        process.kill()
        process.wait()
    return number


class _Watch:
    """Ends a process that has not said anything for a while."""

    def __init__(self, process: subprocess.Popen) -> None:
        self._process = process
        self.look()

    def look(self) -> None:
        self.stop()
        self._timer = threading.Timer(_SILENT_FOR, self._process.kill)
        self._timer.start()

    def stop(self) -> None:
        if hasattr(self, "_timer"):
            self._timer.cancel()


# ------------------------------------------------------------------ in the process


def main() -> None:
    """Attack; or read files, and say of each what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--most", type=int, help="files, at most")
    for name in ("first", "last"):
        parser.add_argument(f"--{name}", type=int)
    options = parser.parse_args()
    if options.last is None:
        found = attack(options.seed, 60 * options.minutes, options.most)
        print(found, f"  data sets came of {found.made:,}", sep="\n")
        raise SystemExit(bool(found.failures))
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    with tempfile.TemporaryDirectory() as home:
        os.environ["PCAE_HOME"] = home
        _read_here(options.seed, range(options.first or 0, options.last))


def _read_here(seed: int, numbers: range) -> None:
    digits = datasets.load("mnist-5k")
    for files in kinds.whole().values():  # imports what reading needs
        sound.judge(files, 1)
    for number in numbers:
        files = of(seed, number)
        before = _megabytes()
        signal.setitimer(signal.ITIMER_PROF, _ENDED_AFTER)  # its signal ends the process
        seen = judge(files, digits)
        if seen.seconds > MOST_SECONDS:
            seen.problems.append(f"it takes more than {MOST_SECONDS:g} s to read")
        if (grown := _megabytes() - before) > MOST_MEGABYTES:
            seen.problems.append(f"it takes more than {MOST_MEGABYTES} MB to read")
        sizes = ", ".join(f"{name} ({len(raw):,} B)" for name, raw in files.items())
        called = f"{sizes} {seen.seconds:.1f} s {grown:.0f} MB"
        told = {"number": number, "problems": seen.problems, "made": seen.made, "files": called}
        print(json.dumps(told), flush=True)
        if grown > MOST_MEGABYTES:
            return  # what the next takes would not show


def _megabytes() -> float:
    """The most memory that this process has had."""
    kilobytes = 1024 if sys.platform == "darwin" else 1
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / kilobytes


def judge(files: Files, digits: Dataset) -> sound.Seen:
    """What goes wrong where these files are read, as data and as codes of some data."""
    return sound.judge(files, digits=digits)


# ------------------------------------------------------------------ the files


def of(seed: int, number: int) -> Files:
    """The files that seed and number say."""
    if number < len(byhand.FILES):
        return byhand.FILES[number]()
    if 0 <= (large := number - len(byhand.FILES) - LARGE_AFTER) < len(byhand.LARGE):
        return byhand.LARGE[large]()
    rng = random.Random(f"{seed}:{number}")
    files = dict(rng.choice(list(kinds.whole().values())))
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        if len(files) > 1:
            files = mutations.several(rng, files)
        else:
            files = {name: mutations.changed(rng, raw) for name, raw in files.items()}
    if rng.random() < 0.1:
        ending = rng.choice(_WRONG_NAMES)
        files = {f"{name.partition('.')[0]}{ending}": raw for name, raw in files.items()}
    if rng.random() < 0.1:
        files |= rng.choice(list(kinds.whole().values()))
    return files


if __name__ == "__main__":
    main()
