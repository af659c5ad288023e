"""Runs that are trained side by side: each comes to what it would have come to alone."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from pcae import store
from pcae.config import RunConfig
from pcae.files import DamagedFile
from pcae.methods.autoencoder import weights_sha256
from pcae.methods.metrics import error_per_image
from pcae.training import jobs, loop, worker
from pcae.training.devices import Device
from pcae.training.images import Resident
from pcae.training.program import Program

SMALL = RunConfig(dataset="mnist-5k", hidden=(100,), epochs=2)
STACKED = Device("GPU, Test", "/GPU:0", bfloat16=False, blocks=1, networks=64)
FORMS = [
    replace(SMALL, augmentation="shift"),
    replace(
        SMALL,
        layer_norm=True,
        activation="gelu",
        augmentation="turn",
        optimizer="adamw",
        loss="bce",
    ),
    replace(SMALL, hidden=(), output="linear"),
    replace(SMALL, k=8, code_order="nested"),
    replace(SMALL, hidden=(), output="linear", decoder_weights="tied", optimizer="adamw"),
    replace(SMALL, noise="masking", augmentation="shift"),
    replace(SMALL, loss="bce", noise="gaussian"),
    replace(SMALL, loss="bce", noise="masking", beta=0.5),
]
CONVOLUTIONAL = replace(SMALL, architecture="convolutional", hidden=(4, 16), layer_norm=True)


def others(config):
    """A run, and one of its form that differs from it in every number."""
    decay = 0.05 if config.optimizer == "adamw" else 0.0
    another = {"seed": 4, "learning_rate": 2e-3, "schedule": "one-cycle", "weight_decay": decay}
    return [config, replace(config, **another)]


def together(configs, data, device, after=None):
    """Every epoch of runs side by side."""
    resident = Resident(data, device)
    program = Program(configs[0], device, resident, len(configs))
    return list(loop.Training(configs, resident, program).epochs(after=after))


@pytest.mark.parametrize("form", [*FORMS, CONVOLUTIONAL], ids=lambda config: config.name)
def test_on_the_cpu_each_is_bit_for_bit_what_it_is_alone(form, sample):
    configs, device = others(form), loop.prepare_device()
    epochs = together(configs, sample, device)
    for place, config in enumerate(configs):
        for ours, alone in zip(epochs, loop.train_alone(config, sample, device), strict=True):
            here = ours[place]
            assert weights_sha256(config, here.state) == weights_sha256(config, alone.state)
            assert (here.number, here.test_error) == (alone.number, alone.test_error)
            assert here.divergence == alone.divergence
            np.testing.assert_array_equal(here.codes, alone.codes)


@pytest.mark.parametrize("form", FORMS, ids=lambda config: config.name)
def test_stacked_each_is_what_it_is_alone_but_for_rounding(form, sample):
    configs = [replace(config, epochs=1) for config in others(form)]
    (first, last) = together(configs, sample, STACKED)
    plain = replace(loop.prepare_device(), bfloat16=False)
    for config, begun, done in zip(configs, first, last, strict=True):
        start, alone = loop.train_alone(config, sample, plain)
        assert weights_sha256(config, begun.state) == weights_sha256(config, start.state)
        assert set(done.state) == set(alone.state)
        for name, array in alone.state.items():
            assert done.state[name].shape == array.shape
            np.testing.assert_allclose(done.state[name], array, atol=1e-5, err_msg=name)
        assert done.test_error == pytest.approx(alone.test_error, abs=1e-5)
        assert done.train_loss == pytest.approx(alone.train_loss, abs=1e-5)


@pytest.mark.parametrize("form", [FORMS[1], FORMS[-1]], ids=lambda config: config.name)
@pytest.mark.parametrize("count", [1, 2], ids=["alone", "stacked"])
def test_steps_compiled_by_xla_change_nothing_but_rounding(count, form, sample):
    small = {"hidden": (16,), "batch_size": 500, "epochs": 1, "augmentation": "none"}
    configs = [replace(config, **small) for config in others(form)[-count:]]
    *_, last = together(configs, sample, STACKED)
    *_, compiled = together(configs, sample, replace(STACKED, xla=True))
    for ours, theirs in zip(compiled, last, strict=True):
        for name, array in theirs.state.items():
            np.testing.assert_allclose(ours.state[name], array, atol=1e-5, err_msg=name)
        assert ours.test_error == pytest.approx(theirs.test_error, abs=1e-5)


@pytest.mark.parametrize("device", [None, STACKED], ids=["side by side", "stacked"])
def test_they_go_on_from_an_epoch_as_if_never_interrupted(device, sample):
    device = device or loop.prepare_device()
    configs = others(SMALL)
    whole = together(configs, sample, device)
    states = [epoch.state for epoch in whole[1]]
    (resumed,) = together(configs, sample, device, after=(1, states))
    for config, ours, theirs in zip(configs, resumed, whole[2], strict=True):
        assert weights_sha256(config, ours.state) == weights_sha256(config, theirs.state)


@pytest.fixture
def queued(pca_kept, monkeypatch):
    """Has runs wait for a worker, which then trains them in this process."""
    monkeypatch.setattr(jobs, "_start_worker", lambda: None)
    groups = []
    make = loop.Training.__init__

    def remember(self, configs, *others):
        make(self, configs, *others)
        groups.append([config.seed for config in configs])

    monkeypatch.setattr(loop.Training, "__init__", remember)

    def train(configs):
        runs = jobs.submit_all(configs)
        worker.main()
        return runs, groups

    return train


def seeds(*numbers, **settings):
    return [replace(SMALL, hidden=(16,), seed=number, **settings) for number in numbers]


def states(runs):
    return [jobs.status(run).state for run in runs]


def test_a_worker_takes_two_that_wait_one_after_another_and_are_of_one_form(queued, sample):
    mixed = [*seeds(0, 1, 2), replace(SMALL, hidden=(8,), seed=3), *seeds(4), *seeds(5, epochs=1)]
    runs, groups = queued(mixed)
    assert states(runs) == ["finished"] * 6
    assert groups == [[0, 1], [2], [3], [4], [5]]
    for run in runs[:2]:
        *_, alone = loop.train_alone(run.config, sample, loop.prepare_device())
        assert store.sha256_of(run) == weights_sha256(run.config, alone.state)
        assert run.record["test_error"] == alone.test_error
        error = error_per_image(
            sample.train.pixels(), run.model().reconstruct(sample.train.pixels())
        )
        assert run.record["train_error"] == pytest.approx(error.mean(), abs=1e-6)
        assert run.record["seconds"] == pytest.approx(sum(row.seconds for row in run.history))
        assert run.frames() == runs[2].frames()


def test_of_two_one_may_be_cancelled_diverge_or_be_deleted(queued, monkeypatch):
    written = store.Run.write_checkpoint
    act = {1: jobs.cancel, 3: store.delete}

    def then(self, epoch, state):
        written(self, epoch, state)
        if epoch == 1 and self.config.seed in act:
            act[self.config.seed](self)

    monkeypatch.setattr(store.Run, "write_checkpoint", then)
    tame = replace(SMALL, hidden=(256,) * 6, activation="relu", output="linear", seed=4)
    wild = replace(tame, learning_rate=1.0, seed=5)
    runs, groups = queued([*seeds(0, 1, 2, 3), tame, wild])
    assert groups == [[0, 1], [2, 3], [4, 5]]
    assert states([runs[place] for place in (0, 2, 4)]) == ["finished"] * 3
    assert states([runs[1], runs[5]]) == ["cancelled", "failed"]
    assert runs[1].checkpoint_epoch() == 1
    assert "Lower the learning rate (it is 1)" in runs[5].status.message
    assert not runs[3].folder.exists()


def test_those_that_begin_at_different_epochs_are_trained_one_after_another(queued):
    first, _ = queued(seeds(0, epochs=1))
    runs, groups = queued(seeds(0, 1))
    assert states([*first, *runs]) == ["finished"] * 3
    assert groups == [[0], [0], [1]]
    assert [row.epoch for row in runs[0].history] == [1, 2]


def test_what_is_too_large_together_is_trained_one_after_another(queued, monkeypatch):
    measured = loop.Training._measured

    def full(self, number, *figures):
        if len(self.configs) > 1 and number == 1:
            raise tf.errors.ResourceExhaustedError(None, None, "full")
        return measured(self, number, *figures)

    monkeypatch.setattr(loop.Training, "_measured", full)
    runs, groups = queued(seeds(0, 1))
    assert states(runs) == ["finished"] * 2
    assert groups == [[0, 1], [0], [1]]


def test_what_is_damaged_of_one_is_no_others(queued, monkeypatch):
    read = store.Run.checkpoint

    def damaged(self):
        if self.config.seed == 1:
            raise DamagedFile("Its weights are damaged.")
        return read(self)

    monkeypatch.setattr(store.Run, "checkpoint", damaged)
    runs, groups = queued(seeds(0, 1))
    assert states(runs) == ["finished", "failed"]
    assert runs[1].status.message == "Its weights are damaged."
    assert groups == [[0, 1], [0], [1]]


def test_a_gpu_trains_as_many_as_wait_in_one_and_the_record_says_so(queued, monkeypatch):
    monkeypatch.setattr(loop, "prepare_device", lambda on_cpu=False: STACKED)
    runs, groups = queued(seeds(*range(5)))
    assert states(runs) == ["finished"] * 5
    assert groups == [[0, 1, 2, 3, 4]]
    assert {run.record["device"] for run in runs} == {"GPU, Test, 5 networks in one"}
