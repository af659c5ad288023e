"""The page of a run's files through Streamlit's test harness."""

import subprocess
import sys

import pytest

from pcae import store
from pcae.config import RunConfig
from pcae.presets import PRESETS
from pcae.takehome import code, keras_file
from pcae.takehome.exports import FORMATS
from pcae.training import jobs
from tests.pages.test_pages import button, finished_copy, open_page, texts

SEED_25 = PRESETS["Seed network, 25 epochs"]


def links(app):
    """The formats that can be downloaded, and where."""
    urls = [element.proto.url for element in app.get("link_button")]
    return {url.split("/")[-1]: url for url in urls if not url.startswith("files/site?")}


def site(app):
    """Where the site is made."""
    [url] = [of.proto.url for of in app.get("link_button") if "files/site?" in of.proto.url]
    return url


@pytest.fixture
def process(monkeypatch):
    """What the next process runs in place of making a file."""
    runs = {"code": ""}

    def start(name, key):
        assert (name, key) == ("pcae.takehome.keras_file", SEED_25.key)
        return subprocess.Popen([sys.executable, "-c", runs["code"]], stdin=subprocess.PIPE)

    monkeypatch.setattr(jobs, "start", start)
    return runs


def test_every_format_is_offered_with_the_script_beside(app):
    open_page(app, "take_home")
    run = store.find(SEED_25.key)
    assert set(links(app)) == set(FORMATS) - {"keras", "data"}
    for name, url in links(app).items():
        assert url.startswith(f"files/{run.key}/{run.version}/mnist/")
        assert FORMATS[name].about in texts(app)
    assert app.code[0].value.strip() == code.script(SEED_25, run.history[-1].test_error).strip()
    assert "python -m pcae export 'Seed network, 25 epochs'" in texts(app)


def test_a_site_is_of_the_open_network_or_of_those_ticked_on_train(app):
    open_page(app, "take_home")
    assert site(app) == f"files/site?run={SEED_25.key}"
    assert "This network as plain files" in texts(app)
    ticked = [PRESETS[name].key for name in ("Best 2-D", "Linear")]
    app.session_state["compare"] = {*ticked, "0123456789ab"}
    app.run()
    assert sorted(site(app).split("?")[1].split("&")) == sorted(f"run={key}" for key in ticked)
    assert "The 2 networks ticked on Train as plain files" in texts(app)


def test_the_model_is_made_first_and_then_offered(app, process):
    open_page(app, "take_home")
    process["code"] = "input()"
    button(app, "Make .keras").click().run()
    assert not app.exception
    making = app.button(key="making_keras")
    assert making.disabled
    run = store.find(SEED_25.key)
    path = keras_file._path(run)
    path.parent.mkdir()
    path.write_bytes(b"a model")
    keras_file._processes[path].communicate(b"\n")
    app.run()
    assert not app.exception
    assert set(links(app)) == set(FORMATS) - {"data"}
    assert FORMATS["keras"].make(run, None, None) == b"a model"


def test_a_model_that_could_not_be_made_is_said_and_can_be_tried_again(app, process):
    open_page(app, "take_home")
    button(app, "Make .keras").click().run()
    keras_file._processes[keras_file._path(store.find(SEED_25.key))].wait()
    app.run()
    assert not app.exception
    assert keras_file.WHY_NOT in texts(app)
    process["code"] = "input()"
    button(app, "Make .keras").click().run()
    assert app.button(key="making_keras").disabled
    assert keras_file.WHY_NOT not in texts(app)
    keras_file._processes[keras_file._path(store.find(SEED_25.key))].communicate(b"\n")


def test_a_store_that_cannot_be_written_is_said(app, monkeypatch):
    def start(*_):
        raise OSError(28, "No space left on device")

    open_page(app, "take_home")
    monkeypatch.setattr(jobs, "start", start)
    button(app, "Make .keras").click().run()
    assert not app.exception
    assert "set PCAE_HOME to a folder that can be written" in texts(app)


def test_a_run_deleted_in_another_tab_is_said(app):
    run = finished_copy(RunConfig(seed=7, epochs=25))
    app.session_state["run"] = run.key
    open_page(app, "take_home")
    assert f"files/{run.key}/" in links(app)["report"]
    store.delete(run)
    app.run()
    assert not app.exception
    assert "not there any more" in texts(app)
