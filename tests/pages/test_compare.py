"""The page Compare: networks side by side, and a grid of trainings from its form to its end."""

from dataclasses import replace

import pytest

from pcae import store
from pcae.config import RunConfig
from pcae.methods.pca import load_or_fit
from pcae.presets import PRESETS, short_name
from pcae.settings import LABELS
from pcae.store import Status, own_run
from pcae.training import jobs, quality, sweep
from pcae.training.quality import Quality, Subject
from pcae.training.sweep import Sweep
from tests.pages.test_pages import (
    SEED_5,
    SEED_25,
    button,
    drawn_table,
    figure,
    finished_copy,
    open_page,
    planes,
    switch,
    texts,
    train_quickly,
)
from tests.test_store import a_record

BEST = PRESETS["Best 2-D"]
TINY = RunConfig(dataset="mnist-5k", hidden=(8,), epochs=1)
TEXTS = {"hidden": "8; 4", "k": "1, 3", "epochs": "1", "seed": "0, 1"}


def rows(app):
    """The table of settings and figures: the cells of each row by its name."""
    return {name: cells for name, *cells in drawn_table(app)}


def open_grid(app):
    app.session_state["compare_part"] = "A grid of trainings"
    return open_page(app, "compare")


def finish(config, error):
    """A network of a sweep with its figures."""
    run = store.create(config)
    run.write_record(a_record(test_error=error, equivalent_k=1.5, seconds=7.0))
    run.write_status(Status("finished"))


def test_a_few_presets_are_compared_at_first(app):
    open_page(app, "compare")
    presets = (SEED_5, SEED_25, BEST)
    assert app.multiselect(key="compared").value == [preset.key for preset in presets]
    records, found = [store.find(preset.key).record for preset in presets], rows(app)
    assert found["Epochs"] == [str(preset.epochs) for preset in presets]
    assert found["Parameters"] == ["936,466", "936,466", "2,830,286"]
    assert found["Test error"] == [f"{record['test_error']:.5f}" for record in records]
    worth = [f"{record['equivalent_k']:.1f}" for record in records]
    assert found["Equivalent k, test"] == worth
    assert [name for name in found if name in LABELS.values()] == [
        "Hidden widths", "Activation", "Layer norm", "Optimizer", "Learning rate", "Weight decay",
        "Learning-rate schedule", "Batch size", "Epochs", "Augmentation",
    ]  # fmt: skip
    assert "Errors of the test images of MNIST, as recorded in training." in texts(app)
    curves, codes = figure(app)["data"], planes(app)
    assert [len(curve["x"]) for curve in curves] == [preset.epochs for preset in presets]
    assert [(plane["network"], len(plane["frames"])) for plane in codes] == [(0, 1), (1, 1), (2, 1)]
    assert "compare" not in app.session_state  # a look ticks nothing


def test_what_was_measured_of_the_codes_stands_beside_the_rest(app, sample, monkeypatch):
    run = train_quickly(TINY)
    monkeypatch.setattr(
        quality, "measure", lambda *_: Quality(0.05, 2.0, 0.5, 0.75, 0.25, 0.4, 0.6)
    )
    quality.find_or_measure(Subject("mnist-5k", 2, run), sample, load_or_fit(sample))
    app.session_state["compare"] = {run.key, SEED_5.key}
    open_page(app, "compare")
    place = app.multiselect(key="compared").value.index(run.key)
    for name, value in {"10-NN accuracy": "0.500", "Continuity": "0.250"}.items():
        assert (rows(app)[name][place], rows(app)[name][1 - place]) == (value, "–")
    assert "measured on Quality" in texts(app)


def test_the_ticks_on_train_and_the_choice_are_one(app):
    run = train_quickly(replace(TINY, k=3))
    app.session_state["compare"] = {run.key}
    open_page(app, "compare")
    assert app.multiselect(key="compared").value == [run.key]
    app.multiselect(key="compared").select(SEED_5.key).run()
    assert not app.exception
    assert app.session_state["compare"] == {run.key, SEED_5.key}
    switch(app, "train")
    assert app.checkbox(key=f"compare_{SEED_5.key}_shipped").value
    assert app.checkbox(key=f"compare_{run.key}_own").value
    assert button(app, "Compare 2 networks")


def test_the_settings_that_differ_are_told_and_no_others(app):
    runs = [
        train_quickly(config)
        for config in (
            TINY,
            replace(TINY, hidden=(), output="linear"),
            replace(TINY, k=30, layer_norm=True),
        )
    ]
    app.session_state["compare"] = {run.key for run in runs}
    open_page(app, "compare")
    order = {key: place for place, key in enumerate(app.multiselect(key="compared").value)}
    told = {name: [cells[order[run.key]] for run in runs] for name, cells in rows(app).items()}
    assert list(told) == [
        "Hidden widths", "Bottleneck width k", "Layer norm", "Output",
        "Parameters", "Test error", "Equivalent k, test", "Train seconds",
    ]  # fmt: skip
    assert told["Hidden widths"] == ["8", "none", "8"]
    assert told["Bottleneck width k"] == ["2", "2", "30"]
    assert told["Layer norm"] == ["off", "off", "on"]
    assert told["Output"] == ["sigmoid", "linear", "sigmoid"]
    assert told["Train seconds"] == ["1.0"] * 3
    assert "Errors of the 1,000 test images of MNIST, 5,000 digits." in texts(app)


def test_one_network_shows_its_train_loss_and_a_single_code_its_labels(app):
    run = train_quickly(replace(TINY, k=1))
    app.session_state["compare"] = {run.key}
    open_page(app, "compare")
    curves = figure(app)
    assert [curve["name"] for curve in curves["data"]] == [
        f"{short_name(run.config)}, test error",
        "train loss",
    ]
    assert planes(app)[0]["axes"] == ["code 1", "label"]


def test_networks_of_different_data_are_each_on_their_own(app):
    run = train_quickly(TINY)
    app.session_state["compare"] = {run.key, SEED_5.key}
    open_page(app, "compare")
    assert "each network is on its own test images" in texts(app)
    assert set(rows(app)["Data set"]) == {"MNIST", "MNIST, 5,000 digits"}


def test_of_many_networks_eight_are_drawn_and_it_is_said(app):
    runs = [train_quickly(replace(TINY, seed=seed)) for seed in range(9)]
    app.session_state["compare"] = {run.key for run in runs}
    open_page(app, "compare")
    assert "The codes of the first 8 networks are drawn." in texts(app)
    assert len(planes(app)) == 8
    assert len(figure(app)["data"]) == 9
    assert len(rows(app)["Seed"]) == 9


def test_a_network_deleted_in_another_tab_is_said_and_the_others_stay(app):
    run, other = train_quickly(TINY), train_quickly(replace(TINY, seed=1))
    app.session_state["compare"] = {run.key, other.key}
    open_page(app, "compare")
    store.delete(run)
    app.run()
    assert not app.exception
    assert f"Not there any more, since deleted: {run.key}." in texts(app)
    assert app.multiselect(key="compared").value == [other.key]
    assert app.session_state["compare"] == {other.key}
    assert len(rows(app)["Parameters"]) == 1


@pytest.mark.parametrize("file", ["weights.safetensors", "history.csv", "config.json"])
def test_a_damaged_network_is_said_and_the_others_stay(app, file):
    run = finished_copy(replace(SEED_25, seed=7))
    path = run.folder / file
    path.write_bytes(path.read_bytes()[:-40] if file != "history.csv" else b"epoch\nx,y\n\xff")
    app.session_state["compare"] = {run.key, SEED_5.key}
    open_page(app, "compare")
    assert not app.exception
    assert str(path) in texts(app)
    assert len(rows(app)["Parameters"]) == 1


def test_the_form_counts_the_networks_and_asks_for_them(app, no_worker):
    open_grid(app)
    assert "**12 networks** on MNIST, 5,000 digits: 2 widths × 3 k × 2 seeds" in texts(app)
    for name, text in TEXTS.items():
        app.text_input(key=f"sweep_{name}").set_value(text)
    app.run()
    button(app, "Train 8 networks").click().run()
    assert not app.exception
    (key,) = sweep.kept()
    of = sweep.read(key)
    assert of == Sweep.from_text(TINY, TEXTS)
    assert [run.key for run in jobs.queue()] == [config.key for config in of.configs]
    assert "0 of 8 finished" in app.get("progress")[0].proto.text
    switch(app, "explore")
    switch(app, "compare")
    assert app.text_input(key="sweep_hidden").value == "8; 4"
    button(app, "Cancel").click().run()
    assert not jobs.queue()
    assert "8 cancelled" in app.get("progress")[0].proto.text
    button(app, "Go on").click().run()
    assert len(jobs.queue()) == 8


@pytest.mark.parametrize(
    ("axis", "text", "words"),
    [
        ("hidden", "512, x", "not whole numbers"),
        ("k", "1, 785", "1 to 784"),
        ("epochs", "", "Epochs has no value"),
        ("seed", " ".join(map(str, range(99))), "594 networks"),
    ],
)
def test_what_makes_no_grid_gets_a_sentence_and_no_training(app, axis, text, words):
    open_grid(app)
    app.text_input(key=f"sweep_{axis}").set_value(text).run()
    assert not app.exception
    assert words in "\n".join(error.value for error in app.error)
    assert button(app, "Train").disabled
    assert app.text_input(key=f"sweep_{axis}").value == text


def test_the_other_settings_are_those_on_train_or_of_a_preset(app, no_worker):
    open_page(app, "train")
    app.selectbox(key="form_activation").select("gelu").run()
    app.session_state["compare_part"] = "A grid of trainings"
    switch(app, "compare")
    button(app, "Train 12 networks").click().run()
    assert {run.config.activation for run in jobs.queue()} == {"gelu"}
    app.selectbox(key="sweep_base").select("Linear").run()
    button(app, "Train 12 networks").click().run()
    newest = sweep.read(sweep.kept()[0]).base
    assert (newest.output, newest.dataset) == (PRESETS["Linear"].output, "mnist-5k")


def test_settings_on_train_that_do_not_hold_are_said(app):
    open_page(app, "train")
    app.text_input(key="form_learning_rate").set_value("fast").run()
    app.session_state["compare_part"] = "A grid of trainings"
    switch(app, "compare")
    assert "Learning rate 'fast' is not a number" in texts(app)
    assert button(app, "Train").disabled


def test_results_appear_as_the_networks_finish(app, no_worker):
    of = Sweep.from_text(TINY, TEXTS)
    sweep.submit(of)
    by_k = [config for config in of.configs if config.hidden == (4,) and config.k == 1]
    finish(by_k[0], 0.06)
    running, failed = by_k[1], next(config for config in of.configs if config.k == 3)
    own_run(failed.key).write_status(Status("failed", "It diverged. Lower the learning rate."))
    own_run(running.key).write_status(Status("running", "Training.", 1, 8, 32, 0.07))
    with jobs.run_lock(own_run(running.key)):
        open_grid(app)
        assert "1 of 8 finished, 1 failed" in app.get("progress")[0].proto.text
        assert app.get("progress")[0].proto.value == int(100 * 1.25 / 8)
        assert f"{running.name}: Epoch 1 of 1, batch 8 of 32" in texts(app)
        assert "It diverged." in texts(app)
        points = {
            trace["name"]: trace for trace in figure(app)["data"] if trace["mode"] == "markers"
        }
        assert points["784-4-k"]["y"] == [0.06]
        assert points["784-8-k"]["y"] == []
        finish(running, 0.05)
        app.run()
    assert not app.exception
    assert "2 of 8 finished, 1 failed" in app.get("progress")[0].proto.text
    pca, line, points, *_ = figure(app)["data"]
    assert pca["name"] == "PCA"
    assert (line["x"], line["y"]) == ([1], [0.055])
    assert sorted(points["y"]) == [0.05, 0.06]
    table = app.dataframe[0].value
    assert list(table["State"]).count("finished") == 2
    assert sorted(table["Test error"].dropna()) == [0.05, 0.06]


def test_a_grid_that_has_ended_is_shown_by_the_form_too(app, no_worker):
    of = Sweep.from_text(TINY, TEXTS)
    sweep.submit(of)
    open_grid(app)
    assert button(app, "Cancel")
    for config in of.configs:
        finish(config, 0.05)
    app.run()
    assert not app.exception
    assert "8 of 8 finished." in app.get("progress")[0].proto.text
    assert button(app, "Remove")
    for name, text in TEXTS.items():
        app.text_input(key=f"sweep_{name}").set_value(text)
    app.run()
    assert button(app, "Show the 8 networks")


def test_a_damaged_grid_is_a_sentence_and_can_be_removed(app, no_worker):
    of = Sweep.from_text(TINY, TEXTS)
    sweep.submit(of)
    path = jobs.home() / "sweeps" / f"{of.key}.json"
    path.write_text("{")
    open_grid(app)
    assert not app.exception
    assert str(path) in texts(app)
    button(app, "Remove").click().run()
    assert not app.exception
    assert not path.exists()
    assert "What will be shown here" in texts(app)


def test_a_store_that_cannot_be_written_is_said(app, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PCAE_HOME", str(tmp_path / "file" / "below"))
    open_grid(app)
    button(app, "Train 12 networks").click().run()
    assert not app.exception
    assert "set PCAE_HOME to a folder that can be written" in texts(app)


def test_the_grid_that_the_form_shows_when_the_button_is_pressed_is_trained(app, no_worker):
    open_grid(app)
    app.text_input(key="sweep_hidden").set_value("8; 4")
    app.text_input(key="sweep_seed").set_value("3")
    button(app, "Train 12 networks").click().run()
    assert not app.exception
    (key,) = sweep.kept()
    of = sweep.read(key)
    assert (of.hidden, of.k, of.seed) == (((4,), (8,)), (1, 2, 3), (3,))
    app.text_input(key="sweep_k").set_value("none")
    button(app, "Train 6 networks").click().run()
    assert not app.exception
    assert sweep.kept() == [key]
    assert "K 'none'" in texts(app) or "'none'" in texts(app)


def test_a_grid_that_was_removed_can_be_had_back(app, no_worker):
    sweep.submit(Sweep.from_text(TINY, TEXTS))
    for config in sweep.read(sweep.kept()[0]).configs:
        finish(config, 0.05)
    open_grid(app)
    button(app, "Remove").click().run()
    assert sweep.kept() == []
    assert "is taken from the list." in texts(app)
    button(app, "Undo").click().run()
    assert not app.exception
    assert "8 of 8 finished." in app.get("progress")[0].proto.text
