"""Files of every kind, drawn and damaged by hypothesis: a sound data set or a sentence.

The budget is small and the same files are drawn each time; `python -m benchmarks.attack.files`
reads others for hours. What is sound says `benchmarks.attack.sound`.
"""

import gzip
import random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from benchmarks.attack import kinds, mutations, sound
from pcae.data.choices import Choices
from pcae.data.dataset import DataError
from pcae.data.judging import making
from pcae.data.judging.understanding import understand
from pcae.data.reading import uploads

FEW = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
CELLS = st.one_of(
    st.integers(-300, 300),
    st.floats(width=32),
    st.sampled_from(
        ["a", "b", "<=50K", "C#", "Käse", "", "NA", "?", "1,5", "1.234,5", "0x1", " 1"]
    ),
    st.text(max_size=5),
)
TYPES = st.sampled_from(["u1", "i2", ">i4", "i8", "u8", "f2", "f4", "f8", "?", "U3", "S2", "c8"])
SIDES = st.integers(1, 9)
NAMES = st.sampled_from(
    [
        "train.csv",
        "test/labels.npy",
        "x_train.npy",
        "y_train.npy",
        "a/b/0.png",
        "x",
        "ä.CSV.gz",
        "é",
    ]
)


def assert_sound(files, most_choices=2):
    """Nothing is wrong with what comes of these files."""
    seen = sound.judge(files, most_choices)
    assert seen.problems == []
    assert seen.seconds < 5
    return seen


@st.composite
def tables(draw):
    """A delimited table of whatever cells, in whatever form."""
    width, height = draw(st.integers(1, 5)), draw(st.sampled_from([1, 3, 55, 60]))
    columns = [
        draw(st.one_of(st.lists(CELLS, min_size=height, max_size=height), _regular(height)))
        for _ in range(width)
    ]
    rows = [list(row) for row in zip(*columns, strict=True)]
    if draw(st.booleans()):
        rows.insert(0, draw(st.lists(st.text(max_size=6), min_size=width, max_size=width)))
    raw = kinds.csv(
        rows,
        draw(st.sampled_from([",", ";", "\t", " ", "|"])),
        draw(st.sampled_from(["\n", "\r\n", "\r"])),
        draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])),
    )
    return gzip.compress(raw, 1, mtime=0) if draw(st.booleans()) else raw


def _regular(height):
    """A column as people have them: numbers, classes, a count."""
    rng = np.random.default_rng(height)
    return st.sampled_from(
        [
            rng.normal(size=height).round(2).tolist(),
            [f"{value:.1f}".replace(".", ",") for value in rng.normal(size=height)],
            [("a", "b", "10")[i % 3] for i in range(height)],
            list(range(height)),
            [1] * height,
        ]
    )


@st.composite
def numbers(draw):
    """An array of any shape and type, often with a row for each image."""
    rows = draw(st.sampled_from([1, 10, 60, 64]))
    shape = draw(
        st.one_of(
            st.tuples(st.just(rows)),
            st.tuples(st.just(rows), SIDES),
            st.tuples(st.just(rows), SIDES, SIDES),
            st.tuples(st.just(rows), SIDES, SIDES, st.integers(1, 4)),
            st.tuples(SIDES, st.just(rows)),
        )
    )
    kind = np.dtype(draw(TYPES))
    if kind.kind in "US":
        return draw(arrays.arrays(kind, shape, fill=st.just("a" if kind.kind == "U" else b"a")))
    found = draw(arrays.arrays(kind, shape, elements=arrays.from_dtype(kind)))
    return np.asfortranarray(found) if draw(st.booleans()) else found


@st.composite
def several_arrays(draw):
    """A file of several arrays, as NumPy, safetensors or MATLAB has them."""
    keys = draw(
        st.lists(
            st.sampled_from(["x", "y", "images", "labels", "x_train", "x_test", "y_train", "a b"]),
            min_size=1,
            max_size=4,
            unique=True,
        )
    )
    found = {key: draw(numbers()) for key in keys}
    kind = draw(st.sampled_from(["npz", "safetensors", "mat"]))
    if kind == "npz":
        return {"arrays.npz": kinds.npz(**found)}
    found = {
        key.replace(" ", "_"): array
        for key, array in found.items()
        if array.dtype.kind not in "USc" and array.dtype.isnative
    }
    if not found:
        return {"x.npy": kinds.npy(np.zeros(3))}
    if kind == "mat":
        plain = {k: a.astype("f4") if a.dtype == np.float16 else a for k, a in found.items()}
        return {"arrays.mat": kinds.mat(packed=draw(st.booleans()), **plain)}
    return {"arrays.safetensors": kinds.safetensors(**found)}


@st.composite
def archives(draw):
    """An archive of files of other kinds, an archive among them."""
    content = st.one_of(
        tables(), numbers().map(kinds.npy), st.binary(max_size=9), st.sampled_from(PICTURES)
    )
    files = draw(st.dictionaries(NAMES, content, max_size=4))
    if draw(st.booleans()):
        files["inner.zip"] = kinds.zipped(draw(st.dictionaries(NAMES, content, max_size=2)))
    pack = draw(st.sampled_from([kinds.zipped, kinds.tar, lambda of: kinds.tar(of, "w:gz")]))
    return {"archive": pack(files)}


PICTURES = [
    kinds.picture(np.arange(height * width, dtype=np.uint8).reshape(height, width), mode, kind)
    for height, width in ((8, 8), (5, 9))
    for mode, kind in (("L", "png"), ("RGBA", "png"), ("RGB", "jpeg"), ("P", "gif"))
]


@FEW
@given(tables())
def test_tables(raw):
    assert_sound({"table.csv": raw})


@FEW
@given(numbers())
def test_single_arrays(array):
    assert_sound({"array.npy": kinds.npy(array)})


@FEW
@given(several_arrays())
def test_several_arrays(files):
    assert_sound(files)


@FEW
@given(archives())
def test_archives(files):
    assert_sound(files)


@FEW
@given(st.sampled_from(sorted(kinds.whole())), st.integers(0, 2**32), st.sampled_from([1, 1, 2, 5]))
def test_damaged_files_of_every_kind(kind, seed, times):
    rng, files = random.Random(seed), dict(kinds.whole()[kind])
    for _ in range(times):
        if len(files) > 1:
            files = mutations.several(rng, files)
        else:
            files = {name: mutations.changed(rng, raw) for name, raw in files.items()}
    assert_sound(files)


@pytest.mark.parametrize("kind", sorted(kinds.whole()))
def test_whole_files_are_read_alike_however_often(kind):
    files = kinds.whole()[kind]
    assert_sound(files, 1)
    try:
        found = [understand(uploads.read(files), Choices(), kind) for _ in range(2)]
    except DataError:
        return
    first, second = (of.data.name if of.data else of.problem for of in found)
    assert first == second


# the same data in other forms is the same data set


@settings(FEW, max_examples=15)
@given(st.integers(0, 2**32), st.integers(2, 5), st.sampled_from(["a b c", "0 1 2", "ä ß <"]))
def test_a_table_in_every_form_is_one_data_set(seed, width, classes):
    rng = np.random.default_rng(seed)
    head = [*(f"value {i}" for i in range(width)), "kind"]
    rows = [
        [*row, classes.split()[i % 3]]
        for i, row in enumerate(rng.normal(size=(60, width)).round(3).tolist())
    ]
    comma = [[str(cell).replace(".", ",") for cell in row] for row in rows]
    columns = {name: [row[i] for row in rows] for i, name in enumerate(head)}
    raw = kinds.csv([head, *rows])
    forms = {
        "a.csv": raw,
        "a.tsv": kinds.csv([head, *rows], "\t", "\r\n"),
        "comma.csv": kinds.csv([head, *comma], ";"),
        "bars.txt": kinds.csv([head, *rows], "|", encoding="utf-16"),
        "a.csv.gz": gzip.compress(raw),
        "a.zip": kinds.zipped({"folder/a.csv": raw}),
        "a.tar.gz": kinds.tar({"a.csv": raw}, "w:gz"),
        "a.parquet": kinds.parquet(columns),
        "a.feather": kinds.arrow(columns),
        "a.arrow": kinds.arrow(columns, stream=True),
        "a.xlsx": kinds.xlsx([head, *rows]),
    }
    assert len({_name({name: form}) for name, form in forms.items()}) == 1


@settings(FEW, max_examples=15)
@given(st.integers(0, 2**32), st.sampled_from([(8, 8), (28, 28), (5, 9)]))
def test_pictures_in_every_form_are_one_data_set(seed, shape):
    rng = np.random.default_rng(seed)
    images, labels = rng.integers(0, 256, (60, *shape), np.uint8), np.arange(60) % 4
    both = {"images": images, "labels": labels}
    in_folders = {
        f"{label}/{i:02}.png": kinds.picture(image)
        for i, (image, label) in enumerate(zip(images, labels, strict=True))
    }
    forms = [
        {"a.npz": kinds.npz(**both)},
        {"a.npz": kinds.npz(images=images[..., None], labels=np.eye(4)[labels])},
        {"images.npy": kinds.npy(images), "labels.npy": kinds.npy(labels)},
        {"images-idx3-ubyte": kinds.idx(images), "labels-idx1-ubyte": kinds.idx(labels)},
        {"a.safetensors": kinds.safetensors(**both)},
        {"a.mat": kinds.mat(packed=True, **both)},
        {"a.zip": kinds.zipped({"images.npy": kinds.npy(images), "labels.npy": kinds.npy(labels)})},
    ]
    assert len({_name(files) for files in forms}) == 1
    found = understand(uploads.read({"folders.zip": kinds.zipped(in_folders)}), Choices(), "x").data
    assert sorted(map(bytes, _every(found))) == sorted(map(bytes, images.reshape(60, -1)))


def _name(files):
    found = understand(uploads.read(files), Choices(), "made")
    assert found.data is not None, found.problem
    return found.data.name


def _every(data):
    return np.concatenate([data.train.images, data.test.images])


# the fuzzer sees what it should


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        (lambda data: data.train.images.__setitem__((0, 0), np.nan), "values that are not from 0"),
        (lambda data: data.train.labels.__setitem__(0, 9), "labels of no class"),
        (lambda data: data.limits.__setitem__((0, 0), np.inf), "limits that are not finite"),
    ],
)
def test_what_is_not_sound_is_seen(spoilt, said, monkeypatch):
    make = making.make

    def spoil(*of):
        data, scaling = make(*of)
        spoilt(data)
        return data, scaling

    monkeypatch.setattr(making, "make", spoil)
    seen = sound.judge(kinds.whole()["table.csv"], 1)
    assert said in " ".join(seen.problems)


@pytest.mark.parametrize(
    ("fails", "said"),
    [
        (ValueError("odd"), "reading: ValueError: odd"),
        (DataError("x" * 201), "a sentence of 201 characters"),
        (DataError("two\nlines."), "no sentence"),
    ],
)
def test_what_is_no_sentence_is_seen(fails, said, monkeypatch):
    def fail(*_, **__):
        raise fails

    monkeypatch.setattr(uploads, "read", fail)
    seen = sound.judge(kinds.whole()["table.csv"], 1)
    assert said in " ".join(seen.problems)
