"""What a machine says of itself, and Linux of the processes that a benchmark starts."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import time
from collections.abc import Callable
from pathlib import Path

from pcae.data import datasets
from pcae.training.devices import cpu_flags

_FEATURES = {
    "amx_bf16": "AMX",
    "avx512_bf16": "AVX512-BF16",
    "avx512f": "AVX-512",
    "avx2": "AVX2",
}
_MB = 1e6
_STILL_SECONDS, _STILL_CPU_SECONDS = 3.0, 0.15
_REST_ELSEWHERE = 30.0


def need_mnist() -> None:
    """End with a sentence where the full MNIST is not on this machine."""
    if not datasets.is_here("mnist"):
        raise SystemExit("This needs the full MNIST: name the folder with mnist.npz in PCAE_DATA.")


def processor() -> str:
    """The processor's name, family, model and widest arithmetic, as Linux tells them, and cores."""
    cores = f"{os.cpu_count()} cores"
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        text = ""
    told = dict(re.findall(r"^(\w[\w ]*?)\s*: (.+)$", text, re.MULTILINE))
    if "model name" not in told:
        return f"{platform.processor() or platform.machine()}, {cores}"
    flags = cpu_flags()
    widest = [name for flag, name in _FEATURES.items() if flag in flags]
    kind = f"family {told.get('cpu family')}, model {told.get('model')}"
    return ", ".join([f"{told['model name']} ({kind})", *widest, cores])


def memory_mb() -> float | None:
    """Megabytes that the processes hold which this one started; None elsewhere than on Linux."""
    return _together(lambda process: _megabytes(process, "VmRSS"))


def own_mb() -> float | None:
    """Megabytes that this process holds itself."""
    try:
        return _megabytes(Path("/proc/self"), "VmRSS")
    except OSError:
        return None


def peak_mb() -> float | None:
    """The most megabytes that each of them has held, together."""
    return _together(lambda process: _megabytes(process, "VmHWM"))


def processor_seconds() -> float | None:
    """Processor seconds that they have used, of all cores."""
    return _together(seconds_of)


def wait_for_rest() -> None:
    """Wait until they have used next to no processor for three seconds; elsewhere half a minute."""
    before = processor_seconds()
    if before is None:
        time.sleep(_REST_ELSEWHERE)
    while before is not None:
        time.sleep(_STILL_SECONDS)
        after = processor_seconds()
        if after is None or after - before < _STILL_CPU_SECONDS:
            return
        before = after


def _together(figure: Callable[[Path], float]) -> float | None:
    figures = []
    for children in Path("/proc/self/task").glob("*/children"):
        for number in children.read_text(encoding="utf-8").split():
            with contextlib.suppress(OSError, LookupError):  # it has ended
                figures.append(figure(Path("/proc") / number))
    return sum(figures) if figures else None


def _megabytes(process: Path, name: str) -> float:
    return kibibytes_of(process, name) * 1024 / _MB


def kibibytes_of(process: Path, name: str) -> int:
    """What Linux says of a process's memory, given its folder in /proc: VmRSS, or VmHWM, its peak.

    Raises
    ------
    OSError, LookupError
        The process has ended, or there is no /proc.
    """
    lines = (process / "status").read_text(encoding="utf-8").splitlines()
    told = dict(line.split(":", 1) for line in lines)
    return int(told[name].split()[0])


def seconds_of(process: Path) -> float:
    """Processor seconds that a process has used, given its folder in /proc; raises the same."""
    text = (process / "stat").read_text(encoding="utf-8")
    user, system = text.rpartition(")")[2].split()[11:13]  # the command's name may hold anything
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
