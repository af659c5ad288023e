"""Train the presets and put them into pcae/pretrained, as they ship.

    python -m benchmarks.pretrain

Needs the full MNIST. Trains with the project's own command into the usual store. What ships are
the settings, the history, the weights in 16 bits, codes of some epochs and of the first digits,
and the record, with the figures of the weights as they ship.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping

import numpy as np

from pcae.config import RunConfig
from pcae.data import datasets
from pcae.data.datasets import Dataset
from pcae.files import write
from pcae.methods.autoencoder import Autoencoder
from pcae.methods.metrics import error_per_image, evaluate
from pcae.presets import PRESETS
from pcae.store import FRAME_DIGITS, Run, few_frames, own_run, shipped_run
from pcae.training.reporter import make_record

MOVED = 1e-5  # by how much 16 bits may move the test error
FRAMES, NUMBERS = 16, 8_000  # moments with codes, and how many numbers those have at most


def main() -> None:
    """Train each preset and write what ships of it."""
    data = datasets.load("mnist")
    for name, config in PRESETS.items():
        subprocess.run([sys.executable, "-m", "pcae", "train", "--preset", name], check=True)
        ship(own_run(config.key), data)


def ship(own: Run, data: Dataset) -> None:
    """Write what ships of a trained run, in the place of what shipped before."""
    run, config = shipped_run(own.key), own.config
    shutil.rmtree(run.folder, ignore_errors=True)
    (run.folder / "codes").mkdir(parents=True)
    for file in ("config.json", "history.csv"):
        write(run.folder / file, (own.folder / file).read_bytes())
    places = own.frames()
    if not config.linear:  # else its angles to PCA after every epoch are wanted
        places = few_frames(places, FRAMES)
    run.take_codes(own, places, min(FRAME_DIGITS, NUMBERS // config.k))
    run.write_checkpoint(config.epochs, short(own.model(), data))
    measured = evaluate(run.model().reconstruct, data)
    figures = make_record(
        run,
        data,
        own.record["device"],
        test_error=measured.test_error,
        train_error=measured.train_error,
    )
    kept = ("test_error", "train_error", "equivalent_k", "weights_sha256")
    run.write_record(own.record | {name: figures[name] for name in kept})


def short(model: Autoencoder, data: Dataset) -> dict[str, np.ndarray]:
    """A network's weights in 16 bits.

    Raises
    ------
    ValueError
        They move its test error.
    """
    halves = {name: weight.astype(np.float16) for name, weight in model.weights.items()}
    read = {name: weight.astype(np.float32) for name, weight in halves.items()}
    moved = test_error(model.config, read, data) - test_error(model.config, model.weights, data)
    if abs(moved) >= MOVED:
        raise ValueError(f"In 16 bits the test error of {model.config.name} moves by {moved:.6f}.")
    return halves


def test_error(config: RunConfig, weights: Mapping[str, np.ndarray], data: Dataset) -> float:
    """The test error of a network with these weights."""
    images = data.test.pixels()
    reconstructions = Autoencoder(config, weights).reconstruct(images)
    return float(error_per_image(images, reconstructions).mean())


if __name__ == "__main__":
    main()
