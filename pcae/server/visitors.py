"""Who a visitor of this server is: a signed cookie, and the teacher's token.

As soon as the server listens to others, whoever has the token is the teacher, in the manner of
Jupyter: the token stands in the address once, is compared in constant time, exchanged for a
cookie that scripts cannot read, and taken out of the address. Everybody else is a student, whom a
signed cookie knows again. Where teachers log in instead (`pcae.server.login`), there is no token.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import os
import re
import secrets
from collections import Counter
from collections.abc import Iterable
from urllib.parse import quote, unquote_plus

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx
from streamlit.url_util import make_url_path

from pcae.classroom.keys import key, token
from pcae.rights import NOBODY, OWNER, Visitor
from pcae.server import login

VARIABLE = "PCAE_CLASS"  # 1: a class comes, whatever the server's address says
PARAMETER = "teacher"
MOST_SESSIONS = 30  # pages that one visitor has open, each of which takes the server memory
_DAYS = 180  # a term
_FORM = re.compile(r"(teacher|student)\.([A-Za-z0-9]{1,32})\.([0-9a-f]{64})")
_WRONG = (
    "This is not the teacher's link of this class any more: the one that holds stands where the "
    "server was started, and `python -m pcae class --link` prints it."
)
_TOO_MANY = f"A visitor may have {MOST_SESSIONS} pages open: close some."
_LOG_IN = "Teachers of this class log in: open its address, and choose “Teacher? Log in”."
_NOT_KEPT = (
    "The server cannot keep who its visitors are ({why}): free space on its disk, or set PCAE_HOME "
    "to a folder that can be written."
)


def has_class() -> bool:
    """Whether others than who runs this machine may reach the server."""
    if os.environ.get(VARIABLE) == "1":
        return True
    names = [config.get_option("server.address") or "every address"]
    names += config.get_option("server.allowedHosts") or ["*"]
    return not all(map(_is_here, names))


def _is_here(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def cookie_name() -> str:
    """The cookie's name: another for every class, as one machine may serve several."""
    return f"pcae_visitor_{hashlib.sha256(key().encode()).hexdigest()[:8]}"


def cookie(visitor: Visitor) -> str:
    """What the cookie of a visitor holds."""
    of = "teacher" if visitor.teacher else "student"
    return f"{of}.{visitor.name}.{_signature(visitor.name, of)}"


def _signature(name: str, of: str) -> str:
    words = f"{of}:{name}" + (f":{token()}" if of == "teacher" else "")
    return hmac.new(key().encode(), words.encode(), hashlib.sha256).hexdigest()


def known(headers: Iterable[str]) -> Visitor | None:
    """The visitor whom a browser's cookies name.

    Parameters
    ----------
    headers : iterable of str
        The request's `Cookie` headers. A browser may have several cookies of this name; the
        teacher's is taken first.

    Returns
    -------
    Visitor or None
        None where no cookie is of this class.
    """
    name = cookie_name()
    found = [
        visitor
        for header in headers
        for part in header.split(";")
        if part.strip().startswith(f"{name}=")
        and (visitor := _signed(part.strip().removeprefix(f"{name}=")))
    ]
    return max(found, key=lambda visitor: visitor.teacher, default=None)


def _signed(text: str) -> Visitor | None:
    """The visitor of a cookie, if its signature is ours."""
    if not (match := _FORM.fullmatch(text)):
        return None
    of, name, signature = match.groups()
    if of == "teacher" and login.wanted():
        return None
    if not hmac.compare_digest(signature, _signature(name, of)):
        return None
    return Visitor(name, of == "teacher")


def of_scope(scope: Scope) -> Visitor:
    """Who asks for something over HTTP."""
    return _of(Headers(scope=scope).getlist("cookie")) if has_class() else OWNER


def of_session() -> Visitor:
    """Whose page is being drawn."""
    if not has_class():
        return OWNER
    if get_script_run_ctx(suppress_warning=True) is None:
        return NOBODY
    return _of(st.context.headers.get_all("Cookie"))


def _of(headers: list[str]) -> Visitor:
    visitor = known(headers) or NOBODY
    if login.wanted() and (address := login.teacher(headers)):
        named = hmac.new(key().encode(), address.encode(), hashlib.sha256).hexdigest()
        return Visitor(named[:16], teacher=True)
    return visitor


class Visitors:
    """ASGI middleware: gives every browser its cookie, and takes the token out of the address."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.path = make_url_path(config.get_option("server.baseUrlPath"), "")
        self.open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have what is behind answer it."""
        if scope["type"] == "websocket" and has_class():
            return await self._connect(scope, receive, send)
        if not (has_class() and self._is_page(scope)):
            return await self.app(scope, receive, send)
        try:
            answer = self._exchange(scope)
            visitor = known(Headers(scope=scope).getlist("cookie"))
            given = None if visitor else self._cookie(Visitor(secrets.token_hex(8)), scope)
        except OSError as problem:
            why = problem.strerror or problem
            answer = PlainTextResponse(_NOT_KEPT.format(why=why), 507)
        if answer:
            return await answer(scope, receive, send)

        async def sends(message: Message) -> None:
            if given and message["type"] == "http.response.start" and message["status"] == 200:
                _give(MutableHeaders(scope=message), given)
            await send(message)

        await self.app(scope, receive, sends)

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a page connect, unless its visitor has too many open."""
        visitor = of_scope(scope)
        if self.open[visitor.name] >= MOST_SESSIONS and not visitor.teacher:
            return await send({"type": "websocket.close", "code": 1013, "reason": _TOO_MANY})
        self.open[visitor.name] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.open[visitor.name] -= 1

    def _is_page(self, scope: Scope) -> bool:
        """Whether a browser asks for a page, and not for what belongs to one."""
        return (
            scope["type"] == "http"
            and scope["method"] in {"GET", "HEAD"}
            and "text/html" in Headers(scope=scope).get("accept", "")
            and scope["path"].startswith(self.path)
            and "/" not in scope["path"].removeprefix(self.path)
        )

    def _exchange(self, scope: Scope) -> PlainTextResponse | RedirectResponse | None:
        """The answer to an address with a token; None for one without."""
        parts = scope["query_string"].decode("latin-1").split("&")
        named = [unquote_plus(part.partition("=")[0]) == PARAMETER for part in parts]
        if not any(named):
            return None
        if login.wanted():
            return PlainTextResponse(_LOG_IN, 403)
        given = unquote_plus(parts[named.index(True)].partition("=")[2])
        if not hmac.compare_digest(given.encode(), token().encode()):
            return PlainTextResponse(_WRONG, 403)
        visitor = known(Headers(scope=scope).getlist("cookie"))
        name = visitor.name if visitor else secrets.token_hex(8)
        left = "&".join(part for part, its in zip(parts, named, strict=True) if not its)
        # relative: a proxy may have taken a path away, of which nothing is known here
        page = f"./{quote(scope['path'].removeprefix(self.path))}"
        response = RedirectResponse(f"{page}?{left}" if left else page, 303)
        _give(response.headers, self._cookie(Visitor(name, teacher=True), scope))
        return response

    def _cookie(self, visitor: Visitor, scope: Scope) -> str:
        """The header for a cookie; without a path it holds where the browser sees this page."""
        sent = Headers(scope=scope).get("x-forwarded-proto", "")
        secure = scope["scheme"] == "https" or sent.partition(",")[0].strip() == "https"
        return (
            f"{cookie_name()}={cookie(visitor)}; Max-Age={_DAYS * 86_400}; HttpOnly; SameSite=Lax"
            + ("; Secure" if secure else "")
        )


def _give(headers: MutableHeaders, given: str) -> None:
    headers.append("Set-Cookie", given)
    headers["Cache-Control"] = "no-store"
