"""While a page is open, somebody else deletes what it shows: it says so, and goes on."""

import shutil
import time

import pytest

from pcae import names, store
from pcae.data import datasets, owndata
from pcae.files import home
from pcae.presets import PRESETS
from pcae.store import Status
from pcae.training import jobs, sweep
from pcae.ui import shell
from tests.damages import SMALL, make_store
from tests.pages.test_pages import button, switch, texts

GRID = "A grid of trainings"


@pytest.fixture
def runs(app, no_worker, monkeypatch):
    """A store with runs, data and a sweep; each visit has opened and ticked what is of its own."""
    monkeypatch.setattr("pcae.training.quality.start", lambda: None)
    runs = make_store(datasets.load("digits-8x8"))
    mine = runs[1].key
    app.session_state["run"] = app.session_state["watched"] = mine
    app.session_state["compare"] = {run.key for run in runs}
    app.session_state["pinned"] = app.session_state["selected"] = [1, 2]
    return runs


def delete_runs(runs):
    for run in runs:
        store.delete(run)


def remove_data(_):
    for name in names.own():
        owndata.remove(name)


def remove_sweeps(_):
    for key in sweep.kept():
        sweep.remove(key)


def remove_all(_):
    shutil.rmtree(home())


@pytest.mark.parametrize("act", [delete_runs, remove_data, remove_sweeps, remove_all])
def test_every_page_goes_on(app, runs, act, tmp_path):
    shutil.copytree(home(), tmp_path / "good")
    pages = ["train", "compare"] if act is remove_sweeps else shell.TITLES  # which show them
    for page in [*pages, GRID]:
        shutil.rmtree(home(), ignore_errors=True)
        shutil.copytree(tmp_path / "good", home())
        app.session_state["run"] = runs[1].key
        app.session_state["compare"] = {run.key for run in runs}
        app.session_state["compare_part"] = page if page == GRID else "Side by side"
        switch(app, "compare" if page == GRID else page)
        act(runs)
        app.run()
        assert not app.exception, page
        app.run()
        assert not app.exception, page


def test_compare_opens_without_what_was_deleted(app, runs):
    store.delete(runs[0])
    switch(app, "compare")
    assert f"since deleted: {runs[0].key}. The others are shown." in texts(app)
    assert set(app.multiselect(key="compared").value) == {run.key for run in runs[1:]}
    switch(app, "explore")
    switch(app, "compare")
    assert "since deleted" not in texts(app)


def test_what_was_deleted_can_still_be_chosen_where_a_page_offers_it(app, runs):
    app.session_state["compare"] = {runs[1].key, runs[2].key}
    switch(app, "compare")
    store.delete(runs[0])
    app.multiselect(key="compared").select(runs[0].key).run()
    assert not app.exception
    switch(app, "explore")
    store.delete(runs[2])
    app.selectbox(key="run_picked").select(runs[2].key).run()
    assert not app.exception
    switch(app, "reconstructions")
    app.selectbox(key="class").select(2).run()
    store.delete(runs[1])
    app.run()
    assert not app.exception
    assert "it was deleted. Another is shown." in texts(app)


@pytest.mark.parametrize("label", ["Open", "Delete", "Go on", "Cancel", "Compare", "Move up"])
def test_the_row_of_a_deleted_run_can_still_be_clicked(app, runs, label):
    run = {"Go on": store.own_run(PRESETS["Seed network, 5 epochs"].key)}.get(label, runs[0])
    if label in {"Cancel", "Move up"}:
        run.write_status(Status("queued", queued=time.time()))
    if label == "Go on":
        run.write_status(Status("failed", "No."))
    switch(app, "train")
    widgets = app.checkbox if label == "Compare" else app.button
    widget = widgets(key=f"{label.lower().replace(' ', '_')}_{run.key}_own")
    store.delete(run)
    (widget.uncheck() if label == "Compare" else widget.click()).run()
    assert not app.exception
    assert home().exists()


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("config.json", "[]"),
        ("status.json", '{"state": 5}'),
        ("status.json", '{"state": "running", "epoch": null}'),
        ("record.json", '{"equivalent_k": "x"}'),
        ("history.csv", "epoch,train_loss,test_error,seconds\n1,nan,0.1,1\n"),
        ("weights.safetensors", None),
    ],
)
def test_a_damaged_run_is_said_in_its_row_and_can_be_deleted(app, runs, file, text):
    path = runs[0].folder / file
    path.unlink()
    if text is None:
        path.mkdir()
    else:
        path.write_text(text)
    switch(app, "train")
    assert text is None or f"{path.name} is damaged" in texts(app)
    app.button(key=f"delete_{runs[0].key}_own").click().run()
    button(app, "Delete it").click().run()
    assert not app.exception
    assert not runs[0].folder.exists()
    assert f"{runs[1].key}_own" in " ".join(of.key for of in app.button if of.key)


def test_data_that_was_removed_can_still_be_clicked(app, runs):
    for label in ("Train on it", "Remove my data"):
        switch(app, "data")
        name = names.own()[0]
        of = next(b for b in app.button if b.label == label and name in b.key)
        owndata.remove(name)
        of.click().run()
        assert not app.exception
        if label == "Train on it":
            assert app.selectbox(key="form_dataset").value == name
            assert "it was removed" in texts(app)


@pytest.mark.parametrize("label", ["Remove", "Go on"])
def test_a_grid_that_was_removed_can_still_be_clicked(app, runs, label):
    app.session_state["compare_part"] = GRID
    switch(app, "compare")
    of = button(app, label)
    remove_sweeps(runs)
    of.click().run()
    assert not app.exception


def test_a_preset_that_is_queued_again_is_shown_as_it_ships(app, runs):
    (key,) = (run.key for run in jobs.queue())
    assert key == PRESETS["Seed network, 5 epochs"].key
    assert store.find(key).shipped
    app.session_state["compare"] = {key}
    switch(app, "compare")
    assert app.multiselect(key="compared").value == [key]
    assert not app.error
    app.session_state["run"] = key
    for page in ("explore", "reconstructions", "take_home", "components"):
        app.session_state["compare"] = {key, SMALL.key}
        switch(app, page)
        assert app.selectbox(key="run_picked").value == key
        assert not app.error
        assert not app.warning
