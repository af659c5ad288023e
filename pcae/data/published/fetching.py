"""Fetching files that are published: pooch gets and checks them, and what hinders it is named.

A file comes beside its place, is checked against the sum that is published, and only then takes its
place: what was there before stays until a whole one is here. A school's network can answer with a
certificate of its own, a proxy that asks for a password or a page to log in at; each of these has
a cure of its own, so each is told from the others.
"""

from __future__ import annotations

import errno
import ssl
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pcae.data.dataset import DataError, Told, unheard

SECONDS_TO_WAIT = 10  # for an answer, and for each piece of the file
_LONGEST, _BYTES_A_SECOND = 60, 20_000  # what takes longer, and is slower, is no answer
_BYTES_AT_ONCE = 2**16
_AGAIN = "Try again"
_OFF_DISK = {errno.ENOSPC, errno.EDQUOT}
_NOT_WRITTEN = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST}


@dataclass(frozen=True)
class Published:
    """A file that is published.

    Attributes
    ----------
    name, url : str
    known_hash : str
        Its published sum, as in "md5:0123…".
    most : int
        Bytes, a little more than it has.
    """

    name: str
    url: str
    known_hash: str
    most: int


class WrongFile(Exception):
    """Something else came than what is published."""


def fetch(
    files: Sequence[Published],
    folder: Path,
    what: str,
    instead: str,
    told: Told = unheard,
) -> dict[str, Path]:
    """Fetch files into a folder, those that are not there whole.

    Parameters
    ----------
    what : str
        The beginning of the sentence that says what hinders it: "The full MNIST".
    instead : str
        What else one can do, as its end: "put mnist.npz into /folder".
    told : callable
        Is told which share is there, in [0, 1], and in words.

    Raises
    ------
    DataError
        The network or the disk does not do what it has to, or what came is not what is published.
    """
    import pooch  # slow to import, and only needed here

    pooch.get_logger().setLevel("WARNING")
    total, before, there = sum(file.most for file in files), 0, {}
    for file in files:
        progress = _Progress(file, before, total, told)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            pooch.retrieve(
                file.url,
                known_hash=file.known_hash,
                fname=file.name,
                path=folder,
                downloader=_downloader(progress),
            )
        except (OSError, ValueError, WrongFile) as problem:  # requests' errors are OSErrors too
            reason, advice = named(problem, file, folder)
            raise DataError(
                f"{what} could not be downloaded ({reason}). {advice}, or {instead}."
            ) from None
        before += file.most
        there[file.name] = folder / file.name
    return there


class _Progress:
    """How far a file is, as pooch tells it; ends what is too long or too slow."""

    def __init__(self, file: Published, before: int, of_all: int, told: Told) -> None:
        self.total, self._done, self._file, self._told = 0, 0, file, told
        self._before, self._of_all = before, of_all
        self._end = time.monotonic() + _LONGEST + file.most / _BYTES_A_SECOND

    def reset(self) -> None:
        self._done = 0

    def update(self, size: int) -> None:
        self._done += size
        if self._done > self._file.most + _BYTES_AT_ONCE:
            raise WrongFile("more came than is published")
        if time.monotonic() > self._end:
            raise TimeoutError
        of_it = min(1.0, self._done / (self.total or self._file.most))
        done = self._before + of_it * self._file.most
        megabytes = f"{done / 1e6:.0f} of {self._of_all / 1e6:.0f} MB"
        self._told(done / self._of_all, megabytes)

    def close(self) -> None:
        pass


def _downloader(progress: _Progress) -> Any:
    """Pooch's own, which also tells a web page from the file in whose place it came."""
    import pooch

    class Downloader(pooch.HTTPDownloader):
        def __call__(self, url: str, output_file: str, *others: Any, **more: Any) -> None:
            super().__call__(url, output_file, *others, **more)
            with Path(output_file).open("rb") as file:
                if is_web_page(file.read(1_000)):
                    raise WrongFile("a web page came in its place")

    return Downloader(
        progressbar=progress, chunk_size=_BYTES_AT_ONCE, timeout=SECONDS_TO_WAIT, stream=True
    )


def is_web_page(start: bytes) -> bool:
    """Whether a file that starts so is a page for a browser."""
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return text.startswith((b"<!doctype html", b"<html", b"<head", b"<?xml", b"<script", b"<!--"))


# ------------------------------------------------------------------ what hinders it


def named(problem: Exception, file: Published, folder: Path) -> tuple[str, str]:
    """What hindered a fetch, as the inside of a sentence, and what to do, as the start of one."""
    import requests

    host = urlsplit(file.url).hostname or file.url
    causes = list(_causes(problem))
    if isinstance(problem, WrongFile):
        return _of_another_file(problem)
    if isinstance(problem, ValueError) and not isinstance(problem, requests.RequestException):
        return (
            f"what came as {file.name} is not what is published; it was thrown away",
            "Try again on another network",
        )
    if _is(causes, "ProxyError", "InvalidURL", "InvalidSchema"):
        return _of_a_proxy(causes, file.url)
    if _is(causes, "SSLError"):
        return _of_a_certificate(causes, host)
    if isinstance(problem, requests.HTTPError) and problem.response is not None:
        return _of_a_status(problem.response.status_code, host, file.url)
    if _is(causes, "NameResolutionError", "gaierror"):
        return f"no network, or one that does not know {host}", "Connect this machine and try again"
    slow = _is(causes, "Timeout", "ReadTimeoutError") or TimeoutError in map(type, causes)
    if slow:
        return "no answer in time", _AGAIN
    if _is(causes, "ChunkedEncodingError", "IncompleteRead", "ProtocolError"):
        return "the connection broke off", _AGAIN
    if _is(causes, "ConnectionError"):
        return "no connection", _AGAIN
    return _of_the_disk(problem, folder)


def _causes(problem: BaseException | None) -> Iterator[BaseException]:
    """A problem and all that lies behind it, as requests and urllib3 wrap one into another."""
    waiting, seen = [problem], set()
    while waiting:
        of = waiting.pop()
        if not isinstance(of, BaseException) or id(of) in seen:
            continue
        seen.add(id(of))
        yield of
        waiting += [*of.args, getattr(of, "reason", None), of.__cause__, of.__context__]


def _is(causes: Sequence[BaseException], *kinds: str) -> bool:
    """Whether one of these is of one of these kinds, whichever library's."""
    return any(kind.__name__ in kinds for of in causes for kind in type(of).__mro__)


def _of_another_file(problem: WrongFile) -> tuple[str, str]:
    if "web page" in str(problem):
        return (
            f"{problem}, as of a network that one logs in to",
            "Open any page in a browser on this machine, log in there, and try again",
        )
    return str(problem), "Try again on another network"


def _of_a_proxy(causes: Sequence[BaseException], url: str) -> tuple[str, str]:
    proxy = _proxy(url)
    said = " ".join(map(str, causes))
    if "407" in said:
        return (
            f"the proxy {proxy} asks for a name and a password",
            "Write them into HTTPS_PROXY, as in http://NAME:PASSWORD@HOST:PORT, and start anew",
        )
    if _is(causes, "InvalidURL", "InvalidSchema"):
        return f"the proxy {proxy} cannot be used", "Correct HTTPS_PROXY, or unset it"
    return (
        f"the proxy {proxy} does not answer",
        "Correct HTTPS_PROXY or this machine's settings, and start anew",
    )


def _proxy(url: str) -> str:
    """The proxy by which an address is asked, without the name and the password in it."""
    from requests.utils import get_environ_proxies, select_proxy

    found = urlsplit(select_proxy(url, get_environ_proxies(url)) or "")
    try:
        return f"{found.hostname or 'of this machine'}{f':{found.port}' if found.port else ''}"
    except ValueError:  # a port that is none
        return found.hostname or "of this machine"


def _of_a_certificate(causes: Sequence[BaseException], host: str) -> tuple[str, str]:
    found = [of for of in causes if isinstance(of, ssl.SSLCertVerificationError)]
    why = getattr(found[0], "verify_message", "") if found else ""
    if not found:
        return f"no secure connection to {host}", "Try again on another network"
    said = f"the certificate of {host} is not trusted here{f': {why}' if why else ''}"
    if "not yet valid" in why or "expired" in why:
        return said, "Set this machine's clock and try again"
    return (
        said,
        "Where a filter or a virus scanner reads along, have REQUESTS_CA_BUNDLE name the file with "
        "its certificate, and start anew",
    )


def _of_a_status(status: int, host: str, url: str) -> tuple[str, str]:
    if status == 407:
        return _of_a_proxy([OSError("407")], url)
    if status in (404, 410):
        return f"{host} does not have it any more, {status}", "Look for a newer version of pcae"
    if status in (401, 403, 451):
        return (
            f"{host}, or a filter on the way, refuses it, {status}",
            "Try again on another network",
        )
    if status == 429:
        return f"{host} is asked too often, {status}", "Try again in an hour"
    if status >= 500:
        return f"{host} is out of order, {status}", "Try again later"
    return f"{host} answers with {status}", _AGAIN


def _of_the_disk(problem: Exception, folder: Path) -> tuple[str, str]:
    code, why = getattr(problem, "errno", None), getattr(problem, "strerror", None)
    if code in _OFF_DISK:
        return f"the disk of {folder} is full", "Free space there and try again"
    if code in _NOT_WRITTEN:
        return f"{folder} cannot be written: {why}", "Let pcae write there and try again"
    if "certificate" in str(problem):  # what requests says of a bundle that is not there
        return "REQUESTS_CA_BUNDLE names no file", "Correct it, or unset it, and start anew"
    return str(why or type(problem).__name__), _AGAIN
