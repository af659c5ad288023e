"""Who may reach this server, and what a browser lets its pages do.

A web site that a visitor also has open can name this server under a name of its own (DNS
rebinding), open a connection to it, fetch from it or put its pages into a frame. Hosts that are not
listed in `server.allowedHosts` are refused, connections of other origins too, and the headers tell
the browser what else to refuse. docs/class.md tells whom to let in besides.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

EMBEDDING = "PCAE_FRAME_ANCESTORS"  # the environment variable with the sites that may frame it
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_INDEX = Path(st.__file__).parent / "static" / "index.html"
_SITES = re.compile(r"[\w\s:/.*\[\]-]*")
_LONGEST = 80  # characters of a name in a sentence


class Guard:
    """ASGI middleware: refuses what comes from elsewhere, and sets the headers of every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = headers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or a connection, or refuse it."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
        elif problem := refusal(scope):
            await _refuse(problem, scope, receive, self._with_headers(send))
        else:
            await self.app(scope, receive, self._with_headers(send))

    def _with_headers(self, send: Send) -> Send:
        async def sends(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        return sends


def refusal(scope: Scope) -> str | None:
    """Why a request or a connection is refused, as a sentence; None where it is not."""
    sent = Headers(scope=scope)
    host = sent.get("host", "")
    if not is_host_allowed(host):
        name = urlsplit(f"//{host}").hostname if re.fullmatch(r"[\w.:-]+", host) else None
        return (
            f"This server does not answer under the name “{host[:_LONGEST]}”. Who runs it can add "
            f"the name: --server.allowedHosts {(name or 'NAME')[:_LONGEST]}"
        )
    if scope["type"] == "websocket":
        origin = sent.get("origin")
        if origin is not None and not may_connect(origin, host):
            return f"Pages of “{origin[:_LONGEST]}” may not connect to this server."
    elif sent.get("sec-fetch-site") in {"cross-site", "same-site"} and _is_loaded(sent):
        return "Pages of other sites may not load anything from this server."
    return None


def may_connect(origin: str, host: str) -> bool:
    """Whether a page of this origin is one of this server's, or let in by Streamlit's options."""
    known = [each.strip() for each in config.get_option("server.corsAllowedOrigins")]
    own = urlsplit(origin).netloc == host
    return own or origin in known or not config.get_option("server.enableCORS")


def _is_loaded(sent: Headers) -> bool:
    """Whether a page asks for a part of itself, and nobody followed a link."""
    return sent.get("sec-fetch-mode") != "navigate"


def headers() -> dict[str, str]:
    """The headers of every answer."""
    return {
        "Content-Security-Policy": content_security_policy(),
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }


def content_security_policy() -> str:
    """What the browser lets the pages do.

    As tight as Streamlit and Plotly bear: Streamlit styles its elements inline and imports the
    scripts of components from blobs, and Plotly's WebGL compiles functions.

    Raises
    ------
    ValueError
        The sites that may frame the pages are not written as addresses with blanks between.
    """
    sites = os.environ.get(EMBEDDING, "")
    if not _SITES.fullmatch(sites):
        raise ValueError(
            f"{EMBEDDING} is {sites!r}: write addresses with blanks between, as in "
            "https://school.example https://*.example.org."
        )
    allowed = {
        "default-src": "'self'",
        "script-src": f"'self' blob: 'unsafe-eval' {' '.join(_inline_scripts())}",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-src": "'none'",
        "frame-ancestors": f"'self' {sites}",
    }
    return "; ".join(f"{kind} {of.strip()}" for kind, of in allowed.items())


def _inline_scripts() -> list[str]:
    """The digests of the scripts within Streamlit's page."""
    digests = [hashlib.sha256(text).digest() for text in _INLINE.findall(_INDEX.read_bytes())]
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


async def _refuse(problem: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": problem[:120]})
    else:
        await PlainTextResponse(problem, 403)(scope, receive, send)
