"""A worker is there once the first page is painted, and one for all visitors."""

import re
import time

import pytest

from pcae.files import home
from pcae.training import jobs
from tests.browser.conftest import READY, ROOT, Server

# the app on a machine that is idle; it notes every worker that it starts
IDLE_APP = """
import os
import streamlit as st
from starlette.middleware import Middleware
from pcae.files import home
from pcae.server.routes import routes
from pcae.server.static import Static
from pcae.training import jobs

def noted(start=jobs._start_worker):
    with (home() / "started").open("a") as file:
        file.write("a worker\\n")
    start()

jobs._start_worker = noted
os.getloadavg = lambda: (0.0, 0.0, 0.0)
app = st.App({frame!r}, routes=routes(), middleware=[Middleware(Static)])
"""
PATIENCE, VISITORS = 60, 4
TOLD = re.compile("/explorer/painted$")


@pytest.fixture
def started(browser, tmp_path, monkeypatch):
    """Starts the app, warm or not."""
    running = []
    monkeypatch.setenv("PCAE_HOME", str(tmp_path / "pcae"))
    script = tmp_path / "idle_app.py"
    script.write_text(IDLE_APP.format(frame=str(ROOT / "pcae" / "ui" / "frame.py")))

    def start(warm):
        variables = {"PCAE_WARM": warm}
        running.append(Server(tmp_path, script=str(script), variables=variables))
        return running[0]

    yield start
    running[0].stop()


@pytest.fixture
def tab(browser):
    """A visitor's tab of their own."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def workers():
    """How many workers the app has started."""
    path = home() / "started"
    return len(path.read_text().splitlines()) if path.exists() else 0


def wait_for_worker(there):
    end = time.monotonic() + PATIENCE
    while jobs.worker_alive() != there and time.monotonic() < end:
        time.sleep(0.1)
    assert jobs.worker_alive() == there


def test_one_worker_starts_once_the_digits_are_painted_and_ends_with_the_server(tab, started):
    server, told, held, answers = started("1"), [], [], []
    tab.on("request", lambda request: TOLD.search(request.url) and told.append(request.url))
    run = re.compile("/explorer/run/")
    tab.route(run, lambda route: held.append(route))
    tab.goto(server.url)
    tab.get_by_text("Reading the digits").wait_for()
    tab.wait_for_timeout(3500)  # three looks of the page's at itself
    assert held
    assert (told, workers()) == ([], 0)
    tabs = [tab, *(tab.context.new_page() for _ in range(VISITORS - 1))]
    for each in tabs:
        each.on("response", lambda answer: TOLD.search(answer.url) and answers.append(answer.ok))
    held[0].continue_()
    for each in tabs[1:]:
        each.goto(f"{server.url}/glossary", wait_until="commit")
    end = time.monotonic() + PATIENCE
    while len(answers) < VISITORS and time.monotonic() < end:
        tab.wait_for_timeout(200)
    assert answers[:VISITORS] == [True] * VISITORS
    assert tab.evaluate(READY)
    wait_for_worker(True)
    assert workers() == 1
    server.stop()
    wait_for_worker(False)


def test_no_worker_starts_where_that_is_turned_off(tab, started):
    server = started("0")
    with tab.expect_response(TOLD):
        tab.goto(server.url)
    assert workers() == 0
    assert not jobs.worker_alive()
