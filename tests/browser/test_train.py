"""Train under a hand that is faster than the server or the network: what is shown is trained."""

import contextlib
import time
from dataclasses import replace

import pytest
from playwright.sync_api import TimeoutError, expect

from pcae import store
from pcae.config import RunConfig
from pcae.presets import PRESETS
from pcae.training import jobs
from tests.browser.conftest import ROOT, Server, settle

# the app, whose drawing of Train takes a second longer in its midst, and which trains nothing
SLOW_APP = """
import time
import streamlit as st
from pcae.training import jobs
from pcae.server.routes import routes
from pcae.ui import training_view

summary = training_view.summary
training_view.summary = lambda config: time.sleep(1) or summary(config)
jobs._start_worker = lambda: None
app = st.App({frame!r}, routes=routes())
"""
# what the server sends arrives later by as much as the page's `lag`, in milliseconds
LAG = """() => {
    const plain = WebSocket.prototype.addEventListener;
    WebSocket.prototype.addEventListener = function (kind, act, ...rest) {
        const late = (event) => setTimeout(() => act.call(this, event), window.lag ?? 0);
        return plain.call(this, kind, kind === 'message' ? late : act, ...rest);
    };
}"""
# a widget drawn anew is there beside the one before for a moment, and empty for another
WIDTHS_ARE = """(widths) => [...document.querySelectorAll('[aria-label="Hidden widths"]')].map(
    (of) => of.value).join('; ') === widths"""
HERE = RunConfig(dataset="mnist-5k")


@pytest.fixture(scope="module")
def slow_server(browser, tmp_path_factory):
    """A server that is a second behind, and trains nothing."""
    home = tmp_path_factory.mktemp("slow")
    script = home / "slow_app.py"
    script.write_text(SLOW_APP.format(frame=str(ROOT / "pcae" / "ui" / "frame.py")))
    running = Server(home, script=str(script))
    yield running
    running.stop()


@pytest.fixture(params=["slow server", "slow network"])
def form(request, browser, slow_server, monkeypatch):
    """The form in a tab of its own, with what stands behind it slow in one way or the other."""
    monkeypatch.setenv("PCAE_HOME", str(slow_server.home / "pcae"))
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    tab = context.new_page()
    tab.add_init_script(f"({LAG})()")
    tab.goto(f"{slow_server.url}/train")
    tab.locator(".stMain").get_by_role("button", name="Train", exact=True).wait_for()
    settle(tab)
    if request.param == "slow network":
        tab.evaluate("window.lag = 2500")
    yield tab
    context.close()


def queued_after(form):
    """What is asked for once Train is pressed at once, and then taken back."""
    form.locator(".stMain").get_by_role("button", name="Train", exact=True).click()
    end = time.monotonic() + 20
    while not jobs.queue() and time.monotonic() < end:
        time.sleep(0.1)
    form.get_by_role("button", name="Cancel").first.wait_for()
    settle(form)
    found = [run.config for run in jobs.queue()]
    for config in found:
        store.delete(store.own_run(config.key))
    return found


def choose(form, key, option):
    """Choose in a menu; opened anew where the page was drawn meanwhile, which closes it."""
    wanted = form.get_by_role("option", name=option, exact=True)
    for _ in range(3):
        form.locator(f'[class*="st-key-{key}"] input').first.click()
        with contextlib.suppress(TimeoutError):
            return wanted.click(timeout=5_000)
    raise AssertionError(f"{option} cannot be chosen")


def test_what_was_typed_or_chosen_just_now_is_trained(form):
    form.get_by_label("Epochs", exact=True).fill("9")
    assert queued_after(form) == [replace(HERE, epochs=9)]
    expect(form.get_by_label("Epochs", exact=True)).to_have_value("9")
    assert form.get_by_text("784-512-128-2, ELU, 9 epochs").first.is_visible()

    form.get_by_text("More settings").click()
    choose(form, "form_activation", "GELU")
    assert queued_after(form) == [replace(HERE, epochs=9, activation="gelu")]
    expect(form.locator(".st-key-form_activation input")).to_have_value("GELU")

    choose(form, "preset", "Best 2-D")
    assert queued_after(form) == [replace(PRESETS["Best 2-D"], dataset="mnist-5k")]
    form.wait_for_function(WIDTHS_ARE, arg="1000, 500, 250")
    expect(form.locator('[class*="st-key-preset"] input')).to_have_value("Best 2-D")
