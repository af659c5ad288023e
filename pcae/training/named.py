"""Which cluster trains here, if one is named: `PCAE_SCHEDULER`, and whether it may be used.

It is the address of a Dask scheduler, or the file in which a scheduler wrote it, as sites with
SLURM have it. Whoever reaches a scheduler can run anything at its workers: beyond this machine it
is used with TLS alone, unless `PCAE_CLUSTER_INSECURE=1` says otherwise. Nothing of Dask is
imported.
"""

from __future__ import annotations

import importlib.util
import ipaddress
import os
from pathlib import Path
from urllib.parse import urlsplit

from pcae.files import DamagedFile, read_json
from pcae.forms import text

VARIABLE, INSECURE = "PCAE_SCHEDULER", "PCAE_CLUSTER_INSECURE"
GOES_ON = (
    "The cluster does not answer. What was asked for goes on once it is back; what finished epochs "
    "taught the network is kept."
)
_ENCRYPTED = {"tls", "wss"}
_PROTOCOLS = {"tcp", "ws"} | _ENCRYPTED


class ClusterError(Exception):
    """A cluster that cannot be used, or not be started; the message says why and what to do."""


def scheduler() -> str:
    """What `PCAE_SCHEDULER` names: an address or a file; empty where there is no cluster."""
    return os.environ.get(VARIABLE, "").strip()


def address() -> str:
    """The scheduler's address as Dask takes it, such as "tls://10.0.0.5:8786"; empty if unknown.

    A scheduler that starts again may have another: its file is read each time.
    """
    return _look()[0]


def problem() -> str:
    """A sentence that says why the cluster cannot be used; empty where it can, or there is none."""
    if not scheduler():
        return ""
    if importlib.util.find_spec("distributed") is None:
        return (
            f"{VARIABLE} names a cluster, and distributed is not installed: "
            "run pip install -r requirements-cluster.txt, or unset it."
        )
    return _look()[1]


def exposed(address: str) -> str:
    """A sentence where an address is beyond this machine and not encrypted; else empty."""
    parts = urlsplit(address)
    if parts.scheme in _ENCRYPTED or _is_local(parts.hostname or "") or may_be_insecure():
        return ""
    return (
        f"The cluster at {address} is beyond this machine and not encrypted, so that anybody who "
        "reaches it could run programs there: give scheduler, workers and pcae TLS files "
        f"(docs/cluster.md), or set {INSECURE}=1 where the network is trusted."
    )


def may_be_insecure() -> bool:
    """Whether the network between dashboard, scheduler and workers was said to be trusted."""
    return os.environ.get(INSECURE) == "1"


def _look() -> tuple[str, str]:
    """The scheduler's address, empty if unknown, and what hinders its use."""
    named = scheduler()
    if not named:
        return "", ""
    if _is_path(named):
        path = Path(named).expanduser()
        try:
            named = read_json(path, {"address": text()})["address"].strip()
        except FileNotFoundError:
            return "", (
                f"There is no scheduler file {path}, which {VARIABLE} names: start the scheduler "
                "with --scheduler-file, or name another."
            )
        except DamagedFile as damage:
            return "", f"{VARIABLE} names a file that no scheduler wrote: {damage}"
    whole = named if "://" in named else f"tcp://{named}"
    try:
        parts = urlsplit(whole)
        known = parts.scheme in _PROTOCOLS and parts.hostname and parts.port
    except ValueError:
        known = None
    if not known:
        return "", (
            f"{named[:100]!r} is no address of a scheduler: write one such as "
            f"tls://10.0.0.5:8786 into {VARIABLE}, or the path of its scheduler file."
        )
    return whole, exposed(whole)


def _is_path(named: str) -> bool:
    return "://" not in named and ("/" in named or "\\" in named or named.endswith(".json"))


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
