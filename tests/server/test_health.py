"""What the server says of itself: whether what waits will be trained."""

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.requests import Request

from pcae import __version__
from pcae.config import RunConfig
from pcae.files import home
from pcae.server import health
from pcae.store import Status, create
from pcae.training import jobs


@pytest.fixture(autouse=True)
def asked_anew(monkeypatch):
    monkeypatch.setattr(health, "_seen", None)
    monkeypatch.setattr(jobs, "_workers", [])  # no other test's
    (home() / "locks").mkdir(parents=True)


def ask(method="GET", pieces=(b"",)):
    """Status and what is said."""
    left = list(pieces)

    async def receive():
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    asked = health.endpoint(Request({"type": "http", "method": method}, receive))
    with ThreadPoolExecutor() as apart:  # the browser tests leave an event loop in this thread
        answer = apart.submit(asyncio.run, asked).result()
    return answer.status_code, json.loads(answer.body)


def queue(at):
    create(RunConfig(hidden=(8,), dataset="mnist-5k"), Status("queued", "", queued=at, updated=at))


def test_nothing_waits():
    said = {"pcae": __version__, "queue": 0, "worker": False, "stuck": False}
    assert ask() == (200, said)


def test_what_waits_is_trained_by_a_worker_or_stuck(monkeypatch):
    queue(time.time() - 60)
    status, said = ask()
    assert (status, said["queue"], said["stuck"]) == (503, 1, True)
    assert ask()[0] == 503
    with jobs.worker_lock():
        assert ask()[0] == 503  # as it was a moment ago
        monkeypatch.setattr(health, "_seen", None)
        assert ask()[0] == 200


def test_a_worker_has_a_while_to_start():
    queue(time.time())
    assert ask()[0] == 200


def test_a_body_is_counted_and_let_go():
    assert ask("PUT", [b"ab", b"c"]) == (200, {"bytes": 3})
    piece = b"\0" * 2**24
    assert ask("PUT", [piece, piece, b"a", piece])[0] == 413
