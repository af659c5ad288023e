"""How requests are answered: in turn, once for all who ask, bounded, and streamed."""

import asyncio
import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from pcae.files import DamagedFile
from pcae.server import answers
from pcae.server.answers import Answer, Refused, Turns, answering
from tests.server.test_routes import ask, get_all


class Maker:
    """Makes answers and counts how many at once."""

    def __init__(self, seconds=0.05):
        self.seconds, self.made, self.now, self.most = seconds, [], 0, 0
        self._lock = threading.Lock()

    def make(self, what):
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(self.seconds)
        with self._lock:
            self.now -= 1
            self.made.append(what)
        return io.BytesIO(what.encode())


def serving(asked):
    return Starlette(routes=[Route("/{what}", answering(asked))])


def making(maker, turns):
    """An app that answers every address with its name."""

    def asked(request):
        what = request.path_params["what"]
        return Answer(what, "text/plain", {"X-A": "b"}, lambda: maker.make(what), turns=turns)

    return serving(asked)


@pytest.mark.parametrize("at_once", [1, 2])
def test_so_many_are_made_at_once(at_once):
    maker = Maker()
    found = get_all([f"a{i}" for i in range(6)], making(maker, Turns(at_once, 6)))
    assert [(status, body) for status, _, body in found] == [
        (200, f"a{i}".encode()) for i in range(6)
    ]
    assert maker.most == at_once


def test_what_is_asked_for_at_the_same_time_is_made_once():
    maker = Maker(0.2)
    found = get_all(["same"] * 30, making(maker, Turns(1, 1)))
    assert {(status, body) for status, _, body in found} == {(200, b"same")}
    assert maker.made == ["same"]


def test_when_too_many_wait_one_is_told_when_to_come_again():
    maker = Maker(0.2)
    app = making(maker, Turns(1, 3))
    found = get_all([f"a{i}" for i in range(10)], app)
    assert sorted(status for status, _, _ in found) == [200] * 3 + [503] * 7
    refused = next(of for of in found if of[0] == 503)
    assert refused[1]["retry-after"] == "10"
    assert b"try again in ten seconds" in refused[2]
    assert len(maker.made) == 3
    assert get_all(["later"], app)[0][0] == 200


def test_those_who_wait_hold_no_thread_of_the_server():
    """A hundred wait, and another route answers."""
    gate = threading.Event()

    def asked(request):
        what = request.path_params["what"]
        if what == "quick":
            return Answer(what, "text/plain", {}, gate.wait, find=lambda: io.BytesIO(b"q"))
        return Answer(what, "text/plain", {}, lambda: gate.wait() and io.BytesIO(), turns=turns)

    turns = Turns(1, 100)

    async def everybody():
        app = serving(asked)
        waiting = [asyncio.ensure_future(ask(f"a{i}", app)) for i in range(100)]
        await asyncio.sleep(0.2)
        quick = await asyncio.wait_for(ask("quick", app), 5)
        gate.set()
        return quick, await asyncio.gather(*waiting)

    with ThreadPoolExecutor() as apart:
        quick, waited = apart.submit(asyncio.run, everybody()).result()
    assert quick[2] == b"q"
    assert {status for status, _, _ in waited} == {200}


def test_head_has_the_headers_and_has_nothing_made():
    maker = Maker()
    ((status, headers, body),) = get_all(["a"], making(maker, Turns(1, 1)), "HEAD")
    assert (status, body, maker.made) == (200, b"", [])
    assert headers == {"x-a": "b", "content-type": "text/plain; charset=utf-8"}


def test_what_is_there_already_takes_no_turn_and_says_its_length():
    def asked(_):
        return Answer("a", "text/plain", {}, None, lambda: io.BytesIO(b"abc"), Turns(0, 0))

    for method, expected in (("GET", b"abc"), ("HEAD", b"")):
        ((status, headers, body),) = get_all(["a"], serving(asked), method)
        assert (status, headers["content-length"], body) == (200, "3", expected)


def test_what_is_sent_is_sent_in_pieces_and_closed(monkeypatch):
    monkeypatch.setattr(answers, "_PIECE", 10)
    file = io.BytesIO(b"0123456789" * 5 + b"end")

    turns = Turns(1, 1)

    def make():
        time.sleep(0.2)  # until all three wait
        return file

    def asked(_):
        return Answer("a", "text/plain", {}, make, turns=turns)

    found = get_all(["a"] * 3, serving(asked))
    assert {body for _, _, body in found} == {b"0123456789" * 5 + b"end"}
    assert file.closed


@pytest.mark.parametrize(
    ("problem", "status", "part"),
    [
        (Refused(418, "A teapot."), 418, "A teapot."),
        (DamagedFile("It is damaged."), 409, "It is damaged."),
        (FileNotFoundError(), 404, "reload the page"),
        (OSError(28, "No space left on device"), 507, "No space left on device"),
        (MemoryError(), 503, "try again"),
    ],
)
@pytest.mark.parametrize("early", [True, False])
def test_a_problem_is_a_sentence_for_all_who_wait(problem, status, part, early):
    turns = Turns(1, 1)

    def fail():
        time.sleep(0.05)
        raise problem

    def asked(_):
        if early:
            raise problem
        return Answer("a", "text/plain", {}, fail, turns=turns)

    found = get_all(["a"] * 3, serving(asked))
    assert {(of, part in body.decode()) for of, _, body in found} == {(status, True)}
    if not early:  # and the next is made anew
        assert get_all(["a"], serving(asked))[0][0] == status


def test_a_question_of_a_megabyte_is_refused_before_it_is_read():
    ((status, _, body),) = get_all(["a?" + "x&" * 500_000], serving(None))
    assert (status, body) == (414, b"This address is too long.")
