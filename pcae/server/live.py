"""What a class hears at once: where the teacher leads, and that something of the room is new.

Every browser holds one stream of server-sent events, or asks again and again where a proxy keeps
the stream back. A stream tells what is so now, never what was: a slow reader gets the last state
and no queue grows. The teacher's browser posts where it is; `pcae.classroom.room` has the rest.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from streamlit import config
from streamlit.url_util import make_url_path

from pcae import rights
from pcae.classroom import presence, room
from pcae.rights import NOBODY, OWNER, Denied, Visitor
from pcae.server import guard, visitors

MOST_STREAMS = 500
MOST_OF_ONE = 3  # streams of one visitor: a browser has six connections, and needs others
MOST_BYTES = 16 * 2**10  # of what is posted
HEARTBEAT_SECONDS = 15.0
_RELOAD_SECONDS = 4.0  # a leader says nothing for so long once its page is left
_WATCH_SECONDS = 1.0
_LOOKS = 5  # meanwhile, at what another server of this store has kept
_ASKED_SECONDS = 10.0  # who asked so long ago is here
_MOST_ASKED = 5_000
_NO_CLASS = "There is no class on this server: it is for who runs it alone."
_UNKNOWN = "Only who has opened a page of this class hears of it: reload the page."
_TOO_MANY = "More is open here than is told of at once: close some of the tabs."
_ELSEWHERE = "Pages of other sites may not send anything to this server."
_TOO_LONG = f"No more than {MOST_BYTES:,} bytes are taken."
_NO_JSON = "This is no JSON object."
_NO_PAGE = "There is no page of this name."
_ANOTHER = "The class is led from another tab or device now."
_PAGES = {path.stem for path in (Path(__file__).parents[2] / "pages").glob("*.py")}
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Encoding": "identity",  # else Streamlit's server compresses, and holds it back
    "X-Accel-Buffering": "no",  # nginx
}
_BOOT = secrets.token_hex(4)  # another one after every start of the server


class _Hub:
    """The streams that are open; all but `tell` and `end` happens on the event loop's thread."""

    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self.asked: dict[Visitor, float] = {}  # when
        self.others: frozenset[str] = frozenset()  # students whom other servers have here
        self.ended = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watch: asyncio.Task[None] | None = None
        self._leave: Callable[[], None] = lambda: None
        self._known: tuple[Any, ...] = ()
        self.texts: dict[bool, str] = {}  # what is so, but for the pointer, for the teacher or not
        self.pointer = ""

    def add(self, stream: Stream) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._leave()
            self._loop, self.streams, self.ended = loop, set(), False
            self._leave = room.subscribe(self.tell)
            _before_the_end(self.end)
        self.streams.add(stream)
        self.wake()
        self.attend()

    def attend(self) -> None:
        """See to the room while somebody listens or asks."""
        if self._watch is None and room.now().lead:
            room.stays()  # whoever led before the server's start may not be back yet
        if self._watch is None or self._watch.done():
            self._watch = asyncio.get_running_loop().create_task(self._attend())

    def remove(self, stream: Stream) -> None:
        self.streams.discard(stream)
        self.wake()

    def tell(self, _: room.Room) -> None:
        """Something has changed, in any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.wake)

    def end(self) -> None:
        """The server is about to stop, which waits for the streams."""
        if self._loop is not None and not self._loop.is_closed():
            self.ended = True
            self._loop.call_soon_threadsafe(self.wake)

    def wake(self) -> None:
        """See what is so, and have the streams tell it."""
        self.look()
        for stream in self.streams:
            stream.woken.set()

    def here(self) -> int:
        """How many students have a page open."""
        return len(self.own() | self.others)

    def own(self) -> frozenset[str]:
        """The students who have a page of this server open."""
        since = time.monotonic() - _ASKED_SECONDS
        self.asked = {of: when for of, when in self.asked.items() if when > since}
        found = self.asked.keys() | {stream.visitor for stream in list(self.streams)}
        return frozenset(of.name for of in found if not of.teacher)

    def look(self) -> None:
        """See what is so."""
        now = room.now()
        lead = {name: of for name, of in now.lead.items() if name != "pointer"} or None
        known = (mark(now, True), lead, self.here())
        self.pointer = json.dumps(now.lead.get("pointer"))
        if known != self._known:
            self._known = known
            of_all = {"boot": _BOOT, "mark": mark(now, False), "lead": lead}
            of_teacher = of_all | {"mark": mark(now, True), "here": known[-1]}
            self.texts = {False: json.dumps(of_all), True: json.dumps(of_teacher)}

    async def _attend(self) -> None:
        """See whether the leader is still there, who is here, and what other servers have kept."""
        while (self.streams or self.asked) and not self.ended:
            for _ in range(_LOOKS):
                await asyncio.sleep(_WATCH_SECONDS / _LOOKS)
                now = room.now()  # which tells what is new
            if now.lead and time.time() > now.until:
                with rights.acting(OWNER):
                    room.lead({})
            self.others = presence.exchange(_BOOT, self.own())
            self.wake()
        presence.leave(_BOOT)


_hub = _Hub()


def mark(of: room.Room, teacher: bool) -> str:
    """What is drawn of a room: another one where something of it is new for who sees it."""
    words = f"{_BOOT}.{of.version}"
    return f"{words}.{of.answered}" if teacher else words


def here() -> int:
    """How many students have a page before them now."""
    return _hub.here()


def _before_the_end(act: Callable[[], None]) -> None:
    """Act when the process is told to end, before what ends it otherwise."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        before = signal.getsignal(number)
        if callable(before):

            def ends(signum: int, frame: Any, before: Callable = before) -> None:
                act()
                before(signum, frame)

            signal.signal(number, ends)


class Stream(StreamingResponse):
    """What one browser listens to."""

    def __init__(self, visitor: Visitor, scope: Scope) -> None:
        super().__init__(self._pieces(), media_type="text/event-stream", headers=_HEADERS)
        self.visitor, self.scope = visitor, scope
        self.woken = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell what is so until the browser leaves."""
        _hub.add(self)
        try:
            await super().__call__(scope, receive, send)
        finally:
            _hub.remove(self)

    async def _pieces(self) -> AsyncIterator[str]:
        yield "retry: 1000\n\n"
        told = pointed = ""
        while not _hub.ended:
            self.woken.clear()
            teaches = self.visitor.teacher and visitors.of_scope(self.scope).teacher  # still
            state, pointer = _hub.texts[teaches], _hub.pointer
            if state != told:
                yield f"event: state\ndata: {state}\n\n"
            if pointer != pointed:
                yield f"event: pointer\ndata: {pointer}\n\n"
            if (state, pointer) != (told, pointed):
                told, pointed = state, pointer
                continue  # what has come while the reader was slow
            try:
                await asyncio.wait_for(self.woken.wait(), HEARTBEAT_SECONDS)
            except TimeoutError:
                yield "event: beat\ndata:\n\n"


def routes() -> list[Route]:
    """The routes of the room, under the path that the app is served at."""
    base = config.get_option("server.baseUrlPath")

    def route(path: str, act: Callable, method: str) -> Route:
        return Route(make_url_path(base, path), act, methods=[method])

    return [
        route("room/events", events, "GET"),
        route("room/now", now, "GET"),
        route("room/lead", lead, "POST"),
    ]


def _refusal(visitor: Visitor) -> Response | None:
    if not visitors.has_class():
        return PlainTextResponse(_NO_CLASS, 404)
    return PlainTextResponse(_UNKNOWN, 403) if visitor == NOBODY else None


async def events(request: Request) -> Response:
    """The stream of what is so."""
    visitor = visitors.of_scope(request.scope)
    if refused := _refusal(visitor):
        return refused
    of_each = Counter(stream.visitor.name for stream in _hub.streams)
    if of_each.total() >= MOST_STREAMS or of_each[visitor.name] >= MOST_OF_ONE:
        return PlainTextResponse(_TOO_MANY, 429)
    return Stream(visitor, request.scope)


async def now(request: Request) -> Response:
    """What is so, once: for browsers to which no stream comes through."""
    visitor = visitors.of_scope(request.scope)
    if refused := _refusal(visitor):
        return refused
    if len(_hub.asked) < _MOST_ASKED:
        _hub.asked[visitor] = time.monotonic()
        _hub.attend()
    _hub.look()
    body = f'{{"state": {_hub.texts[visitor.teacher]}, "pointer": {_hub.pointer}}}'
    return Response(body, media_type="application/json", headers=_HEADERS)


async def lead(request: Request) -> Response:
    """Take from the teacher's browser where it leads.

    What is posted has, besides "by", the tab's name, either "page", "query", "hash" and "pointer",
    with "begins" where this tab is to lead from now on; or "stays", "leaves" (perhaps to come
    again) or "stops".
    """
    visitor = visitors.of_scope(request.scope)
    if refused := _refusal(visitor):
        return refused
    origin = request.headers.get("origin")
    if origin is not None and not guard.may_connect(origin, request.headers.get("host", "")):
        return PlainTextResponse(_ELSEWHERE, 403)
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            return PlainTextResponse(_TOO_LONG, 413)
    try:
        posted = json.loads(body)
        if not isinstance(posted, dict):
            return PlainTextResponse(_NO_JSON, 400)
        with rights.acting(visitor):
            rights.only_teacher("A class is led")
            return _lead(posted)
    except Denied as problem:
        return PlainTextResponse(str(problem), 403)
    except RecursionError:
        return PlainTextResponse(_NO_JSON, 400)
    except ValueError as problem:
        ours = not isinstance(problem, (json.JSONDecodeError, UnicodeDecodeError))
        return PlainTextResponse(str(problem) if ours else _NO_JSON, 400)


def _lead(posted: dict[str, Any]) -> Response:
    leads = room.now().lead.get("by")
    if posted.get("begins") is not True and posted.get("by") != leads:
        return PlainTextResponse(_ANOTHER, 409)
    if posted.get("stops") is True:
        room.lead({})
    elif posted.get("leaves") is True:
        room.stays(_RELOAD_SECONDS)
    elif posted.get("stays") is True:
        room.stays()
    else:
        if str(posted.get("page")) not in _PAGES:
            raise ValueError(_NO_PAGE)
        room.lead(posted)
    return JSONResponse({}, headers=_HEADERS)
