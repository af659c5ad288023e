"""How fast the explorer is: to its first hover, under the pointer, on the wire, and after a while.

    python -m benchmarks.explorer [--repeats 7] [--json]

Needs Chromium, the packages of requirements-dev.txt and the full MNIST in PCAE_DATA; headless, at
1280×800. Hover-ready is when both planes of 10,000 digits are painted and the digits, PCA and the
network are there. A visit is cold where the browser has nothing cached; the server has been
visited.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.browser import arguments, launch, visitor
from pcae.presets import PRESETS, preset_name
from tests.browser.conftest import CONTEXTS, READY, Server, go, settle

SWITCHES = 50
GC = ["--js-flags=--expose-gc", "--enable-precise-memory-info"]
# milliseconds that following the pointer takes, at 120 places of a plane
FOLLOW = """(plane) => {
    const stage = document.querySelector('.pcae-x-stage');
    const [x, y] = stage.querySelector('.pcae-x-plot').planes.axes[plane - 1];
    const box = stage.getBoundingClientRect(), taken = { digit: [], point: [] };
    for (let i = 0; i < 120; i++) {
        const clientX = box.left + x.offset + ((i * 0.618) % 1) * x.length;
        const clientY = box.top + y.offset + ((i * 0.382) % 1) * y.length;
        const began = performance.now();
        stage.dispatchEvent(new PointerEvent('pointermove', { clientX, clientY, bubbles: true }));
        const took = performance.now() - began;
        const head = stage.parentElement.querySelector('.pcae-x-head').textContent;
        taken[head.includes('digit') ? 'digit' : 'point'].push(took);
    }
    return taken;
}"""
# milliseconds from real moves of the mouse to the end of the frame that shows them
SHOWN = """() => {
    window.shown = [];
    document.querySelector('.pcae-x-stage').addEventListener('pointermove', (event) => {
        requestAnimationFrame(() => window.shown.push(performance.now() - event.timeStamp));
    });
}"""
FRAMES = """() => { window.frames_ = []; const tick = (now) => { window.frames_.push(now);
    requestAnimationFrame(tick); }; requestAnimationFrame(tick); }"""


def main() -> None:
    """Measure everything and print it."""
    options = arguments(__doc__)
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as folder:
        browser = launch(driver, *GC)
        server = Server(Path(folder), own_data=False)
        result = measure(browser, server, options.repeats)
        server.stop()
        browser.close()
    if options.json:
        print(json.dumps(result))
        return
    print("headless Chromium")
    for name, value in result.items():
        print(f"{name:44} {value:10.2f}" if isinstance(value, float) else f"{name:44} {value:10,}")


def measure(browser: Browser, server: Server, repeats: int) -> dict[str, Any]:
    """Every figure by name; the unit comes first in the name."""
    visit(browser, server)
    visits = [visit(browser, server) for _ in range(repeats)]
    result: dict[str, Any] = {
        "seconds_cold_to_hover_ready": statistics.median(cold for cold, _ in visits),
        "seconds_reload_to_hover_ready": statistics.median(again for _, again in visits),
    }
    context = visitor(browser)
    context.add_init_script(f"({CONTEXTS})()")
    page = context.new_page()
    received: list[int] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))),
    )
    fetched: list[tuple[str, int]] = []
    page.on("requestfinished", lambda request: fetched.append(size_of(request)))
    open_page(page, server)
    result |= pointer(page, "")
    result |= rerun(page, received)
    result |= change_run(page, fetched)
    result |= many(page)
    result |= switches(page, server)
    context.close()
    return result


def visit(browser: Browser, server: Server) -> tuple[float, float]:
    """Seconds from navigation to hover-ready for a new visitor, and for the same one again."""
    context = visitor(browser)
    page, taken = context.new_page(), []
    for _ in range(2):
        began = time.perf_counter()
        page.goto(server.url)
        page.wait_for_function(READY, polling=20)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => done()))")
        taken.append(time.perf_counter() - began)
    context.close()
    return taken[0], taken[1]


def open_page(page: Page, server: Server) -> None:
    """Open the explorer and wait until nothing happens any more."""
    page.goto(server.url)
    page.wait_for_function(READY)
    settle(page)
    page.wait_for_timeout(1000)


def pointer(page: Page, suffix: str) -> dict[str, float]:
    """Following the pointer, in both planes: over digits and between them."""
    taken: dict[str, list[float]] = {"digit": [], "point": []}
    for plane in (1, 2):
        for kind, found in page.evaluate(FOLLOW, plane).items():
            taken[kind] += found
    box = page.locator(".pcae-x-stage").bounding_box()
    assert box
    page.evaluate(SHOWN)
    for i in range(60):
        page.mouse.move(box["x"] + 120 + 6 * i, box["y"] + 100 + 3 * i)
        page.wait_for_timeout(30)
    return {
        f"ms_hover_to_pictures{suffix}": statistics.median(taken["digit"]),
        f"ms_hover_to_pictures_worst{suffix}": max(taken["digit"]),
        f"ms_between_digits_to_pictures{suffix}": statistics.median(taken["point"]),
        f"ms_mouse_to_frame{suffix}": statistics.median(page.evaluate("window.shown")),
    }


def rerun(page: Page, received: list[int]) -> dict[str, int]:
    """Bytes over the websocket for a rerun that changes nothing about the plot."""
    box = page.locator(".pcae-x-stage").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.5)
    page.wait_for_timeout(300)
    totals, largest = [], []
    for _ in range(4):  # pins a digit and takes it out again
        received.clear()
        page.mouse.click(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.5)
        page.wait_for_timeout(1500)
        totals.append(sum(received))
        largest.append(max(received))
    return {
        "bytes_websocket_of_a_rerun_all": int(statistics.median(totals)),
        "bytes_websocket_of_a_rerun_largest_message": int(statistics.median(largest)),
    }


def size_of(request: Any) -> tuple[str, int]:
    """An address and how many bytes came over the network for it."""
    return request.url, request.sizes()["responseBodySize"]


def change_run(page: Page, fetched: list[tuple[str, int]]) -> dict[str, Any]:
    """Bytes that another network moves, and of what."""
    fetched.clear()
    other = PRESETS["Seed network, 5 epochs"]
    page.locator('[data-testid="stSelectbox"]').first.get_by_role("combobox").click()
    page.get_by_role("option", name=f"{preset_name(other)}").click()
    began = time.perf_counter()
    page.wait_for_function(f"!({READY})")
    page.wait_for_function(READY, polling=20)
    seconds = time.perf_counter() - began
    page.wait_for_timeout(500)
    moved = {url: size for url, size in fetched if "/explorer/" in url}
    return {
        "seconds_change_of_run": seconds,
        "bytes_change_of_run": sum(moved.values()),
        "requests_change_of_run_not_for_the_run": sum("/run/" not in url for url in moved),
    }


def many(page: Page) -> dict[str, Any]:
    """All 70,000 digits: until they are there, under the pointer, and while panning."""
    choice = page.get_by_label("Digits", exact=True)
    began = time.perf_counter()
    choice.select_option("70000")
    page.wait_for_function(
        "document.querySelector('.pcae-x-plot').planes.shown.length === 70000", timeout=120_000
    )
    page.wait_for_function(READY)
    result: dict[str, Any] = {"seconds_to_70000": time.perf_counter() - began}
    page.wait_for_timeout(2000)
    result |= pointer(page, "_70000")
    result["frames_a_second_panning_70000"] = panning(page)
    choice.select_option("10000")
    page.wait_for_timeout(3000)
    result["frames_a_second_panning_10000"] = panning(page)
    return result


def panning(page: Page) -> float:
    """Frames a second while the plane is dragged for two seconds."""
    box = page.locator(".pcae-x-stage").bounding_box()
    assert box
    x, y = box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.5
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(FRAMES)
    began, step = time.perf_counter(), 0
    while time.perf_counter() < began + 2:
        step += 1
        page.mouse.move(x + 60 * ((step % 20) / 20), y + 40 * ((step % 16) / 16))
    times = page.evaluate("window.frames_")
    page.mouse.up()
    page.wait_for_timeout(500)
    return 1000 * (len(times) - 1) / (times[-1] - times[0])


def switches(page: Page, server: Server) -> dict[str, Any]:
    """What is left in the browser after many page switches."""
    open_page(page, server)
    used = []
    for count in range(SWITCHES + 1):
        if count in (10, SWITCHES):
            page.wait_for_timeout(500)
            page.evaluate("window.gc()")
            used.append(page.evaluate("performance.memory.usedJSHeapSize") / 1e6)
        go(page, "Reconstructions")
        page.locator(".pcae-panel img").first.wait_for()
        go(page, "Explore")
        page.wait_for_function(READY)
    return {
        f"webgl_contexts_after_{SWITCHES}_page_switches": page.evaluate("window.alive()"),
        "megabytes_of_heap_after_10_page_switches": used[0],
        f"megabytes_of_heap_after_{SWITCHES}_page_switches": used[1],
    }


if __name__ == "__main__":
    main()
