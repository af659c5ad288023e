"""How long trainings are said to take, against how long recorded ones took."""

from dataclasses import replace

import pytest

from pcae import store
from pcae.config import RunConfig
from pcae.presets import PRESETS
from pcae.store import EpochRecord
from pcae.training import estimate

SEED = RunConfig()
TINY = {  # seconds of each epoch on scikit-learn's 8×8 digits, as recorded beside other work
    (32, 16): [8.948, 0.259, 0.106, 0.216, 0.0112],
    (8,): [1.36, 0.0078, 0.4074, 0.7309, 0.4203, 0.0644, 0.0076, 0.0627],
    (16,): [1.064, 0.0084, 0.0107, 0.0232, 0.0091],
}


def made(config, seconds):
    """A run that was trained here."""
    run = store.create(config)
    run.write_history([EpochRecord(n, 0.1, 0.1, took) for n, took in enumerate(seconds, 1)])
    return run


def recorded(name, seed=9):
    """The training of a preset that ships, as if it had been made here with another seed."""
    config = PRESETS[name]
    history = store.shipped_run(config.key).history
    made(replace(config, seed=seed), [row.seconds for row in history])


def made_tiny():
    for hidden, seconds in TINY.items():
        made(RunConfig(dataset="digits-8x8", hidden=hidden, epochs=len(seconds)), seconds)


def test_before_any_training_there_is_no_estimate():
    assert estimate.seconds([SEED]) is None
    assert estimate.seconds([]) == 0


def test_tiny_networks_say_nothing_about_a_large_one_and_the_other_way_round():
    made_tiny()
    assert estimate.seconds([SEED]) is None
    like = RunConfig(dataset="digits-8x8", hidden=(24,))
    assert 1 < estimate.seconds([like]) < 5  # to compile it, and next to nothing
    recorded("Seed network, 25 epochs")
    assert estimate.seconds([SEED]) == pytest.approx(11, rel=0.2)
    assert 1 < estimate.seconds([like]) < 5
    assert estimate.seconds([SEED, replace(SEED, hidden=(4000, 4000))]) is None


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "Linear"])
def test_each_preset_is_estimated_from_the_others(name):
    for other in PRESETS:
        if other != name:
            recorded(other)
    took = sum(row.seconds for row in store.shipped_run(PRESETS[name].key).history)
    assert estimate.seconds([PRESETS[name]]) == pytest.approx(took, rel=0.35)


def test_batches_of_another_size_by_far_say_nothing():
    recorded("Seed network, 25 epochs")
    assert estimate.seconds([replace(SEED, batch_size=1024)])
    assert estimate.seconds([replace(SEED, batch_size=8)]) is None


CONVOLUTIONAL = RunConfig(dataset="mnist-5k", architecture="convolutional", hidden=(4, 8))


@pytest.fixture
def on_cpu(monkeypatch):
    """No GPU is seen."""
    monkeypatch.setattr(estimate, "visible_gpus", list)


def test_before_the_first_convolutions_numpy_is_timed(on_cpu, monkeypatch):
    made(RunConfig(dataset="mnist-5k", hidden=(64,), seed=9), [900.0, 900.0])  # says nothing of it
    seconds = estimate.epoch_seconds(CONVOLUTIONAL, [])
    assert 0.05 < seconds < 60
    whole = estimate.seconds([CONVOLUTIONAL])
    assert whole > 5 * seconds
    wider = estimate.epoch_seconds(replace(CONVOLUTIONAL, hidden=(32, 64)), [])
    assert wider > seconds
    monkeypatch.setattr(estimate, "visible_gpus", lambda: ["0"])
    assert estimate.seconds([CONVOLUTIONAL]) is None


def test_convolutions_are_estimated_from_convolutions(on_cpu):
    made(replace(CONVOLUTIONAL, seed=3), [5.0, 2.0, 2.0])
    assert estimate.seconds([CONVOLUTIONAL]) == 3 + 5 * 2
    assert estimate.seconds([RunConfig(dataset="mnist-5k", hidden=(64,))]) is None


def test_a_longer_training_goes_on_from_the_shorter():
    made(replace(SEED, seed=3), [5.0, 2.0, 2.0])
    longer = replace(SEED, epochs=9)
    assert estimate.seconds([SEED]) == 3 + 5 * 2
    assert estimate.seconds([SEED, longer]) == estimate.seconds([longer]) == 3 + 9 * 2
    assert estimate.seconds([SEED, replace(SEED, seed=1)]) == 2 * 13


def test_a_damaged_run_and_removed_data_are_passed_over():
    (made(replace(SEED, seed=3), [1.0]).folder / "history.csv").write_text("no")
    made(RunConfig(dataset="own-13-0123456789ab", hidden=(8,)), [1.0])
    assert estimate.seconds([SEED]) is None
    assert estimate.seconds([RunConfig(dataset="own-13-0123456789ab", hidden=(8,))]) is None


def test_an_epoch_in_progress_is_rated_by_its_own_once_there_are_two():
    rows = [EpochRecord(n, 0.1, 0.1, took) for n, took in enumerate([9.0, 2.0, 3.0, 2.0], 1)]
    assert estimate.epoch_seconds(SEED, rows) == 2
    assert estimate.epoch_seconds(SEED, rows[:2]) == 2
    assert estimate.epoch_seconds(SEED, rows[:1]) is None  # the first compiles
    made(replace(SEED, seed=3), [5.0, 2.5])
    assert estimate.epoch_seconds(SEED, []) == 2.5
