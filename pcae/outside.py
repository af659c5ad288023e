"""What is wrong with a server that runs somewhere, seen from outside: `doctor --server URL`.

It asks as a browser does, through whatever lies between: names, certificates, a proxy's paths,
limits and buffers. Nothing is stored there, and nothing that a class does is touched.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from pcae import __version__
from pcae.doctor import BadAddress, Check

_SECONDS = 10  # that an answer may take
_EVENTS = "room/events"
_FIRST_EVENT = 2.0  # seconds
_BODIES = (2, 21)  # megabytes: nginx alone lets 1 through; a student's file may have 20
_MOST_READ = 2**20
_RENEWED = 0.1  # of a certificate's time: long before that is all that is left, it is renewed
_CLOCK = 60  # seconds that clocks may differ
_SCRIPT = re.compile(rb'href="\./(explorer/code/[0-9a-f]+/[\w./-]+\.js)"')
_PROBLEMS = (OSError, http.client.HTTPException, WebSocketException, ValueError)


@dataclass
class _Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass
class _Site:
    """A server as it is asked: its address, with a slash at the end, and how TLS is checked."""

    url: str
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    @property
    def secure(self) -> bool:
        return self.url.startswith("https:")

    @contextlib.contextmanager
    def asking(
        self, path: str, method: str = "GET", body: bytes | None = None, cookie: str = ""
    ) -> Iterator[http.client.HTTPResponse]:
        """The answer at an address relative to the app's, whatever its status, not read yet."""
        events = path == _EVENTS
        wait, kinds = (_FIRST_EVENT, "text/event-stream") if events else (_SECONDS, "text/html,*/*")
        parts = urlsplit(urljoin(self.url, path))
        host, port = parts.hostname or "", parts.port
        connection = (
            http.client.HTTPSConnection(host, port, timeout=wait, context=self.tls)
            if self.secure
            else http.client.HTTPConnection(host, port, timeout=wait)
        )
        with contextlib.closing(connection):
            place = parts.path + (f"?{parts.query}" if parts.query else "")
            coding = "gzip" if "/code/" in path else "identity"
            sent = {"Accept": kinds, "Accept-Encoding": coding, "Cookie": cookie}
            connection.request(method, place, body, sent)
            yield connection.getresponse()

    def ask(self, path: str = "", method: str = "GET", body: bytes | None = None) -> _Answer:
        """The answer, read."""
        with self.asking(path, method, body) as answer:
            return _Answer(answer.status, answer.headers, answer.read(_MOST_READ))


def check(address: str) -> list[Check]:
    """Look at all that a visitor of a server needs.

    Parameters
    ----------
    address : str
        The app's address as a browser opens it, with its path.

    Raises
    ------
    BadAddress
        It is none of HTTP's.
    """
    parts = urlsplit(address.strip())
    try:
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadAddress(f"{address!r} is no address of a server: write it as https://NAME/PATH.")
    site = _Site(f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/")
    found = list(_reached(site))
    if all(each.ok for each in found[-1:]):
        for name, look in _LOOKS.items():
            found.append(_looked(name, look, site))
    return found


def _looked(name: str, look: Callable[[_Site], tuple[bool, str]], site: _Site) -> Check:
    try:
        return Check(name, *look(site))
    except TimeoutError:
        return Check(name, False, f"no answer within {_SECONDS} seconds")
    except _PROBLEMS as problem:
        return Check(name, False, f"no answer that can be read ({_why(problem)})")


def _why(problem: BaseException) -> str:
    return str(getattr(problem, "strerror", None) or problem or type(problem).__name__)


def _reached(site: _Site) -> Iterator[Check]:
    """Whether there is a server, whose certificate holds, and which lets this name in."""
    if site.secure:
        yield (tls := _certificate(site))
        if not tls.ok:  # the rest is looked at all the same
            site.tls.check_hostname, site.tls.verify_mode = False, ssl.CERT_NONE
    try:
        answer = site.ask()
    except _PROBLEMS as problem:
        yield Check("address", False, f"{site.url} does not answer ({_why(problem)})")
        return
    said = answer.body[:500].decode(errors="replace").strip()
    if to := answer.headers["Location"]:
        yield Check("address", False, f"{site.url} sends on to {to}: look at that one")
    elif answer.status == 200:
        yield Check("address", True, site.url)
    elif "does not answer under the name" in said:
        yield Check("address", False, said)
    else:
        yield Check("address", False, f"{site.url} answers {answer.status}: {said[:120]!r}")


def _certificate(site: _Site) -> Check:
    parts = urlsplit(site.url)
    host = parts.hostname or ""
    try:
        with (
            socket.create_connection((host, parts.port or 443), _SECONDS) as plain,
            site.tls.wrap_socket(plain, server_hostname=host) as secured,
        ):
            found = secured.getpeercert() or {}
    except ssl.SSLCertVerificationError as problem:
        return Check("TLS", False, f"the certificate does not hold: {problem.verify_message}")
    except OSError as problem:
        return Check("TLS", False, f"no connection ({_why(problem)})")
    begins, ends = (ssl.cert_time_to_seconds(str(found[of])) for of in ("notBefore", "notAfter"))
    left = ends - time.time()
    words = f"{left / 86_400:.0f} more days" if left > 2 * 86_400 else f"{left / 3_600:.0f} hours"
    return Check("TLS", left > _RENEWED * (ends - begins), f"the certificate holds for {words}")


def _health(site: _Site) -> dict[str, Any]:
    """What the server says of itself; nothing where it is not pcae's."""
    try:
        found = json.loads(site.ask("health").body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _pcae(site: _Site) -> tuple[bool, str]:
    version = _health(site).get("pcae")
    if version is None:
        return False, f"{site.url}health is not answered by pcae: is its path another?"
    return True, f"{version}; here it is {__version__}"


def _scripts(site: _Site) -> tuple[bool, str]:
    found = _SCRIPT.search(site.ask().body)
    if not found:
        return False, "the page names no script of pcae's"
    path = found[1].decode()
    answer = site.ask(path)
    kind = answer.headers.get_content_type()
    if answer.status != 200 or kind != "text/javascript":
        return False, f"{path} answers {answer.status}, {kind}: is all below the path passed on?"
    if answer.headers.get("Content-Encoding") not in {"gzip", "br", "zstd"}:
        return False, "they arrive unpacked: let the proxy pass Accept-Encoding on"
    return True, "passed on, with their type, packed"


def _paths(site: _Site) -> tuple[bool, str]:
    code, file = site.ask("explorer/qr?text=a"), site.ask("files/none/0/none/none/csv")
    for path, answer, fits in (
        ("explorer/", code, code.headers.get_content_type() == "image/svg+xml"),
        ("files/", file, file.status == 404 and b"network" in file.body),
    ):
        if not fits:
            return False, f"{path}… answers {answer.status}: pass all below {site.url} on"
    return True, "explorer/ and files/ are passed on"


def _connection(site: _Site) -> tuple[bool, str]:
    """A WebSocket as Streamlit's page opens it, and a frame there and back."""
    given = site.ask("_stcore/health").headers.get_all("Set-Cookie") or []
    known = [each.partition(";")[0] for each in given]
    xsrf = next((each for each in known if each.startswith("_streamlit_xsrf=")), None)
    if xsrf is None:
        return False, "the cookie _streamlit_xsrf does not arrive: uploads will be refused"
    parts = urlsplit(site.url)
    with connect(
        urljoin(site.url, "_stcore/stream").replace("http", "ws", 1),
        ssl=site.tls if site.secure else None,
        origin=Origin(f"{parts.scheme}://{parts.netloc}"),
        subprotocols=[Subprotocol("streamlit"), Subprotocol(xsrf.partition("=")[2])],
        additional_headers={"Cookie": xsrf},
        open_timeout=_SECONDS,
        close_timeout=1,
    ) as opened:
        if not opened.ping().wait(_SECONDS):
            return False, "it opens, and nothing comes back through it"
    return True, "it opens, and answers"


def _bodies(site: _Site) -> tuple[bool, str]:
    """Whether files pass; they are sent to where they are counted alone."""
    for size in _BODIES:
        try:
            status = site.ask("health", "PUT", b"\0" * size * 2**20).status
        except ConnectionError:  # before all is sent
            status = 413
        if status == 413:
            return False, f"{size} MB are refused: raise the proxy's limit of a body to 210 MB"
        if status != 200:
            return False, f"{size} MB are answered with {status}"
    return True, f"{_BODIES[-1]} MB pass"


def _events(site: _Site) -> tuple[bool, str]:
    """Whether what the teacher does arrives at once."""
    begun = time.monotonic()
    try:
        with site.asking(_EVENTS, cookie=_visitor(site).partition(";")[0]) as stream:
            kind = stream.headers.get_content_type()
            if stream.status == 404 or kind == "text/html":  # Streamlit's page is at all addresses
                return True, "no class"
            if kind != "text/event-stream":
                return False, f"{_EVENTS} answers {stream.status}, and no events"
            stream.readline(_MOST_READ)
    except TimeoutError:
        return False, "nothing within 2 seconds: switch the proxy's buffer off for room/events"
    return True, f"the first after {time.monotonic() - begun:.1f} s"


def _visitor(site: _Site) -> str:
    """The cookie that a visitor gets, with what is said of it; empty without a class."""
    given = site.ask().headers.get_all("Set-Cookie") or []
    return next((each for each in given if each.startswith("pcae_visitor")), "")


def _cookies(site: _Site) -> tuple[bool, str]:
    ours = _visitor(site)
    if not ours:
        here = urlsplit(site.url).hostname in {"localhost", "127.0.0.1", "::1"}
        told = (
            "all who open this are taken for who runs it: name it in server.allowedHosts, or set "
            "PCAE_CLASS=1"
        )
        return here, "no class: the server is its own machine's" if here else told
    if site.secure and "; Secure" not in ours:
        return False, "not Secure: let the proxy send X-Forwarded-Proto"
    return True, "Secure" if site.secure else "readable by all on the way: there is no TLS"


def _clock(site: _Site) -> tuple[bool, str]:
    told = site.ask("_stcore/health").headers["Date"]
    apart = parsedate_to_datetime(told).timestamp() - time.time() if told else 0.0
    return abs(apart) <= _CLOCK, f"{abs(apart):.0f} s apart"


def _worker(site: _Site) -> tuple[bool, str]:
    found = _health(site)
    if found.get("stuck"):
        return False, f"{found['queue']} networks wait, and no process trains"
    return "queue" in found, f"{found.get('queue', '?')} networks wait"


_LOOKS = {
    "pcae": _pcae,
    "scripts": _scripts,
    "paths": _paths,
    "connection": _connection,
    "uploads": _bodies,
    "events": _events,
    "cookies": _cookies,
    "clock": _clock,
    "worker": _worker,
}
