"""Arrays of every kind come through whole; what is no plain array is named beside them."""

import gzip
import io
import json

import numpy as np
import pytest
from safetensors.numpy import save
from scipy.io import savemat
from scipy.sparse import csr_matrix

from pcae.data.dataset import DataError
from pcae.data.reading.uploads import read
from tests.data.reading.test_uploads import LABELS, PICTURES, N, npy, npz, zipped

NAMES = np.array(["cat", "Käse", "<=50K"])[LABELS]


def mat(order="<", **arrays):
    savemat(file := io.BytesIO(), arrays, do_compression="packed" in arrays)
    return file.getvalue()


def arrays(raw, name="x.npz"):
    """The arrays of a file, by what follows its name."""
    return {of.name.removeprefix(f"{name}: "): of.array for of in read({name: raw}).parts}


@pytest.mark.parametrize(
    "array",
    [
        PICTURES.astype(kind)
        for kind in ("u1", "i1", ">u2", "<i4", ">i8", "u8", "f2", ">f4", "f8", "?", "longdouble")
    ]
    + [np.asfortranarray(PICTURES), PICTURES[:, ::-1], np.asfortranarray(PICTURES.astype(">f8"))],
    ids=str,
)
def test_numbers_of_every_type_are_as_they_were(array):
    (found,) = arrays(npy(array), "x.npy").values()
    np.testing.assert_array_equal(found, array)
    assert found.dtype.isnative
    assert found.dtype.itemsize <= 8


@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
def test_both_forms_of_a_header_are_read(version):
    np.lib.format.write_array(file := io.BytesIO(), PICTURES, version)
    np.testing.assert_array_equal(arrays(file.getvalue(), "x.npy")["x.npy"], PICTURES)


@pytest.mark.parametrize(
    "labels",
    [NAMES, NAMES[:, None], np.char.encode(NAMES, "utf-8"), np.char.encode(NAMES, "cp1252")],
    ids=["text", "a column", "UTF-8", "Windows-1252"],
)
def test_text_is_text_whether_as_letters_or_bytes(labels):
    found = arrays(npz(x=PICTURES, y=labels))["y"]
    assert found.dtype.kind == "U"
    np.testing.assert_array_equal(found, NAMES)


def test_letters_that_there_are_not_are_marked():
    raw = npy(np.array(["ab"] * N)).replace(b"b\0\0\0", b"\xff\xff\xff\x7f", 1)
    (found,) = arrays(raw, "x.npy").values()
    assert found.tolist() == ["a?"] + ["ab"] * (N - 1)


@pytest.mark.parametrize(
    ("array", "why"),
    [
        (np.array([{}] * N, object), "holds pickled Python objects, which could execute code"),
        (np.zeros(N, "i4,f8"), "holds values of the type [('f0', '<i4'), ('f1', '<f8')]"),
        (PICTURES * 1j, "holds values of the type complex128"),
        (np.array(["2026-01-01"] * N, "M8[D]"), "holds values of the type datetime64[D]"),
        (np.array(7), "is a single value"),
        (PICTURES[:0], "has no rows"),
    ],
    ids=["objects", "fields", "complex", "dates", "a value", "empty"],
)
def test_what_is_no_plain_array_leaves_those_beside_it_usable(array, why):
    contents = read({"x.npz": npz(images=PICTURES, odd=array)})
    np.testing.assert_array_equal(contents.parts[0].array, PICTURES)
    (left,) = contents.left
    assert left.what == "x.npz: odd"
    assert left.why.startswith(f"it {why}")
    with pytest.raises(DataError, match=r"^“x\.npz: odd” "):
        read({"x.npz": npz(odd=array)})


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("kind", [0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E])
def test_idx_of_every_type(kind, pack):
    dtype = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}[kind]
    array = (PICTURES // 2).astype(dtype)
    header = bytes([0, 0, kind, 3]) + np.array(array.shape, ">u4").tobytes()
    (found,) = arrays(pack(header + array.tobytes()), "train-images-idx3-ubyte.gz").values()
    np.testing.assert_array_equal(found, array)


def test_safetensors():
    given = {
        "x": PICTURES,
        "y": LABELS.astype(np.int64),
        "half": np.float16(PICTURES),
        "b": PICTURES > 9,
    }
    found = arrays(save(given, {"about": "digits"}), "x.safetensors")
    assert found.keys() == given.keys()
    for key, array in given.items():
        np.testing.assert_array_equal(found[key], array)


def test_tensors_that_numpy_has_not_are_named():
    said = {"x": {"dtype": "U8", "shape": [N, 2], "data_offsets": [0, 2 * N]}}
    said["bf"] = {"dtype": "BF16", "shape": [N], "data_offsets": [2 * N, 4 * N]}
    header = json.dumps(said).encode()
    raw = len(header).to_bytes(8, "little") + header + bytes(range(240))
    contents = read({"x.safetensors": raw})
    assert contents.parts[0].array.shape == (N, 2)
    assert "it holds values of the type BF16" in contents.left[0].why


def test_matlab_files():
    given = {"X": PICTURES, "y": LABELS[:, None].astype(float), "names": np.array(["ab", "cde"])}
    for packed in ({}, {"packed": np.arange(9.0)}):
        found = arrays(mat(**given, **packed), "x.mat")
        np.testing.assert_array_equal(found["X"], PICTURES)
        np.testing.assert_array_equal(found["y"], LABELS[:, None])
        assert [of.strip() for of in found["names"]] == ["ab", "cde"]


def test_what_matlab_alone_has_is_named():
    odd = {
        "s": {"a": 1},
        "c": np.array([1, "b"], object),
        "sp": csr_matrix(np.eye(9)),
        "z": np.eye(3) * 1j,
    }
    contents = read({"x.mat": mat(X=PICTURES, **odd)})
    assert [of.name for of in contents.parts] == ["x.mat: X"]
    whys = {of.what: of.why for of in contents.left}
    assert whys["x.mat: s"] == "it is a struct: save a plain array of numbers"
    assert whys["x.mat: c"].startswith("it is a cell array")
    assert whys["x.mat: sp"].startswith("it is a sparse matrix")
    assert whys["x.mat: z"].startswith("it has complex numbers")


def test_an_array_in_a_folder_for_the_test_is_of_the_test():
    raw = zipped(
        {"train/x.npy": npy(PICTURES), "test/x.npy": npy(PICTURES), "latest/y.npy": npy(LABELS)}
    )
    parts = read({"d.zip": raw}).parts
    assert [of.split for of in parts] == ["train", "test", ""]
