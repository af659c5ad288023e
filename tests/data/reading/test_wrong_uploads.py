"""Files that cannot be used get a sentence each."""

import gzip
import io
import pickle
import struct
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from pcae import names
from pcae.data.dataset import LONGEST_SENTENCE, DataError
from pcae.data.limits import MOST_BYTES
from pcae.data.reading.uploads import read
from tests.data.reading.test_uploads import (
    KINDS,
    LABELS,
    PICTURES,
    RNG,
    N,
    idx,
    npy,
    npz,
    picture,
    understood,
    zipped,
)

# what is wrong gets a sentence


class Evil:
    """Would leave a mark if it were unpickled."""

    def __reduce__(self):
        return exec, ("raise SystemExit('executed')",)


def declared(shape, dtype="<f8"):
    """An .npy file that declares much and holds nothing."""
    file = io.BytesIO()
    header = {"descr": dtype, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
    return file.getvalue()


def bomb():
    """A zip of 1 MB that says it holds 2 GB."""
    return zipped({"x.npy": declared((60_000, 64, 64)) + b"\0" * 2**20}, zipfile.ZIP_DEFLATED)


def png_bomb():
    """A small PNG that says it has 60,000 × 60,000 pixels."""
    whole = picture(np.zeros((8, 8), np.uint8))
    start = struct.pack(">II", 60_000, 60_000) + whole[24:29]
    chunk = b"IHDR" + start
    return whole[:12] + chunk + struct.pack(">I", zlib.crc32(chunk)) + whole[33:]


def headed(header):
    """An .npy file with a header as it is given."""
    start = b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header.encode()
    return start + b"\0" * 10_000


def without_palette():
    """A PNG of colours in a palette that is not there."""
    file = io.BytesIO()
    Image.fromarray(PICTURES[0]).convert("P", palette=Image.Palette.ADAPTIVE).save(file, "PNG")
    raw = file.getvalue()
    at = raw.index(b"PLTE") - 4
    return raw[:at] + raw[at + 12 + int.from_bytes(raw[at : at + 4], "big") :]


HEADER = "{'descr': '|u1', 'fortran_order': False, 'shape': (60, 9, 7), }"
BAD = {
    "empty": ({"x.npy": b""}, "“x.npy” is empty: choose a table"),
    "other": ({"a.pdf": b"%PDF\0\1\2"}, "is a PDF: save its table as CSV"),
    "unknown": ({"a.dat": b"\1\2\0\3"}, "is of a kind that is not read: choose a table"),
    "prose": ({"a.txt": b"Call me Ishmael."}, "has a line of names and no rows: bring"),
    "pickle": ({"a.pkl": pickle.dumps(Evil())}, "“a.pkl”"),
    "objects": (
        {"x.npy": npy(np.array([Evil()], object), allow_pickle=True)},
        "pickled Python objects, which could execute code and are never loaded",
    ),
    "objects in npz": ({"x.npz": npz(x=np.array([Evil()], object))}, "x.npz: x” holds pickled"),
    "structured": ({"x.npy": npy(np.zeros(9, "i4,f8"))}, "save plain numbers"),
    "npy bomb": ({"x.npy": declared((10**6, 64, 64))}, "holds more than 448 MB when unpacked"),
    "npz bomb": ({"x.npz": bomb()}, "holds more than 448 MB when unpacked"),
    "flipped bit": ({"x.npy": headed(HEADER.replace(")", "i"))}, "is damaged or of another kind"),
    "true rows": ({"x.npy": headed(HEADER.replace("60", "True"))}, "is damaged or of another kind"),
    "negative": ({"x.npy": headed(HEADER.replace("60", "-60"))}, "is damaged or of another kind"),
    "nested": (
        {"x.npy": headed(HEADER.replace("60", "-" * 9000 + "60"))},
        "is damaged or of another kind",
    ),
    "digits": ({"x.npy": headed(HEADER.replace("60", "0, 1" + "0" * 2000))}, "is damaged or of an"),
    "no palette": ({"x.zip": zipped({"a/1.png": without_palette()})}, "1.png” cannot be read as a"),
    "overflow": ({"x.npy": declared((2**40, 2**40))}, "holds more than 448 MB"),
    "png bomb": ({"x.zip": zipped({"a/1.png": png_bomb()})}, "1.png” has more than 16 million"),
    "no picture": ({"x.zip": zipped({"a/1.png": b"none"})}, "“x.zip: 1.png” cannot be read as a p"),
    "no pictures": ({"x.zip": zipped({"readme": b"none"})}, "x.zip: readme” is no table: choose"),
    "nothing": ({"x.zip": zipped({})}, "“x.zip” is an archive without files"),
    "cut zip": ({"x.npz": npz(x=PICTURES)[:-40]}, "is damaged or of another kind"),
    "cut npy": ({"x.npy": npy(PICTURES)[:-40]}, "is damaged or of another kind"),
    "cut gz": ({"x.gz": gzip.compress(idx(PICTURES))[:-40]}, "is damaged or of another kind"),
    "cut IDX": ({"x": idx(PICTURES)[:-40]}, r"says that it has 60 × 9 × 7 values and has other"),
    "few": ({"x.npy": npy(PICTURES[:49])}, "“x.npy” has 49 rows: bring at least 50"),
    "many": ({"x.npy": declared((300_000, 4, 4), "|u1")}, "has 300,000 rows: choose at most 200"),
    "vector": ({"x.npy": npy(np.arange(N))}, "no array of numbers with a row for each image"),
    "text": ({"x.npy": npy(KINDS[:, None])}, "no array of numbers with a row for each image"),
    "large": ({"x.npy": npy(np.zeros((60, 65, 9), np.uint8))}, "have 65 × 9 pixels: make them"),
    "video": ({"x.npy": npy(np.zeros((60, 9, 9, 9, 2)))}, r"has the shape \(60, 9, 9, 9, 2\)"),
    "black": ({"x.npy": npy(np.zeros((60, 9, 9)))}, "Every pixel is 0: bring pictures that"),
    "wide": ({"x.npy": npy(RNG.normal(size=(60, 4097)))}, "has 4,097 columns of numbers: choose"),
    "narrow": ({"x.npy": npy(np.arange(60.0)[:, None])}, "no array of numbers with a row for each"),
    "labels": (
        {"x.npz": npz(x_train=PICTURES, x_test=PICTURES[:9], y_test=LABELS[:9])},
        "“x.npz: x_test” has 9 rows: bring at least 10",
    ),
    "ragged": ({"t.csv": b"a,b\n1,2\n3\n4,5\n"}, "is ragged: .* has 1 value and the first has 2"),
    "ragged long": ({"t.csv": b"1,2\n3,4,5\n"}, "is ragged: .* has 3 values and the first has 2"),
    "words": ({"t.csv": b"a,b\nx,y\nu,v\n"}, "has no column of numbers"),
    "one column": ({"t.csv": b"a\n1\n2\n"}, "“t.csv” has 2 rows: bring at least 50"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_used_gets_a_sentence(case):
    files, said = BAD[case]
    with pytest.raises(DataError, match=said) as problem:
        understood(files)
    assert str(problem.value).endswith(".")
    assert "\n" not in str(problem.value)
    assert len(str(problem.value)) <= LONGEST_SENTENCE


@pytest.mark.parametrize("case", BAD)
def test_a_sentence_is_short_whatever_a_file_is_called(case):
    files, _ = BAD[case]
    with pytest.raises(DataError) as problem:
        understood({f"{'long ' * 60}{name}": raw for name, raw in files.items()})
    assert len(str(problem.value)) <= LONGEST_SENTENCE
    assert not str(problem.value).endswith("….")


@pytest.mark.parametrize(
    "problem",
    [
        RecursionError,
        OverflowError,
        struct.error,
        IndexError,
        UserWarning,
        zlib.error,
        StopIteration,
    ],
)
def test_whatever_a_reader_raises_is_a_sentence(problem, monkeypatch):
    def fail(*_):
        raise problem("here, with <b>much</b> text " * 99)

    monkeypatch.setattr("pcae.data.reading.arrays._npy", fail)
    with pytest.raises(DataError, match=f"is damaged or of another kind .{problem.__name__[:4]}"):
        read({"x.npy": npy(PICTURES)})


def test_a_gzipped_bomb_is_read_no_further_than_allowed(monkeypatch):
    monkeypatch.setattr("pcae.data.limits.MOST_BYTES", 10_000)
    with pytest.raises(DataError, match="when unpacked: choose fewer rows"):
        read({"x.gz": gzip.compress(b"\0" * 100_000)})
    assert MOST_BYTES == 2**30


def test_too_much_at_once_is_refused(monkeypatch):
    monkeypatch.setattr("pcae.data.reading.uploads.MOST_UPLOADED", 3 * 2**20)
    with pytest.raises(DataError, match=r"The files have 4 MB: choose at most 3 MB\."):
        read({"a": b"1" * 2**21, "b": b"1" * 2**21})


@pytest.mark.parametrize("name", ["../../x.npy", "/etc/x.npy", "a\\..\\x.npy", "x" * 9_000])
def test_a_name_of_a_file_is_no_path(name, own_folders):
    before = sorted(own_folders.rglob("*"))
    found = understood({name: npy(PICTURES)})
    assert sorted(own_folders.rglob("*")) == before
    assert names.is_own(found.data.name)
