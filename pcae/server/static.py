"""Scripts and style sheets, ours and Streamlit's, and the page that names them before they run.

Streamlit serves its own as they are, three megabytes for a first page; here each is packed once,
when it is first asked for. All have a version in their address, which browsers keep for good. The
page itself names what is imported only by scripts that are imported themselves: each such step
would take a round trip, which on a class's network is longer than the way of the bytes.
"""

from __future__ import annotations

import asyncio
import functools
import gzip
import hashlib
import re
import socket
from pathlib import Path

import plotly
import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.url_util import make_url_path

from pcae import scripts

first_points = ""  # the address of the points that a first visit shows, once they were shown
_TYPES = {".js": "text/javascript", ".css": "text/css"}
_LEVEL = 6  # of gzip
_FOR_GOOD = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Encoding": "gzip",
    "Vary": "Accept-Encoding",
}
_STREAMLIT = Path(st.__file__).parent / "static"
_PARTS = ("BidiComponent", "Html", "Selectbox")  # of Streamlit's scripts, on the first page
_STARTS = {"": "explorer/explorer.js", "draw": "draw/draw.js"}  # by page
_EVERYWHERE = "share/share.js"
_IMPORT = re.compile(r'(?:from|import)"\./([\w.-]+\.js)"')
_NOT_PASSED = {b"if-none-match", b"if-modified-since", b"accept-encoding"}  # the page is ours


def _of_folder(folder: Path) -> dict[str, Path]:
    """Scripts and style sheets in a folder, by their addresses relative to it."""
    paths = sorted(folder.rglob("*"))
    return {path.relative_to(folder).as_posix(): path for path in paths if path.suffix in _TYPES}


_SCRIPTS = _of_folder(scripts.FOLDER) | {scripts.PLOTLY.name: scripts.PLOTLY}


@functools.cache
def code() -> str:
    """The folder of our scripts, relative to the app's address, with their version."""
    sha = hashlib.sha256(plotly.__version__.encode())
    for path in _SCRIPTS.values():
        if path != scripts.PLOTLY:
            sha.update(path.read_bytes())
    return f"explorer/code/{sha.hexdigest()[:12]}/"


class Static:
    """ASGI middleware: answers with packed scripts and style sheets, and hastens the page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.base = make_url_path(config.get_option("server.baseUrlPath"), "")
        of_streamlit = {
            f"static/{name}": of for name, of in _of_folder(_STREAMLIT / "static").items()
        }
        ours = {code() + name: path for name, path in _SCRIPTS.items()}
        self.files = {self.base + name: path for name, path in (of_streamlit | ours).items()}
        self.packed: dict[str, asyncio.Future[bytes]] = {}
        self.index = (_STREAMLIT / "index.html").read_bytes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have Streamlit and the routes answer it."""
        _hold_nothing_back(receive)
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            return await self.app(scope, receive, send)
        sent, path = Headers(scope=scope), scope["path"]
        ours = path.startswith(f"{self.base}explorer/code/")
        if path in self.files and (ours or "gzip" in sent.get("accept-encoding", "")):
            content = await self._find(path)
            kind = _TYPES[self.files[path].suffix]
            response: Response = Response(content, headers=_FOR_GOOD, media_type=kind)
            if scope["method"] == "HEAD":
                response.body = b""
            return await response(scope, receive, send)
        if ours:
            response = PlainTextResponse("There is no such script.", 404)
            return await response(scope, receive, send)
        if "text/html" in sent.get("accept", ""):
            passed = [of for of in scope["headers"] if of[0] not in _NOT_PASSED]
            return await self.app(
                {**scope, "headers": passed}, receive, self._hastened(scope, send)
            )
        await self.app(scope, receive, send)

    async def _find(self, path: str) -> bytes:
        """What a file is packed; made once for all who ask at the same time."""
        if path not in self.packed:
            made = run_in_threadpool(_packed, self.files[path])
            self.packed[path] = asyncio.ensure_future(made)
        try:
            return await asyncio.shield(self.packed[path])
        except OSError:
            self.packed.pop(path, None)  # the next who asks has it read again
            raise

    def _hastened(self, scope: Scope, send: Send) -> Send:
        """Send another page in the place of Streamlit's, and all else as it is."""
        page: bytes | None = None

        async def sends(message: Message) -> None:
            nonlocal page
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                html = headers.get("content-type", "").startswith("text/html")
                if html and headers.get("content-length") == str(len(self.index)):
                    page = self._page(scope)
                    if "gzip" in Headers(scope=scope).get("accept-encoding", ""):
                        page = gzip.compress(page, _LEVEL)
                        headers["Content-Encoding"] = "gzip"
                    headers["Content-Length"] = str(len(page))
                    for name in ("etag", "last-modified"):
                        del headers[name]
            elif page is not None:
                if message.get("more_body"):
                    return
                body = page if scope["method"] == "GET" else b""
                message = {"type": "http.response.body", "body": body}
            await send(message)

        return sends

    def _page(self, scope: Scope) -> bytes:
        """Streamlit's page, with what it will need in its head."""
        name = scope["path"].removeprefix(self.base)
        plain = name == "" and not scope["query_string"]
        points = f'<link rel="preload" as="fetch" crossorigin href="./{first_points}">'
        links = _early(_STARTS.get(name)) + (points if plain and first_points else "")
        return self.index.replace(b"</head>", links.encode() + b"</head>", 1)


def _hold_nothing_back(receive: Receive) -> None:
    """Have a connection send what it has at once, be it HTTP's or a WebSocket.

    Streamlit's socket lets a short answer wait until the browser has said that it got the one
    before (Nagle's algorithm): 40 ms on one machine, else a round trip. Where the server is not
    uvicorn, nothing is changed.
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    found = transport.get_extra_info("socket") if transport else None
    if found is not None and found.family in {socket.AF_INET, socket.AF_INET6}:
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _packed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), _LEVEL, mtime=0)


@functools.cache
def _early(start: str | None) -> str:
    """Links to what a page will import, in an order in which it is needed; its own script first."""
    own = scripts.needed(start) if start else []
    own += [name for name in scripts.needed(_EVERYWHERE) if name not in own]
    addresses = [*_of_streamlit(), *(code() + name for name in own)]
    return "".join(f'<link rel="modulepreload" href="./{address}">' for address in addresses)


def _of_streamlit() -> list[str]:
    """Streamlit's scripts that the first page needs and Streamlit's own page does not name."""
    folder, index = _STREAMLIT / "static" / "js", (_STREAMLIT / "index.html").read_text("utf-8")
    left = [path.name for part in _PARTS for path in sorted(folder.glob(f"{part}.*.js"))]
    found: list[str] = []
    while left:
        name = left.pop(0)
        if name in found or name in index or not (folder / name).is_file():
            continue
        found.append(name)
        left += _IMPORT.findall((folder / name).read_text("utf-8"))
    return [f"static/js/{name}" for name in found]
