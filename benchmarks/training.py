"""Training a network: an epoch of `keras.Model.fit`, of PyTorch, ours, and what ours cannot save.

    python -m benchmarks.training [--epochs 5] [--json] [--preset NAME] [--only RACER ...]

Needs the full MNIST. Each racer has a process of its own and they take turns, an epoch each with
its test error; the ratios are medians over what was taken in one turn. The first turn, which
compiles, is not counted. Two racers have no test error and are the limit together: the float32
matrix products of an epoch's steps, and Adam's updates of all weights. PyTorch takes part where it
is installed, ours with float32 products where the device trains in bfloat16, ours with whole layers
where the device has them in blocks. Of another preset than the seed network only `fit`, ours and
the limit run; `fit` then has its layers and its optimizer, at a constant rate and without
augmentation.

Then, for the seed network and in the same way, a first epoch as a page follows it, with progress
and codes kept on the disk, against the same without; and, as "waits", the seconds from asking for
a training to its first finished epoch, with a worker that must start first and with one that is
ready, and from a wish to cancel to its end.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import itertools
import json
import multiprocessing
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf

from benchmarks import machine
from pcae import store
from pcae.config import RunConfig
from pcae.data import datasets
from pcae.data.datasets import Dataset
from pcae.methods.autoencoder import LAYER_NORM_EPSILON
from pcae.presets import PRESETS
from pcae.training import jobs, loop, program
from pcae.training.devices import Device
from pcae.training.reporter import Reporter

SEED_NAME = "Seed network, 5 epochs"
SEED = PRESETS[SEED_NAME]
FOLLOWED = replace(SEED, epochs=1)
# a fork has TensorFlow loaded, which this process never begins to use
PROCESSES = (
    multiprocessing.get_context("fork")
    if sys.platform == "linux"
    else multiprocessing.get_context("spawn")
)


def fit(data: Dataset, config: RunConfig, xla: bool | str = "auto") -> Iterator[float]:
    """As in the answer, with Keras alone: an epoch a turn, with validation; its test error."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((784,))])
    for width in widths(config)[1:]:
        model.add(keras.layers.Dense(width))
        if width in config.hidden:
            if config.layer_norm:
                model.add(keras.layers.LayerNormalization(epsilon=LAYER_NORM_EPSILON))
            model.add(keras.layers.Activation(config.activation))
    model.add(keras.layers.Activation(config.output))
    adam = keras.optimizers.Adam(config.learning_rate)
    if config.optimizer == "adamw":
        adam = keras.optimizers.AdamW(config.learning_rate, config.weight_decay)
    model.compile(adam, config.loss, jit_compile=xla)
    images, test = data.train.pixels(), data.test.pixels()
    while True:
        seen = model.fit(
            images,
            images,
            batch_size=config.batch_size,
            validation_data=(test, test),
            verbose=0,
        )
        yield seen.history["val_loss"][0]


def ours(data: Dataset, config: RunConfig) -> Iterator[float]:
    """Our loop as the device has it: an epoch a turn; its test error."""
    yield from ours_on(loop.prepare_device(), data, config)


def ours_float32(data: Dataset, config: RunConfig) -> Iterator[float]:
    """Our loop with float32 products."""
    yield from ours_on(replace(loop.prepare_device(), bfloat16=False), data, config)


def ours_whole(data: Dataset, config: RunConfig) -> Iterator[float]:
    """Our loop with every layer in one block."""
    yield from ours_on(replace(loop.prepare_device(), blocks=1), data, config)


def ours_on(device: Device, data: Dataset, config: RunConfig) -> Iterator[float]:
    """Our loop on a device, for as many turns as are wanted."""
    for epoch in loop.train_alone(replace(config, epochs=1_000), data, device):
        if epoch.number:
            yield epoch.test_error


def followed(data: Dataset, _: RunConfig) -> Iterator[float]:
    """A first epoch a turn, with what a page shows of it written to the disk."""
    while True:
        with tempfile.TemporaryDirectory() as home:
            os.environ["PCAE_HOME"] = home
            run = store.create(FOLLOWED)
            reporter = Reporter(run)
            for epoch in _fresh(data, progress=reporter.progress):
                run.write_codes(epoch.number, epoch.codes)
            yield epoch.test_error


def unfollowed(data: Dataset, _: RunConfig) -> Iterator[float]:
    """A first epoch a turn, of which nothing is kept."""
    while True:
        yield list(_fresh(data))[-1].test_error


def _fresh(data: Dataset, **options: Any) -> Iterator[loop.Epoch]:
    return loop.train_alone(FOLLOWED, data, loop.prepare_device(), **options)


def pytorch(data: Dataset, _: RunConfig) -> Iterator[float]:
    """PyTorch, eager, with fused Adam: an epoch a turn; its test error."""
    import torch
    from torch import nn

    layers: list[nn.Module] = []
    for i, (width, following) in enumerate(itertools.pairwise(widths(SEED))):
        layers.append(nn.Linear(width, following))
        layers.extend({2: [], 5: [nn.Sigmoid()]}.get(i, [nn.ELU()]))
    model = nn.Sequential(*layers)
    adam = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7, fused=True)
    images, test = (torch.from_numpy(split.pixels()) for split in (data.train, data.test))
    for layer in model:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    while True:
        for rows in torch.randperm(len(images)).split(128):
            batch = images[rows]
            adam.zero_grad()
            nn.functional.mse_loss(model(batch), batch).backward()
            adam.step()
        with torch.no_grad():
            yield float(nn.functional.mse_loss(model(test), test))


def products(data: Dataset, config: RunConfig) -> Iterator[float]:
    """Only the float32 matrix products of an epoch's steps."""
    rng = np.random.default_rng(0)

    def draw(*shape: int) -> tf.Variable:
        return tf.Variable(rng.normal(size=shape).astype(np.float32))

    sizes, batch = list(itertools.pairwise(widths(config))), config.batch_size
    kernels = [draw(*size) for size in sizes]
    inputs = [draw(batch, size[0]) for size in sizes]
    deltas = [draw(batch, size[1]) for size in sizes]

    @tf.function
    def epoch(steps):
        total = tf.zeros(())
        for _ in tf.range(steps):
            made = []
            for i, (w, x, d) in enumerate(zip(kernels, inputs, deltas, strict=True)):
                made += [tf.matmul(x, w), tf.matmul(x, d, transpose_a=True)]
                if i:
                    made.append(tf.matmul(d, w, transpose_b=True))
            total += tf.add_n([product[0, 0] for product in made])
        return total

    while True:
        yield float(epoch(tf.constant(-(-len(data.train) // batch))))


def adam(data: Dataset, config: RunConfig) -> Iterator[float]:
    """Only Adam's updates of all kernels and biases in an epoch, in blocks as the device has."""
    device, rng, updates = loop.prepare_device(), np.random.default_rng(0), []
    with tf.device(device.place):
        for rows, columns in itertools.pairwise(widths(config)):
            for part in np.array_split(np.arange(columns), min(device.blocks, columns)):
                for shape in ((rows, len(part)), (len(part),)):
                    variables = [tf.Variable(tf.zeros(shape)) for _ in range(3)]
                    gradient = tf.constant(rng.normal(size=shape), tf.float32)
                    updates.append((*variables, gradient))

    @tf.function
    def epoch(steps):
        with tf.device(device.place):
            first_step = program.adam_at(tf.constant(1.0))
            for _ in tf.range(steps):
                for weight, first, second, gradient in updates:
                    program.update(
                        weight, first, second, gradient, config.learning_rate, first_step
                    )
            return tf.add_n([tf.reshape(weight, [-1])[0] for weight, *_ in updates])

    while True:
        yield float(epoch(tf.constant(-(-len(data.train) // config.batch_size))))


def widths(config: RunConfig) -> tuple[int, ...]:
    """Of all layers, from the input to the output."""
    return (*config.widths, *config.widths[-2::-1])


RACERS: dict[str, Callable[[Dataset, RunConfig], Iterator[float]]] = {
    "fit": fit,
    "ours": ours,
    "ours_float32": ours_float32,
    "ours_whole": ours_whole,
    "torch": pytorch,
    "products": products,
    "adam": adam,
    "followed": followed,
    "unfollowed": unfollowed,
}
LIMIT = ("products", "adam")
OF_ANY_PRESET = ("fit", "ours", *LIMIT)
FOLLOWING = ("followed", "unfollowed")
AGAINST = {
    "ratio_keras_fit": ("fit",),
    "ratio_torch": ("torch",),
    "ratio_products": ("products",),
    "ratio_limit": LIMIT,
}
WAITS = "waits"

Seconds = dict[str, list[float]]  # of every turn but the first, by racer


def serve(name: str, data: Dataset, config: RunConfig, asked: Connection) -> None:
    """Run one epoch whenever it is asked for; its seconds and test error go back."""
    racer = RACERS[name](data, config)
    while asked.recv():
        gc.collect()  # the memory of the last turn
        began = time.perf_counter()
        error = next(racer)
        asked.send((time.perf_counter() - began, error))


def race(names: list[str], epochs: int, config: RunConfig) -> tuple[Seconds, dict[str, float]]:
    """Let all take turns: seconds, and the last test errors."""
    data, runners, processes = datasets.load("mnist"), {}, []
    for name in names:
        runners[name], asked = PROCESSES.Pipe()
        of_racer = (name, data, config, asked)
        processes.append(PROCESSES.Process(target=serve, args=of_racer, daemon=True))
        processes[-1].start()
        asked.close()  # so that its end is noticed
    seconds: Seconds = {name: [] for name in names}
    errors = {}
    for _ in range(epochs):
        for name, runner in runners.items():
            runner.send(True)
            taken, errors[name] = runner.recv()
            seconds[name].append(taken)
    for runner, process in zip(runners.values(), processes, strict=True):
        runner.send(False)
        process.join()
    return {name: taken[1:] for name, taken in seconds.items()}, errors


def waits(ready: bool) -> tuple[float, float]:
    """Seconds to the first finished epoch, and from a wish to cancel after it to its end."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["PCAE_HOME"] = home
        try:
            if ready:
                jobs.keep_warm(SEED)
                machine.wait_for_rest()
            began = time.perf_counter()
            run = jobs.submit(SEED)
            while not run.history:
                if not jobs.active(run):
                    raise SystemExit(jobs.status(run).message)
                time.sleep(0.01)
            finished = time.perf_counter()
            time.sleep(0.5)
            asked = time.perf_counter()
            jobs.cancel(run)
            while jobs.status(run).active:
                time.sleep(0.01)
            ended = time.perf_counter()
        finally:
            jobs.stop_workers()
    return finished - began, ended - asked


def main() -> None:
    """Let all take turns and print seconds, ratios and errors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--preset", choices=PRESETS, default=SEED_NAME, metavar="NAME")
    parser.add_argument("--only", nargs="+", choices=(*RACERS, WAITS), metavar="RACER")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the racers end too
    with PROCESSES.Pool(1) as pool:
        device = pool.apply(loop.prepare_device)
    wanted = options.only or (*RACERS, WAITS)
    names = [name for name in wanted if takes_part(name, options.preset, device)]
    seconds, errors = race(
        [name for name in names if name not in FOLLOWING], options.epochs, PRESETS[options.preset]
    )
    seconds |= race([name for name in names if name in FOLLOWING], options.epochs, SEED)[0]
    result: dict[str, Any] = {
        "processor": machine.processor(),
        "device": device.name,
        **ratios(seconds),
        "seconds_per_epoch": {name: statistics.median(taken) for name, taken in seconds.items()},
        "test_error": {name: error for name, error in errors.items() if name not in LIMIT},
        "seconds_to": moments() if WAITS in wanted and options.preset == SEED_NAME else {},
    }
    if options.json:
        print(json.dumps(result))
        return
    print(f"{result['processor']}; trains on {device.name}")
    for name, taken in result["seconds_per_epoch"].items():
        error = result["test_error"].get(name)
        print(
            f"{name:12} {taken:5.2f} s an epoch" + (f"   test error {error:.4f}" if error else "")
        )
    for name, value in result.items():
        if name.startswith("ratio"):
            print(f"{name:24} {'not measured' if value is None else f'{value:.2f}'}")
    for name, value in result["seconds_to"].items():
        print(f"{name:24} {value:.2f} s")


def takes_part(name: str, preset: str, device: Device) -> bool:
    """Whether a racer has something to tell of this preset on this device."""
    if preset != SEED_NAME:
        return name in OF_ANY_PRESET
    return {
        "torch": importlib.util.find_spec("torch") is not None,
        "ours_float32": device.bfloat16,
        "ours_whole": device.blocks > 1,
        WAITS: False,
    }.get(name, True)


def ratios(seconds: Seconds) -> dict[str, float | None]:
    """Every ratio by its name: the median over the turns; None where a racer did not take part."""
    found = {name: ratio(seconds, "ours", theirs) for name, theirs in AGAINST.items()}
    if "ours_float32" in seconds:
        for name, theirs in AGAINST.items():
            found[f"{name}_float32"] = ratio(seconds, "ours_float32", theirs)
    return found | {
        "ratio_float32": ratio(seconds, "ours", ["ours_float32"]),
        "ratio_whole": ratio(seconds, "ours", ["ours_whole"]),
        "ratio_followed": ratio(seconds, "followed", ["unfollowed"]),
    }


def ratio(seconds: Seconds, name: str, theirs: Sequence[str]) -> float | None:
    """A racer's seconds against those of others together."""
    if not {name, *theirs} <= seconds.keys():
        return None
    turns = zip(seconds[name], *(seconds[other] for other in theirs), strict=True)
    return statistics.median(mine / sum(others) for mine, *others in turns)


def moments() -> dict[str, float]:
    """What a person waits for."""
    (cold, end_cold), (warm, end_warm) = waits(ready=False), waits(ready=True)
    return {
        "first_epoch_cold": cold,
        "first_epoch_ready": warm,
        "cancel": max(end_cold, end_warm),
    }


if __name__ == "__main__":
    main()
