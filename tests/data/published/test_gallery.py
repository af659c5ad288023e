"""The gallery of sources, with small stand-ins for what is published."""

import bz2
import gzip
import hashlib
import io
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import requests
from scipy.io import savemat

from pcae import names, rights
from pcae.data import datasets, owndata
from pcae.data.choices import Choices
from pcae.data.dataset import DataError
from pcae.data.judging.understanding import understand
from pcae.data.published import gallery
from pcae.data.published.mnist import IDX_FILES
from pcae.data.reading.uploads import read
from pcae.files import home
from tests.data.conftest import idx

TRAIN, TEST, FACES = 60, 20, 60
ROWS = {"train": TRAIN, "test": TEST}
ANN = rights.Visitor("ann")


def pictures(side, rows, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (rows, side, side), np.uint8)


def labels(rows, classes):
    return (np.arange(rows) % classes).astype(np.uint8)


def idx_files(classes, first=0, *, across=False):
    """Four gzipped files of MNIST's form."""
    files = {}
    for array, name in IDX_FILES.items():
        kind, which = array.split("_")
        found = pictures(28, ROWS[which]) if kind == "x" else labels(ROWS[which], classes) + first
        if across and kind == "x":
            found = found.transpose(0, 2, 1)
        files[f"{name}.gz"] = gzip.compress(idx(np.ascontiguousarray(found).astype(np.uint8)))
    return files


def emnist():
    """An archive that has another set beside the letters, whose pictures lie on their sides."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, raw in idx_files(5, first=1, across=True).items():
            archive.writestr(f"gzip/emnist-letters-{name.replace('t10k', 'test')}", raw)
            archive.writestr(f"gzip/emnist-digits-{name.replace('t10k', 'test')}", b"digits")
    return {"gzip.zip": packed.getvalue()}


def usps():
    """Lines as LIBSVM has them."""

    def lines(rows):
        values = pictures(16, rows).reshape(rows, -1) / 127.5 - 1
        cells = (
            " ".join(f"{i}:{value:.3f}" for i, value in enumerate(of, 1)).replace(":0.000", ":0")
            for of in values
        )
        return bz2.compress(
            "\n".join(
                f"{label + 1} {of}" for label, of in zip(labels(rows, 5), cells, strict=True)
            ).encode()
            + b"\n"
        )

    return {"usps.bz2": lines(ROWS["train"]), "usps.t.bz2": lines(ROWS["test"])}


def olivetti():
    """Faces as a column each, read down."""
    faces = pictures(64, FACES)
    faces.flat[:2] = 0, 255
    file = io.BytesIO()
    savemat(file, {"faces": faces.transpose(0, 2, 1).reshape(FACES, -1).T, "p": np.eye(3)})
    return {"olivettifaces.mat": file.getvalue()}


MADE = {
    "emnist-letters": (emnist, (16,) * 5),
    "kuzushiji-mnist": (lambda: idx_files(5), (16,) * 5),
    "usps": (usps, (16,) * 5),
    "olivetti-faces": (olivetti, (10,) * 6),
}


@pytest.fixture(params=MADE)
def key(request):
    """Each source."""
    return request.param


@pytest.fixture
def source(key, mirror, monkeypatch):
    """A source whose published files are small ones that were made, and are served."""
    return stand_in(key, mirror, monkeypatch)


def stand_in(key, mirror, monkeypatch):
    """Have the network serve small files for a source's, with the sums that they have."""
    made, counts = MADE[key]
    files, found = made(), gallery.SOURCES[key]
    sums = {name: f"sha256:{hashlib.sha256(raw).hexdigest()}" for name, raw in files.items()}
    published = tuple(replace(of, known_hash=sums[of.name]) for of in found.files)
    for of in published:
        mirror.served[of.url.rsplit("/", 1)[-1]] = files[of.name]
    rows = (48, 12) if key == "olivetti-faces" else (TRAIN, TEST)
    small = replace(
        found,
        files=published,
        rows=rows,
        counts=counts,
        classes=found.classes[: len(counts)],
    )
    monkeypatch.setitem(gallery.SOURCES, key, small)
    return small


def test_every_source_says_what_it_is_and_where_it_is_from():
    for key, source in gallery.SOURCES.items():
        assert source.key == key
        assert sum(source.rows) == sum(source.counts)
        assert len(source.counts) == len(source.classes)
        assert max(source.shape) <= names.MAX_SIDE
        assert "Cite " in source.licence
        assert source.bring.startswith("bring ")
        assert 0 < source.megabytes <= 562
        for file in source.files:
            assert file.url.startswith("https://")
            kind, known = file.known_hash.split(":")
            assert len(bytes.fromhex(known)) == {"md5": 16, "sha256": 32}[kind]


def test_a_source_is_fetched_and_kept_as_data_of_ones_own(source, key, mirror):
    assert gallery.here(key) is None
    told = []
    data = gallery.fetch(key, lambda share, words: told.append((share, words)))
    assert names.own() == [data.name]
    assert gallery.here(key) == data.name
    again = datasets.load(data.name)
    assert (again.digest, again.shape) == (data.digest, source.shape)
    assert (again.classes, again.licence) == (source.classes, source.licence)
    assert (again.title, again.source) == (source.title, source.home)
    assert (len(again.train), len(again.test)) == source.rows
    assert told[-1] == (1.0, "checking it")
    assert not list((home() / "fetched").iterdir())
    gallery.fetch(key)  # once more it is the same
    assert names.own() == [data.name]


@pytest.mark.parametrize("key", ["emnist-letters", "kuzushiji-mnist"])
def test_pictures_are_upright_and_labels_begin_at_nothing(source, key):
    data = gallery.fetch(key)
    np.testing.assert_array_equal(data.train.images.reshape(-1, 28, 28), pictures(28, TRAIN))
    np.testing.assert_array_equal(data.test.images.reshape(-1, 28, 28), pictures(28, TEST))
    np.testing.assert_array_equal(data.train.labels, labels(TRAIN, 5))


def test_usps_digits_are_as_they_were(mirror, monkeypatch):
    stand_in("usps", mirror, monkeypatch)
    data = gallery.fetch("usps")
    np.testing.assert_allclose(
        data.train.images, pictures(16, TRAIN).reshape(TRAIN, -1) / 255, atol=1e-3
    )
    np.testing.assert_array_equal(data.test.labels, labels(TEST, 5))
    assert data.train.images.dtype == np.float32


def test_faces_are_upright_and_two_of_each_person_are_for_the_test(mirror, monkeypatch):
    stand_in("olivetti-faces", mirror, monkeypatch)
    data, faces = gallery.fetch("olivetti-faces"), pictures(64, FACES)
    faces.flat[:2] = 0, 255
    wanted = {face.tobytes(): number // 10 for number, face in enumerate(faces)}
    for split in (data.train, data.test):
        found = np.rint(split.images * 255).astype(np.uint8)
        assert [wanted[face.tobytes()] for face in found] == split.labels.tolist()
    assert np.bincount(data.test.labels).tolist() == [2] * 6


def test_what_is_not_what_is_published_is_not_kept(source, key, mirror):
    (name, *_) = [of.url.rsplit("/", 1)[-1] for of in source.files]
    mirror.served[name] = mirror.served[name][:-1]
    with pytest.raises(DataError, match="is not what is published; it was thrown away"):
        gallery.fetch(key)
    assert names.own() == []


def test_other_pictures_under_the_same_sum_are_not_kept(source, key, monkeypatch):
    rows = (source.rows[0] - 1, source.rows[1] + 1)
    for change in ({"rows": rows}, {"counts": (1, *source.counts)}, {"shape": (28, 27)}):
        monkeypatch.setitem(gallery.SOURCES, key, replace(source, **change))
        with pytest.raises(DataError, match=r"holds other pictures than are published: try again"):
            gallery.fetch(key)
    assert names.own() == []


@pytest.mark.parametrize("damage", [b"", b"PK\3\4", b"BZh9", b"\x1f\x8b\x08", b"text\n" * 9])
def test_a_damaged_file_is_a_sentence(damage, source, key, tmp_path):
    files = {}
    for of in source.files:
        files[of.name] = tmp_path / of.name
        files[of.name].write_bytes(damage)
    with pytest.raises(
        DataError, match=rf"^{source.title} cannot be read: it is damaged .*anew\.$"
    ):
        gallery.read(source, files)


def test_without_a_network_the_file_to_bring_is_named(source, key, mirror):
    mirror.served |= dict.fromkeys(mirror.served, requests.ConnectionError())
    with pytest.raises(DataError) as problem:
        gallery.fetch(key)
    assert str(problem.value) == (
        f"{source.title} could not be downloaded (no connection). Try again, or {source.bring}."
    )


@pytest.mark.parametrize(
    ("key", "choices"),
    [
        ("emnist-letters", Choices(turns=1, mirrored=True)),
        ("kuzushiji-mnist", Choices()),
        ("usps", Choices(test="usps.t", shape="16x16")),
        ("olivetti-faces", Choices(across=True, turns=1, mirrored=True)),
    ],
)
def test_what_is_brought_as_it_says_is_the_same(key, choices, mirror, monkeypatch):
    stand_in(key, mirror, monkeypatch)
    files = MADE[key][0]()
    if key == "emnist-letters":
        with zipfile.ZipFile(io.BytesIO(files["gzip.zip"])) as archive:
            letters = [name for name in archive.namelist() if "letters" in name]
            files = {name.removeprefix("gzip/"): archive.read(name) for name in letters}
    if key == "usps":
        files = {name.removesuffix(".bz2"): bz2.decompress(raw) for name, raw in files.items()}
    brought, fetched = understand(read(files), choices, key).data, gallery.fetch(key)
    assert brought.shape == fetched.shape
    assert every_picture(brought) == every_picture(fetched)


def every_picture(data):
    """The pictures of both splits as bytes, in an order of their own."""
    pixels = np.concatenate([data.train.pixels(), data.test.pixels()])
    return sorted(picture.tobytes() for picture in np.rint(255 * pixels).astype(np.uint8))


def test_a_fetch_that_broke_off_goes_on_where_it_was(mirror, monkeypatch):
    stand_in("kuzushiji-mnist", mirror, monkeypatch)
    whole, third = dict(mirror.served), list(mirror.served)[2]
    mirror.served[third] = requests.ConnectionError()
    with pytest.raises(DataError):
        gallery.fetch("kuzushiji-mnist")
    mirror.served |= whole
    gallery.fetch("kuzushiji-mnist")
    first, second, third, fourth = whole
    assert mirror.asked == [first, second, third, third, fourth]


def test_a_store_that_is_full_is_a_sentence(mirror, monkeypatch):
    stand_in("usps", mirror, monkeypatch)

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(owndata, "write_arrays", full)
    with pytest.raises(DataError, match=r"USPS digits could not be kept \(No space left on"):
        gallery.fetch("usps")
    assert names.own() == []


def test_in_a_class_the_teacher_alone_fetches(mirror, monkeypatch):
    stand_in("usps", mirror, monkeypatch)
    with rights.acting(ANN), pytest.raises(rights.Denied, match="Data is fetched by the teacher"):
        gallery.fetch("usps")
    assert mirror.asked == []
    data = gallery.fetch("usps")
    with rights.acting(ANN):  # and all see it
        assert gallery.here("usps") == data.name
        assert datasets.load(data.name).digest == data.digest
