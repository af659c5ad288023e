"""Which Pythons pcae runs on: those for which TensorFlow is published.

`make` runs this file with whatever Python it finds, before anything is installed, so that it says
in a sentence what pip would say in a page. It needs nothing else, and Python 3.7 can read it.
"""

from __future__ import annotations

import platform
import sys

LEAST, MOST = (3, 11), (3, 13)
_MACHINES = {  # as in the names of TensorFlow's packages
    "Linux": ("x86_64", "aarch64"),
    "Darwin": ("arm64",),
    "Windows": ("AMD64",),
}
_THERE_ARE = (
    "pcae runs on Python 3.11, 3.12 and 3.13, for which TensorFlow 2.21 is published on Linux "
    "(x86-64, arm64), Macs with Apple silicon and Windows"
)


def problem(version: tuple[int, ...], system: str, machine: str) -> str:
    """Why such a Python cannot run pcae, and what to do, as a sentence; "" where it can.

    Parameters
    ----------
    version : tuple of int
        As `sys.version_info`.
    system, machine : str
        As `platform.system()` and `platform.machine()`.
    """
    if (system, machine) == ("Darwin", "x86_64"):
        return (
            f"{_THERE_ARE}; this Python is for Macs with an Intel processor: on Apple silicon "
            "install a Python for it; on an Intel Mac run pcae in its container (Dockerfile)."
        )
    if machine not in _MACHINES.get(system, ()):
        return f"{_THERE_ARE}; this is {system} on {machine}: take another computer."
    if not LEAST <= tuple(version[:2]) <= MOST:
        return (
            f"{_THERE_ARE}; this is Python {version[0]}.{version[1]}: install one of those and "
            "name it, as in make run PYTHON=python3.12."
        )
    return ""


def problem_here() -> str:
    """The same of this Python."""
    return problem(sys.version_info[:3], platform.system(), platform.machine())


if __name__ == "__main__":
    sys.exit(problem_here() or 0)
