"""The form and the runs on Train."""

import time

import pytest

from pcae import store
from pcae.config import RunConfig
from pcae.presets import short_name
from pcae.server import loading
from pcae.store import Status, own_run
from pcae.training import jobs
from tests.pages.test_pages import (
    SEED_5,
    button,
    figure,
    finished_copy,
    open_page,
    switch,
    texts,
    train_quickly,
)


def test_a_preset_fills_the_form(app):
    open_page(app, "train")
    app.selectbox(key="preset").select("Hinton & Salakhutdinov 2006, 30-D").run()
    assert app.selectbox(key="preset").value == "Hinton & Salakhutdinov 2006, 30-D"
    assert app.selectbox(key="form_dataset_1").value == "mnist-5k"
    assert app.text_input(key="form_hidden_1").value == "1000, 500, 250"
    assert app.text_input(key="form_k_1").value == "30"
    assert "784-1000-500-250-30" in texts(app)


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("hidden", "512, -3", "-3"),
        ("hidden", "a", "not whole numbers"),
        ("k", "0", "1 to 4,096"),
        ("k", "785", "1 to 784"),
        ("epochs", "0", "1 to 1,000"),
        ("epochs", "10000000", "1 to 1,000"),
        ("learning_rate", "fast", "not a number"),
        ("weight_decay", "0.1", "AdamW"),
    ],
)
def test_bad_settings_get_a_sentence_and_no_training(app, field, text, words):
    open_page(app, "train")
    app.text_input(key=f"form_{field}").set_value(text).run()
    assert not app.exception
    assert words in "\n".join(error.value for error in app.error)
    assert button(app, "Train").disabled
    assert app.text_input(key="form_seed").value == "0"


def test_a_link_fills_the_form_and_a_bad_one_is_said(app):
    config = RunConfig(hidden=(64,), k=5, layer_norm=True, dataset="mnist-5k")
    app.run()
    for name, value in config.to_query().items():
        app.query_params[name] = value
    switch(app, "train")
    assert app.text_input(key="form_hidden").value == "64"
    assert config.name in texts(app)


def test_a_hostile_link_is_a_sentence(app):
    app.run()
    app.query_params["hidden"] = "<script>"
    switch(app, "train")
    assert not app.exception
    assert "The link's settings cannot be used" in texts(app)
    assert app.text_input(key="form_hidden").value == "512, 128"


def test_data_that_is_not_here_is_said_before_training(app):
    open_page(app, "train")
    app.selectbox(key="form_dataset").select("fashion-mnist").run()
    assert not app.exception
    assert "The full Fashion-MNIST is not here" in texts(app)
    assert button(app, "Train").disabled


def test_the_form_survives_a_look_at_another_page(app):
    open_page(app, "train")
    app.text_input(key="form_hidden").set_value("99").run()
    switch(app, "explore")
    switch(app, "train")
    assert app.text_input(key="form_hidden").value == "99"


def test_train_starts_a_run_and_shows_it_until_it_is_finished(app):
    open_page(app, "train")
    app.selectbox(key="form_dataset").select("mnist-5k")
    app.text_input(key="form_hidden").set_value("32")
    app.text_input(key="form_epochs").set_value("2").run()
    button(app, "Train").click().run()
    run = own_run(RunConfig(dataset="mnist-5k", hidden=(32,), epochs=2).key)
    assert jobs.status(run).active
    assert any(b.label == "Cancel" for b in app.button)
    end = time.monotonic() + 60
    while jobs.status(run).active and time.monotonic() < end:
        time.sleep(0.1)
    app.run()
    assert not app.exception
    assert jobs.status(run).state == "finished"
    assert any(b.label == "Explore it" for b in app.button)
    assert "2" in texts(app)
    curve = next(t for t in figure(app)["data"] if t["name"] == "test error")
    assert list(curve["x"]) == [1, 2]


def test_runs_are_ticked_opened_and_deleted(app):
    config = RunConfig(seed=7, epochs=25)
    run = finished_copy(config)
    open_page(app, "train")
    assert "seed 7" in texts(app)
    app.checkbox(key=f"compare_{run.key}_own").check().run()
    assert app.session_state["compare"] == {run.key}
    button(app, "Compare 1 network").click().run()
    assert not app.exception
    assert app.multiselect(key="compared").value == [run.key]
    switch(app, "train")
    app.button(key=f"delete_{run.key}_own").click().run()
    assert run.folder.exists()
    button(app, "Delete it").click().run()
    assert not app.exception
    assert not run.folder.exists()
    assert texts(app).count("seed 7") == 1  # it can be had back
    assert f"{short_name(config)} is deleted." in texts(app)


def test_a_deleted_run_can_be_had_back_unless_it_is_in_training_again(app, no_worker):
    run = finished_copy(RunConfig(seed=7, epochs=25))
    open_page(app, "train")
    app.button(key=f"delete_{run.key}_own").click().run()
    button(app, "Delete it").click().run()
    app.run()
    button(app, "Undo").click().run()
    assert not app.exception
    assert run.trained
    assert app.button(key=f"delete_{run.key}_own").click().run()
    run.write_status(Status("queued", queued=time.time()))
    button(app, "Delete it").click().run()
    assert "It could not be removed: it is in training, cancel it first." in app.error[0].value
    assert run.trained


def test_as_good_is_of_the_network_that_is_chosen_by_then(app):
    from pcae.methods.metrics import equivalent_k

    open_page(app, "reconstructions")
    as_good = next(b for b in app.button if b.key == "as_good")
    app.selectbox(key="run_picked").select(SEED_5.key)
    as_good.click().run()
    assert not app.exception
    view = loading.view("mnist")
    worth = equivalent_k(loading.test_error(store.find(SEED_5.key), view), view.pca.test_error)
    assert app.slider[0].value == round(worth)


@pytest.mark.parametrize("page", ["explore", "reconstructions", "components"])
def test_a_run_deleted_in_another_tab_is_said(app, page):
    run = finished_copy(RunConfig(seed=7, epochs=25))
    app.session_state["run"] = run.key
    open_page(app, page)
    assert app.selectbox(key="run_picked").value == run.key
    store.delete(run)
    app.run()
    assert not app.exception
    assert "not there any more" in texts(app)


@pytest.mark.parametrize("file", ["weights.safetensors", "history.csv", "config.json"])
@pytest.mark.parametrize("page", ["explore", "train", "reconstructions", "components"])
def test_a_file_cut_short_is_a_sentence_on_every_page(app, page, file):
    run = finished_copy(RunConfig(seed=7, epochs=25))
    path = run.folder / file
    path.write_bytes(path.read_bytes()[:-40] if file != "history.csv" else b"epoch\nx,y\n\xff")
    app.session_state["run"] = run.key
    open_page(app, page)
    assert not app.exception
    needed = {"train": "history.csv"}.get(page, "weights.safetensors")
    if file in {"config.json", needed}:
        assert str(path) in texts(app)


def test_an_interrupted_run_can_be_gone_on_with(app):
    config = RunConfig(dataset="mnist-5k", hidden=(32,), epochs=9)
    run = train_quickly(config)
    run.write_status(Status("running", "Training.", epoch=2, batch=3, batches=32))
    app.session_state["watched"] = run.key
    open_page(app, "train")
    assert "The training process ended before it was done" in texts(app)
    app.button(key=f"go_on_{run.key}_own").click().run()
    assert not app.exception
    assert jobs.status(run).active
    jobs.cancel(run)


def test_a_run_that_was_too_much_for_the_gpu_is_offered_the_cpu(app, no_worker):
    run = train_quickly(RunConfig(dataset="mnist-5k", hidden=(32,), epochs=9))
    run.write_status(Status("failed", "The GPU ran out of memory.", cpu_offered=True))
    app.session_state["watched"] = run.key
    open_page(app, "train")
    button(app, "Train on the CPU").click().run()
    assert not app.exception
    assert (run.status.state, run.status.on_cpu) == ("queued", True)


def test_a_queued_run_can_be_moved_up(app):
    runs = [store.create(RunConfig(dataset="mnist-5k", seed=seed)) for seed in range(2)]
    for place, run in enumerate(runs):
        run.write_status(Status("queued", queued=time.time() + place))
    open_page(app, "train")
    assert "queued, 1 before it" in texts(app)
    app.button(key=f"move_up_{runs[1].key}_own").click().run()
    assert not app.exception
    assert jobs.queue() == [runs[1], runs[0]]


def test_the_form_keeps_a_worker_warm_for_what_it_shows(app, monkeypatch):
    likely = []
    monkeypatch.setattr(jobs, "keep_warm", likely.append)
    open_page(app, "train")
    app.text_input(key="form_hidden").set_value("99").run()
    assert [config.hidden for config in likely[-2:]] == [(512, 128), (99,)]
    assert likely[-1].dataset == "mnist-5k"
