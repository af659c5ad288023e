"""A cluster of three machines without a shared folder, while each part of it dies once.

The machines are network namespaces of this one: the first has the scheduler and the dashboard (a
sweep on the command line, and its dispatcher), the others a worker each. All is encrypted, with
certificates of the test's own.
"""

import os
import signal
import time
from pathlib import Path

import pytest

from pcae import store
from pcae.config import RunConfig
from pcae.files import home
from pcae.training import jobs, sweep, worker
from pcae.training.sweep import Sweep
from tests.cluster.certificates import sign
from tests.cluster.hosts import Hosts, address

SCHEDULER = f"tls://{address(1)}:8786"
VALUES = ("64", "2", "24", ", ".join(map(str, range(12))))
NAMES = ("--hidden", "--k", "--epochs", "--seeds")
FLAGS = [part for of in zip(NAMES, VALUES, strict=True) for part in of]
PATIENCE = 300


@pytest.fixture
def cluster(tmp_path):
    """The three machines, with a scheduler and two workers that are started again when they die."""
    (tmp_path / "certificates").mkdir()
    environment = sign(tmp_path / "certificates") | {
        "HOME": str(Path.home()),  # for Matplotlib's list of fonts, which takes seconds to make
        "TF_CPP_MIN_LOG_LEVEL": "2",
        # a connection without an answer is given up sooner than after Dask's 30 s
        "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "11s",
    }
    hosts = Hosts(3)
    try:
        yield Cluster(hosts, tmp_path, environment)
    finally:
        hosts.end()


class Cluster:
    def __init__(self, hosts, folder, environment):
        self.hosts, self._folder, self._environment = hosts, folder, environment
        listens = ("--protocol", "tls", "--no-dashboard", "--dashboard-address", ":0")
        self.scheduler = self._keep(
            1, "distributed.cli.dask_scheduler", "--host", address(1), "--port", "8786", *listens
        )
        self.workers = [
            self._keep(
                number,
                *("distributed.cli.dask_worker", SCHEDULER, "--host", address(number)),
                *("--name", f"bench-{number}", "--nthreads", "1", "--memory-limit", "0"),
                *("--no-nanny", *listens),
                *("--local-directory", str(folder / f"machine-{number}" / "dask")),
            )
            for number in (2, 3)
        ]

    def _of(self, number):
        """A machine's own folders."""
        place = self._folder / f"machine-{number}"
        (place / "dask").mkdir(parents=True, exist_ok=True)
        return self._environment | {"KERAS_HOME": str(place / "keras")}

    def _keep(self, number, *arguments):
        log = self._folder / f"machine-{number}.log"
        return self.hosts.keep(number, "-m", *arguments, log=log, environment=self._of(number))

    def dashboard(self, *arguments):
        """Start a command of pcae's at the first machine, whose store is the test's own."""
        variables = self._of(1) | {"PCAE_HOME": str(home()), "PCAE_SCHEDULER": SCHEDULER}
        log = self._folder / "dashboard.log"
        return self.hosts.start(1, "-m", "pcae", *arguments, log=log, environment=variables)

    def kill_dashboard(self, process):
        """Kill a command, and the dispatcher that it started."""
        found = self.hosts.pids(1, "pcae.cluster.dispatcher")
        assert len(found) == 1
        for pid in (process.pid, *found):
            os.kill(pid, signal.SIGKILL)
        process.wait()

    def said(self):
        logs = [*sorted(self._folder.glob("*.log")), home() / "dispatcher.log"]
        return "\n".join(
            f"== {log.name}\n{log.read_text()[-3000:]}" for log in logs if log.exists()
        )


def wait(cluster, wanted, what):
    """Wait until something holds; what it is."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := wanted():
            return found
        time.sleep(0.1)
    states = [(run.key, jobs.status(run), len(run.history)) for run in store.all_runs()]
    raise AssertionError(f"{what} did not come about: {states}\n{cluster.said()}")


def networks():
    return [run for run in store.all_runs() if not run.shipped]


def finished():
    return [run for run in networks() if jobs.state(run) == "finished"]


def in_training(epochs):
    """A run that trains and has finished so many epochs, and not all of them."""
    for run in networks():
        status = jobs.status(run)
        if status.state == "running" and epochs <= len(run.history) < run.config.epochs:
            return run
    return None


def weights():
    """The weights' SHA-256 as the records of the store say, by run."""
    return {run.key: run.record["weights_sha256"] for run in finished()}


@pytest.fixture
def undisturbed(tmp_path, monkeypatch):
    """The weights of the sweep, trained on this machine and by nobody disturbed."""
    with monkeypatch.context() as patch:
        patch.setenv("PCAE_HOME", str(tmp_path / "undisturbed"))
        patch.setattr(jobs, "_start_worker", lambda: None)
        base = RunConfig(dataset="mnist-5k")
        sweep.submit(Sweep.from_text(base, dict(zip(sweep.AXES, VALUES, strict=True))))
        worker.main()
        return weights()


def test_a_sweep_has_the_weights_of_an_undisturbed_one_though_everything_dies_once(
    cluster, undisturbed
):
    assert len(undisturbed) == 12
    asked = cluster.dashboard("sweep", *FLAGS)
    run = wait(cluster, lambda: in_training(2), "a second epoch")
    name = jobs.status(run).device.rpartition(" ")[2]
    cluster.workers[int(name[-1]) - 2].kill()

    before = len(finished())
    wait(cluster, lambda: len(finished()) > before and in_training(1), "another network")
    cluster.scheduler.kill()
    before = len(finished())
    wait(cluster, lambda: len(finished()) > before and in_training(1), "a network after that")

    cluster.kill_dashboard(asked)
    wait(cluster, lambda: not jobs.worker_alive(), "its end")
    again = cluster.dashboard("sweep", *FLAGS)
    assert again.wait(PATIENCE) == 0, cluster.said()
    assert weights() == undisturbed
    devices = {run.record["device"].rpartition(" ")[2] for run in finished()}
    assert devices == {"bench-2", "bench-3"}


def test_a_network_goes_on_though_its_workers_cable_is_out_for_a_while(cluster):
    config = RunConfig(dataset="mnist-5k", hidden=(64,), epochs=40)
    flags = ("--dataset", config.dataset, "--hidden", "64", "--epochs", str(config.epochs))
    asked = cluster.dashboard("train", *flags)
    run = wait(cluster, lambda: in_training(2), "a second epoch")
    machine = int(jobs.status(run).device.rpartition(" ")[2][-1])
    cluster.hosts.link(machine, "down")
    time.sleep(14)
    cluster.hosts.link(machine, "up")
    assert asked.wait(PATIENCE) == 0, cluster.said()
    assert run.record["weights_sha256"] == store.sha256_of(run)
    assert len(run.history) == config.epochs
