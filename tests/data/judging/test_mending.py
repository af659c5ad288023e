"""Pictures are turned, mirrored and inverted in this order, and a negative is noticed."""

import numpy as np
import pytest

from pcae.data.choices import Choices
from pcae.data.judging.mending import (
    gaps,
    in_words,
    mended,
    mended_shape,
    questions,
    suggests_inverting,
)

RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 256, (5, 6), np.uint8)  # of 2 × 3 pixels
FIRST = np.array([[1, 2, 3, 4, 5, 6]], np.uint8)


@pytest.mark.parametrize(
    ("choices", "rows"),
    [
        (Choices(), [[1, 2, 3], [4, 5, 6]]),
        (Choices(turns=1), [[4, 1], [5, 2], [6, 3]]),
        (Choices(turns=2), [[6, 5, 4], [3, 2, 1]]),
        (Choices(turns=3), [[3, 6], [2, 5], [1, 4]]),
        (Choices(mirrored=True), [[3, 2, 1], [6, 5, 4]]),
        (Choices(turns=1, mirrored=True), [[1, 4], [2, 5], [3, 6]]),
        (Choices(inverted=True), [[254, 253, 252], [251, 250, 249]]),
    ],
)
def test_mends(choices, rows):
    found = mended(FIRST, (2, 3), choices)
    assert found.dtype == np.uint8
    assert found.reshape(mended_shape((2, 3), choices)).tolist() == rows
    floats = mended(FIRST / np.float32(255), (2, 3), choices)
    assert floats.dtype == np.float32
    np.testing.assert_allclose(floats, found / 255, atol=1e-6)


def test_what_was_mended_is_said():
    said = in_words(Choices(turns=3, mirrored=True, inverted=True))
    assert said == [
        "Every picture was turned by 90° counter-clockwise, then mirrored, then exchanged light "
        "for dark."
    ]
    assert in_words(Choices()) == []


def scans(ground, ink):
    """Pictures of 9 × 9 with something in their middles."""
    found = np.full((20, 9, 9), ground, np.uint8)
    found[:, 3:6, 3:6] = ink
    return found.reshape(20, 81)


@pytest.mark.parametrize(
    ("pictures", "suggested"),
    [
        (scans(250, 20), True),
        (scans(20, 250), False),
        (scans(250, 250), False),
        (scans(120, 20), False),
        (scans(250, 20) / np.float32(255), True),
        (RNG.integers(0, 256, (20, 81), np.uint8), False),
    ],
)
def test_dark_ink_on_light_paper_is_noticed(pictures, suggested):
    assert suggests_inverting(pictures, (9, 9)) == suggested
    asked = questions(pictures, (9, 9), Choices())[-1]
    assert (asked.suggested, bool(asked.why)) == (suggested, suggested)
    assert not questions(pictures, (9, 9), Choices(inverted=True))[-1].suggested


def test_pictures_without_an_inside_suggest_nothing():
    assert not suggests_inverting(np.full((3, 4), 255, np.uint8), (2, 2))


def test_gaps_are_where_there_is_no_finite_number():
    assert gaps(np.array([[1.0, np.nan], [np.inf, 2]])).tolist() == [[False, True], [True, False]]
    assert gaps(np.ones((2, 2))) is None
    assert gaps(np.ones((2, 2), int)) is None
