"""Try a recipe for a record: train on 55,000 images, measure on the 5,000 held out.

    python -m benchmarks.records k=2 hidden="1000, 500, 250" activation=gelu …

The settings are those of a run, as in a link. Prints a row for records.md: the settings, the
held-out error and squared error per image, the training loss, 10-NN accuracy and trustworthiness of
the held-out codes, seconds. The test images are not looked at.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

from pcae.config import RunConfig
from pcae.data import datasets
from pcae.data.datasets import Dataset, Split
from pcae.training.loop import prepare_device, train_alone
from pcae.training.quality import knn_accuracy, trustworthiness

HELD_OUT = 5_000


def main() -> None:
    """Train one recipe and print its row."""
    config = RunConfig.from_query(dict(word.split("=", 1) for word in sys.argv[1:]))
    data = held_out(datasets.load("mnist"))
    began = time.perf_counter()
    for epoch in train_alone(config, data, prepare_device()):
        if epoch.number and epoch.number % max(1, config.epochs // 10) == 0:
            done = f"{epoch.number:5} {epoch.train_loss:.5f} {epoch.test_error:.5f}"
            print(done, file=sys.stderr, flush=True)
    seconds = time.perf_counter() - began
    codes, images = epoch.codes, data.test.pixels()
    cells = (
        ", ".join(f"{name} {text}" for name, text in config.to_query().items()),
        f"{epoch.test_error:.5f}",
        f"{config.inputs * epoch.test_error:.3f}",
        f"{epoch.train_loss:.5f}",
        f"{knn_accuracy(codes, data.test.labels):.3f}",
        f"{trustworthiness(images, codes):.3f}",
        f"{seconds:.0f}",
    )
    print("| " + " | ".join(cells) + " |")


def held_out(data: Dataset) -> Dataset:
    """The data with its last training images in the place of the test images."""
    train = data.train
    kept, held = (
        Split(train.images[rows], train.labels[rows])
        for rows in (slice(-HELD_OUT), slice(-HELD_OUT, None))
    )
    return replace(data, train=kept, test=held)


if __name__ == "__main__":
    main()
