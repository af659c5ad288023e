"""What the tests share: a store of their own, no data but the offline digits, and the full MNIST
where `PCAE_DATA` names it."""

import functools
import gc
import os
import shutil
import sys

import pytest

from pcae.data import datasets
from pcae.data.published import mnist
from pcae.files import home
from pcae.methods.pca import load_or_fit
from pcae.training import jobs

FULL_DATA = os.environ.get("PCAE_DATA")


@pytest.fixture(autouse=True, scope="session")
def prepared_device():
    """TensorFlow, where a test has loaded it, is set up before any test uses it."""
    if "tensorflow" in sys.modules:
        from pcae.training.loop import prepare_device

        prepare_device()


@pytest.fixture(autouse=True, scope="session")
def frozen(prepared_device):
    """Collecting passes over what is loaded: Streamlit collects after every run of a page."""
    gc.freeze()


@pytest.fixture(autouse=True, scope="session")
def read_once():
    """The digits that come with packages are read once: a third of what drawing a page took."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("_sample", "_small_digits"):
            patch.setattr(datasets, name, functools.cache(getattr(datasets, name)))
        yield


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    """A test has its own store and caches, and finds no downloaded data, network or cluster."""
    monkeypatch.setenv("PCAE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("PCAE_WARM", "0")
    monkeypatch.delenv("PCAE_DATA", raising=False)
    monkeypatch.delenv("PCAE_SCHEDULER", raising=False)
    monkeypatch.setattr(mnist, "BASE_URL", "http://127.0.0.1:9/")
    return tmp_path


@pytest.fixture(scope="module")
def store_of_many(tmp_path_factory):
    """A store whose worker lives through several tests: to start one takes longer than they do."""
    yield tmp_path_factory.mktemp("many")
    jobs.stop_workers()


@pytest.fixture
def one_worker(own_folders, store_of_many, monkeypatch):
    """The test asks that worker."""
    monkeypatch.setenv("PCAE_HOME", str(store_of_many))


@pytest.fixture(scope="session")
def sample():
    """The 5,000 offline digits."""
    return datasets.load("mnist-5k")


@pytest.fixture(scope="session")
def keep_pca(tmp_path_factory):
    """Fits the PCA of a data set once for all tests, and puts it into the caches of one."""
    folder = tmp_path_factory.mktemp("fitted")

    def keep(data):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PCAE_HOME", str(folder))
            load_or_fit(data)
        shutil.copytree(folder, home(), dirs_exist_ok=True)

    return keep


@pytest.fixture
def pca_kept(own_folders, keep_pca, sample):
    """The PCA of the offline digits is in the test's caches."""
    keep_pca(sample)


@pytest.fixture
def full_mnist(monkeypatch, own_folders, keep_pca):
    """The full MNIST; its tests skip where PCAE_DATA does not name a folder with it."""
    if not FULL_DATA:
        pytest.skip("PCAE_DATA does not name a folder with mnist.npz")
    monkeypatch.setenv("PCAE_DATA", FULL_DATA)
    data = datasets.load("mnist")
    keep_pca(data)
    return data
