"""What a worker makes ready and when; and that nothing stays of a training that is over."""

import gc
import logging
import os
import time
import weakref
from dataclasses import replace
from types import SimpleNamespace

import pytest
import tensorflow as tf

from pcae import store
from pcae.config import RunConfig
from pcae.data import datasets
from pcae.methods.autoencoder import weights_sha256
from pcae.training import images, jobs, loop, program, ready, worker
from pcae.training.ready import Ready

pytestmark = pytest.mark.usefixtures("pca_kept")

SMALL = RunConfig(dataset="mnist-5k", hidden=(32,), epochs=2)
WILD = replace(SMALL, hidden=(256,) * 6, output="linear", activation="relu", learning_rate=1.0, k=3)
HOUR, TEN_YEARS = 3600, 10 * 365 * 86400


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """What is asked for is trained in this process, which stays as it is."""
    monkeypatch.setattr(jobs, "_start_worker", lambda: None)
    monkeypatch.setattr(gc, "freeze", lambda: None)


@pytest.fixture
def made(monkeypatch):
    """Weak references to every training made, and to every program with what it holds.

    Python looks for no cycles of its own accord meanwhile, and pytest keeps no log: it would keep
    the errors in it with all that they came through.
    """
    found = SimpleNamespace(trainings=[], programs=[], data=[])
    make_training, make_program = loop.Training.__init__, program.Program.__init__
    place = images.Resident.__init__

    def training(self, *parts):
        make_training(self, *parts)
        found.trainings.append(weakref.ref(self))

    def compiled(self, config, *others):
        make_program(self, config, *others)
        moments = [of for group in self._groups for of in group.first["encoder.0.kernel"]]
        parts = [self, self._compiled_steps, *moments]
        found.programs.append((config, [weakref.ref(part) for part in parts]))

    def placed(self, *data):
        place(self, *data)
        found.data.append(weakref.ref(self))

    monkeypatch.setattr(loop.Training, "__init__", training)
    monkeypatch.setattr(program.Program, "__init__", compiled)
    monkeypatch.setattr(images.Resident, "__init__", placed)
    logging.disable()
    gc.collect()
    gc.disable()
    yield found
    gc.enable()
    logging.disable(logging.NOTSET)


def trainings(made):
    """How many of the trainings made are left."""
    assert made.trainings
    return sum(of() is not None for of in made.trainings)


def programs(made):
    """Of which programs made there is anything left."""
    assert made.programs
    return [config for config, parts in made.programs if any(part() for part in parts)]


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is moved."""
    clock = SimpleNamespace(now=1_000.0)
    clock.monotonic = lambda: clock.now
    monkeypatch.setattr(ready, "time", clock)
    return clock


@pytest.fixture
def form(clock):
    """A page's form, and a worker that has nothing else to do."""
    form = SimpleNamespace(ready=Ready())

    def tell(config, seconds=0.0):
        jobs.keep_warm(config)
        wait(0)
        wait(seconds)

    def wait(seconds):
        clock.now += seconds
        form.ready.look()
        form.ready.follow()

    form.tell, form.wait = tell, wait
    return form


def train(config):
    """Train it here; its state then."""
    run = jobs.submit(config)
    worker.main()
    return run.status.state


def test_nothing_stays_of_a_finished_training(made):
    assert train(SMALL) == "finished"
    assert trainings(made) == 0


def test_no_graph_stays_of_a_program_that_is_let_go(sample):
    device, kept = loop.prepare_device(), Ready()
    of = kept.take([SMALL], device).program
    of.compile(images.Resident(sample, device))
    compiled = (of._compiled_steps, of._compiled_measure, of._compiled_encode)
    graphs = [weakref.ref(each.get_concrete_function().graph) for each in compiled]
    del of, compiled
    kept.let_go()
    assert [graph() for graph in graphs] == [None] * 3


def test_nothing_stays_of_a_cancelled_training(made, monkeypatch):
    written = store.Run.write_checkpoint

    def then_cancel(self, *state):
        written(self, *state)
        jobs.cancel(self)

    monkeypatch.setattr(store.Run, "write_checkpoint", then_cancel)
    assert train(SMALL) == "cancelled"
    assert trainings(made) == 0


def test_nothing_stays_of_a_training_that_diverged(made):
    assert train(WILD) == "failed"
    assert trainings(made) == 0


def test_of_a_training_that_ran_out_of_memory_not_even_its_program_and_data_stay(made, monkeypatch):
    measure = loop.Training._measured

    def full(self, *figures):
        measure(self, *figures)
        raise tf.errors.ResourceExhaustedError(None, None, "full")

    monkeypatch.setattr(loop.Training, "_measured", full)
    assert train(SMALL) == "failed"
    assert trainings(made) == 0
    assert programs(made) == []
    assert [of() for of in made.data] == [None]


def test_what_differs_in_numbers_alone_shares_one_program_and_trains_as_by_itself(made):
    several = [
        SMALL,
        replace(SMALL, seed=1, epochs=1),
        replace(SMALL, learning_rate=3e-3, schedule="one-cycle"),
    ]
    runs = jobs.submit_all(several)
    worker.main()
    assert len(made.programs) == 1
    assert len(made.data) == 1
    data, device = datasets.load("mnist-5k"), loop.prepare_device()
    for run in runs:
        *_, last = loop.train_alone(run.config, data, device)
        assert weights_sha256(run.config, last.state) == store.sha256_of(run)


def test_two_programs_are_kept_and_the_third_takes_the_place_of_that_used_longest_ago(made):
    keeper, device = Ready(), loop.prepare_device()
    one, two, three = (replace(SMALL, hidden=(width,)) for width in (8, 16, 24))
    for config in (one, two, one, three):
        keeper.take([config], device)
    assert programs(made) == [one, three]
    keeper.take([two], device)
    assert programs(made) == [three, two]
    keeper.let_go()
    assert programs(made) == []


def test_data_is_kept_beside_another_set_unless_they_are_large(made, monkeypatch):
    keeper, device = Ready(), loop.prepare_device()
    small = [replace(SMALL, dataset=name) for name in ("mnist-5k", "digits-8x8", "mnist-5k")]
    for config in small:
        keeper.take([config], device)
    assert len(made.data) == 2
    monkeypatch.setattr(ready, "_MOST_BYTES", 1_000_000)
    keeper = Ready()
    for config in small:
        keeper.take([config], device)
    assert len(made.data) == 5
    assert [of() is None for of in made.data[2:]] == [True, False, False]  # the second is small


def test_nothing_stays_of_what_could_not_be_made_ready(made, form, monkeypatch):
    def full(*_):
        raise tf.errors.ResourceExhaustedError(None, None, "full")

    monkeypatch.setattr(program.Program, "compile", full)
    form.tell(SMALL, 2)
    assert programs(made) == []


def test_what_is_ready_is_what_is_taken(made, form):
    form.tell(SMALL, 2)
    taken = form.ready.take([replace(SMALL, seed=5)], loop.prepare_device())
    assert made.programs[0][1][0]() is taken.program
    assert len(made.programs) == 1


def test_looks_at_two_pages_in_turn_compile_each_program_once(made, form):
    for number in range(30):
        form.tell(replace(SMALL, hidden=() if number % 2 else (32,), seed=number), 3)
    assert len(made.programs) == 2
    assert len(made.data) == 1


def test_only_settings_that_stand_still_are_made_ready(made, form):
    for width in (3, 32, 321):
        form.tell(replace(SMALL, hidden=(width,)), 1.9)
    form.tell(SMALL, 1.9)
    assert not made.programs
    form.tell(SMALL)  # the page is drawn again
    form.wait(0.2)
    assert [config for config, _ in made.programs] == [SMALL]
    form.tell(SMALL, 10)
    assert len(made.programs) == 1


def test_what_is_trained_already_is_not_made_ready(made, form):
    train(SMALL)
    form.tell(SMALL, 10)
    assert len(made.trainings) == 1


def test_a_damaged_form_is_passed_over(made, form):
    for text in ("{", '{"hidden": [0]}', '{"colour": 1}'):
        jobs.likely_path().parent.mkdir(exist_ok=True)
        jobs.likely_path().write_text(text)
        form.wait(3)
    assert not made.programs
    form.tell(SMALL, 2)
    assert len(made.programs) == 1


@pytest.mark.parametrize("ahead", [HOUR, TEN_YEARS, -HOUR, -TEN_YEARS])
def test_a_form_counts_as_looked_at_when_its_file_changes_whatever_its_date(ahead, clock, form):
    def dated(seconds):
        os.utime(jobs.likely_path(), (time.time() + seconds,) * 2)
        form.ready.look()

    jobs.keep_warm(SMALL)
    dated(ahead)
    assert form.ready.asked == clock.now
    clock.now += 100
    form.ready.look()
    assert form.ready.asked == clock.now - 100
    dated(ahead + 1)
    assert form.ready.asked == clock.now


def test_an_open_page_keeps_the_worker_and_has_nothing_made_ready(made, form, clock):
    jobs.visited()
    form.wait(100)
    assert form.ready.asked == clock.now
    form.wait(100)
    assert form.ready.asked == clock.now - 100
    os.utime(jobs.visited_path(), (0, 0))
    form.wait(0)
    assert form.ready.asked == clock.now
    assert not made.programs


def test_a_worker_stays_while_a_page_is_open_and_then_ends(monkeypatch):
    naps, visits = 0, 20

    def nap(seconds, sleep=time.sleep):
        nonlocal naps
        naps += 1
        if naps <= visits:
            jobs.visited()
        assert naps < 2 * visits, "it does not end"
        sleep(seconds)

    monkeypatch.setattr(time, "sleep", nap)
    worker.main(idle_seconds=0.5)
    assert naps > visits


@pytest.mark.parametrize("ahead", [HOUR, TEN_YEARS, -HOUR, -TEN_YEARS])
def test_a_worker_ends_whatever_date_the_form_has(ahead, monkeypatch):
    jobs.keep_warm(SMALL)
    os.utime(jobs.likely_path(), (time.time() + ahead,) * 2)
    naps = iter(range(20))

    def nap(seconds, sleep=time.sleep):
        assert next(naps, None) is not None, "it does not end"
        sleep(seconds)

    monkeypatch.setattr(time, "sleep", nap)
    worker.main(idle_seconds=0.5)
    assert not jobs.worker_alive()
