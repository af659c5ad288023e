"""Take the README's picture: Explore with a digit chosen, at a projector's size.

    python -m benchmarks.screenshot

Needs Chromium, the packages of requirements-dev.txt and the full MNIST in PCAE_DATA.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS, NAMES, PAINTED, Server, first_installed

PICTURE = Path(__file__).parent / "explore.png"
CODE = (60.0, -30.0)  # about where in the bottleneck's plane to choose a digit
NEAREST = """([x, y]) => {
    const plot = document.querySelector('.js-plotly-plot'), layout = plot._fullLayout;
    const box = plot.getBoundingClientRect(), points = plot._fullData
        .filter((trace) => trace.customdata && trace.xaxis === 'x2')
        .flatMap((trace) => Array.from(trace.x, (value, i) => [value, trace.y[i]]));
    const [px, py] = points.reduce((best, p) =>
        Math.hypot(p[0] - x, p[1] - y) < Math.hypot(best[0] - x, best[1] - y) ? p : best);
    return [box.left + layout.xaxis2._offset + layout.xaxis2.d2p(px),
            box.top + layout.yaxis2._offset + layout.yaxis2.d2p(py)];
}"""


def main() -> None:
    """Open Explore, choose a digit, and save what is seen."""
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as folder:
        browser = driver.chromium.launch(executable_path=first_installed(NAMES), args=FLAGS)
        server = Server(Path(folder), own_data=False)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(server.url)
        page.wait_for_function(PAINTED)
        page.wait_for_timeout(2000)
        x, y = page.evaluate(NEAREST, list(CODE))
        page.mouse.move(x + 3, y)
        page.mouse.move(x, y)
        page.locator(".hoverlayer .hovertext").first.wait_for()
        page.mouse.click(x, y)
        page.wait_for_timeout(3000)
        page.screenshot(path=PICTURE)
        browser.close()
        server.stop()


if __name__ == "__main__":
    main()
