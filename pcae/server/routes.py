"""What the browser fetches over HTTP, besides scripts: the digits, PCA, a run and files of it.

Every address holds a version or a digest of what it answers with, so that a browser keeps the
answer for good; a new run moves its codes and weights and nothing else. Arrays travel as
safetensors. Each route says what a request asks for and how that is made; `pcae.server.answers` has
it made, once and in turn.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, BinaryIO
from urllib.parse import urlencode
from weakref import WeakValueDictionary

import numpy as np
from starlette.requests import Request
from starlette.routing import Route
from streamlit import config
from streamlit.url_util import make_url_path

from pcae import kept, names, store
from pcae.data import packing
from pcae.data.codes import Codes
from pcae.data.datasets import DataError, Dataset
from pcae.data.packing import packed
from pcae.files import DamagedFile
from pcae.methods.metrics import nearest
from pcae.methods.pca import MOST_K
from pcae.methods.pca import passes as pca_passes
from pcae.presets import FIRST
from pcae.server import health, loading, qr, static
from pcae.server.answers import FILES, GONE, PROCESSES, Answer, Refused, answering, in_memory
from pcae.server.static import code
from pcae.store import Run
from pcae.takehome import parts
from pcae.takehome.parts import PLANE
from pcae.training import warm

_FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}
_NOT_KEPT = {"Cache-Control": "no-store"}
_PACKED = {"Content-Encoding": "gzip"}
_PLAIN = {"Content-Encoding": "identity"}  # else Streamlit's server compresses, for every visitor
_BYTES = "application/octet-stream"
_NEIGHBOURS = 8
_LONGEST_NUMBER = 40  # characters
_INFINITE = 1e18  # its square, times 784, is about the largest float32
_imported: WeakValueDictionary[str, Codes] = WeakValueDictionary()  # while a session holds them
_pages = warm.Pages()


def routes() -> list[Route]:
    """The routes beside Streamlit's own, under the path that the app is served at."""
    answers = {
        "explorer/qr": qr.answer,
        "explorer/painted": _painted,
        "explorer/digits/{dataset}/{digest}/{split}/{piece:number}": _images,
        "explorer/pca/{dataset}/{digest}/{count:number}": _pca,
        "explorer/run/{key}/{version:number}/{dataset}/{digest}/{digits}": _run,
        "explorer/decoder/{key}/{version:number}/{dataset}/{digest}/{digits}": _decoder,
        "explorer/encoder/{key}/{version:number}": _encoder,
        "explorer/codes/{token}/{dataset}/{digest}/{digits}": _codes,
        "explorer/frames/{key}/{version:number}/{count:number}": _frames,
        "explorer/nearest/{key}/{version:number}/{dataset}/{digest}": _nearest,
        "files/site": _site,
        "files/{key}/{version:number}/{dataset}/{digest}/{format}": _file,
    }
    base = config.get_option("server.baseUrlPath")
    found = [Route(make_url_path(base, path), answering(of)) for path, of in answers.items()]
    methods = ["GET", "PUT"]
    return [*found, Route(make_url_path(base, "health"), health.endpoint, methods=methods)]


def addresses(run: Run, view: loading.View, codes: Codes | None = None) -> dict[str, Any]:
    """Where the run's points, what decodes them and its codes by epoch are, relative to the app.

    Codes from elsewhere take the place of the run.
    """
    data = f"{run.config.dataset}/{view.data.digest}"
    network = f"{run.key}/{run.version}"
    frames = run.frames() if view.problem is None else []
    found = {
        "code": code(),
        "run": f"explorer/run/{network}/{data}/",
        "digits": f"explorer/digits/{data}/",
        "pca": f"explorer/pca/{data}/{max(MOST_K, run.config.k)}",
        "decoder": f"explorer/decoder/{network}/{data}/",
        "encoder": f"explorer/encoder/{network}",
        "frames": f"explorer/frames/{network}/{len(frames)}" if frames else "",
        "nearest": f"explorer/nearest/{network}/{data}",
    }
    if codes is None:
        if run.key == FIRST.key:
            static.first_points = f"{found['run']}test"
        return found
    _imported[codes.token] = codes
    place = f"explorer/codes/{codes.token}/{data}/"
    return found | {"run": place, "frames": "", "imported": codes.title}


def file_address(run: Run, view: loading.View, name: str) -> str:
    """Where a run's file of one of `pcae.takehome.exports.FORMATS` is made, relative to the app."""
    return f"files/{run.key}/{run.version}/{run.config.dataset}/{view.data.digest}/{name}"


def site_address(keys: Iterable[str]) -> str:
    """Where the site of some runs is made, relative to the app."""
    return f"files/site?{urlencode([('run', key) for key in keys])}"


def forget() -> None:
    """Let go of what was made of data that was removed."""
    kept.sweep()


def _painted(_: Request) -> Answer:
    """Nothing: a browser tells that a page of its is painted and open."""
    _pages.painted()
    nothing = functools.partial(in_memory, b"")
    return Answer("painted", "text/plain", _NOT_KEPT, nothing, nothing)


def _images(request: Request) -> Answer:
    """A piece of the images of a split."""
    dataset, digest, _ = _data(request)
    split, piece = request.path_params["split"], request.path_params["piece"]
    if split not in packing.PIECES:
        raise Refused(404, GONE)
    size = packing.PIECES[split]
    rows = slice(piece * size, (piece + 1) * size)

    def write(file: BinaryIO) -> None:
        data = _view(dataset, digest).data
        images = {"test": data.test, "train": data.train}[split].images
        if rows.start >= len(images):
            raise Refused(404, GONE)
        file.write(packed({"images": images[rows]}))

    name = kept.name(None, dataset, "digits", digest, split, piece)
    return _made_once(name, _BYTES, _FOR_GOOD | _PACKED, write)


def _pca(request: Request) -> Answer:
    """The mean and the first components."""
    dataset, digest, _ = _data(request)
    count = min(request.path_params["count"], names.inputs(dataset))

    def write(file: BinaryIO) -> None:
        pca = _view(dataset, digest).pca
        file.write(packed({"mean": pca.mean, "components": pca.components[:count]}))

    name = kept.name(None, dataset, "pca", digest, count)
    return _made_once(name, _BYTES, _FOR_GOOD | _PACKED, write)


def _run(request: Request) -> Answer:
    """What the planes show of a run: the digits' scores, codes and errors."""
    run, (dataset, digest, part) = _found(request), _data(request)

    def write(file: BinaryIO) -> None:
        view = _view(dataset, digest)
        data, pca = view.data, view.pca
        codes, errors = loading.codes(run, data), loading.errors(run, data).images
        passes = pca_passes(pca, data.test, errors)
        if part == "all":
            train = loading.train_errors(run, data)
            passes = np.concatenate([passes, pca_passes(pca, data.train, train)])
            errors = np.concatenate([errors, train])
            codes = np.concatenate([codes, loading.train_codes(run, data)])
        arrays = {
            "codes": codes[:, :PLANE],
            "errors": errors.astype(np.float32),
            "passes": passes,
            **_of_digits(view, part),
        }
        about = {"config": run.config.canonical, **_about(data)}
        _found(request)  # with these weights still
        file.write(packed(arrays, about))

    name = kept.name(run, dataset, "run", digest, part)
    return _made_once(name, _BYTES, _FOR_GOOD | _PACKED, write)


def _of_digits(view: loading.View, part: str) -> dict[str, np.ndarray]:
    """What the planes show of the digits themselves, and what a row's values mean."""
    data = view.data
    labels, scores = data.test.labels, loading.scores(view, PLANE)
    if part == "all":
        labels = np.concatenate([labels, data.train.labels])
        scores = np.concatenate([scores, loading.train_scores(view, PLANE)])
    found = {"labels": labels, "scores": scores}
    if data.limits is not None:
        found["limits"] = data.limits
    splits = (data.test, data.train) if part == "all" else (data.test,)
    targets = [split.targets for split in splits if split.targets is not None]
    return found | ({"targets": np.concatenate(targets)} if targets else {})


def _about(data: Dataset) -> dict[str, str]:
    return packing.about(data, len(data.test) + len(data.train), packing.PIECES)


def _decoder(request: Request) -> Answer:
    """The decoder's weights, and whole codes where the points have only the first numbers."""
    run, (dataset, digest, part) = _found(request), _data(request)

    def write(file: BinaryIO) -> None:
        arrays = parts.weights(run, loading.model(run).weights, "decoder")
        if run.config.k > PLANE:
            data = _view(dataset, digest).data
            codes = [loading.codes(run, data)]
            if part == "all":
                codes.append(loading.train_codes(run, data))
            arrays["codes"] = np.concatenate(codes)
        _found(request)  # with these weights still
        file.write(packed(arrays))

    name = kept.name(run, dataset, "decoder", digest, part)
    return _made_once(name, _BYTES, _FOR_GOOD | _PACKED, write)


def _encoder(request: Request) -> Answer:
    run = _found(request)

    def write(file: BinaryIO) -> None:
        arrays = parts.weights(run, loading.model(run).weights, "encoder")
        _found(request)  # with these weights still
        file.write(packed(arrays))

    name = kept.name(run, run.config.dataset, "encoder")
    return _made_once(name, _BYTES, _FOR_GOOD | _PACKED, write)


def _codes(request: Request) -> Answer:
    """Codes from elsewhere, which stay in memory: they are their visitor's alone."""
    (dataset, digest, part), token = _data(request), request.path_params["token"]
    if token not in _imported:
        raise Refused(404, GONE)

    def make() -> BinaryIO:
        view, codes = _view(dataset, digest), _imported.get(token)
        if codes is None:
            raise Refused(404, GONE)
        digits = _of_digits(view, part)
        arrays = {"codes": codes.of_first(len(digits["labels"])), **digits}
        about = {"count": str(len(codes.indices)), **_about(view.data)}
        return in_memory(packed(arrays, about))

    return Answer(request.url.path, _BYTES, _NOT_KEPT | _PACKED, make)


def _frames(request: Request) -> Answer:
    run = _found(request)
    places = store.few_frames(run.frames())

    def write(file: BinaryIO) -> None:
        file.write(packed(parts.frames(run)))

    name = kept.name(run, run.config.dataset, "frames", places)
    return _made_once(name, _BYTES, _FOR_GOOD | _PACKED, write)


def _nearest(request: Request) -> Answer:
    """The training images nearest to PCA scores and to a code, nearest first."""
    run, (dataset, digest, _) = _found(request), _data(request)
    k = run.config.k
    asked = {name: _numbers(request, name, k) for name in ("scores", "code")}

    def make() -> BinaryIO:
        view = _view(dataset, digest)
        known = {
            "scores": loading.train_scores(view, k),
            "code": loading.train_codes(run, view.data),
        }
        arrays, train = {}, view.data.train
        for name, rows in known.items():
            indices, distances = nearest(rows, asked[name], _NEIGHBOURS)
            arrays[f"{name}.indices"] = indices.astype(np.int32)
            arrays[f"{name}.distances"] = distances.astype(np.float32)
            arrays[f"{name}.images"] = train.images[indices]
            arrays[f"{name}.labels"] = train.labels[indices]
        return in_memory(packed(arrays))

    key = f"{request.url.path}?{request.url.query}"
    return Answer(key, _BYTES, _NOT_KEPT | _PACKED, make, costly=True)


def _file(request: Request) -> Answer:
    from pcae.takehome import (
        exports,  # a twentieth of a second that the first page need not wait for
    )

    run, (dataset, digest, _) = _found(request), _data(request)
    kept.only_takeable(run)
    name = request.path_params["format"]
    if name not in exports.offered(run):
        raise Refused(404, GONE)
    of, shown = exports.FORMATS[name], loading.shown_name(dataset, digest)

    def write(file: BinaryIO) -> None:
        view = _view(dataset, digest)
        of.write(file, run, view.data, view.pca)
        _found(request)  # with these weights still

    called = f'attachment; filename="{exports.file_name(run, name, shown)}"'
    headers = _NOT_KEPT | _PLAIN | {"Content-Disposition": called}
    found = _made_once(exports.kept_as(run, name, dataset, digest), of.mime, headers, write)
    return replace(found, turns=PROCESSES if of.by_process else FILES, costly=True)


def _site(request: Request) -> Answer:
    """The site of several runs, as a .zip."""
    from pcae.takehome import making

    keys = list(dict.fromkeys(request.query_params.getlist("run")))
    if not 0 < len(keys) <= making.MOST_NETWORKS:
        raise Refused(400, f"A site is of 1 to {making.MOST_NETWORKS} networks: name their keys.")
    runs = [run for key in keys if (run := store.trained_runs().get(key))]
    if len(runs) < len(keys):
        raise Refused(404, GONE)
    for run in runs:
        kept.only_takeable(run)

    def make() -> BinaryIO:
        try:
            views = {run.key: loading.view(run.config.dataset) for run in runs}
            return making.zipped([(run, views[run.key].data, views[run.key].pca) for run in runs])
        except making.NotWritten as problem:
            raise Refused(413, str(problem)) from None
        except DataError:
            raise Refused(404, GONE) from None

    headers = _NOT_KEPT | _PLAIN | {"Content-Disposition": 'attachment; filename="site.zip"'}
    key = f"site {[(run.key, run.version) for run in runs]}"
    return Answer(key, "application/zip", headers, make, turns=FILES, costly=True)


def _made_once(
    name: str, kind: str, headers: dict[str, str], write: Callable[[BinaryIO], None]
) -> Answer:
    """An answer that is kept under a name once it is written."""
    if names.is_own(name.split("_")[1]):  # which nobody between here and the browser is to keep
        headers = headers | {"Cache-Control": headers["Cache-Control"].replace("public", "private")}
    make = functools.partial(kept.find_or_make, name, write)
    return Answer(name, kind, headers, make, functools.partial(kept.find, name))


def _numbers(request: Request, name: str, k: int) -> np.ndarray:
    """The k finite numbers, with commas between, that the query gives under a name."""
    texts = request.query_params.get(name, "").split(",")
    try:
        numbers = np.array([float(text) for text in texts if len(text) < _LONGEST_NUMBER])
    except ValueError:
        numbers = np.empty(0)
    if len(numbers) != k or not (np.abs(numbers) < _INFINITE).all():
        raise Refused(400, f"“{name}” has to be {k} finite numbers with commas between them.")
    return numbers


def _data(request: Request) -> tuple[str, str, str]:
    """Name and digest of the data that the address names, and which of its digits.

    Refused where it can be seen at once that there are none.
    """
    found = request.path_params
    name, digest, part = found["dataset"], found["digest"], found.get("digits", "test")
    if part not in ("test", "all") or not (names.is_known(name) and kept.is_here(name)):
        raise Refused(404, GONE)
    return name, digest, part


def _view(name: str, digest: str) -> loading.View:
    """The data of this name, if it has this digest."""
    try:
        view = loading.view(name)
    except DataError:
        raise Refused(404, GONE) from None
    if view.data.digest != digest:
        raise Refused(404, GONE)
    return view


def _found(request: Request) -> Run:
    """The run that the address names, if its weights are those of that version."""
    run = store.find(request.path_params["key"])
    try:
        if run and run.version == request.path_params["version"]:
            return run
    except DamagedFile:
        pass
    raise Refused(404, GONE)
