"""A small store with everything that a store can hold, and every damage that its files can take."""

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from pcae import store
from pcae.config import RunConfig
from pcae.data import owndata
from pcae.data.dataset import Dataset
from pcae.files import home, read_arrays, write_arrays, write_json
from pcae.methods.pca import load_or_fit
from pcae.store import EpochRecord, Run, Status
from pcae.training import jobs, quality
from pcae.training.quality import Quality
from pcae.training.sweep import Sweep
from tests.data.reading.test_uploads import COLUMNS, KINDS, LABELS, PICTURES, npz, table, understood
from tests.methods.test_autoencoder import random_weights

SMALL = RunConfig(dataset="digits-8x8", hidden=(8,), epochs=2)
RUN = SMALL.key
QUALITY = Quality(0.05, 2.0, 0.5, 0.75, 0.25, 0.625, 0.6875)
NOT_FINITE = ("NaN", "Infinity", "-Infinity", "1e999")
OTHERS = (  # than what belongs there, as JSON
    *("null", "true", "[]", "{}", '""', '"x"', "0", "-1", "1.5", "1e300", "9" * 400),
    *('"\\ud800"', '"' + "x" * 100_000 + '"', "[[]]", "[null, null]", '{"a": null}', '"12"'),
    *NOT_FINITE,
)
Damage = tuple[str, str, Callable[[Path], None]]  # the file, in words, what is done to it


def trained(config: RunConfig, data: Dataset) -> Run:
    """A run whose every file is there, and which nobody trained."""
    run = store.create(config)
    weights = random_weights(config)
    decoder = weights["decoder.0.kernel"] if config.linear else None
    rng = np.random.default_rng(0)
    for place in (0, 0.0156, 1, 2):
        run.write_codes(place, rng.normal(size=(len(data.test), config.k)), decoder)
    run.write_history([EpochRecord(n, 0.1 / n, 0.09 / n, 1.5) for n in (1, 2)])
    run.write_checkpoint(2, weights)
    run.write_status(Status("finished", epoch=2, device="CPU"))
    run.write_record(
        {
            "command": "python -m pcae train",
            "data": data.about(),
            "device": "CPU",
            "equivalent_k": 2.5,
            "seconds": 3.0,
            "test_error": 0.045,
            "train_error": 0.044,
            "versions": {"keras": "3", "python": "3.11"},
            "weights_sha256": store.sha256_of(run),
        }
    )
    return run


def own_data() -> list[Dataset]:
    """Pictures of one's own and a table, kept in the store."""
    rows = [[*values, kind] for values, kind in zip(COLUMNS, KINDS, strict=True)]
    found = [
        understood({"mine.npz": npz(x=PICTURES, y=LABELS)}),
        understood({"table.csv": table(rows, head=["a", "b", "c", "d", "kind"])}),
    ]
    for title, of in zip(("Letters", "Flowers"), found, strict=True):
        owndata.keep(of.data, title, of.scaling)
    return [of.data for of in found]


def make_store(digits: Dataset, config: RunConfig = SMALL) -> list[Run]:
    """Fill the store; its trained runs, the first with this config on these digits."""
    runs = [trained(config, digits)]
    for data in own_data():
        runs.append(trained(RunConfig(dataset=data.name, hidden=(4,), epochs=2), data))
        load_or_fit(data)
    fitted = load_or_fit(digits)
    monkey, quality.measure = quality.measure, lambda *_: QUALITY
    for subject in quality.pair(runs[0]):
        quality.find_or_measure(subject, digits, fitted)
    quality.measure = monkey
    store.create(RunConfig()).write_status(
        Status("queued", "Waiting to start.", queued=time.time())
    )
    running = store.create(replace(config, seed=5))
    running.write_status(
        Status("running", "Training.", 1, 3, 9, 0.07, updated=1.8e9, within=[[0.1, 0.2]])
    )
    grid = Sweep(base=config, hidden=[(8,)], k=[2, 3], epochs=[2], seed=[0])
    (home() / "sweeps").mkdir()
    write_json(home() / "sweeps" / f"{grid.key}.json", grid.to_dict())
    write_json(jobs.likely_path(), config.to_dict())
    (home() / "locks").mkdir(exist_ok=True)
    return runs


def damages() -> Iterator[Damage]:
    """Every damage to every file and folder of the store, in the same order each time.

    Of files with the same part in several runs the first is damaged from within.
    """
    seen = set()
    for path in sorted(home().rglob("*"), key=lambda path: (RUN not in str(path), path)):
        name = str(path.relative_to(home()))
        if path.is_dir():
            kinds = _of_a_folder()
        else:
            kinds = _of_any_file(path)
            part = name if path.parent.name.startswith("own-") else path.name
            if part not in seen:
                kinds |= WITHIN.get(path.suffix, _of_arrays)(path)
            seen.add(part)
        for words, act in kinds.items():
            yield name, words, act


def _of_a_folder() -> dict[str, Callable[[Path], None]]:
    def replaced(path: Path) -> None:
        shutil.rmtree(path)
        path.write_text("{}")

    def nowhere(path: Path) -> None:
        shutil.rmtree(path)
        path.symlink_to("/nowhere")

    def itself(path: Path) -> None:
        shutil.rmtree(path)
        path.symlink_to(path)

    def odd(path: Path) -> None:
        for name in (b"\xff\xfe", b"a\nb", b"f" * 240 + b".json", b"0001\xff.safetensors"):
            Path(os.fsdecode(os.fsencode(path) + b"/" + name)).write_text("{}")
            Path(os.fsdecode(os.fsencode(path) + b"/a" + name + b".json")).write_text("{}")
        (path / ("9" * 200 + ".safetensors")).write_text("{}")
        (path / "٠٠٠١.safetensors").write_text("{}")

    return {
        "removed": shutil.rmtree,
        "a file in its place": replaced,
        "a link to nowhere": nowhere,
        "a link to itself": itself,
        "files with odd names in it": odd,
    }


def _of_any_file(path: Path) -> dict[str, Callable[[Path], None]]:
    raw = path.read_bytes()

    def put(content: bytes) -> Callable[[Path], None]:
        return lambda path: _write(path, content)

    def folder(path: Path) -> None:
        path.unlink()
        path.mkdir()

    def link(target: str, path: Path) -> None:
        path.unlink()
        path.symlink_to(target)

    def pipe(path: Path) -> None:
        path.unlink()
        os.mkfifo(path)

    found = {
        "removed": Path.unlink,
        "a folder in its place": folder,
        "a link to nowhere": partial(link, "/nowhere"),
        "a link without an end": partial(link, "/dev/zero"),
        "a pipe in its place": pipe,
        "empty": put(b""),
        "half": put(raw[: len(raw) // 2]),
        "without its last byte": put(raw[:-1]),
        "zeros": put(bytes(len(raw))),
    }
    rng = np.random.default_rng(len(raw))
    for number in range(4):
        flipped = bytearray(raw)
        place = int(rng.integers(min(len(raw), 400) if number else len(raw)))
        flipped[place] ^= 1 << int(rng.integers(8))
        found[f"a bit flipped at {place}"] = put(bytes(flipped))
    return found


def _of_json(path: Path) -> dict[str, Callable[[Path], None]]:
    found: dict[str, Callable[[Path], None]] = {}
    raw, value = path.read_text(), json.loads(path.read_text())

    def put(words: str, content: bytes | str) -> None:
        encoded = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        found[words] = lambda path: _write(path, encoded)

    for other in OTHERS:
        put(f"{other[:12]} for all", other)
    put("a byte-order mark", "\ufeff" + raw)
    put("no UTF-8", b'{"a": "\xff"}')
    put("deeply nested", "[" * 200_000)
    put("nested to the limit", '{"state": ' + "[" * 700 + "]" * 700 + "}")
    put("ten megabytes", raw.rstrip()[:-1] + ', "more": "' + "x" * 10_000_000 + '"}')
    put("a key twice", raw.rstrip()[:-1] + f', "{next(iter(value))}": null}}')
    for name in value:
        less = {key: of for key, of in value.items() if key != name}
        put(f"without {name}", json.dumps(less))
        for other in OTHERS:
            text = json.dumps(less)[:-1] + (", " if less else "") + f'"{name}": {other}}}'
            put(f"{name} is {other[:12]}", text)
        if isinstance(value[name], dict):
            for inner in value[name]:
                for other in ("null", "{}", "-1", '"\\ud800"', "NaN"):
                    changed = json.dumps({**value[name], inner: "@"}).replace('"@"', other)
                    text = json.dumps(less)[:-1] + f', "{name}": {changed}}}'
                    put(f"{name}.{inner} is {other}", text)
    return found


def _of_csv(path: Path) -> dict[str, Callable[[Path], None]]:
    found: dict[str, Callable[[Path], None]] = {}
    head, *rows = path.read_text().splitlines()
    for column, name in enumerate(head.split(",")):
        for other in ("nan", "inf", "-inf", "-1", "0", "1e300", "", "x", "9" * 400, "１", "1_0"):
            cells = rows[-1].split(",")
            cells[column] = other
            text = "\n".join([head, *rows[:-1], ",".join(cells)]) + "\n"
            found[f"{name} is {other[:12]}"] = partial(_write, content=text.encode())
    text = "\n".join([head, *rows, *(f"{n},0.1,0.1,1.0" for n in range(3, 5_000))]) + "\n"
    found["5,000 epochs"] = partial(_write, content=text.encode())
    return found


def _of_arrays(path: Path) -> dict[str, Callable[[Path], None]]:
    found: dict[str, Callable[[Path], None]] = {}
    arrays, about = read_arrays(path)

    def put(words: str, changed: dict[str, np.ndarray], told: dict[str, str] = about) -> None:
        found[words] = lambda path: (path.unlink(), write_arrays(path, changed, told))[0]

    changes = {
        "NaN": lambda of: np.full_like(of, np.nan) if of.dtype.kind == "f" else None,
        "one NaN": lambda of: _one(of, np.nan),
        "one infinity": lambda of: _one(of, np.inf),
        "huge": lambda of: of * of.dtype.type(1e30) if of.dtype.kind == "f" else None,
        "one huge": lambda of: _one(of, 3e38),
        "zeros": np.zeros_like,
        "integers": lambda of: of.astype(np.int64),
        "float64": lambda of: of.astype(np.float64) * 1e300,
        "true or false": lambda of: of.astype(bool),
        "flat": lambda of: of.reshape(-1),
        "deep": lambda of: of[..., None],
        "one column more": lambda of: np.concatenate([of, of[..., :1]], axis=-1),
        "without rows": lambda of: of[:0],
        "without columns": lambda of: of[..., :0],
        "one number": lambda of: of.reshape(-1)[:1].reshape(()),
        "half the rows": lambda of: of[: len(of) // 2],
    }
    for name, array in arrays.items():
        put(f"without {name}", {key: of for key, of in arrays.items() if key != name})
        for words, change in changes.items():
            with np.errstate(all="ignore"):
                other = change(array)
            if other is not None:
                put(f"{name}: {words}", arrays | {name: other})
    put("no arrays", {})
    for name in about:
        for other in ("", "x", "-1", "0", "1e3", "9" * 5_000, "1.5", "null"):
            put(f"{name} is {other[:12]!r}", arrays, about | {name: other})
        put(f"no {name}", arrays, {key: of for key, of in about.items() if key != name})
    return found


def _one(array: np.ndarray, value: float) -> np.ndarray | None:
    """The array with another first number."""
    if array.dtype.kind != "f":
        return None
    changed = array.copy()
    changed.reshape(-1)[0] = value
    return changed


def _write(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)


WITHIN = {".json": _of_json, ".csv": _of_csv}
