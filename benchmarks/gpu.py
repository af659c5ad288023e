"""A GPU's proof: what trains there is right, repeats itself, is quick, and leaves no memory behind.

    python -m benchmarks.gpu [--small] [--json]

Needs the full MNIST; `--small` makes do with the 5,000 offline digits and small networks. Where
there is no GPU the first line says so, and the CPU is checked in its place. Each check has the
device for itself, in a process of its own; what goes wrong in one is said there, and the next ones
run nonetheless.

- tensorflow: what TensorFlow sees, and how much memory it would take.
- error: of the seed network on the test images after its epochs, against the same on the CPU; and
  against what NumPy makes of the same weights, as the dashboard does.
- same_weights: whether two trainings, each in a process of its own, end in the same weights.
- speed: epochs a second with the test error, medians without the first, which compiles: ours in
  float32 and with bfloat16 products, and `keras.Model.fit` in float32, each with and without XLA.
  By itself `fit` has it on a GPU, and TensorFloat-32 from Ampere on; ours never has that. Of
  *Best 2-D* `fit` has the layers and the optimizer. `ratio_fit` is the seconds of our quickest
  against those of its.
- sweep: networks 784-16-2 of one epoch, as many together as the device has them, against one by
  one, compiled before; and how far that takes their weights apart.
- memory: what the process holds after each of many trainings, all of different forms, and how much
  it grew after the first quarter of them.
- out_of_memory: what becomes of a run for which TensorFlow's memory, limited, is too short. It
  cannot be limited on a CPU.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf

from benchmarks import machine, training
from pcae import store
from pcae.config import RunConfig
from pcae.data import datasets
from pcae.methods.autoencoder import Autoencoder, weights_sha256
from pcae.methods.metrics import error_per_image
from pcae.presets import PRESETS
from pcae.store import Status
from pcae.training import loop, worker
from pcae.training.devices import Device
from pcae.training.ready import Ready

SEED, BEST = "Seed network, 5 epochs", "Best 2-D"
GPU_NETWORKS, CPU_NETWORKS = 64, 4
BUILD = {"is_cuda_build", "cuda_version", "cudnn_version"}
LIMIT_MB = 128
TOO_LARGE = RunConfig(dataset="mnist-5k", hidden=(4096, 2048), epochs=1)  # 280 MB with its moments
MB = 1e6

Racer = Callable[[RunConfig], Iterator[float]]


@dataclass(frozen=True)
class Extent:
    """How much is trained: the networks by name, which of them race, a sweep, and how often."""

    networks: dict[str, RunConfig]
    raced: Sequence[str]
    sweep: RunConfig
    epochs: int
    trainings: int


FULL = Extent(
    networks={name: PRESETS[name] for name in (SEED, BEST)},
    raced=(SEED, BEST),
    sweep=RunConfig(hidden=(16,), epochs=1),
    epochs=5,
    trainings=20,
)
SMALL = Extent(
    networks={
        name: replace(of, dataset="mnist-5k", hidden=(64,), batch_size=500)
        for name, of in FULL.networks.items()
    },
    raced=(BEST,),  # which has all options
    sweep=replace(FULL.sweep, dataset="mnist-5k"),
    epochs=1,
    trainings=4,
)


class Failed(Exception):
    """A check came to no end; the message says why."""


def main() -> None:
    """Run every check and print what it found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="the offline digits, small networks")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not options.small:
        machine.need_mnist()
    gc.freeze()  # else every fork, looking for garbage, copies TensorFlow's objects
    device = apart(loop.prepare_device)
    result: dict[str, Any] = {
        "device": device.name,
        "gpu": device.on_gpu,
        "processor": machine.processor(),
    }
    if not options.json:
        none = "" if device.on_gpu else "There is no GPU here: these are checks of the CPU. "
        print(f"{none}{device.name}; {result['processor']}", flush=True)
    for name, check in CHECKS.items():
        try:
            result[name] = check(SMALL if options.small else FULL, device)
        except Failed as problem:
            result[name] = {"failed": str(problem)}
        if not options.json:
            show(name, result[name])
    if options.json:
        print(json.dumps(result))


def show(name: str, found: dict[str, Any]) -> None:
    """Print what a check found, a line a figure or racer."""
    for key, value in found.items():
        if isinstance(value, dict) and any(isinstance(of, dict) for of in value.values()):
            show(f"{name}, {key}", value)
        else:
            print(f"{f'{name}, {key}'.replace('_', ' '):40} {words(value)}", flush=True)


def words(value: Any) -> str:
    """A figure for people, or several."""
    if isinstance(value, dict):
        return "; ".join(f"{key.replace('_', ' ')} {words(of)}" for key, of in value.items())
    if isinstance(value, list):
        return "; ".join(words(of) for of in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    return "not known" if value is None else str(value)


def apart(what: Callable[..., Any], *arguments: Any) -> Any:
    """What a function gives in a process of its own, which has ended then.

    Raises
    ------
    Failed
        It raised something, or its process was killed.
    """
    with ProcessPoolExecutor(1, training.PROCESSES) as pool:
        try:
            found, problem = pool.submit(_tried, what, arguments).result()
        except BrokenProcessPool:
            found, problem = None, "its process was killed"
    if problem:
        raise Failed(problem)
    return found


def _tried(what: Callable[..., Any], arguments: tuple) -> tuple[Any, str]:
    """What a function gives, or what it raised: TensorFlow's errors may not leave a process."""
    try:
        return what(*arguments), ""
    except Exception as problem:
        return None, f"{type(problem).__name__}: {problem}"


def tensorflow(_: Extent, __: Device) -> dict[str, Any]:
    """What TensorFlow sees."""
    return apart(_seen)


def _seen() -> dict[str, Any]:
    from tensorflow.python.client import device_lib  # nothing public tells of a GPU's memory

    gpus = tf.config.list_physical_devices("GPU")
    details = [tf.config.experimental.get_device_details(gpu) for gpu in gpus]
    devices, build = device_lib.list_local_devices(), tf.sysconfig.get_build_info()
    return {
        "version": tf.__version__,
        "build": {key: of for key, of in build.items() if key in BUILD},
        "driver": _driver(),
        "gpus": [of.get("device_name", "unnamed") for of in details],
        "compute_capability": [
            ".".join(map(str, of.get("compute_capability", ("unknown",)))) for of in details
        ],
        "memory_mb": [of.memory_limit / MB for of in devices if of.device_type == "GPU"],
    }


def _driver() -> str | None:
    told = Path("/proc/driver/nvidia/version")
    return told.read_text(encoding="utf-8").splitlines()[0] if told.exists() else None


def error(extent: Extent, _: Device) -> dict[str, Any]:
    """The seed network's error on the device and on the CPU."""
    ours, on_cpu = (apart(_trained, extent.networks[SEED], cpu) for cpu in (False, True))
    difference = abs(ours["test_error"] - on_cpu["test_error"])
    return {
        "epochs": extent.networks[SEED].epochs,
        "device": ours["test_error"],
        "cpu": on_cpu["test_error"],
        "difference": difference,
        "below_1e-3": difference < 1e-3,
        "difference_to_numpy": ours["difference_to_numpy"],
    }


def same_weights(extent: Extent, _: Device) -> dict[str, Any]:
    """Whether two trainings of one epoch give the same weights."""
    config = replace(extent.networks[SEED], epochs=1)
    first, second = (apart(_trained, config, False)["sha256"] for _ in range(2))
    return {"sha256": [first, second], "equal": first == second}


def _trained(config: RunConfig, on_cpu: bool) -> dict[str, Any]:
    data = datasets.load(config.dataset)
    *_, last = loop.train_alone(config, data, loop.prepare_device(on_cpu))
    images = data.test.pixels()
    numpy = error_per_image(images, Autoencoder(config, last.state).reconstruct(images)).mean()
    return {
        "test_error": last.test_error,
        "difference_to_numpy": abs(last.test_error - float(numpy)),
        "sha256": weights_sha256(config, last.state),
    }


def speed(extent: Extent, _: Device) -> dict[str, Any]:
    """Every racer with every network that races."""
    ours, fit = (apart(_raced, racers, extent) for racers in (OURS, FIT))
    return {
        name: ours[name] | fit[name] | {"ratio_fit": _ratio(ours[name], fit[name])}
        for name in extent.raced
    }


def _raced(racers: dict[str, Racer], extent: Extent) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {name: {} for name in extent.raced}
    for network in extent.raced:
        for name, racer in racers.items():
            asked = (racer, extent.networks[network], extent.epochs)
            figures, problem = _tried(_clocked, asked)
            found[network][name] = figures or {"failed": problem}
            gc.collect()  # the memory of the last one
    return found


def _ratio(ours: dict[str, Any], fit: dict[str, Any]) -> float | None:
    mine, its = (
        max(of.get("epochs_a_second", 0.0) for of in all_.values()) for all_ in (ours, fit)
    )
    return its / mine if its and mine else None


def _clocked(racer: Racer, config: RunConfig, epochs: int) -> dict[str, float]:
    turns, seconds = racer(config), []
    test_error = next(turns)
    for _ in range(epochs):
        began = time.perf_counter()
        test_error = next(turns)
        seconds.append(time.perf_counter() - began)
    return {"epochs_a_second": 1 / statistics.median(seconds), "test_error": test_error}


def _ours(config: RunConfig, bfloat16: bool, xla: bool) -> Iterator[float]:
    device = replace(loop.prepare_device(), bfloat16=bfloat16, xla=xla)
    yield from training.ours_on(device, datasets.load(config.dataset), config)


def _fit(config: RunConfig, xla: bool) -> Iterator[float]:
    yield from training.fit(datasets.load(config.dataset), config, xla)


OURS: dict[str, Racer] = {
    "ours_float32": partial(_ours, bfloat16=False, xla=False),
    "ours_float32_xla": partial(_ours, bfloat16=False, xla=True),
    "ours_bfloat16": partial(_ours, bfloat16=True, xla=False),
    "ours_bfloat16_xla": partial(_ours, bfloat16=True, xla=True),
}
FIT: dict[str, Racer] = {"fit": partial(_fit, xla=False), "fit_xla": partial(_fit, xla=True)}


def sweep(extent: Extent, device: Device) -> dict[str, Any]:
    """Networks together against one by one."""
    count = GPU_NETWORKS if device.on_gpu else CPU_NETWORKS
    return apart(_swept, [replace(extent.sweep, seed=seed) for seed in range(count)])


def _swept(configs: list[RunConfig]) -> dict[str, Any]:
    device, ready = loop.prepare_device(), Ready()
    most = device.together(configs[0].parameters)
    seconds, states = [], []
    for at_once in (most, 1):
        groups = [configs[at : at + at_once] for at in range(0, len(configs), at_once)]
        first = ready.take(groups[0], device)
        first.program.compile(first.data)
        began = time.perf_counter()
        trained = [list(ready.take(group, device).epochs())[-1] for group in groups]
        seconds.append(time.perf_counter() - began)
        states.append([of.state for group in trained for of in group if isinstance(of, loop.Epoch)])
    differences = [
        np.abs(array - alone[name]).max()
        for together, alone in zip(*states, strict=True)
        for name, array in together.items()
        if not name.startswith("adam.")
    ]
    return {
        "networks": len(configs),
        "together": most,
        "seconds_together": seconds[0],
        "seconds_one_by_one": seconds[1],
        "ratio": seconds[0] / seconds[1],
        "largest_difference": float(max(differences)),
    }


def memory(extent: Extent, _: Device) -> dict[str, Any]:
    """What trainings leave behind."""
    forms = [replace(extent.sweep, k=k) for k in range(1, extent.trainings + 1)]
    return apart(_remembered, forms)


def _remembered(configs: list[RunConfig]) -> dict[str, Any]:
    device, ready = loop.prepare_device(), Ready()
    process, gpu = [], []
    for config in configs:
        for _ in ready.take([config], device).epochs():
            pass
        process.append(machine.own_mb())
        if device.on_gpu:
            gpu.append(tf.config.experimental.get_memory_info("GPU:0")["current"] / MB)
    return {
        "trainings": len(configs),
        "process_mb": process,
        "process_growth_mb": _growth(process),
        "gpu_mb": gpu,
        "gpu_growth_mb": _growth(gpu),
    }


def _growth(held: Sequence[float | None]) -> float | None:
    first, last = (held[len(held) // 4 - 1], held[-1]) if held else (None, None)
    return last - first if first is not None and last is not None else None


def out_of_memory(_: Extent, device: Device) -> dict[str, Any]:
    """What is said where a GPU's memory is too short."""
    if not device.on_gpu:
        return {"not_measured": "needs a GPU"}
    return apart(_too_large, TOO_LARGE)


def _too_large(config: RunConfig) -> dict[str, Any]:
    loop.prepare_device()  # sets up the GPU, which cannot be done once its memory is limited
    gpu = tf.config.list_physical_devices("GPU")[0]
    limit = tf.config.LogicalDeviceConfiguration(memory_limit=LIMIT_MB)
    tf.config.set_logical_device_configuration(gpu, [limit])
    return _queued(config)


def _queued(config: RunConfig) -> dict[str, Any]:
    """What a worker makes of a run, in a store that is gone afterwards."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["PCAE_HOME"] = home
        run = store.create(config)
        run.write_status(Status("queued", queued=time.time()))
        worker.main()
        seen = run.status
    return {"state": seen.state, "sentence": seen.message, "cpu_offered": seen.cpu_offered}


CHECKS: dict[str, Callable[[Extent, Device], dict[str, Any]]] = {
    "tensorflow": tensorflow,
    "error": error,
    "same_weights": same_weights,
    "speed": speed,
    "sweep": sweep,
    "memory": memory,
    "out_of_memory": out_of_memory,
}


if __name__ == "__main__":
    main()
