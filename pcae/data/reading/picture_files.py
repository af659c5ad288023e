"""Pictures in the files that cameras, scanners and programs write, as grey pixels of one size.

A first round reads what each says of itself and counts what there will be to decode; a second
decodes one after the other; what can only be judged over all of them comes last: the ground behind
transparent ink, how deep 16 bits are, and the grey around pictures that are fitted into squares. A
file that cannot be read is named, and the others are read.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from PIL import Image

from pcae.counts import counted
from pcae.data.dataset import DataError, Told, unheard
from pcae.data.limits import (
    MOST_PICTURE_BYTES,
    MOST_PICTURE_PIXELS,
    MOST_SMALL,
    MOST_VALUES,
    Spent,
)
from pcae.data.reading import picture_heads
from pcae.data.reading.picture_heads import Head, is_picture
from pcae.names import MAX_SIDE

__all__ = ["ENDINGS", "SIDES", "Encoded", "Pictures", "decode", "is_picture"]

SIDES = (28, 32, 48, 64)
ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff")
UNREADABLE = "cannot be read as a picture: save it anew as PNG or JPEG"
TOO_LARGE = "has more than 16 million pixels: make it smaller"
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}  # fmt: skip
_DEPTHS = (8, 10, 12, 14, 16)  # bits that devices have
_CHEAP = 4  # times faster than in full is a JPEG decoded at an eighth of its size
_TOLD = 500  # pictures between two words of progress


class Encoded(NamedTuple):
    """A picture's file: its name for sentences, and what gives its bytes whenever it is called."""

    name: str
    read: Callable[[], bytes]


@dataclass(eq=False)
class Pictures:
    """Pictures of one size.

    Attributes
    ----------
    images : ndarray of uint8, shape (n, rows, columns)
    kept : list of int
        Which of the files these are; the others cannot be read.
    unread : dict of str to list of int
        Why not, as what follows a name in a sentence, and which files.
    side : int or None
        The squares that they were fitted into; None where they keep their size.
    ground : int
        The grey of 0 to 255 that stands around fitted ones.
    notes : list of str
        What was done, as sentences.
    """

    images: np.ndarray
    kept: list[int]
    unread: dict[str, list[int]] = field(default_factory=dict)
    side: int | None = None
    ground: int = 0
    notes: list[str] = field(default_factory=list)


class _Planes(NamedTuple):
    """A picture that was decoded: its grey, times how opaque it is where it has a say in that."""

    grey: np.ndarray
    opaque: np.ndarray | None = None


def decode(
    spent: Spent,
    name: str,
    pictures: Sequence[Encoded],
    side: int | None = None,
    told: Told = unheard,
) -> Pictures:
    """Pictures in grey.

    Parameters
    ----------
    name : str
        Of all of them, for sentences.
    side : int, optional
        Fit them into squares of this side; else they keep their size where all have the same one
        of at most 64 × 64 pixels, and are fitted where not.
    told : callable
        Is told how far it is, from 0 to 1, and in words.

    Raises
    ------
    DataError
        They are more than is read.
    """
    found = Pictures(np.zeros((0, 1, 1), np.uint8), [])
    heads = _heads(spent, pictures, found, told)
    if not heads:
        return found
    sizes = [_upright(head) for head in heads.values()]
    found.side = side or _judged(sizes)
    pixels = found.side**2 if found.side else math.prod(sizes[0])
    if len(heads) * pixels > MOST_VALUES:
        raise DataError(
            f"“{name}” holds {len(heads):,} pictures of {pixels:,} pixels: choose at most "
            f"{MOST_VALUES // pixels:,}."
        )
    spent.hold(name, 2 * len(heads) * pixels)
    spent.decode(name, sum(_work(head, found.side) for head in heads.values()))
    planes = _decoded(pictures, heads, found, told)
    if planes:
        found.images = _together(planes, found)
        found.notes = _said(found, sizes, sum(head.several for head in heads.values()))
    return found


def _heads(
    spent: Spent, pictures: Sequence[Encoded], found: Pictures, told: Told
) -> dict[int, Head]:
    """What the files say of themselves, with their bytes where these are few."""
    heads, held = {}, 0
    for i, picture in enumerate(pictures):
        if i % _TOLD == 0:
            told(0.3 * i / len(pictures), f"{i:,} of {counted(len(pictures), 'picture')} found")
        try:
            raw = picture.read()
            head = picture_heads.head(spent, picture.name, raw)
        except DataError:
            raise
        except Exception:  # of damaged files, whatever it is
            found.unread.setdefault(UNREADABLE, []).append(i)
            continue
        if head.size[0] * head.size[1] > MOST_PICTURE_PIXELS or len(raw) > MOST_PICTURE_BYTES:
            found.unread.setdefault(TOO_LARGE, []).append(i)
        else:
            held += len(head.raw)
            heads[i] = head if held < MOST_SMALL else head._replace(raw=b"")
    return heads


def _upright(head: Head) -> tuple[int, int]:
    """Columns and rows of a picture as it is seen."""
    return head.size if head.orientation < 5 else head.size[::-1]


def _judged(sizes: list[tuple[int, int]]) -> int | None:
    """The side of squares for pictures of several sizes, or too large: about as large as most."""
    if len(set(sizes)) == 1 and max(sizes[0]) <= MAX_SIDE:
        return None
    middle = float(np.median([max(size) for size in sizes]))
    fitting = [side for side in SIDES if side <= middle and len(sizes) * side**2 <= MOST_VALUES]
    return max(fitting, default=SIDES[0])


def _is_reduced(head: Head, side: int | None) -> bool:
    """Whether a picture is so large for its square that a JPEG need not be decoded in full."""
    return side is not None and min(head.size) >= 16 * side


def _work(head: Head, side: int | None) -> int:
    return head.work // _CHEAP if head.quick and _is_reduced(head, side) else head.work


# ---------------------------------------------------------------- one picture


def _decoded(
    pictures: Sequence[Encoded], heads: dict[int, Head], found: Pictures, told: Told
) -> list[_Planes]:
    planes = []
    for done, (i, said) in enumerate(heads.items()):
        if done % _TOLD == 0:
            told(
                0.3 + 0.7 * done / len(heads), f"{done:,} of {counted(len(heads), 'picture')} read"
            )
        try:
            planes.append(_planes(said if said.raw else _again(pictures[i], said), found.side))
            found.kept.append(i)
        except Exception:  # Pillow's readers raise whatever they come upon
            found.unread.setdefault(UNREADABLE, []).append(i)
    return planes


def _again(picture: Encoded, said: Head) -> Head:
    """What a file says, with its bytes; what has been counted of it is counted no more."""
    head = picture_heads.head(Spent(), "", picture.read())
    if head.size != said.size:
        raise ValueError("another picture")
    return head


def _planes(head: Head, side: int | None) -> _Planes:
    with Image.open(io.BytesIO(head.raw), formats=_FORMATS) as image:
        if image.size != head.size:
            raise ValueError("another size")
        if side and _is_reduced(head, side):
            image.draft("L", (2 * side, 2 * side))
        parts = [np.asarray(part) for part in _parts(_fitted(_plain(image), head, side))]
    return _Planes(*parts)


def _plain(image: Image.Image) -> Image.Image:
    """In grey, in colours that can be seen through, or in numbers."""
    if image.mode.startswith(("I", "F")):
        return image.convert("F")
    return image.convert("RGBA" if image.has_transparency_data else "L")


def _fitted(image: Image.Image, head: Head, side: int | None) -> Image.Image:
    """Upright, and scaled so that it fits into a square."""
    if side:
        scale = side / max(image.size)
        width, height = (max(1, round(scale * length)) for length in image.size)
        image = image.resize((width, height), Image.Resampling.BOX if scale < 1 else None)
    turn = _TURNS.get(head.orientation)
    return image if turn is None else image.transpose(turn)


def _parts(image: Image.Image) -> list[Image.Image]:
    """A picture's grey, and what of it is opaque."""
    if image.mode == "F" and not np.isfinite(image.getextrema()).all():
        raise ValueError("no numbers")
    if image.mode != "RGBA":
        return [image]
    opaque, grey = image.getchannel("A"), image.convert("RGB").convert("L")
    if opaque.getextrema() == (255, 255):
        return [grey]
    return [Image.composite(grey, Image.new("L", image.size), opaque), opaque]


# ---------------------------------------------------------------- all of them


def _together(planes: list[_Planes], found: Pictures) -> np.ndarray:
    """All pictures as bytes, and in the middle of squares where they are fitted."""
    paper, top = _paper(planes), _top(of.grey for of in planes)
    planes.reverse()
    flat = [_flat(planes.pop(), paper, top) for _ in found.kept]  # which frees what is deep
    if not found.side:
        return np.stack(flat)
    found.ground = _ground(flat)
    images = np.full((len(flat), found.side, found.side), found.ground, np.uint8)
    for image, picture in zip(images, flat, strict=True):
        rows, columns = picture.shape
        top_left = (found.side - rows) // 2, (found.side - columns) // 2
        image[top_left[0] : top_left[0] + rows, top_left[1] : top_left[1] + columns] = picture
    return images


def _paper(planes: list[_Planes]) -> int:
    """What stands behind transparent pictures, so that their ink is seen: white behind dark ink."""
    ink = sum(int(of.grey.sum(dtype=np.int64)) for of in planes if of.opaque is not None)
    amount = sum(int(of.opaque.sum(dtype=np.int64)) for of in planes if of.opaque is not None)
    return 255 if 2 * ink < amount else 0


def _top(greys: Iterable[np.ndarray]) -> float:
    """The most that the deep ones among some pictures have; 0 if there are none."""
    return max((float(grey.max()) for grey in greys if grey.dtype != np.uint8), default=0.0)


def _flat(planes: _Planes, paper: int, top: float) -> np.ndarray:
    """A picture as bytes."""
    grey = planes.grey
    if grey.dtype != np.uint8:
        return _shallow(grey, top)
    if planes.opaque is None or not paper:
        return grey
    return (grey + (255 - planes.opaque.astype(np.int16))).clip(0, 255).astype(np.uint8)


def _shallow(grey: np.ndarray, top: float) -> np.ndarray:
    """Values of more than a byte as bytes: by the depth that all pictures together show."""
    if top <= 1:
        return (grey.clip(0, 1) * 255).round().astype(np.uint8)
    bits = next((of for of in _DEPTHS if top < 2**of), math.frexp(top)[1])
    return (grey.clip(0, None) // 2 ** (bits - 8)).astype(np.uint8)


def _ground(flat: list[np.ndarray]) -> int:
    """The grey that most of what is at the borders has: their median."""
    counts = np.zeros(256, np.int64)
    for picture in flat:
        for line in (picture[0], picture[-1], picture[:, 0], picture[:, -1]):
            counts += np.bincount(line, minlength=256)
    return int(np.searchsorted(counts.cumsum(), counts.sum() / 2))


def _said(found: Pictures, sizes: list[tuple[int, int]], several: int) -> list[str]:
    """What was done, as sentences."""
    said = []
    if found.side:
        columns, rows = max(sizes, key=math.prod)
        count = len(set(sizes))
        of = (
            f"{count:,} different sizes, up to {columns}×{rows}"
            if count > 1
            else f"{columns}×{rows}"
        )
        said.append(
            f"The pictures have {of} pixels: each was fitted into {found.side}×{found.side}, with "
            f"its proportions and the ground’s grey, {found.ground} of 255, around it."
        )
    if several:
        one = "One file has" if several == 1 else f"{several:,} files have"
        said.append(f"{one} several pictures: the first of each is read.")
    return said
