"""How long the dashboard takes: to its first painted pair of scatters, and to answer a widget.

    python -m benchmarks.startup [--repeats 7] [--json]

Needs Chromium and the packages of requirements-dev.txt. It starts the dashboard with the data
of PCAE_DATA and a store of its own, and drives it in headless Chromium at 1280×800. Painted is when
both planes have their points on the screen and every digit can be pointed at; a rerun is from the
browser's message to the server to the last part of the answer, and is drawn with the frame after
that.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.browser import arguments, launch, visitor
from pcae.presets import PRESETS
from pcae.training import jobs
from tests.browser.conftest import READY, Server

# when the browser asked the server to run the script, had its last answer, and had drawn that
WATCH = """() => {
    const Plain = window.WebSocket;
    window.WebSocket = class extends Plain {
        constructor(...options) {
            super(...options);
            this.addEventListener('message', () => {
                window.answered = performance.now();
                requestAnimationFrame(() => { window.drawn = performance.now(); });
            });
        }
        send(data) {
            window.asked ??= performance.now();
            super.send(data);
        }
    };
}"""


def main() -> None:
    """Measure everything and print medians."""
    options = arguments(__doc__)
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as folder:
        browser = launch(driver)
        result = measure(browser, Path(folder), options.repeats)
        browser.close()
    if options.json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        print(f"{name:34} {value:6.2f} s" if "seconds" in name else f"{name:34} {value:6.0f} ms")


def measure(browser: Browser, folder: Path, repeats: int) -> dict[str, Any]:
    """Medians of all that is measured, by name."""
    Server(folder, own_data=False).stop()  # fills the disk's caches and PCA's
    started: list[float] = []
    for _ in range(repeats):
        began = time.perf_counter()
        server = Server(folder, own_data=False)
        paint(browser, server)
        started.append(time.perf_counter() - began)
        server.stop()
    server = Server(folder, own_data=False)
    paint(browser, server)
    new, again = [], []
    for _ in range(repeats):
        first, second = paint(browser, server, reload=True)
        new.append(first)
        again.append(second)
    result = {
        "seconds_command_to_painted": statistics.median(started),
        "seconds_visit_to_painted": statistics.median(new),
        "seconds_reload_to_painted": statistics.median(again),
    }
    context = visitor(browser)
    context.add_init_script(f"({WATCH})()")
    page = context.new_page()
    os.environ["PCAE_HOME"] = str(folder / "pcae")
    for state, prepare in (("idle", nothing), ("warming", warm_anew), ("training", nothing)):
        if state == "training":
            train()
        for name, rerun in (("explore", rerun_explore), ("reconstructions", rerun_slider)):
            answered, drawn = rerun(page, server, repeats, prepare)
            result[f"ms_rerun_{name}_{state}"] = answered
            result[f"ms_drawn_{name}_{state}"] = drawn
    jobs.stop_workers()
    context.close()
    server.stop()
    return result


def paint(browser: Browser, server: Server, reload: bool = False) -> tuple[float, float]:
    """Seconds from navigation to painted for a new visitor, and for the same one again."""
    context = visitor(browser)
    page, taken = context.new_page(), [0.0, 0.0]
    for visit in range(2 if reload else 1):
        began = time.perf_counter()
        page.goto(server.url)
        page.wait_for_function(READY, polling=20)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => done()))")
        taken[visit] = time.perf_counter() - began
    context.close()
    return taken[0], taken[1]


def rerun_explore(
    page: Page, server: Server, repeats: int, prepare: Callable[[], None]
) -> tuple[float, float]:
    """Milliseconds for pinning a digit on Explore."""
    page.goto(server.url)
    page.wait_for_function(READY)
    box = page.locator(".pcae-x-stage").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 4, box["y"] + box["height"] / 2
    return reruns(page, repeats, prepare, lambda turn: page.mouse.click(x, y))


def rerun_slider(
    page: Page, server: Server, repeats: int, prepare: Callable[[], None]
) -> tuple[float, float]:
    """Milliseconds for another k on Reconstructions."""
    page.goto(f"{server.url}/reconstructions")
    page.locator(".pcae-panel img").first.wait_for()
    slider = page.get_by_role("slider")
    return reruns(page, repeats, prepare, lambda turn: slider.press("ArrowRight"))


def reruns(
    page: Page, repeats: int, prepare: Callable[[], None], act: Callable[[int], None]
) -> tuple[float, float]:
    """Median milliseconds until the reruns that `act` causes are answered, and are drawn."""
    page.wait_for_timeout(2000)
    answered, drawn = [], []
    for turn in range(repeats + 1):
        prepare()
        page.evaluate("() => { window.asked = window.drawn = undefined; }")
        act(turn)
        page.wait_for_function("window.drawn")
        page.wait_for_timeout(1500)
        answered.append(page.evaluate("window.answered - window.asked"))
        drawn.append(page.evaluate("window.drawn - window.asked"))
    return statistics.median(answered[1:]), statistics.median(drawn[1:])


def nothing() -> None:
    """Leave the machine as it is."""


def warm_anew() -> None:
    """Have a new worker amid loading TensorFlow."""
    jobs.stop_workers()
    jobs.keep_warm(PRESETS["Seed network, 25 epochs"])
    time.sleep(2)


def train() -> None:
    """Start a training of a network that no page shows, and wait for its first batches."""
    run = jobs.submit(replace(PRESETS["Seed network, 25 epochs"], seed=1, epochs=100))
    while not run.status.batches:
        time.sleep(0.2)


if __name__ == "__main__":
    main()
