"""A visitor as the server sees one: Streamlit's websocket and what a browser fetches, by asyncio.

No browser runs: the visitor asks for pages, answers for the parts of a page that are drawn again by
themselves, keeps what is fetched once, and reads of each message no more than it needs.
"""

from __future__ import annotations

import asyncio
import json
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from pcae.data.packing import PIECES

PATIENCE_SECONDS = 60.0
_LIMIT = 2**20  # bytes of an answer's head
_DONE = {ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR}
_HTML = {"Accept": "text/html"}


@dataclass(frozen=True)
class Answer:
    """What the server said over HTTP."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


async def fetch(
    url: str, path: str, headers: dict[str, str], method: str = "GET", body: bytes = b""
) -> Answer:
    """Ask the server for something over a connection of its own."""
    at = urlsplit(url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port, limit=_LIMIT)
    try:
        lines = [f"{method} {at.path}/{path} HTTP/1.1", f"Host: {at.netloc}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"Content-Length: {len(body)}"] if body else []
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
            first, *rest = head.decode("latin-1").strip().split("\r\n")
            pairs = [line.partition(": ") for line in rest]
            content = await reader.read(-1)
        return Answer(int(first.split()[1]), [(of[0].lower(), of[2]) for of in pairs], content)
    finally:
        writer.close()


def _tests(points: bytes) -> int:
    """How many digits there are, as the points' file says in its head."""
    whole = zlib.decompress(points, wbits=31)
    head = json.loads(whole[8 : 8 + int.from_bytes(whole[:8], "little")])
    return int(head["__metadata__"]["tests"])


@dataclass(eq=False)
class Session:
    """A browser with one page of the app open.

    Attributes
    ----------
    wrong : callable
        Told of everything that no visitor should see, as a sentence.
    """

    url: str
    wrong: Callable[[str], None]
    page: str = ""
    widgets: dict[str, str] = field(default_factory=dict)  # what kind each of the page's is, by id
    options: dict[str, list[str]] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)  # of what Explore shows
    messages: int = 0
    received: int = 0  # bytes

    _cookies: dict[str, str] = field(default_factory=dict)
    _states: dict[str, WidgetState] = field(default_factory=dict)
    _pages: dict[str, str] = field(default_factory=dict)  # what Streamlit calls them, by name
    _again: dict[str, asyncio.Task] = field(default_factory=dict)
    _tests: dict[str, int] = field(default_factory=dict)  # digits, by the address of their points
    _kept: set[str] = field(default_factory=set)  # what the browser has fetched
    _long: set[str] = field(default_factory=set)  # messages that need not be sent again
    _socket: ClientConnection | None = None
    _listening: asyncio.Task | None = None
    _drawn: asyncio.Future | None = None
    _urls: asyncio.Future | None = None
    _whole: bool = True  # what is drawn just now is the whole page
    _session: str = ""

    async def arrive(self, query: str = "") -> float:
        """Open the app as by a link, with all that its first page fetches; the seconds it took."""
        start = time.monotonic()
        answer = await self.get("" if not query else f"?{query}", _HTML)
        if answer.status == 303:  # the teacher's token is exchanged for a cookie
            answer = await self.get("", _HTML)
        await self.get("_stcore/health")
        await self.get("_stcore/host-config")
        at = urlsplit(self.url)
        self._socket = await connect(
            f"ws://{at.netloc}{at.path}/_stcore/stream",
            origin=Origin(f"{at.scheme}://{at.netloc}"),
            subprotocols=[Subprotocol("streamlit"), Subprotocol(self._xsrf)],
            additional_headers={"Cookie": self._cookie()},
            max_size=None,
            open_timeout=PATIENCE_SECONDS,
        )
        self._listening = asyncio.create_task(self._listen())
        await self._ask("")
        return time.monotonic() - start

    async def leave(self) -> None:
        """Close the page."""
        self._stop_again()
        if self._listening:
            self._listening.cancel()
        if self._socket:
            await self._socket.close()

    async def open(self, page: str) -> float:
        """Go to a page; seconds until it is drawn to its end."""
        self._states.clear()
        self.widgets.clear()
        self.page = page
        return await self._ask(page)

    async def change(self, state: WidgetState) -> float:
        """Change a widget; seconds until the page is drawn anew."""
        self._states[state.id] = state
        seconds = await self._ask(self.page)
        if state.WhichOneof("value") == "trigger_value":
            self._states.pop(state.id, None)
        return seconds

    async def explore(self) -> None:
        """Fetch what Explore shows, unless the browser has it: points, pieces, PCA, the decoder."""
        of = self.addresses
        if (points := of["run"] + "test") not in self._kept:
            answer = await self.get(points)
            if answer.status >= 400:
                return  # told by `get`: the network was trained on meanwhile, and its page says so
            self._tests[points] = _tests(answer.body)
            self._kept.add(points)
        paths = [of["pca"], of["decoder"] + "test", of["frames"]]
        pieces = -(-self._tests[points] // PIECES["test"])
        paths += [f"{of['digits']}test/{piece}" for piece in range(pieces)]
        missing = [path for path in paths if path and path not in self._kept]
        self._kept.update(missing)
        for start in range(0, len(missing), 2):  # as the browser does
            await asyncio.gather(*(self.get(path) for path in missing[start : start + 2]))

    async def hear(self, told: Callable[[dict], None]) -> None:
        """Hold the stream that tells of the room, as every browser of a class does."""
        at = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(at.hostname, at.port)
        try:
            head = f"GET {at.path}/room/events HTTP/1.1\r\nHost: {at.netloc}\r\n"
            writer.write(f"{head}Cookie: {self._cookie()}\r\n\r\n".encode())
            if b" 200 " not in (line := await reader.readline()):
                self.wrong(f"room/events is answered with {line.decode().strip()}")
            while line := await reader.readline():
                if line.startswith(b"data: {"):
                    told(json.loads(line.removeprefix(b"data: ")))
        finally:
            writer.close()

    async def upload(self, name: str, content: bytes) -> float:
        """Choose a file on the page; seconds until the page shows what was understood of it."""
        start = time.monotonic()
        self._urls = asyncio.get_running_loop().create_future()
        message = BackMsg()
        message.file_urls_request.request_id = name
        message.file_urls_request.file_names.append(name)
        message.file_urls_request.session_id = self._session
        await self._send(message)
        urls = await asyncio.wait_for(self._urls, PATIENCE_SECONDS)
        mark = "a-part-of-a-form"
        body = (
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
            "Content-Type: text/csv\r\n\r\n"
        ).encode() + content
        headers = {
            "Content-Type": f"multipart/form-data; boundary={mark}",
            "X-Xsrftoken": self._xsrf,
        }
        await self.get(
            urls.upload_url.lstrip("/"), headers, "PUT", body + f"\r\n--{mark}--\r\n".encode()
        )
        state = WidgetState(id=next(of for of, kind in self.widgets.items() if "upload" in kind))
        info = state.file_uploader_state_value.uploaded_file_info.add()
        info.file_id, info.name, info.size = urls.file_id, name, len(content)
        info.file_urls.CopyFrom(urls)
        await self.change(state)
        return time.monotonic() - start

    async def get(
        self,
        path: str,
        headers: dict[str, str] | None = None,
        method: str = "GET",
        body: bytes = b"",
    ) -> Answer:
        """What the server answers with; it may set cookies."""
        sent = {"Cookie": self._cookie(), "Accept-Encoding": "gzip"} | (headers or {})
        answer = await fetch(self.url, path, sent, method, body)
        if answer.status >= 400:
            said = answer.body[:100].decode(errors="replace")
            self.wrong(f"{path[:80]} is answered with {answer.status}: {said}")
        for name, value in answer.headers:
            if name == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        self.received += len(answer.body)
        return answer

    @property
    def _xsrf(self) -> str:
        return self._cookies.get("_streamlit_xsrf", "").strip('"')

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    async def _ask(self, page: str) -> float:
        """Have the page drawn, with what its widgets are at."""
        message = self._rerun()
        message.rerun_script.page_script_hash = self._pages.get(page, "")
        start = time.monotonic()
        self._drawn = asyncio.get_running_loop().create_future()
        await self._send(message)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._drawn - start
        except TimeoutError:
            self.wrong(f"The page {page or 'explore'} is not drawn in {PATIENCE_SECONDS:.0f} s")
            return PATIENCE_SECONDS

    def _rerun(self) -> BackMsg:
        message = BackMsg()
        message.rerun_script.widget_states.widgets.extend(self._states.values())
        message.rerun_script.cached_message_hashes.extend(self._long)
        return message

    async def _send(self, message: BackMsg) -> None:
        assert self._socket
        with suppress(ConnectionClosed):  # who listens tells of it
            await self._socket.send(message.SerializeToString())

    async def _draw_again(self, fragment: str, seconds: float) -> None:
        """Have a part of the page drawn every so often, as the browser does."""
        while True:
            await asyncio.sleep(seconds)
            message = self._rerun()
            message.rerun_script.fragment_id = fragment
            message.rerun_script.is_auto_rerun = True
            message.rerun_script.page_script_hash = self._pages.get(self.page, "")
            await self._send(message)

    def _stop_again(self) -> None:
        for task in self._again.values():
            task.cancel()
        self._again.clear()

    async def _listen(self) -> None:
        assert self._socket
        try:
            async for raw in self._socket:
                assert isinstance(raw, bytes)
                self.messages += 1
                self.received += len(raw)
                self._hear(ForwardMsg.FromString(raw))
        except ConnectionClosed as problem:
            self.wrong(f"The websocket is closed: {problem}")
        else:
            self.wrong("The websocket is closed")

    def _hear(self, told: ForwardMsg) -> None:
        match told.WhichOneof("type"):
            case "delta":
                self._see(told)
            case "ref_hash":
                if told.ref_hash not in self._long:
                    self.wrong("A message refers to one that was not sent")
            case "new_session":
                self._whole = not told.metadata.run.fragment_ids
                if self._whole:
                    self._stop_again()
                if told.new_session.initialize.session_id:
                    self._session = told.new_session.initialize.session_id
            case "navigation":
                self._pages = {
                    "" if of.is_default else of.url_pathname: of.page_script_hash
                    for of in told.navigation.app_pages
                }
            case "auto_rerun":
                of = told.auto_rerun
                if of.fragment_id not in self._again:
                    again = self._draw_again(of.fragment_id, of.interval)
                    self._again[of.fragment_id] = asyncio.create_task(again)
            case "stop_auto_rerun":
                for fragment in told.stop_auto_rerun.fragment_ids:
                    if task := self._again.pop(fragment, None):
                        task.cancel()
            case "file_urls_response":
                if self._urls:
                    self._urls.set_result(told.file_urls_response.file_urls[0])
            case "page_not_found":
                self.wrong(f"The page {told.page_not_found.page_name} is not found")
            case "script_finished":
                done = self._whole and told.script_finished in _DONE
                if done and self._drawn and not self._drawn.done():
                    self._drawn.set_result(time.monotonic())

    def _see(self, told: ForwardMsg) -> None:
        """Take note of an element that is drawn."""
        if told.metadata.cacheable:
            self._long.add(told.hash)
        element = told.delta.new_element
        match kind := element.WhichOneof("type"):
            case "exception":
                of = element.exception
                place = next((line for line in reversed(of.stack_trace) if "File" in line), "")
                self.wrong(f"{of.type}: {of.message} {place.strip()}")
            case "alert":
                if "denied" in element.alert.body.lower():
                    self.wrong(element.alert.body)
            case "checkbox" | "button" | "file_uploader":
                self.widgets[getattr(element, kind).id] = kind
            case "selectbox":
                self.widgets[element.selectbox.id] = kind
                self.options[element.selectbox.id] = list(element.selectbox.options)
            case "bidi_component" if "explorer" in element.bidi_component.component_name:
                data = json.loads(json.loads(element.bidi_component.json)[0])
                self.addresses = {name: of for name, of in data.items() if isinstance(of, str)}
