"""What the browser fetches over HTTP: scripts, Plotly, the digits, PCA, a run and files of it.

Every address holds a version or a digest of what it answers with, so that a browser keeps the
answer for good; a new run moves its codes and weights and nothing else. Arrays travel as
safetensors. Plotly is the script that its Python package brings along.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
from pathlib import Path
from typing import Any, Literal
from weakref import WeakValueDictionary

import numpy as np
import plotly
from safetensors.numpy import save
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from pcae import names, store
from pcae.datasets import DataError, Dataset
from pcae.explorer import qr
from pcae.explorer.digits import serialised
from pcae.files import DamagedFile
from pcae.imports import Codes
from pcae.keras_file import NotMade
from pcae.metrics import nearest
from pcae.store import Run
from pcae.ui import loading

Digits = Literal["test", "all"]

_HERE = Path(__file__).parent
_PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
_SCRIPTS = {path.name: path for path in (*_HERE.glob("*.js"), *_HERE.glob("*.css"), _PLOTLY)}
_TYPES = {".js": "text/javascript", ".css": "text/css"}
_FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}
_NOT_KEPT = {"Cache-Control": "no-store"}
_NEIGHBOURS = 8
_INFINITE = 1e18  # its square, times 784, is about the largest float32
_MOST_COMPONENTS = 784  # that are sent, where a run has no more codes
_imported: WeakValueDictionary[str, Codes] = WeakValueDictionary()  # while a session holds them


def routes() -> list[Route]:
    """The routes beside Streamlit's own."""
    return [
        Route("/explorer/qr", qr.answer),
        Route("/explorer/code/{version}/{name}", _code),
        Route("/explorer/digits/{dataset}/{digest}/{digits}", _digits),
        Route("/explorer/pca/{dataset}/{digest}/{count:int}", _pca),
        Route("/explorer/run/{key}/{version:int}/{dataset}/{digest}/{digits}", _run),
        Route("/explorer/codes/{token}/{dataset}/{digest}/{digits}", _codes),
        Route("/explorer/frames/{key}/{version:int}/{count:int}", _frames),
        Route("/explorer/nearest/{key}/{version:int}/{dataset}/{digest}", _nearest),
        Route("/files/{key}/{version:int}/{dataset}/{digest}/{format}", _file),
    ]


@functools.cache
def code() -> str:
    """The folder of the scripts, relative to the app's address, with their version."""
    sha = hashlib.sha256(plotly.__version__.encode())
    for path in _SCRIPTS.values():
        if path != _PLOTLY:
            sha.update(path.read_bytes())
    return f"explorer/code/{sha.hexdigest()[:12]}/"


def addresses(run: Run, view: loading.View, codes: Codes | None = None) -> dict[str, Any]:
    """Where the digits, their PCA, the run and its codes by epoch are, relative to the app.

    Codes from elsewhere take the place of the run.
    """
    data = f"{run.config.dataset}/{view.data.digest}"
    frames = run.frames() if view.problem is None else []
    found = {
        "code": code(),
        "digits": f"explorer/digits/{data}/",
        "pca": f"explorer/pca/{data}/{max(_MOST_COMPONENTS, run.config.k)}",
        "run": f"explorer/run/{run.key}/{run.version}/{data}/",
        "frames": f"explorer/frames/{run.key}/{run.version}/{len(frames)}" if frames else "",
        "nearest": f"explorer/nearest/{run.key}/{run.version}/{data}",
    }
    if codes is None:
        return found
    _imported[codes.token] = codes
    place = f"explorer/codes/{codes.token}/{data}/"
    return found | {"run": place, "frames": "", "imported": codes.title}


def file_address(run: Run, view: loading.View, name: str) -> str:
    """Where a file of a run, of one of `pcae.exports.FORMATS`, is made, relative to the app."""
    return f"files/{run.key}/{run.version}/{run.config.dataset}/{view.data.digest}/{name}"


def _code(request: Request) -> Response:
    name, version = request.path_params["name"], request.path_params["version"]
    if name not in _SCRIPTS or f"explorer/code/{version}/" != code():
        return PlainTextResponse("There is no such script.", 404)
    return _packed(_script(name), _TYPES[Path(name).suffix])


@functools.cache
def _script(name: str) -> bytes:
    return gzip.compress(_SCRIPTS[name].read_bytes(), 6)


def _digits(request: Request) -> Response:
    view = _view(request)
    if view is None:
        return _gone()
    return _packed(_packed_digits(view.data, request.path_params["digits"]))


@functools.lru_cache(maxsize=4)
def _packed_digits(data: Dataset, digits: Digits) -> bytes:
    splits = [data.test, data.train] if digits == "all" else [data.test]
    everything = len(data.test) + len(data.train)
    return gzip.compress(serialised(data, splits, everything), 1)


def forget() -> None:
    """Let go of packed digits: their data was removed."""
    _packed_digits.cache_clear()


def _pca(request: Request) -> Response:
    view = _view(request)
    if view is None:
        return _gone()
    components = view.pca.components[: request.path_params["count"]]
    return _plain({"mean": view.pca.mean, "components": components})


def _run(request: Request) -> Response:
    view, run = _view(request), _found(request)
    if view is None or run is None:
        return _gone()
    try:
        model = loading.model(run)
        codes, errors = loading.codes(run, view.data), loading.errors(run, view.data).images
        if request.path_params["digits"] == "all":
            codes = np.concatenate([codes, loading.train_codes(run, view.data)])
            errors = np.concatenate([errors, loading.train_errors(run, view.data)])
    except DamagedFile as problem:
        return PlainTextResponse(str(problem), 409)
    arrays = {"codes": codes, "errors": errors.astype(np.float32), **model.weights}
    if run.shipped:  # with weights in 16 bits
        arrays |= {name: weight.astype(np.float16) for name, weight in model.weights.items()}
    return _plain(arrays, {"config": run.config.canonical})


def _codes(request: Request) -> Response:
    view, codes = _view(request), _imported.get(request.path_params["token"])
    if view is None or codes is None:
        return _gone()
    tests, train = len(view.data.test), len(view.data.train)
    size = tests + train if request.path_params["digits"] == "all" else tests
    about = {"count": str(len(codes.indices))}
    return _plain({"codes": codes.of_first(size)}, about, keep=_NOT_KEPT)


def _frames(request: Request) -> Response:
    run = _found(request)
    if run is None:
        return _gone()
    try:
        arrays = {f"{place:g}": run.codes(place) for place in store.few_frames(run.frames())}
    except (DamagedFile, FileNotFoundError) as problem:
        return PlainTextResponse(str(problem), 409)
    return _plain(arrays)


def _nearest(request: Request) -> Response:
    """The training images nearest to PCA scores and to a code, nearest first."""
    view, run = _view(request), _found(request)
    if view is None or run is None:
        return _gone()
    try:
        k, train = run.config.k, view.data.train
        asked = {name: _numbers(request, name, k) for name in ("scores", "code")}
        known = {
            "scores": loading.train_scores(view, k),
            "code": loading.train_codes(run, view.data),
        }
    except DamagedFile as problem:
        return PlainTextResponse(str(problem), 409)
    except ValueError as problem:
        return PlainTextResponse(str(problem), 400)
    arrays = {}
    for name, rows in known.items():
        indices, distances = nearest(rows, asked[name], _NEIGHBOURS)
        arrays[f"{name}.indices"] = indices.astype(np.int32)
        arrays[f"{name}.distances"] = distances.astype(np.float32)
        arrays[f"{name}.images"] = train.images[indices]
        arrays[f"{name}.labels"] = train.labels[indices]
    return _plain(arrays, keep=_NOT_KEPT)


def _file(request: Request) -> Response:
    from pcae import exports  # a twentieth of a second that the first page need not wait for

    view, run, name = _view(request), _found(request), request.path_params["format"]
    if view is None or run is None or name not in exports.FORMATS:
        return _gone()
    of = exports.FORMATS[name]
    try:
        content = of.make(run, view.data, view.pca)
        called = exports.file_name(run, name, view.data)
    except (DamagedFile, NotMade) as problem:
        return PlainTextResponse(str(problem), 409)
    except FileNotFoundError:
        return _gone()
    headers = _NOT_KEPT | {"Content-Disposition": f'attachment; filename="{called}"'}
    return Response(content, media_type=of.mime, headers=headers)


def _numbers(request: Request, name: str, k: int) -> np.ndarray:
    """The k finite numbers, with commas between, that the query gives under a name."""
    try:
        numbers = np.array(request.query_params.get(name, "").split(","), float)
    except ValueError:
        numbers = np.empty(0)
    if len(numbers) != k or not (np.abs(numbers) < _INFINITE).all():
        raise ValueError(f"“{name}” has to be {k} finite numbers with commas between them.")
    return numbers


def _view(request: Request) -> loading.View | None:
    """The data that the address names, if it is what is shown under that name now."""
    name, digest = request.path_params["dataset"], request.path_params["digest"]
    if not names.is_known(name) or request.path_params.get("digits", "test") not in ("test", "all"):
        return None
    try:
        view = loading.view(name)
    except DataError:
        return None
    return view if view.data.digest == digest else None


def _found(request: Request) -> Run | None:
    """The run that the address names, if its weights are those of that version."""
    run = store.find(request.path_params["key"])
    try:
        return run if run and run.version == request.path_params["version"] else None
    except DamagedFile:
        return None


def _gone() -> Response:
    return PlainTextResponse(
        "This network or its digits have changed or are not there any more: reload the page.", 404
    )


def _packed(content: bytes, kind: str = "application/octet-stream") -> Response:
    return Response(content, media_type=kind, headers=_FOR_GOOD | {"Content-Encoding": "gzip"})


def _plain(
    arrays: dict[str, np.ndarray],
    about: dict[str, str] | None = None,
    keep: dict[str, str] = _FOR_GOOD,
) -> Response:
    """Floats, which compression makes hardly smaller."""
    whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    headers = keep | {"Content-Encoding": "identity"}  # else Streamlit's server compresses
    return Response(save(whole, about), media_type="application/octet-stream", headers=headers)
