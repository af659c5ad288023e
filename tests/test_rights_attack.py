"""What a student has no right to, tried by hand and by fuzzing: refused, and nothing is changed.

Ann and the teacher have networks, data, grids and a lesson on the server. Ben, a browser without a
cookie, forgers and other web sites go for them: through functions, over HTTP and through the pages.
Each of the tables takes another line.
"""

import hashlib
import json
import random
import re
from dataclasses import replace

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from pcae import kept, names, rights, rules, store
from pcae.classroom import keys, room, shelf
from pcae.data import datasets, owndata
from pcae.data.dataset import DataError
from pcae.data.published import gallery
from pcae.files import DamagedFile, home
from pcae.rights import NOBODY, Denied, Visitor
from pcae.server import loading, routes, visitors
from pcae.takehome import exports, keras_file
from pcae.training import clearing, jobs, sweep
from tests import others
from tests.asking import Answered, Asked, ask
from tests.data.reading.test_uploads import PICTURES, npz, understood
from tests.others import ANNS_GRID, BASE, GRID, LESSON, QUESTION, WHERE
from tests.pages.conftest import ROOT
from tests.training.test_turns import ANN, BEN, TEACHER, limit

SENTENCE = re.compile(r"[A-Z0-9“].{10,}(\.|--server.allowedHosts [\w.]+)\Z", re.DOTALL)
NOT_KEPT = {"made", "locks", "keras", "pca"}  # caches and locks, which reading may fill
tried: list[str] = []


@pytest.fixture(autouse=True)
def with_class(monkeypatch, pca_kept):
    monkeypatch.setenv("PCAE_CLASS", "1")
    monkeypatch.setattr(jobs, "_start_worker", lambda: None)
    monkeypatch.setattr(jobs, "SECONDS_TO_START", 600)  # which what waits is not given up for
    monkeypatch.setattr(keras_file.jobs, "start", None)
    st.cache_resource.clear()


@pytest.fixture
def there(with_class):
    """All that others have; by name."""
    yield others.make()
    room.keep()


def everything():
    """The content of every file there is, but for caches."""
    room.keep()
    return {
        str(path.relative_to(home())): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home().rglob("*"))
        if path.is_file() and not NOT_KEPT & set(path.relative_to(home()).parts)
    }


@pytest.fixture
def unchanged(there):
    """Nothing is changed by the test."""
    before = everything()
    yield
    assert everything() == before


# functions

ACTS = {
    "cancel Ann's": lambda of: jobs.cancel(of["waiting"]),
    "cancel the teacher's": lambda of: jobs.cancel(of["teachers waiting"]),
    "cancel what is finished": lambda of: jobs.cancel(of["anns"]),
    "move Ann's up": lambda of: jobs.move_up(of["waiting"]),
    "move to the front": lambda of: jobs.move_first(of["waiting"]),
    "pause": lambda of: jobs.pause(True),
    "go on": lambda of: jobs.pause(False),
    "remove Ann's": lambda of: jobs.remove(of["anns"]),
    "remove what waits": lambda of: jobs.remove(of["waiting"]),
    "remove what is not seen": lambda of: jobs.remove(of["private"]),
    "remove what ships": lambda of: jobs.remove(of["shipped"]),
    "delete Ann's": lambda of: store.delete(of["anns"]),
    "delete the teacher's": lambda of: store.delete(of["teachers"]),
    "train a grid": lambda of: sweep.submit(replace(GRID, seed=[7])),
    "train the teacher's grid": lambda of: sweep.submit(GRID),
    "cancel the teacher's grid": lambda of: sweep.cancel(GRID),
    "cancel Ann's grid": lambda of: sweep.cancel(ANNS_GRID),
    "cancel a grid there is not": lambda of: sweep.cancel(replace(GRID, seed=[9])),
    "remove the teacher's grid": lambda of: sweep.remove(GRID.key),
    "remove Ann's grid": lambda of: sweep.remove(ANNS_GRID.key),
    "clear grids": lambda of: sweep.clear(),
    "remove Ann's data": lambda of: owndata.remove(of["private"].config.dataset),
    "remove the teacher's data": lambda of: owndata.remove(of["theirs"]),
    "clear data": lambda of: owndata.clear(),
    "read Ann's data": lambda of: datasets.load(of["private"].config.dataset),
    "fetch a source": lambda of: gallery.fetch("usps"),
    "fetch data anew": lambda of: datasets.fetch_anew("mnist"),
    "see Ann's data": lambda of: loading.view(of["private"].config.dataset),
    "train on Ann's data": lambda of: jobs.submit(replace(of["private"].config, seed=9)),
    "train Ann's network again": lambda of: jobs.submit(replace(of["private"].config, epochs=2)),
    "train too much": lambda of: jobs.submit(replace(BASE, hidden=(512,), epochs=900)),
    "train too long": lambda of: jobs.submit(replace(BASE, batch_size=1, epochs=900)),
    "train too many": lambda of: jobs.submit_all([replace(BASE, seed=s) for s in range(9)]),
    "make Ann's Keras file": lambda of: keras_file.start(of["anns"]),
    "wait for Ann's Keras file": lambda of: keras_file.find_or_make(of["private"]),
    "clear the room": lambda of: clearing.clear_room(),
    "forget the room": lambda of: room.clear(),
    "see the answers": lambda of: room.answers(QUESTION),
    "close the question": lambda of: room.close(QUESTION),
    "open it": lambda of: room.close(QUESTION, closed=False),
    "open a lesson": lambda of: room.open_lesson(""),
    "lead": lambda of: room.lead(WHERE),
    "let go": lambda of: room.lead({}),
    "publish": lambda of: shelf.publish(LESSON),
    "remove a lesson": lambda of: shelf.remove(of["lesson"]),
    "clear the drafts": lambda of: shelf.clear_drafts(),
}


@pytest.mark.parametrize("who", [BEN, NOBODY, Visitor(""), Visitor("ann ")], ids=repr)
def test_functions_refuse_each_of_them(there, unchanged, who):
    for name, act in ACTS.items():
        tried.append(name)
        with rights.acting(who), pytest.raises((Denied, DataError, DamagedFile)) as refused:
            act(there)
        assert SENTENCE.match(str(refused.value)), (name, refused.value)


def test_nothing_of_what_is_anothers_is_listed(there, unchanged):
    private = there["private"]
    with rights.acting(BEN):
        tried.extend(["runs", "trained runs", "find", "data", "title", "about", "kept", "draft"])
        assert private not in store.runs()
        assert private.key not in store.trained_runs()
        assert store.find(private.key) is None
        assert private.config.dataset not in names.all_here()
        assert names.title(private.config.dataset).startswith("removed data")
        assert not kept.is_here(private.config.dataset)
        assert shelf.draft() == ""
        with pytest.raises(FileNotFoundError):
            names.about(private.config.dataset)


def test_a_student_gets_no_more_by_asking_again_and_again(there):
    data = understood({"a.npz": npz(x=PICTURES)}).data
    with rights.acting(Visitor("eve")):
        for seed in range(3):
            jobs.submit(replace(BASE, seed=100 + seed))
        before = everything()
        for seed in range(3, 20):
            tried.append("one more")
            with pytest.raises(Denied, match="3 networks"):
                jobs.submit(replace(BASE, seed=100 + seed))
        limit(uploads=0)
        for _ in range(5):
            tried.append("one more data set")
            with pytest.raises(Denied, match="may keep 0 data sets"):
                owndata.keep(data, "Mine", "")
        rules.path().unlink()
    assert everything() == before


# over HTTP


def private_places(of):
    """Addresses of what only Ann and the teacher see, and of files of what is not Ben's."""
    run, anns, teachers = of["private"], of["anns"], of["teachers"]
    with rights.acting(TEACHER):
        seen = {each: loading.view(each.config.dataset) for each in (run, anns, teachers)}
        found = routes.addresses(run, seen[run])
        files = [
            routes.file_address(each, seen[each], name)
            for each in seen
            for name in exports.FORMATS
            if name in exports.offered(each)
        ]
    shown = [found["run"] + "test", found["run"] + "all", found["decoder"] + "test"]
    shown += [found["digits"] + "test/0", found["digits"] + "train/0", found["pca"]]
    shown += [found["encoder"], found["nearest"] + "?scores=0,0&code=0,0"]
    return [*shown, *files]


def refused(answers: list[Answered], statuses=(400, 403, 404, 405, 409, 413, 414)):
    """Each is refused in a sentence."""
    for answer in answers:
        tried.append("a request")
        assert answer.status in statuses, answer
        assert "set-cookie" not in answer.headers
        if answer.status != 405:
            assert SENTENCE.match(answer.text), answer


def test_of_others_nothing_is_answered(there, unchanged):
    addresses = private_places(there)
    refused(ask(*(Asked(of, who) for of in addresses for who in (BEN, None))), (403, 404))
    fine = ask(*(Asked(of, ANN) for of in addresses[:8]))
    assert {answer.status for answer in fine} == {200}  # so that they are what they seem


def forged():
    """Cookies that are none of ours, from one that is Ben's and one that was the teacher's."""
    bens, old = visitors.cookie(BEN), visitors.cookie(TEACHER)
    keys.renew()
    of, name, signature = bens.split(".")
    swapped = signature.translate(str.maketrans("0123456789abcdef", "123456789abcdef0"))
    return [
        *(old, old.replace("teacher", "student", 1), old.upper(), f"{old}.", f" {old}"),
        *(f"teacher.{name}.{signature}", f"student.ann.{signature}", f"student..{signature}"),
        *(
            f"{of}.{name}.{swapped}",
            f"{of}.{name}.",
            f"{of}.{name}",
            f"{of}.{name}.{signature[:-1]}",
        ),
        *(bens[:20], "", ".", "..", "...", "teacher", "teacher.ann.", "student.ann.0", "a.b.c"),
        *(f"{of}.{name}.{signature}0", f"{of}.{name}.{signature.upper()}", "teacher." * 900),
        *(f"student.../../ann.{signature}", f"student.ann%00.{signature}", '"' + bens[:-2] + '"'),
        *("teacher.ann." + "0" * 64, "student.ann." + "f" * 64, "owner.." + "0" * 64, "é.ann.ü"),
    ]


def test_cookies_that_are_forged_cut_or_of_an_older_token_open_nothing(there):
    cookies = forged()
    before = everything()
    addresses = random.Random(1).sample(private_places(there), 4)
    refused(ask(*(Asked(of, cookie) for of in addresses for cookie in cookies)), (403, 404))
    assert everything() == before
    assert ask(Asked(addresses[0], visitors.cookie(TEACHER)))[0].status == 200


def test_only_the_token_of_now_makes_a_teacher(there):
    old = keys.token()
    keys.renew()
    now = keys.token()
    before = everything()
    wrong = [
        old,
        "",
        "x",
        now[:-1],
        now + "x",
        now.swapcase(),
        now[::-1],
        " " + now,
        "%00",
        "é" * 9,
    ]
    html = (("accept", "text/html"),)
    asked = [Asked(f"?teacher={each}", who, headers=html) for each in wrong for who in (None, BEN)]
    asked += [Asked(f"train?hidden=4&teacher={each}", BEN, headers=html) for each in wrong]
    refused(ask(*asked), (403,))
    assert everything() == before


OTHERS = [
    (("sec-fetch-site", "cross-site"),),
    (("sec-fetch-site", "same-site"), ("sec-fetch-mode", "cors")),
    (("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")),
]


def test_pages_of_other_sites_get_nothing_with_the_cookie_of_whose_it_is(there, unchanged):
    addresses = private_places(there)[:6]
    asked = [Asked(of, ANN, headers=other) for of in addresses for other in OTHERS]
    asked += [Asked(of, ANN, host="evil.example") for of in addresses]
    refused(ask(*asked), (403,))


POSTS = [  # who, where, with which headers, and what
    *((who, "room/lead", (), WHERE | {"begins": True}) for who in (BEN, ANN, None, "teacher.a.0")),
    *((who, "room/lead", (), {"by": "tab", "stops": True}) for who in (BEN, None)),
    *((who, "room/lead", (), {"by": "tab", "leaves": True}) for who in (BEN, None)),
    *(
        (TEACHER, "room/lead", (("origin", origin),), WHERE | {"begins": True})
        for origin in ("https://evil.example", "null", "http://localhost.evil.example")
    ),
    *((TEACHER, "room/lead", other, WHERE | {"begins": True}) for other in OTHERS),
    *((BEN, "room/lead", (), of) for of in ("", "x", [], None, 3, "[" * 900, {"by": "x" * 99})),
    *((None, "room/now", (), {}), (BEN, "room/events", (), {})),
]


def test_what_is_posted_without_a_right_is_refused(there, unchanged):
    asked = [
        Asked(
            place,
            who,
            "POST",
            headers,
            ((of if isinstance(of, str) else json.dumps(of)).encode(),),
        )
        for who, place, headers, of in POSTS
    ]
    refused(ask(*asked, Asked("room/now"), Asked("room/events"), Asked("room/now", "student.a.0")))
    assert room.now().lead == WHERE | {"pointer": None}


def test_requests_changed_at_random_open_nothing(there, unchanged):
    rng = random.Random(22)
    addresses, bens = private_places(there), visitors.cookie(BEN)
    keys_ = [of.key for of in there.values() if isinstance(of, store.Run) and not of.shipped]

    def changed(text):
        at = rng.randrange(len(text))
        return text[:at] + rng.choice("0123456789abcdef./") + text[at + rng.randrange(2) :]

    asked = []
    for _ in range(120):
        address, cookie = rng.choice(addresses), bens
        if rng.random() < 0.5:
            cookie = changed(cookie)
        if rng.random() < 0.5:
            address = address.replace(address.split("/")[1], rng.choice(keys_))
        if rng.random() < 0.3:
            address = changed(address)
        method = rng.choice(["GET", "GET", "GET", "HEAD", "POST", "DELETE"])
        asked.append(Asked(address, cookie, method))
    for of, answer in zip(asked, ask(*asked), strict=True):
        tried.append("at random")
        assert answer.status in {400, 403, 404, 405, 414}, of
        assert of.method != "GET" or not answer.body.startswith(b"\x1f\x8b"), of


# through the pages


@pytest.fixture
def page(there, monkeypatch):
    """Draws a page for a visitor, presses a button of it as another; what is then said."""
    before = rights._find
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", list)
    monkeypatch.setattr(jobs, "keep_warm", lambda config: None)
    monkeypatch.chdir(ROOT)

    def press(name, key, *then, query=None):
        app = AppTest.from_file(str(ROOT / "pcae" / "ui" / "frame.py"), default_timeout=60)
        app.query_params.update(query or {})
        rights.find_with(lambda: TEACHER)
        app.switch_page(str(ROOT / "pages" / f"{name}.py")).run()
        for each in then:
            app.button(key=each).click().run()
        rights.find_with(lambda: BEN)
        app.button(key=key).click().run()
        tried.append("a button")
        assert not app.exception
        return [of.value for of in app.error]

    yield press
    rights.find_with(before)


def test_buttons_that_were_drawn_for_another_do_nothing(there, page, unchanged):
    said = []
    said += page("train", "remove_it", f"delete_{there['anns'].key}_own")
    said += page("train", f"cancel_{there['teachers waiting'].key}_own")[:1]
    said += page("train", f"move_up_{there['waiting'].key}_own")[:1]
    said += page("data", "remove_it", f"remove_{there['private'].config.dataset}")
    grid = {"compare_part": "A grid of trainings"}
    said += page("compare", f"cancel_{GRID.key}", query=grid)
    said += page("compare", "sweep_train", query=grid)
    page("teacher", "pause")
    page("teacher", f"first_{there['waiting'].key}")
    page("teacher", "remove_it", "clear_room")
    page("teacher", "make_link", "new_link")
    assert len(said) >= 6, said
    assert all(SENTENCE.match(of) for of in said), said


def test_a_network_that_is_not_seen_is_not_opened_by_its_key(there, page, unchanged):
    private = there["private"]
    rights.find_with(lambda: BEN)
    for name in ("explore", "take_home"):
        app = AppTest.from_file(str(ROOT / "pcae" / "ui" / "frame.py"), default_timeout=60)
        app.query_params["run"] = private.key
        app.session_state["run"] = private.key
        app.switch_page(str(ROOT / "pages" / f"{name}.py")).run()
        tried.append("a page")
        assert not app.exception
        assert [of.value for of in app.warning if SENTENCE.match(of.value)]
        assert private.config.dataset not in str(app.get("bidi_component"))


def test_so_much_was_tried():
    if not {"clear the room", "one more", "a request", "at random", "a button"} <= set(tried):
        pytest.skip("the others of this file were not run before")
    assert len(tried) >= 300, len(tried)
