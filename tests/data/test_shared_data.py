"""Data that students bring: whose it is, who sees it, how much of it there may be, and how long."""

import os
import time

import numpy as np
import pytest

from pcae import kept, names, rights, store
from pcae.config import RunConfig
from pcae.data import datasets, owndata
from pcae.data.dataset import DataMissing
from pcae.rights import NOBODY, OWNER, Denied, Visitor
from pcae.server import loading
from tests.data.reading.test_uploads import LABELS, PICTURES, npz, understood
from tests.training.test_turns import ANN, BEN, TEACHER, finish, limit


def brought(visitor, number=0, title="Mine"):
    """A data set that a visitor keeps; its name."""
    files = {"a.npz": npz(images=np.roll(PICTURES, number, axis=1), labels=LABELS)}
    data = understood(files).data
    with rights.acting(visitor):
        owndata.keep(data, title, "as they are")
    return data.name


def trained_on(visitor, name):
    """A network that a visitor has trained on a data set."""
    with rights.acting(visitor):
        run = store.create(RunConfig(dataset=name, hidden=(4,), epochs=1))
    finish(run)
    return run


def sees(visitor, name):
    """Every way in which a visitor may come upon a data set."""
    with rights.acting(visitor):
        found = {name in names.own(), name in names.all_here(), kept.is_here(name)}
        found |= {names.is_seen(name), not names.title(name).startswith("removed data")}
        for load in (datasets.load, loading.view):
            try:
                load(name)
            except DataMissing:
                found.add(False)
            else:
                found.add(True)
    assert len(found) == 1, "some see it where others do not"
    return found.pop()


def test_what_a_student_brings_they_see_and_the_teacher():
    name = brought(ANN)
    loading.view(name)  # which is then kept in memory for all
    assert [sees(of, name) for of in (ANN, BEN, NOBODY, TEACHER, OWNER)] == [
        *(True, False, False, True, True)
    ]


def test_what_the_teacher_brings_all_see():
    name = brought(TEACHER)
    assert sees(BEN, name)
    assert sees(NOBODY, name)
    with rights.acting(BEN), pytest.raises(Denied, match=r"^Data is removed by those whose it is"):
        owndata.remove(name)


def test_two_who_bring_the_same_have_it_until_both_have_removed_it():
    name = brought(ANN, title="Ann's")
    assert brought(BEN, title="Ben's") == name
    with rights.acting(BEN):
        assert names.title(name) == "Ann's"  # whose it was first; Ann's page is as it was
        assert owndata.remove(name) is None
    assert [sees(ANN, name), sees(BEN, name)] == [True, False]
    brought(ANN, title="Ann's other")
    assert names.title(name) == "Ann's other"
    with rights.acting(ANN):
        assert owndata.remove(name).restore()
        assert owndata.remove(name)
    assert not kept.is_here(name)


def test_the_teacher_who_brings_the_same_shows_it_to_all():
    name = brought(ANN)
    brought(TEACHER, title="Of the class")
    assert sees(BEN, name)
    with rights.acting(ANN):
        assert owndata.remove(name) is None
    assert names.title(name) == "Of the class"


def test_networks_on_anothers_data_are_seen_by_whose_they_are_and_the_teacher():
    run = trained_on(ANN, brought(ANN))
    other = trained_on(BEN, "mnist-5k")

    def seen(visitor):
        with rights.acting(visitor):
            found = {of.key for of in store.runs()} & {run.key, other.key}
            assert found == store.trained_runs().keys() & {run.key, other.key}
            assert found == {key for key in (run.key, other.key) if store.find(key)}
            return found

    assert seen(ANN) == seen(TEACHER) == {run.key, other.key}
    assert seen(BEN) == seen(NOBODY) == {other.key}
    with rights.acting(ANN):
        owndata.remove(run.config.dataset)
    assert seen(ANN) == seen(TEACHER) == {run.key, other.key}
    assert seen(BEN) == {other.key}


def test_a_network_whose_settings_are_damaged_is_seen_by_whose_it_is():
    run = trained_on(ANN, brought(ANN))
    (run.folder / "config.json").write_text("{")
    store._dataset.cache_clear()
    for visitor, there in ((ANN, True), (BEN, False), (TEACHER, True)):
        with rights.acting(visitor):
            assert (run in store.runs()) is there


def test_what_is_made_of_data_stays_where_somebody_sweeps_who_does_not_see_it():
    run = trained_on(ANN, brought(ANN))
    made = kept.name(run, run.config.dataset, "a")
    kept.find_or_make(made, lambda file: file.write(b"a")).close()
    with rights.acting(BEN):
        kept.sweep()
    kept.find(made).close()


def test_a_student_keeps_so_many_data_sets_and_so_large_ones():
    limit(uploads=1)
    brought(ANN)
    with pytest.raises(Denied, match=r"may keep 1 data set: remove one"):
        brought(ANN, 1)
    brought(ANN)  # which they keep already
    brought(BEN, 1)
    brought(TEACHER, 2)
    brought(TEACHER, 3)
    limit(uploads_mb=0)
    with pytest.raises(Denied, match=r"may take 0 MB, and this would be more"):
        brought(Visitor("eve"), 4)
    assert len(names.own()) == 4


def test_whom_the_server_does_not_know_keeps_nothing():
    with pytest.raises(Denied, match="cookies"):
        brought(NOBODY)
    assert names.own() == []


def test_what_students_brought_goes_after_a_day_and_the_teachers_stays():
    theirs, anns, shared = brought(TEACHER), brought(ANN, 1), brought(ANN, 2)
    brought(TEACHER, 2)
    bens = brought(BEN, 3)
    day = time.time() - 24.1 * 3600
    for name in (theirs, anns, shared):
        os.utime(names.folder(name) / "about.json", (day, day))
    with rights.acting(BEN):
        owndata.expire()
    assert set(names.own()) == {theirs, shared, bens}
    limit(upload_hours=0)
    time.sleep(0.01)
    brought(TEACHER, 4)
    assert bens not in names.own()


def test_data_that_was_left_half_kept_is_not_shown_to_all_later():
    name = brought(ANN)
    place = names.folder(name)
    (place / "about.json").unlink()
    (place / "owners.json").unlink()
    brought(BEN)
    assert [sees(BEN, name), sees(ANN, name)] == [True, False]
