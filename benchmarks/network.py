"""How long a first visit takes over a class's network, and what travels.

    python -m benchmarks.network [--repeats 7] [--json]

Needs Chromium, the packages of requirements-dev.txt and data as `benchmarks.startup` does. Chromium
itself is slowed, to 10 and to 2 Mbit/s with 50 ms there and back, in headless mode at 1280×800; a
visit is new, and the server has been visited. Older versions of Chromium slow HTTP alone: what
Streamlit sends by WebSocket, about a hundredth of all, comes at full speed there.

Points are there once both planes are drawn. Hover is ready once the pointer, moved to a digit then,
has had all of its pictures. Megabytes are counted until everything on *Explore* works, but for what
is fetched when it is first wanted: the encoder (between the digits of PCA's plane), the epochs
(*Play*) and Plotly (saved pictures, three dimensions).
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.browser import arguments, launch, visitor
from tests.browser.conftest import POINTS, READY, Server

SPEEDS = (None, 10, 2)  # Mbit/s; None for what the machine has
LATENCY = 50  # ms
DIGIT = 5_123  # whose image comes late
WHERE = """(digit) => {
    const { planes } = document.querySelector('.pcae-x-plot');
    const box = planes.plot.getBoundingClientRect();
    const [x, y] = planes.pixelOf(1, digit);
    return [box.left + x, box.top + y];
}"""
SHOWN = """() => document.querySelector('.pcae-x-inspector').dataset.missing === ''
    && !document.querySelector('.pcae-x-head').textContent.endsWith('digit 0')"""


def main() -> None:
    """Measure every speed and print medians."""
    options = arguments(__doc__)
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as folder:
        browser = launch(driver)
        server = Server(Path(folder), own_data=False)
        visit(browser, server, None)
        result = [measure(browser, server, mbit, options.repeats) for mbit in SPEEDS]
        server.stop()
        browser.close()
    if options.json:
        print(json.dumps(result))
        return
    for found in result:
        speed = f"{found['mbit']} Mbit/s" if found["mbit"] else "no limit"
        print(
            f"{speed:10} {found['seconds_to_points']:6.2f} s to points "
            f"{found['seconds_to_hover']:6.2f} s to hover {found['megabytes']:6.2f} MB"
        )


def measure(browser: Browser, server: Server, mbit: int | None, repeats: int) -> dict[str, Any]:
    """Medians of new visits at a speed."""
    visits = [visit(browser, server, mbit) for _ in range(repeats)]
    points, hover, megabytes = (statistics.median(of) for of in zip(*visits, strict=True))
    return {
        "mbit": mbit,
        "seconds_to_points": points,
        "seconds_to_hover": hover,
        "megabytes": megabytes,
    }


def visit(browser: Browser, server: Server, mbit: int | None) -> tuple[float, float, float]:
    """Seconds to points and to hover of a new visitor, and megabytes until everything works."""
    context = visitor(browser)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    if mbit:
        speed = mbit * 1e6 / 8
        limits = {"downloadThroughput": speed, "uploadThroughput": speed, "latency": LATENCY}
        devtools.send("Network.emulateNetworkConditions", {"offline": False, **limits})
    sizes: list[float] = []
    devtools.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    devtools.on(
        "Network.webSocketFrameReceived",
        lambda event: sizes.append(len(event["response"]["payloadData"])),
    )
    began = time.perf_counter()
    page.goto(server.url, wait_until="commit", timeout=0)
    page.wait_for_function(POINTS, polling=20, timeout=0)
    points = time.perf_counter() - began
    page.mouse.move(*page.evaluate(WHERE, DIGIT))
    page.wait_for_function(SHOWN, polling=20, timeout=0)
    hover = time.perf_counter() - began
    page.wait_for_function(READY, polling=20, timeout=0)
    page.wait_for_timeout(500)  # what the browser has still to tell of
    context.close()
    return points, hover, sum(sizes) / 1e6


if __name__ == "__main__":
    main()
