"""Train the models that ship and put them into pcae/pretrained.

    python -m benchmarks.pretrain

Needs the full MNIST. Trains with the project's own command into the usual store; what ships
are the settings, the history, the record and the weights without Adam's moments.
"""

from __future__ import annotations

import subprocess
import sys

from pcae.config import PRESETS
from pcae.files import read_arrays, write, write_arrays
from pcae.store import PRETRAINED, own_run

SHIPPED = ("Seed, 5 epochs", "Seed, 25 epochs")


def main() -> None:
    """Train each preset that ships and copy what a reader of it needs."""
    for name in SHIPPED:
        command = [sys.executable, "-m", "pcae", "train", "--preset", name, "--dataset", "mnist"]
        subprocess.run(command, check=True)
        run = own_run(PRESETS[name].key)
        target = PRETRAINED / run.key
        target.mkdir(parents=True, exist_ok=True)
        for file in ("config.json", "history.csv", "record.json"):
            write(target / file, (run.folder / file).read_bytes())
        weights, about = read_arrays(
            run.folder / "weights.safetensors", prefix=("encoder.", "decoder.")
        )
        write_arrays(target / "weights.safetensors", weights, about)


if __name__ == "__main__":
    main()
