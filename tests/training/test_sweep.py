"""A grid of trainings: what it holds, how it is kept, asked for and cancelled."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from pcae import store
from pcae.config import RunConfig
from pcae.files import DamagedFile, home
from pcae.settings import ConfigError
from pcae.store import Status, own_run
from pcae.training import jobs, sweep
from pcae.training.jobs import JobError
from pcae.training.sweep import Line, Sweep
from tests.test_store import a_record
from tests.test_store_damage import fail_at

pytestmark = pytest.mark.usefixtures("pca_kept")

BASE = RunConfig(dataset="mnist-5k")
TEXTS = {"hidden": "64, 16; 32", "k": "1, 2, 3", "epochs": "5, 2", "seed": "0, 1"}


def grid(**texts):
    return Sweep.from_text(BASE, TEXTS | texts)


@pytest.fixture
def no_worker(monkeypatch):
    """Counts the workers that would start."""
    started = []
    monkeypatch.setattr(jobs, "_start_worker", lambda: started.append(1))
    return started


def finish(config, error, equivalent_k=1.5):
    run = store.create(config)
    run.write_record(a_record(test_error=error, equivalent_k=equivalent_k, seconds=7.0))
    run.write_status(Status("finished"))


def test_a_grid_holds_every_combination_once_and_shorter_trainings_come_first():
    configs = grid().configs
    assert len(configs) == len({config.key for config in configs}) == 2 * 3 * 2 * 2
    found = {(of.hidden, of.k, of.epochs, of.seed) for of in configs}
    expected = {
        (hidden, k, epochs, seed)
        for hidden in ((64, 16), (32,))
        for k in (1, 2, 3)
        for epochs in (2, 5)
        for seed in (0, 1)
    }
    assert found == expected
    costs = [(of.epochs, of.parameters) for of in configs]
    assert costs == sorted(costs)
    assert {of.dataset for of in configs} == {"mnist-5k"}


def test_the_base_gives_the_other_settings_alone():
    base = replace(BASE, activation="gelu", k=30, hidden=(999,), epochs=77, seed=5)
    of = Sweep.from_text(base, TEXTS)
    assert {config.activation for config in of.configs} == {"gelu"}
    assert (30, 77, 5) not in {(config.k, config.epochs, config.seed) for config in of.configs}
    assert of.key == Sweep.from_text(replace(BASE, activation="gelu"), TEXTS).key


def test_the_key_is_of_what_is_asked_for_and_not_of_how_it_is_written():
    same = grid(hidden=" 32;64 16;32", k="3 2,1,1", epochs="2,5,5")
    assert same == grid()
    assert same.key == grid().key
    assert same.key != grid(k="1, 2").key
    assert Sweep.from_dict(grid().to_dict()) == grid()
    once = Sweep.from_text(RunConfig(), {"hidden": "8", "k": "2", "epochs": "1", "seed": "0"})
    assert once.key == "12da2aa9514e"  # on every machine


def test_nothing_between_semicolons_is_a_network_without_a_hidden_layer():
    assert grid(hidden="512, 128; 256; ").hidden == ((), (256,), (512, 128))


@pytest.mark.parametrize(
    ("axis", "text", "words"),
    [
        ("hidden", "512, -3", "hidden width -3 is out of range"),
        ("hidden", "wide; 3", "not whole numbers"),
        ("k", "", "Bottleneck width k has no value: write at least one."),
        ("k", "1, 785", "785 is out of range: choose 1 to 784"),
        ("k", "two", "'two' is not a number"),
        ("epochs", "0", "choose 1 to 1,000"),
        ("seed", "1.5", "not a whole number"),
        ("seed", " , ", "Seed has no value"),
        ("k", " ".join(map(str, range(1, 27))), "The grid has 208 networks"),
    ],
)
def test_what_makes_no_grid_gets_a_sentence(axis, text, words):
    with pytest.raises(ConfigError, match=r"\.$") as problem:
        grid(**{axis: text})
    assert words in str(problem.value)


def test_two_hundred_networks_are_a_grid():
    assert len(grid(k=" ".join(map(str, range(1, 26)))).configs) == 200


def test_a_network_that_is_too_large_is_said():
    with pytest.raises(ConfigError, match="parameters"):
        grid(hidden="4096, 4096, 4096")


def test_a_name_says_what_the_grid_is_of():
    of = Sweep.from_text(replace(BASE, layer_norm=True), TEXTS | {"k": "1, 2, 3, 4, 5, 9"})
    assert of.name == (
        "784-32-k / 784-64-16-k × k 1, 2, …, 9 × 2, 5 epochs × seed 0, 1, ELU, layer norm, "
        "MNIST, 5,000 digits"
    )


def test_a_submitted_grid_is_queued_in_its_order_and_survives_a_restart(no_worker):
    of = grid()
    sweep.submit(of)
    assert [run.key for run in jobs.queue()] == [config.key for config in of.configs]
    assert len(no_worker) == 1
    (key,) = sweep.kept()
    assert sweep.read(key) == of
    assert [network.status.state for network in sweep.look(of)] == ["queued"] * 24


def test_what_is_finished_is_left_and_what_failed_is_asked_for_again(no_worker):
    from tests.methods.test_autoencoder import random_weights

    of = grid()
    done, failed = store.create(of.configs[0]), store.create(of.configs[1])
    done.write_history([store.EpochRecord(e, 0.1, 0.1, 1.0) for e in (1, 2)])
    done.write_checkpoint(2, random_weights(done.config))
    finish(done.config, 0.06)
    failed.write_status(Status("failed", "No."))
    version = done.version
    sweep.submit(of)
    assert done.version == version
    states = [network.status.state for network in sweep.look(of)]
    assert states == ["finished"] + ["queued"] * 23


def test_the_newest_grid_is_first_and_one_removed_leaves_its_networks(no_worker):
    first, second = grid(seed="0"), grid(seed="1")
    for of in (first, second, first):
        sweep.submit(of)
        time.sleep(0.01)
    assert sweep.kept() == [first.key, second.key]
    sweep.remove(first.key)
    sweep.remove(first.key)
    assert sweep.kept() == [second.key]
    assert own_run(first.configs[0].key).config == first.configs[0]
    with pytest.raises(DamagedFile, match="not in the list any more"):
        sweep.read(first.key)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"base": 1, "hidden": [], "k": [], "epochs": [], "seed": []}']
)
def test_a_damaged_file_is_a_sentence(no_worker, text):
    sweep.submit(grid())
    (key,) = sweep.kept()
    path = home() / "sweeps" / f"{key}.json"
    path.write_text(text)
    with pytest.raises(DamagedFile) as problem:
        sweep.read(key)
    assert str(path) in str(problem.value)


def test_a_damaged_or_deleted_network_leaves_the_others(no_worker):
    of = grid()
    sweep.submit(of)
    finish(of.configs[2], 0.05)
    (own_run(of.configs[0].key).folder / "status.json").write_text("{")
    store.delete(own_run(of.configs[1].key))
    damaged, deleted, finished, *rest = sweep.look(of)
    assert damaged.status.state == "failed"
    assert "status.json is damaged" in damaged.status.message
    assert deleted.status.state == "new"
    assert (finished.test_error, finished.equivalent_k, finished.seconds) == (0.05, 1.5, 7.0)
    assert {network.status.state for network in rest} == {"queued"}


def test_cancel_takes_what_waits_and_asks_what_trains_to_stop(no_worker):
    of = grid()
    sweep.submit(of)
    finish(of.configs[0], 0.05)
    other = jobs.submit(replace(BASE, seed=9))
    running = own_run(of.configs[1].key)
    running.write_status(Status("running", "Training.", 1, 3, 32))
    with jobs.run_lock(running):
        sweep.cancel(of)
        states = [network.status.state for network in sweep.look(of)]
    assert states == ["finished", "running"] + ["cancelled"] * 22
    assert running.cancel_wanted
    assert jobs.status(other).state == "queued"


def test_a_store_that_cannot_be_written_is_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PCAE_HOME", str(tmp_path / "file" / "below"))
    with pytest.raises(jobs.JobError, match="set PCAE_HOME"):
        sweep.submit(grid())


def test_on_a_full_disk_nothing_half_made_is_left_and_a_second_try_goes_on(no_worker, monkeypatch):
    of, number = grid(), 0
    while True:
        with monkeypatch.context() as patch:
            fail_at(patch, number)
            try:
                sweep.submit(of)
                break
            except JobError as problem:
                assert "No space left" in str(problem)
        assert sweep.kept() == []
        left = [run for run in store.runs() if not run.shipped]
        assert [run.status.state for run in left] == ["queued"] * (max(number - 1, 0) // 2)
        for run in left:
            store.delete(run)
        number += 1
    assert number == 1 + 2 * 24  # the grid, and of each network the settings and the status
    assert sweep.kept() == [of.key]
    assert len(jobs.queue()) == 24


def test_a_full_disk_takes_no_grid_away_that_was_there(no_worker, monkeypatch):
    of = grid()
    sweep.submit(of)
    store.delete(own_run(of.configs[0].key))
    fail_at(monkeypatch, 1)
    with pytest.raises(JobError):
        sweep.submit(of)
    assert sweep.read(of.key) == of


def test_files_with_other_names_are_no_grids(no_worker):
    sweep.submit(grid())
    for name in ("abc.json", "a\nb.json", "F" * 12 + ".json", "0" * 240 + ".json"):
        (home() / "sweeps" / name).write_text("{}")
    Path(os.fsdecode(os.fsencode(home() / "sweeps") + b"/a\xff.json")).write_text("{}")
    assert sweep.kept() == [grid().key]


@pytest.mark.parametrize("kind", ["folder", "link"])
def test_what_is_no_file_can_be_taken_from_the_list(no_worker, kind):
    sweep.submit(grid())
    path = home() / "sweeps" / f"{grid().key}.json"
    path.unlink()
    if kind == "folder":
        path.mkdir()
        (path / "more").write_text("")
    else:
        path.symlink_to("/nowhere")
    assert sweep.kept() == [grid().key]
    with pytest.raises(DamagedFile):
        sweep.read(grid().key)
    sweep.remove(grid().key)
    assert sweep.kept() == []


def test_lines_hold_what_is_finished_along_k():
    of = grid(seed="0, 1, 2", epochs="2")
    errors = {(2, 0): 0.06, (2, 2): 0.04, (3, 1): 0.03}
    for config in of.configs:
        error = errors.get((config.k, config.seed))
        if config.hidden == (32,) and error:
            finish(config, error)
    assert sweep.lines(of, sweep.look(of)) == [
        Line("784-32-k", {2: [0.06, 0.04], 3: [0.03]}),
        Line("784-64-16-k", {}),
    ]


def test_where_k_is_one_number_the_errors_are_along_widths_or_epochs():
    assert grid(k="2").across == "hidden"
    assert grid(k="2", hidden="8").across == "epochs"
    assert grid(k="2", epochs="1").places == ["784-32-k", "784-64-16-k"]
    of = grid(k="2", seed="0")
    finish(of.configs[0], 0.05)
    assert sweep.lines(of, sweep.look(of)) == [
        Line("2 epochs", {"784-32-k": [0.05]}),
        Line("5 epochs", {}),
    ]
