"""How much a student brings to the server: each file, and what they have brought and hold on to.

Streamlit keeps what is uploaded in the memory of its server, until a page takes it from there to
the disk (`pcae.data.apart.spool`). What comes is counted here before it is read, or while it comes
where it does not say how much it is, with what its student's pages hold in either place.
"""

from __future__ import annotations

from collections import Counter

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime

from pcae import rules
from pcae.data.apart import spool
from pcae.server import visitors

_PLACE = "/_stcore/upload_file/"
_MB = 10**6
_FRAME = 64 * 2**10  # bytes around a file in what is sent, and the least that one is counted as
_DIGITS = 20  # of a length
_TOO_LARGE = (
    "This is larger than {most} MB, the most that a student's file may have: bring fewer rows, or "
    "pack them as .npz or .gz."
)
_TOO_MUCH = (
    "Your open pages hold {held:.0f} MB of files, and a student's may hold {most} MB: take some "
    "away, or close a page."
)


class TooMuch(Exception):
    """More than a student may bring; the message says how much that is, and what to do."""


class Uploads:
    """ASGI middleware: refuses what is more than the rules allow a student."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._coming: Counter[str] = Counter()  # bytes, by student
        self._whose: dict[str, str] = {}  # the student, by the session to which they bring files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have an upload be taken, or refuse it."""
        session = scope.get("path", "").partition(_PLACE)[2].partition("/")[0]
        is_one = scope["type"] == "http" and scope["method"] == "PUT" and session
        if not is_one or (visitor := visitors.of_scope(scope)).teacher:
            return await self.app(scope, receive, send)
        self._note(session, visitor.name)
        upload = _Upload(self, visitor.name)
        length = Headers(scope=scope).get("content-length", "")
        try:
            if length.isdecimal():  # the server reads no more than that
                upload.count(int(length[:_DIGITS]))
                await self.app(scope, receive, send)
            else:
                await self.app(scope, upload.counted(receive), send)
        except TooMuch as problem:
            headers = {"Connection": "close"}  # what is left of it is not read
            await PlainTextResponse(str(problem), 413, headers)(scope, receive, send)
        finally:
            self._coming[visitor.name] -= upload.size

    def _note(self, session: str, name: str) -> None:
        """Remember to whose page files come, while it is open."""
        here = runtime.get_instance().is_active_session
        self._whose = {each: of for each, of in self._whose.items() if here(each)}
        if here(session):
            self._whose[session] = name

    def held(self, name: str) -> int:
        """Bytes that a student's pages hold, with those that are coming."""
        manager = runtime.get_instance().uploaded_file_mgr
        stored = getattr(manager, "file_storage", {})
        own = [session for session, whose in self._whose.items() if whose == name]
        sizes = [len(file.data) for each in own for file in list(stored.get(each, {}).values())]
        on_disk = [file.size for of in spool.of(name) for file in of.files.copy()]
        return sum(max(size, _FRAME) for size in [*sizes, *on_disk]) + self._coming[name]

    def count(self, name: str, size: int) -> None:
        """Count what comes from a student.

        Raises
        ------
        TooMuch
            Their pages hold too much.
        """
        self._coming[name] += size
        most = rules.current().uploads * rules.current().upload_mb
        if (held := self.held(name)) > most * _MB:
            raise TooMuch(_TOO_MUCH.format(held=held / _MB, most=most))


class _Upload:
    """One upload of a student, as it is counted."""

    def __init__(self, all_: Uploads, name: str) -> None:
        self._all, self._name, self._most = all_, name, rules.current().upload_mb
        self.size = 0

    def count(self, size: int) -> None:
        """Count bytes that come; `TooMuch` where they are too many."""
        self.size += size
        self._all.count(self._name, size)
        if self.size > self._most * _MB + _FRAME:
            raise TooMuch(_TOO_LARGE.format(most=self._most))

    def counted(self, receive: Receive) -> Receive:
        """What is received, counted as it comes."""

        async def receives() -> Message:
            message = await receive()
            self.count(len(message.get("body", b"")))
            return message

        return receives
