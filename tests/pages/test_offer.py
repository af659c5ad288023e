"""A link to a network that is not on this machine."""

from urllib.parse import urlencode

from pcae import store
from pcae.config import RunConfig
from pcae.store import Status, own_run
from tests.pages.test_link import follow, held
from tests.pages.test_pages import SEED_25, button, button_labels, texts, train_quickly

CONFIG = RunConfig(dataset="mnist-5k", hidden=(16,), epochs=1)
LINK = {"run": CONFIG.key} | CONFIG.to_query()


def test_a_network_that_is_not_here_is_trained_with_one_click_and_opened(app, no_worker):
    follow(app, "components", **LINK)
    assert f"This network is not on this machine: {CONFIG.name}." in texts(app)
    assert held(app) == LINK
    button(app, "Train it").click().run()
    assert not app.exception
    assert own_run(CONFIG.key).status.state == "queued"
    assert button(app, "Train it").disabled
    assert "Cancel" in button_labels(app)
    store.delete(own_run(CONFIG.key))
    train_quickly(CONFIG)
    app.run()
    assert app.selectbox(key="run_picked").value == CONFIG.key
    assert "not on this machine" not in texts(app)


def test_another_network_can_be_shown_instead(app):
    follow(app, "explore", **LINK)
    button(app, "Show another").click().run()
    assert app.selectbox(key="run_picked").value == SEED_25.key
    assert held(app)["run"] == SEED_25.key


def test_data_that_is_not_here_cannot_be_trained_on(app):
    config = RunConfig(hidden=(16,))
    follow(app, "explore", run=config.key, **config.to_query())
    assert "The full MNIST is not here" in texts(app)
    assert button(app, "Train it").disabled


def test_a_training_that_failed_is_said(app):
    follow(app, "explore", **LINK)
    store.create(CONFIG).write_status(Status("failed", "The disk is full."))
    app.session_state["watched"] = CONFIG.key
    app.run()
    assert "The disk is full." in texts(app)
    assert not button(app, "Train it").disabled


def test_of_compared_networks_a_damaged_one_is_said_and_the_others_are_shown(app):
    parts = (urlencode(config.to_query()) for config in (SEED_25, CONFIG))
    run = store.create(CONFIG)
    (run.folder / "status.json").write_text("[]")
    follow(app, "compare", compare="|".join(parts))
    assert not app.exception
    assert "status.json is damaged" in texts(app)
    assert app.multiselect(key="compared").value == [SEED_25.key]
    assert "Leave out" in button_labels(app)
