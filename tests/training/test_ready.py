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
from pcae.training import jobs, loop, ready, worker
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
    """Every training made: its settings, and weak references to it and what it holds.

    Python looks for no cycles of its own accord meanwhile, and pytest keeps no log: it would keep
    the errors in it with all that they came through.
    """
    found, make = [], loop.Training.__init__

    def remember(self, config, *others):
        make(self, config, *others)
        parts = (self, self.images, self.test_images, self.network.encoder, self.steps)
        moments = self.first["encoder.0.kernel"] + self.second["encoder.0.kernel"]
        found.append((config, [weakref.ref(part) for part in (*parts, *moments)]))

    monkeypatch.setattr(loop.Training, "__init__", remember)
    logging.disable()
    gc.collect()
    gc.disable()
    yield found
    gc.enable()
    logging.disable(logging.NOTSET)


def alive(made):
    """What is left of the trainings made."""
    assert made
    return [type(part()) for _, parts in made for part in parts if part() is not None]


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
    assert alive(made) == []


def test_nothing_stays_of_a_cancelled_training(made, monkeypatch):
    written = store.Run.write_checkpoint

    def then_cancel(self, *state):
        written(self, *state)
        jobs.cancel(self)

    monkeypatch.setattr(store.Run, "write_checkpoint", then_cancel)
    assert train(SMALL) == "cancelled"
    assert alive(made) == []


def test_nothing_stays_of_a_training_that_diverged(made):
    assert train(WILD) == "failed"
    assert alive(made) == []


def test_nothing_stays_of_a_training_that_ran_out_of_memory(made, monkeypatch):
    measure = loop.Training._measure

    def full(self, *figures, **named):
        measure(self, *figures, **named)
        raise tf.errors.ResourceExhaustedError(None, None, "full")

    monkeypatch.setattr(loop.Training, "_measure", full)
    assert train(SMALL) == "failed"
    assert alive(made) == []


def test_what_was_made_ready_and_not_used_goes_before_the_next_is_made(made, form, monkeypatch):
    form.tell(SMALL, 2)
    assert len(alive(made)) == len(made[0][1])
    left, build = [], loop.build

    def look_then_build(*settings, **device):
        left.append(alive(made))
        return build(*settings, **device)

    monkeypatch.setattr(loop, "build", look_then_build)
    form.tell(replace(SMALL, seed=1), 2)
    assert left == [[]]
    form.ready.take(replace(SMALL, seed=2), loop.prepare_device())
    assert left == [[], []]
    form.ready.let_go()
    assert alive(made) == []


def test_nothing_stays_of_what_could_not_be_made_ready(made, form, monkeypatch):
    def full(_):
        raise tf.errors.ResourceExhaustedError(None, None, "full")

    monkeypatch.setattr(loop.Training, "compile", full)
    form.tell(SMALL, 2)
    assert alive(made) == []


def test_what_is_ready_is_what_is_taken(made, form):
    form.tell(SMALL, 2)
    taken = form.ready.take(SMALL, loop.prepare_device())
    assert made[0][1][0]() is taken
    assert len(made) == 1


def test_only_settings_that_stand_still_are_made_ready(made, form):
    for width in (3, 32, 321):
        form.tell(replace(SMALL, hidden=(width,)), 1.9)
    form.tell(SMALL, 1.9)
    assert not made
    form.tell(SMALL)  # the page is drawn again
    form.wait(0.2)
    assert [config for config, _ in made] == [SMALL]
    form.tell(SMALL, 10)
    assert len(made) == 1


def test_what_is_trained_already_is_not_made_ready(made, form):
    train(SMALL)
    form.tell(SMALL, 10)
    assert len(made) == 1
    assert alive(made) == []


def test_a_damaged_form_is_passed_over(made, form):
    for text in ("{", '{"hidden": [0]}', '{"colour": 1}'):
        jobs.likely_path().parent.mkdir(exist_ok=True)
        jobs.likely_path().write_text(text)
        form.wait(3)
    assert not made
    form.tell(SMALL, 2)
    assert len(made) == 1


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
    assert not made


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
