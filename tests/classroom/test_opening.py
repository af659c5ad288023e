"""`python -m pcae class`: what it starts, prints and refuses, and how this machine is reached."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from itertools import pairwise

import pytest
import segno

from pcae import cli
from pcae.classroom import keys, network, opening
from tests.browser.conftest import ROOT, free_port

ADDRESSES = ["192.168.1.20", "10.0.0.5"]


@pytest.fixture
def here(monkeypatch, tmp_path):
    """A machine in two networks, without secrets of Streamlit's."""
    monkeypatch.setattr(network, "addresses", lambda: ADDRESSES)
    monkeypatch.setattr(network, "names", lambda: ["room7", "room7.local"])
    monkeypatch.setattr(opening.Path, "home", lambda: tmp_path)
    monkeypatch.setattr(opening, "_ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def call(capsys, here):
    """Run the command: its exit status, standard output and standard error."""

    def call(*arguments):
        status = cli.main(["class", *arguments])
        return status, *capsys.readouterr()

    return call


def test_the_link_is_printed_and_renewed(call):
    status, out, _ = call("--link", "--port", "8600")
    assert (status, out) == (0, f"http://192.168.1.20:8600/?teacher={keys.token()}\n")
    assert call("--link", "--port", "8600")[1] == out
    status, new, _ = call("--new-link", "--json")
    link = json.loads(new)["link"]
    assert status == 0 and link.endswith(keys.token()) and not out.endswith(f"{keys.token()}\n")


def test_teachers_who_log_in_have_no_link(call, here):
    (here / ".streamlit").mkdir()
    (here / ".streamlit" / "secrets.toml").write_text("[auth]\n")
    status, out, err = call("--link")
    assert (status, out) == (1, "") and "log in" in err


def test_without_a_network_the_link_is_this_machines(call, monkeypatch):
    monkeypatch.setattr(network, "addresses", list)
    assert call("--link")[1].startswith("http://localhost:8501/?teacher=")


@pytest.mark.parametrize("port", ["0", "65536", "-1"])
def test_a_port_is_a_port(call, port):
    status, out, err = call(f"--port={port}")
    assert (status, out) == (1, "") and "65535" in err


def test_a_port_that_is_taken_is_said(call):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, _, err = call("--port", str(port))
    assert status == 1 and f"Port {port} cannot be had" in err and f"--port {port + 1}" in err


def test_a_store_that_cannot_be_written_is_said(call, here, monkeypatch):
    (here / "file").write_text("")
    monkeypatch.setenv("PCAE_HOME", str(here / "file"))
    status, _, err = call("--link")
    assert status == 1 and err.count("\n") == 1


def test_others_reach_what_is_started_under_this_machines_names_alone(here):
    started = opening.command(8600)
    allowed = [of for name, of in pairwise(started) if "Hosts" in name]
    assert allowed == ["localhost", "127.0.0.1", "::1", *ADDRESSES, "room7", "room7.local"]
    assert started[started.index("--server.address") + 1] == "0.0.0.0"


def test_addresses_and_names_are_of_others_networks():
    for found in (network.addresses(), network.names()):
        assert len(set(found)) == len(found)
        assert not any(each.startswith("127.") or each == "localhost" for each in found)
    assert all(socket.inet_aton(each) for each in network.addresses())


def test_a_machine_in_no_network_has_no_address(monkeypatch):
    def fail(*_):
        raise OSError

    monkeypatch.setattr(socket.socket, "connect", fail)
    monkeypatch.setattr(socket, "gethostbyname_ex", lambda _: ("a", [], ["127.0.1.1"]))
    monkeypatch.setattr(network, "_ASK_INTERFACE", None)
    assert network.addresses() == []


def test_the_code_for_the_terminal_is_the_address():
    text = "http://192.168.1.20:8501"
    rows = [re.sub(r"\x1b\[[\d;]*m", "", line) for line in network.qr(text).splitlines()]
    halves = {" ": (1, 1), "▀": (0, 1), "▄": (1, 0), "█": (0, 0)}
    seen = [[halves[each][half] for each in row] for row in rows for half in (0, 1)]
    plain = [
        [int(dark) for dark in row] for row in segno.make_qr(text, error="l").matrix_iter(border=2)
    ]
    assert seen[: len(plain)] == plain


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that asks a process to end")
def test_a_class_is_opened_and_ends(tmp_path):
    port = free_port()
    with (tmp_path / "log").open("w") as log:
        started = subprocess.Popen(
            [sys.executable, "-m", "pcae", "class", "--port", str(port)],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=log,
        )
    end = time.monotonic() + 60
    while "--new-link" not in (said := (tmp_path / "log").read_text()):
        assert started.poll() is None and time.monotonic() < end, said
        time.sleep(0.1)
    started.terminate()
    assert started.wait(20) is not None
    assert said.count(f":{port}/?teacher={keys.token()}") == 1
    first = (network.addresses() or ["localhost"])[0]
    assert f"http://{first}:{port}" in said and "streamlit" not in said.lower()
