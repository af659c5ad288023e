import pytest

from pcae.training import jobs, worker


@pytest.fixture
def no_worker_left(request):
    """Ends the worker of a test, and waits until it has gone, unless others go on with it."""
    yield
    if "one_worker" not in request.fixturenames:
        jobs.stop_workers()


@pytest.fixture
def train(monkeypatch):
    """Trains what is asked for here: faster, where what comes of it matters and not where."""
    monkeypatch.setattr(jobs, "_start_worker", lambda: None)

    def train(config):
        run = jobs.submit(config)
        worker.main()
        return run

    return train
