"""What a worker says of itself, and which may train."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from distributed import Scheduler, Worker

import pcae
from pcae.cluster import workers
from pcae.cluster.connecting import connect
from tests.test_floors import FLOORS


def test_a_worker_says_what_it_is(monkeypatch):
    found, refused = asked(monkeypatch)
    assert refused == ""
    assert found["name"] == "bench-1"
    assert found["versions"].keys() >= {"python", "tensorflow", "keras", "numpy"}
    assert set(found["data"]) == {"mnist-5k", "digits-8x8"}
    assert found["memory"] > 10**8
    assert found["cores"] >= 1
    json.dumps(found)  # for the command line


def asked(monkeypatch, seconds=10.0, hang=0.0):
    """What a worker in this process answers."""

    async def ask():
        async with (
            Scheduler(dashboard=False, port=0, host="127.0.0.1") as scheduler,
            Worker(scheduler.address, nthreads=1, name="bench-1") as worker,
        ):
            monkeypatch.setenv("PCAE_SCHEDULER", scheduler.address)
            client = await connect()
            if hang:
                monkeypatch.setattr(worker, "handlers", worker.handlers | {"run": silent})
            try:
                return await workers.ask(client, worker.address, worker.name, seconds)
            finally:
                await client.close()

    async def silent(*_, **__):
        await asyncio.sleep(hang)

    return asyncio.run(ask())


def test_one_that_does_not_answer_holds_nobody_up(monkeypatch):
    found, refused = asked(monkeypatch, seconds=0.2, hang=5.0)
    assert found == {}
    assert "bench-1 does not answer" in refused


def changed(**changes):
    found = workers.facts() | {"name": "bench-1"}
    return found | changes


def test_with_the_same_versions_it_may_train():
    assert workers.refusal(changed()) == ""
    other_python = workers.facts()["versions"] | {"python": "3.13.0"}
    assert workers.refusal(changed(versions=other_python)) == ""


@pytest.mark.parametrize("what", ["pcae", "sources"])
def test_with_another_pcae_it_is_refused_by_name(what):
    refused = workers.refusal(changed(**{what: "0.9"}))
    assert "bench-1" in refused
    assert "0.9" in refused


@pytest.mark.parametrize(("there", "said"), [("2.0.1", "numpy 2.0.1"), (None, "no numpy")])
def test_with_another_library_it_is_refused_by_name(there, said):
    refused = workers.refusal(changed(versions=workers.facts()["versions"] | {"numpy": there}))
    assert "bench-1" in refused
    assert said in refused


def test_what_is_not_installed_here_is_not_compared(monkeypatch):
    monkeypatch.setattr(workers, "_version", lambda of: None if of == "tensorflow" else "1.0")
    versions = dict.fromkeys(workers.LIBRARIES, "1.0") | {"tensorflow": "2.21"}
    assert workers.refusal(changed(versions=versions)) == ""


def test_the_digest_is_of_all_that_may_run_there():
    place = next(number for number, rooms in enumerate(FLOORS) if "cluster" in rooms)
    assert set(workers.SOURCES) == set().union(*FLOORS[place:])


@pytest.mark.parametrize("place", ["store.py", "data/dataset.py", "data/reading/tables.py"])
def test_the_digest_is_another_with_any_file(place, monkeypatch, tmp_path):
    folder = Path(pcae.__file__).parent
    for path in folder.rglob("*.py"):
        to = tmp_path / path.relative_to(folder)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)
    monkeypatch.setattr(pcae, "__file__", str(tmp_path / "__init__.py"))
    assert workers._digest() == workers.facts()["sources"]
    (tmp_path / place).write_text("changed = True")
    assert workers._digest() != workers.facts()["sources"]


def test_a_worker_without_pcae_is_refused_with_what_to_do(monkeypatch, tmp_path):
    """It runs in a process that finds Dask, and not this project."""

    async def ask():
        async with Scheduler(dashboard=False, port=0, host="127.0.0.1") as scheduler:
            monkeypatch.setenv("PCAE_SCHEDULER", scheduler.address)
            code = "from distributed.cli.dask_worker import main; main()"
            process = subprocess.Popen(
                [sys.executable, "-c", code, scheduler.address, "--name", "bare", "--no-nanny"],
                cwd=tmp_path,
                env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            client = await connect()
            try:
                await client.wait_for_workers(1, timeout=30)
                return await workers.ask(client, *scheduler.workers, "bare")
            finally:
                await client.close()
                process.kill()
                process.wait()

    found, refused = asyncio.run(ask())
    assert found == {}
    assert "bare" in refused
    assert "no pcae" in refused
