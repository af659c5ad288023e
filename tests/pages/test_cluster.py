"""What the page Train says of the cluster that trains."""

import time

import pytest

from pcae.files import home, write_json
from pcae.training import jobs
from tests.pages.test_pages import open_page, texts

ADDRESS = "tcp://127.0.0.1:8786"


@pytest.fixture
def told(monkeypatch):
    """Names a cluster, and has a dispatcher tell of these workers: name, GPU, refusal."""

    def told(*workers, problem="", alive=True, scheduler=ADDRESS):
        monkeypatch.setenv("PCAE_SCHEDULER", ADDRESS)
        monkeypatch.setattr(jobs, "worker_alive", lambda: alive)
        rows = [
            {"name": name, "address": "", "device": "", "on_gpu": gpu, "busy": 0, "refused": why}
            for name, gpu, why in workers
        ]
        found = {"scheduler": scheduler, "problem": problem, "workers": rows, "bytes": 0}
        home().mkdir(parents=True, exist_ok=True)
        write_json(home() / "cluster.json", found | {"updated": time.time()})

    return told


def test_without_a_cluster_nothing_is_said(app, no_worker):
    assert "cluster" not in texts(open_page(app, "train"))


@pytest.mark.parametrize(
    ("gpus", "line"),
    [
        ([True, False, False, False], "Trains on a cluster: 4 workers, 1 with a GPU"),
        ([False], "Trains on a cluster: 1 worker"),
        ([True, True], "Trains on a cluster: 2 workers, each with a GPU"),
    ],
)
def test_it_says_how_many_train(app, no_worker, told, gpus, line):
    told(*[(f"bench-{number}", gpu, "") for number, gpu in enumerate(gpus)])
    said = texts(open_page(app, "train"))
    assert f":material/hub: {line}" in said.splitlines()
    assert not app.warning


def test_what_is_wrong_is_said_and_who_is_refused(app, no_worker, told):
    told(("bench-1", False, ""), ("old_1", False, "The worker old_1 is refused: it has numpy 1."))
    said = texts(open_page(app, "train"))
    assert "Trains on a cluster: 1 worker" in said
    assert r"The worker old\_1 is refused\: it has numpy 1." in said
    told(problem="No scheduler answers at tcp://127.0.0.1:8786.")
    app.run()
    assert [warning.value.replace("\\", "") for warning in app.warning] == [
        "No scheduler answers at tcp://127.0.0.1:8786."
    ]


@pytest.mark.parametrize("other", [{"alive": False}, {"scheduler": "tcp://127.0.0.1:9"}])
def test_what_was_told_of_another_or_earlier_is_not_shown(app, no_worker, told, other):
    told(("bench-1", False, ""), **other)
    said = texts(open_page(app, "train"))
    assert "Trains on a cluster" in said
    assert "worker" not in said


def test_a_cluster_that_may_not_be_used_is_said(app, no_worker, monkeypatch):
    monkeypatch.setenv("PCAE_SCHEDULER", "tcp://10.0.0.5:8786")
    open_page(app, "train")
    assert "not encrypted" in app.warning[0].value
