"""The pages as a student of a class has them: what is not theirs says so, and cannot be pressed."""

from dataclasses import replace

import pytest

from pcae import kept, names, rights, store
from pcae.config import RunConfig
from pcae.data import datasets
from pcae.data.published import gallery
from pcae.rights import Visitor
from pcae.server import loading
from pcae.store import Status
from pcae.training import jobs, sweep
from pcae.training.sweep import Sweep
from pcae.ui.training_view import NOT_OWN
from tests.data.test_shared_data import brought
from tests.pages.test_data import bring
from tests.pages.test_pages import (
    SEED_5,
    button,
    finished_copy,
    open_page,
    switch,
    texts,
    train_quickly,
)
from tests.training.test_turns import ANN, BEN, TEACHER, limit

SMALL = RunConfig(dataset="mnist-5k", hidden=(4,), epochs=1)
NEW = RunConfig(seed=7, epochs=25)


@pytest.fixture
def page_of():
    """Whose page is drawn, until it is another's: pages are drawn in threads of their own."""
    before = rights._find
    yield lambda visitor: rights.find_with(lambda: visitor)
    rights.find_with(before)


def made_by(visitor, make, *of):
    with rights.acting(visitor):
        return make(*of)


def labelled(app, key):
    return app.button(key=key)


def press(app, key):
    """Press a disabled button as a hostile browser may; Streamlit has it do nothing."""
    of = app.button(key=key)
    of.proto.disabled = False
    of.click().run()
    assert not app.exception


def test_of_another_students_network_nothing_can_be_pressed(app, page_of, no_worker):
    run = made_by(ANN, finished_copy, NEW)
    page_of(BEN)
    open_page(app, "train")
    delete = labelled(app, f"delete_{run.key}_own")
    assert (delete.disabled, delete.help) == (True, NOT_OWN)
    page_of(ANN)
    app.run()
    assert not labelled(app, f"delete_{run.key}_own").disabled
    assert not labelled(app, f"delete_{run.key}_own").help


def test_a_button_that_is_pressed_after_it_was_ones_own_is_refused_in_a_sentence(
    app, page_of, no_worker
):
    run = made_by(ANN, jobs.submit, NEW)
    page_of(ANN)
    open_page(app, "train")
    page_of(BEN)
    labelled(app, f"cancel_{run.key}_own").click().run()
    assert not app.exception
    assert "A training is cancelled by those whose it is, or by the teacher." in texts(app)
    assert run.status.state == "queued"
    assert labelled(app, f"cancel_{run.key}_own").disabled
    assert labelled(app, f"cancel_watched_{run.key}").disabled


def test_a_dialog_that_was_opened_by_whose_it_was_is_refused_in_a_sentence(app, page_of):
    run = made_by(ANN, finished_copy, NEW)
    page_of(ANN)
    open_page(app, "train")
    labelled(app, f"delete_{run.key}_own").click().run()
    page_of(BEN)
    button(app, "Delete it").click().run()
    assert not app.exception
    assert "A network is deleted by those whose it is, or by the teacher." in texts(app)
    assert run.trained


def test_one_of_two_deletes_a_network_and_the_other_keeps_it(app, page_of):
    run = made_by(ANN, finished_copy, NEW)
    rights.claim(run.folder, BEN)
    page_of(ANN)
    open_page(app, "train")
    labelled(app, f"delete_{run.key}_own").click().run()
    button(app, "Delete it").click().run()
    app.run()
    assert run.trained
    assert rights.owners(run.folder) == {"ben"}
    assert labelled(app, f"delete_{run.key}_own").disabled


def test_a_limit_is_said_where_the_training_was_asked_for(app, page_of, no_worker):
    limit(training=10)
    page_of(ANN)
    open_page(app, "train")
    app.text_input(key="form_hidden").set_value("99")
    app.selectbox(key="form_dataset").set_value("mnist-5k").run()
    labelled(app, "train").click().run()
    assert not app.exception
    assert "choose fewer epochs or narrower layers." in texts(app)
    assert jobs.queue() == []


def test_a_student_is_offered_another_seed_of_what_ships(app, page_of, no_worker, monkeypatch):
    view = loading.view("mnist")
    monkeypatch.setattr(loading, "view", lambda name: replace(view, problem=None))
    page_of(ANN)
    app.query_params.update(SEED_5.to_query())
    switch(app, "train")
    assert labelled(app, "train_again").label == "Another seed"
    labelled(app, "train_again").click().run()
    assert [run.config for run in jobs.queue()] == [replace(SEED_5, seed=SEED_5.seed + 1)]


def test_a_student_sees_that_the_queue_is_paused(app, page_of, no_worker):
    jobs.pause(True)
    page_of(ANN)
    run = made_by(ANN, jobs.submit, SMALL)
    open_page(app, "train")
    assert app.get("progress")[0].proto.text == "The teacher has paused the queue."
    page_of(TEACHER)
    jobs.pause(False)
    run.write_status(Status("queued", queued=jobs.time.time()))
    app.run()
    assert app.get("progress")[0].proto.text == "Starting."


def test_a_network_moves_up_past_ones_own_alone(app, page_of, no_worker):
    limit(waiting=5)
    first, second = (made_by(ANN, jobs.submit, replace(NEW, seed=seed)) for seed in (1, 2))
    third = made_by(ANN, jobs.submit, replace(NEW, seed=3))
    bens = made_by(BEN, jobs.submit, replace(NEW, seed=4))
    assert jobs.queue() == [first, bens, second, third]
    page_of(ANN)
    open_page(app, "train")
    disabled = {run: labelled(app, f"move_up_{run.key}_own").disabled for run in (second, third)}
    assert disabled == {second: True, third: False}
    labelled(app, f"move_up_{third.key}_own").click().run()
    assert jobs.queue() == [first, bens, third, second]
    press(app, f"move_up_{third.key}_own")  # past Ben's now
    assert jobs.queue() == [first, bens, third, second]


def test_grids_are_left_to_the_teacher(app, page_of, no_worker):
    grid = Sweep(base=SMALL, hidden=[(4,)], k=[2], epochs=[1], seed=[1, 2])
    sweep.submit(grid)
    page_of(ANN)
    app.query_params["compare_part"] = "A grid of trainings"
    switch(app, "compare")
    assert labelled(app, "sweep_train").disabled
    assert sweep.NOT_ALLOWED in texts(app)
    assert labelled(app, f"cancel_{grid.key}").disabled
    press(app, f"cancel_{grid.key}")
    page_of(TEACHER)
    app.run()
    page_of(ANN)  # pressed after it was drawn for the teacher
    labelled(app, f"cancel_{grid.key}").click().run()
    assert "A grid of networks is cancelled by those whose it is" in texts(app)
    assert jobs.state(store.own_run(grid.configs[0].key)) == "queued"
    with rights.acting(TEACHER):
        sweep.cancel(grid)
    app.run()
    assert labelled(app, f"remove_{grid.key}").disabled
    press(app, f"remove_{grid.key}")
    assert sweep.kept() == [grid.key]


def test_data_of_others_is_not_on_the_page_and_the_teachers_cannot_be_removed(app, page_of):
    theirs, anns = brought(TEACHER, 0, "Of the class"), brought(ANN, 1, "Anns secret")
    page_of(BEN)
    switch(app, "data")
    assert "Of the class" in texts(app)
    assert "Anns secret" not in texts(app)
    assert labelled(app, f"remove_{theirs}").disabled
    assert not [of for of in app.button if anns in (of.key or "")]
    page_of(ANN)
    app.run()
    labelled(app, f"remove_{anns}").click().run()
    page_of(BEN)
    button(app, "Remove it").click().run()
    assert not app.exception
    assert "Data is removed by those whose it is, or by the teacher." in texts(app)
    with rights.acting(ANN):
        assert names.title(anns) == "Anns secret"


def test_networks_on_anothers_data_are_on_no_page(app, page_of):
    run = made_by(ANN, train_quickly, replace(SMALL, dataset=brought(ANN, 1, "Anns secret")))
    page_of(BEN)
    app.query_params["run"] = run.key
    for name in ("train", "explore", "compare", "quality", "components", "take_home"):
        open_page(app, name)
        assert "Anns secret" not in texts(app)
        assert run.key not in str([(box.options, box.value) for box in app.selectbox])
        assert not [of for of in app.button if run.key in (of.key or "")]
    app.query_params.update(run.config.to_query())
    open_page(app, "train")
    assert "Anns secret" not in texts(app)


def test_more_data_than_allowed_is_refused_in_a_sentence(app, page_of):
    from tests.data.reading.test_uploads import LABELS, PICTURES, npz

    limit(uploads=0, upload_mb=7, upload_hours=2)
    page_of(ANN)
    switch(app, "data")
    assert "200,000 rows, and 7 MB." in texts(app)
    assert "for you and the teacher alone, and removed after 2 hours" in texts(app).replace(
        "\n", " "
    )
    bring(app, ("mine.npz", npz(x=PICTURES, y=LABELS)))
    button(app, "Add this data").click().run()
    assert not app.exception
    assert "A student may keep 0 data sets: remove one" in texts(app)


def test_take_home_says_that_files_are_left_to_whose_the_network_is(app, page_of):
    run = made_by(ANN, finished_copy, NEW)
    app.session_state["run"] = run.key
    page_of(BEN)
    open_page(app, "take_home")
    assert kept.NOT_TAKEN in texts(app)
    assert not app.get("link_button")
    assert not [of for of in app.button if of.key == "make_keras"]
    page_of(ANN)
    app.run()
    assert kept.NOT_TAKEN not in texts(app)
    assert app.get("link_button")
    page_of(BEN)
    labelled(app, "make_keras").click().run()
    assert not app.exception
    assert kept.NOT_TAKEN in texts(app)


def test_whom_the_server_does_not_know_is_told_so(app, page_of, no_worker):
    page_of(rights.NOBODY)
    app.query_params.update(SMALL.to_query())
    switch(app, "train")
    labelled(app, "train").click().run()
    assert not app.exception
    assert "let this browser keep the cookies" in texts(app)
    page_of(Visitor("new"))
    labelled(app, "train").click().run()
    assert [rights.owners(run.folder) for run in jobs.queue()] == [{"new"}]


def test_data_is_fetched_anew_and_from_elsewhere_by_the_teacher(app, page_of):
    path = datasets.keras_cache() / "mnist.npz"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"PK\3\4")
    page_of(BEN)
    switch(app, "explore")
    assert "Fetch it anew" not in {of.label.partition(" :gray")[0] for of in app.button}
    switch(app, "data")
    assert "Olivetti faces" not in texts(app)
    assert not [of for of in app.button if of.key in {f"get_{key}" for key in gallery.SOURCES}]
    assert labelled(app, "anew_mnist").disabled
    press(app, "anew_mnist")
    assert loading.fetching("mnist") is None
    page_of(TEACHER)
    app.run()
    assert "Olivetti faces" in texts(app)
    assert not labelled(app, "anew_mnist").disabled
