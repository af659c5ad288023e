"""What the documents say: their links lead somewhere, every page is told of, versions agree."""

import re
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

from pcae import __version__
from pcae.ui import shell

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
DOCUMENTS += sorted((ROOT / "docs").glob("*.md"))
PICTURES = ROOT / "docs" / "pictures"
MOST_LINES = 130
MOST_BYTES, MOST_BYTES_TOGETHER = 150_000, 1_500_000  # of pictures


def anchors(path):
    """What the links to a document's headings end in, as GitHub has it."""
    headings = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", of.lower()).replace(" ", "-") for of in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document):
    for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text("utf-8")):
        if re.match(r"https?:", link):
            continue
        place, _, anchor = link.partition("#")
        target = document.parent / place if place else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_is_there(document):
    for module in re.findall(r"python -m ((?:pcae|benchmarks)[\w.]*)", document.read_text("utf-8")):
        assert find_spec(module), module


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_is_named_is_there(document):
    text = document.read_text("utf-8")
    for place in re.findall(r"`((?:pcae|pages|tests|benchmarks|docs)/[\w./]*)`", text):
        assert (ROOT / place).exists(), place


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= MOST_LINES


def test_the_tour_shows_every_page():
    text = (ROOT / "docs" / "tour.md").read_text("utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE)[: len(shell.TITLES)] == [
        *shell.TITLES.values()
    ]
    shown = set(re.findall(r"\]\(pictures/(\w+)\.png\)", text))
    assert shown == set(shell.TITLES) == {path.stem for path in PICTURES.iterdir()}


def test_pictures_are_small():
    sizes = [path.stat().st_size for path in PICTURES.iterdir()]
    assert max(sizes) <= MOST_BYTES
    assert sum(sizes) <= MOST_BYTES_TOGETHER


def test_the_version_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    released = re.findall(r"^## \[(\d[^\]]*)\] - \d{4}-\d{2}-\d{2}$", changes, re.MULTILINE)
    assert project["version"] == released[0] == __version__
