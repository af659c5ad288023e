"""Trained networks as a site of plain files, which any web server or object store serves.

Its pages are the app's, drawn by the browser's scripts alone. What a page fetches lies under an
address with a digest of what is in it, so that it can be kept for good: the scripts, each data
set's test images and PCA once, each network apart. The manifest names them all; the pages name the
manifest, and `site.json` every file. The same networks and code make the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

import numpy as np

from pcae import __version__, headings, kept, names, presets, scripts
from pcae.data import packing
from pcae.data.datasets import Dataset
from pcae.data.packing import packed
from pcae.methods.literature import PUBLISHED
from pcae.methods.metrics import equivalent_k, worth
from pcae.methods.pca import MOST_K, PCA
from pcae.settings import LABELS, in_words
from pcae.store import Run
from pcae.takehome import parts, site_figures
from pcae.takehome.site_figures import Shown
from pcae.training import quality
from pcae.training.quality import Subject

MOST_NETWORKS = 16  # in the file that the server makes
INDEX = "site.json"  # names every file: a folder with it is a site's
PAGES = {  # in the order of the navigation, and the scripts that show them
    "explore": "explorer/explorer.js",
    "reconstructions": "site/reconstructions.js",
    "latent_plane": "site/latent.js",
    "draw": "draw/draw.js",
    "components": "site/components.js",
    "compare": "site/compare.js",
}
_OF_NO_RUN = {"compare"}
_HOME = "explore"  # also at the site's own address
_SHELL = "site/site.js"
_WORKER = "site/sw.js"  # lies beside the pages, which are all that it can serve
_WINGS = ("core", "explorer", "draw", "share", "site")
_NOTICE = (
    "Digits that come with the program stand in for the full {data}, which is not where this site "
    "was made. The networks have seen all of it in training."
)
_DIGITS = 12  # of a digest in an address
_DATE = (1980, 1, 1, 0, 0, 0)  # of every file in a .zip, which has to have one

File = tuple[str, bytes]


class SiteError(Exception):
    """Why there is no site, as a sentence."""


@dataclass(frozen=True, eq=False)
class Network:
    """A trained run, the data that it is shown on, their PCA, and whether others stand in."""

    run: Run
    data: Dataset
    pca: PCA

    @property
    def stands_in(self) -> bool:
        """Whether the data is not the run's own."""
        return self.data.name != self.run.config.dataset


def files(networks: Sequence[Network]) -> Iterator[File]:
    """Every file of the site of some networks: its address in the folder, and its bytes.

    Raises
    ------
    DamagedFile
        A run cannot be read, or was deleted.
    SiteError
        There is no network, or the same one twice.
    """
    keys = [of.run.key for of in networks]
    if not networks or len(set(keys)) < len(keys):
        raise SiteError("A site is of one trained network or several, each named once.")
    written = {INDEX}
    for address, content in _content(networks):
        if address not in written:  # networks share their data
            written.add(address)
            yield address, content
    yield INDEX, _json({"pcae": __version__, "files": sorted(written)})


def zipped(file: BinaryIO, networks: Sequence[Network], folder: str) -> None:
    """Write the site as a .zip of a folder; the same bytes every time."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for address, content in files(networks):
            entry = zipfile.ZipInfo(f"{folder}/{address}", _DATE)
            entry.external_attr = 0o644 << 16
            is_packed = content[:2] == b"\x1f\x8b"
            kind = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, kind)


def _content(networks: Sequence[Network]) -> Iterator[File]:
    """What is fetched under addresses with digests, the manifest that names it, and the pages."""
    code, found = _code()
    yield from found
    datasets: dict[str, dict[str, Any]] = {}
    told = []
    titles = presets.titles({of.run.key: of.run.config for of in networks})
    order = list(dict.fromkeys(of.run.config.dataset for of in networks))
    ordered = sorted(networks, key=lambda of: order.index(of.run.config.dataset))
    for of in ordered:
        addresses = {"code": code, "nearest": ""}
        alike = [other for other in ordered if other.pca is of.pca]
        for name, address, made in _arrays(of, max(map(_components, alike))):
            addresses[name] = address
            yield from made
        told.append(_network(of, titles[of.run.key] + of.run.so_far, addresses))
        datasets.setdefault(of.run.config.dataset, _dataset(of))
    figures = {}
    for key, drawn in site_figures.components(
        Shown(of.run, about["title"], _shown_error(of), of.pca, not of.stands_in)
        for of, about in zip(ordered, told, strict=True)
    ):
        content = _json(drawn)
        figures[f"components-{key}"] = f"figures/components-{key}-{_digest(content)}.json"
        yield figures[f"components-{key}"], content
    there = {name for name, _ in found}
    pages = [
        {"name": name, "title": of.title, "heading": of.heading, "purpose": of.purpose}
        | {"script": script, "ofRun": name not in _OF_NO_RUN}
        for name, script in PAGES.items()
        if code + script in there
        for of in [headings.PAGES[name]]
    ]
    keys = [of["key"] for of in told]
    manifest = {
        "version": __version__,
        "pages": pages,
        "labels": LABELS,
        "first": presets.FIRST.key if presets.FIRST.key in keys else keys[0],
        "networks": told,
        "datasets": datasets,
        "figures": figures,
    }
    content = _json(manifest)
    address = f"manifest/{_digest(content)}.json"
    yield address, content
    yield from _pages(address, code)


# ---------------------------------------------------------------------- arrays


def _components(of: Network) -> int:
    """How many principal components a network's pages may ask for: also so many as are as good."""
    as_good = int(equivalent_k(_shown_error(of), of.pca.test_error)) + 1
    return min(max(MOST_K, of.run.config.k, as_good), of.data.inputs)


def _arrays(of: Network, count: int) -> Iterator[tuple[str, str, list[File]]]:
    """The parts of a network and of its data: name and address, as scripts know them, and files."""
    run, data = of.run, of.data
    pieces = -(-len(data.test) // packing.PIECES["test"])
    digits = {f"test/{n}": _kept(None, of, f"digits-{n}", _piece(data, n)) for n in range(pieces)}
    place = f"digits/{data.name}-{_digest(*digits.values())}/"
    yield "digits", place, [(place + name, content) for name, content in digits.items()]
    pca = _kept(
        None,
        of,
        f"pca-{count}",
        lambda: packed({"mean": of.pca.mean, "components": of.pca.components[:count]}),
    )
    place = f"pca/{data.name}-{_digest(pca)}"
    yield "pca", place, [(place, pca)]
    made = {
        "points/test": _kept(run, of, "points", lambda: _points(of)),
        "decoder/test": _kept(run, of, "decoder", lambda: _decoder(of)),
        "encoder": _kept(
            run, of, "encoder", lambda: packed(parts.weights(run, run.model().weights, "encoder"))
        ),
    }
    if not of.stands_in and run.frames():
        made["frames"] = _kept(run, of, "frames", lambda: packed(parts.frames(run)))
    place = f"networks/{run.key}-{_digest(*made.values())}/"
    wanted = {"run": "points/", "decoder": "decoder/", "encoder": "encoder", "frames": "frames"}
    for name, end in wanted.items():
        found = [(place + at, content) for at, content in made.items() if at.startswith(end)]
        yield name, place + end if found else "", found


def _kept(run: Run | None, of: Network, part: str, make: Callable[[], bytes]) -> bytes:
    """A part of a run, or of its data alone, that is made once and kept in the cache folder."""
    stamps = run.frames() if run else ()
    name = kept.name(run, of.data.name, "site", of.data.digest, part, stamps)

    def write(file: BinaryIO) -> None:
        file.write(make())

    with kept.find_or_make(name, write) as file:
        return file.read()


def _piece(data: Dataset, number: int) -> Callable[[], bytes]:
    size = packing.PIECES["test"]
    rows = slice(number * size, (number + 1) * size)
    return lambda: packed({"images": data.test.images[rows]})


def _points(of: Network) -> bytes:
    config, data = of.run.config, of.data
    codes, scores, errors = parts.measured(of.run.model(), data, of.pca)
    arrays = parts.points(codes[:, : parts.PLANE], scores, errors, data, of.pca)
    arrays["pixels"] = parts.pixel_errors(of.run.model(), data)
    about = packing.about(data, len(data.test), {"test": packing.PIECES["test"]})
    return packed(arrays, {"config": config.canonical, **about})


def _decoder(of: Network) -> bytes:
    """The decoder's weights, and whole codes where the points have only the first numbers."""
    model = of.run.model()
    arrays = parts.weights(of.run, model.weights, "decoder")
    if model.config.k > parts.PLANE:
        arrays["codes"] = parts.measured(model, of.data, of.pca)[0]
    return packed(arrays)


# ---------------------------------------------------------------------- words and figures


def _network(of: Network, title: str, addresses: Mapping[str, str]) -> dict[str, Any]:
    """What is said of a network; see `SiteNetwork` in pcae/browser/types.d.ts."""
    run, data = of.run, of.data
    config, record, history = run.config, run.record, run.history
    error, components, recorded = _worth(of)
    if recorded:
        errors = headings.recorded(error, names.title(config.dataset))
    else:
        pca = float(of.pca.test_error[config.k])
        errors = headings.errors(error, config.k, pca, len(data.test), data.noun)
    measured = quality.kept(Subject(config.dataset, config.k, run), data)
    return {
        "key": run.key,
        "name": config.name,
        "title": title,
        "question": headings.question(config.k, data.noun),
        "worth": f"{worth(config.k, components)}.",
        "errors": errors,
        "config": config.to_dict(),
        "settings": config.to_query(),
        "words": {of: in_words(of, value) for of, value in asdict(config).items()},
        "dataset": config.dataset,
        "addresses": dict(addresses),
        "testError": _short(error),
        "recorded": recorded,
        "trainError": _short(record["train_error"]) if record else None,
        "equivalentK": _short(components),
        "history": [
            {
                "epoch": row.epoch,
                "trainLoss": _short(row.train_loss),
                "testError": _short(row.test_error),
                "seconds": _short(row.seconds),
            }
            for row in history
        ],
        "quality": measured
        and {
            "knnAccuracy": measured.knn_accuracy,
            "trustworthiness": measured.trustworthiness,
            "continuity": measured.continuity,
        },
        "seconds": _short(sum(row.seconds for row in history)),
        "device": record.get("device", ""),
        "parameters": config.parameters,
    }


def _worth(of: Network) -> tuple[float, float, bool]:
    """Test error and equivalent k, and whether they are of other images than those shown."""
    record = of.run.record
    if "equivalent_k" in record:
        recorded = record["data"]["digest"] != of.data.digest
        return record["test_error"], record["equivalent_k"], recorded
    error = _measured_error(of)
    return error, equivalent_k(error, of.pca.test_error), False


def _shown_error(of: Network) -> float:
    """A network's mean error over the test images that are shown."""
    error, _, recorded = _worth(of)
    return _measured_error(of) if recorded else error


def _measured_error(of: Network) -> float:
    return float(parts.measured(of.run.model(), of.data, of.pca)[2].mean())


def _dataset(of: Network) -> dict[str, Any]:
    """What is said of a network's data; see `SiteDataset` in pcae/browser/types.d.ts."""
    data, pca, name = of.data, of.pca, of.run.config.dataset
    published = [
        {
            "name": each.name,
            "k": each.k,
            "testError": _short(each.test_error),
            "equivalentK": _short(equivalent_k(each.test_error, pca.test_error)),
            "source": each.source,
        }
        for each in PUBLISHED
        if each.test_error is not None and each.name != "PCA"
    ]
    return {
        "name": name,
        "digest": data.digest,
        "title": names.title(name),
        "shown": data.title,
        "noun": data.noun,
        "classes": data.classes,
        "shape": data.shape,
        "tests": len(data.test),
        "piece": packing.PIECES["test"],
        "trained": len(data.train),
        "licence": data.licence,
        "notice": _NOTICE.format(data=names.title(name)) if of.stands_in else "",
        "columns": data.columns,
        "published": published if name == "mnist" and not of.stands_in else [],
        "pca": {
            "trainError": list(map(_short, pca.train_error)),
            "testError": list(map(_short, pca.test_error)),
            "explainedVariance": list(map(_short, pca.explained_variance)),
        },
    }


def _short(value: float) -> float | None:
    """A number to six digits, which is more than is shown of any; None where it is none."""
    return float(f"{value:.6g}") if np.isfinite(value) else None


# ---------------------------------------------------------------------- scripts and pages


def _code() -> tuple[str, list[File]]:
    """The folder of the scripts, with a digest of them, and what is in it."""
    paths = [
        path
        for wing in _WINGS
        for path in sorted((scripts.FOLDER / wing).iterdir())
        if path.suffix in {".js", ".css"}
    ]
    found = {path.relative_to(scripts.FOLDER).as_posix(): path.read_bytes() for path in paths}
    del found[_WORKER]
    found[scripts.PLOTLY.name] = scripts.PLOTLY.read_bytes()
    place = f"code/{_digest(*found, *found.values())}/"
    return place, [(place + name, content) for name, content in found.items()]


def _pages(manifest: str, code: str) -> Iterator[File]:
    """The pages, what opens them offline, and what has GitHub Pages serve all files as they are."""
    for name, script in PAGES.items():
        if not (scripts.FOLDER / script).is_file():
            continue
        early = dict.fromkeys([*scripts.needed(_SHELL), *scripts.needed(script)])
        links = "".join(f'<link rel="modulepreload" href="{code}{of}">\n' for of in early)
        values = {
            "version": __version__,
            "title": headings.PAGES[name].title,
            "page": name,
            "code": code,
            "manifest": manifest,
            "early": links,
        }
        yield f"{name}/index.html", _page(values | {"base": "../"})
        if name == _HOME:
            yield "index.html", _page(values | {"base": "./"})
    yield "sw.js", (scripts.FOLDER / _WORKER).read_bytes()
    yield ".nojekyll", b""


def _page(values: Mapping[str, str]) -> bytes:
    template = (scripts.FOLDER / "site" / "index.html").read_text("utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: values[found[1]], template).encode()


def _digest(*parts: str | bytes) -> str:
    """What stands for some texts and bytes in an address."""
    sha = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        sha.update(len(content).to_bytes(8, "little") + content)
    return sha.hexdigest()[:_DIGITS]


def _json(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode() + b"\n"
