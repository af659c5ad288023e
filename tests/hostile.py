"""Data whose names a page, a figure or a spreadsheet could take for more than text."""

import contextlib

import numpy as np

from pcae import store
from pcae.config import RunConfig
from pcae.data import owndata
from pcae.data.dataset import Dataset, split
from pcae.store import EpochRecord, Status
from tests.methods.test_autoencoder import random_weights

NAMES = (
    *("<=50K", "C#", "Käse", "50 °C", '<img src=x onerror="hurt=1">', "$x^2$", ":red[a]"),
    *("**b**", "[l](javascript:1)", "`c`", "&lt;", ":material/home:", "</script>", "%{x} {y}"),
)
TITLE = "**T** <img src=x onerror=hurt=1> $y$"


def pictures(names=NAMES):
    """Pictures of 4 × 3 pixels, 20 of each class."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(len(names)), 20).astype(np.uint8)
    images = rng.integers(0, 256, (len(labels), 12), np.uint8)
    return _kept(*split(images, labels), (4, 3), tuple(names))


def table():
    """A table of these columns, 300 rows, with a target that is called by a hostile name too."""
    rng = np.random.default_rng(0)
    train, test = split(rng.random((300, len(NAMES)), np.float32), np.zeros(300, np.uint8))
    train, test = (type(of)(of.images, of.labels, 9 * of.images[:, 0]) for of in (train, test))
    limits = np.stack([np.zeros(len(NAMES)), np.arange(1, len(NAMES) + 1)]).astype(np.float32)
    return _kept(train, test, None, ("all",), NAMES, limits, NAMES[4])


def _kept(train, test, shape, classes, columns=(), limits=None, target=""):
    name = owndata.name_of(train, test, shape, classes, columns, target)
    about = (classes, "`s` <b>.csv", "one's own", columns, limits, target)
    data = Dataset(name, train, test, *about)
    owndata.keep(data, TITLE, "As they were.")
    return data


@contextlib.contextmanager
def networks():
    """Makes networks of some data, and removes both at the end."""
    made = []

    def make(data):
        made.append((network(data), data.name))
        return made[-1][0]

    yield make
    for run, name in made:
        store.delete(run)
        owndata.remove(name)


def network(data, k=2):
    """A network of this data that nobody trained."""
    config = RunConfig(dataset=data.name, hidden=(8,), k=k, epochs=1)
    run = store.create(config)
    run.write_history([EpochRecord(1, 0.1, 0.1, 1.0)])
    run.write_checkpoint(1, random_weights(config))
    run.write_status(Status("finished"))
    return run
