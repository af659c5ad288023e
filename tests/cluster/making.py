"""Runs that look as a training left them, made without one."""

from itertools import product

import numpy as np

from pcae.config import RunConfig
from pcae.methods.autoencoder import state_shapes
from pcae.store import EpochRecord, Run, Status

SMALL = RunConfig(dataset="digits-8x8", hidden=(4,), epochs=3)


def weights(config=SMALL, value=0.5):
    kinds = product(("", "adam.first.", "adam.second."), state_shapes(config).items())
    return {kind + name: np.full(shape, value, np.float32) for kind, (name, shape) in kinds}


def epochs(run, last, state="running", value=0.5):
    """Fill a run's folder as a training that has finished some epochs does."""
    for epoch in range(last + 1):
        run.write_codes(epoch, np.zeros((5, SMALL.k)))
    run.write_history([EpochRecord(of, 0.1, 0.1, 1.0) for of in range(1, last + 1)])
    run.write_checkpoint(last, weights(value=value))
    run.write_status(Status(state, "At it.", last, updated=5.0, device="CPU, on worker ada"))


def scratch(place, key=SMALL.key):
    """A run's place in a worker's scratch folder."""
    run = Run(key, place / "runs" / key)
    (run.folder / "codes").mkdir(parents=True)
    return run
