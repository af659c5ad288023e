"""Students and the queue: their turns, their limits, what is theirs, and the teacher's pause."""

from dataclasses import replace

import pytest

from pcae import removal, rights, rules, store
from pcae.config import RunConfig
from pcae.files import home
from pcae.presets import PRESETS
from pcae.rights import NOBODY, OWNER, Denied, Visitor
from pcae.store import Status
from pcae.training import claiming, jobs, turns, worker
from pcae.training.jobs import JobError

SMALL = RunConfig(dataset="mnist-5k", hidden=(32,), epochs=1)
ANN, BEN, TEACHER = Visitor("ann"), Visitor("ben"), Visitor("t", teacher=True)
A, B, T = frozenset({"ann"}), frozenset({"ben"}), frozenset()


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    """What is asked for waits; how many workers were wanted."""
    started = []
    monkeypatch.setattr(jobs, "_start_worker", lambda: started.append(1))
    return started


def limit(**lines):
    home().mkdir(parents=True, exist_ok=True)
    rules.path().write_text("".join(f"{name} = {value}\n" for name, value in lines.items()))


def ask(visitor, *seeds, **settings):
    with rights.acting(visitor):
        return [jobs.submit(replace(SMALL, seed=seed, **settings)) for seed in seeds]


def finish(run):
    """As if it were trained."""
    run.write_checkpoint(1, weights(run.config))
    run.write_history([store.EpochRecord(1, 0.1, 0.1, 1.0)])
    run.write_status(Status("finished"))


def weights(config):
    import numpy as np

    from pcae.methods.autoencoder import weight_shapes

    return {name: np.zeros(shape, np.float32) for name, shape in weight_shapes(config).items()}


@pytest.mark.parametrize(
    ("training", "waiting", "of", "place"),
    [
        ([], [], A, 0),
        ([], [A, A, A], B, 1),  # behind the first of the other's
        ([], [A, B, A], B, 3),  # behind the second of the other's
        ([A], [A, A], B, 0),  # the other's first is in training already
        ([], [A, A], T, 0),
        ([], [T, T, A], T, 2),
        ([T], [T], A, 1),
        ([], [A, B, A, B], frozenset({"ann", "eve"}), 2),  # as the one whose turn is first
    ],
)
def test_the_queue_goes_round_by_visitor_and_the_teacher_is_first(training, waiting, of, place):
    assert turns.place(training, waiting, of) == place


def test_many_of_one_student_do_not_hold_up_anothers_first():
    limit(waiting=5)
    a = ask(ANN, 1, 2, 3, 4, 5)
    b = ask(BEN, 6, 7)
    t = ask(TEACHER, 8)
    assert jobs.queue() == [t[0], a[0], b[0], a[1], b[1], a[2], a[3], a[4]]


def test_alone_runs_wait_in_the_order_in_which_they_are_asked_for():
    with rights.acting(OWNER):
        asked = jobs.submit_all([replace(SMALL, seed=seed) for seed in range(9)])
    assert jobs.queue() == asked


def test_a_student_has_so_many_waiting_and_is_told():
    ask(ANN, 1, 2, 3)
    with pytest.raises(Denied, match=r"may have 3 networks waiting .* cancel one\.$"):
        ask(ANN, 4)
    ask(ANN, 3)  # which waits already
    ask(BEN, 4)
    with rights.acting(ANN):
        jobs.cancel(jobs.queue()[0])
    ask(ANN, 5)


def test_a_student_keeps_so_many_networks_and_is_told():
    limit(networks=1)
    (run,) = ask(ANN, 1)
    finish(run)
    with pytest.raises(Denied, match=r"may keep 1 network: delete one"):
        ask(ANN, 2)
    ask(ANN, 1)  # which they keep already
    with rights.acting(ANN):
        jobs.remove(run)
    ask(ANN, 2)


def test_all_students_have_so_many_waiting():
    limit(queue=2)
    ask(TEACHER, 1, 2, 3)
    ask(ANN, 4)
    ask(BEN, 5)
    with pytest.raises(Denied, match=r"^2 networks of students wait already, of 2 that may"):
        ask(BEN, 6)
    ask(TEACHER, 7)


def test_a_training_has_so_many_parameters_and_steps():
    with pytest.raises(Denied, match=r"are 64 million, .* have 50 million: choose"):
        ask(ANN, 1, epochs=1_000, hidden=(40,))
    with pytest.raises(Denied, match=r"has 400,000 steps, and a student's may have 100,000"):
        ask(ANN, 1, epochs=100, batch_size=1)
    ask(TEACHER, 1, epochs=1_000, hidden=(40,))
    with rights.acting(ANN):
        assert turns.is_small_enough(SMALL)
        assert not turns.is_small_enough(replace(SMALL, epochs=1_000, hidden=(40,)))
    assert turns.is_small_enough(replace(SMALL, epochs=1_000, hidden=(40,)))
    assert len(jobs.queue()) == 1


def test_of_a_batch_all_are_queued_or_none():
    with rights.acting(ANN), pytest.raises(Denied, match="3 networks"):
        jobs.submit_all([replace(SMALL, seed=seed) for seed in range(4)])
    assert jobs.queue() == []


def test_whom_the_server_does_not_know_trains_nothing():
    with pytest.raises(Denied, match="cookies"):
        ask(NOBODY, 1)
    assert jobs.queue() == []


def test_a_broken_file_of_limits_has_the_usual_ones_hold():
    limit(waiting="many")
    ask(ANN, 1, 2, 3)
    with pytest.raises(Denied, match="3 networks"):
        ask(ANN, 4)


def test_what_is_asked_for_is_ones_own_and_may_be_cancelled_and_deleted():
    (run,) = ask(ANN, 1)
    for act in (jobs.cancel, jobs.remove, store.delete):
        with (
            rights.acting(BEN),
            pytest.raises(Denied, match=r"by those whose it is, or by the teacher"),
        ):
            act(run)
    assert jobs.state(run) == "queued"
    with rights.acting(ANN):
        with pytest.raises(JobError, match="cancel it first"):
            jobs.remove(run)
        jobs.cancel(run)
        assert jobs.state(run) == "cancelled"
        removed = jobs.remove(run)
        assert not run.folder.exists()
        assert removed.restore()
        assert rights.is_own(run.folder)


def test_the_teacher_cancels_and_deletes_what_is_a_students():
    (run,) = ask(ANN, 1)
    with rights.acting(TEACHER):
        jobs.cancel(run)
        assert jobs.remove(run)


def test_who_leaves_a_run_of_several_does_not_end_it():
    (run,) = ask(ANN, 1)
    ask(BEN, 1)
    with rights.acting(ANN):
        jobs.cancel(run)
        assert jobs.state(run) == "queued"
        assert not rights.is_own(run.folder)
    ask(ANN, 1)
    with rights.acting(BEN):
        assert jobs.remove(run) is None  # although it waits
    assert run.folder.exists()
    with rights.acting(ANN):
        jobs.cancel(run)
    assert jobs.state(run) == "cancelled"


def test_a_student_who_asks_for_the_teachers_run_cannot_end_it():
    (run,) = ask(TEACHER, 1)
    ask(ANN, 1)
    with rights.acting(ANN):
        jobs.cancel(run)
        assert jobs.state(run) == "queued"
        with pytest.raises(Denied):
            jobs.cancel(run)


def test_what_is_finished_is_not_claimed_and_damage_of_others_not_mended():
    (run,) = ask(TEACHER, 1)
    finish(run)
    assert ask(ANN, 1) == [run]
    assert rights.owners(run.folder) == set()
    (run.folder / "weights.safetensors").write_bytes(b"broken")
    with pytest.raises(Denied):
        ask(ANN, 1)
    assert (run.folder / "weights.safetensors").read_bytes() == b"broken"


def test_a_student_does_not_train_what_ships_anew_for_all():
    config = PRESETS["Seed network, 5 epochs"]
    with rights.acting(ANN):
        assert jobs.submit(config).shipped
    assert not store.own_run(config.key).folder.exists()
    assert not jobs.submit(config).shipped
    with rights.acting(ANN), pytest.raises(Denied, match="ships with pcae and stays"):
        jobs.remove(store.shipped_run(PRESETS["Linear"].key))


def test_a_student_overtakes_their_own_alone():
    a1, a2 = ask(ANN, 1, 2)
    (b1,) = ask(BEN, 3)
    assert jobs.queue() == [a1, b1, a2]
    with rights.acting(ANN):
        with pytest.raises(Denied, match="of others is overtaken by the teacher"):
            jobs.move_up(a2)
        with pytest.raises(Denied, match="is moved up by those whose it is"):
            jobs.move_up(b1)
        with pytest.raises(Denied, match="to the front by the teacher alone"):
            jobs.move_first(a2)
    assert jobs.queue() == [a1, b1, a2]
    with rights.acting(TEACHER):
        jobs.move_up(a2)
    assert jobs.queue() == [a1, a2, b1]
    with rights.acting(ANN):
        jobs.move_up(a2)
    assert jobs.queue() == [a2, a1, b1]
    jobs.move_first(b1)
    jobs.move_first(b1)
    assert jobs.queue() == [b1, a2, a1]


def test_while_the_queue_is_paused_runs_wait_and_no_worker_begins_one(no_worker, monkeypatch):
    with rights.acting(ANN):
        for wanted in (True, False):
            with pytest.raises(Denied, match=r"^The queue is paused by the teacher alone\.$"):
                jobs.pause(wanted)
    jobs.pause(True)
    assert jobs.paused()
    (run,) = ask(ANN, 1)
    run.write_status(replace(run.status, queued=1.0, updated=1.0))
    assert jobs.state(run) == "queued"  # and not given up
    assert claiming.claim(set()) is None
    worker.main()
    assert jobs.state(run) == "queued"
    no_worker.clear()
    jobs.pause(False)
    assert not jobs.paused()
    assert no_worker
    claimed = claiming.claim(set())
    assert claimed.run == run
    claimed.lock.release()


def test_what_is_set_aside_is_still_counted_by_nobody():
    limit(networks=1)
    (run,) = ask(ANN, 1)
    with rights.acting(ANN):
        jobs.cancel(run)
        removed = jobs.remove(run)
    assert isinstance(removed, removal.Removed)
    ask(ANN, 2)
