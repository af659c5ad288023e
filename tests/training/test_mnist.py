"""The figures the project stands for, on the full MNIST: they skip where PCAE_DATA is not set.

A fresh training of the network of the Cross Validated answer, and the networks that ship, whose
figures are measured anew in the tests of the store.
"""

from dataclasses import replace

import pytest

from pcae import cli, store
from pcae.data import datasets
from pcae.methods.autoencoder import weights_sha256
from pcae.methods.metrics import equivalent_k, principal_angles
from pcae.methods.pca import load_or_fit
from pcae.names import PIXELS
from pcae.presets import PRESETS
from pcae.training import loop, quality
from pcae.training.quality import Subject
from tests.conftest import FULL_DATA

SEED_5 = PRESETS["Seed network, 5 epochs"]


@pytest.fixture(scope="module")
def epochs():
    """Every epoch of the seed network's training, by number: error and weights' digest."""
    if not FULL_DATA:
        pytest.skip("PCAE_DATA does not name a folder with mnist.npz")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PCAE_DATA", FULL_DATA)
        data = datasets.load("mnist")
    device = loop.prepare_device()
    return {
        epoch.number: (epoch.test_error, weights_sha256(SEED_5, epoch.state))
        for epoch in loop.train_alone(SEED_5, data, device)
    }


def test_five_epochs_end_where_the_answer_did(epochs):
    assert 0.0397 <= epochs[5][0] <= 0.0410


def test_twenty_five_epochs_are_worth_eight_or_nine_components(epochs, full_mnist):
    run = shipped("Seed network, 25 epochs")
    for row in run.history[:5]:  # what ships began as a training here begins
        assert row.test_error == pytest.approx(epochs[row.epoch][0], abs=1e-3)
    error = run.record["test_error"]
    assert error <= 0.0365
    assert 8 <= equivalent_k(error, load_or_fit(full_mnist).test_error) < 10


def test_the_same_config_trained_twice_gives_identical_weights(epochs, full_mnist):
    two = replace(SEED_5, epochs=2)
    last = list(loop.train_alone(two, full_mnist, loop.prepare_device()))[-1]
    assert weights_sha256(two, last.state) == epochs[2][1]


def test_codes_of_a_variational_network_fill_the_plane_and_others_lie_anywhere(full_mnist):
    variational = replace(SEED_5, epochs=2, beta=1.0)
    *_, last = loop.train_alone(variational, full_mnist, loop.prepare_device())
    assert abs(last.codes.mean(0)).max() < 0.4
    assert last.codes.std(0) == pytest.approx([1, 1], abs=0.25)
    assert 2 < last.divergence < 10
    assert last.test_error < 0.06
    plain = shipped("Seed network, 25 epochs").model().encode(full_mnist.test.pixels())
    assert plain.std(0).min() > 5


def test_a_linear_network_finds_pcas_plane(full_mnist):
    linear = PRESETS["Linear"]
    assert (linear.k, linear.linear) == (2, True)
    *_, last = loop.train_alone(linear, full_mnist, loop.prepare_device())
    fitted = load_or_fit(full_mnist)
    assert principal_angles(last.state["decoder.0.kernel"], fitted.components[:2]).max() < 1
    assert last.test_error == pytest.approx(fitted.test_error[2], abs=2e-5)


def test_the_seed_network_does_better_on_a_better_schedule():
    record = shipped("Seed network, better schedule").record
    assert record["test_error"] <= 0.0385


def test_the_best_two_numbers_are_worth_more_than_thirteen_components(full_mnist):
    run = shipped("Best 2-D")
    assert run.config.k == 2
    assert run.record["test_error"] <= 0.0300
    assert run.record["seconds"] <= 60 * 60
    found = quality.measure(Subject("mnist", 2, run), full_mnist, load_or_fit(full_mnist))
    assert found.equivalent_k > 13
    assert found.knn_accuracy >= 0.90
    assert found.knn1_train_test >= 0.91
    assert found.knn5_train_test >= 0.94
    assert found.trustworthiness >= 0.94


def test_the_best_thirty_numbers_beat_hinton_and_salakhutdinov():
    run = shipped("Best 30-D")
    assert run.config.widths == (784, 1000, 500, 250, 30)
    assert PIXELS * run.record["test_error"] <= 2.50
    assert run.record["seconds"] <= 90 * 60


def shipped(name):
    """A preset's run as it ships; that its record is true is tested with the store."""
    run = store.find(PRESETS[name].key)
    assert run.shipped
    return run


def test_the_command_line_uses_the_full_set(full_mnist, capsys):
    assert cli.main(["pca", "--k", "9", "--json"]) == 0
    assert '"name": "mnist"' in capsys.readouterr().out
