"""The explorer of one run as a single HTML file, which needs neither a server nor a network.

It holds the explorer's own scripts, which import each other through an import map, the Plotly that
its Python package brings along, and what the explorer draws: the test images, PCA, the network, its
codes and a few moments of its training. All but the scripts is gzip in printable characters, 13
bits in two of 91 (as in J. Henke's basE91): base64 would be 8 % larger. `inlined.js` unpacks it. A
browser needs import maps and `DecompressionStream`, and so to be of 2023 or later.

The network and its codes are in 16 bits where pictures stay within `TOLERANCE` of NumPy's.
"""

from __future__ import annotations

import base64
import functools
import gzip
import html
import json
import re
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from pcae import __version__, kept, scripts, store
from pcae.data import packing
from pcae.data.datasets import Dataset
from pcae.data.packing import packed
from pcae.methods.autoencoder import Autoencoder
from pcae.methods.metrics import equivalent_k, worth
from pcae.methods.pca import MOST_K, PCA
from pcae.store import FRAME_DIGITS, Run
from pcae.takehome import parts

TOLERANCE = 2 / 255  # of a pixel in [0, 1]: two grey levels
_INLINED = "explorer/inlined.js"  # in place of core/fetched.js
_CHARACTERS = np.array([code for code in range(35, 127) if code != ord("<")], np.uint8)
_BITS = 13  # in two characters
_BYTES_AT_ONCE = _BITS * 2**16  # packed; in all at once each bit would be a byte, and more
_FRAME_NUMBERS = 160_000  # in the codes of all moments together: 40 of 2,000 digits, k = 2
_ROWS_AT_ONCE = 1_000


def page(run: Run, data: Dataset, pca: PCA) -> Iterator[bytes]:
    """The explorer of a trained run on the test images, as an HTML file, piece after piece.

    Parameters
    ----------
    data : Dataset
        The run's own, or what stands in for it.
    pca : PCA
        Fitted on that data.

    Raises
    ------
    DamagedFile
        A file of the run cannot be read, or the run was deleted.
    FileNotFoundError
        It is deleted just now.
    """
    config, model = run.config, run.model()
    codes, scores, errors = parts.measured(model, data, pca)
    frames, network = _frames(run, data), _network(model, codes, data)
    points = parts.points(network.pop("codes"), scores, errors, data, pca)
    count = len(data.test)
    about = packing.about(data, count, {"test": count})
    elements = {
        "plotly": _plotly(),
        "run": packed(points, {"config": config.canonical, **about}, 9),
        "digits": _digits(data),
        "pca": packed(_few_components(pca, max(MOST_K, config.k)), level=9),
        "decoder": packed(_of(network, "decoder"), level=9),
        "encoder": packed(_of(network, "encoder"), level=9),
    }
    if frames:
        elements["frames"] = packed(frames, level=9)
    modules, styles = _scripts()
    words = {
        "version": __version__,
        "name": run.title,
        "worth": f"{worth(config.k, equivalent_k(errors.mean(), pca.test_error))}.",
        "errors": f"{config.name}. Test error {errors.mean():.4f} against "
        f"{pca.test_error[config.k]:.4f} for PCA with k = {config.k} "
        f"({len(data.test):,} test images).",
        "source": _source(data, frames),
    }
    values = {name: html.escape(text) for name, text in words.items()}
    theme = (scripts.FOLDER / "core" / "theme.css").read_text("utf-8")
    values |= {"theme": theme, "styles": styles, "modules": json.dumps(modules)}
    template = (scripts.FOLDER / "explorer" / "onefile.html").read_text("utf-8")
    for number, text in enumerate(re.split(r"\{\{(\w+)\}\}", template)):
        if number % 2 == 0:
            yield text.encode()
        elif text == "parts":
            for name, content in elements.items():
                yield from _element(name, content)
        else:
            yield values[text].encode()


def _source(data: Dataset, frames: dict[str, np.ndarray]) -> str:
    """Whose images these are, how many of them move, and where the page is from."""
    few = min(map(len, frames.values()), default=0)
    moving = f"Play moves the first {few:,} digits. " if frames else ""
    return (
        f"Images: {data.title} ({data.licence}). {moving}"
        f"Made with pcae {__version__}: PCA beside the bottleneck of an autoencoder."
    )


def _of(network: dict[str, np.ndarray], part: str) -> dict[str, np.ndarray]:
    return {name: of for name, of in network.items() if name.startswith(f"{part}.")}


def _few_components(pca: PCA, k: int) -> dict[str, np.ndarray]:
    """PCA with the first k components, in 16 bits."""
    return {"mean": pca.mean, "components": pca.components[:k].astype(np.float16, order="C")}


def _network(model: Autoencoder, codes: np.ndarray, data: Dataset) -> dict[str, np.ndarray]:
    """Codes and weights, in 16 bits unless that shows in the pictures."""
    whole, few = {"codes": codes, **model.weights}, slice(_ROWS_AT_ONCE)
    with np.errstate(over="ignore", invalid="ignore"):
        halves = {name: array.astype(np.float16) for name, array in whole.items()}
        weights = {name: halves[name].astype(np.float32) for name in model.weights}
        rounded, own = Autoencoder(model.config, weights), model.decode(codes[few])
        others = (
            rounded.decode(halves["codes"][few]),
            rounded.reconstruct(data.test.pixels(few)),
        )
        within = all(np.abs(other - own).max() <= TOLERANCE for other in others)
    return halves if within else whole


def _frames(run: Run, data: Dataset) -> dict[str, np.ndarray]:
    """Codes at a few moments of the training, in epochs, where it was on this data."""
    if data.name != run.config.dataset:
        return {}
    places = store.few_frames(run.frames())
    most = min(FRAME_DIGITS, _FRAME_NUMBERS // (max(len(places), 1) * run.config.k))
    return {f"{place:g}": run.codes(place)[: max(most, 1)] for place in places}


@functools.cache
def _plotly() -> bytes:
    return gzip.compress(scripts.PLOTLY.read_bytes(), 9, mtime=0)


def _digits(data: Dataset) -> bytes:
    """The test images, packed once for the pages of all networks."""

    def write(file: BinaryIO) -> None:
        file.write(packed({"images": data.test.images}, level=9))

    name = kept.name(None, data.name, "onefile", data.digest)
    with kept.find_or_make(name, write) as file:
        return file.read()


@functools.cache
def _scripts() -> tuple[dict[str, str], str]:
    """The explorer's scripts as addresses by their names, and its style sheets."""
    modules, styles, left = {}, "", ["explorer/explorer.js", _INLINED]
    while left:
        name = left.pop()
        if name in modules:
            continue
        script = _INLINED if name == "core/fetched.js" else name
        text = (scripts.FOLDER / script).read_text("utf-8")
        text = re.sub(r"/\*\* @import .* \*/\n", "", text)  # types, which are no script's
        resolved = functools.partial(_resolved, script)
        text = re.sub(r'(?<=from ")\.[^"]+', resolved, text)
        left += re.findall(r'from "([^"]+)"', text)
        for sheet in re.findall(r'addStyle\("([\w./]+)"\)', text):
            styles += (scripts.FOLDER / sheet).read_text("utf-8")
        modules[name] = "data:text/javascript;base64," + base64.b64encode(text.encode()).decode()
    return modules, styles


def _resolved(script: str, found: re.Match[str]) -> str:
    return scripts.resolve(script, found[0])


def _element(name: str, content: bytes) -> Iterator[bytes]:
    """An element that holds packed bytes, piece after piece."""
    yield f'<script type="text/plain" id="{name}" data-size="{len(content)}">'.encode()
    for start in range(0, len(content), _BYTES_AT_ONCE):
        yield _printable(content[start : start + _BYTES_AT_ONCE])
    yield b"</script>\n"


def _printable(packed: bytes) -> bytes:
    bits = np.unpackbits(np.frombuffer(packed, np.uint8))
    rows = np.pad(bits, (0, -len(bits) % _BITS)).reshape(-1, _BITS)
    numbers = np.packbits(rows, axis=1).view(">u2").ravel() >> (16 - _BITS)
    return _CHARACTERS[np.stack(np.divmod(numbers, len(_CHARACTERS)), axis=1)].tobytes()
