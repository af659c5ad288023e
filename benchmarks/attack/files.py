"""Mutated files of every kind, given to what reads data and codes of one's own.

    python -m benchmarks.attack.files --seed 0 --first 0 --last 100

A file is survived if it is read into finite numbers in [0, 1], or refused with a sentence of at
most 300 characters; within 5 s of computing and 500 MB more than before. It is read in a process
of its own, this module's, that says a line for each and is ended where it takes 30 s or 6 GB. The
first numbers are files made by hand: `benchmarks.attack.byhand`.
"""

from __future__ import annotations

import argparse
import dataclasses
import gzip
import io
import json
import random
import resource
import subprocess
import sys
import threading
import time
import zipfile
from functools import cache

import numpy as np
from PIL import Image
from safetensors.numpy import save

from benchmarks.attack import byhand
from benchmarks.attack.hostile import TEXTS, damaged
from benchmarks.attack.outcome import Outcome
from pcae.data import datasets, uploads
from pcae.data.codes import read as read_codes
from pcae.data.dataset import DataError, Dataset
from pcae.data.understanding import candidates, guess, make, shape_options
from pcae.data.uploads import MixedSizes

MOST_SECONDS, MOST_MEGABYTES, MOST_CHARACTERS = 5.0, 500, 300
_ENDED_AFTER, _MOST_BYTES = 30.0, 6 * 2**30
_AT_ONCE = 200  # files a process
Files = dict[str, bytes]


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
    _read_some(found, seed, number, number + 1, time.monotonic() + _ENDED_AFTER)
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
            for why in told["problems"]:
                found.fail(f"files:{told['number']} {told['files']}", why)
            if time.monotonic() > end:
                return number
        if process.wait():  # it went down with this file
            found.tried += 1
            found.fail(
                f"files:{number}",
                f"the process reading it ends, or is ended after {_ENDED_AFTER:g} s",
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
        self._timer = threading.Timer(_ENDED_AFTER, self._process.kill)
        self._timer.start()

    def stop(self) -> None:
        if hasattr(self, "_timer"):
            self._timer.cancel()


# ------------------------------------------------------------------ in the process


def main() -> None:
    """Read files, and say of each what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("seed", "first", "last"):
        parser.add_argument(f"--{name}", type=int, required=True)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    data = datasets.load("mnist-5k")
    judge(byhand.FILES[0](), data)  # imports what reading needs
    for number in range(options.first, options.last):
        files = of(options.seed, number)
        before, began = _megabytes(), time.process_time()
        problems = judge(files, data)
        if (taken := time.process_time() - began) > MOST_SECONDS:
            problems.append(f"it takes more than {MOST_SECONDS:g} s to read")
        if (grown := _megabytes() - before) > MOST_MEGABYTES:
            problems.append(f"it takes more than {MOST_MEGABYTES} MB to read")
        sizes = ", ".join(f"{name} ({len(raw):,} B)" for name, raw in files.items())
        called = f"{sizes} {taken:.1f} s {grown:.0f} MB"
        print(json.dumps({"number": number, "problems": problems, "files": called}), flush=True)
        if grown > MOST_MEGABYTES:
            return  # what the next takes would not show


def _megabytes() -> float:
    """The most memory that this process has had."""
    kilobytes = 1024 if sys.platform == "darwin" else 1
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / kilobytes


def judge(files: Files, data: Dataset) -> list[str]:
    """What goes wrong where these files are read, as data and as codes of some data."""
    problems = []
    for read in (lambda: _as_data(files), lambda: _as_codes(files, data)):
        try:
            problems += read()
        except DataError as problem:
            if len(text := str(problem)) > MOST_CHARACTERS:
                problems.append(f"a sentence of {len(text):,} characters: {text[:40]}…")
        except Exception as problem:
            problems.append(f"{type(problem).__name__}: {problem}")
    return problems


def _as_data(files: Files) -> list[str]:
    problems = []
    try:
        contents = uploads.read(files)
    except MixedSizes:
        contents = uploads.read(files, 28)
    for images in candidates(contents)[:2]:
        choices = guess(contents, images)
        for shape in shape_options(contents, choices)[:2]:
            made = make(contents, dataclasses.replace(choices, shape=shape), "made").data
            pixels = np.concatenate([made.train.pixels(), made.test.pixels()])
            if not ((pixels >= 0) & (pixels <= 1)).all():
                problems.append("values that are not from 0 to 1 get into a data set")
            if made.limits is not None and not np.isfinite(made.limits).all():
                problems.append("limits that are not finite get into a data set")
    return problems


def _as_codes(files: Files, data: Dataset) -> list[str]:
    codes = [read_codes(name, raw, data).values for name, raw in files.items()]
    finite = all(np.isfinite(of).all() for of in codes)
    return [] if finite else ["codes that are not finite are read"]


# ------------------------------------------------------------------ the files


def of(seed: int, number: int) -> Files:
    """The files that seed and number say."""
    if number < len(byhand.FILES):
        return byhand.FILES[number]()
    rng = random.Random(f"{seed}:{number}")
    name, raw = rng.choice(list(whole().items()))
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        raw = (
            _with_other_cells(rng, raw)
            if name.endswith(".csv") and rng.random() < 0.7
            else damaged(rng, raw)
        )
    if rng.random() < 0.1:
        name = name.partition(".")[0] + rng.choice(
            (".npy", ".csv", ".zip", ".gz", ".safetensors", "")
        )
    return {name: raw}


def _with_other_cells(rng: random.Random, raw: bytes) -> bytes:
    """A table with some cells, or all of a column, replaced."""
    lines = [of.split(b",") for of in raw.split(b"\n")]
    text = rng.choice([of for of in TEXTS if len(of) < 500]).encode(errors="replace")
    column = rng.randrange(len(lines[0]))
    for row in range(1, len(lines)) if rng.random() < 0.3 else [rng.randrange(len(lines))]:
        if column < len(lines[row]):
            lines[row][column] = text
    return b"\n".join(b",".join(of) for of in lines)


@cache
def whole() -> Files:
    """A small file of every kind, as it should be."""
    rng = np.random.default_rng(0)
    pictures, labels = rng.integers(0, 256, (60, 8, 8), np.uint8), np.arange(60) % 3
    arrays = io.BytesIO()
    np.savez_compressed(arrays, images=pictures, labels=labels)
    table = rng.normal(size=(60, 3)).round(3)
    rows = [
        ["label", "a", "b", "c"],
        *([f"c{of}", *row] for of, row in zip(labels, table.tolist(), strict=True)),
    ]
    text = "\n".join(",".join(map(str, row)) for row in rows).encode()
    idx = b"\0\0\x08\x03" + np.array(pictures.shape, ">u4").tobytes() + pictures.tobytes()
    codes = rng.normal(size=(60, 2)).astype(np.float32)
    return {
        **{
            f"{of}.npy": byhand.npy(pictures.astype(of)) for of in ("u1", ">i4", "f2", "f8", "bool")
        },
        "columns.npy": byhand.npy(np.asfortranarray(table)),
        "arrays.npz": arrays.getvalue(),
        "table.csv": text,
        "bare.csv": text.partition(b"\n")[2],
        "table.csv.gz": gzip.compress(text, mtime=0),
        "images-idx3-ubyte": idx,
        "images-idx3-ubyte.gz": gzip.compress(idx, mtime=0),
        **{
            f"{mode.replace(';', '')}.zip": _pictures(mode)
            for mode in ("L", "RGB", "RGBA", "P", "1", "I;16")
        },
        "jpeg.zip": _pictures("RGB", "jpeg"),
        "codes.safetensors": save({"codes": codes, "index": np.arange(60)}),
        "codes.csv": b"index,x,y\n"
        + b"\n".join(b"%d,%f,%f" % (i, *row) for i, row in enumerate(codes)),
    }


def _pictures(mode: str, kind: str = "png") -> bytes:
    """A zip of pictures in folders, not compressed, so that a change to it is one to a picture."""
    rng, packed = np.random.default_rng(0), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(60):
            picture, file = Image.fromarray(rng.integers(0, 256, (8, 8), np.uint8)), io.BytesIO()
            picture.convert(mode).save(file, kind)
            name = zipfile.ZipInfo(f"class {number % 2}/{number}.{kind}")  # without the time
            archive.writestr(name, file.getvalue())
    return packed.getvalue()


if __name__ == "__main__":
    main()
