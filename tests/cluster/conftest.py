"""A cluster of one's own on this machine: a scheduler, and workers that are processes."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pcae.training import jobs

ROOT = Path(__file__).parents[2]
SECONDS = 240  # that anything may take where other tests run beside it


@pytest.fixture(autouse=True)
def no_loop():
    """Let a test run a loop of its own: those with a browser leave theirs in this thread."""
    left = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(left)


class Cluster:
    """The processes of a cluster, each of which can be killed and started again."""

    def __init__(self, folder):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self.folder = folder
        self.processes = {}

    def start_scheduler(self):
        host, _, port = self.address.removeprefix("tcp://").partition(":")
        self._start("scheduler", "scheduler", "--host", host, "--port", port)

    def start_worker(self, name):
        places = ["--local-directory", str(self.folder / name), "--memory-limit", "0"]
        once = ["--nthreads", "1", "--no-nanny", "--death-timeout", "60"]
        self._start(name, "worker", self.address, "--name", name, *once, *places)

    def _start(self, name, kind, *options):
        own = {"PCAE_HOME": str(self.folder / "home"), "KERAS_HOME": str(self.folder / "keras")}
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "dask", kind, *options, "--no-dashboard"],
                cwd=ROOT,
                env=os.environ | own | {"TF_CPP_MIN_LOG_LEVEL": "2"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self, name, how=signal.SIGKILL):
        self.processes[name].send_signal(how)
        if how == signal.SIGKILL:
            self.processes.pop(name).wait()

    def stop(self):
        for name in list(self.processes):
            self.kill(name)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A scheduler and two workers, for the tests of a module."""
    found = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        found.start_scheduler()
        found.start_worker("ada")
        found.start_worker("bob")
        yield found
    finally:
        found.stop()


@pytest.fixture
def dispatched(cluster, monkeypatch):
    """What is asked for trains on the cluster; ends the dispatcher."""
    monkeypatch.setenv("PCAE_SCHEDULER", cluster.address)
    yield cluster
    jobs.stop_workers()


def wait(until, seconds=SECONDS):
    """Wait until something is so, and give what it said."""
    end = time.monotonic() + seconds
    while not (found := until()):
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)
    return found
