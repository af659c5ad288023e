"""What `python -m pcae cluster doctor` asks of a cluster: every worker at once."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from distributed import Client

from pcae.cluster import workers
from pcae.cluster.connecting import connect

_SECONDS_FOR_TENSORFLOW = 60.0


async def look() -> dict[str, Any]:
    """The scheduler's address, and of every worker its facts, address, load and refusal.

    Raises
    ------
    ClusterError
        None is named, none answers, or it may not be used.
    """
    client = await connect()
    try:
        identity = await client.scheduler.identity(n_workers=-1)
        asked = [_ask(client, address, of) for address, of in identity["workers"].items()]
        found = await asyncio.gather(*asked)
        named = sorted(found, key=lambda of: of["name"])
        return {"scheduler": identity["address"], "workers": named}
    finally:
        await client.close()


async def _ask(client: Client, address: str, of: dict[str, Any]) -> dict[str, Any]:
    name, busy = str(of["name"]), of["metrics"].get("executing", 0)
    found, refused = await workers.ask(client, address, name)
    if found and not refused and not found["device"] and not busy:
        refused = await _load(client, address, found)
    return {"name": name, **found, "address": address, "busy": busy, "refused": refused}


async def _load(client: Client, address: str, found: dict[str, Any]) -> str:
    """Have a worker load TensorFlow and say where it trains; what is wrong with that."""
    place = {"workers": [address], "allow_other_workers": False}
    future = client.submit(workers.device, pure=False, retries=0, **place)
    try:
        found["device"] = await asyncio.wait_for(future.result(), _SECONDS_FOR_TENSORFLOW)
        return ""
    except TimeoutError:
        return ""  # it trains meanwhile
    except Exception as problem:
        return (
            f"The worker {found['name']} is refused: TensorFlow does not work there ({problem}). "
            "Run pip install -r requirements.txt there, and start it again."
        )
    finally:
        with contextlib.suppress(Exception):
            await future.cancel()
