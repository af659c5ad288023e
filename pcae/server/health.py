"""Whether all works, for who watches over a container or looks at a server from outside."""

from __future__ import annotations

import threading
import time
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pcae import __version__
from pcae.training import jobs

_SECONDS = 2.0  # for which an answer holds: whoever asks more often is told the same
_HEADERS = {"Cache-Control": "no-store"}
_MOST_BYTES = 32 * 2**20
_lock = threading.Lock()
_seen: tuple[float, dict[str, Any]] | None = None


async def endpoint(request: Request) -> Response:
    """200, or 503 where networks wait and nothing will train them; what was seen, as JSON.

    A body that is put here is counted and let go: so one sees what a proxy lets through.
    """
    if request.method == "PUT":
        return await _counted(request)
    found = await run_in_threadpool(_state)
    return JSONResponse(found, 503 if found["stuck"] else 200, _HEADERS)


async def _counted(request: Request) -> Response:
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > _MOST_BYTES:
            return JSONResponse({"bytes": size}, 413, _HEADERS)
    return JSONResponse({"bytes": size}, headers=_HEADERS)


def _state() -> dict[str, Any]:
    global _seen
    with _lock:
        if _seen is None or time.monotonic() - _seen[0] > _SECONDS:
            waiting = jobs.queue()
            _seen = (
                time.monotonic(),
                {
                    "pcae": __version__,
                    "queue": len(waiting),
                    "worker": jobs.worker_alive(),
                    # one that has just been queued waits for its worker to start
                    "stuck": any(jobs.state(run) == "interrupted" for run in waiting),
                },
            )
        return _seen[1]
