"""How an array lies, and which form a row has."""

import numpy as np
import pytest

from pcae.data.contents import Column, Part
from tests.data.judging.test_understanding import (
    LABELS,
    PICTURES,
    RNG,
    N,
    a_table,
    an_array,
    asked,
    data_of,
    understood,
)  # fmt: skip


@pytest.mark.parametrize(
    "array",
    [
        PICTURES,
        PICTURES[..., None],
        PICTURES[:, None],
        np.repeat(PICTURES[..., None], 3, axis=3),
        np.repeat(PICTURES[:, None], 3, axis=1),
        np.moveaxis(np.concatenate([PICTURES] * 2), 0, -1),
        np.moveaxis(np.repeat(np.concatenate([PICTURES] * 2)[..., None], 3, axis=3), 0, -1),
        np.asfortranarray(PICTURES),
    ],
    ids=["plain", "one channel last", "one first", "colours last", "colours first",
         "images last", "colours and images last", "Fortran"],
)  # fmt: skip
def test_pictures_lie_in_many_ways(array):
    data = data_of(an_array("x.npy", array))
    assert data.shape == (9, 7)
    assert {*map(bytes, data.train.images), *map(bytes, data.test.images)} == {
        *map(bytes, PICTURES.reshape(N, -1))
    }


def test_labels_say_which_axis_has_the_pictures():
    data = data_of(
        an_array("m.mat: data", PICTURES.reshape(N, 63).T), an_array("m.mat: label", LABELS[None])
    )
    assert (data.inputs, len(data.train)) == (63, 48)
    assert data.classes == ("0", "1", "2")
    small = RNG.integers(0, 256, (40, 40, 60))  # pictures of 40 × 60 as well
    assert data_of(an_array("x.npy", small), an_array("y.npy", LABELS)).shape == (40, 40)


def test_a_column_for_every_image_is_suggested_where_the_shape_says_so():
    square = RNG.integers(0, 256, (81, N), np.uint8)
    found = understood(an_array("x.npy", square))
    question = asked(found, "across")
    assert (question.value, question.suggested) == (False, True)
    assert "81 rows could be the pixels of 9 × 9" in question.why
    turned = understood(an_array("x.npy", square), across=True)
    assert turned.data.shape == (9, 9)
    assert asked(turned, "across").suggested is False
    table = a_table("x.csv", {})
    table = Part("x.csv", "x.csv", "table", None, tuple(Column("", of) for of in square.T))
    assert asked(understood(table), "across").suggested
    assert understood(table, across=True).data.digest == turned.data.digest
    assert asked(understood(an_array("x.npy", square.T)), "across") is None


@pytest.mark.parametrize(
    ("scaled", "shape"),
    [
        (lambda of: of / 127.5 - 1, (9, 9)),
        (lambda of: (np.maximum(of, 200) - 30.0) / 70 - 9, (9, 9)),
        (lambda of: RNG.normal(size=of.shape), None),
    ],
    ids=["-1 to 1", "standardised", "noise"],
)
def test_pixels_centred_on_0_are_pictures_all_scaled_alike(scaled, shape):
    pixels = RNG.integers(0, 256, (N, 81))
    pixels[:, ::2] = 0
    data = data_of(an_array("x.npy", scaled(pixels)), an_array("y.npy", LABELS))
    assert data.shape == shape
    assert (data.limits is None) == (shape is not None)


def test_pixels_each_standardised_by_itself_are_pictures_by_their_neighbours():
    y, x = np.mgrid[:12, :12]
    middles = RNG.uniform(3, 9, (400, 2))
    blobs = np.exp(
        -((x - middles[:, :1, None]) ** 2 + (y - middles[:, 1:, None]) ** 2) / 8
    ).reshape(400, 144)
    assert data_of(an_array("x.npy", (blobs - blobs.mean(0)) / blobs.std(0))).shape == (12, 12)


def test_a_row_can_be_a_picture_or_columns():
    rows = RNG.integers(0, 256, (N, 81))
    found = understood(an_array("x.npy", rows), an_array("y.npy", LABELS))
    assert asked(found, "shape").value == "9x9"
    assert asked(found, "shape").options[-1][0] == "columns"
    columns = understood(an_array("x.npy", rows), an_array("y.npy", LABELS), shape="columns")
    assert columns.data.shape is None
    assert columns.data.columns[:2] == ("column 1", "column 2")
    wide = RNG.integers(0, 256, (N, 4, 16)).reshape(N, 64)
    assert understood(an_array("x.npy", wide), shape="4x16").data.shape == (4, 16)
    assert understood(an_array("x.npy", rows), shape="5x5").data.shape == (9, 9)


@pytest.mark.parametrize("planes", [True, False])
def test_rows_in_three_colours_are_pictures(planes):
    y, x = np.mgrid[:16, :16]
    grey = 120 + 60 * np.sin(x[None] * RNG.uniform(1, 9, (N, 1, 1)) + y[None] * 3)
    colours = np.stack([grey, grey + 30, grey - 30], axis=1 if planes else 3).astype(np.uint8)
    data = data_of(an_array("data_batch.mat: data", colours.reshape(N, 768)))
    whole = data_of(an_array("x.npy", colours))
    assert data.shape == (16, 16)
    assert data.digest == whole.digest
    assert data_of(an_array("x.npy", colours.reshape(N, 768)), shape="columns").shape is None


def test_columns_with_names_of_their_own_are_no_pixels():
    names = [f"{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(81)]
    values = RNG.uniform(0, 9, (N, 81))
    assert data_of(a_table("t.csv", dict(zip(names, values.T, strict=True)))).shape is None
    pixels = a_table("t.csv", {f"pixel{i}": of for i, of in enumerate(values.T)})
    assert data_of(pixels).shape == (9, 9)
