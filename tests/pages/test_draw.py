"""Draw through Streamlit's test harness; what is drawn is tested in the browser."""

from pcae import store
from pcae.config import RunConfig
from pcae.presets import PRESETS
from pcae.server import loading, routes
from tests.pages.test_pages import explorer, open_page, texts, train_quickly


def test_draw_says_where_the_parts_of_the_open_network_are(app):
    open_page(app, "draw")
    run, view = store.find(PRESETS["Seed network, 25 epochs"].key), loading.view("mnist")
    assert explorer(app) == routes.addresses(run, view)
    assert run.key in explorer(app)["nearest"]
    assert "2 codes reconstruct as well as" in texts(app)


def test_a_damaged_network_is_a_sentence(app):
    run = train_quickly(RunConfig(dataset="mnist-5k", hidden=(8,)))
    path = run.folder / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-40])
    open_page(app, "draw")
    app.selectbox[0].select(run.key).run()
    assert not app.exception
    assert str(path) in texts(app)
    assert "draw" not in {element.key for element in app.get("bidi_component")}
