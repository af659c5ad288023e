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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from pcae import __version__, headings, kept, presets, scripts
from pcae.data import packing
from pcae.data.datasets import Dataset
from pcae.data.packing import packed
from pcae.methods.metrics import equivalent_k
from pcae.methods.pca import MOST_K
from pcae.settings import LABELS
from pcae.store import Run
from pcae.takehome import parts, site_figures
from pcae.takehome.folder import NotWritten
from pcae.takehome.site_figures import Shown
from pcae.takehome.site_words import Network, told, told_of_data

INDEX = "site.json"  # names every file: a folder with it is a site's
PAGES = {  # in the order of the navigation, and the scripts that show them
    "explore": "explorer/explorer.js",
    "reconstructions": "site/reconstructions.js",
    "latent_plane": "site/latent_plane.js",
    "draw": "draw/draw.js",
    "components": "site/components.js",
    "compare": "site/compare.js",
}
_OF_NO_RUN = {"compare"}
_PURPOSES = {"compare": "Trained networks side by side."}  # where it is another than the app's
_HOME = "explore"  # also at the site's own address
_SHELL = "site/site.js"
_WORKER = "site/sw.js"  # lies beside the pages, which are all that it can serve
_WINGS = ("core", "explorer", "draw", "share", "site")
_DIGITS = 12  # of a digest in an address
_DATE = (1980, 1, 1, 0, 0, 0)  # of every file in a .zip, which has to have one

File = tuple[str, bytes]


def files(networks: Sequence[Network]) -> Iterator[File]:
    """Every file of the site of some networks: its address in the folder, and its bytes.

    Raises
    ------
    DamagedFile
        A run cannot be read, or was deleted.
    NotWritten
        There is no network, or the same one twice.
    """
    keys = [of.run.key for of in networks]
    if not networks or len(set(keys)) < len(keys):
        raise NotWritten("A site is of one trained network or several, each named once.")
    written = {INDEX}
    for address, content in _content(networks):
        if address not in written:  # networks share their data
            written.add(address)
            yield address, content
    yield INDEX, _json({"pcae": __version__, "files": sorted(written)})


def zipped(file: BinaryIO, found: Iterable[File], folder: str) -> None:
    """Write files as a .zip of a folder; the same bytes every time."""
    with zipfile.ZipFile(file, "w") as archive:
        for address, content in found:
            entry = zipfile.ZipInfo(f"{folder}/{address}", _DATE)
            entry.external_attr = 0o644 << 16
            is_packed = content[:2] == b"\x1f\x8b"
            kind = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, kind)


def _content(networks: Sequence[Network]) -> Iterator[File]:
    """What is fetched under addresses with digests, the manifest that names it, and the pages."""
    code, found = _code()
    yield from found
    order = list(dict.fromkeys(of.run.config.dataset for of in networks))
    ordered = sorted(networks, key=lambda of: order.index(of.run.config.dataset))
    titles = presets.titles({of.run.key: of.run.config for of in networks})
    about: list[dict[str, Any]] = []
    datasets: dict[str, dict[str, Any]] = {}
    for of in ordered:
        addresses = {"code": code, "nearest": ""}
        alike = [other for other in ordered if other.pca is of.pca]
        for name, address, made in _arrays(of, max(map(_components, alike))):
            addresses[name] = address
            yield from made
        about.append(told(of, titles[of.run.key] + of.run.so_far, addresses))
        datasets.setdefault(of.run.config.dataset, told_of_data(of))
    figures = {}
    for name, content in _figures(ordered, about):
        figures[name] = f"figures/{name}-{_digest(content)}.json"
        yield figures[name], content
    manifest = _json(_manifest(about, datasets, figures))
    address = f"manifest/{_digest(manifest)}.json"
    yield address, manifest
    yield from _pages(address, code)


def _figures(networks: Sequence[Network], about: Sequence[Mapping[str, Any]]) -> Iterator[File]:
    """What pages show that no choice there changes: a name and JSON each."""
    shown = [
        Shown(of.run, words["title"], of.error, of.pca, of.data.digest, not of.stands_in)
        for of, words in zip(networks, about, strict=True)
    ]
    for key, drawn in site_figures.components(shown):
        yield f"components-{key}", _json(drawn)
    for of, words in zip(networks, about, strict=True):
        side = site_figures.side(of.run, words["title"], of.data, of.pca, of.worth, of.quality)
        yield f"compare-{of.run.key}", _json(side.to_dict())


def _manifest(
    about: list[dict[str, Any]], datasets: Mapping[str, Any], figures: Mapping[str, str]
) -> dict[str, Any]:
    """See `SiteManifest` in pcae/browser/types.d.ts."""
    keys = [of["key"] for of in about]
    pages = [
        {
            "name": name,
            "title": headings.PAGES[name].title,
            "heading": headings.PAGES[name].heading,
            "purpose": _PURPOSES.get(name, headings.PAGES[name].purpose),
            "script": script,
            "ofRun": name not in _OF_NO_RUN,
        }
        for name, script in PAGES.items()
        if (scripts.FOLDER / script).is_file()
    ]
    return {
        "version": __version__,
        "pages": pages,
        "labels": LABELS,
        "first": presets.FIRST.key if presets.FIRST.key in keys else keys[0],
        "networks": about,
        "datasets": datasets,
        "figures": figures,
    }


# ---------------------------------------------------------------------- arrays


def _components(of: Network) -> int:
    """How many principal components a network's pages may ask for: also so many as are as good."""
    as_good = int(equivalent_k(of.error, of.pca.test_error)) + 1
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
            run, of, "encoder", lambda: packed(parts.weights(run, of.model.weights, "encoder"))
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
    codes, scores, errors = of.measured
    arrays = parts.points(codes[:, : parts.PLANE], scores, errors, data, of.pca)
    arrays["pixels"] = parts.pixel_errors(of.model, data)
    about = packing.about(data, len(data.test), {"test": packing.PIECES["test"]})
    return packed(arrays, {"config": config.canonical, **about})


def _decoder(of: Network) -> bytes:
    """The decoder's weights, and whole codes where the points have only the first numbers."""
    model = of.model
    arrays = parts.weights(of.run, model.weights, "decoder")
    if model.config.k > parts.PLANE:
        arrays["codes"] = of.measured[0]
    return packed(arrays)


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
