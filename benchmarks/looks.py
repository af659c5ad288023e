"""Take a picture of every page at every size, light and dark, to be looked at beside the last's.

    python -m benchmarks.looks [PAGE ...]      (make looks)

They come to `looks/COMMIT/`; `looks/index.html` shows the newest two sets side by side, with a line
where the window ends. Needs what `benchmarks.screenshot` needs.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import tempfile
from html import escape
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.browser import launch, visitor
from benchmarks.screenshot import opened, started
from pcae.ui import shell

FOLDER = Path(__file__).parents[1] / "looks"
SIZES = [(390, 844), (1024, 768), (1280, 800), (1920, 1080)]
# how much of a page there is below and beside what the window shows
BEYOND = """() => {
    const of = document.querySelector('.stMain');
    return [of.scrollWidth - of.clientWidth, of.scrollHeight - of.clientHeight];
}"""
STYLE = (
    "body{font:15px system-ui,sans-serif;margin:20px;background:#8a929c}"
    "section{display:grid;grid-template-columns:1fr 1fr;gap:8px 16px;align-items:start}"
    "figure{margin:0;position:relative}figure img{width:100%;display:block}"
    "figure i{position:absolute;left:0;right:0;border-top:2px dashed #f0f}"
    "h2{grid-column:1/-1;margin:24px 0 0}"
)


def main() -> None:
    """Take the pictures and write the index."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", choices=[*shell.TITLES, []], metavar="PAGE")
    pages = parser.parse_args().pages or list(shell.TITLES)
    folder = FOLDER / commit()
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver, tempfile.TemporaryDirectory() as home:
        browser = launch(driver)
        server = started(Path(home), pages)
        for size in SIZES:
            page = visitor(browser, size).new_page()
            for name in pages:
                opened(page, server, name)
                for theme in ("light", "dark"):
                    take(page, size, theme, folder / f"{name}-{size[0]}-{theme}.png")
            page.context.close()
        browser.close()
        server.stop()
    (FOLDER / "index.html").write_text(index(), "utf-8")
    print(FOLDER / "index.html")


def commit() -> str:
    """The name of what is here: the commit's, with a "+" where files differ from it."""

    def git(*command: str) -> str:
        return subprocess.run(
            ["git", *command], cwd=FOLDER.parent, check=True, capture_output=True, text=True
        ).stdout.strip()

    return git("rev-parse", "--short", "HEAD") + "+" * bool(git("status", "--porcelain"))


def take(page: Page, size: tuple[int, int], theme: str, file: Path) -> None:
    """The whole page, in a window that is as high; Explore is as high as the window in any case."""
    width, height = size
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.wait_for_timeout(1_500)
    sideways, below = page.evaluate(BEYOND)
    if sideways > 0:
        print(f"{file.stem} scrolls sideways by {sideways} px")
    if below > 0:
        page.set_viewport_size({"width": width, "height": height + below})
        page.wait_for_timeout(1_000)
    page.screenshot(path=file)
    page.set_viewport_size({"width": width, "height": height})


def index() -> str:
    """A page with the newest two sets, the older one left."""
    sets = sorted(filter(Path.is_dir, FOLDER.iterdir()), key=lambda folder: folder.stat().st_mtime)
    names = sorted({file.name for folder in sets[-2:] for file in folder.glob("*.png")}, key=place)
    parts = []
    for name in names:
        height = dict(SIZES)[place(name)[1]]
        shown = [figure(folder / name, height) for folder in sets[-2:]]
        parts.append(f"<h2>{escape(name[:-4])}</h2>{''.join(shown)}")
    heads = "".join(f"<h1>{escape(folder.name)}</h1>" for folder in sets[-2:])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Looks</title>'
        f"<style>{STYLE}</style><section>{heads}{''.join(parts)}</section></html>\n"
    )


def place(name: str) -> tuple[int, int, str]:
    """Where a picture stands in the index: by page, then by size."""
    page, width, theme = re.fullmatch(r"(\w+)-(\d+)-(\w+)\.png", name).groups()  # type: ignore[union-attr]
    return (list(shell.TITLES).index(page), int(width), theme)


def figure(file: Path, height: int) -> str:
    """A picture with a line where the window ends, or an empty place."""
    if not file.exists():
        return "<figure></figure>"
    src = file.relative_to(FOLDER).as_posix()
    high = int.from_bytes(file.read_bytes()[20:24], "big")  # as PNG's first block has it
    fold = f'<i style="top:{100 * height / high:.3f}%"></i>' if high > height else ""
    return f'<figure><img loading="lazy" alt="" src="{src}">{fold}</figure>'


if __name__ == "__main__":
    main()
