"""Whatever happens to a file of the store, no page breaks and no command: a sample of all damages.

`PCAE_DAMAGES=500` takes so many at every page, prints what it tried, and takes minutes.
"""

import os
import shutil

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from pcae import cli
from pcae.data import datasets
from pcae.files import home
from pcae.server import loading
from pcae.ui import shell
from tests.damages import damages, make_store
from tests.pages.conftest import ROOT

WANTED = int(os.environ.get("PCAE_DAMAGES", 0))
SEED = int(os.environ.get("PCAE_DAMAGES_SEED", 0))
FEW, FEW_PAGES = 15, 3
PARTS = ["Side by side", "A grid of trainings"]  # of Compare


@pytest.fixture
def good(app, no_worker, monkeypatch, tmp_path):
    """A copy of the store to go back to, and its trained runs."""
    monkeypatch.setattr("pcae.training.quality.start", lambda: None)
    monkeypatch.setattr(loading, "download", lambda name: None)
    runs = make_store(datasets.load("digits-8x8"))
    shutil.copytree(home(), tmp_path / "good")
    return tmp_path / "good", runs


def restore(good, name):
    """The store as it was, before a damage to this file."""
    shutil.rmtree(home(), ignore_errors=True)
    shutil.copytree(good, home())
    if name.startswith(("data", "pca")):  # which are read once a process
        st.cache_resource.clear()


def visit(runs, name):
    """A visit that has opened the run that a file belongs to, and ticked all."""
    app = AppTest.from_file(str(ROOT / "pcae" / "ui" / "frame.py"), default_timeout=120)
    run = next((of for of in runs if of.key in name or of.config.dataset in name), runs[0])
    app.session_state["run"] = app.session_state["watched"] = run.key
    app.session_state["compare"] = {of.key for of in runs}
    return app


def look(app, page):
    """What breaks on a page."""
    found = []
    for part in PARTS if page == "compare" else PARTS[:1]:
        app.session_state["compare_part"] = part
        app.switch_page(str(ROOT / "pages" / f"{page}.py")).run()
        found += [f"{page}: {problem.value}" for problem in app.exception]
    return found


def command():
    """What breaks on the command line."""
    try:
        cli.main(["runs"])
    except Exception as problem:
        return [f"pcae runs: {problem!r}"]
    return []


def test_no_damage_breaks_a_page_or_the_command_line(good, capsys):
    folder, runs = good
    every, rng = list(damages()), np.random.default_rng(SEED)
    names, broken, loads = list(shell.TITLES), [], 0
    for number in rng.permutation(len(every))[: WANTED or FEW]:
        name, words, act = every[number]
        restore(folder, name)
        app = visit(runs, name)
        act(home() / name)
        pages = names if WANTED else rng.choice(names, FEW_PAGES, replace=False)
        found = [problem for page in pages for problem in look(app, page)] + command()
        broken += [f"{name}, {words}: {problem}" for problem in found]
        loads += len(pages)
    capsys.readouterr()
    tried = min(WANTED or FEW, len(every))
    print(
        f"{tried} of {len(every)} damages, {loads} pages, {len(broken)} tracebacks",
        *broken,
        sep="\n",
    )
    assert broken == []


def test_a_part_that_is_drawn_again_by_itself_says_what_is_damaged():
    def script():
        from pcae.files import DamagedFile
        from pcae.ui import shell

        @shell.fragment(run_every=9)
        def part(name):
            raise DamagedFile(f"{name} is damaged.")

        part("This")

    app = AppTest.from_function(script).run()
    assert not app.exception
    assert app.error[0].value == "This is damaged."
