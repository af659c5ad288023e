"""The page Train: what its buttons train, what is trained already, and what a link starts."""

import subprocess
from dataclasses import replace

import numpy as np
import pytest

from pcae import names, store
from pcae.config import RunConfig
from pcae.data import owndata
from pcae.presets import PRESETS
from pcae.store import EpochRecord, own_run
from pcae.training import jobs, quality
from pcae.ui import shell
from tests.data.reading.test_uploads import npz, understood
from tests.methods.test_autoencoder import random_weights
from tests.pages.test_link import follow
from tests.pages.test_pages import button, button_labels, open_page, texts, train_quickly
from tests.test_store import a_record

KEEP_WARM = jobs.keep_warm
HERE = RunConfig(dataset="mnist-5k")


@pytest.fixture
def shipped(monkeypatch):
    """The offline digits' default settings are those of a network that ships."""
    monkeypatch.setitem(PRESETS, "Tiny", HERE)
    monkeypatch.setattr(store, "PRETRAINED", jobs.home() / "shipped")
    folder = store.PRETRAINED / HERE.key
    (folder / "codes").mkdir(parents=True)
    made = store.Run(HERE.key, folder)
    store.write_json(folder / "config.json", HERE.to_dict())
    made.write_history([EpochRecord(n, 0.05, 0.04, 2.0) for n in range(1, 6)])
    made.write_checkpoint(5, random_weights(HERE))
    made.write_record(a_record(test_error=0.04, equivalent_k=7.7))
    return HERE


def queued():
    """The settings that wait to be trained."""
    return [run.config for run in jobs.queue()]


def buttons(app, label):
    return [b for b, of in zip(app.button, button_labels(app), strict=True) if of == label]


# what the form shows is what is trained


def test_a_value_and_the_press_may_come_in_one_message(app, no_worker):
    open_page(app, "train")
    app.text_input(key="form_epochs").set_value("9")
    button(app, "Train").click().run()
    assert not app.exception
    assert queued() == [replace(HERE, epochs=9)]


def test_what_the_form_cannot_train_is_said_and_nothing_is(app, no_worker):
    open_page(app, "train")
    app.text_input(key="form_epochs").set_value("many")
    button(app, "Train").click().run()
    assert not app.exception
    assert "Epochs 'many' is not a number" in "\n".join(e.value for e in app.error)
    assert queued() == []
    app.text_input(key="form_epochs").set_value("5").run()
    app.selectbox(key="form_dataset").select("fashion-mnist")
    button(app, "Train").click().run()
    assert queued() == []


def test_a_preset_and_the_press_may_come_in_one_message(app, no_worker):
    open_page(app, "train")
    app.selectbox(key="preset").select("Linear")
    button(app, "Train").click().run()
    assert not app.exception
    assert [config.output for config in queued()] == ["linear"]
    assert app.selectbox(key="preset").value == "Linear"


# what is trained already


def test_what_ships_is_opened_and_trained_again_by_choice(app, shipped, no_worker):
    open_page(app, "train")
    assert "936,466 parameters; trained already." in texts(app)
    assert not buttons(app, "Train")
    assert len(buttons(app, "Explore it")) == 1
    button(app, "Train again").click().run()
    assert queued() == [shipped]
    assert button(app, "Train again").disabled
    button(app, "Cancel").click().run()
    assert own_run(shipped.key).status.state == "cancelled"
    assert not button(app, "Train again").disabled
    button(app, "Explore it").click().run()
    assert not app.exception
    assert app.selectbox(key="run_picked").value == shipped.key


def test_what_ships_and_was_cancelled_has_one_row_that_opens(app, shipped, no_worker):
    jobs.cancel(jobs.submit(shipped))
    open_page(app, "train")
    (row,) = [m.value for m in app.markdown if m.value.startswith("**Tiny** :gray-badge")]
    assert ":gray-badge[shipped] :gray-badge[cancelled]" in row
    assert "0.0400" in texts(app)
    keys = [b.key for b in app.button if b.key and shipped.key in b.key]
    assert keys == [
        f"explore_{shipped.key}",
        *(f"{word}_{shipped.key}_own" for word in ("go_on", "open", "delete")),
    ]
    app.checkbox(key=f"compare_{shipped.key}_own").check().run()
    assert app.session_state["compare"] == {shipped.key}
    assert buttons(app, "Compare 1 network")
    app.button(key=f"open_{shipped.key}_own").click().run()
    assert app.selectbox(key="run_picked").value == shipped.key


def test_settings_typed_a_moment_ago_that_are_trained_are_not_trained_anew(app, shipped, no_worker):
    app.session_state["train_on"] = "mnist-5k"
    open_page(app, "train")
    app.text_input(key="form_epochs").set_value("9").run()
    app.text_input(key="form_epochs").set_value("5")
    button(app, "Train").click().run()
    assert queued() == []
    assert buttons(app, "Explore it")


def test_of_what_was_trained_here_another_seed_is_trained(app, no_worker):
    for seed in (0, 1):
        train_quickly(replace(HERE, seed=seed))
    open_page(app, "train")
    assert "trained already" in texts(app)
    button(app, "Another seed").click().run()
    assert not app.exception
    assert queued() == [replace(HERE, seed=2)]
    assert [of.value for of in app.text_input if of.label == "Seed"] == ["2"]


def test_a_lesson_that_hides_the_seed_changes_none(app):
    train_quickly(HERE)
    follow(app, "train", hide="train.seed", dataset="mnist-5k")
    assert buttons(app, "Explore it")
    assert not buttons(app, "Another seed")


# how long it takes


def test_tiny_networks_say_nothing_about_a_large_one(app):
    for seed in range(3):
        tiny = RunConfig(dataset="digits-8x8", hidden=(16,), seed=seed)
        train_quickly(tiny).write_history([EpochRecord(1, 0.1, 0.1, 0.5)])
    open_page(app, "train")
    assert "how long it takes shows after a training of such a size" in texts(app)
    near = replace(HERE, seed=7, epochs=2)
    rows = [EpochRecord(1, 0.1, 0.1, 5.0), EpochRecord(2, 0.1, 0.1, 2.0)]
    train_quickly(near).write_history(rows)
    app.run()
    assert "about 13 s at the last speed" in texts(app)  # five epochs, and 3 s to compile


# a link starts nothing


@pytest.fixture
def started(monkeypatch):
    """The programs that are started."""
    found = []

    class Process:
        def poll(self):
            return 0

    monkeypatch.setattr(jobs, "keep_warm", KEEP_WARM)
    monkeypatch.setattr(quality, "_processes", [])
    monkeypatch.setattr(jobs, "_workers", [])  # other tests' may be alive
    monkeypatch.setattr(subprocess, "Popen", lambda of, **_: found.append(of[2]) or Process())
    return found


OTHER = replace(HERE, hidden=(4000, 4000))


@pytest.mark.parametrize("query", [{}, {"run": OTHER.key} | OTHER.to_query()], ids=["", "settings"])
@pytest.mark.parametrize("page", shell.TITLES)
def test_opening_a_page_by_its_address_starts_nothing(app, started, page, query):
    follow(app, page, **query)
    app.run()
    assert not app.exception
    assert started == []
    assert not jobs.likely_path().exists()


def test_a_lesson_that_sends_on_to_train_starts_nothing(app, started):
    hidden = ",".join(name for name in shell.TITLES if name != "train")
    follow(app, "explore", hide=hidden, **OTHER.to_query())
    app.run()
    assert [of.value for of in app.text_input if of.label == "Hidden widths"] == ["4000, 4000"]
    assert started == []


@pytest.mark.parametrize(
    ("page", "module"),
    [("train", "worker"), ("linear_pca", "worker"), ("quality", "quality")],
)
def test_going_to_a_page_makes_it_ready_once(app, started, page, module):
    open_page(app, page)
    app.run()
    assert started == [f"pcae.training.{module}"]


def test_a_setting_that_is_changed_makes_its_network_ready(app, started):
    follow(app, "train")
    app.text_input(key="form_hidden").set_value("99").run()
    assert started == ["pcae.training.worker"]
    assert '"hidden": [\n  99\n ]' in jobs.likely_path().read_text()


def test_quality_measures_when_it_is_asked_to(app, started):
    follow(app, "quality")
    button(app, "Measure what is missing").click().run()
    assert started == ["pcae.training.quality"]
    assert not buttons(app, "Measure what is missing")


def test_data_sets_of_one_title_are_told_apart(app):
    rng = np.random.default_rng(0)
    for _ in range(2):
        found = understood({"train.npz": npz(x=rng.integers(0, 256, (60, 9, 7), np.uint8))})
        owndata.keep(found.data, "train", found.scaling)
    open_page(app, "train")
    for name in names.own():
        app.selectbox(key="form_dataset").set_value(name).run()
        app.text_input(key="form_epochs").set_value("3").run()
        assert app.selectbox(key="form_dataset").value == name
