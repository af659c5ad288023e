"""Attack the dashboard on this machine for some minutes.

    python -m benchmarks.attack [--seed 0] [--minutes 5] [--repeat PART:NUMBER] [--json]

Starts `streamlit run app.py` with a store of its own, on the offline digits, and asks nothing of
any other machine. Prints what was tried and survived, and every failure with its number; the
same seed makes the same attempts, and `--repeat` one of them. Exits with 1 where one failed. With
`--json`: `requests` (and links followed) and `failures` of them; `damages` (to the store, and
files) and `tracebacks`, by which any failure of these is meant; `kills` and `same_weights`, whether
every run came to the weights of one that was not disturbed; `found`, what went wrong.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.attack import damages, files, pages, requests
from benchmarks.attack.outcome import Outcome
from benchmarks.attack.target import Target, running

_SHARES = {"kills": 0.2, "files": 0.2, "requests": 0.15, "pages": 0.15, "damages": 0.3}


def main() -> None:
    """Attack, and say what was survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--repeat", metavar="PART:NUMBER", help="one attempt again")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started ends too
    if options.repeat:
        part, _, number = options.repeat.partition(":")
        found = [again(part, int(number), options.seed)]
    else:
        found = campaign(options.seed, 60 * options.minutes)
    if options.json:
        print(json.dumps(as_json(found)))
    else:
        print(*found, sep="\n")
    raise SystemExit(any(of.failures for of in found))


def campaign(seed: int, seconds: float) -> list[Outcome]:
    """Every part, each with its share of the time."""
    times = {name: share * seconds for name, share in _SHARES.items()}
    found = [kills(seed, times["kills"]), files.attack(seed, times["files"])]
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as target:
        for part in (requests, pages, damages):
            name = part.__name__.rpartition(".")[2]
            found.append(part.attack(target, seed, times[name]))
    return found


def kills(seed: int, seconds: float) -> Outcome:
    """Kill trainings in a process of its own: workers are forks of one that has TensorFlow."""
    minutes = ["--minutes", f"{seconds / 60}", "--kills", "1000", "--seed", f"{seed}"]
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.kills", "--small", "--json", *minutes],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    found = Outcome("kills")
    try:
        told = json.loads(process.communicate()[0] or "{}")
    finally:
        process.terminate()
        process.wait()
    found.tried = told.get("kills", 0)
    if not told.get("same_weights"):
        found.fail(f"python -m benchmarks.kills --small {' '.join(minutes)}", "other weights")
    return found


def again(part: str, number: int, seed: int) -> Outcome:
    """One attempt again."""
    if part == "files":
        return files.repeat(seed, number)
    parts: dict[str, Callable[[Target, int, int], Outcome]] = {
        "requests": requests.repeat,
        "pages": pages.repeat,
        "damages": damages.repeat,
    }
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as target:
        return parts[part](target, seed, number)


def as_json(found: list[Outcome]) -> dict:
    """The figures by their names, and what went wrong."""
    of = {outcome.part: outcome for outcome in found}

    def of_parts(*names: str) -> tuple[int, int]:
        there = [of[name] for name in names if name in of]
        return sum(part.tried for part in there), sum(part.failed for part in there)

    requests, failures = of_parts("requests", "pages")
    damages, tracebacks = of_parts("damages", "files")
    killed, other = of_parts("kills")
    return {
        "requests": requests,
        "failures": failures,
        "damages": damages,
        "tracebacks": tracebacks,
        "kills": killed,
        "same_weights": not other,
        "found": {outcome.part: outcome.failures for outcome in found if outcome.failures},
    }


if __name__ == "__main__":
    main()
