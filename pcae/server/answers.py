"""How the app's routes answer: made in turn, once for all who ask at the same time, and streamed.

A request costs the server a bounded amount, whatever is in it. What has to be made is made in a few
threads of its own, of which the server's own threads know nothing; a bounded number of requests
wait for them, and the next is told to come later. A reader, be it a slow one, holds a piece of the
answer in memory. `HEAD` has nothing made. Of what takes the server seconds, a student of a class
has a few in the making at a time, so that others are not held up.
"""

from __future__ import annotations

import asyncio
import io
import os
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from queue import SimpleQueue
from typing import Any, BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from pcae import rights, rules
from pcae.files import DamagedFile
from pcae.rights import OWNER, Denied, Visitor
from pcae.server import visitors
from pcae.takehome.keras_file import NotMade

GONE = "This network or its digits have changed or are not there any more: reload the page."
_BUSY = "More is asked of the server just now than it can make: try again in ten seconds."
_NO_ROOM = (
    "This could not be made ({why}): free space on the server's disk, or set PCAE_HOME to a folder "
    "that can be written."
)
_WAIT = {"Retry-After": "10"}  # seconds
_ENOUGH = (
    "{most} of your files or searches are in the making, and a student may have no more at a time: "
    "wait until one has come."
)
_PIECE = 256 * 2**10  # bytes
_MOST_QUERY = 256 * 2**10  # characters: two points of 4,096 coordinates
_DIGITS = 20  # of a number in an address; none of ours has more


class Number(IntegerConvertor):
    """A number in an address, of which no more digits are read than ours have."""

    def convert(self, value: str) -> int:
        """The number that the first digits make: of too many, one that nothing of ours has."""
        return int(value[:_DIGITS])


register_url_convertor("number", Number())


class Refused(Exception):
    """A request that is not answered; its status, and a sentence that says why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Busy(Exception):
    """Too many wait already."""


class Enough(Exception):
    """A student has as many in the making as the rules allow."""


class Making:
    """How many costly answers each student has in the making."""

    def __init__(self) -> None:
        self._lock, self._counts = threading.Lock(), Counter[Visitor]()

    def begin(self, visitor: Visitor) -> None:
        """Count one more.

        Raises
        ------
        Enough
            That would be too many.
        """
        with self._lock:
            most = rules.current().making
            if not visitor.teacher and self._counts[visitor] >= most:
                raise Enough(_ENOUGH.format(most=most))
            self._counts[visitor] += 1

    def end(self, visitor: Visitor) -> None:
        """Count one less."""
        with self._lock:
            self._counts[visitor] -= 1
            if not self._counts[visitor]:
                del self._counts[visitor]


MAKING = Making()


class Turns:
    """Threads that make answers one after another, each once for all who ask for it meanwhile.

    Parameters
    ----------
    at_once : int
        How many threads.
    most : int
        How many answers may be in the making or wait for it.
    """

    def __init__(self, at_once: int, most: int) -> None:
        self._at_once, self._most, self._threads = at_once, most, 0
        self._pending: dict[str, Future[_Shared]] = {}
        self._readers: Counter[str] = Counter()
        self._work: SimpleQueue[tuple[Answer, Future[_Shared]]] = SimpleQueue()
        self._lock = threading.Lock()

    async def take(self, answer: Answer) -> _Shared:
        """The answer, once it is made.

        Raises
        ------
        Busy
            Too many wait already.
        Enough
            Who asks has too many in the making.
        """
        return await asyncio.shield(asyncio.wrap_future(self._future(answer)))

    def _future(self, answer: Answer) -> Future[_Shared]:
        with self._lock:
            found = self._pending.get(answer.key)
            if not found and len(self._pending) >= self._most:
                raise Busy
            if not found and answer.costly:
                MAKING.begin(answer.visitor)
            self._readers[answer.key] += 1
            if found:
                return found
            future: Future[_Shared] = Future()
            self._pending[answer.key] = future
            self._work.put((answer, future))
            if self._threads < self._at_once:
                self._threads += 1
                threading.Thread(target=self._run, daemon=True).start()
            return future

    def _run(self) -> None:
        while True:
            self._do(*self._work.get())  # no name here holds what was made

    def _do(self, answer: Answer, future: Future[_Shared]) -> None:
        future.set_running_or_notify_cancel()
        try:
            with rights.acting(answer.visitor):
                made = answer.make()
        except BaseException as problem:
            self._forget(answer)
            future.set_exception(problem)
        else:
            future.set_result(_Shared(made, self._forget(answer)))

    def _forget(self, answer: Answer) -> int:
        """Let the next who asks have it made anew; how many have asked so far."""
        with self._lock:
            del self._pending[answer.key]
            if answer.costly:
                MAKING.end(answer.visitor)
            return self._readers.pop(answer.key)


ARRAYS = Turns(at_once=2, most=200)  # a class opens the explorer at once
FILES = Turns(at_once=1, most=9)  # each takes all of a processor for seconds
PROCESSES = Turns(at_once=1, most=5)  # what waits for a process hinders no other file


@dataclass(frozen=True)
class Answer:
    """What a request is answered with.

    Attributes
    ----------
    key : str
        The same for the same answer.
    kind : str
        Its media type.
    headers : mapping
    make : callable
        Makes it, as an open file; called in one of `turns`.
    find : callable
        It, if it is made already.
    costly : bool
        Whether it takes the server seconds.
    visitor : Visitor
        Who asks.
    """

    key: str
    kind: str
    headers: Mapping[str, str]
    make: Callable[[], BinaryIO]
    find: Callable[[], BinaryIO | None] = lambda: None
    turns: Turns = ARRAYS
    costly: bool = False
    visitor: Visitor = OWNER


def answering(
    asked: Callable[[Request], Answer],
) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    """The endpoint of a route.

    Parameters
    ----------
    asked : callable
        What a request asks for, found without effort; raises `Refused` where there is no such
        thing.
    """

    async def endpoint(request: Request) -> Response:
        visitor = visitors.of_scope(request.scope)
        with rights.acting(visitor):
            return await respond(request, visitor)

    async def respond(request: Request, visitor: Visitor) -> Response:
        try:
            if len(request.scope["query_string"]) > _MOST_QUERY:
                raise Refused(414, "This address is too long.")
            answer = replace(await run_in_threadpool(asked, request), visitor=visitor)
            found = await run_in_threadpool(answer.find)
            made = _Shared(found) if found else None
            if request.method == "HEAD":
                return _head(answer, made)
            return _streamed(answer, made or await answer.turns.take(answer))
        except Exception as problem:
            return _refusal(problem)

    return endpoint


def in_memory(content: bytes) -> BinaryIO:
    """An answer that is not kept."""
    return io.BytesIO(content)


class _Shared:
    """An open file that several read, each a piece at a time; the last one closes it."""

    def __init__(self, file: BinaryIO, readers: int = 1) -> None:
        self._file, self._readers, self._lock = file, readers, threading.Lock()
        self.size = file.seek(0, os.SEEK_END)

    def __del__(self) -> None:
        self._file.close()  # where a reader hung up before the first piece

    def piece(self, start: int) -> bytes:
        """What is there from `start` on."""
        with self._lock:
            self._file.seek(start)
            return self._file.read(_PIECE)

    async def pieces(self) -> AsyncIterator[bytes]:
        """All of it, for one reader."""
        try:
            for start in range(0, self.size, _PIECE):
                yield await run_in_threadpool(self.piece, start)
        finally:
            self.done()

    def done(self) -> None:
        """One reader needs it no more."""
        with self._lock:
            self._readers -= 1
            if not self._readers:
                self._file.close()


def _streamed(answer: Answer, made: _Shared) -> Response:
    headers = {**answer.headers, "Content-Length": str(made.size)}
    return StreamingResponse(made.pieces(), headers=headers, media_type=answer.kind)


def _head(answer: Answer, made: _Shared | None) -> Response:
    """The headers alone; the length is not known before it is made."""
    length = {}
    if made:
        length = {"Content-Length": str(made.size)}
        made.done()
    response = Response(headers={**answer.headers, **length}, media_type=answer.kind)
    if made is None:
        del response.headers["Content-Length"]
    return response


def _refusal(problem: Exception) -> Response:
    """The sentence that a problem is answered with; one that nobody thought of is raised."""
    match problem:
        case Refused():
            return PlainTextResponse(str(problem), problem.status)
        case Denied():
            return PlainTextResponse(str(problem), 403)
        case Enough():
            return PlainTextResponse(str(problem), 429, _WAIT)
        case Busy() | MemoryError():
            return PlainTextResponse(_BUSY, 503, _WAIT)
        case DamagedFile() | NotMade():
            return PlainTextResponse(str(problem), 409)
        case FileNotFoundError():
            return PlainTextResponse(GONE, 404)
        case OSError():
            return PlainTextResponse(_NO_ROOM.format(why=problem.strerror or problem), 507)
    raise problem
