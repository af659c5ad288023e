"""The app as Streamlit's own test harness drives it."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from pcae import jobs

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def nobody_warm(monkeypatch):
    """The form starts no worker: that is tested with the jobs and in the browser."""
    monkeypatch.setattr(jobs, "keep_warm", lambda config: None)


@pytest.fixture
def no_worker(monkeypatch):
    """Asking for a training starts no worker."""
    monkeypatch.setattr(jobs, "_start_worker", lambda: None)


@pytest.fixture
def new_server(own_folders, monkeypatch):
    """The whole app on a server that nobody has visited, with empty caches."""
    st.cache_resource.clear()
    monkeypatch.chdir(ROOT)
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)


@pytest.fixture
def app(new_server, monkeypatch):
    """The app on a server that has been visited: Streamlit then knows its kind of navigation.

    The harness forgets that before every run and would take each for a first visit; here it
    forgets it of a class of its own.
    """
    monkeypatch.setattr(PagesManager, "uses_pages_directory", False)
    forgetful = type("ForgetfulPagesManager", (PagesManager,), {})
    monkeypatch.setattr("streamlit.testing.v1.app_test.PagesManager", forgetful)
    return new_server
