"""The page Data through Streamlit's harness: adding data of one's own, using and removing it."""

import io
import re

import numpy as np
import pytest

from pcae import names, store
from pcae.config import RunConfig
from pcae.data import datasets, owndata
from pcae.methods import pca
from pcae.server import loading
from tests.data.reading.test_uploads import PICTURES, npz, table, understood
from tests.pages.test_pages import button, button_labels, explorer, switch, texts, train_quickly


def bring(app, *files):
    """Give files to the page."""
    app.file_uploader[0].set_value(
        [(name, raw, "application/octet-stream") for name, raw in files]
    ).run()
    assert not app.exception


def kept(file, title="Mine"):
    """A data set that was added before."""
    found = understood(dict([file]))
    owndata.keep(found.data, title, found.scaling)
    return datasets.load(found.data.name)


def test_the_page_lists_what_comes_along(app):
    switch(app, "data")
    for title in names.DATASETS.values():
        assert title in texts(app)
    assert button_labels(app).count("Download") == 2
    assert "1,442 training and 355 test images of 8×8 pixels, 10 classes" in texts(app)


def plainly(text):
    """Markdown of `as_text` as the text that it shows."""
    return re.sub(r":color\[\\(.)\]", r"\1", re.sub(r"(?<!\[)\\([^A-Za-z0-9\s])", r"\1", text))


def said(app):
    """What is written on the page, as it shows."""
    return plainly(texts(app))


def widget(kind, label):
    """The widget of a kind with a label."""
    return next(of for of in kind if of.label == label)


def test_data_is_previewed_and_added_and_then_trained_on(app, files):
    switch(app, "data")
    bring(app, files["pictures"])
    assert "60 pictures of 9 × 7 pixels, 3 classes" in said(app)
    assert "Classes: 0 (20), 1 (20), 2 (20)." in said(app)
    assert texts(app).count("data:image/png") == 12
    assert names.own() == []
    app.text_input[0].set_value("My <i>letters</i>")
    button(app, "Add this data").click().run()
    assert not app.exception
    (name,) = names.own()
    assert names.title(name) == "My <i>letters</i>"
    assert "is added" in app.success[0].value
    app.button(key=f"on_{name}").click().run()
    assert not app.exception
    assert app.selectbox(key="form_dataset").value == name
    assert "63-512-128-2, ELU, 5 epochs, My <i>letters</i>" in said(app)
    assert not button(app, "Train").disabled


def test_what_is_unclear_can_be_chosen(app, files):
    switch(app, "data")
    bring(app, files["table"])
    assert "60 rows of 4 columns, 3 classes" in said(app)
    roles = {of.label.removeprefix("Role of "): of for of in app.segmented_control}
    assert {name: roles[name].value for name in ("a", "kind")} == {"a": "feature", "kind": "label"}
    roles["kind"].set_value("left out").run()
    assert "60 rows of 4 columns, unlabelled" in said(app)
    assert "the column “kind”: " in said(app)
    roles = {of.label.removeprefix("Role of "): of for of in app.segmented_control}
    roles["a"].set_value("left out").run()
    assert "60 rows of 3 columns, unlabelled" in said(app)
    take_away(app)
    bring(app, ("s.npy", npy_of(np.random.default_rng(0).random((60, 64)))))
    form = widget(app.selectbox, "A row is")
    assert "60 pictures of 8 × 8 pixels" in said(app)
    form.select("columns").run()
    assert "60 rows of 64 columns" in said(app)
    assert "All are features: column 1 to column 64." in said(app)


def take_away(app):
    """Take the first file away."""
    next(of for of in app.button if (of.key or "").startswith("away_")).click().run()
    assert not app.exception


def npy_of(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def test_one_of_many_columns_is_called_for_by_its_name(app):
    switch(app, "data")
    rows = np.random.default_rng(0).random((60, 50))
    bring(app, ("wide.csv", table(rows, head=[f"c{i}" for i in range(50)])))
    assert [of for of in app.segmented_control if of.label.startswith("Role")] == []
    widget(app.selectbox, "Another column").select("c7").run()
    (role,) = [of for of in app.segmented_control if of.label.startswith("Role")]
    role.set_value("left out").run()
    assert "60 rows of 49 columns" in said(app)
    assert "49 more are features: c0 to c49." in said(app)


def test_pictures_are_mended_in_sight(app, files):
    switch(app, "data")
    bring(app, files["pictures"])
    before = pictures(app)
    widget(app.segmented_control, "Light and dark").set_value(True).run()
    inverted = pictures(app)
    assert not set(before) & set(inverted)
    widget(app.selectbox, "Turned").select(1).run()
    assert "60 pictures of 7 × 9 pixels" in said(app)
    widget(app.selectbox, "Turned").select(0).run()
    assert pictures(app) == inverted


def pictures(app):
    return re.findall(r"data:image/png;base64,[^\"]*", texts(app))


def test_the_same_files_come_with_the_same_choices(app, files):
    switch(app, "data")
    bring(app, files["pictures"])
    widget(app.selectbox, "Turned").select(3).run()
    button(app, "Add this data").click().run()
    before = names.own()
    bring(app, ("another name.npz", files["pictures"][1]))
    assert widget(app.selectbox, "Turned").value == 3
    button(app, "Add this data").click().run()
    assert names.own() == before


def test_what_cannot_be_used_gets_a_sentence_and_nothing_is_lost(app, files):
    switch(app, "data")
    bring(app, ("bad.npy", b"\x93NUMPY"))
    assert "“bad.npy” " in said(app)
    assert app.error
    assert "Add this data" not in button_labels(app)
    take_away(app)
    bring(app, files["pictures"])
    assert not app.error
    assert "Add this data" in button_labels(app)


PAGES = (
    *("explore", "reconstructions", "components", "latent_plane"),
    *("draw", "quality", "compare", "train"),
)


@pytest.mark.parametrize("kind", ["pictures", "table", "unlabelled"])
def test_every_page_shows_a_network_of_such_data(app, files, kind, monkeypatch):
    monkeypatch.setattr("pcae.training.quality.start", lambda: None)
    data = kept(files.get(kind, ("x.npz", npz(x=PICTURES))))
    run = train_quickly(RunConfig(dataset=data.name, hidden=(8,)))
    app.session_state["run"] = run.key
    app.session_state["compare"] = {run.key}
    said = {}
    for page in PAGES:
        switch(app, page)
        assert not app.error
        said[page] = texts(app)
        if page == "explore":
            assert explorer(app)["digits"] == f"explorer/digits/{data.name}/{data.digest}/"
        if page == "reconstructions" and kind == "table":
            shown = app.dataframe[0].value
            original = shown[shown["Shown as"] == "Original"]
            first = data.values(data.test.pixels(slice(0, 10)))[:, 0]
            np.testing.assert_allclose(original["a"], first, rtol=1e-5)
    assert "brought into MNIST's form" in said["draw"]
    assert ("in the units of the data" in said["latent_plane"]) == (kind == "table")
    pictures = 0 if kind == "table" else 3 * 10 + 2
    assert said["reconstructions"].count("data:image/png") == pictures
    if kind == "unlabelled":
        assert "all" not in re.findall("<td>(.*?)</td>", said["reconstructions"])
        assert ">A</td>" in said["latent_plane"]


def remove(app, name):
    """Remove a data set, and say that it is meant."""
    app.button(key=f"remove_{name}").click().run()
    assert names.own() == [name]
    button(app, "Remove it").click().run()
    app.run()  # as the dialog asks for
    assert not app.exception


def test_data_is_removed_once_it_is_meant_and_its_networks_say_so(app, files, monkeypatch):
    monkeypatch.setattr("pcae.training.quality.start", lambda: None)
    data = kept(files["pictures"])
    run = train_quickly(RunConfig(dataset=data.name, hidden=(8,)))
    app.session_state["run"] = run.key
    switch(app, "data")
    loading.view(data.name)
    cached = pca._path(data.digest)
    assert cached.exists()
    assert "Networks trained on it: 1." in texts(app)
    app.button(key=f"remove_{data.name}").click().run()
    assert "Networks trained on it: 1. They stay on Train" in texts(app)
    remove(app, data.name)
    assert names.own() == []
    assert not cached.exists()
    assert "“Mine” is removed." in texts(app)
    assert store.find(run.key)
    for page in ("explore", "reconstructions", "compare", "train", "quality"):
        app.session_state["compared"] = [run.key]
        switch(app, page)
        assert not app.exception
    switch(app, "explore")
    assert "it was removed" in app.error[0].value
    kept(files["pictures"])
    app.run()
    assert not app.error
    assert explorer(app)["run"].startswith(f"explorer/run/{run.key}/")


@pytest.mark.parametrize("about", ["[]", "null", '{"title": null}', '{"classes": 5}', ""])
def test_damaged_data_is_said_and_can_be_removed_and_the_rest_goes_on(app, files, about):
    data, other = kept(files["pictures"]), kept(files["table"], "Flowers")
    runs = [train_quickly(RunConfig(dataset=of.name, hidden=(8,))) for of in (data, other)]
    (names.folder(data.name) / "about.json").write_text(about)
    app.session_state["compare"] = {run.key for run in runs}
    for page in PAGES if about == "[]" else ["compare", "quality"]:  # all read it in one place
        app.session_state["run"] = runs[1].key
        switch(app, page)
        assert not app.exception
        assert bool(app.error) == (page == "compare")
    app.session_state["run"] = runs[0].key
    switch(app, "explore")
    assert "is damaged. Remove it on the page Data" in app.error[0].value
    switch(app, "data")
    assert f"**damaged data ({data.name})**" in said(app)
    assert "Networks trained on it: 1." in texts(app)
    app.button(key=f"remove_{data.name}").click().run()
    app.button(key="remove_it").click().run()
    assert not app.exception
    assert names.own() == [other.name]


def test_a_download_that_fails_says_why(app):
    switch(app, "data")
    app.button(key="get_fashion-mnist").click().run()
    loading.download("fashion-mnist")._thread.join()
    app.run()
    assert "Fashion-MNIST could not be downloaded" in app.error[0].value
    assert "Download" in button_labels(app)


def test_removed_data_can_be_had_back(app, files):
    data = kept(files["pictures"])
    switch(app, "data")
    remove(app, data.name)
    switch(app, "glossary")
    switch(app, "data")
    button(app, "Undo").click().run()
    assert not app.exception
    assert names.own() == [data.name]
    assert "**Mine**" in texts(app)
    assert "is removed" not in texts(app)


def test_what_was_added_again_meanwhile_stays_and_is_said(app, files):
    data = kept(files["pictures"])
    switch(app, "data")
    remove(app, data.name)
    kept(files["pictures"], "Newer")
    app.run()
    button(app, "Undo").click().run()
    assert "It is not brought back" in app.toast[0].value
    assert names.title(data.name) == "Newer"


def test_after_ten_seconds_it_is_not_offered_any_more(app, files, monkeypatch):
    data = kept(files["pictures"])
    switch(app, "data")
    remove(app, data.name)
    monkeypatch.setattr("pcae.ui.undo.Removed.seconds_left", 0)
    app.run()
    assert "Undo" not in button_labels(app)
    assert "is removed" not in texts(app)


def test_data_that_cannot_be_removed_stays_and_is_said(app, files, monkeypatch):
    data = kept(files["pictures"])
    switch(app, "data")

    def refuse(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(owndata, "remove", refuse)
    app.button(key=f"remove_{data.name}").click().run()
    button(app, "Remove it").click().run()
    assert "It could not be removed: Permission denied." in app.error[0].value
    assert names.own() == [data.name]


def test_a_choice_of_a_moment_ago_counts_when_the_data_is_added(app, files):
    switch(app, "data")
    bring(app, files["table"])
    app.text_input[0].set_value("Flowers")
    widget(app.segmented_control, "Role of kind").set_value("left out")
    button(app, "Add this data").click().run()
    assert not app.exception
    (name,) = names.own()
    assert names.about(name)["title"] == "Flowers"
    assert not datasets.load(name).labelled
