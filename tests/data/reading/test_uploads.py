"""What a visitor brings becomes a data set, or a sentence that says what is wrong with it."""

import gzip
import io
import struct
import zipfile

import numpy as np
import pytest
from PIL import Image

from pcae import names
from pcae.data import datasets, owndata
from pcae.data.choices import Choices
from pcae.data.dataset import DataError
from pcae.data.judging.understanding import understand
from pcae.data.reading.uploads import read

RNG = np.random.default_rng(0)
N, SHAPE = 60, (9, 7)
PICTURES = RNG.integers(0, 256, (N, *SHAPE), np.uint8)
LABELS = (np.arange(N) % 3).astype(np.uint8)


def npy(array, **options):
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def npz(**arrays):
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def idx(array):
    header = struct.pack(f">{1 + array.ndim}I", 0x0800 + array.ndim, *array.shape)
    return header + array.tobytes()


def table(rows, *, head=None, delimiter=","):
    lines = ([head] if head else []) + [list(map(str, row)) for row in rows]
    return "\n".join(delimiter.join(line) for line in lines).encode()


def zipped(entries, kind=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", kind) as archive:
        for name, raw in entries.items():
            archive.writestr(name, raw)
    return file.getvalue()


def picture(array, kind="PNG"):
    file = io.BytesIO()
    Image.fromarray(array).save(file, kind)
    return file.getvalue()


def folders(pictures=PICTURES, labels=LABELS, kind="PNG", start=""):
    return {
        f"{start}class {label}/{i}.{kind.lower()}": picture(array, kind)
        for i, (array, label) in enumerate(zip(pictures, labels, strict=True))
    }


def understood(files, side=None, **changed):
    """What is made of files where nobody chooses anything else."""
    found = understand(read(files, side=side), Choices(side=side, **changed), "a file")
    if found.data is None:
        raise DataError(found.problem)
    return found


def assert_holds(data, pictures=PICTURES, labels=LABELS):
    """Every picture is in one of the splits, as it was, with its label."""
    found = np.concatenate([data.train.images, data.test.images])
    codes = np.concatenate([data.train.labels, data.test.labels])
    flat = pictures.reshape(len(pictures), -1)
    assert sorted(map(bytes, found)) == sorted(map(bytes, flat))
    if labels is not None:
        of = {bytes(row): label for row, label in zip(flat, labels, strict=True)}
        assert [of[bytes(row)] for row in found] == codes.tolist()


# every kind of file


@pytest.mark.parametrize(
    "files",
    [
        {"mine.npz": npz(images=PICTURES, labels=LABELS)},
        {"x.npy": npy(PICTURES), "y.npy": npy(LABELS)},
        {"x.npy": npy(np.asfortranarray(PICTURES)), "y.npy": npy(LABELS.astype(float))},
        {"images-idx3-ubyte": idx(PICTURES), "labels-idx1-ubyte": idx(LABELS)},
        {"i.gz": gzip.compress(idx(PICTURES)), "l.gz": gzip.compress(idx(LABELS))},
        {"mine.zip": zipped(folders())},
        {"colour.npz": npz(x=np.repeat(PICTURES[..., None], 3, axis=3), y=LABELS)},
        {"first.npz": npz(x=PICTURES[:, None], y=LABELS[:, None])},
    ],
    ids=["npz", "npy", "Fortran", "IDX", "IDX.gz", "zip", "colours last", "channel first"],
)
def test_pictures_of_every_kind_come_through_whole(files):
    found = understood(files)
    assert found.data.shape == SHAPE
    assert found.data.name.startswith("own-9x7-")
    assert len(found.data.classes) == 3
    assert (len(found.data.train), len(found.data.test)) == (48, 12)
    assert_holds(found.data)
    said = " ".join(found.sentences)
    assert "60 pictures of 9 × 7 pixels, 3 classes" in said
    assert "divided by 255" in said
    assert "A fifth of each class is kept for the test" in said


def test_a_split_that_files_give_is_kept():
    files = {"d.npz": npz(x_train=PICTURES[:50], y_train=LABELS[:50], x_test=PICTURES[50:],
                          y_test=LABELS[50:])}  # fmt: skip
    data = understood(files).data
    np.testing.assert_array_equal(data.train.images, PICTURES[:50].reshape(50, -1))
    np.testing.assert_array_equal(data.test.labels, LABELS[50:])
    same = {
        "train-images-idx3-ubyte": idx(PICTURES[:50]),
        "train-labels-idx1-ubyte": idx(LABELS[:50]),
        "t10k-images-idx3-ubyte": idx(PICTURES[50:]),
        "t10k-labels-idx1-ubyte": idx(LABELS[50:]),
    }
    assert understood(same).data.name == data.name
    in_folders = folders(PICTURES[:50], LABELS[:50], start="train/")
    in_folders |= folders(PICTURES[50:], LABELS[50:], start="test/")
    zip_data = understood({"a.zip": zipped(in_folders)}).data
    assert zip_data.digest == data.digest
    assert zip_data.classes == ("class 0", "class 1", "class 2")


def test_without_labels_there_is_one_class():
    data = understood({"x.npy": npy(PICTURES)}).data
    assert data.classes == ("all",)
    assert not data.labelled
    assert_holds(data, labels=None)


def test_more_classes_than_can_be_told_apart_are_left_out_and_that_is_said():
    found = understood({"d.npz": npz(x=PICTURES, y=np.arange(N))})
    assert found.data.classes == ("all",)
    assert "60 different numbers" in " ".join(found.sentences)


@pytest.mark.parametrize(
    ("pictures", "dtype", "said"),
    [
        (PICTURES / 255, np.float32, "they stay as they are"),
        (PICTURES // 16, np.float32, "from 0 to 15: they are scaled so that 0 is 0 and 15 is 1"),
        (PICTURES / 127.5 - 1, np.float32, "scaled so that -1 is 0 and 1 is 1"),
        (PICTURES.astype(np.int64), np.uint8, "divided by 255"),
        (PICTURES > 127, np.float32, "they stay as they are"),
    ],
    ids=["floats", "16 levels", "signed", "int64", "bool"],
)
def test_values_come_to_lie_between_0_and_1(pictures, dtype, said):
    found = understood({"x.npy": npy(pictures)})
    pixels = found.data.train.pixels()
    assert found.data.train.images.dtype == dtype
    assert 0 <= pixels.min() <= 0.01
    assert 0.99 <= pixels.max() <= 1
    assert said in " ".join(found.sentences)


def test_pictures_of_several_sizes_are_fitted_into_one():
    wide = np.full((10, 40), 255, np.uint8)
    entries = folders() | {"class 0/wide.png": picture(wide)}
    found = understood({"a.zip": zipped(entries)}, side=16)
    assert found.data.shape == (16, 16)
    assert "fitted into 16×16" in " ".join(found.sentences)
    assert understood({"a.zip": zipped(entries)}).data.shape == (28, 28)


# several files


def test_one_bad_file_leaves_the_others_usable_and_is_named():
    files = {"x.npy": npy(PICTURES), "bad.npy": b"\x93NUMPY\1\0", "y.npy": npy(LABELS)}
    contents = read(files | {"a.pkl": b"\x80\4K\1."})
    assert [part.name for part in contents.parts] == ["x.npy", "y.npy"]
    left = {of.what: of.why for of in contents.left}
    assert left["bad.npy"].startswith("it cannot be read: it is damaged or of another kind")
    assert left["a.pkl"].startswith("it is a pickle, which could run code")


def test_arrays_of_one_name_are_told_apart_by_their_files():
    files = {f"{of}.npz": npz(arr_0=array) for of, array in (("i", PICTURES), ("l", LABELS))}
    assert [of.name for of in read(files).parts] == ["i.npz: arr_0", "l.npz: arr_0"]
    twice = zipped({"a/x.npy": npy(PICTURES), "b/x.npy": npy(LABELS)})
    assert [of.name for of in read({"z.zip": twice}).parts] == ["z.zip: a/x", "z.zip: b/x"]


def test_files_of_one_name_are_told_apart(tmp_path):
    files = {"a/x.npy": npy(PICTURES), "b/x.npy": npy(LABELS)}
    assert [of.name for of in read(files).parts] == ["x.npy", "x.npy (2)"]


def test_a_file_can_lie_in_a_folder(tmp_path):
    (tmp_path / "7f3a").write_bytes(npy(PICTURES))
    contents = read({"x.npy": tmp_path / "7f3a"})
    assert contents.parts[0].name == contents.parts[0].file == "x.npy"
    np.testing.assert_array_equal(contents.parts[0].array, PICTURES)


def test_progress_is_told():
    told = []
    read({"x.npy": npy(PICTURES), "a.zip": zipped(folders())}, told=lambda *of: told.append(of))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert 0 <= shares[0] < 0.5 <= shares[-1] <= 1
    assert "Reading x.npy" in told[0][1]
    assert "of 60 pictures" in told[-1][1]


# tables


COLUMNS = RNG.normal(5, 2, (N, 4)).round(3)
KINDS = np.array(["red", "green", "blue"])[LABELS]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_keeps_its_columns_and_their_units(delimiter):
    rows = [[*values, kind] for values, kind in zip(COLUMNS, KINDS, strict=True)]
    head = ["length", "width", "*depth*", "", "kind"]
    found = understood({"t.csv": table(rows, head=head, delimiter=delimiter)})
    data = found.data
    assert data.shape is None
    assert data.name.startswith("own-4-")
    assert data.columns == ("length", "width", "*depth*", "column 4")
    assert data.classes == ("blue", "green", "red")
    pixels = np.concatenate([data.train.pixels(), data.test.pixels()])
    np.testing.assert_allclose([pixels.min(axis=0), pixels.max(axis=0)], [[0] * 4, [1] * 4])
    values = data.values(pixels)
    np.testing.assert_allclose(np.sort(values, axis=0), np.sort(COLUMNS, axis=0), rtol=1e-5)
    assert "Each column is scaled" in " ".join(found.sentences)


def test_a_table_without_names_and_labels():
    data = understood({"t.csv": table(COLUMNS)}).data
    assert data.columns == tuple(f"column {i}" for i in range(1, 5))
    assert data.classes == ("all",)


def test_mnist_as_a_table_is_pictures():
    square = RNG.integers(0, 256, (N, 81), np.uint8)
    rows = np.column_stack([LABELS, square])
    data = understood({"mnist.csv": table(rows)}).data
    assert data.shape == (9, 9)
    assert_holds(data, square)
    columns = understood({"mnist.csv": table(rows)}, shape="columns").data
    assert columns.name.startswith("own-81-")


def test_a_column_that_never_changes_is_left_out_and_that_is_said():
    flat = np.column_stack([COLUMNS, np.full(N, 3.5)])
    found = understood({"t.csv": table(flat)})
    assert found.data.columns == tuple(f"column {i}" for i in range(1, 5))
    assert "the column “column 5”" in [of.what for of in found.left]


def test_train_and_test_tables_share_their_columns():
    rows = np.column_stack([LABELS, COLUMNS])
    head = ["label", "a", "b", "c", "d"]
    files = {
        "my_train.csv": table(rows[:50], head=head),
        "my_test.csv": table(rows[50:], head=head),
    }
    data = understood(files).data
    assert (len(data.train), len(data.test)) == (50, 10)
    np.testing.assert_array_equal(data.test.labels, LABELS[50:])
    files["my_test.csv"] = table(rows[50:], head=["label", "a", "b", "c", "e"])
    found = understood(files)
    assert len(found.data.train) + len(found.data.test) == 50
    assert "it has other columns than “my_train.csv”" in [of.why for of in found.left]


# what was understood is kept


@pytest.mark.parametrize("kind", ["pictures", "columns"])
def test_a_data_set_is_kept_and_read_again_until_it_is_removed(kind):
    file = {"x.npz": npz(x=PICTURES, y=LABELS)} if kind == "pictures" else {"t.csv": table(COLUMNS)}
    found = understood(file)
    name = found.data.name
    assert names.own() == []
    owndata.keep(found.data, "My <b>data</b> *set*", found.scaling)
    assert names.own() == [name]
    data = datasets.load(name)
    assert data.title == "My <b>data</b> *set*"
    assert (data.digest, data.classes, data.columns) == (
        found.data.digest, found.data.classes, found.data.columns,
    )  # fmt: skip
    assert names.training_rows(name) == len(data.train)
    owndata.remove(name)
    owndata.remove(name)
    assert names.own() == []
    with pytest.raises(datasets.DataMissing, match=r"not here any more: it was removed\..*Data\.$"):
        datasets.load(name)
    assert names.title(name) == f"removed data ({name})"


@pytest.mark.parametrize("damage", ["cut", "other", "no arrays"])
def test_a_damaged_data_set_is_named_with_what_to_do(damage):
    found = understood({"x.npy": npy(PICTURES)})
    owndata.keep(found.data, "Mine", found.scaling)
    place = names.folder(found.data.name)
    file = place / "arrays.safetensors"
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:-100])
    elif damage == "other":
        raw = bytearray(file.read_bytes())
        raw[-1] ^= 1
        file.write_bytes(raw)
    else:
        (place / "about.json").write_text("{}")
    with pytest.raises(DataError, match=r"is damaged\. Remove it on the page Data"):
        datasets.load(found.data.name)
