"""Whatever bytes a visitor brings, there is a data set, codes, or one short sentence.

`python -m tests.data.reading.test_damaged_uploads 50000 1` tries as many damages with the seed 1.
"""

import bz2
import gzip
import io
import lzma
import sys
import tarfile
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save
from scipy.io import savemat

from pcae.data import datasets
from pcae.data.choices import Choices
from pcae.data.codes import read as read_codes
from pcae.data.dataset import LONGEST_SENTENCE, DataError
from pcae.data.judging.understanding import understand
from pcae.data.reading.uploads import read
from tests.data.reading.test_uploads import (
    COLUMNS,
    KINDS,
    LABELS,
    PICTURES,
    folders,
    idx,
    npy,
    npz,
    picture,
    table,
    understood,
    zipped,
)


def of_kind(kind, array=PICTURES[0], **options):
    """A picture in a file of some kind."""
    image = Image.fromarray(array)
    image.convert("RGB" if kind == "WEBP" else image.mode).save(
        file := io.BytesIO(), kind, **options
    )
    return file.getvalue()


def mat(**arrays):
    savemat(file := io.BytesIO(), arrays, do_compression="packed" in arrays)
    return file.getvalue()


def tar(entries, mode="w"):
    with tarfile.open(fileobj=(file := io.BytesIO()), mode=mode) as archive:
        for name, raw in entries.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(raw)
            archive.addfile(entry, io.BytesIO(raw))
    return file.getvalue()


ROWS = [[*row, kind] for row, kind in zip(COLUMNS, KINDS, strict=True)]
DEEP = folders(PICTURES.astype(np.uint16) * 256)
FILES = {
    "x.npy": npy(PICTURES),
    "f.npy": npy(COLUMNS),
    "h.npy": npy(COLUMNS.astype(np.float16)),
    "x.npz": npz(images=PICTURES, labels=LABELS),
    "t.csv": table(ROWS, head=["length", "width", "depth", "height", "kind"]),
    "plain.tsv": table(COLUMNS, delimiter="\t"),
    "idx3-ubyte": idx(PICTURES),
    "idx.gz": gzip.compress(idx(PICTURES), mtime=0),
    "t.csv.gz": gzip.compress(table(COLUMNS), mtime=0),
    "png.zip": zipped(folders()),
    "deep.zip": zipped(DEEP),
    "jpeg.zip": zipped(folders(kind="JPEG")),
    "x.mat": mat(x=PICTURES, y=LABELS[:, None], names=np.array(["ab", "c"])),
    "packed.mat": mat(packed=PICTURES, y=LABELS[None]),
    "x.safetensors": save({"x": PICTURES, "y": LABELS}),
    "x.tar": tar({"train/x.npy": npy(PICTURES), "train/" + "y" * 120 + ".npy": npy(LABELS)}),
    "png.tar.gz": tar(folders(), "w:gz"),
    "t.csv.bz2": bz2.compress(table(COLUMNS)),
    "t.csv.xz": lzma.compress(table(COLUMNS)),
    "nested.zip": zipped({"in.zip": zipped(folders()), "t.csv": table(COLUMNS)}),
    "codes.csv": table(COLUMNS[:, :2], head=["x", "y"]),
    "codes.safetensors": save({"codes": COLUMNS[:, :2], "index": np.arange(60)}),
}
OTHERS = folders()


def palette():
    """A PNG of colours in a palette."""
    Image.fromarray(PICTURES[0]).convert("P").save(file := io.BytesIO(), "PNG")
    return file.getvalue()


WRAPPED = {  # damaged inside a container, whose sums are right again
    "member.npz": (npy(PICTURES), lambda raw: zipped({"x.npy": raw, "y.npy": npy(LABELS)})),
    "member.gz": (FILES["t.csv"], lambda raw: gzip.compress(raw, 1)),
    "image.zip": (picture(PICTURES[0]), lambda raw: zipped(OTHERS | {"a.png": resummed(raw)})),
    "palette.zip": (palette(), lambda raw: zipped(OTHERS | {"a.png": resummed(raw)})),
    **{
        f"{kind}.zip": (raw, lambda raw, kind=kind: zipped(OTHERS | {f"a.{kind}": raw}))
        for kind, raw in {
            "gif": of_kind("GIF"),
            "bmp": of_kind("BMP"),
            "webp": of_kind("WEBP", lossless=True),
            "tiff": of_kind("TIFF"),
            "tif": of_kind("TIFF", PICTURES[0].astype(np.uint16) * 9, compression="tiff_lzw"),
        }.items()
    },
    "inner.tar": (npy(PICTURES), lambda raw: tar({"x.npy": raw, "y.npy": npy(LABELS)})),
    "photo.zip": (picture(PICTURES[0], "JPEG"), lambda raw: zipped(OTHERS | {"a.jpg": raw})),
}


def resummed(raw):
    """A PNG whose chunks have the check sums of what they hold."""
    at, found = 8, bytearray(raw)
    while at + 12 <= len(found):
        end = at + 8 + int.from_bytes(found[at : at + 4], "big")
        if end + 4 <= len(found):
            found[end : end + 4] = zlib.crc32(found[at + 4 : end]).to_bytes(4, "big")
        at = end + 4
    return bytes(found)


def damaged(raw, rng):
    """A file with a few damages: bits, bytes, blocks, its end."""
    found = bytearray(raw)
    for _ in range(rng.integers(1, 4)):
        # half of them near one of the ends, where headers are
        near = rng.random() < 0.5
        span = min(len(found), 160) if near else len(found)
        at = int(rng.integers(0, max(1, span)))
        if near and rng.random() < 0.3:
            at = max(0, len(found) - 1 - at)
        size = int(rng.integers(1, 40))
        kind = rng.integers(8)
        if kind == 0 and found:
            found[at] ^= 1 << int(rng.integers(8))
        elif kind == 1 and found:
            found[at] = int(rng.choice([0, 1, 10, 34, 44, 45, 48, 57, 95, 127, 128, 255]))
        elif kind == 2:
            del found[at:]
        elif kind == 3:
            found[at:at] = found[at : at + size]
        elif kind == 4:
            to = int(rng.integers(0, len(found) + 1))
            found[at : at + size], found[to : to + size] = (
                found[to : to + size], found[at : at + size],
            )  # fmt: skip
        elif kind == 5:
            found += rng.bytes(size)
        elif kind == 6:
            found[at : at + size] = rng.bytes(size)
        else:
            words = ["nan", "inf", "-1e308", "1_0", "0x10", "True", "１", "1e999", "-1", "(", "\0"]
            found[at:at] = str(rng.choice(words)).encode()
    return bytes(found)


def bad_sentence(said):
    """What is wrong with a sentence, or nothing."""
    whole = len(said) <= LONGEST_SENTENCE and "\n" not in said and said.endswith(".")
    return "" if whole else f"a bad sentence: {said}"


def try_one(name, raw, digits):
    """Read a file in every way that a page does; what is wrong then, or nothing."""
    try:
        if name.startswith("codes"):
            codes = read_codes(name, raw, digits)
            return "" if np.isfinite(codes.values).all() else "codes that are not finite"
        contents = read({name: raw})
        said = [of for left in contents.left for of in (left.what, left.why)] + contents.notes
        if any("\n" in of or not of for of in said):
            return f"a bad sentence: {said}"
        found = understand(contents, Choices(), name)
        others = [Choices(**{of.field: of.options[-1][0]}) for of in found.questions]
        for one in (found, *(understand(contents, choices, name) for choices in others)):
            if wrong := wrong_with(one):
                return wrong
    except DataError as problem:
        return bad_sentence(str(problem))
    except Exception as problem:
        return f"{type(problem).__name__}: {problem}"
    return ""


def wrong_with(found):
    """What is wrong with what was understood, or nothing."""
    data = found.data
    if data is None:
        return bad_sentence(found.problem) or (
            found.problem if found.problem.startswith("What the files hold") else ""
        )
    for split in (data.train, data.test):
        pixels = split.pixels()
        if not (np.isfinite(data.values(pixels)).all() and pixels.min() >= 0):
            return "values that are not finite"
        if pixels.max() > 1 or split.labels.max() >= len(data.classes):
            return "values outside their range"
        if split.targets is not None and not np.isfinite(split.targets).all():
            return "targets that are not finite"
    return ""


def failures(times, seed, digits):
    """What goes wrong among so many damages of every file."""
    found = []
    every = {name: (raw, bytes) for name, raw in FILES.items()} | WRAPPED
    for name, (raw, wrap) in every.items():
        rng = np.random.default_rng([seed, *name.encode()])
        for i in range(times):
            if wrong := try_one(name, wrap(damaged(raw, rng)), digits):
                found.append((name, i, wrong))
    return found


@pytest.mark.parametrize("name", FILES)
def test_the_whole_files_are_read(name, sample):
    if name.startswith("codes"):
        assert len(read_codes(name, FILES[name], sample).values) == 60
    else:
        assert len(understood({name: FILES[name]}).data.train) == 48


def test_every_damage_is_a_sentence(sample):
    with warnings.catch_warnings():
        # a warning that is an error is one more thing that is raised
        warnings.simplefilter("error")
        assert failures(20, 0, sample) == []


if __name__ == "__main__":
    kinds = len(FILES) + len(WRAPPED)
    each = int(sys.argv[1]) // kinds
    wrong = failures(each, int(sys.argv[2]), datasets.load("mnist-5k"))
    print(f"{each * kinds:,} tried, {len(wrong)} wrong", *wrong[:40], sep="\n")
