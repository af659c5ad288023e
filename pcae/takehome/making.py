"""Making a site: the folder of the command line and of `make site`, and the server's .zip."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from pcae import store
from pcae.data import datasets
from pcae.data.dataset import Dataset
from pcae.files import DamagedFile
from pcae.methods.pca import PCA, load_or_fit
from pcae.presets import PRESETS
from pcae.store import Run
from pcae.takehome import folder, site
from pcae.takehome.folder import NotWritten
from pcae.takehome.site_words import Network

SITE = "site"  # the format's name; also of the folder, where none is named
MOST_NETWORKS = 16  # in a file that the server makes
_MOST_BYTES = 512 * 2**20  # of it
_TOO_LARGE = (
    "This site would be larger than {most:,} MB, which is as much as the server makes: choose "
    "fewer networks, or use the command line."
)


def networks(runs: Iterable[Run], data: Callable[[str], Dataset]) -> list[Network]:
    """The runs with the data that each is shown on and its PCA, each data set read once."""
    found: dict[str, Network] = {}
    made = []
    for run in runs:
        name = run.config.dataset
        if name not in found:
            its = data(name)
            found[name] = Network(run, its, load_or_fit(its))
        made.append(Network(run, found[name].data, found[name].pca))
    return made


def export(
    runs: Sequence[Run], place: Path | None, data: Callable[[str], Dataset]
) -> tuple[dict[str, Any], str]:
    """Write the site of some runs into a folder; what the command line prints of it.

    Raises
    ------
    NotWritten
        The folder holds something else.
    """
    place = (place or Path(SITE)).absolute()
    folder.check(place, site.INDEX)  # before what may take minutes
    count, size = folder.write(place, site.INDEX, site.files(networks(runs, data)))
    keys = [run.key for run in runs]
    result = {"runs": keys, "format": SITE, "folder": str(place), "files": count, "bytes": size}
    return result, f"{place}, {count:,} files, {size:,} bytes"


def zipped(runs: Iterable[tuple[Run, Dataset, PCA]]) -> BinaryIO:
    """The site of runs on their data as a .zip, in a file that goes when it is closed.

    Raises
    ------
    NotWritten
        It would be too large.
    """
    made = [Network(*of) for of in runs]
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
    try:
        site.zipped(file, _within(site.files(made), _MOST_BYTES), SITE)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _within(files: Iterable[site.File], most: int) -> Iterator[site.File]:
    left = most
    for address, content in files:
        left -= len(content)
        if left < 0:
            raise NotWritten(_TOO_LARGE.format(most=most // 2**20))
        yield address, content


def product(place: Path) -> str:
    """Write the site of the networks that ship; what is said of it.

    They are shown on the full MNIST where it is on this machine, else on the offline digits.
    """
    runs = [store.shipped_run(of.key) for of in PRESETS.values()]
    return export(runs, place, lambda name: datasets.load_or_sample(name)[0])[1]


if __name__ == "__main__":
    try:
        print(product(Path(sys.argv[1])))
    except (NotWritten, DamagedFile, OSError) as problem:
        print(problem, file=sys.stderr)
        sys.exit(1)
