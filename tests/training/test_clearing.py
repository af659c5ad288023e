"""Clearing the room: what is students' goes, and nothing else."""

from dataclasses import replace

import pytest

from pcae import names, rights, store
from pcae.data import owndata
from pcae.rights import Denied, Visitor
from pcae.training import clearing, jobs, sweep
from pcae.training.clearing import Cleared
from pcae.training.sweep import Sweep
from tests.data.reading.test_uploads import LABELS, PICTURES, npz, understood
from tests.training.test_turns import ANN, BEN, SMALL, TEACHER, limit


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    monkeypatch.setattr(jobs, "_start_worker", lambda: None)


def grid(seed):
    return Sweep(base=replace(SMALL, seed=seed), hidden=[(32,)], k=[2], epochs=[1], seed=[seed])


def data(shift):
    return understood({"a.npz": npz(images=PICTURES, labels=(LABELS + shift) % 2)}).data


def test_what_students_trained_and_brought_goes_and_the_teachers_stays():
    limit(sweeps="true")
    with rights.acting(TEACHER):
        theirs = jobs.submit(SMALL)
        sweep.submit(grid(1))
        owndata.keep(data(0), "The teacher's", "as they are")
    with rights.acting(ANN):
        jobs.submit(replace(SMALL, seed=5))
        jobs.submit(SMALL)
        sweep.submit(grid(2))
        owndata.keep(data(1), "Ann's", "as they are")
    before = len(names.own())
    with rights.acting(ANN), pytest.raises(Denied, match=r"^The room is cleared by the teacher"):
        clearing.clear_room()
    with rights.acting(TEACHER):
        assert clearing.clear_room() == Cleared(networks=2, sweeps=1, data=1)
        assert clearing.clear_room() == Cleared(0, 0, 0)
    own = [run for run in store.all_runs() if not run.shipped]
    assert {run.key for run in own} == {theirs.key, grid(1).configs[0].key}
    assert sweep.kept() == [grid(1).key]
    assert (before, [names.title(name) for name in names.own()]) == (2, ["The teacher's"])


def test_a_training_is_cancelled_first(monkeypatch):
    with rights.acting(BEN):
        run = jobs.submit(SMALL)
    run.write_status(replace(run.status, state="running"))
    monkeypatch.setattr(clearing, "_SECONDS_TO_STOP", 0.2)
    wanted = []
    with jobs.run_lock(run):  # as a worker that does not stop
        monkeypatch.setattr(store, "delete", lambda of: wanted.append(of.cancel_wanted))
        clearing.clear_room()
    assert wanted == [True]


def test_grids_are_the_teachers_unless_allowed_and_then_whose_asked():
    with rights.acting(ANN), pytest.raises(Denied, match="by the teacher alone"):
        sweep.submit(grid(1))
    assert sweep.kept() == []
    limit(sweeps="true", waiting=1)
    with rights.acting(ANN):
        with pytest.raises(Denied, match="1 network waiting"):
            sweep.submit(replace(grid(1), seed=[1, 2]))
        assert sweep.kept() == []
        sweep.submit(grid(1))
    key = grid(1).key
    with rights.acting(BEN):
        with pytest.raises(Denied, match=r"^A grid of networks is cancelled by those whose it is"):
            sweep.cancel(grid(1))
        with pytest.raises(Denied, match=r"^A grid of networks is taken from the list by those"):
            sweep.remove(key)
        assert sweep.kept() == [key]
    with rights.acting(ANN):
        sweep.cancel(grid(1))
        removed = sweep.remove(key)
        assert removed.restore()
        assert sweep.is_own(key)
    with rights.acting(Visitor("t2", teacher=True)):
        assert sweep.remove(key)
