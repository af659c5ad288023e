"""`python -m pcae cluster`: a cluster of this machine's own, and what is said of one."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from pcae import cli, doctor
from pcae.cluster import command, workers
from pcae.files import home
from pcae.training import devices

PATIENCE = 90
WORKER = {
    **workers.facts(),
    "name": "bench-1",
    "address": "tcp://127.0.0.1:4001",
    "device": "CPU, 2 cores",
    "busy": 0,
    "refused": "",
}


@pytest.fixture
def say(capsys):
    """Calls the command line; its status and what it printed."""

    def say(*arguments):
        status = cli.main(["cluster", *arguments])
        return status, *capsys.readouterr()

    return say


@pytest.fixture
def there(monkeypatch):
    """Names a cluster with these workers."""

    def there(*found):
        monkeypatch.setenv("PCAE_SCHEDULER", "tcp://127.0.0.1:8786")
        seen = {"scheduler": "tcp://127.0.0.1:8786", "workers": list(found)}
        monkeypatch.setattr(command, "look", lambda: seen)

    return there


def test_the_doctor_says_what_every_worker_is(say, there):
    there(WORKER)
    status, out, err = say("doctor")
    assert (status, err) == (0, "")
    assert "bench-1" in out
    assert f"numpy {WORKER['versions']['numpy']}" in out
    assert "CPU, 2 cores" in out
    assert "mnist-5k" in out
    status, out, _ = say("doctor", "--json")
    assert (status, json.loads(out)["workers"], json.loads(out)["problems"]) == (0, [WORKER], 0)


def test_the_doctor_says_who_is_refused_and_why(say, there):
    refused = "The worker old is refused: it has pcae 0.9."
    bare = {"name": "old", "address": "tcp://127.0.0.1:4002", "busy": 0, "refused": refused}
    there(WORKER, bare, WORKER | {"name": "other", "refused": "It has numpy 1."})
    status, out, err = say("doctor")
    assert status == 1
    assert f"BAD {refused}" in out
    assert "It has numpy 1." in out
    assert "2 of the workers cannot train." in err


def test_without_workers_or_a_cluster_it_is_a_sentence(say, there):
    assert "PCAE_SCHEDULER" in say("doctor")[2]
    there()
    status, out, err = say("doctor")
    assert (status, out) == (1, "")
    assert "No worker has come to the scheduler at tcp://127.0.0.1:8786" in err


def test_the_machines_doctor_has_a_line_for_a_cluster_that_is_named(there, monkeypatch):
    assert doctor.of_cluster() == []
    there(WORKER)
    (check,) = doctor.of_cluster()
    assert check.ok
    assert "1 of 1" in check.found
    there(WORKER, WORKER | {"refused": "It has numpy 1."})
    (check,) = doctor.of_cluster()
    assert not check.ok
    assert "It has numpy 1." in check.found
    monkeypatch.undo()
    monkeypatch.setenv("PCAE_SCHEDULER", "tcp://10.0.0.5:8786")
    (check,) = doctor.of_cluster()
    assert "not encrypted" in check.found


@pytest.mark.parametrize(
    ("count", "on_gpus", "gpus", "found"),
    [
        (2, False, ["0"], ["-1", "-1"]),
        (None, True, ["0", "3"], ["0", "3"]),
        (3, True, ["0"], ["0", "-1", "-1"]),
        (1, True, ["0", "1"], ["0"]),
    ],
)
def test_every_worker_has_a_gpu_of_its_own_or_none(monkeypatch, count, on_gpus, gpus, found):
    monkeypatch.setattr(devices, "visible_gpus", lambda: gpus)
    assert command.places(count, on_gpus) == found


def test_what_cannot_be_started_is_a_sentence(say, monkeypatch):
    assert "0 workers are not started" in say("start", "--workers", "0")[2]
    monkeypatch.setattr(devices, "visible_gpus", lambda: [])
    assert "without --gpus" in say("start", "--gpus")[2]
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert "requirements-cluster.txt" in say("start")[2]


def test_the_command_line_imports_nothing_of_dask():
    code = (
        "import sys; from pcae import cli; cli.main(['runs']); "
        "print(sorted({'dask', 'distributed'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert found.stdout.strip().endswith("[]")


@pytest.mark.skipif(os.name == "nt", reason="it is ended by signals")
def test_a_cluster_is_started_and_what_dies_starts_again_and_nothing_is_left():
    arguments = [sys.executable, "-m", "pcae", "cluster", "start", "--workers", "1"]
    running = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True)
    members = {}
    try:
        address = next(line for line in running.stderr if "export" in line).split("=")[1].strip()
        assert wait_for_worker(address)["name"] == "worker-1"
        members = children(running.pid)
        assert len(members) == 2
        scheduler = next(pid for pid, command in members.items() if "dask_scheduler" in command)
        os.kill(scheduler, signal.SIGKILL)
        assert wait_for_worker(address, without=scheduler)["name"] == "worker-1"
        members |= children(running.pid)
        running.send_signal(signal.SIGTERM)
        assert running.wait(PATIENCE) == 0
        left = [pid for pid in members if is_alive(pid)]
    finally:
        for pid in filter(is_alive, {**members, **children(running.pid)}):
            os.kill(pid, signal.SIGKILL)
        running.kill()
        running.wait()
    assert left == []


def wait_for_worker(address, without=0):
    """What the doctor says of the one worker, once it is there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if without and is_alive(without):
            time.sleep(0.1)
            continue
        found = subprocess.run(
            [sys.executable, "-m", "pcae", "cluster", "doctor", "--json"],
            env=os.environ | {"PCAE_SCHEDULER": address},
            capture_output=True,
            text=True,
        )
        if found.returncode == 0:
            return json.loads(found.stdout)["workers"][0]
        time.sleep(0.5)
    raise AssertionError(found.stderr + (home() / "cluster.log").read_text())


def children(pid):
    """The processes that one has started, by their commands."""
    found = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True
    )
    rows = [line.split(maxsplit=1) for line in found.stdout.splitlines()]
    return {int(number): command for number, command in rows}


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
