"""Small files that grow when they are read are refused by counting, before anything is decoded."""

import bz2
import gzip
import io
import json
import lzma
import struct
import tarfile
import threading
import time
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from pcae.data.codes import read as read_codes
from pcae.data.dataset import DataError
from pcae.data.limits import MOST_BYTES, MOST_FILES, MOST_ROWS, File, Spent
from pcae.data.reading import uploads
from pcae.data.reading.uploads import read
from tests.data.reading.test_uploads import (
    LABELS,
    PICTURES,
    folders,
    idx,
    npy,
    npz,
    picture,
    understood,
    zipped,
)
from tests.data.reading.test_wrong_uploads import declared


@pytest.fixture
def no_decoding(monkeypatch):
    """Nothing is parsed or decoded: it would fail, in another sentence."""

    def fail(*_, **__):
        raise AssertionError("decoded")

    monkeypatch.setattr("pyarrow.csv.read_csv", fail)
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", fail)


def deflated(name, raw):
    return zipped({name: raw}, zipfile.ZIP_DEFLATED)


def repeated(start, unit, times):
    """A gzipped file with a start and then the same again and again."""
    packer, found = zlib.compressobj(1, zlib.DEFLATED, 31), io.BytesIO()
    found.write(packer.compress(start))
    block, rest = divmod(times, 1000)
    for _ in range(block):
        found.write(packer.compress(unit * 1000))
    found.write(packer.compress(unit * rest) + packer.flush())
    return found.getvalue()


def chunk(kind, raw):
    return struct.pack(">I", len(raw)) + kind + raw + struct.pack(">I", zlib.crc32(kind + raw))


def png(side, extra=b"", pixels=None):
    """A black PNG; `extra` stands before its pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    pixels = zlib.compress(b"\0" * (side + 1) * side) if pixels is None else pixels
    end = chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + extra + end


def many_scans(scans):
    """A progressive JPEG whose last scan comes many times."""
    file = io.BytesIO()
    Image.new("L", (4000, 4000)).save(file, "JPEG", progressive=True)
    raw = file.getvalue()
    at = raw.rfind(b"\xff\xda")
    return raw[:at] + raw[at:-2] * scans + b"\xff\xd9"


def directory(entries, name, size=0):
    """A zip whose table of contents has many entries, all of them in the same place."""
    local = struct.pack("<4s5H3I2H", b"PK\3\4", *[0] * 10)
    entry = struct.pack("<4s6H3I5H2I", b"PK\1\2", *[0] * 8, size, len(name), *[0] * 6) + name
    few = min(entries, 65535)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, few, few, entries * len(entry), len(local), 0)
    return local + entry * entries + end


def lying(raw, size, kind=zipfile.ZIP_DEFLATED):
    """A zip with one file that says it holds `size` bytes."""
    found = bytearray(zipped({"x.npy": raw}, kind))
    for sign, at in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        place = found.find(sign) + at
        found[place : place + 4] = struct.pack("<I", size)
    return bytes(found)


def wide():
    """A table of 18,000,000 cells of text."""
    return repeated(b"", b"1," + b"a," * 149 + b"a\n", 120_000)


def tar_header(size):
    """The header of a tar, of a file with so many bytes."""
    entry = tarfile.TarInfo("x.npy")
    entry.size = size
    return entry.tobuf(tarfile.GNU_FORMAT)


def saved_mat(**arrays):
    savemat(file := io.BytesIO(), arrays)
    return file.getvalue()


def mat_bomb():
    """A MATLAB file with a packed element that says that it has 2 GB."""
    packed = zlib.compress(struct.pack("<II", 14, 2**31) + bytes(99))
    return saved_mat()[:128] + struct.pack("<II", 15, len(packed)) + packed


def mat_that_says_much():
    """A MATLAB file whose array says that it has 100,000 × 100,000 numbers."""
    raw = bytearray(saved_mat(x=np.zeros((3, 3))))
    at = raw.index(struct.pack("<ii", 3, 3))
    raw[at : at + 8] = struct.pack("<ii", 100_000, 100_000)
    return bytes(raw)


def tensors():
    """A safetensors file of one array, which says that it has 2 GB."""
    said = {"x": {"dtype": "U8", "shape": [2**31], "data_offsets": [0, 2**31]}}
    header = json.dumps(said).encode()
    return len(header).to_bytes(8, "little") + header + b"\0" * 99


BLACK = png(4000)
BOMBS = {
    "rows": (lambda: {"t.gz": repeated(b"a,b\n", b"0,0\n", 5_000_000)}, "more than 200,000 rows"),
    "returns": (lambda: {"t.gz": repeated(b"a,b\n", b"0,0\r", 5_000_000)}, "than 200,000 rows"),
    "quoted lines": (lambda: {"t.gz": repeated(b"a,b\n", b'"\n",0\n', 500_000)}, "200,000 rows"),
    "plain rows": (lambda: {"t.csv": b"1,2\n" * 300_000}, "has more than 200,000 rows"),
    "columns": (lambda: {"t.gz": repeated(b"", b"," * 4098 + b"\n", 9_000)}, "4,099 columns: at"),
    "values": (lambda: {"t.gz": repeated(b"", b"," * 4095 + b"\n", 90_000)}, "than 448 MB when"),
    "a line": (lambda: {"t.csv": b"a,b\n1,2\n3," + b"4" * 5_000_000}, "a line of more than 1 MB"),
    "text": (lambda: {"t.gz": repeated(b"a,b\n", b"0" * 4000 + b",1\n", 60_000)}, "160 MB of text"),
    "empty lines": (lambda: {"t.gz": repeated(b"a,b\n1,2\n", b"\n", 220_000_000)}, "160 MB of tex"),
    "zeros": (lambda: {"t.gz": repeated(b"", b"\0", 50_000_000)}, "of a kind that is not read"),
    "a zip": (lambda: {"t.gz": repeated(b"PK\3\4", b"\0", 2**28)}, "an archive of more than 200"),
    "a tar": (lambda: {"t.gz": repeated(tar_header(2**34), b"\0", 2**28)}, "archive of more than"),
    "a long name": (lambda: {"t.gz": b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * 2**26}, "is damaged"),
    "nested": (lambda: {"a.zip": deflated("b.zip", deflated("c.zip", zipped({})))}, "in one in"),
    "packed twice": (
        lambda: {"a.zip": deflated("t.gz", repeated(b"a,b\n", b"0,0\n", 5_000_000))},
        "than 200,000 rows",
    ),
    "MATLAB": (lambda: {"x.mat": mat_bomb()}, "holds more than 1,024 MB when unpacked"),
    "MATLAB's shape": (lambda: {"x.mat": mat_that_says_much()}, "more than 448 MB|800,000 rows"),
    "tensors": (lambda: {"x.safetensors": tensors()}, "holds more than 448 MB when unpacked"),
    "members": (lambda: {"t.gz": gzip.compress(b"") * 210_000}, "files: at most 80,000 are read"),
    "npy": (lambda: {"x.gz": repeated(declared((2**40,)), b"\0", 9)}, "than 448 MB when unp"),
    "IDX": (lambda: {"x": b"\0\0\x08\xff" + b"\x80\0\0\0" * 255}, "holds more than 448 MB when"),
    "overlapping": (
        lambda: {"x.npz": directory(600, b"a.npy", size=2**21)},
        "holds more than 1,024 MB when unpacked",
    ),
    "other packing": (
        lambda: {"x.npz": lying(declared((60, 8)) + b"\0" * 50_000_000, 9999, zipfile.ZIP_BZIP2)},
        "is packed in an unusual way",
    ),
    "entries": (lambda: {"x.zip": directory(MOST_FILES + 1, b"a")}, "files: at most 80,000 are"),
    "long names": (lambda: {"x.zip": directory(70_000, b"n" * 1000)}, "table of contents is too l"),
    "pixels": (lambda: {"x.zip": zipped({f"{i}.png": BLACK for i in range(60)})}, "much work as"),
    "scans": (lambda: {"x.zip": zipped({"0.jpg": many_scans(700)})}, "the pictures are as much wo"),
    "markers": (
        lambda: {"x.zip": deflated("0.jpg", b"\xff\xd8" + b"\xff\xe1\0\2" * 2_100_000)},
        "is made of too many parts",
    ),
    "array": (
        lambda: {"x.npz": deflated("x.npy", declared((10**5, 9000), "|u1") + b"\0" * 99)},
        "x” holds more than 448 MB when unpacked",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BOMBS)
def test_a_bomb_is_refused_before_it_is_decoded(case, no_decoding, cheap):
    make, said = BOMBS[case]
    files = make()
    with cheap(seconds=5, memory=300 * 2**20), pytest.raises(DataError, match=said) as problem:
        read(files)
    assert len(str(problem.value)) <= 200


def test_limits_hold_over_all_files_together(monkeypatch):
    monkeypatch.setattr("pcae.data.limits.MOST_BYTES", 10 * PICTURES.nbytes)
    files = {f"{i}.npz": npz(x=np.repeat(PICTURES, 4, axis=0)) for i in range(3)}
    assert read(dict(list(files.items())[:2])).left == []
    (left,) = read(files).left
    assert left.what == "2.npz"
    assert "“2.npz”, with what came before it, holds more than" in left.why
    monkeypatch.setattr("pcae.data.limits.MOST_PIXELS", PICTURES.size)
    archive = zipped(folders())
    assert len(read({"0.zip": archive}).parts[0]) == len(PICTURES)
    with pytest.raises(
        DataError, match=r"Up to “0.zip, 1.zip” the pictures are as much work as more"
    ):
        read({"0.zip": archive, "1.zip": archive})


def test_rows_are_counted_over_all_arrays():
    raw = npz(**{f"y{i}": np.zeros(MOST_ROWS, np.uint8) for i in range(5)})
    contents = read({"x.npz": raw})
    assert len(contents.parts) == 4
    assert "more than 800,000 rows together" in contents.left[0].why


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_file_is_unpacked_as_far_as_is_asked(pack, monkeypatch, cheap):
    monkeypatch.setattr("pcae.data.limits.MOST_BYTES", 60 * 2**20)
    raw = pack(bytes(2**20)) * 70
    with cheap(seconds=5, memory=20 * 2**20):
        file = File("x", raw, Spent())
        assert len(file.whole(4 * 2**20)) <= 6 * 2**20
    with pytest.raises(DataError, match="holds more than 60 MB when unpacked"):
        file.whole(2**31)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_what_is_packed_comes_out_whole_or_not_at_all(pack):
    raw = npy(PICTURES)
    for packed in (pack(raw), pack(raw[:999]) + pack(raw[999:]), pack(raw) + bytes(10_240)):
        np.testing.assert_array_equal(read({"x.npy.gz": packed}).parts[0].array, PICTURES)
    with pytest.raises(DataError, match="is damaged or of another kind"):
        read({"x.npy.gz": pack(raw)[:-30]})


def test_what_is_refused_uses_up_nothing():
    files = {"bomb.npy": declared((10**5, 8000), "|u1"), "x.npy": npy(PICTURES)}
    contents = read({f"{i}{name}": raw for i in range(5) for name, raw in files.items()})
    assert [of.name for of in contents.parts] == [f"{i}x.npy" for i in range(5)]


def test_of_very_many_files_that_are_no_pictures_the_first_are_read(monkeypatch):
    monkeypatch.setattr("pcae.data.reading.uploads.MOST_OPENED", 10)
    many = {f"{i}.npy": npy(LABELS) for i in range(15)} | {"x.png": picture(PICTURES[0])}
    contents = read({"a.zip": zipped(many)})
    assert len(contents.parts) == 11
    (left,) = contents.left
    assert left.what == "5 files of a.zip (10, 11, 12, …)"


def test_of_very_many_pictures_some_of_every_class_are_read(monkeypatch):
    monkeypatch.setattr("pcae.data.limits.MOST_PICTURES", 30)
    first, again = (read({"a.zip": zipped(folders())}) for _ in range(2))
    np.testing.assert_array_equal(first.parts[0].array, again.parts[0].array)
    assert len(first.parts[0]) == 30
    assert len(set(first.parts[0].columns[0].values)) > 1
    (left,) = first.left
    assert left.what == f"{len(folders()) - 30} of {len(folders())} pictures"
    assert "drawn with a fixed seed: bring arrays (.npz)" in left.why


def test_after_very_many_tables_no_more_are_judged(monkeypatch):
    monkeypatch.setattr("pcae.data.limits.MOST_JUDGED", 1_000)
    table = b"a,b\n" + b"1,2\n" * 60
    contents = read({"a.zip": zipped({f"{i}.csv": table for i in range(20)})})
    assert 1 < len(contents.parts) < 20
    assert "comes after too many other tables: choose it by itself" in contents.left[0].why


def test_files_of_a_zip_do_not_share_their_bytes():
    with zipfile.ZipFile(io.BytesIO(raw := zipped({"a.csv": b"1,2\n" * 60}))) as archive:
        size = archive.infolist()[0].compress_size
    start, end = raw.index(b"PK\1\2"), raw.index(b"PK\5\6")
    entries = raw[start:end] * 20
    tail = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 20, 20, len(entries), start, 0)
    assert 20 * size > start + len(entries)
    with pytest.raises(DataError, match="has files that share their bytes: pack it anew"):
        read({"a.zip": raw[:start] + entries + tail})


def test_numbers_that_take_too_much_memory_are_refused_before(monkeypatch):
    monkeypatch.setattr("pcae.data.judging.making.MOST_MADE", PICTURES.nbytes)
    with pytest.raises(DataError, match="too large to make a data set of: choose at most 20 of"):
        understood({"x.npy": npy(PICTURES)})


def test_the_files_of_a_tar_are_counted(monkeypatch):
    monkeypatch.setattr("pcae.data.limits.MOST_FILES", 1_000)
    with pytest.raises(DataError, match="files: at most 1,000 are read"):
        read({"x.tar": tar_header(0) * 1_001})


@pytest.mark.parametrize("kind", ["tEXt", "zTXt", "iCCP"])
def test_what_is_beside_the_pixels_is_not_unpacked(kind):
    texts = {
        "tEXt": b"a\0" + b"x" * 9_000_000,
        "zTXt": b"a\0\0" + zlib.compress(b"x" * 900_000),
        "iCCP": b"a\0\0" + zlib.compress(b"x" * 100_000_000),
    }
    extra = chunk(kind.encode(), texts[kind]) * (30 if kind == "zTXt" else 1)
    small = png(8, extra)
    begin = time.process_time()
    archive = zipped({f"{i}.png": small for i in range(3 if kind == "tEXt" else 60)})
    assert read({"x.zip": archive}).parts[0].array.shape[1:] == (8, 8)
    assert time.process_time() - begin < 3


def test_a_png_whose_second_header_says_more_is_not_decoded(no_decoding):
    second = chunk(b"IHDR", struct.pack(">IIBBBBB", 4000, 4000, 8, 0, 0, 0, 0))
    with pytest.raises(DataError, match="cannot be read as a picture"):
        read({"x.zip": zipped({"0.png": png(8, second)})})


def test_sizes_are_asked_for_before_anything_is_decoded(no_decoding):
    with pytest.raises(DataError, match="are as much work as more than 800 million pixels"):
        read({"x.zip": zipped({f"{i}.png": BLACK for i in range(60)} | {"60.png": png(8)})})


def test_a_long_cell_or_folder_name_takes_no_memory_in_the_others():
    rows = b"1,2,x\n" * 60_000
    table = b"a,b,c\n1,2," + b"y" * 100_000 + b"\n" + rows
    (text,) = (of.values for of in read({"t.csv": table}).parts[0].columns if of.is_text)
    assert text.nbytes < 30 * 2**20
    entries = folders() | {"n" * 60_000 + "/1.png": picture(PICTURES[0])}
    assert read({"x.zip": zipped(entries)}).parts[0].columns[0].values.nbytes < 2**20


def test_an_npz_that_says_less_than_it_holds_is_read_no_further():
    with pytest.raises(DataError, match="is damaged or of another kind"):
        read({"x.npz": lying(declared((60, 8, 8), "|u1") + b"\0" * 10**7, 9999)})


def test_a_file_of_codes_with_very_many_arrays_is_refused(sample):
    empty = {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}
    header = json.dumps({f"t{i}": empty for i in range(20_000)}).encode()
    content = len(header).to_bytes(8, "little") + header
    begin = time.process_time()
    with pytest.raises(DataError, match="is of a kind that is not read"):
        read_codes("codes.safetensors", content, sample)
    assert time.process_time() - begin < 0.1


def test_files_are_read_one_visitor_after_the_other(monkeypatch):
    reading, most = [], []

    def slow(*_):
        reading.append(1)
        most.append(len(reading))
        time.sleep(0.05)
        reading.pop()

    monkeypatch.setattr(uploads, "_read_file", slow)

    def read_one():
        with pytest.raises(DataError, match="There is nothing to read"):
            read({"a": b"1"})

    threads = [threading.Thread(target=read_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 4


def test_an_archive_in_64_bits_is_counted_too():
    with (
        zipfile.ZipFile(file := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("x.npy", "w", force_zip64=True) as member,
    ):
        member.write(npy(PICTURES))
    np.testing.assert_array_equal(read({"x.npz": file.getvalue()}).parts[0].array, PICTURES)


def test_a_gzipped_file_may_be_made_of_several():
    raw = idx(PICTURES)
    several = b"".join(gzip.compress(raw[at : at + 999]) for at in range(0, len(raw), 999))
    np.testing.assert_array_equal(read({"x.gz": several}).parts[0].array, PICTURES)
    assert MOST_BYTES == 2**30


def test_a_table_of_text_alone_is_refused_before_it_becomes_arrays():
    with pytest.raises(DataError, match="holds more than 448 MB when unpacked"):
        read({"t.gz": wide()})
