"""What the server keeps of files that somebody has chosen and left.

    python -m benchmarks.uploads [--files 10] [--megabytes 100] [--seconds 180] [--json]

Needs Linux, Chromium and the packages of requirements-dev.txt. A visitor brings files on *Data*, in
headless Chromium, and looks at another page. The server's memory, with that of the processes that
read for it, is taken before, at its most, as soon as the files are listed, and so many seconds
later; before, another visitor has brought a small file, so that all is loaded that is needed.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks.browser import launch, visitor
from tests.browser.conftest import Server, go

MB = 2**20
LONGEST_MS = 300_000
_LOOK_SECONDS = 0.2


def main() -> None:
    """Measure, and print megabytes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as folder:
        browser, server = launch(driver), Server(Path(folder))
        try:
            small, *large = _files(Path(folder), options.files, options.megabytes)
            first = visitor(browser).new_page()
            bring(first, server, [small])
            first.close()
            page = visitor(browser).new_page()
            page.goto(f"{server.url}/data")
            time.sleep(5)
            found = {"before": memory(server.process.pid)}
            with Most(server.process.pid) as most:
                took = bring(page, server, large)
            found |= {"at most": most.found, "listed": memory(server.process.pid)}
            go(page, "Glossary")
            time.sleep(options.seconds)
            found["left"] = memory(server.process.pid)
        finally:
            server.stop()
            browser.close()
    result: dict[str, float] = {name: round(size / MB) for name, size in found.items()}
    result |= {"more than before": result["left"] - result["before"], "seconds to list": took}
    if options.json:
        print(json.dumps(result))
        return
    print("MB of the server with what reads for it:")
    print("\n".join(f"{name:>18} {value:,}" for name, value in result.items()))


def _files(folder: Path, count: int, megabytes: int) -> list[Path]:
    """A small file and so many large ones, of pictures: of zeros, which take no disk."""
    found = []
    for number, rows in enumerate([100] + [megabytes * MB // 784] * count):
        path = folder / f"pictures-{number}.npy"
        array = np.lib.format.open_memmap(path, "w+", np.uint8, (rows, 28, 28))
        array[:, 10, number] = np.arange(rows) % 255
        found.append(path)
    return found


def bring(page: Page, server: Server, files: list[Path]) -> float:
    """Choose files on *Data*; how many seconds it took until the last was listed."""
    page.goto(f"{server.url}/data")
    page.locator("input[type=file]").wait_for(state="attached")
    began = time.monotonic()
    page.locator("input[type=file]").set_input_files(files)
    listed = page.locator('.st-key-brought_files [class*="st-key-away_"]')
    listed.nth(len(files) - 1).wait_for(timeout=LONGEST_MS)
    page.wait_for_selector('[data-test-script-state="notRunning"]')
    return round(time.monotonic() - began, 1)


def memory(process: int) -> int:
    """Bytes of a process and of all that it has started which nobody else has, as Linux says it."""
    children = Path(f"/proc/{process}/task").glob("*/children")
    others = [int(each) for path in children for each in path.read_text().split()]
    words = Path(f"/proc/{process}/smaps_rollup").read_text().split()
    own = sum(1024 * int(words[words.index(of) + 1]) for of in ("Private_Clean:", "Private_Dirty:"))
    return own + sum(map(memory, others))


class Most:
    """The most memory that a process had while something was done."""

    def __init__(self, process: int) -> None:
        self.found, self._process, self._done = 0, process, threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Most:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._done.wait(_LOOK_SECONDS):
            try:
                self.found = max(self.found, memory(self._process))
            except (OSError, ValueError):
                continue  # one of them has just ended


if __name__ == "__main__":
    main()
