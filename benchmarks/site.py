"""How long a first visit to a site of plain files takes, and what travels.

    python -m benchmarks.site [--repeats 7] [--json]

Needs Chromium, the packages of requirements-dev.txt and the full MNIST. The site has one network,
on 10,000 test digits; a server of plain files on this machine sends it, and packs nothing. Chromium
is slowed to 20 Mbit/s with 40 ms there and back, and not at all; a visit is new. The first
interaction is there once the pointer, moved to a digit as soon as the points are drawn, has all of
its pictures. `bytes_first` have come until then, `bytes_all` until all is kept that opens it
without a network.
"""

from __future__ import annotations

import functools
import http.server
import json
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, ClassVar

from playwright.sync_api import Browser, sync_playwright

from benchmarks import machine
from benchmarks.browser import arguments, launch
from benchmarks.network import DIGIT, SHOWN, WHERE
from pcae import store
from pcae.data import datasets
from pcae.presets import FIRST
from pcae.takehome import making
from tests.browser.conftest import POINTS

MBIT, LATENCY = 20, 40  # Mbit/s; ms
ALL_KEPT = """async () => {
    for (const name of await caches.keys()) {
        const keys = await (await caches.open(name)).keys();
        if (keys.some(({ url }) => url.endsWith('plotly.min.js'))) return true;
    }
    return false;
}"""


class Static(http.server.SimpleHTTPRequestHandler):
    """Files as they are, by HTTP/1.1, and how many bytes of them were sent."""

    protocol_version = "HTTP/1.1"
    sent: ClassVar[list[int]] = []

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Send a file."""
        content = source.read()
        outputfile.write(content)
        self.sent.append(len(content))


class Server(http.server.ThreadingHTTPServer):
    """Says nothing of a visitor who leaves."""

    def handle_error(self, *_: object) -> None:
        """Nothing."""


def main() -> None:
    """Measure visits at both speeds and print medians."""
    options = arguments(__doc__)
    machine.need_mnist()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        place = Path(folder, "site")
        runs = [store.shipped_run(FIRST.key)]
        made, _ = making.export(runs, place, datasets.load)
        handler = functools.partial(Static, directory=folder)
        with Server(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            address = f"http://127.0.0.1:{server.server_port}/site/"
            browser = launch(driver)
            slow = [visit(browser, address, MBIT) for _ in range(options.repeats)]
            fast = [visit(browser, address, None) for _ in range(options.repeats)]
            every = all_bytes(browser, address)
            browser.close()
            server.shutdown()
    seconds, first = (statistics.median(of) for of in zip(*slow, strict=True))
    result = {
        "seconds": seconds,
        "seconds_worst": max(of[0] for of in slow),
        "seconds_without_limit": statistics.median(of[0] for of in fast),
        "bytes_first": int(first),
        "bytes_all": every,
        "bytes_folder": made["bytes"],
        "mbit": MBIT,
        "latency_ms": LATENCY,
        "processor": machine.processor(),
    }
    if options.json:
        print(json.dumps(result))
        return
    print(
        f"{seconds:.2f} s to the first interaction at {MBIT} Mbit/s and {LATENCY} ms, "
        f"{result['seconds_without_limit']:.2f} s without a limit ({result['processor']})\n"
        f"{first / 1e6:.2f} MB until then, {every / 1e6:.2f} MB until all is kept"
    )


def visit(browser: Browser, address: str, mbit: int | None) -> tuple[float, float]:
    """Seconds to the first interaction of a new visitor, and bytes until then."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    if mbit:
        speed = mbit * 1e6 / 8
        limits = {"downloadThroughput": speed, "uploadThroughput": speed, "latency": LATENCY}
        devtools.send("Network.emulateNetworkConditions", {"offline": False, **limits})
    sizes: list[float] = []
    devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    began = time.perf_counter()
    page.goto(address, wait_until="commit", timeout=0)
    page.wait_for_function(POINTS, polling=20, timeout=0)
    page.mouse.move(*page.evaluate(WHERE, DIGIT))
    page.wait_for_function(SHOWN, polling=20, timeout=0)
    seconds = time.perf_counter() - began
    context.close()
    return seconds, sum(sizes)


def all_bytes(browser: Browser, address: str) -> int:
    """Bytes of files that the server sends a new visitor until all is kept."""
    Static.sent.clear()
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(address)
    while not page.evaluate(ALL_KEPT):
        page.wait_for_timeout(200)
    context.close()
    return sum(Static.sent)


if __name__ == "__main__":
    main()
