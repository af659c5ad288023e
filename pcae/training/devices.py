"""Where a network trains and how: the one place that decides it.

Measured with `python -m benchmarks.training` on two cores: products in bfloat16 shorten the seed
network's epoch by a fifth on a Zen 4, by a third on a Zen 5 and on an Intel processor with AMX, and
leave its test error where it was. Without AMX they made that Intel processor slower, AVX512-BF16 or
not. XLA is not chosen: on the Zen 4 a float32 step compiled by it took longer than TensorFlow's own
kernels (3.1 against 2.6 s an epoch). Of a GPU nobody knows yet: `python -m benchmarks.gpu` tells.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_CPU_BFLOAT16 = (frozenset({"amx_bf16"}), frozenset({"avx512_bf16", "sse4a"}))  # sse4a: AMD alone
_BFLOAT16_NAME = ", bfloat16 products"
_GPU_NETWORKS, _CPU_NETWORKS = 64, 2
_MOST_PARAMETERS = 64_000_000  # of networks side by side; with their moments and gradients, 1 GB
_GPU_BFLOAT16 = (8, 0)  # the compute capability of Ampere, the first to multiply it


@dataclass(frozen=True)
class Device:
    """A device for one training.

    Attributes
    ----------
    name : str
        For people, with the precision where it is not plain float32.
    place : str
        For TensorFlow: "/CPU:0" or "/GPU:0".
    bfloat16 : bool
        Whether the products of wide layers are in bfloat16 while training. Weights, activations,
        the optimiser and every error that is shown are float32.
    blocks : int
        In how many blocks of columns wide layers are computed, side by side.
    networks : int
        How many networks of one form are trained side by side, if their parameters are not too
        many; see `together`.
    xla : bool
        Whether XLA compiles the step of a batch.
    """

    name: str
    place: str
    bfloat16: bool
    blocks: int
    networks: int
    xla: bool = False

    @property
    def on_gpu(self) -> bool:
        """Whether it is a GPU."""
        return self.place.startswith("/GPU")

    def together(self, parameters: int, *, stack: bool = True) -> int:
        """How many networks with so many parameters each are trained side by side.

        On a GPU those that do not `stack`, as convolutional ones, go one by one.
        """
        if self.on_gpu and not stack:
            return 1
        return max(1, min(self.networks, _MOST_PARAMETERS // parameters))


def choose(gpus: Sequence[Mapping], cpu_flags: frozenset[str], cores: int) -> Device:
    """The device to train on: the first GPU, else the CPU.

    Parameters
    ----------
    gpus : sequence of mapping
        As `tf.config.experimental.get_device_details` tells: `device_name` and
        `compute_capability`, each where it is known.
    cpu_flags : frozenset of str
        The processor's features as Linux names them.
    cores : int
    """
    if gpus:
        name = f"GPU, {gpus[0].get('device_name', 'unnamed')}"
        bfloat16 = gpus[0].get("compute_capability", (0, 0)) >= _GPU_BFLOAT16
        return Device(name + _BFLOAT16_NAME * bfloat16, "/GPU:0", bfloat16, 1, _GPU_NETWORKS)
    bfloat16 = any(flags <= cpu_flags for flags in _CPU_BFLOAT16)
    name = f"CPU, {cores} cores{_BFLOAT16_NAME * bfloat16}"
    blocks = max(1, cpu_threads(cores)[0])
    return Device(name, "/CPU:0", bfloat16, blocks, min(_CPU_NETWORKS, cores))


def cpu_threads(cores: int) -> tuple[int, int]:
    """How many operations run at a time, and on how many threads each; 0 leaves it to TensorFlow.

    Its own choice on two cores is two by two, four threads that wait for each other. One thread an
    operation is faster where there always are two operations to run: hence the blocks of columns.
    """
    return (2, 1) if cores == 2 else (0, 0)


def cpu_flags() -> frozenset[str]:
    """The processor's features as Linux names them; empty elsewhere."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return frozenset()
    found = re.search(r"^flags\s*:(.*)$", text, re.MULTILINE)
    return frozenset(found[1].split()) if found else frozenset()


def visible_gpus(driver: Path = Path("/proc/driver/nvidia/gpus")) -> list[str]:
    """The NVIDIA GPUs that this process may use, as CUDA_VISIBLE_DEVICES names them.

    Asks the driver's files rather than TensorFlow, which takes seconds to load; empty where they
    are not there.
    """
    found = [str(number) for number, _ in enumerate(driver.glob("*"))]
    named = os.environ.get("CUDA_VISIBLE_DEVICES")
    if named is None or not found:
        return found
    names = [name.strip() for name in named.split(",")]
    # CUDA ignores what follows a name that it does not know
    return list(itertools.takewhile(lambda name: name and name != "-1", names))
