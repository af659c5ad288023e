"""Take the pictures of docs/tour.md: every page at a projector's size, in 256 colours.

    python -m benchmarks.screenshot [PAGE ...]

Needs Chromium, the packages of requirements-dev.txt and the full MNIST in PCAE_DATA.
"""

from __future__ import annotations

import argparse
import csv
import io
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import FilePayload, FloatRect, Page, sync_playwright
from sklearn.datasets import load_wine

from benchmarks.browser import launch, visitor
from pcae.ui import shell
from tests.browser.conftest import READY, Server, settle

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
COLOURS = 256
PINNED = [
    (0.3, 0.35),
    (0.33, 0.62),
    (0.72, 0.5),
    (0.86, 0.55),
]  # about where, in shares of the plots
SHOWN = 9_016  # the digit inspected
THREE = [  # a 3's two arcs: middle, radii, and from where to where, in shares of the pad and turns
    (0.48, 0.36, 0.17, 0.14, -0.42, 0.22),
    (0.48, 0.65, 0.2, 0.16, -0.22, 0.4),
]


def main() -> None:
    """Open the pages in turn, make of each what is worth seeing, and save it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", metavar="PAGE")
    pages = parser.parse_args().pages or list(shell.TITLES)
    if unknown := set(pages) - set(shell.TITLES):
        parser.error(f"there is no page {min(unknown)}; there are {', '.join(shell.TITLES)}")
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as folder:
        browser = launch(driver)
        server = started(Path(folder), pages)
        page = visitor(browser).new_page()
        for name in pages:
            opened(page, server, name)
            save(page.screenshot(), name)
        browser.close()
        server.stop()


def started(folder: Path, pages: Sequence[str]) -> Server:
    """A server with the usual data that has what the pages show."""
    if "quality" in pages:
        home = {"PCAE_HOME": str(folder / "pcae")}
        command = [sys.executable, "-m", "pcae", "quality", "--all"]
        subprocess.run(command, env=os.environ | home, check=True, stdout=subprocess.DEVNULL)
    return Server(folder, own_data=False)


def opened(page: Page, server: Server, name: str) -> None:
    """Go to a page and make of it what is worth seeing."""
    page.goto(f"{server.url}/{'' if name == 'explore' else name}")
    settle(page)
    page.wait_for_timeout(3_000)
    PREPARED.get(name, lambda _: None)(page)
    page.wait_for_timeout(3_000)


def save(picture: bytes, name: str) -> None:
    """Keep a picture small: in few colours, chosen so that rare ones, as of a legend, stay too."""
    whole = Image.open(io.BytesIO(picture)).convert("RGB")
    few = whole.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=2, dither=Image.Dither.NONE)
    few.save(FOLDER / f"{name}.png", optimize=True)


def explore(page: Page) -> None:
    """Digits pinned, one inspected."""
    page.wait_for_function(READY)
    box = box_of(page, ".pcae-x-stage")
    for across, down in PINNED:
        page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])
        page.wait_for_timeout(1_000)
    page.mouse.move(0, 0)
    page.get_by_label("Find a digit by its number").fill(str(SHOWN))
    page.keyboard.press("Enter")
    page.evaluate("document.activeElement.blur()")


def draw(page: Page) -> None:
    """A 3, drawn with the mouse."""
    box = box_of(page, ".pcae-draw canvas")
    started = False
    for across, down, wide, high, start, end in THREE:
        for step in range(31):
            turn = 2 * math.pi * (start + (end - start) * step / 30)
            x = box["x"] + box["width"] * (across + wide * math.cos(turn))
            y = box["y"] + box["height"] * (down + high * math.sin(turn))
            page.mouse.move(x, y)
            if not started:
                page.mouse.down()
            started = True
    page.mouse.up()


def data(page: Page) -> None:
    """The preview of a table that a visitor brings: wines, as scikit-learn has them."""
    wine = load_wine()
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow([*wine.feature_names, "class"])
    names = wine.target_names[wine.target]
    rows.writerows([*row, name] for row, name in zip(wine.data.tolist(), names, strict=True))
    file = FilePayload(name="wine.csv", mimeType="text/csv", buffer=text.getvalue().encode())
    page.locator('input[type="file"]').set_input_files(file)
    page.get_by_role("button", name="Add this data").wait_for()
    settle(page)


def box_of(page: Page, selector: str) -> FloatRect:
    """Where an element is on the page."""
    box = page.locator(selector).first.bounding_box()
    assert box
    return box


PREPARED: dict[str, Callable[[Page], None]] = {"explore": explore, "draw": draw, "data": data}

if __name__ == "__main__":
    main()
