"""Pythons without TensorFlow: what `make` and `doctor` say of them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pcae import pythons

ROOT = Path(__file__).parents[1]
HERE = ("Linux", "x86_64")


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 7, "final", 0), (3, 13)])
@pytest.mark.parametrize(
    "machine", [HERE, ("Linux", "aarch64"), ("Darwin", "arm64"), ("Windows", "AMD64")]
)
def test_pythons_with_tensorflow_are_taken(version, machine):
    assert pythons.problem(version, *machine) == ""


def test_this_python_is_one_of_them():
    assert pythons.problem_here() == ""


@pytest.mark.parametrize(
    ("version", "machine", "said"),
    [
        ((3, 14, 0), HERE, r"this is Python 3\.14: install .* make run PYTHON=python3\.12\.$"),
        ((3, 9, 18), HERE, r"this is Python 3\.9: install .* make run PYTHON=python3\.12\.$"),
        ((4, 0), HERE, r"this is Python 4\.0: install"),
        ((3, 12), ("Darwin", "x86_64"), r"Macs with an Intel processor: .* \(Dockerfile\)\.$"),
        ((3, 9), ("Darwin", "x86_64"), "Macs with an Intel processor"),
        ((3, 12), ("Linux", "armv7l"), r"this is Linux on armv7l: take another computer\.$"),
        ((3, 12), ("FreeBSD", "amd64"), "this is FreeBSD on amd64"),
    ],
)
def test_others_get_one_sentence_that_says_which_there_are(version, machine, said):
    sentence = pythons.problem(version, *machine)
    assert sentence.startswith("pcae runs on Python 3.11, 3.12 and 3.13, for which TensorFlow 2.21")
    assert "\n" not in sentence
    with pytest.raises(ValueError, match=said):
        raise ValueError(sentence)


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
@pytest.mark.parametrize("target", ["run", "test"])
def test_make_says_it_before_it_installs_anything(target, tmp_path):
    """A Python that takes itself for 3.14 is all that make finds."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "pcae").mkdir()
    shutil.copy(ROOT / "pcae" / "pythons.py", tmp_path / "pcae")
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-cluster.txt"):
        (tmp_path / name).touch()
    newer = tmp_path / "python3.14"
    newer.write_text(
        f"#!{sys.executable}\nimport runpy, sys\nsys.version_info = (3, 14, 0, 'final', 0)\n"
        "sys.argv = sys.argv[1:]\nrunpy.run_path(sys.argv[0], run_name='__main__')\n"
    )
    newer.chmod(0o755)
    environment = {name: of for name, of in os.environ.items() if not name.startswith("MAKE")}
    made = subprocess.run(
        ["make", target, f"PYTHON={newer}"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert made.returncode != 0
    first, *rest = made.stderr.splitlines()
    assert first.startswith("pcae runs on Python 3.11, 3.12 and 3.13, for")
    assert "this is Python 3.14" in first
    assert all(line.startswith("make") for line in rest)
    assert not (tmp_path / ".venv").exists()
