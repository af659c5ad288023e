"""The teacher's view: what a link hides stays hidden, and what it sets stays set."""

from pcae.config import RunConfig
from pcae.settings import LABELS
from pcae.ui import shell
from tests.pages.test_link import follow, held, share
from tests.pages.test_pages import button, open_page, switch, texts

BUT_EPOCHS = ",".join(f"train.{name}" for name in LABELS if name != "epochs")


def style(app):
    """The style sheets on the page."""
    return "\n".join(html.body for html in app.get("html") if "<style>" in html.body)


def test_students_can_change_epochs_only(app, no_worker):
    config = RunConfig(dataset="mnist-5k", hidden=(64,), k=3, seed=4)
    follow(app, "train", hide=BUT_EPOCHS, **config.to_query())
    assert [box.key for box in app.text_input] == ["form_epochs"]
    assert not [box for box in app.selectbox if box.label in {"Start from", *LABELS.values()}]
    assert not any(box.label == "Start from" for box in app.selectbox)  # it would change the others
    app.text_input(key="form_epochs").set_value("9").run()
    assert held(app) == config.to_query() | {
        "epochs": "9",
        "hide": ",".join(sorted(BUT_EPOCHS.split(","))),
    }
    switch(app, "glossary")
    switch(app, "train")
    assert [box.value for box in app.text_input] == ["9"]
    button(app, "Train").click().run()
    assert "784-64-3, ELU, 9 epochs" in texts(app)
    assert "seed 4" in texts(app)


def test_hidden_pages_are_not_in_the_navigation_and_send_on_who_asks_for_them(app):
    before = list(shell.TITLES)[: list(shell.TITLES).index("train")]
    follow(app, "quality", hide=",".join(before))
    assert "The page Quality is not part of this lesson: Train is shown." in texts(app)
    assert app.text_input(key="form_epochs").value == "5"
    assert held(app)["hide"] == ",".join(sorted(before))
    app.run()
    assert "not part of this lesson" in texts(app)
    switch(app, "data")
    assert "not part of this lesson" not in texts(app)


def test_the_tour_is_not_offered_in_a_lesson_that_hides_something(app):
    follow(app, "explore", hide="quality")
    assert "New here?" not in texts(app)
    app.session_state["hidden"] = set()
    app.run()
    assert "New here?" in texts(app)


def test_a_lesson_that_hides_every_page_hides_none(app):
    follow(app, "explore", hide=",".join(shell.TITLES))
    assert "The link's hide cannot be used" in texts(app)
    assert "hide" not in held(app)


def test_hidden_controls_are_not_drawn_on_their_page_alone(app):
    follow(app, "explore", hide="explore.timeline,all.network,reconstructions.class")
    assert ".pcae-x-time" in style(app)
    assert "run_picked" in style(app)
    assert "st-key-class" not in style(app)
    switch(app, "reconstructions")
    assert ".pcae-x-time" not in style(app)
    assert "st-key-class" in style(app)


def test_sharing_offers_every_page_setting_and_control(app):
    app.run()
    told = share(app)
    assert told["pages"] == [list(item) for item in shell.TITLES.items()]
    controls = {name: label for _, group in told["controls"] for name, label in group}
    for name, label in LABELS.items():
        assert controls[f"train.{name}"] == label
    assert controls["explore.timeline"] == "Timeline"


def test_a_projector_gets_large_type_on_the_page(app):
    open_page(app, "components")
    assert "font-size:20px" not in style(app)
    app.session_state["projector"] = True
    app.run()
    assert "--pcae-type:1.3" in style(app)  # charts are drawn with it too
    assert "font-size:20px" in style(app)
    assert held(app)["projector"] == "1"
