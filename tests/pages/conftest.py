"""The app as Streamlit's own test harness drives it."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest

from pcae.training import jobs
from pcae.ui import own_data
from tests.brought import let_go
from tests.data.reading.test_uploads import COLUMNS, KINDS, LABELS, PICTURES, npz, table

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True, scope="session")
def compiled_once():
    """The scripts of the pages are compiled once, as a server does, and not for every test."""
    kept, compiled = ScriptCache(), ScriptCache.get_bytecode
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ScriptCache, "get_bytecode", lambda _, path: compiled(kept, path))
        yield


@pytest.fixture(autouse=True)
def nobody_warm(monkeypatch):
    """The form starts no worker: that is tested with the jobs and in the browser."""
    monkeypatch.setattr(jobs, "keep_warm", lambda config: None)


@pytest.fixture(autouse=True)
def files_are_waited_for(monkeypatch):
    """Files that are brought are read before the page is drawn, and are let go after the test."""
    monkeypatch.setattr(own_data, "PATIENCE", 30.0)
    yield
    let_go()


@pytest.fixture
def no_worker(monkeypatch):
    """Asking for a training starts no worker."""
    monkeypatch.setattr(jobs, "_start_worker", lambda: None)


@pytest.fixture
def app(own_folders, pca_kept, monkeypatch):
    """The whole app with empty caches."""
    st.cache_resource.clear()
    # else every test looks through all packages that are installed, in 0.2 s
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", list)
    monkeypatch.chdir(ROOT)
    return AppTest.from_file(str(ROOT / "pcae" / "ui" / "frame.py"), default_timeout=60)


@pytest.fixture
def files():
    """Pictures of 9 × 7 pixels in three classes, and a table."""
    rows = [[*values, kind] for values, kind in zip(COLUMNS, KINDS, strict=True)]
    return {
        "pictures": ("mine.npz", npz(x=PICTURES, y=LABELS)),
        "table": ("flowers.csv", table(rows, head=["a", "b", "c", "d", "kind"])),
    }
