"""What NumPy computes, in files that the tests of the scripts read.

    python -m tests.javascript.reference

writes them anew; `test_reference.py` sees that they are what NumPy computes today.
"""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from safetensors.numpy import save

from pcae.config import RunConfig
from pcae.data import packing
from pcae.data.dataset import Dataset, Split
from pcae.figures import sides
from pcae.figures.charts import error_by_class, plain
from pcae.figures.colors import DARK, LIGHT
from pcae.figures.plane import Shades, decoded_plane
from pcae.methods import noise, pca
from pcae.methods.autoencoder import Autoencoder, first
from pcae.methods.metrics import error_per_image, error_per_pixel, principal_angles
from pcae.methods.plane import Decoded, Grid, between, decoded, field
from pcae.settings import CHOICES
from pcae.store import EpochRecord
from pcae.training.quality import Quality
from tests.methods.test_autoencoder import random_weights

FOLDER = Path(__file__).parent / "reference"
DATASET = "own-3x4-0123456789ab"
HIDDEN = {"shallow": (), "deep": (7, 5)}
PIECES = {"test": 3, "train": 15}
GRIDS = {  # by what they are like
    "quantiles": Grid((2, 0), 5, 0.9, True),
    "steps": Grid((0, 1), 4, 0.98),
    "wide": Grid((1, 2), 3, 1.5, True),
    "strip": Grid((1,), 6, 1.0),
}
CONVOLUTIONS = {  # by what they are called: pictures' sides, and the settings
    "even": ((4, 8), {"hidden": (3, 6), "activation": "gelu", "layer_norm": True}),
    "uneven": ((9, 7), {"hidden": (2, 5, 4), "output": "linear"}),
}
EVERY = 7  # of a plane's cells one is kept, across and up
_SINGLE = {np.dtype(np.float64): np.float32}
SIDE, BOX, MIDDLE = 28, 20, 14
STROKES = {
    "three": ((40, 56), 5, [(10, 10), (20, 5), (28, 15), (16, 26), (28, 38), (18, 50), (9, 44)]),
    "one": ((33, 41), 3, [(25, 4), (18, 36)]),
    "dot": ((9, 7), 0, [(6, 5)]),
}


def files() -> dict[str, bytes]:
    """The contents of every file, by its name."""
    data = digits()
    return {
        "digits.safetensors": _packed(data),
        "noise.safetensors": save(noisy(data), {"kinds": json.dumps(CHOICES["noise"])}),
        "numerics.safetensors": save(numerics(data)),
        "convolutions.safetensors": _convolutions(),
        "plane.safetensors": _planes(data),
        "prepared.safetensors": save(drawings()),
        "sides.safetensors": save({}, {"cases": json.dumps(compared())}),
        "directions.safetensors": save(directions(data), {"bars": json.dumps(_bars(data))}),
    }


def colors() -> dict[str, dict[str, Any]]:
    """The colours of both themes: those that are listed, and those of 200 classes."""
    return {
        of.theme: {
            "listed": of.listed,
            "methods": [of.pca, of.autoencoder],
            "classes": of.classes,
        }
        for of in (LIGHT, DARK)
    }


def digits() -> Dataset:
    """Pictures of 3 × 4 pixels: 40 to train with, 4 to test."""
    rng = np.random.default_rng(1)
    splits = [
        Split(rng.integers(0, 256, (n, 12), np.uint8), rng.integers(0, 3, n, np.uint8))
        for n in (40, 4)
    ]
    return Dataset(DATASET, *splits, classes=("ant", "bee", "cow"), source="", licence="")


def _packed(data: Dataset) -> bytes:
    splits = (data.test, data.train)
    arrays = {
        "images": np.concatenate([split.images for split in splits]),
        "labels": np.concatenate([split.labels for split in splits]),
    }
    return save(arrays, packing.about(data, sum(map(len, splits)), PIECES))


def numerics(data: Dataset) -> dict[str, np.ndarray]:
    """Weights of 12-8-2 and what each form of network makes of the test images with them; PCA.

    Of other networks also what they make of the first codes alone.
    """
    config = RunConfig(dataset=DATASET, hidden=(8,), k=2, layer_norm=True)
    images, weights, arrays = data.test.pixels(), random_weights(config), {}
    for activation, norm, output in product(
        CHOICES["activation"], (False, True), CHOICES["output"]
    ):
        form = RunConfig(
            dataset=DATASET,
            hidden=(8,),
            k=2,
            activation=activation,
            layer_norm=norm,
            output=output,
        )
        model = Autoencoder(form, weights)
        codes = model.encode(images)
        name = f"{activation}.{'norm' if norm else 'plain'}"
        arrays |= {f"{name}.codes": codes, f"{name}.{output}": model.decode(codes)}
    for name, hidden in HIDDEN.items():
        form = RunConfig(dataset=DATASET, hidden=hidden, k=3, layer_norm=True)
        own = random_weights(form)
        model = Autoencoder(form, own)
        codes = model.encode(images)
        arrays |= {f"{name}/{key}": of for key, of in own.items()}
        arrays |= {f"{name}.codes": codes, f"{name}.images": model.reconstruct(images)}
        for kept in (1, 2):
            cut = first(codes, kept)
            arrays |= {f"{name}.first{kept}": cut, f"{name}.first{kept}.images": model.decode(cut)}
    fitted = pca.fit(data)
    scores = fitted.transform(images, 12)
    kept = [fitted.reconstruct(images, k) for k in range(13)]
    arrays |= {"mean": fitted.mean, "components": fitted.components, "scores": scores}
    arrays |= {"reduced": kept[3], "spread": error_per_image(images, fitted.mean[None])}
    arrays |= {"errors": np.stack([error_per_image(images, of) for of in kept], axis=1)}
    halves = np.array([0, -0.0, 1, -2.5, 65504, 2**-24, 3e-6, 0.1, np.inf, -np.inf], np.float16)
    arrays |= {"halves": halves, "halves.whole": halves.astype(np.float32)}
    singles = {
        name: of.astype(np.float32) if of.dtype == np.float64 else of for name, of in arrays.items()
    }
    return {name: np.ascontiguousarray(of) for name, of in (singles | weights).items()}


def noisy(data: Dataset) -> dict[str, np.ndarray]:
    """The test images with noise, and what the networks of three codes make of them.

    Also images of an odd number of pixels, of which one has a large number.
    """
    images, arrays = data.test.pixels(), {}
    odd = np.linspace(0, 1, 2 * 15, dtype=np.float32).reshape(2, 15)
    for kind in ("masking", "gaussian"):
        seen = noise.add(kind, images, range(len(images)))
        arrays |= {kind: seen, f"{kind}.odd": noise.add(kind, odd, [1, 59_999])}
        for name, hidden in HIDDEN.items():
            form = RunConfig(dataset=DATASET, hidden=hidden, k=3, layer_norm=True)
            model = Autoencoder(form, random_weights(form))
            arrays |= {f"{kind}.{name}": model.decode(first(model.encode(seen), 2))}
        arrays |= {f"{kind}.pca": pca.fit(data).reconstruct(seen, 2)}
    return {name: np.ascontiguousarray(of, np.float32) for name, of in arrays.items()}


def _convolutions() -> bytes:
    """Weights of convolutional networks, and what they make of pictures; their settings."""
    arrays, about = {}, {}
    for name, (shape, settings) in CONVOLUTIONS.items():
        dataset = f"own-{shape[0]}x{shape[1]}-0123456789ab"
        form = RunConfig(dataset=dataset, k=3, architecture="convolutional", **settings)
        model = Autoencoder(form, random_weights(form))
        images = np.random.default_rng(3).random((2, form.inputs), np.float32)
        codes = model.encode(images)
        made = {
            "images": images,
            "codes": codes,
            "decoded": model.decode(codes),
            "jacobian": model.decoder_jacobian(codes[0]),
        }
        arrays |= {f"{name}/{key}": of for key, of in (made | dict(model.weights)).items()}
        about[name] = {"config": form.to_dict(), "shape": shape}
    singles = {name: np.ascontiguousarray(of, np.float32) for name, of in arrays.items()}
    return save(singles, {name: json.dumps(of) for name, of in about.items()})


def _planes(data: Dataset) -> bytes:
    """Planes of codes of three classes, decoded by the deep network, and a figure of each."""
    rng, config = (
        np.random.default_rng(2),
        RunConfig(dataset=DATASET, hidden=HIDDEN["deep"], k=3, layer_norm=True),
    )
    labels = rng.integers(0, 3, 600)
    middles = np.array([[0, 0, 3], [4, -2, 0], [1, 3, -30]], np.float32)
    codes = middles[labels] + rng.normal(size=(600, 3)).astype(np.float32)
    decode = Autoencoder(config, random_weights(config)).decode
    arrays = {"codes": codes, "labels": labels.astype(np.uint8)}
    figures = {}
    for name, grid in GRIDS.items():
        plane = decoded(codes, labels, 3, decode, grid)
        arrays |= {f"{name}.{part}": of for part, of in _plane(plane).items()}
        way = between(codes[[0, 9]], 5)
        mean = field(plane.places(codes), codes.sum(axis=1))
        arrays[f"{name}.field"] = mean[::EVERY, ::EVERY]
        told = ("The net", "red", "says", "code", plane)
        shades = Shades("< 5 %", mean, -3.0, 4.5)
        for title, figure in {
            name: decoded_plane(*told, (3, 4), data.classes, way),
            f"{name} of a table": decoded_plane(*told, None, data.classes, way, shades=shades),
        }.items():
            figures[title] = plain(figure)
            figures[title]["data"][0].pop("customdata")  # which the arrays have
            figures[title]["layout"]["images"][0].pop("source")  # and JavaScript's is finer
    singles = {name: np.ascontiguousarray(of, _SINGLE.get(of.dtype)) for name, of in arrays.items()}
    return save(singles, {"figures": json.dumps(figures)})


def _plane(plane: Decoded) -> dict[str, np.ndarray]:
    """What is kept of a plane to compare with: numbers, and some of its cells."""
    few = (slice(None, None, EVERY),) * 2
    return {
        "coordinates": plane.coordinates.reshape(-1, plane.coordinates.shape[-1]),
        "images": plane.images.reshape(-1, plane.images.shape[-1]),
        "ticks": np.concatenate([axis.ticks() for axis in plane.axes]),
        "places": plane.places(np.array([[0.5, -1, 2], [99, 99, -99]])),
        "regions": plane.regions.labels[few].astype(np.int32),
        "names": np.array([[label, *at] for label, at in sorted(plane.regions.names.items())]),
    }


def directions(data: Dataset) -> dict[str, np.ndarray]:
    """How the decoders of `numerics` move a picture, and planes turned from PCA's; PCA's errors."""
    images, fitted, arrays, angles = data.test.pixels(), pca.fit(data), {}, {}
    weights = random_weights(RunConfig(dataset=DATASET, hidden=(8,), k=2, layer_norm=True))
    for activation, norm, output in product(
        CHOICES["activation"], (False, True), CHOICES["output"]
    ):
        form = RunConfig(
            dataset=DATASET,
            hidden=(8,),
            k=2,
            activation=activation,
            layer_norm=norm,
            output=output,
        )
        model = Autoencoder(form, weights)
        jacobian = model.decoder_jacobian(model.encode(images[:1])[0])
        name = f"{activation}.{'norm' if norm else 'plain'}.{output}"
        arrays[name] = jacobian
        if np.linalg.matrix_rank(jacobian) == 2:  # else the angle is anybody's
            angles[f"{name}.angle"] = (jacobian, fitted.components[:2])
    form = RunConfig(dataset=DATASET, hidden=HIDDEN["deep"], k=3, layer_norm=True)
    model = Autoencoder(form, random_weights(form))
    arrays["deep"] = model.decoder_jacobian(model.encode(images[:1])[0])
    angles["deep.angle"] = (arrays["deep"], fitted.components[:3])
    turned = fitted.components[:3] + np.float32(1e-5) * fitted.components[3:6]
    arrays["turned"] = turned
    angles["turned.angle"] = (turned, fitted.components[:3])
    angles["one.angle"] = (turned[:1], images[:1])
    kept = [fitted.reconstruct(images, k) for k in range(13)]
    arrays["pixels"] = np.stack([error_per_pixel(images, of) for of in kept])
    arrays |= {name: principal_angles(*planes)[-1:] for name, planes in angles.items()}
    return {name: np.ascontiguousarray(of, np.float32) for name, of in arrays.items()}


def _bars(data: Dataset) -> list:
    """The charts of errors by class, of one network and of two."""
    errors = [(name, [n + 0.5, n + 0.25, float("nan")]) for n, name in enumerate("PAB")]
    return [plain(error_by_class(data.classes, errors[:count])) for count in (2, 3)]


def compared() -> dict[str, dict[str, Any]]:
    """Networks beside each other, as the browser is told of each, and what Python makes of all."""
    usual = RunConfig(dataset="mnist-5k", hidden=(8,), epochs=3)
    found = {}
    for name, configs in {
        "two": [usual, replace(usual, k=30, layer_norm=True, epochs=70)],
        "one": [usual],
        "bce": [replace(usual, loss="bce")],
        "apart": [usual, replace(usual, dataset="mnist", seed=1)],
        "near": [replace(usual, k=k) for k in (20, 21, 22)],
        "nine": [replace(usual, k=k) for k in range(1, 10)],
    }.items():
        shown = [_side(config, number) for number, config in enumerate(configs)]
        called = sides.short_names(shown)
        found[name] = {
            "networks": [
                {"config": config.to_dict(), "words": of.settings, "title": of.title}
                for config, of in zip(configs, shown, strict=True)
            ],
            "sides": [of.to_dict() for of in shown],
            "names": called,
            "rows": sides.rows(shown),
            "curves": plain(sides.curves(shown, called)),
        }
    return found


def _side(config: RunConfig, number: int) -> sides.Side:
    """A network with figures of its own."""
    errors = [
        round(0.05 + 0.01 * number + 0.02 / epoch, 6) for epoch in range(1, config.epochs + 1)
    ]
    own = config.dataset == "mnist-5k"
    quality = Quality(0.05, 2.0, 0.5, None, 0.25, 0.4, 0.6) if number else None
    return sides.Side(
        config=config,
        title=config.name if config.k > 20 else f"Net {number}",
        history=[EpochRecord(n, 0.9 * of, of, 1.5) for n, of in enumerate(errors, 1)],
        test_error=errors[-1],
        equivalent_k=3.21,
        recorded=not own,
        quality=quality,
        tests=1_000,
        pca_error=np.linspace(0.09, 0.01, 785) if own else None,
    )


def drawings() -> dict[str, np.ndarray]:
    """Ink, and the form that MNIST's authors would have given it."""
    arrays = {}
    for name, (size, pen, places) in STROKES.items():
        image = Image.new("L", size)
        ImageDraw.Draw(image).line(places, fill=255, width=pen, joint="curve")
        ImageDraw.Draw(image).point(places, fill=200)
        arrays[name] = np.array(image)
        arrays[f"{name}.form"] = mnist_form(arrays[name])
    return arrays


def mnist_form(ink: np.ndarray) -> np.ndarray:
    """Ink (rows, columns) fitted into 20 × 20, its centre of mass at 14 of 28 × 28; bytes."""
    down, across = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    cut = ink[down[0] : down[-1] + 1, across[0] : across[-1] + 1].astype(float)
    scale = BOX / max(cut.shape)
    fitted = coverage(cut.shape[0], scale) @ cut @ coverage(cut.shape[1], scale).T
    form, corner = np.zeros((SIDE, SIDE)), []
    for axis, length in enumerate(fitted.shape):
        centre = np.average(np.arange(length), weights=fitted.sum(axis=1 - axis))
        whole = int(np.ceil(centre - 0.5 - 1e-6))  # halves go down, as in MNIST's own files
        corner.append(min(max(MIDDLE - whole, 0), SIDE - length))
    (top, left), (height, width) = corner, fitted.shape
    form[top : top + height, left : left + width] = fitted
    return np.rint(form).astype(np.uint8)


def coverage(n: int, scale: float) -> np.ndarray:
    """How much of each of n pixels falls on each new one, as shares of the new ones."""
    edges = np.arange(np.ceil(n * scale - 1e-6) + 1) / scale
    low = np.maximum(edges[:-1, None], np.arange(n))
    high = np.minimum(edges[1:, None], np.arange(1, n + 1))
    return np.maximum(high - low, 0) * scale


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, content in files().items():
        (FOLDER / name).write_bytes(content)
    (FOLDER / "colors.json").write_text(json.dumps(colors(), indent=2) + "\n")
