"""What the routes answer to students: what they may see and take home, and how much at a time."""

import io
import threading
from types import SimpleNamespace

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit import runtime

from pcae import kept, rights, store
from pcae.config import RunConfig
from pcae.data.apart.spool import Spool
from pcae.presets import PRESETS
from pcae.rights import NOBODY, Denied
from pcae.server import answers, loading, routes, uploading
from pcae.server.answers import Answer, Turns, answering
from pcae.takehome import keras_file
from tests.asking import Asked, app, ask
from tests.data.test_shared_data import brought, trained_on
from tests.training.test_turns import ANN, BEN, TEACHER, limit

SHIPPED = PRESETS["Linear"].key

pytestmark = pytest.mark.usefixtures("pca_kept")


@pytest.fixture(autouse=True)
def with_class(monkeypatch):
    monkeypatch.setenv("PCAE_CLASS", "1")


def places(run):
    """Every address of a run, by what it is."""
    view = loading.view(run.config.dataset)
    found = routes.addresses(run, view)
    scores = ",".join(["0"] * run.config.k)
    return {
        "digits": f"{found['digits']}test/0",
        "pca": found["pca"],
        "run": f"{found['run']}test",
        "decoder": f"{found['decoder']}test",
        "encoder": found["encoder"],
        "nearest": f"{found['nearest']}?scores={scores}&code={scores}",
        "file": routes.file_address(run, view, "csv"),
        "script": routes.file_address(run, view, "script"),
    }


def statuses(visitor, addresses):
    found = ask(*(Asked(address, visitor) for address in addresses))
    assert all(of.status == 200 or of.text.endswith(".") for of in found), "a sentence says why"
    return {of.status for of in found}


def test_of_anothers_data_nothing_is_answered():
    limit(making=9)  # all are asked for at once
    run = trained_on(ANN, brought(ANN))
    addresses = places(run).values()
    assert statuses(BEN, addresses) == statuses(NOBODY, addresses) == {404}
    assert statuses(ANN, addresses) == {200}
    assert statuses(BEN, addresses) == {404}  # although it is made now, and kept
    assert statuses(TEACHER, addresses) == {200}
    (answer,) = ask(Asked(places(run)["digits"], ANN))
    assert answer.headers["cache-control"].startswith("private")
    site = [routes.site_address([run.key])]
    assert statuses(BEN, site) == statuses(NOBODY, site) == {404}


def test_files_are_taken_home_of_ones_own_and_of_what_ships():
    limit(making=9)
    run = trained_on(ANN, "mnist-5k")
    found = places(run)
    files = [found.pop("file"), found.pop("script")]
    assert statuses(BEN, found.values()) == {200}
    assert statuses(BEN, files) == statuses(NOBODY, files) == {403}
    site = [routes.site_address([SHIPPED, run.key])]
    assert statuses(BEN, site) == statuses(NOBODY, site) == {403}
    assert statuses(ANN, site) == {200}
    assert statuses(ANN, files) == statuses(TEACHER, files) == {200}
    assert statuses(BEN, files) == {403}
    (answer,) = ask(Asked(files[0], BEN))
    assert answer.text == kept.NOT_TAKEN
    shipped = places(store.find(PRESETS["Seed network, 5 epochs"].key))
    assert statuses(BEN, [shipped["script"], shipped["file"]]) == {200}


def test_no_process_makes_the_keras_file_of_anothers_network(monkeypatch):
    run = trained_on(ANN, "mnist-5k")
    monkeypatch.setattr(keras_file.jobs, "start", None)
    with rights.acting(BEN), pytest.raises(Denied, match="taken home by those whose it is"):
        keras_file.start(run)


def waiting_app(turns=None, costly=True):
    """An app whose every address is made once `go` is set; who has been acted as."""
    go, acted = threading.Event(), []

    def make():
        acted.append(rights.who())
        assert go.wait(20)
        return io.BytesIO(b"made")

    def asked(request):
        what = request.path_params["what"]
        return Answer(what, "text/plain", {}, make, turns=turns or Turns(4, 20), costly=costly)

    return app(Route("/made/{what}", answering(asked))), go, acted


def count(found):
    return sorted(of.status for of in found)


@pytest.mark.parametrize("most", [1, 3])
def test_a_student_has_so_many_in_the_making_and_others_are_not_held_up(most):
    limit(making=most)
    of, go, acted = waiting_app(Turns(20, 20))
    many = [Asked(f"made/{i}", ANN) for i in range(most + 2)]
    same = [Asked("made/b", BEN)] * 5  # is made once
    teachers = [Asked(f"made/t{i}", TEACHER) for i in range(6)]
    threading.Timer(0.5, go.set).start()
    found = ask(*many, *same, *teachers, of=of)
    assert count(found[: len(many)]) == [200] * most + [429] * 2
    assert count(found[len(many) :]) == [200] * 11
    (told,) = {answer.text for answer in found if answer.status == 429}
    assert told.startswith(f"{most} of your files or searches are in the making")
    assert next(of for of in found if of.status == 429).headers["retry-after"] == "10"
    assert set(acted) == {ANN, BEN, TEACHER}  # each is made for who asks
    assert count(ask(*many[:most], of=of)) == [200] * most
    assert not answers.MAKING._counts


def test_what_cannot_be_made_counts_no_more():
    def fail():
        raise FileNotFoundError

    turns = Turns(1, 9)
    of = app(
        Route(
            "/made/{what}",
            answering(
                lambda request: Answer(
                    request.path_params["what"], "a/b", {}, fail, turns=turns, costly=True
                )
            ),
        )
    )
    for _ in range(4):
        assert count(ask(Asked("made/a", ANN), of=of)) == [404]
    assert not answers.MAKING._counts


def test_what_costs_little_has_no_limit_a_student():
    of, go, _ = waiting_app(costly=False)
    go.set()
    assert count(ask(*(Asked(f"made/{i}", ANN) for i in range(9)), of=of)) == [200] * 9


# uploads


@pytest.fixture
def taken(monkeypatch):
    """Stands for Streamlit: pages of these sessions are open, and take what comes to them."""
    storage = {}
    manager = SimpleNamespace(file_storage=storage)
    there = SimpleNamespace(
        is_active_session=lambda of: of.startswith("open"), uploaded_file_mgr=manager
    )
    monkeypatch.setattr(runtime, "get_instance", lambda: there)

    async def take(request):
        session, file = request.path_params["session"], request.path_params["file"]
        body = await request.body()
        storage.setdefault(session, {})[file] = SimpleNamespace(data=body)
        return PlainTextResponse("", 204)

    return app(Route("/_stcore/upload_file/{session}/{file}", take, methods=["PUT"])), storage


def put(visitor, size, session="open", file="f", *, said=True, piece=10**6):
    pieces = tuple(b"x" * min(piece, size - at) for at in range(0, size, piece))
    headers = (("content-length", str(size)),) if said else (("transfer-encoding", "chunked"),)
    address = f"_stcore/upload_file/{session}/{file}"
    return Asked(address, visitor, "PUT", headers, pieces)


@pytest.mark.parametrize("said", [True, False], ids=["said", "as it comes"])
@pytest.mark.parametrize("visitor", [ANN, NOBODY, None])
def test_a_students_file_that_is_too_large_is_refused(taken, visitor, said):
    limit(upload_mb=2)
    of, storage = taken
    (answer,) = ask(put(visitor, 3_000_000, said=said), of=of)
    assert answer.status == 413
    assert answer.text.startswith("This is larger than 2 MB, the most that a student's file may")
    assert not storage
    (answer,) = ask(put(visitor, 2_000_000, said=said), of=of)
    assert answer.status == 204
    (answer,) = ask(put(TEACHER, 9_000_000, said=said), of=of)
    assert answer.status == 204


def test_what_a_students_open_pages_hold_is_counted_together(taken):
    limit(upload_mb=2, uploads=2)
    of, storage = taken
    for number in range(2):
        (answer,) = ask(put(ANN, 1_900_000, f"open{number}"), of=of)
        assert answer.status == 204
    (answer,) = ask(put(ANN, 1_900_000, "open2"), of=of)
    assert answer.status == 413
    assert answer.text.startswith("Your open pages hold 6 MB of files, and a student's may hold 4")
    assert ask(put(BEN, 1_900_000, "open3"), of=of)[0].status == 204
    storage.pop("open0")
    assert ask(put(ANN, 1_900_000, "open2"), of=of)[0].status == 204


def test_what_pages_have_put_on_disk_is_counted_as_well(taken):
    limit(upload_mb=2, uploads=2)
    of, _ = taken
    for visitor, status in ((ANN, 413), (BEN, 204)):
        brought = Spool(ANN.name)
        brought.add("a", b"x" * 2_500_000)
        (answer,) = ask(put(visitor, 1_900_000, f"open {visitor.name}"), of=of)
        assert answer.status == status
        brought.empty()
    assert ask(put(ANN, 1_900_000, "open0"), of=of)[0].status == 204


def test_many_files_of_next_to_nothing_are_too_many(taken):
    limit(upload_mb=1, uploads=1)
    of, _ = taken
    found = [ask(put(ANN, 1, file=f"f{i}"), of=of)[0].status for i in range(20)]
    assert found[:10] == [204] * 10
    assert found[-1] == 413


def test_what_comes_at_the_same_time_is_counted_together(taken):
    limit(upload_mb=2, uploads=1)
    of, _ = taken
    found = ask(*(put(ANN, 1_500_000, file=f"f{i}", said=False) for i in range(4)), of=of)
    assert count(found)[-3:] == [413] * 3


def test_a_length_that_is_none_is_not_believed(taken):
    limit(upload_mb=1)
    of, storage = taken
    for length in ("-1", "", "1e3", "٣", "9" * 400):
        asked = Asked(
            "_stcore/upload_file/open/f",
            ANN,
            "PUT",
            (("content-length", length.encode().decode("latin-1")),),
            (b"x" * 10**6,) * 3,
        )
        assert ask(asked, of=of)[0].status == 413
    assert not storage


def test_alone_uploads_pass_as_they_are(taken, monkeypatch):
    monkeypatch.delenv("PCAE_CLASS")
    limit(upload_mb=1)
    of, _ = taken
    assert ask(put(None, 3_000_000), of=of)[0].status == 204


def test_the_uploads_are_where_streamlit_takes_them():
    from streamlit.web.server.starlette import starlette_routes

    assert f"/{starlette_routes.BASE_ROUTE_UPLOAD_FILE}/" == uploading._PLACE


def test_a_network_on_other_data_is_shown_to_all():
    run = trained_on(ANN, "mnist-5k")
    with rights.acting(BEN):
        assert store.find(run.key) == run
        assert RunConfig(dataset="mnist-5k", hidden=(4,), epochs=1) == run.config
