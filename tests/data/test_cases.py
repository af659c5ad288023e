"""Files as classes and courses hand them out, small ones of each kind, with what people expect."""

import gzip
import io
import tarfile

import numpy as np
import pytest

from pcae.data.choices import Choices
from pcae.data.dataset import DataError
from pcae.data.judging.understanding import understand
from pcae.data.reading.uploads import read
from tests.data.judging.test_understanding import asked, left_of
from tests.data.reading.test_uploads import idx, npy, npz, picture, table, zipped

RNG = np.random.default_rng(0)
N = 60
LABELS = np.arange(N) % 3


def digits(side=9, n=N):
    """Pictures with a bright stroke on a dark ground, another one for each class."""
    found = np.zeros((n, side, side), np.uint8)
    for i in range(n):
        found[i, 2 + i % 3 * 2, 2:-2] = 255 - i
    found[:, 4, 4] = RNG.integers(100, 255, n)
    return found


DIGITS = digits()
FLAT = DIGITS.reshape(N, 81)
NUMBERS = RNG.normal(20, 4, (N, 3)).round(2)


def brought(files, **chosen):
    """What comes of files, with what is chosen."""
    choices = Choices(**chosen)
    contents = read(files, side=choices.side, headed=choices.headed)
    return understand(contents, choices, ", ".join(files))


def is_of(found, n, shape, classes):
    assert found.problem == ""
    data = found.data
    assert len(data.train) + len(data.test) == n
    assert data.shape == shape
    assert (len(data.classes) if data.labelled else 0) == classes
    return data


def about(found, words):
    """Whether something that is left out says these words."""
    return any(words in f"{of.what}: {of.why}" for of in found.left)


def in_folders(pictures=DIGITS, names=LABELS, ending="png"):
    return {
        f"{name}/{i}.{ending}": picture(of)
        for i, (of, name) in enumerate(zip(pictures, names, strict=True))
    }


# tables


def test_t01_the_index_of_pandas_is_left_out():
    rows = np.column_stack([np.arange(N), LABELS, FLAT])
    head = ["", "label", *(f"pixel{i}" for i in range(81))]
    found = brought({"pandas.csv": table(rows, head=head)})
    data = is_of(found, N, (9, 9), 3)
    assert data.train.images.dtype == np.uint8
    assert found.columns[0].role == "left out"
    assert any("column" in of for of in left_of(found))


def test_t02_names_that_are_numbers_are_names():
    found = brought({"numbers.csv": table(FLAT, head=[str(i) for i in range(81)])})
    is_of(found, N, (9, 9), 0)
    assert "Pixels have values from 0 to 255" in found.scaling


def test_t03_a_label_that_comes_last():
    small = digits(8) // 16
    rows = np.column_stack([small.reshape(N, 64), LABELS])
    data = is_of(brought({"optdigits.tes": table(rows)}), N, (8, 8), 3)
    both = np.concatenate([data.train.images, data.test.images])
    values = np.rint(both * small.max()).astype(int)
    assert {*map(bytes, values)} == {*map(bytes, small.reshape(N, 64).astype(int))}


def test_t05_a_zip_is_read_as_its_files():
    head = ["label", *(f"p{i}" for i in range(81))]
    rows = np.column_stack([LABELS, FLAT])
    tables = {
        "mnist_train.csv": table(rows, head=head),
        "mnist_test.csv": table(rows[:20], head=head),
    }
    found = brought({"archive.zip": zipped(tables)})
    data = is_of(found, 80, (9, 9), 3)
    assert len(data.test) == 20
    arrays = {"x.npy": npy(DIGITS), "y.npy": npy(LABELS)}
    is_of(brought({"arrays.zip": zipped(arrays)}), N, (9, 9), 3)
    both = {"images-idx3-ubyte": idx(DIGITS), "labels-idx1-ubyte": idx(LABELS.astype(np.uint8))}
    is_of(brought({"idx.zip": zipped(both)}), N, (9, 9), 3)


def test_t06_a_counting_column_is_left_out_and_text_is_named():
    species = np.array(["setosa", "versicolor", "virginica"])[LABELS]
    island = np.array(["Dream", "Biscoe"])[np.arange(N) % 2]
    rows = [[i + 1, *NUMBERS[i], island[i], species[i]] for i in range(N)]
    head = ["Id", "length", "width", "depth", "island", "Species"]
    found = brought({"Iris.csv": table(rows, head=head)})
    data = is_of(found, N, None, 3)
    assert data.columns == ("length", "width", "depth")
    assert about(found, "Id")
    assert about(found, "island")
    used = brought(
        {"Iris.csv": table(rows, head=head)}, roles=(("Id", "feature"), ("width", "left out"))
    )
    assert used.data.columns == ("Id", "length", "depth")


def test_t14_decimal_commas_are_numbers():
    kinds = np.array(["rot", "weiß", "grün"])[LABELS]
    lines = ["Anzahl;Länge;Breite;Farbe"]
    for i in range(N):
        a, b, _ = (f"{of:.2f}".replace(".", ",") for of in NUMBERS[i])
        lines.append(f"{i % 7};{a};{b};{kinds[i]}")
    data = is_of(brought({"komma.csv": "\n".join(lines).encode()}), N, None, 3)
    assert data.columns == ("Anzahl", "Länge", "Breite")
    assert data.classes == ("grün", "rot", "weiß")
    values = data.values(np.concatenate([data.train.images, data.test.images]))
    np.testing.assert_allclose(np.sort(values[:, 1]), np.sort(NUMBERS[:, 0]), rtol=1e-5)


def test_t15_the_files_of_a_competition():
    pixels = [f"pixel{i}" for i in range(81)]
    files = {
        "sample_submission.csv": table([[i + 1, 0] for i in range(30)], head=["ImageId", "Label"]),
        "test.csv": table(FLAT[:30], head=pixels),
        "train.csv": table(np.column_stack([LABELS, FLAT]), head=["label", *pixels]),
    }
    found = brought(files)
    is_of(found, N, (9, 9), 3)
    assert about(found, "sample_submission.csv")
    assert about(found, "test.csv” (30 rows, 81 columns): it has no labels")


def test_t18_an_empty_column_is_left_out():
    rows = [[i, "MB"[i % 2], *NUMBERS[i], ""] for i in range(N)]
    head = ["id", "diagnosis", "radius", "texture", "area", "Unnamed: 32"]
    found = brought({"cancer.csv": table(rows, head=head)})
    data = is_of(found, N, None, 2)
    assert data.columns == ("radius", "texture", "area")
    assert about(found, "Unnamed: 32")


def test_t19_blanks_and_tabs_separate():
    lines = [
        f"{a}\t{b}  {c}\t\t{label + 1}" for (a, b, c), label in zip(NUMBERS, LABELS, strict=True)
    ]
    data = is_of(brought({"seeds.txt": "\n".join(lines).encode()}), N, None, 3)
    assert data.inputs == 3


def test_t21_y_with_many_values_is_a_feature():
    kinds = np.array(["walking", "sitting", "standing"])[LABELS]
    rows = [[*NUMBERS[i], kinds[i]] for i in range(N)]
    data = is_of(
        brought({"accelerometer.csv": table(rows, head=["x", "y", "z", "activity"])}), N, None, 3
    )
    assert data.columns == ("x", "y", "z")
    assert data.classes == ("sitting", "standing", "walking")


def test_t27_classes_keep_their_signs():
    rows = [[*NUMBERS[i].astype(int), ["<=50K", ">50K"][i % 2]] for i in range(N)]
    data = is_of(
        brought({"adult.csv": table(rows, head=["age", "num", "hours", "class"])}), N, None, 2
    )
    assert data.classes == ("<=50K", ">50K")


def test_t32_rows_or_columns_with_gaps_are_left_out():
    rows = [[i % 2, 1 + i % 3, "" if i % 5 == 0 else 20 + i, NUMBERS[i, 0]] for i in range(N)]
    rows += rows
    raw = table(rows, head=["survived", "pclass", "age", "fare"])
    found = brought({"gaps.csv": raw})
    data = is_of(found, 96, None, 2)
    assert data.columns == ("pclass", "age", "fare")
    assert about(found, "24 rows of “gaps.csv”: they have gaps")
    data = is_of(brought({"gaps.csv": raw}, gaps="columns"), 120, None, 2)
    assert data.columns == ("pclass", "fare")


# arrays


def test_t07_a_test_alone_is_data_with_labels():
    files = {
        "t10k-images-idx3-ubyte.gz": gzip.compress(idx(DIGITS)),
        "t10k-labels-idx1-ubyte.gz": gzip.compress(idx(LABELS.astype(np.uint8))),
    }
    is_of(brought(files), N, (9, 9), 3)
    is_of(brought({"images.npy": npy(DIGITS), "latest_labels.npy": npy(LABELS)}), N, (9, 9), 3)


def test_t08_one_hot_labels_are_labels():
    hot = np.eye(3, dtype=np.float32)[LABELS]
    parts = {"y_train": hot, "x_train": DIGITS, "y_test": hot[:20], "x_test": DIGITS[:20]}
    data = is_of(brought({"one_hot.npz": npz(**parts)}), 80, (9, 9), 3)
    assert len(data.test) == 20
    np.testing.assert_array_equal(data.test.labels, LABELS[:20])


def test_t09_arrays_of_one_name_in_several_files():
    files = {
        f"kmnist-{split}-{kind}.npz": npz(arr_0=of[rows])
        for split, rows in (("test", slice(0, 20)), ("train", slice(0, N)))
        for kind, of in (("imgs", DIGITS), ("labels", LABELS))
    }
    data = is_of(brought(files), 80, (9, 9), 3)
    assert (len(data.train), len(data.test)) == (60, 20)


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("labels.txt", "\n".join(map(str, LABELS)).encode()),
        ("labels.csv", b"label\n" + "\n".join(map(str, LABELS)).encode()),
        ("labels.csv", table(np.column_stack([np.arange(N), LABELS]), head=["id", "label"])),
    ],
)
def test_t11_labels_in_a_file_of_their_own(name, raw):
    data = is_of(brought({"images.npy": npy(DIGITS), name: raw}), N, (9, 9), 3)
    both = np.concatenate([data.train.images, data.test.images])
    codes = np.concatenate([data.train.labels, data.test.labels])
    of = {bytes(row): label for row, label in zip(FLAT, LABELS, strict=True)}
    assert [of[bytes(row)] for row in both] == codes.tolist()


def test_t12_26_letters_that_lie_on_their_sides():
    letters = np.concatenate([DIGITS] * 3)[:156]
    labels = (np.arange(156) % 26 + 1).astype(np.uint8)
    files = {
        "emnist-letters-train-images-idx3-ubyte.gz": gzip.compress(idx(letters.transpose(0, 2, 1))),
        "emnist-letters-train-labels-idx1-ubyte.gz": gzip.compress(idx(labels)),
    }
    lying = is_of(brought(files), 156, (9, 9), 26)
    assert lying.classes == tuple(map(str, range(1, 27)))
    upright = brought(files, turns=1, mirrored=True).data
    whole = np.concatenate([upright.train.images, upright.test.images])
    assert {*map(bytes, whole)} == {*map(bytes, letters.reshape(156, -1))}


def test_t24_pixels_centred_on_0_are_scaled_alike():
    files = {"x.npz": npz(x=(FLAT / 127.5 - 1).astype(np.float32), y=LABELS)}
    data = is_of(brought(files), N, (9, 9), 3)
    whole = np.concatenate([data.train.images, data.test.images])
    assert {*map(bytes, np.rint(whole * 255).astype(np.uint8))} == {*map(bytes, FLAT)}


def test_t30_a_column_for_every_image():
    found = brought({"x.npy": npy(FLAT.T)})
    assert asked(found, "across").suggested
    is_of(brought({"x.npy": npy(FLAT.T)}, across=True), N, (9, 9), 0)


def test_t37_the_test_is_the_test():
    rows = {"train": slice(0, N), "valid": slice(0, 15), "test": slice(20, 40)}
    arrays = {
        f"{key}_{split}": of[at]
        for split, at in rows.items()
        for key, of in (("x", DIGITS), ("y", LABELS))
    }
    found = brought({"all.npz": npz(**arrays)})
    data = is_of(found, 95, (9, 9), 3)
    np.testing.assert_array_equal(data.test.labels, LABELS[20:40])
    assert asked(found, "joined").value is True
    without = brought({"all.npz": npz(**arrays)}, joined=False)
    is_of(without, 80, (9, 9), 3)
    assert about(without, "x_valid")


def test_t40_bytes_are_labels_and_objects_leave_the_images_usable():
    labels = np.array([b"odd", b"even"])[np.arange(N) % 2]
    is_of(brought({"b.npz": npz(images=DIGITS, labels=labels)}), N, (9, 9), 2)
    objects = np.array([{"a": 1}] * N, object)
    found = brought({"o.npz": npz(images=DIGITS, labels=objects)})
    is_of(found, N, (9, 9), 0)
    assert about(found, "labels")


# kinds


def test_t23_a_web_page_is_named():
    raw = gzip.compress(b"<!DOCTYPE html><html><head><title>404</title></head></html>")
    with pytest.raises(DataError, match="web page"):
        brought({"train-images-idx3-ubyte.gz": raw})


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("mnist.pkl.gz", gzip.compress(b"\x80\x04\x95\x10\0\0\0\0\0\0\0.", mtime=0), "pickle"),
        ("usps.h5", b"\x89HDF\r\n\x1a\n" + bytes(200), "HDF5"),
    ],
)
def test_t38_kinds_that_are_not_read_are_named_with_the_line_that_converts_them(name, raw, said):
    with pytest.raises(DataError, match=said):
        brought({name: raw})


def test_t38_kinds_that_are_read():
    from pyarrow import feather, parquet
    from pyarrow import table as arrow
    from scipy.io import savemat

    columns = {"a": NUMBERS[:, 0], "b": NUMBERS[:, 1], "c": NUMBERS[:, 2], "species": LABELS}
    for name, write in (("t.parquet", parquet.write_table), ("t.feather", feather.write_feather)):
        file = io.BytesIO()
        write(arrow(columns), file)
        assert is_of(brought({name: file.getvalue()}), N, None, 3).columns == ("a", "b", "c")
    file = io.BytesIO()
    savemat(file, {"data": FLAT.T, "label": LABELS[None]})
    for rest in (bytes(2000), b""):
        with pytest.raises(DataError, match="holds no arrays: it is damaged or empty"):
            read({"mnist-original.mat": file.getvalue()[:128] + rest})
    is_of(brought({"mnist-original.mat": file.getvalue()}), N, (9, 9), 3)
    arff = "@RELATION r\n@ATTRIBUTE a REAL\n@ATTRIBUTE b REAL\n@ATTRIBUTE class {x,y,z}\n@DATA\n"
    lines = [f"{a},{b},{'xyz'[label]}" for (a, b, _), label in zip(NUMBERS, LABELS, strict=True)]
    found = brought({"iris.arff": (arff + "\n".join(lines)).encode()})
    assert is_of(found, N, None, 3).classes == ("x", "y", "z")
    lines = [f"{label} 1:{a} 2:{b}" for (a, b, _), label in zip(NUMBERS, LABELS, strict=True)]
    is_of(brought({"small.scale": "\n".join(lines).encode()}), N, None, 3)
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for path, raw in in_folders().items():
            info = tarfile.TarInfo(path)
            info.size = len(raw)
            archive.addfile(info, io.BytesIO(raw))
    is_of(brought({"png.tar.gz": file.getvalue()}), N, (9, 9), 3)
