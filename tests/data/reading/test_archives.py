"""Archives are read as if their files had been chosen."""

import gzip
import io
import struct
import tarfile
import zipfile

import numpy as np
import pytest

from pcae.data.dataset import DataError
from pcae.data.reading.uploads import read
from tests.data.reading.test_uploads import (
    COLUMNS,
    LABELS,
    PICTURES,
    folders,
    idx,
    npy,
    npz,
    picture,
    table,
    zipped,
)  # fmt: skip

MIXED = {
    "images.npy": npy(PICTURES),
    "sub/train-labels-idx1-ubyte.gz": gzip.compress(idx(LABELS)),
    "sub/deeper/measured.csv": table(COLUMNS, head=list("abcd")),
    "arrays.npz": npz(x=PICTURES, y=LABELS),
    "photo.png": picture(PICTURES[0]),
}
NAMES = [
    "images", "train-labels-idx1-ubyte.gz", "measured.csv", "arrays.npz: x", "arrays.npz: y",
]  # fmt: skip


def tar(entries, mode="w", form=tarfile.GNU_FORMAT):
    with tarfile.open(fileobj=(file := io.BytesIO()), mode=mode, format=form) as archive:
        for name, raw in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(raw)
            archive.addfile(entry, io.BytesIO(raw))
    return file.getvalue()


ARCHIVES = {
    "a.zip": zipped(MIXED),
    "b.zip": zipped(MIXED, zipfile.ZIP_DEFLATED),
    "a.tar": tar(MIXED),
    "a.tar.gz": tar(MIXED, "w:gz"),
    "a.tgz": tar(MIXED, "w:gz", tarfile.PAX_FORMAT),
    "a.tar.bz2": tar(MIXED, "w:bz2"),
    "a.tar.xz": tar(MIXED, "w:xz", tarfile.USTAR_FORMAT),
    "a.zip.gz": gzip.compress(zipped(MIXED)),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_every_kind_in_every_archive(name):
    contents = read({name: ARCHIVES[name]})
    arrays = {of.name: of for of in contents.parts}
    assert list(arrays) == [*(f"{name}: {of}" for of in NAMES), name]
    np.testing.assert_array_equal(arrays[f"{name}: images"].array, PICTURES)
    np.testing.assert_array_equal(arrays[f"{name}: arrays.npz: y"].array, LABELS)
    assert [of.name for of in arrays[f"{name}: measured.csv"].columns] == list("abcd")
    assert {of.file for of in contents.parts} == {name}
    assert contents.left == []


def test_archives_in_an_archive_are_read_and_no_further():
    inner = zipped({"x.npy": npy(PICTURES), "c.zip": zipped({"y.npy": npy(LABELS)})})
    contents = read({"a.zip": zipped({"b.zip": inner, "b.tar": tar({"y.npy": npy(LABELS)})})})
    assert [of.name for of in contents.parts] == ["a.zip: b.zip: x", "a.zip: b.tar: y"]
    (left,) = contents.left
    assert (left.what, left.why[:30]) == ("a.zip: b.zip: c.zip", "it is an archive in one in ano")


def test_what_systems_put_into_archives_is_no_data():
    hidden = [
        ".DS_Store", "a/.DS_Store", "__MACOSX/a/._0.png", "a/._0.png", "a/Thumbs.db", "desktop.ini",
    ]  # fmt: skip
    entries = dict.fromkeys(hidden, b"\0\5\26\7") | folders()
    for name, raw in (("a.zip", zipped(entries)), ("a.tar", tar(entries))):
        contents = read({name: raw})
        assert len(contents.parts[0]) == len(PICTURES)
        (left,) = contents.left
        assert left.what.startswith(f"6 hidden files of {name} (.DS_Store, ")


def with_name(name, flags):
    """A zip of one picture in a folder whose name is these bytes."""
    raw = bytearray(
        zipped({"x" * len(name) + "/1.png": picture(PICTURES[0]), "b/2.png": picture(PICTURES[1])})
    )
    raw = bytearray(bytes(raw).replace(b"x" * len(name), name))
    for sign, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place = raw.find(sign) + at
        raw[place : place + 2] = struct.pack("<H", flags)
    return bytes(raw)


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("Brötchen".encode(), 0x800),
        ("Bro\u0308tchen".encode(), 0),
        ("Bro\u0308tchen".encode(), 0x800),
        ("Brötchen".encode("cp437"), 0),
        ("Brötchen\\sub".encode("cp437"), 0),
    ],
    ids=["UTF-8", "macOS", "macOS with the flag", "DOS", "backslash"],
)
def test_names_of_folders_are_as_they_are(name, flags):
    (part,) = read({"a.zip": with_name(name, flags)}).parts
    folder = "sub" if b"\\" in name else "Brötchen"
    assert part.columns[0].values.tolist() == [folder, "b"]


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT])
def test_a_tar_may_have_long_names_and_those_of_macos(form):
    folder = "Nu\u0308sse" if form != tarfile.USTAR_FORMAT else "Nüsse"
    long = "f" * 90
    entries = {
        f"{long}/{folder}/1.png": picture(PICTURES[0]),
        f"{long}/b/2.png": picture(PICTURES[1]),
    }
    (part,) = read({"a.tar": tar(entries, form=form)}).parts
    assert part.columns[0].values.tolist() == ["Nüsse", "b"]
    np.testing.assert_array_equal(part.array, PICTURES[:2])


def test_links_and_folders_of_a_tar_are_no_files():
    with tarfile.open(fileobj=(file := io.BytesIO()), mode="w") as archive:
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE):
            entry = tarfile.TarInfo("x.npy")
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
        entry = tarfile.TarInfo("y.npy")
        entry.size = len(npy(LABELS))
        archive.addfile(entry, io.BytesIO(npy(LABELS)))
    assert [of.name for of in read({"a.tar": file.getvalue()}).parts] == ["a.tar: y"]


def test_an_encrypted_archive_gets_a_sentence():
    raw = bytearray(zipped({"a.csv": table(COLUMNS)}))
    for sign, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        raw[raw.find(sign) + at] |= 1
    with pytest.raises(DataError, match=r"^“a\.zip: a\.csv” is protected by a password: pack it"):
        read({"a.zip": bytes(raw)})


def test_a_file_that_is_packed_in_an_unusual_way_leaves_the_others():
    with zipfile.ZipFile(file := io.BytesIO(), "w") as archive:
        archive.writestr("x.npy", npy(PICTURES), zipfile.ZIP_LZMA)
        archive.writestr("y.npy", npy(LABELS))
    contents = read({"a.zip": file.getvalue()})
    assert [of.name for of in contents.parts] == ["a.zip: y"]
    assert contents.left[0].why.startswith("it is packed in an unusual way")


def test_a_damaged_file_in_an_archive_leaves_the_others():
    raw = zipped({"x.npy": npy(PICTURES), "y.npy": npy(LABELS)})
    at = raw.index(PICTURES.tobytes())
    contents = read({"a.zip": raw[:at] + b"\xff" * 9 + raw[at + 9 :]})
    assert [of.name for of in contents.parts] == ["a.zip: y"]
    assert contents.left[0].what == "a.zip: x"


@pytest.mark.parametrize("name", ["../../x.npy", "/etc/x.npy", "C:\\x.npy", "a/./b/../x.npy"])
def test_names_in_archives_are_no_paths(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for raw in (zipped({name: npy(PICTURES)}), tar({name: npy(PICTURES)})):
        np.testing.assert_array_equal(read({"a.zip": raw}).parts[0].array, PICTURES)
    assert list(tmp_path.iterdir()) == []


def test_texts_beside_the_data_are_named_and_not_read():
    texts = {
        "README.md": b"# a,b\n1,2\n",
        "LICENSE": b"MIT",
        "make.py": b"print(1)",
        "a/0.xml": b"<a/>",
    }
    contents = read({"a.zip": zipped(texts | {"x.npy": npy(PICTURES)})})
    assert [of.name for of in contents.parts] == ["a.zip: x"]
    said = {of.what: of.why for of in contents.left}
    assert said["3 files of a.zip (README.md, LICENSE, 0.xml)"].startswith(
        "each of them is no table"
    )
    assert said["a.zip: make.py"].startswith("it is a program")
