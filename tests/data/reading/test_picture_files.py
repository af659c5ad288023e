"""Pictures of every kind become grey pixels of one size, as a person sees them."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from pcae.data.dataset import DataError
from pcae.data.limits import Spent
from pcae.data.reading.picture_files import Encoded, decode
from pcae.data.reading.uploads import read
from tests.data.reading.test_uploads import LABELS, PICTURES, folders, picture, table, zipped

ORIENTATION = 0x112
STEPS = np.linspace(0, 255, 63).round().astype(np.uint8).reshape(9, 7)


def saved(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def one(*raws, side=None):
    """The pictures of some files."""
    encoded = [Encoded(f"{i}", lambda raw=raw: raw) for i, raw in enumerate(raws)]
    return decode(Spent(), "pictures", encoded, side)


def exif(orientation):
    notes = Image.Exif()
    notes[ORIENTATION] = orientation
    return notes.tobytes()


@pytest.mark.parametrize(
    ("kind", "mode", "options"),
    [
        ("PNG", "L", {}),
        ("PNG", "RGB", {}),
        ("PNG", "P", {}),
        ("PNG", "LA", {}),
        ("PNG", "RGBA", {}),
        ("GIF", "L", {}),
        ("BMP", "L", {}),
        ("BMP", "RGB", {}),
        ("WEBP", "RGB", {"lossless": True}),
        ("TIFF", "L", {}),
        ("TIFF", "L", {"compression": "tiff_lzw"}),
        ("TIFF", "RGB", {"compression": "tiff_deflate"}),
        ("TIFF", "F", {}),
        ("TIFF", "I", {}),
    ],
)
def test_every_kind_of_file_gives_the_same_pixels(kind, mode, options):
    raw = saved(Image.fromarray(STEPS).convert(mode), kind, **options)
    np.testing.assert_array_equal(one(raw).images, STEPS[None])


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "L"), ("JPEG", "CMYK"), ("TIFF", "CMYK")])
def test_what_loses_a_little_is_close(kind, mode):
    raw = saved(Image.fromarray(STEPS).convert("RGB").convert(mode), kind)
    assert np.abs(one(raw).images[0] - STEPS.astype(int)).max() <= 6


def test_pictures_of_one_bit_are_black_and_white():
    raw = saved(Image.fromarray(STEPS > 100))
    np.testing.assert_array_equal(one(raw).images[0], (STEPS > 100) * 255)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_as_their_notes_say(kind, orientation):
    blocks = np.kron(np.array([[0, 255, 90], [30, 200, 140]], np.uint8), np.ones((8, 8), np.uint8))
    lies = {
        1: blocks, 2: blocks[:, ::-1], 3: blocks[::-1, ::-1], 4: blocks[::-1], 5: blocks.T,
        6: np.rot90(blocks), 7: blocks[::-1, ::-1].T, 8: np.rot90(blocks, -1),
    }[orientation]  # fmt: skip
    raw = saved(Image.fromarray(np.ascontiguousarray(lies)), kind, exif=exif(orientation))
    upright = one(raw).images[0].astype(int)
    assert upright.shape == blocks.shape
    assert np.abs(upright - blocks).mean() < 8


def inked(ink, side=8):
    """A picture of ink on a transparent ground."""
    found = np.zeros((side, side, 4), np.uint8)
    found[2:5, 2:5] = [ink, ink, ink, 255]
    found[5, 2:5] = [ink, ink, ink, 128]
    return picture(found)


def test_transparent_ground_is_paper_on_which_ink_is_seen():
    black, white = one(inked(0)).images[0], one(inked(255)).images[0]
    assert black[3, 3] == white[0, 0] == 0
    assert black[0, 0] == white[3, 3] == 255
    assert black[5, 3] == 127
    both = one(inked(0), inked(0), inked(200)).images  # as most of the ink wants it
    assert (both[:, 0, 0] == 255).all()


def test_a_palette_may_have_a_colour_that_is_not_seen():
    image = Image.fromarray(np.repeat([[0, 1]], 4, axis=0).astype(np.uint8), "P")
    image.putpalette([0, 0, 0, 10, 20, 30])
    for kind in ("PNG", "GIF"):
        raw = saved(image, kind, transparency=1)
        np.testing.assert_array_equal(one(raw).images[0], np.repeat([[0, 255]], 4, axis=0))


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
def test_deep_pictures_are_as_bright_as_all_of_them_show(bits):
    deep = STEPS.astype(np.uint16) << (bits - 8)
    dim = deep // 4
    images = one(picture(dim), picture(deep)).images
    np.testing.assert_array_equal(images[1], STEPS)
    np.testing.assert_array_equal(images[0], STEPS // 4)


def test_16_bits_that_hold_bytes_are_bytes():
    np.testing.assert_array_equal(one(picture(STEPS.astype(np.uint16))).images[0], STEPS)


def test_floats_between_0_and_1_are_shares():
    raw = saved(Image.fromarray((STEPS / 255).astype(np.float32)), "TIFF")
    np.testing.assert_array_equal(one(raw).images[0], STEPS)
    bad = saved(Image.fromarray(np.full((9, 7), np.nan, np.float32)), "TIFF")
    assert one(raw, bad).kept == [0]


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "WEBP", "PNG"])
def test_of_several_pictures_in_a_file_the_first_is_read_and_that_is_said(kind):
    first, second = Image.fromarray(STEPS), Image.fromarray(255 - STEPS)
    lossless = {"lossless": True} if kind == "WEBP" else {}
    found = one(saved(first, kind, save_all=True, append_images=[second], **lossless))
    assert np.abs(found.images[0] - STEPS.astype(int)).max() <= 1
    assert found.notes == ["One file has several pictures: the first of each is read."]


# sizes


@pytest.mark.parametrize(
    ("sizes", "side"),
    [([(9, 7)], None), ([(64, 64)], None), ([(65, 64)], 64), ([(300, 200)], 64),
     ([(9, 7), (9, 8)], 28), ([(28, 28), (30, 20), (33, 9)], 28), ([(50, 40), (47, 58)], 48)],
)  # fmt: skip
def test_a_side_is_judged_by_most_sizes(sizes, side):
    found = one(*(picture(np.full(of, 99, np.uint8)) for of in sizes))
    assert found.side == side
    assert bool(found.notes) == (side is not None)
    assert found.images.shape[1:] == ((side, side) if side else sizes[0])


@pytest.mark.parametrize("paper", [0, 243, 255])
def test_fitted_pictures_keep_their_proportions_and_have_their_ground_around_them(paper):
    wide = np.full((20, 40), paper, np.uint8)
    wide[5:15, 10:30] = 255 - paper
    found = one(picture(wide), picture(wide.T.copy()), side=16)
    assert (found.side, found.ground) == (16, paper)
    ink = found.images != paper
    assert [np.ptp(np.flatnonzero(ink[0].any(axis=axis))) + 1 for axis in (0, 1)] == [8, 4]
    assert (found.images[0, [0, -1]] == paper).all()
    np.testing.assert_array_equal(found.images[0], found.images[1].T)
    assert f"grey, {paper} of 255" in found.notes[0]


def test_a_large_photo_is_fitted_as_it_would_be_at_leisure():
    fine = np.add.outer(np.arange(1200), np.arange(900)) / 2100 * 255
    raw = saved(Image.fromarray(fine.astype(np.uint8)).convert("RGB"), "JPEG", quality=95)
    found = one(raw, side=28).images[0]
    wanted = Image.fromarray(fine.astype(np.uint8)).resize((21, 28), Image.Resampling.BOX)
    assert np.abs(found[:, 3:24] - np.asarray(wanted).astype(int)).max() <= 4


# folders, and files beside each other


def test_bad_pictures_are_named_and_counted_and_the_good_ones_read():
    whole = picture(STEPS)
    bad = {"class 0/empty.png": b"", "class 0/cut.png": whole[:60], "class 1/page.jpg": b"<html>"}
    contents = read({"a.zip": zipped(folders() | bad)})
    assert len(contents.parts[0]) == 60
    (left,) = contents.left
    assert left.what == "3 pictures of a.zip (empty.png, page.jpg, cut.png)"
    assert "cannot be read as a picture" in left.why


def test_folders_name_the_classes_and_the_split():
    entries = {}
    for start in ("mnist/training/", "mnist/testing/", "mnist/val/"):
        entries |= folders(PICTURES[:6], LABELS[:6], start=start)
    parts = read({"a.zip": zipped(entries)}).parts
    assert [(of.name, of.split, len(of)) for of in parts] == [
        ("a.zip: train", "train", 6), ("a.zip: test", "test", 6), ("a.zip: valid", "valid", 6),
    ]  # fmt: skip
    for part in parts:
        (column,) = part.columns
        assert column.name == "folder"
        assert column.values.tolist() == [f"class {label}" for label in LABELS[:6]]


def test_the_class_is_the_innermost_folder_that_differs():
    entries = {f"all/train/{label}/images/{i}.png": picture(STEPS) for i, label in enumerate("aab")}
    (part,) = read({"a.zip": zipped(entries)}).parts
    assert part.columns[0].values.tolist() == ["a", "a", "b"]
    (part,) = read({"a.zip": zipped({"x/1.png": picture(STEPS)})}).parts
    assert part.columns == ()


def test_archives_of_pictures_are_taken_together():
    raw = zipped({"1.png": picture(STEPS)})
    (part,) = read({"cats.zip": raw, "dogs.zip": raw}).parts
    assert part.name == part.file == "cats.zip, dogs.zip"
    assert part.columns[0].values.tolist() == ["cats", "dogs"]
    (part,) = read({f"{of}.zip": raw for of in "abcd"}).parts
    assert part.name == "a.zip, b.zip and 2 more"
    split = read({"train.zip": zipped(folders()), "test.zip": zipped(folders())}).parts
    assert [of.name for of in split] == ["train.zip", "test.zip"]
    assert [(of.split, of.columns[0].values[0]) for of in split] == [
        ("train", "class 0"), ("test", "class 0"),
    ]  # fmt: skip
    nested = zipped({"cats.zip": raw, "in/dogs.zip": raw})
    (part,) = read({"all.zip": nested}).parts
    assert part.columns[0].values.tolist() == ["cats", "dogs"]


def test_pictures_that_are_chosen_one_by_one_are_one_part():
    raws = [picture(of) for of in PICTURES[:5]]
    (part,) = read({f"{i}.png": raw for i, raw in enumerate(raws)}).parts
    assert (part.name, part.kind, part.columns) == ("pictures", "pictures", ())
    np.testing.assert_array_equal(part.array, PICTURES[:5])
    in_folders = read({f"set/{'ab'[i % 2]}/{i}.png": raw for i, raw in enumerate(raws)}).parts
    assert in_folders[0].columns[0].values.tolist() == ["a", "b", "a", "b", "a"]


def test_with_a_table_beside_them_pictures_have_the_names_of_their_files():
    entries = {f"images/{i}.png": picture(of) for i, of in enumerate(PICTURES[:5])}
    labels = table([[f"{i}.png", i % 2] for i in range(5)], head=["name", "label"])
    parts = read({"a.zip": zipped(entries | {"labels.csv": labels})}).parts
    pictures = next(of for of in parts if of.kind == "pictures")
    (column,) = pictures.columns
    assert column.name == "file"
    assert column.values.tolist() == [f"{i}.png" for i in range(5)]


# files that are made to cost much


def tiff_of_long_tags(tags, size=2**20):
    """A TIFF each of whose tags says that it is as long as the file."""
    entries = [(256, 4, 1, 9), (257, 4, 1, 7)]
    entries += [(1000 + i, 1, size, 0) for i in range(tags - 2)]
    body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return (struct.pack("<2sHIH", b"II", 42, 8, tags) + body).ljust(size, b"\0")


def gif_with_a_long_comment():
    raw = saved(Image.fromarray(STEPS), "GIF")
    at = 13 + 3 * 256
    return raw[:at] + b"\x21\xfe" + (b"\xff" + b"c" * 255) * 100_000 + b"\0" + raw[at:]


def jpeg_with_many_notes():
    """A JPEG whose camera's notes say that each is as long as all of them."""
    entries = b"".join(struct.pack("<HHII", 0x9000 + i, 1, 60_000, 0) for i in range(5000))
    notes = b"Exif\0\0" + struct.pack("<2sHIH", b"II", 42, 8, 5000) + entries + bytes(4)
    raw = saved(Image.fromarray(STEPS), "JPEG")
    return raw[:2] + b"\xff\xe1" + struct.pack(">H", len(notes) + 2) + notes + raw[2:]


def webp_that_says_much():
    raw = bytearray(saved(Image.fromarray(STEPS).convert("RGB"), "WEBP", lossless=True))
    raw[21:25] = (0x3FFF | 0x3FFF << 14).to_bytes(4, "little")
    return bytes(raw)


@pytest.mark.parametrize(
    ("raw", "read"),
    [(tiff_of_long_tags(900), False), (tiff_of_long_tags(60_000), False),
     (gif_with_a_long_comment(), True), (jpeg_with_many_notes(), True),
     (webp_that_says_much(), False)],
    ids=["tags", "many tags", "comment", "notes", "canvas"],
)  # fmt: skip
def test_what_is_beside_the_pixels_costs_nothing(raw, read, cheap):
    with cheap(seconds=2, memory=100 * 2**20):
        found = one(raw, picture(STEPS))
    assert found.kept == ([0, 1] if read else [1])


def test_a_picture_whose_file_changes_its_size_is_not_decoded(monkeypatch):
    monkeypatch.setattr("pcae.data.reading.picture_files.MOST_SMALL", 0)
    raw = picture(STEPS)
    other = raw[:16] + struct.pack(">II", 700, 900) + raw[24:29]
    other += struct.pack(">I", zlib.crc32(other[12:])) + raw[33:]
    turns = iter([raw, other])
    assert decode(Spent(), "", [Encoded("a", lambda: next(turns))]).kept == []


def test_too_many_values_are_refused_before_anything_is_decoded(monkeypatch):
    monkeypatch.setattr("pcae.data.reading.picture_files.MOST_VALUES", 100)
    with pytest.raises(DataError, match=r"“pictures” holds 2 pictures of 63 pixels: choose at m"):
        one(picture(STEPS), picture(STEPS))
