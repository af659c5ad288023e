"""Requests as bytes, so that they can be what no library would send."""

from __future__ import annotations

import re
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

_PATIENCE_SECONDS = 60
_KEPT = 4_000_000  # bytes of an answer


@dataclass(frozen=True)
class Answer:
    """What the server said; status 0 where it hung up instead."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> str | None:
        """Why this is none that anybody should get."""
        if self.status == 0:
            return "the server hung up without an answer"
        if self.status >= 500 and not (self.status == 503 and self.body.rstrip().endswith(b".")):
            return f"{self.status} {self.body[:60].decode(errors='replace')}"
        return "a traceback in the answer" if b"Traceback (most" in self.body else None


def line(method: str, address: str, headers: Sequence[str] = (), body: bytes = b"") -> bytes:
    """A request as it is sent."""
    lines = [f"{method} {address} HTTP/1.1", *headers, "Connection: close"]
    if not any(of.startswith("Host:") for of in headers):
        lines.insert(1, "Host: localhost")
    if body and not any(of.startswith(("Content-Length", "Transfer")) for of in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body


def ask(url: str, raw: bytes) -> Answer | None:
    """The answer of a server; None where it never ends, or nobody listens."""
    at = urlsplit(url)
    try:
        with socket.create_connection((at.hostname or "", at.port or 80), 10) as stream:
            stream.settimeout(_PATIENCE_SECONDS)
            stream.sendall(raw)
            return _read(stream)
    except (TimeoutError, ConnectionRefusedError):
        return None
    except OSError:  # it hung up amid what was sent
        return Answer(0, {}, b"")


def ask_at_once(url: str, every: Sequence[bytes]) -> list[Answer | None]:
    """The answers to requests that are all sent together."""
    with ThreadPoolExecutor(len(every)) as together:
        return list(together.map(lambda raw: ask(url, raw), every))


def _read(stream: socket.socket) -> Answer:
    kept = bytearray()
    while (part := stream.recv(1 << 16)) and not kept.startswith(b"HTTP/1.1 101"):
        if len(kept) < _KEPT:
            kept += part
    head, _, body = bytes(kept).partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    status = re.match(r"HTTP/1\.[01] (\d+)", first)
    pairs = (of.partition(":") for of in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    return Answer(int(status[1]) if status else 0, headers, body)
