"""Asking an app over HTTP without a server: with cookies, other headers and a body."""

import asyncio
import gzip
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.middleware import Middleware

from pcae.rights import Visitor
from pcae.server import live, routes, visitors
from pcae.server.guard import Guard
from pcae.server.uploading import Uploads


@dataclass(frozen=True)
class Asked:
    """A request; `cookie` is what the cookie of this class holds, or a visitor whose it is."""

    address: str
    cookie: Visitor | str | None = None
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: tuple[bytes, ...] = ()
    host: str = "localhost"


@dataclass(frozen=True)
class Answered:
    """What is answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """What is said."""
        return self.body.decode("utf-8", "replace")


def app(*more) -> Starlette:
    """Our routes behind our middleware, as `app.py` has them, and others."""
    middleware = [Middleware(of) for of in (Guard, visitors.Visitors, Uploads)]
    return Starlette(routes=[*routes.routes(), *live.routes(), *more], middleware=middleware)


def ask(*asked: Asked, of: Starlette | None = None) -> list[Answered]:
    """What an app answers to requests that come at the same time."""

    async def together() -> list[Answered]:
        own = of or app()
        return await asyncio.gather(*(_ask(each, own) for each in asked))

    with ThreadPoolExecutor() as apart:  # the browser tests leave an event loop in this thread
        return apart.submit(asyncio.run, together()).result()


async def _ask(asked: Asked, of: Starlette) -> Answered:
    path, _, query = asked.address.partition("?")
    sent: list[dict] = []
    pieces = list(asked.body or (b"",))

    async def receive() -> dict:
        if not pieces:
            await asyncio.Event().wait()  # nobody hangs up
        body = pieces.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(pieces)}

    async def send(message: dict) -> None:
        sent.append(message)

    await of(
        {
            "type": "http",
            "method": asked.method,
            "scheme": "http",
            "path": f"/{path}",
            "headers": _headers(asked),
            "query_string": query.encode("latin-1"),
        },
        receive,
        send,
    )
    headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    if body and headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    return Answered(sent[0]["status"], headers, body)


def _headers(asked: Asked) -> Sequence[tuple[bytes, bytes]]:
    found = [("host", asked.host), *asked.headers]
    if asked.cookie is not None:
        held = asked.cookie if isinstance(asked.cookie, str) else visitors.cookie(asked.cookie)
        found.append(("cookie", f"{visitors.cookie_name()}={held}"))
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in found]
