"""Who a visitor of this server is: a signed cookie, and the teacher's token.

As soon as the server listens to others, whoever has the token is the teacher, in the manner of
Jupyter: the token stands in the address once, is compared in constant time, exchanged for a
cookie that scripts cannot read, and taken out of the address. Everybody else is a student, whom a
signed cookie knows again. The token and the key of the signatures lie in `PCAE_HOME/class/`, for
their owner alone.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import os
import secrets
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx
from streamlit.url_util import make_url_path

from pcae.files import home
from pcae.rights import NOBODY, OWNER, Visitor

VARIABLE = "PCAE_CLASS"  # 1: a class comes, whatever the server's address says
COOKIE = "pcae_visitor"
PARAMETER = "teacher"
_DAYS = 30
_WRONG = (
    "This is not the teacher's link of this class any more: the one that holds stands where the "
    "server was started, and `python -m pcae class --link` prints it."
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


def token() -> str:
    """The teacher's token; made when it is first asked for."""
    return _secret("token")


def renew() -> None:
    """Have another token from now on: who came with the one before is no teacher any more."""
    (home() / "class" / "token").unlink(missing_ok=True)


def _secret(name: str) -> str:
    folder = home() / "class"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    try:
        return _read(path)
    except FileNotFoundError:
        made = secrets.token_urlsafe(32)
        whole = path.with_name(f".{name}-{secrets.token_hex(4)}")
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(made)
        try:
            os.link(whole, path)  # unless another process was faster
        except FileExistsError:
            pass
        finally:
            whole.unlink()
        return _read(path)


def _read(path: Path) -> str:
    return path.read_text("ascii").strip()


def _signature(name: str, of: str) -> str:
    words = f"{of}:{name}" + (f":{token()}" if of == "teacher" else "")
    return hmac.new(_secret("key").encode(), words.encode(), hashlib.sha256).hexdigest()


def cookie(visitor: Visitor) -> str:
    """What the cookie of a visitor holds."""
    of = "teacher" if visitor.teacher else "student"
    return f"{of}.{visitor.name}.{_signature(visitor.name, of)}"


def known(cookies: Mapping[str, str]) -> Visitor | None:
    """The visitor whom the cookies of a browser name; None where none of this class does."""
    of, _, rest = cookies.get(COOKIE, "").partition(".")
    name, _, signature = rest.partition(".")
    if of not in {"teacher", "student"} or not name.isalnum() or not signature.isascii():
        return None
    if not hmac.compare_digest(signature, _signature(name, of)):
        return None
    return Visitor(name, of == "teacher")


def of_scope(scope: Scope) -> Visitor:
    """Who asks for something over HTTP."""
    if not has_class():
        return OWNER
    return known(_cookies(Headers(scope=scope))) or NOBODY


def of_session() -> Visitor:
    """Whose page is being drawn."""
    if not has_class():
        return OWNER
    if get_script_run_ctx(suppress_warning=True) is None:
        return NOBODY
    return known(st.context.cookies.to_dict()) or NOBODY


def _cookies(headers: Headers) -> dict[str, str]:
    try:
        found = SimpleCookie("; ".join(headers.getlist("cookie")))
    except CookieError:
        return {}
    return {name: of.value for name, of in found.items()}


class Visitors:
    """ASGI middleware: gives every browser its cookie, and takes the token out of the address."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.path = make_url_path(config.get_option("server.baseUrlPath"), "")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have what is behind answer it."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if not has_class() or "text/html" not in headers.get("accept", ""):
            return await self.app(scope, receive, send)
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = [of for name, of in query if name == PARAMETER]
        if given:
            if not hmac.compare_digest(given[0].encode(), token().encode()):
                return await PlainTextResponse(_WRONG, 403)(scope, receive, send)
            visitor = known(_cookies(headers))
            name = visitor.name if visitor else secrets.token_hex(8)
            left = urlencode([(name, of) for name, of in query if name != PARAMETER])
            page = scope["path"].rpartition("/")[2] or "./"
            response = RedirectResponse(f"{page}?{left}" if left else page, 303)
            self._give(response.headers, Visitor(name, teacher=True), scope)
            return await response(scope, receive, send)
        if known(_cookies(headers)):
            return await self.app(scope, receive, send)
        visitor = Visitor(secrets.token_hex(8))

        async def sends(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._give(MutableHeaders(scope=message), visitor, scope)
            await send(message)

        await self.app(scope, receive, sends)

    def _give(self, headers: MutableHeaders, visitor: Visitor, scope: Scope) -> None:
        sent = Headers(scope=scope)
        secure = scope["scheme"] == "https" or sent.get("x-forwarded-proto") == "https"
        headers.append(
            "Set-Cookie",
            f"{COOKIE}={cookie(visitor)}; Path={self.path}; Max-Age={_DAYS * 86_400}; HttpOnly; "
            f"SameSite=Lax{'; Secure' if secure else ''}",
        )
        headers["Cache-Control"] = "no-store"
