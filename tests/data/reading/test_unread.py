"""Kinds of files that are known and not read are named, with what makes them readable."""

import gzip
import io
import pickle
import sqlite3

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from pcae.data.dataset import LONGEST_SENTENCE, DataError
from pcae.data.reading import unread
from pcae.data.reading.uploads import read
from tests.data.reading.test_uploads import LABELS, PICTURES, npy, table, zipped

PAGE = b"<!DOCTYPE html>\n<html><head><title>403</title></head><body>a, b\nc, d</body></html>\n"
SPARSE = io.BytesIO()
sparse.save_npz(SPARSE, sparse.csr_matrix(np.eye(60)))

KINDS = {
    "a.pkl": (pickle.dumps([1]), "is a pickle, which could run code. In Python"),
    "old.pkl": (pickle.dumps([1], 0), "is a pickle"),
    "mnist.pkl.gz": (gzip.compress(pickle.dumps(PICTURES)), "numpy.savez('mnist.npz', *"),
    "no ending": (pickle.dumps(PICTURES), "is a pickle"),
    "usps.h5": (b"\x89HDF\r\n\x1a\n" + bytes(99), "is HDF5. In Python: "),
    "x.mat": (b"MATLAB 7.3 MAT-file, Platform" + bytes(512), "is MATLAB 7.3. In Python: "),
    "s.npz": (SPARSE.getvalue(), "scipy.sparse.load_npz('s.npz').toarray()"),
    "a.rar": (b"Rar!\x1a\x07\1\0" + bytes(99), "is packed as RAR: unpack it"),
    "a.7z": (b"7z\xbc\xaf\x27\x1c" + bytes(99), "is packed as 7z: unpack it"),
    "a.pdf": (b"%PDF-1.7\n%\xe2\xe3", "is a PDF: save its table as CSV"),
    "a.docx": (zipped({"[Content_Types].xml": b"", "word/document.xml": b""}), "a text document"),
    "a.pptx": (zipped({"[Content_Types].xml": b"", "ppt/slides": b""}), "holds slides"),
    "a.ods": (zipped({"mimetype": b"", "content.xml": b""}), "pandas.read_excel('a.ods')"),
    "a.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "pandas.read_excel('a.xls')"),
    "page.gz": (PAGE, "is a web page, not the file it is called: download it again"),
    "inside.gz": (gzip.compress(PAGE), "is a web page, not the file it is called"),
    "bom.csv": (b"\xef\xbb\xbf" + PAGE, "is a web page"),
    "x.csv": (b'<?xml version="1.0"?>\n<!DOCTYPE html>\n<html>', "is a web page"),
    "a.db": (b"SQLite format 3\0" + bytes(99), "sqlite3.connect('a.db')"),
    "m.pt": (zipped({"m/data.pkl": pickle.dumps([1])}), "*torch.load('m.pt')"),
    "m.keras": (zipped({"model.weights.h5": b"", "config.json": b"{}"}), "is a network of Keras"),
    "a.tfrecord": (b"\1\0\0\0\0\0\0\0abc", "is a TFRecord file"),
    "a.mp4": (b"\0\0\0\x18ftypmp42" + bytes(99), "is a film or a sound"),
    "a.wav": (b"RIFF\0\0\0\0WAVEfmt ", "is a film or a sound"),
    "IMG.HEIC": (b"\0\0\0\x18ftypheic" + bytes(99), "is a photo in a form that is not read: save"),
    "data.csv": (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "git lfs pull"),
    "a.lnk": (b"L\0\0\0\1\x14\2\0" + bytes(99), "is a shortcut: choose the file that it"),
    "a.json": (b'{"a": [1, 2]}', "pandas.read_json('a.json').to_csv('a.csv', index=False)"),
    "a.jsonl": (b'{"a": 1}\n{"a": 2}\n', "pandas.read_json('a.jsonl', lines=True)"),
    "a.ipynb": (b'{"cells": [{"cell_type": "code"}]}', "is a notebook: choose the data that it"),
    "a.xml": (b"<?xml version='1.0'?>\n<a><b>1</b></a>", "pandas.read_xml('a.xml')"),
    "a.svg": (b"<svg xmlns=''></svg>", "is a drawing: save it as PNG"),
    "a.py": (b"x = 1, 2\ny = 3, 4\n", "is a program: choose the data that it reads"),
    "x.csv.crdownload": (b"a,b\n1,2\n", "is a download that has not ended"),
    "a.sav": (b"$FL2@(#) SPSS" + bytes(99), "pandas.read_spss('a.sav')"),
    "a.rds": (gzip.compress(b"X\n\0\0\0\3"), "is a file of R: save the table there with write"),
    "a.zst": (b"\x28\xb5\x2f\xfd" + bytes(99), "is packed as Zstandard: unpack it"),
    "empty.csv": (b"", "is empty: choose a table"),
    "empty.gz": (gzip.compress(b""), "is empty: choose a table"),
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_that_is_not_read_is_named(name):
    raw, said = KINDS[name]
    with pytest.raises(DataError) as problem:
        read({name: raw})
    assert str(problem.value).startswith(f"“{name}” ")
    assert said in str(problem.value)
    contents = read({"y.npy": npy(LABELS), name: raw})
    assert [of.what for of in contents.left] == [name]
    assert contents.left[0].why.startswith("it ")


@pytest.mark.parametrize("name", KINDS)
def test_its_sentence_is_whole_in_an_archive_and_with_a_long_name(name):
    raw = KINDS[name][0]
    for files in ({"z.zip": zipped({name: raw})}, {f"{'long ' * 60}{name}": raw}):
        with pytest.raises(DataError) as problem:
            read(files)
        assert len(str(problem.value)) <= LONGEST_SENTENCE
        assert not str(problem.value).endswith("….")


def test_every_clause_fits_into_a_sentence():
    for clause in [*unread._BY_ENDING.values(), *(of for _, of in unread._STARTS)]:
        filled = unread._filled(clause, "abcdefgh.pkl")
        assert len(f"“{'n' * 32}” {filled}.") <= LONGEST_SENTENCE
        assert "{" not in filled.replace("{}", "").replace("{k: v[()]}", "")


def run(clause, **given):
    """Run the line of Python that a clause has."""
    code = clause.split("In Python: ", 1)[1]
    exec(
        code,
        {"numpy": np, "pickle": pickle, "gzip": gzip, "pandas": pd, "sqlite3": sqlite3} | given,
    )


def test_the_lines_of_python_convert(tmp_path, monkeypatch):
    h5py = pytest.importorskip("h5py")
    import scipy.sparse

    monkeypatch.chdir(tmp_path)
    pair = [(PICTURES, LABELS), (PICTURES[:9], LABELS[:9])]
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(PICTURES))
    (tmp_path / "b.pkl.gz").write_bytes(gzip.compress(pickle.dumps(pair)))
    (tmp_path / "s.npz").write_bytes(SPARSE.getvalue())
    (tmp_path / "j.json").write_bytes(b'[{"a": 1, "b": 2}, {"a": 3, "b": 4}]')
    with h5py.File("h.h5", "w") as file:
        file["train/data"], file["train/target"] = PICTURES, LABELS
    for name in ("a.pkl", "b.pkl.gz", "h.h5", "j.json"):
        raw = (tmp_path / name).read_bytes()
        start = gzip.decompress(raw) if name.endswith("gz") else raw
        run(unread.kind(name, start), h5py=h5py)
    run(
        unread.of_archive("s.npz", ["indices.npy", "indptr.npy", "shape.npy", "data.npy"]),
        scipy=scipy,
    )
    made = {of.name: of.read_bytes() for of in tmp_path.iterdir()}
    parts = {of.name: of for of in read({of: made[of] for of in ("a.npz", "b.npz", "h.npz")}).parts}
    np.testing.assert_array_equal(parts["a.npz: data"].array, PICTURES)
    assert [len(parts[f"b.npz: arr_{i}"]) for i in range(4)] == [60, 60, 9, 9]
    assert (len(parts["h.npz: data"]), parts["h.npz: data"].split) == (60, "train")
    assert read({"s.npy": made["s.npy"]}).parts[0].array.shape == (60, 60)
    assert [of.name for of in read({"j.csv": made["j.csv"]}).parts[0].columns] == ["a", "b"]


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("orcid.csv", table([[1, 2]] * 9, head=["ORCID", "b"])),
        ("table.xls", table([[1, 2]] * 9, head=["a", "b"], delimiter="\t")),
        ("id3.csv", table([[1, 2]] * 9, head=["ID3", "b"])),
        ("data.bin", table([[1, 2]] * 9, head=["a", "b"])),
    ],
)
def test_a_table_is_a_table_whatever_it_is_called(name, raw):
    assert [len(of) for of in read({name: raw}).parts] == [9]
