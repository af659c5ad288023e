"""How well codes keep what the digits are like: measured by scikit-learn, beside the dashboard.

The 10-nearest-neighbour accuracy says whether neighbours in the codes are of one class; 1-NN and
5-NN from training to test, as Sainburg, McInnes & Gentner (2021) measure them, whether the codes of
images that were not trained on lie among those of their class; trustworthiness and continuity
(Venna & Kaski 2001) whether neighbours in the codes are neighbours among the images, and the other
way round. `python -m pcae.training.quality` measures what is not measured yet, in a process of its
own, and keeps each result beside its run; with a run's key, of that alone.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from functools import partial
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from pcae import names, store
from pcae.data import datasets
from pcae.data.datasets import DataError, Dataset, Split
from pcae.files import DamagedFile, home, read_json, write_json
from pcae.forms import none_or, number, text, whole
from pcae.methods import pca
from pcae.methods.metrics import equivalent_k, error_per_image
from pcae.methods.pca import PCA
from pcae.store import Run
from pcae.training import jobs, named
from pcae.training.worker import yield_to_the_page

NEIGHBOURS, FOLDS, MOST_IMAGES = 10, 5, 5_000
MOST_TRAINING, MOST_TEST = 50_000, 10_000  # codes, of those from training to test
_ROWS_AT_ONCE = 10_000
_MOST_SECONDS = 300  # that a visitor waits, while others train
_SHARE = none_or(number(-1, 1))
_FORM = {
    "test_error": number(0, 1e38),
    "equivalent_k": number(0, names.MAX_COLUMNS),
    "knn_accuracy": _SHARE,
    "trustworthiness": _SHARE,
    "continuity": _SHARE,
    "knn1_train_test": _SHARE,
    "knn5_train_test": _SHARE,
    "data": text(),
    "version": whole(0, 2**63),
}
Map = Callable[[np.ndarray], np.ndarray]
_processes: list[subprocess.Popen] = []
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Quality:
    """What codes of the test images are worth.

    Attributes
    ----------
    test_error : float
        Mean squared error over images and pixels.
    equivalent_k : float
        How many principal components have that error.
    knn_accuracy : float or None
        Of the 10-nearest-neighbour vote on the codes, by 5-fold cross-validation; None without
        classes.
    trustworthiness, continuity : float or None
        Of the first 5,000 test images, with 10 neighbours; from 0 to 1. None for too few images.
    knn1_train_test, knn5_train_test : float or None
        Accuracies of the votes of the nearest 1 and 5 of at most 50,000 training codes, on at most
        10,000 test codes; see `train_test_accuracies`. None without classes.
    """

    test_error: float
    equivalent_k: float
    knn_accuracy: float | None
    trustworthiness: float | None
    continuity: float | None
    knn1_train_test: float | None
    knn5_train_test: float | None


@dataclass(frozen=True, eq=False)
class Subject:
    """Something whose codes are measured: a trained run, or PCA with k components.

    Attributes
    ----------
    dataset : str
        The name of the data set; where it is not here, the offline digits stand in.
    k : int
    run : Run or None
        None for PCA.
    """

    dataset: str
    k: int
    run: Run | None = None

    @property
    def version(self) -> int:
        """Changes whenever the run's weights do; 0 for PCA."""
        return self.run.version if self.run else 0


def measure(subject: Subject, data: Dataset, fitted: PCA) -> Quality:
    """Measure its codes. Imports scikit-learn; takes a few seconds.

    Raises
    ------
    DamagedFile
        The run's weights cannot be read.
    """
    images = data.test.pixels()
    encode: Map
    decode: Map
    if subject.run:
        model = subject.run.model()
        encode, decode = model.encode, model.decode
    else:
        encode, decode = partial(fitted.transform, k=subject.k), fitted.inverse_transform
    codes = encode(images)
    error = float(error_per_image(images, decode(codes)).mean())
    nearest_1, nearest_5 = train_test_accuracies(encode, codes, data)
    few = slice(0, MOST_IMAGES)
    return Quality(
        test_error=error,
        equivalent_k=equivalent_k(error, fitted.test_error),
        knn_accuracy=knn_accuracy(codes, data.test.labels) if data.labelled else None,
        trustworthiness=trustworthiness(images[few], codes[few]),
        continuity=trustworthiness(codes[few], images[few]),
        knn1_train_test=nearest_1,
        knn5_train_test=nearest_5,
    )


def knn_accuracy(codes: np.ndarray, labels: np.ndarray) -> float | None:
    """Accuracy of the vote of the 10 nearest codes (n, k), by 5-fold cross-validation.

    None where no class has an image for every fold, or a fold leaves fewer than 10 codes.
    """
    few = len(labels) - -(-len(labels) // FOLDS) < NEIGHBOURS
    if few or np.bincount(labels).max() < FOLDS:
        return None
    from sklearn.model_selection import cross_val_score
    from sklearn.neighbors import KNeighborsClassifier

    return float(cross_val_score(KNeighborsClassifier(NEIGHBOURS), codes, labels, cv=FOLDS).mean())


def train_test_accuracies(
    encode: Map, codes: np.ndarray, data: Dataset
) -> tuple[float | None, float | None]:
    """Accuracies of the votes of the nearest 1 and 5 training codes on the test codes (n, k).

    As Sainburg, McInnes & Gentner (2021) measure them: by Euclidean distance, of MNIST from the
    first 50,000 training images. None without classes, and where there are fewer training codes.
    """
    if not data.labelled:
        return None, None
    from sklearn.neighbors import KNeighborsClassifier

    train, test = _some(data, data.train, MOST_TRAINING), _some(data, data.test, MOST_TEST)
    blocks = (train[at : at + _ROWS_AT_ONCE] for at in range(0, len(train), _ROWS_AT_ONCE))
    known = np.concatenate([encode(data.train.pixels(rows)) for rows in blocks])
    voters = KNeighborsClassifier().fit(known, data.train.labels[train])
    asked, right = codes[test], data.test.labels[test]
    one, five = (
        float(voters.set_params(n_neighbors=count).score(asked, right))
        if count <= len(known)
        else None
        for count in (1, 5)
    )
    return one, five


def _some(data: Dataset, split: Split, most: int) -> np.ndarray:
    """The first rows of what is published; of one's own, which may lie by class, spread evenly."""
    count = min(len(split), most)
    return np.arange(count) * (len(split) if names.is_own(data.name) else count) // count


def trustworthiness(images: np.ndarray, codes: np.ndarray) -> float | None:
    """Whether the 10 nearest codes (n, k) are near among the images (n, p).

    With the two exchanged it is the continuity of the codes. None for 20 images or fewer.
    """
    if len(images) <= 2 * NEIGHBOURS:
        return None
    from sklearn.manifold import trustworthiness

    return float(trustworthiness(images, codes, n_neighbors=NEIGHBOURS))


def subjects() -> list[Subject]:
    """Every trained run that is not in training, the newest first, and PCA with each of their k."""
    found, seen = [], set()
    for run in store.trained_runs().values():
        try:
            if not jobs.active(run):
                config = run.config
                found.append(Subject(config.dataset, config.k, run))
                seen.add((config.dataset, config.k))
        except DamagedFile as problem:
            log.warning("%s", problem)
    return [Subject(dataset, k) for dataset, k in sorted(seen)] + found


def kept(subject: Subject, data: Dataset) -> Quality | None:
    """What was measured of it on this data and with these weights, if it was."""
    try:
        found = read_json(_path(subject), _FORM)
        if (found["data"], found["version"]) == (data.digest, subject.version):
            return Quality(**{of.name: found[of.name] for of in fields(Quality)})
    except (FileNotFoundError, DamagedFile):
        pass  # it is measured anew
    return None


def find_or_measure(subject: Subject, data: Dataset, fitted: PCA) -> Quality:
    """What was measured of it, or is measured now and kept; see `measure`."""
    found = kept(subject, data)
    if found is None:
        version = subject.version
        found = measure(subject, data, fitted)
        keep(subject, data, version, found)
    return found


def keep(subject: Subject, data: Dataset, version: int, found: Quality) -> None:
    """Keep what was measured of it on this data, with the weights of a version."""
    path = _path(subject)
    if path.parent.name == "quality":  # a run's folder is not made again once deleted
        path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, asdict(found) | {"data": data.digest, "version": version})


def pair(run: Run) -> list[Subject]:
    """PCA with as many components as the run has codes, and the run."""
    config = run.config
    return [Subject(config.dataset, config.k), Subject(config.dataset, config.k, run)]


def measured(run: Run, data: Dataset) -> list[Quality | None]:
    """What PCA and the run are worth on this data; a process measures what is missing, in 15 s.

    None for what cannot be measured, or not within five minutes, of which the log tells.
    """
    subjects = pair(run)
    try:
        with jobs.lock("quality_of_one"):  # a whole class may ask at once
            if any(kept(of, data) is None for of in subjects):
                _wait(jobs.start("pcae.training.quality", run.key))
    except OSError as problem:
        log.warning("%s", problem)
    return [kept(of, data) for of in subjects]


def _wait(process: subprocess.Popen) -> None:
    try:
        process.wait(_MOST_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        log.warning("A run's quality was not measured within %d s", _MOST_SECONDS)


def stamps(run: Run) -> list[int]:
    """When PCA with as many components and the run were measured, 0 for never: for caches."""
    found = []
    for subject in pair(run):
        try:
            found.append(_path(subject).stat().st_mtime_ns)
        except OSError:
            found.append(0)
    return found


def start() -> None:
    """Have a process measure what is not measured yet, unless one is at it.

    Where a cluster is named, its workers do so.
    """
    if not running():
        there = named.scheduler() and not named.problem()
        module = "pcae.cluster.measuring" if there else "pcae.training.quality"
        _processes.append(jobs.start(module))


def running() -> bool:
    """Whether a process is at it, or about to be."""
    _processes[:] = [process for process in _processes if process.poll() is None]
    return bool(_processes) or jobs.held(lock())


def main(key: str = "") -> None:
    """Measure what is not measured yet, each once, until nothing new comes; or one run and PCA."""
    views: dict[str, tuple[Dataset, PCA]] = {}
    tried: set[tuple[Path, int]] = set()
    if key:
        run = store.find(key)
        while run and _measure_next(pair(run), views, tried):
            pass
        return
    try:
        with lock().acquire(timeout=1):
            while _measure_next(subjects(), views, tried):
                pass
    except Timeout:
        return


def _measure_next(
    subjects: list[Subject],
    views: dict[str, tuple[Dataset, PCA]],
    tried: set[tuple[Path, int]],
) -> bool:
    """Measure one of these; whether there was one."""
    for subject in subjects:
        try:
            if subject.dataset not in views:
                data, _ = datasets.load_or_sample(subject.dataset)
                views[subject.dataset] = data, pca.load_or_fit(data)
            data, fitted = views[subject.dataset]
            this = _path(subject), subject.version
            if this in tried or kept(subject, data):
                continue
            tried.add(this)
            find_or_measure(subject, data, fitted)
        except (DataError, DamagedFile, OSError) as problem:
            log.warning("%s", problem)
            continue
        return True
    return False


def _path(subject: Subject) -> Path:
    if subject.run and not subject.run.shipped:
        return subject.run.folder / "quality.json"
    name = subject.run.key if subject.run else f"pca-{subject.dataset}-{subject.k}"
    return home() / "quality" / f"{name}.json"


def lock() -> FileLock:
    """The lock of who measures all that is not measured yet."""
    return jobs.lock("quality")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    yield_to_the_page()
    main(*sys.argv[1:])
