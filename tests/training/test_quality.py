"""What codes keep of the digits: the figures are scikit-learn's, are kept, and go stale."""

import json
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from sklearn.manifold import trustworthiness
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from pcae import store
from pcae.config import RunConfig
from pcae.files import DamagedFile
from pcae.methods import pca
from pcae.presets import PRESETS
from pcae.store import Status
from pcae.training import jobs, quality
from pcae.training.quality import Subject
from tests.methods.test_autoencoder import random_weights

pytestmark = pytest.mark.usefixtures("pca_kept")

SMALL = RunConfig(dataset="mnist-5k", hidden=(16,), k=3)


@pytest.fixture
def fitted(sample):
    return pca.load_or_fit(sample)


def trained(config, seed=0):
    """A run with weights that nobody trained."""
    run = store.create(config)
    weights = random_weights(config)
    weights["encoder.0.bias"] = weights["encoder.0.bias"] + seed
    run.write_checkpoint(1, weights)
    run.write_status(Status("finished"))
    return run


def continuity(images, codes, k):
    """As Venna & Kaski (2001) define it, written out."""
    n = len(images)
    among_codes = NearestNeighbors(n_neighbors=k).fit(codes).kneighbors(return_distance=False)
    order = NearestNeighbors(n_neighbors=k).fit(images).kneighbors(return_distance=False)
    squares = ((codes[:, None] - codes[None]) ** 2).sum(axis=2)
    np.fill_diagonal(squares, np.inf)
    rank = squares.argsort(axis=1).argsort(axis=1) + 1
    lost = sum(rank[i, j] - k for i in range(n) for j in set(order[i]) - set(among_codes[i]))
    return 1 - 2 * lost / (n * k * (2 * n - 3 * k - 1))


def test_the_figures_are_scikit_learns(sample, fitted):
    run = trained(SMALL)
    images = sample.test.pixels()
    codes = run.model().encode(images)
    found = quality.measure(Subject("mnist-5k", 3, run), sample, fitted)
    votes = cross_val_score(KNeighborsClassifier(10), codes, sample.test.labels, cv=5)
    assert found.knn_accuracy == votes.mean()
    assert found.trustworthiness == trustworthiness(images, codes, n_neighbors=10)
    assert found.continuity == trustworthiness(codes, images, n_neighbors=10)
    assert found.test_error == pytest.approx(((run.model().decode(codes) - images) ** 2).mean())


def test_continuity_is_what_it_is_defined_as(sample, fitted):
    images = sample.test.pixels()[:300].astype(float)
    codes = fitted.transform(images, 2)
    assert quality.trustworthiness(codes, images) == pytest.approx(continuity(images, codes, 10))


def accuracy_by_hand(known, labels, asked, right, count):
    """Of the vote of the nearest `count`, one code after another; of equals the lowest label."""
    votes = []
    for code in asked.astype(np.float64):
        nearest = np.square(known.astype(np.float64) - code).sum(axis=1).argsort()[:count]
        votes.append(np.bincount(labels[nearest]).argmax())
    return np.mean(votes == right)


@pytest.mark.parametrize("k", [2, 20])
def test_nearest_training_codes_vote_on_the_test_codes(sample, fitted, k):
    run = trained(replace(SMALL, k=k))
    model = run.model()
    for subject, encode in (
        (Subject("mnist-5k", k), lambda images: fitted.transform(images, k)),
        (Subject("mnist-5k", k, run), model.encode),
    ):
        found = quality.measure(subject, sample, fitted)
        known, asked = encode(sample.train.pixels()), encode(sample.test.pixels())
        labels = sample.train.labels, sample.test.labels
        by_hand = [accuracy_by_hand(known, labels[0], asked, labels[1], n) for n in (1, 5)]
        assert [found.knn1_train_test, found.knn5_train_test] == pytest.approx(by_hand, abs=1e-12)


def test_of_what_is_published_the_first_training_images_vote(sample, fitted, monkeypatch):
    monkeypatch.setattr(quality, "MOST_TRAINING", 1_000)
    monkeypatch.setattr(quality, "MOST_TEST", 300)
    scores = [fitted.transform(of.pixels(), 2) for of in (sample.train, sample.test)]
    labels = sample.train.labels, sample.test.labels
    for name, voters in (
        ("mnist-5k", slice(1_000)),
        ("own-28x28-0123456789ab", slice(None, None, 4)),
    ):
        data = replace(sample, name=name)
        asked = np.arange(300) if name == "mnist-5k" else np.arange(300) * 1_000 // 300
        of_voters, of_asked = labels[0][voters], labels[1][asked]
        found = quality.measure(Subject(name, 2), data, fitted)
        by_hand = accuracy_by_hand(scores[0][voters], of_voters, scores[1][asked], of_asked, 5)
        assert found.knn5_train_test == pytest.approx(by_hand, abs=1e-12)


def test_without_classes_or_training_images_enough_nothing_votes(sample, fitted):
    few = replace(sample.train, images=sample.train.images[:4], labels=sample.train.labels[:4])
    found = quality.measure(Subject("mnist-5k", 2), replace(sample, train=few), fitted)
    assert 0 < found.knn1_train_test < 1
    assert found.knn5_train_test is None
    alike = replace(sample, classes=("all",))
    found = quality.measure(Subject("mnist-5k", 2), alike, fitted)
    assert (found.knn1_train_test, found.knn5_train_test) == (None, None)


def test_pca_with_k_components_is_worth_k(sample, fitted):
    found = quality.measure(Subject("mnist-5k", 4), sample, fitted)
    assert found.equivalent_k == pytest.approx(4, abs=1e-3)
    assert found.test_error == pytest.approx(fitted.test_error[4], abs=1e-6)


def test_there_is_every_trained_run_and_pca_with_its_k():
    run = trained(SMALL)
    store.create(RunConfig(k=7))  # untrained
    busy = trained(RunConfig(dataset="mnist-5k", hidden=(16,), k=5))
    busy.write_status(Status("queued", queued=time.time()))
    found = [(of.dataset, of.k, of.run and of.run.key) for of in quality.subjects()]
    assert found[:3] == [("mnist", 2, None), ("mnist", 30, None), ("mnist-5k", 3, None)]
    assert found[3] == ("mnist-5k", 3, run.key)
    assert [key for *_, key in found[4:]] == [preset.key for preset in PRESETS.values()]


def test_a_result_is_kept_until_the_weights_or_the_data_change(sample, fitted, monkeypatch):
    run = trained(SMALL)
    subject = Subject("mnist-5k", 3, run)
    assert quality.kept(subject, sample) is None
    found = quality.find_or_measure(subject, sample, fitted)
    monkeypatch.setattr(quality, "measure", None)
    assert quality.kept(subject, sample) == found
    assert quality.find_or_measure(subject, sample, fitted) == found
    trained(SMALL, seed=1)
    assert quality.kept(subject, sample) is None


def test_a_damaged_result_is_measured_anew_and_a_deleted_run_says_so(sample, fitted):
    run = trained(SMALL)
    subject = Subject("mnist-5k", 3, run)
    found = quality.find_or_measure(subject, sample, fitted)
    path = run.folder / "quality.json"
    sound = json.loads(path.read_text())
    wrong = [{name: None} for name in ("test_error", "equivalent_k", "data", "version")]
    wrong += [{"knn_accuracy": "0.5"}, {"trustworthiness": [1]}, {"continuity": 7}]
    wrong += [{"knn1_train_test": True}, {"knn5_train_test": 1.01}]
    texts = ["", "[]", "{}", '{"data": 1, "version": 2, "more": 3}']
    for text in [*texts, *(json.dumps(sound | of) for of in wrong)]:
        path.write_text(text)
        assert quality.kept(subject, sample) is None
    assert quality.find_or_measure(subject, sample, fitted) == found
    store.delete(run)
    with pytest.raises(DamagedFile, match="not there any more"):
        quality.find_or_measure(subject, sample, fitted)
    assert not run.folder.exists()


def test_a_process_measures_what_is_missing_and_leaves_what_is_damaged(sample):
    good, bad = trained(SMALL), trained(RunConfig(dataset="mnist-5k", hidden=(16,), k=4))
    (bad.folder / "weights.safetensors").write_bytes(b"no weights")
    subprocess.run([sys.executable, "-m", "pcae.training.quality"], check=True, timeout=120)
    found = {of.run.key if of.run else of.k: quality.kept(of, sample) for of in quality.subjects()}
    assert found.pop(bad.key) is None
    assert None not in found.values()
    assert set(found) == {2, 3, 4, 30, good.key, *(preset.key for preset in PRESETS.values())}


def test_of_one_run_a_process_measures_what_is_missing_at_once(sample, monkeypatch):
    run, other = trained(SMALL), trained(RunConfig(dataset="mnist-5k", hidden=(16,), k=4))
    by_pca, by_network = quality.measured(run, sample)
    assert by_pca.equivalent_k == pytest.approx(3, abs=1e-3)
    assert by_network == quality.kept(Subject("mnist-5k", 3, run), sample)
    assert quality.kept(Subject("mnist-5k", 4, other), sample) is None
    monkeypatch.setattr(jobs, "start", None)
    assert quality.measured(run, sample) == [by_pca, by_network]


def test_a_measuring_that_takes_minutes_is_ended(sample, monkeypatch, caplog):
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    monkeypatch.setattr(jobs, "start", lambda *_: process)
    monkeypatch.setattr(quality, "_MOST_SECONDS", 0.2)
    run = store.find(PRESETS["Seed network, 5 epochs"].key)
    assert quality.measured(run, sample) == [None, None]
    process.stdin.close()
    assert process.wait(10) != 0
    assert "was not measured" in caplog.text


def test_what_cannot_be_measured_is_nothing_and_the_log_says_why(sample, monkeypatch, caplog):
    def full(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(jobs, "start", full)
    assert quality.measured(trained(SMALL), sample) == [None, None]
    assert "No space left" in caplog.text


def test_known_figures_of_the_full_mnist(full_mnist):
    fitted = pca.load_or_fit(full_mnist)
    found = quality.measure(Subject("mnist", 2), full_mnist, fitted)
    assert found.knn_accuracy == pytest.approx(0.445, abs=0.005)
    assert found.trustworthiness == pytest.approx(0.739, abs=0.001)
    assert found.knn1_train_test == pytest.approx(0.389, abs=0.001)
    assert found.knn5_train_test == pytest.approx(0.423, abs=0.001)
    run = store.find(PRESETS["Seed network, 25 epochs"].key)
    seed = quality.measure(Subject("mnist", 2, run), full_mnist, fitted)
    assert seed.knn_accuracy > 0.78
    assert seed.trustworthiness > 0.9
