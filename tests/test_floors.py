"""The floors of the house: a file imports from its own or a lower one, never from a higher."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = [  # from the top
    {"app", "pages"},
    {"ui"},
    {"server"},
    {"cli", "following", "doctor", "outside", "__main__"},
    {"classroom"},
    {"takehome"},
    {"figures"},
    {"cluster"},
    {"training"},
    {"store", "records", "kept"},
    {"methods"},
    {"data"},
    {"config", "layers", "presets", "settings"},
    {"names"},
    {"rights", "rules"},
    {"counts", "files", "forms", "headings", "pythons", "readings", "removal", "scripts"},
]
HEIGHTS = {room: -number for number, rooms in enumerate(FLOORS) for room in rooms}
WINGS = ["data/apart", "data/judging", "data/reading"]  # of one floor, from the top
ONLY_IN = {
    "distributed": ["cluster/"],
    "dask": ["cluster/"],
    "tensorflow": ["training/", "takehome/keras_file.py"],  # which runs in a process of its own
    "keras": ["training/", "takehome/keras_file.py"],
    "streamlit": ["app.py", "pages/", "ui/", "server/"],
}


def wrongs(text: str, place: str) -> list[str]:
    """What a file imports against the rules, by its place in `pcae/` or in the project."""
    height, found = HEIGHTS.get(room(place), 0), []
    for line, module in imports(ast.parse(text)):
        package, _, rest = module.partition(".")
        if package == "pcae" and HEIGHTS.get(rest.split(".")[0], height) > height:
            found.append(f"{place}:{line} imports {module}, from a higher floor")
        if package == "pcae" and _wing(rest.replace(".", "/")) < _wing(place) < len(WINGS):
            found.append(f"{place}:{line} imports {module}, from a higher wing")
        if not place.startswith(tuple(ONLY_IN.get(package, [""]))):
            found.append(f"{place}:{line} imports {module}, which is for {ONLY_IN[package]}")
    return found


def room(place: str) -> str:
    return place.split("/")[0].removesuffix(".py")


def _wing(place: str) -> int:
    """Which wing a file is in, counted from the top; what is in none comes after all."""
    return next((i for i, wing in enumerate(WINGS) if place.startswith(f"{wing}/")), len(WINGS))


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The lines and the names of all imports, also of those within functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, of.name) for of in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            yield from ((node.lineno, f"{node.module}.{of.name}") for of in node.names)


def sources() -> dict[str, Path]:
    own = {path.relative_to(ROOT / "pcae").as_posix(): path for path in ROOT.glob("pcae/**/*.py")}
    above = {f"pages/{path.name}": path for path in ROOT.glob("pages/*.py")}
    return own | above | {"app.py": ROOT / "app.py"}


def test_no_file_imports_from_a_higher_floor_or_a_package_that_is_not_for_it():
    files = sources()
    assert len(files) > 80
    texts = {place: path.read_text("utf-8") for place, path in files.items()}
    assert [wrong for place, text in texts.items() for wrong in wrongs(text, place)] == []


def test_every_file_is_on_a_floor():
    assert {room(place) for place in sources()} - {"__init__"} == set(HEIGHTS)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("data/reading/tables.py", "from pcae.methods import pca"),
        ("store.py", "from pcae import cli"),
        ("data/reading/tables.py", "from pcae.data.judging import rows"),
        ("data/judging/rows.py", "from pcae.data.apart.reader import Reader"),
        ("methods/pca.py", "def f():\n    from pcae.ui.shell import run"),
        ("server/routes.py", "import pcae.ui"),
        ("takehome/report.py", "import keras.ops"),
        ("figures/charts.py", "from streamlit import config"),
        ("pages/train.py", "import tensorflow"),
    ],
)
def test_what_is_wrong_is_named_with_its_file_and_line(place, text):
    (wrong,) = wrongs(text, place)
    assert wrong.startswith(f"{place}:{len(text.splitlines())} imports ")


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("ui/shell.py", "from pcae.data import dataset\nimport streamlit"),
        ("data/judging/rows.py", "from pcae.data.reading import cells\nimport pcae.data.codes"),
        ("training/loop.py", "import tensorflow"),
        ("takehome/keras_file.py", "import keras"),
        ("methods/pca.py", "from pcae.methods import metrics"),
    ],
)
def test_what_is_right_is_let_be(place, text):
    assert wrongs(text, place) == []


# what runs in the browser: every page uses the core, and none another's

BROWSER = ROOT / "pcae" / "browser"
MOST_LINES = 400


def scripts() -> dict[str, list[str]]:
    """What every script imports, by its place in `pcae/browser`."""
    found = {}
    for path in BROWSER.glob("*/*.js"):
        named = re.findall(
            r'^(?:import|export)\b[^;]*?from "([^"]+)";$', path.read_text("utf-8"), re.M
        )
        places = [(path.parent / name).resolve().relative_to(BROWSER).as_posix() for name in named]
        found[path.relative_to(BROWSER).as_posix()] = places
    return found


def test_scripts_import_from_their_own_wing_and_the_core_alone():
    found = scripts()
    assert len(found) > 35
    for place, named in found.items():
        assert {name.split("/")[0] for name in named} <= {place.split("/")[0], "core"}, place


def test_no_scripts_import_each_other_in_a_circle():
    left = scripts()
    while free := {place for place, named in left.items() if not set(named) & set(left)}:
        left = {place: named for place, named in left.items() if place not in free}
    assert left == {}


def test_no_file_is_longer_than_can_be_overlooked():
    kinds = (".py", ".js", ".css")
    paths = [*ROOT.glob("*/**/*"), ROOT / "app.py"]
    ours = [path for path in paths if path.suffix in kinds and ".venv" not in path.parts]
    assert len(ours) > 200
    lines = {str(path.relative_to(ROOT)): path.read_text("utf-8").count("\n") for path in ours}
    assert {place: count for place, count in lines.items() if count > MOST_LINES} == {}
