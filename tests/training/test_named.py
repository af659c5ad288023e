"""Which cluster is named, and whether it may be used."""

import importlib.util
import json
import subprocess
import sys

import pytest

from pcae.training import named


@pytest.fixture
def name(monkeypatch):
    """Names a cluster."""
    monkeypatch.delenv("PCAE_CLUSTER_INSECURE", raising=False)
    return lambda scheduler: monkeypatch.setenv("PCAE_SCHEDULER", str(scheduler))


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_without_a_name_there_is_no_cluster_and_no_problem(monkeypatch, nothing):
    monkeypatch.delenv("PCAE_SCHEDULER", raising=False)
    if nothing is not None:
        monkeypatch.setenv("PCAE_SCHEDULER", nothing)
    assert (named.scheduler(), named.address(), named.problem()) == ("", "", "")


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("tcp://127.0.0.1:8786", "tcp://127.0.0.1:8786"),
        ("127.0.0.1:8786", "tcp://127.0.0.1:8786"),
        ("localhost:8786", "tcp://localhost:8786"),
        ("tcp://[::1]:8786", "tcp://[::1]:8786"),
        (" tls://10.0.0.5:8786 ", "tls://10.0.0.5:8786"),
        ("tls://gpu.example.org:8786", "tls://gpu.example.org:8786"),
    ],
)
def test_what_may_be_used_is_the_address_as_dask_takes_it(name, given, address):
    name(given)
    assert (named.address(), named.problem()) == (address, "")


@pytest.mark.parametrize(
    "given",
    ["tcp://10.0.0.5:8786", "10.0.0.5:8786", "tcp://gpu.example.org:8786", "tcp://0.0.0.0:8786"],
)
def test_beyond_this_machine_it_wants_tls_unless_told_otherwise(name, monkeypatch, given):
    name(given)
    assert "not encrypted" in named.problem()
    assert named.address().endswith(given.removeprefix("tcp://"))
    monkeypatch.setenv("PCAE_CLUSTER_INSECURE", "0")
    assert named.problem()
    monkeypatch.setenv("PCAE_CLUSTER_INSECURE", "1")
    assert named.problem() == ""


@pytest.mark.parametrize(
    "given", ["here", "http://127.0.0.1:8786", "tcp://:8786", "127.0.0.1", "tcp://127.0.0.1:port"]
)
def test_what_is_no_address_is_said_with_what_was_written(name, given):
    name(given)
    assert given in named.problem()
    assert named.address() == ""


def test_a_scheduler_file_is_read_each_time(name, tmp_path):
    path = tmp_path / "scheduler.json"
    name(path)
    assert "no scheduler file" in named.problem()
    assert str(path) in named.problem()
    path.write_text(json.dumps({"type": "Scheduler", "address": "tcp://127.0.0.1:4001"}))
    assert (named.address(), named.problem()) == ("tcp://127.0.0.1:4001", "")
    path.write_text(json.dumps({"type": "Scheduler", "address": "tcp://10.0.0.5:4002"}))
    assert "not encrypted" in named.problem()
    assert named.address() == "tcp://10.0.0.5:4002"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"address": 7}', "{}", '{"address": "here"}'])
def test_a_damaged_scheduler_file_is_a_sentence(name, tmp_path, content):
    path = tmp_path / "scheduler.json"
    path.write_text(content)
    name(path)
    said = named.problem()
    assert str(path) in said or "'here'" in said
    assert named.address() == ""


def test_without_distributed_it_is_said_what_to_install(name, monkeypatch):
    name("tcp://127.0.0.1:8786")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert "requirements-cluster.txt" in named.problem()


def test_nothing_of_dask_is_imported(name, monkeypatch):
    monkeypatch.setenv("PCAE_SCHEDULER", "tcp://127.0.0.1:8786")
    code = (
        "import sys; from pcae.training import named; assert named.problem() == ''; "
        "print(sorted({'dask', 'distributed'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert found.stdout.strip() == "[]"
