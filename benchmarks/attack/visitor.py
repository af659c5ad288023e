"""A visitor over Streamlit's websocket, as the browser's page is one, without a browser."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PATIENCE_SECONDS = 60.0


class NeverEnds(Exception):
    """A page was not drawn to its end in time."""


class Visitor:
    """A session of Streamlit's, from its first page to leaving."""

    def __init__(self, url: str) -> None:
        self._open = ExitStack()
        self._socket = self._open.enter_context(handshake(url))
        self._fragments: list[str] = []
        self._at = BackMsg().rerun_script

    def __enter__(self) -> Visitor:
        return self

    def __exit__(
        self, kind: type | None, problem: BaseException | None, at: TracebackType | None
    ) -> None:
        self._open.close()

    def open(self, page: str, query: str = "") -> list[str]:
        """Go to a page, as by a link; the tracebacks on it: kind, message and place of each.

        Raises
        ------
        NeverEnds
            It is not drawn to its end in a minute.
        """
        self._at.page_name, self._at.query_string = page, query
        self._fragments.clear()
        message = BackMsg()
        message.rerun_script.CopyFrom(self._at)
        return self._ask(message)

    def wait(self) -> list[str]:
        """Let what follows something on the page look once more; the tracebacks on it."""
        seen = []
        for fragment in self._fragments.copy():
            if fragment not in self._fragments:
                continue  # another had the whole page drawn anew
            message = BackMsg()
            message.rerun_script.CopyFrom(self._at)
            message.rerun_script.fragment_id = fragment
            message.rerun_script.is_auto_rerun = True
            seen += self._ask(message)
        return seen

    def forget_caches(self) -> None:
        """Have the server read everything anew."""
        self._socket.send(BackMsg(clear_cache=True).SerializeToString())

    def _ask(self, message: BackMsg) -> list[str]:
        self._socket.send(message.SerializeToString())
        seen, end = list[str](), time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                raw = self._socket.recv(timeout=max(0.0, end - time.monotonic()))
            except TimeoutError:
                raise NeverEnds(f"The page {message.rerun_script.page_name} never ends.") from None
            assert isinstance(raw, bytes)
            told = ForwardMsg.FromString(raw)
            kind = told.WhichOneof("type")
            if kind == "delta" and told.delta.new_element.WhichOneof("type") == "exception":
                of = told.delta.new_element.exception
                place = next((line for line in reversed(of.stack_trace) if "File" in line), "")
                seen.append(f"{of.type}: {of.message} {place.strip()}")
            elif kind == "auto_rerun":
                self._fragments.append(told.auto_rerun.fragment_id)
            elif kind == "page_not_found":
                seen.append(f"The page {told.page_not_found.page_name} is not found.")
            elif kind == "script_finished" and told.script_finished != _BROKEN_OFF:
                return seen
            elif kind == "script_finished":
                self._fragments.clear()  # it is drawn anew, with others


_BROKEN_OFF = ForwardMsg.FINISHED_EARLY_FOR_RERUN


@contextmanager
def handshake(
    url: str, origin: str | None = None, host: str | None = None
) -> Iterator[ClientConnection]:
    """A websocket to the server, as a page of another origin or name might open one.

    Raises
    ------
    InvalidStatus
        The server refuses it.
    """
    at = urlsplit(url)
    assert at.hostname
    stream = socket.create_connection((at.hostname, at.port or 80), PATIENCE_SECONDS)
    with connect(
        f"ws://{host or at.netloc}/_stcore/stream",
        sock=stream,
        origin=None if origin is None else Origin(origin),
        subprotocols=[Subprotocol("streamlit")],
        proxy=None,
        max_size=None,
        open_timeout=PATIENCE_SECONDS,
    ) as connection:
        yield connection


def refuses(url: str, origin: str | None, host: str | None) -> bool:
    """Whether the server refuses such a websocket."""
    try:
        with handshake(url, origin, host):
            return False
    except InvalidStatus:
        return True
