"""The way to the scheduler that is named: with TLS as Dask's own configuration says, or not at all.

Dask encrypts and asks for certificates where `DASK_DISTRIBUTED__COMM__TLS__CA_FILE` and its like
name files, or Dask's own files of settings do. A scheduler on this machine may listen to others
too: the address that it has of itself is looked at as well, and those of its workers.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import warnings

from distributed import Client
from distributed.security import Security

from pcae.training import named
from pcae.training.named import ClusterError

SECONDS_TO_CONNECT = 10.0


async def connect(seconds: float = SECONDS_TO_CONNECT) -> Client:
    """A client of the scheduler that is named, before anything is sent there.

    Parameters
    ----------
    seconds : float
        How long the scheduler may take to answer, now and when its connection is lost.

    Raises
    ------
    ClusterError
        None is named, none answers, or it may not be used.
    """
    if wrong := named.problem():
        raise ClusterError(wrong)
    address = named.address()
    if not address:
        raise ClusterError(f"No cluster is named: set {named.VARIABLE} to a scheduler's address.")
    client = await _begin(address, seconds)
    seen = await _identity(client, address)
    for place in (seen["address"], *seen["workers"]):
        if wrong := named.exposed(place):
            await client.close()
            raise ClusterError(wrong)
    return client


async def _begin(address: str, seconds: float) -> Client:
    client = Client(
        address,
        asynchronous=True,
        timeout=seconds,
        security=_security(address),
        set_as_default=False,
    )
    try:
        with warnings.catch_warnings():
            # of versions of Dask's libraries: a worker with others of ours is refused by name
            warnings.simplefilter("ignore")
            async with asyncio.timeout(2 * seconds):  # Dask waits for ever for a first word
                return await client
    except (OSError, ImportError, RuntimeError) as problem:  # a TimeoutError is an OSError
        with contextlib.suppress(Exception):  # of what has not begun
            await asyncio.wait_for(client.close(), seconds)
        raise ClusterError(_unanswered(address, problem)) from None


def _security(address: str) -> Security:
    """What Dask's configuration says of TLS, if its files can be read."""
    try:
        security = Security()
        found = security.get_connection_args("client")
    except (OSError, ValueError) as problem:
        raise ClusterError(
            "The TLS files that Dask's configuration names cannot be used "
            f"({problem.args[-1] if problem.args else problem}): see docs/cluster.md."
        ) from None
    if address.startswith("tls:") and found["ssl_context"] is None:
        raise ClusterError(
            f"The scheduler at {address} wants TLS, and Dask's configuration names no certificate: "
            "set DASK_DISTRIBUTED__COMM__TLS__CA_FILE, …__CLIENT__CERT and …__CLIENT__KEY."
        )
    return security


async def _identity(client: Client, address: str) -> dict:
    try:
        return await client.scheduler.identity()
    except OSError as problem:
        await client.close()
        raise ClusterError(_unanswered(address, problem)) from None


def _unanswered(address: str, problem: Exception) -> str:
    cause = _short(problem.__cause__ or problem)
    if "SSL" in cause:
        return (
            f"TLS with the scheduler at {address} does not come about ({cause}): it has to be "
            "started with --protocol tls, and its certificate and this machine's have to be signed "
            "by one authority."
        )
    encrypted = address.startswith(("tls:", "wss:"))
    return (
        f"No scheduler answers at {address} ({cause}): start it, see that this machine reaches it"
        f"{'' if encrypted else ', write tls:// where it wants TLS'}, or unset {named.VARIABLE}."
    )


def _short(problem: BaseException) -> str:
    """What the system said, without Dask's words around it."""
    words = re.sub(r"^in <.*>: \w+: ", "", str(problem).partition("\n")[0].strip()).rstrip(".")
    return words[:200] or type(problem).__name__
