"""Training a network: an epoch of `keras.Model.fit`, ours, PyTorch and its products alone.

    python -m benchmarks.training [--epochs 5] [--json] [--preset NAME]

Needs the full MNIST. Each has a process of its own and they take turns, an epoch each with its
test error (the products alone have none); the ratios are medians over the pairs of one turn.
The first turn, which compiles, is not counted. PyTorch takes part where it is installed. Of
another preset than the seed network only `fit`, ours and the products run; `fit` then has its
layers and its optimizer, at a constant rate and without augmentation.

Then, for the seed network and in the same way, five whole epochs as a page follows them, with
progress and codes kept on the disk, against the same without; and the seconds from asking for a
training to its first finished epoch, with a worker that must start first and with one that is
ready, and from a wish to cancel to its end.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf

from pcae import files, store
from pcae.config import RunConfig
from pcae.data import datasets
from pcae.data.datasets import Dataset
from pcae.methods.autoencoder import LAYER_NORM_EPSILON
from pcae.presets import PRESETS
from pcae.training import jobs, loop, worker
from pcae.training.devices import Device

SEED_NAME = "Seed, 5 epochs"
SEED = PRESETS[SEED_NAME]


def fit(data: Dataset, config: RunConfig) -> Iterator[float]:
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
    model.compile(adam, config.loss)
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
    yield from _loop(data, config, loop.prepare_device())


def ours_float32(data: Dataset, config: RunConfig) -> Iterator[float]:
    """Our loop with float32 products."""
    yield from _loop(data, config, replace(loop.prepare_device(), bfloat16=False))


def ours_whole(data: Dataset, config: RunConfig) -> Iterator[float]:
    """Our loop with every layer in one block."""
    yield from _loop(data, config, replace(loop.prepare_device(), blocks=1))


def _loop(data: Dataset, config: RunConfig, device: Device) -> Iterator[float]:
    for epoch in loop.Training(replace(config, epochs=1_000), data, device).epochs():
        if epoch.number:
            yield epoch.test_error


def followed(data: Dataset, _: RunConfig) -> Iterator[float]:
    """Five epochs a turn, with what a page shows of them written to the disk."""
    while True:
        with tempfile.TemporaryDirectory() as home:
            os.environ["PCAE_HOME"] = home
            run = store.create(SEED)
            reporter = worker.Reporter(run)
            for epoch in _fresh(data).epochs(progress=reporter.progress):
                run.write_codes(epoch.number, epoch.codes)
            yield epoch.test_error


def unfollowed(data: Dataset, _: RunConfig) -> Iterator[float]:
    """Five epochs a turn, of which nothing is shown before the end."""
    loop.FRAMES = ()
    while True:
        yield list(_fresh(data).epochs())[-1].test_error


def _fresh(data: Dataset) -> loop.Training:
    return loop.Training(SEED, data, loop.prepare_device())


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
    "followed": followed,
    "unfollowed": unfollowed,
}
EPOCHS = ("fit", "ours", "ours_float32", "ours_whole", "torch", "products")
EPOCHS_OF_ANOTHER = ("fit", "ours", "products")


def serve(name: str, config: RunConfig) -> None:
    """Run one epoch for every line that comes in; its seconds and test error go out."""
    racer = RACERS[name](datasets.load("mnist"), config)
    for _ in sys.stdin:
        began = time.perf_counter()
        error = next(racer)
        print(json.dumps([time.perf_counter() - began, error]), flush=True)


def race(
    names: list[str], epochs: int, preset: str = SEED_NAME
) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Let all take turns: seconds of every epoch but the first, and the last test errors."""
    runners = {
        name: subprocess.Popen(
            [sys.executable, "-m", "benchmarks.training", "--racer", name, "--preset", preset],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in names
    }
    seconds: dict[str, list[float]] = {name: [] for name in names}
    errors = {}
    for _ in range(epochs):
        for name, runner in runners.items():
            assert runner.stdin
            assert runner.stdout
            runner.stdin.write("epoch\n")
            runner.stdin.flush()
            taken, errors[name] = json.loads(runner.stdout.readline())
            seconds[name].append(taken)
    for runner in runners.values():
        runner.communicate()
    return {name: taken[1:] for name, taken in seconds.items()}, errors


def waits(ready: bool) -> tuple[float, float]:
    """Seconds to the first finished epoch, and from a wish to cancel after it to its end."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["PCAE_HOME"] = home
        if ready:
            jobs.keep_warm(SEED)
            log = files.home() / "worker.log"
            while f"ready for {SEED.key}" not in log.read_text():
                time.sleep(0.1)
        began = time.perf_counter()
        run = jobs.submit(SEED)
        while not run.history:
            time.sleep(0.01)
        finished = time.perf_counter()
        time.sleep(0.5)
        asked = time.perf_counter()
        jobs.cancel(run)
        while jobs.status(run).active:
            time.sleep(0.01)
        ended = time.perf_counter()
        jobs.stop_workers()
    return finished - began, ended - asked


def main() -> None:
    """Let all take turns and print seconds, ratios and errors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--preset", choices=PRESETS, default=SEED_NAME, metavar="NAME")
    parser.add_argument("--racer", choices=RACERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.racer:
        serve(options.racer, PRESETS[options.preset])
        return
    of_seed = options.preset == SEED_NAME
    names = [
        name
        for name in (EPOCHS if of_seed else EPOCHS_OF_ANOTHER)
        if name != "torch" or importlib.util.find_spec("torch")
    ]
    seconds, errors = race(names, options.epochs, options.preset)
    del errors["products"]

    def ratio(other: str) -> float | None:
        return _ratio(seconds["ours"], seconds[other]) if other in seconds else None

    medians = {name: statistics.median(taken) for name, taken in seconds.items()}
    ratios, moments = {"ratio_keras_fit": ratio("fit"), "ratio_floor": ratio("products")}, {}
    if of_seed:
        shown, _ = race(["followed", "unfollowed"], options.epochs)
        (cold, end_cold), (warm, end_warm) = waits(ready=False), waits(ready=True)
        ratios |= {
            "ratio_torch": ratio("torch"),
            "ratio_float32": ratio("ours_float32"),
            "ratio_whole": ratio("ours_whole"),
            "ratio_followed": _ratio(shown["followed"], shown["unfollowed"]),
        }
        moments = {
            "first_epoch_cold": cold,
            "first_epoch_ready": warm,
            "cancel": max(end_cold, end_warm),
        }
    if options.json:
        about = {"seconds_per_epoch": medians, "test_error": errors, "seconds_to": moments}
        print(json.dumps(ratios | about))
        return
    for name, taken in medians.items():
        error = f"test error {errors[name]:.4f}" if name in errors else ""
        print(f"{name:12} {taken:5.2f} s an epoch   {error}")
    for name, value in ratios.items():
        print(f"{name:16} {'torch is not installed' if value is None else f'{value:.2f}'}")
    for name, value in moments.items():
        print(f"{name:18} {value:.2f} s")


def _ratio(ours: list[float], theirs: list[float]) -> float:
    """The median over the pairs of one turn."""
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


if __name__ == "__main__":
    main()
