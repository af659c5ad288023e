"""Damaged and hostile requests to every route of ours and of Streamlit's, and to the pages.

A request is survived if it is answered, and not with a status of 500 or above, but for a 503 with
a sentence; if the server's log has no traceback of it; and if the server, after it, lives and has
not grown by more than 300 MB. What other web sites may not do, what every answer has to say to a
browser, and what costs the server much is asked before.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from itertools import count, islice
from urllib.parse import quote, urlsplit

from starlette.routing import BaseRoute

from benchmarks.attack.client import Answer, ask, ask_at_once, line
from benchmarks.attack.hostile import TEXTS, damaged
from benchmarks.attack.outcome import Outcome, until
from benchmarks.attack.target import Target
from benchmarks.attack.visitor import refuses
from pcae.server import routes
from pcae.takehome import exports, keras_file
from pcae.ui import shell

MOST_MEGABYTES = 300
_TOGETHER, _BURST, _HEADS = 16, 24, 40
_MOST_OF_A_HEAD = 10  # times what an answer costs that is free
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
_STREAMLIT = [
    *("_stcore/health", "_stcore/script-health-check", "_stcore/metrics", "_stcore/host-config"),
    *("_stcore/stream", "_stcore/upload_file/{session}/{file}", "_stcore/bidi-components/{path}"),
    *("media/{file}", "component/{path}", "static/{path}", "app/static/{path}", "favicon.png"),
]
_METHODS = [
    *["GET"] * 12,
    "HEAD",
    "HEAD",
    "POST",
    "PUT",
    "OPTIONS",
    "DELETE",
    "PATCH",
    "TRACE",
    "X",
]
_HEADERS = [
    *("Range: bytes=0-", "Range: bytes=-1", "Range: bytes=9999999999-", "Range: bytes=5-1"),
    *("Range: bytes=" + "0-1," * 900 + "0-1", "Range: lines=1", "If-Range: x", "If-None-Match: *"),
    *("If-Modified-Since: never", "Accept-Encoding: gzip;q=nan", "Accept-Encoding: identity;q=0"),
    *("Accept: \xff", "Cookie: =;;=", "Cookie: _streamlit_xsrf=2|a|b|c", "Cookie: pcae=%00"),
    *("Content-Type: multipart/form-data", "Content-Type: multipart/form-data; boundary=x"),
    *("Content-Length: 0", "Content-Length: -1", "Content-Length: a", "Transfer-Encoding: gzip"),
    *("Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site", "Host: other"),
    *("Sec-Fetch-Mode: no-cors", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Prefix: //evil.example"),
    *(
        "Forwarded: for=_x;host=evil.example",
        "Expect: 100-continue",
        "Upgrade: h2c",
        "TE: trailers",
    ),
    *(
        "Upgrade: websocket\r\nConnection: Upgrade",
        "Authorization: Basic \xe9",
        "X: " + "x" * 9_000,
    ),
]
_EVERYWHERE = ("9" * 5_000, "-1", "..", "\0", "日本", "a" * 5_000)
_WANTED = {"x-content-type-options": "nosniff", "content-security-policy": "frame-ancestors 'self'"}


def attack(target: Target, seed: int, seconds: float, most: int | None = None) -> Outcome:
    """Send what is sent once, and then requests for so long, or so many."""
    return _Attack(target, seed).all(until(seconds, count() if most is None else range(most)))


def repeat(target: Target, seed: int, number: int) -> Outcome:
    """Send one request again."""
    attack = _Attack(target, seed)
    attack.many([number])
    return attack.found


class _Attack:
    def __init__(self, target: Target, seed: int) -> None:
        self.target, self.seed, self.found = target, seed, Outcome("requests")
        self.files, self.addresses = files(target), explorer_addresses(target)
        self.routes = [*paths(routes.routes()), *(f"/{path}" for path in _STREAMLIT)]
        self._megabytes = target.megabytes()

    def all(self, numbers: Iterator[int]) -> Outcome:
        self.heads()
        for address in [*self.addresses, *self.files]:
            self.judge(f"GET {address}", self.get(address), (200,))
        self._megabytes = self.target.megabytes()  # what every visitor needs is there
        self.others()
        self.answers_say()
        self.not_offered()
        for address in [*self.files, self.files[0].rpartition("/")[0] + "/data"]:
            for answer in ask_at_once(self.target.server.url, [line("GET", address)] * _BURST):
                self.judge(f"{_BURST} at once of GET {address}", answer)
            self.look(f"{_BURST} at once of GET {address}")
        for start in range(0, len(every := list(self.each_parameter())), _TOGETHER):
            self.send(every[start : start + _TOGETHER])
        while (batch := list(islice(numbers, _TOGETHER))) and self.target.alive:
            self.many(batch)
        return self.found

    def get(self, address: str, method: str = "GET") -> Answer | None:
        return ask(self.target.server.url, line(method, address))

    def judge(self, attempt: str, answer: Answer | None, wanted: Sequence[int] = ()) -> None:
        """Note what was tried, and whether it was survived."""
        self.found.tried += 1
        if answer is None:
            why = "no answer in a minute" if self.target.alive else "the server has ended"
            self.found.fail(attempt, why)
        elif answer.problem:
            self.found.fail(attempt, answer.problem)
        elif wanted and answer.status not in wanted:
            self.found.fail(attempt, f"{answer.status} for what a page links to")

    def look(self, attempt: str) -> None:
        """Note what the server's log and its memory say since the last look."""
        for traceback in self.target.new_tracebacks():
            self.found.fail(attempt, f"a traceback in the server's log: {traceback}")
        before, now = self._megabytes, self.target.megabytes()
        if before and now and now - before > MOST_MEGABYTES:
            self.found.fail(attempt, f"the server grows by more than {MOST_MEGABYTES} MB")
            self._megabytes = now

    def many(self, batch: list[int]) -> None:
        """The requests with these numbers."""
        self.send([(f"requests:{number} ", self.request(number)) for number in batch])

    def send(self, made: list[tuple[str, bytes]]) -> None:
        """Requests and how they are called, all at once."""
        answers = ask_at_once(self.target.server.url, [raw for _, raw in made])
        for (called, raw), answer in zip(made, answers, strict=True):
            self.judge(f"{called}{raw!r}", answer)
        self.look(f"{len(made)} at once, up to {called}{raw!r}")

    def each_parameter(self) -> Iterator[tuple[str, bytes]]:
        """Every parameter of every route of ours with what programs stumble over."""
        for path in paths(routes.routes()):
            for found in _PARAMETER.finditer(path):
                for text in _EVERYWHERE:
                    before, after = (
                        _PARAMETER.sub("1", of)
                        for of in (path[: found.start()], path[found.end() :])
                    )
                    yield "", line("GET", before + quote(text, safe="") + after)

    def request(self, number: int) -> bytes:
        """A request, which seed and number say."""
        rng, kind = random.Random(f"{self.seed}:{number}"), number % 20
        if kind < 9:
            address = _changed(rng, rng.choice([*self.addresses, *self.files]))
        elif kind < 17:
            known = [part for of in self.addresses for part in of.partition("?")[0].split("/")]
            address = _PARAMETER.sub(lambda _: _value(rng, known), rng.choice(self.routes))
        else:
            address = "/" + rng.choice(list(shell.TITLES))
        if rng.random() < 0.3:
            address += ("&" if "?" in address else "?") + _query(rng)
        headers = rng.sample(_HEADERS, rng.choice((0, 0, 0, 1, 2)))
        body = rng.choice((b"", b"", b"a=b", b"\0" * 999))
        raw = line(rng.choice(_METHODS), address, headers, body)
        first, mark, rest = raw.partition(b"\r\n")
        return damaged(rng, first) + mark + rest if rng.random() < 0.1 else raw

    def others(self) -> None:
        """Other web sites open a websocket."""
        evil = f"evil.example:{urlsplit(self.target.server.url).port}"
        for origin, host in (
            ("http://evil.example", None),
            (f"http://{evil}", evil),  # whose name now leads here: DNS rebinding
            (None, evil),
            ("null", None),
            (f"http://localhost.{evil}", None),
        ):
            self.found.tried += 1
            if not refuses(self.target.server.url, origin, host):
                attempt = f"a websocket with Origin {origin} and Host {host or 'localhost'}"
                self.found.fail(attempt, "a websocket of another web site is accepted")

    def answers_say(self) -> None:
        """Whether answers tell a browser what other web sites may do with them."""
        for address in ["/", "/train", self.addresses[1], self.addresses[2], self.files[0]]:
            raw = line("GET", address, ["Origin: http://evil.example"])
            self.judge(f"GET {address}", answer := ask(self.target.server.url, raw))
            headers = answer.headers if answer else {}
            for name, wanted in _WANTED.items():
                if wanted not in headers.get(name, ""):
                    self.found.fail(f"GET {address}", f"no {name}: {wanted}")
            if "referrer-policy" not in headers:
                self.found.fail(f"GET {address}", "no referrer-policy")
            if headers.get("access-control-allow-origin") in ("*", "http://evil.example"):
                self.found.fail(f"GET {address}", "another web site may read the answer")

    def not_offered(self) -> None:
        """Files that the page does not offer."""
        place, _, _ = self.files[0].rpartition("/")
        for name in set(exports.FORMATS) - set(exports.offered(self.target.runs[0])):
            self.judge(f"GET {place}/{name}", answer := self.get(f"{place}/{name}"))
            if answer and answer.status == 200:
                self.found.fail(f"GET {place}/{name}", "a file that is not offered is served")

    def heads(self) -> None:
        """What HEAD of a costly file costs; before anybody had the file."""
        self.get(self.files[0], "HEAD")  # imports what it needs
        costs = []
        for method, address in (("HEAD", self.files[0]), ("GET", "/_stcore/health")):
            before = self.target.cpu_seconds()
            for _ in range(_HEADS):
                self.judge(f"{method} {address}", self.get(address, method))
            costs.append(self.target.cpu_seconds() - before)
        if costs[0] > _MOST_OF_A_HEAD * max(costs[1], 0.01):
            self.found.fail(f"{_HEADS} × HEAD {self.files[0]}", "HEAD makes the file")


def explorer_addresses(target: Target) -> list[str]:
    """Every address of the explorer's for two runs, with what it needs."""
    found = ["/explorer/qr?text=x"]
    for run in target.runs[:2]:
        of = routes.addresses(run, target.views[run.config.dataset])
        numbers = ",".join(["0.5"] * run.config.k)
        found += [
            f"/{of['code']}explorer/explorer.js",
            *(f"/{of[name]}{digits}" for name in ("digits", "run") for digits in ("test", "all")),
            *(f"/{of[name]}" for name in ("pca", "frames")),
            f"/{of['nearest']}?scores={numbers}&code={numbers}",
        ]
    return found


def files(target: Target) -> list[str]:
    """The addresses of the files of the run that is measured; a model only once it is made."""
    run = target.runs[0]
    names = [name for name in exports.offered(run) if name != "keras" or keras_file.made(run)]
    view = target.views[run.config.dataset]
    return [f"/{routes.file_address(run, view, name)}" for name in names]


def paths(routes: Sequence[BaseRoute]) -> Iterator[str]:
    """The paths of routes, with their parameters."""
    for route in routes:
        path, inner = getattr(route, "path", ""), getattr(route, "routes", None)
        yield from [f"{path}{of}" for of in paths(inner)] if inner else [path]


def _value(rng: random.Random, known: list[str]) -> str:
    """Something in the place of a part."""
    if rng.random() < 0.5:
        return rng.choice(known)
    return quote(rng.choice(TEXTS), safe=rng.choice(("", "/%", "/%?#[]@!$&'()*+,;=")))


def _changed(rng: random.Random, address: str) -> str:
    """A whole address with a part changed, or as it is."""
    path, mark, query = address.partition("?")
    parts, way = path.split("/"), rng.random()
    at = rng.randrange(1, len(parts))
    if way < 0.5:
        parts[at] = _value(rng, parts)
    elif way < 0.7:
        parts[at] = quote(damaged(rng, parts[at].encode()))
    elif way < 0.8:
        parts.insert(at, _value(rng, parts))
    elif query:
        query = quote(damaged(rng, query.encode()), safe="=&,")
    return "/".join(parts) + mark + query


def _query(rng: random.Random) -> str:
    names = ("text", "scores", "code", "name", "x", rng.choice(TEXTS))
    if rng.random() < 0.9:
        return f"{quote(rng.choice(names))}={quote(rng.choice(TEXTS))}"
    return "&".join(f"{rng.choice(names)[:9]!a}={number}" for number in range(300))
