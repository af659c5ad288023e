"""An address that is opened within a visit shows what it would show on arrival."""

from unittest.mock import ANY

import pytest

from pcae.config import RunConfig
from pcae.ui import link, undo, visit
from tests.pages.test_link import held, share
from tests.pages.test_pages import SEED_5, SEED_25, explorer, switch, texts


@pytest.fixture
def opened(app, monkeypatch):
    """Opens an address from within the drawing of whatever page is shown."""
    asked = []
    monkeypatch.setattr(undo, "show", lambda: link.open(asked.pop()) if asked else None)

    def open_(address):
        asked.append(address)
        return app.run()

    return open_


def test_an_address_goes_to_its_page_with_its_run_its_widgets_and_its_pins(app, opened):
    switch(app, "glossary")
    opened(f"reconstructions?run={SEED_5.key}&which=Worst&how_many=7&pinned=3,4#k=2")
    assert app.selectbox(key="run_picked").value == SEED_5.key
    assert app.button_group(key="which").value == "Worst"
    assert app.number_input(key="how_many").value == 7
    assert app.session_state["pinned"] == [3, 4]
    assert held(app).items() >= {"run": SEED_5.key, "which": "Worst", "how_many": "7"}.items()
    assert len(app.warning) == 0


def test_what_it_does_not_name_is_as_usual(app, opened):
    switch(app, "reconstructions")
    app.selectbox(key="class").set_value(3).run()
    app.number_input(key="how_many").set_value(4).run()
    app.session_state["pinned"] = [1]
    opened("reconstructions?which=Best&hide=glossary")
    assert (app.selectbox(key="class").value, app.number_input(key="how_many").value) == (None, 10)
    assert app.button_group(key="which").value == "Best"
    assert app.session_state["pinned"] == []
    assert held(app)["hide"] == "glossary"
    opened("reconstructions")
    assert app.button_group(key="which").value == "First"
    assert "hide" not in held(app)
    assert held(app)["run"] == SEED_25.key


def test_the_form_on_train_has_the_settings_of_an_address_of_train_alone(app, opened):
    switch(app, "train")
    app.text_input(key="form_k").set_value("3").run()
    opened("components?k=5&epochs=9")
    switch(app, "train")
    assert app.text_input(key="form_k").value == "3"
    opened("train?k=7&dataset=mnist-5k")
    assert held(app) == RunConfig(k=7, dataset="mnist-5k").to_query()
    opened("train")
    assert "k" not in held(app)


def test_the_explorer_is_as_usual_where_nothing_is_said_of_it(app, opened):
    opened("explore")
    (first, text) = explorer(app)["opening"]
    assert text == "at=0"
    opened("./#at=7")
    assert explorer(app)["opening"] == [ANY, "at=7"]
    assert explorer(app)["opening"][0] != first


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/components",
        "//elsewhere.example/components",
        "javascript:alert(1)",
        "../components",
        "no_such_page",
        "teacher",
        "components\n",
        "http://[",
        "components?" + "a=1&" * 101,
        "components?run=" + "a" * 30_000,
    ],
)
def test_an_address_that_is_none_of_ours_is_refused_in_a_sentence(app, opened, address):
    switch(app, "glossary")
    opened(address)
    assert "The link's address cannot be used" in texts(app)
    assert share(app)["page"] == "glossary"


def test_what_an_address_has_wrong_is_said_on_its_page(app, opened):
    opened("components?run=0123456789ab&log_axes=7&what=1")
    (said,) = [warning.value for warning in app.warning]
    assert all(part in said for part in ("run", "log_axes", "unknown parts"))


def test_an_address_that_is_opened_is_nobody_who_went_there(app, opened, monkeypatch):
    switch(app, "glossary")
    visited = []
    app.session_state["acted"] = False
    monkeypatch.setattr(visit, "act", lambda: visited.append(1))
    opened("linear_pca")
    assert visited == []
    switch(app, "glossary")
    assert visited == [1]
