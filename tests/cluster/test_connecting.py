"""The way to a scheduler, with TLS and without, and what is said where there is none."""

import asyncio
import socket

import dask
import pytest
from distributed import Scheduler
from distributed.utils import get_ip

from pcae.cluster.connecting import ClusterError, connect
from tests.cluster.certificates import sign


@pytest.fixture
def configure(monkeypatch):
    """Sets Dask's configuration by the environment, as a person does."""

    def configure(variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        dask.config.refresh()

    monkeypatch.delenv("PCAE_CLUSTER_INSECURE", raising=False)
    yield configure
    monkeypatch.undo()
    dask.config.refresh()


def reach(monkeypatch, seconds=5.0, worker="", **kind):
    """Connect to a scheduler of this kind, by 127.0.0.1; the address that it has of itself."""

    async def reach():
        settings = {"dashboard": False, "port": 0, "host": "127.0.0.1"} | kind
        if settings["host"] != "127.0.0.1":  # and by 127.0.0.1 too, as one that listens to all
            settings["host"] = "0.0.0.0"
        async with Scheduler(**settings) as scheduler:
            protocol = settings.get("protocol", "tcp://")
            monkeypatch.setenv("PCAE_SCHEDULER", f"{protocol}127.0.0.1:{scheduler.port}")
            if worker:
                identity = scheduler.identity() | {"workers": {worker: {}}}
                scheduler.handlers["identity"] = lambda **_: identity
            client = await connect(seconds)
            try:
                return (await client.scheduler.identity())["address"]
            finally:
                await client.close()

    return asyncio.run(reach())


def test_a_scheduler_on_this_machine_is_reached(monkeypatch, configure):
    assert reach(monkeypatch).startswith("tcp://127.0.0.1:")


def test_one_that_listens_beyond_it_without_tls_is_refused_unless_told_otherwise(
    monkeypatch, configure
):
    with pytest.raises(ClusterError, match="not encrypted") as refused:
        reach(monkeypatch, host=beyond())
    assert f"tcp://{beyond()}:" in str(refused.value)
    monkeypatch.setenv("PCAE_CLUSTER_INSECURE", "1")
    assert reach(monkeypatch, host=beyond()).startswith(f"tcp://{beyond()}:")


def beyond():
    """An address of this machine's that others reach."""
    if get_ip().startswith("127."):
        pytest.skip("this machine has no address in a network")
    return get_ip()


def test_one_whose_workers_are_beyond_this_machine_is_refused_too(monkeypatch, configure):
    with pytest.raises(ClusterError, match=r"tcp://10\.0\.0\.7:4001 .* not encrypted"):
        reach(monkeypatch, worker="tcp://10.0.0.7:4001")


def test_with_tls_files_in_dasks_configuration_it_is_reached(monkeypatch, configure, tmp_path):
    configure(sign(tmp_path))
    assert reach(monkeypatch, host=beyond(), protocol="tls://").startswith(f"tls://{beyond()}:")


def test_a_certificate_of_another_authority_is_not_accepted(monkeypatch, configure, tmp_path):
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder in (ours, theirs):
        folder.mkdir()
    configure(sign(ours))
    other = sign(theirs, "another authority")
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT", str(theirs / "machine.pem"))
    configure({name: value for name, value in other.items() if "CLIENT" in name})
    with pytest.raises(ClusterError, match="signed by one authority"):
        reach(monkeypatch, 1.0, protocol="tls://")


def test_without_a_certificate_it_is_said_what_to_set(monkeypatch, configure):
    monkeypatch.setenv("PCAE_SCHEDULER", "tls://127.0.0.1:1")
    with pytest.raises(ClusterError, match="COMM__TLS__CA_FILE"):
        asyncio.run(connect(1.0))


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_tls_files_that_cannot_be_used_are_said(monkeypatch, configure, tmp_path, content):
    found = sign(tmp_path)
    if content:
        (tmp_path / "machine.key").write_text(content)
    else:
        (tmp_path / "machine.key").unlink()
    configure(found)
    monkeypatch.setenv("PCAE_SCHEDULER", "tls://127.0.0.1:1")
    with pytest.raises(ClusterError, match="TLS files"):
        asyncio.run(connect(1.0))


def test_where_nothing_answers_it_is_said_within_the_time(monkeypatch, configure):
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        monkeypatch.setenv("PCAE_SCHEDULER", f"tcp://127.0.0.1:{place.getsockname()[1]}")
    with pytest.raises(ClusterError, match=r"No scheduler answers at tcp://127\.0\.0\.1:") as said:
        asyncio.run(connect(0.5))
    assert "object at" not in str(said.value)


def test_what_answers_and_is_no_scheduler_is_said(monkeypatch, configure):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("PCAE_SCHEDULER", f"tcp://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(ClusterError, match="No scheduler answers"):
            asyncio.run(connect(0.5))


def test_where_none_is_named_or_it_may_not_be_used_nothing_is_sent(monkeypatch, configure):
    with pytest.raises(ClusterError, match="PCAE_SCHEDULER"):
        asyncio.run(connect())
    monkeypatch.setenv("PCAE_SCHEDULER", "tcp://10.0.0.5:8786")
    with pytest.raises(ClusterError, match="not encrypted"):
        asyncio.run(connect())
