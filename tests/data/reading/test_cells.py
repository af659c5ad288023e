"""What a number is, what a gap, and how cells of text become numbers."""

import io

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv

from pcae.data.reading.cells import column, is_number, is_numberish, smallest

NUMBERS = ["1", "+1", "-1.5", " 1", "1\t", ".5", "5.", "1e5", "+1.E-5", "00012", "9" * 400, "1e999",
           "1e-999", "nan", "NaN", "-nan", "inf", "-Infinity", "INF"]  # fmt: skip
OTHERS = ["1_0", "１２", "٣", "1,5", "1 000", "1\u202f000", "1\u2009000", "\xa01", "1\x0b", "0x10",
          "-0x10", "0b1", "1e", "e5", ".", "--1", "- 1", "1d5", "1j", "1L", "−1", "¹", "true",
          "six", "1'000", "1.5.2", "infinit", "0x1.8p3"]  # fmt: skip


def type_of(cell):
    """What pyarrow takes a column of a float and this cell for."""
    table = csv.read_csv(
        io.BytesIO(f"x;y\n1.5;a\n{cell};a\n".encode()),
        parse_options=csv.ParseOptions(delimiter=";"),
    )
    return table.column(0).type


def of_text(cells, *, commas=False):
    return column("x", pa.chunked_array([pa.array(cells)]), commas=commas)


@pytest.mark.parametrize("cell", NUMBERS)
def test_a_number_is_what_pyarrow_reads_as_one(cell):
    assert is_number(cell)
    assert is_numberish(cell)
    assert type_of(cell) == pa.float64()
    float(cell)


@pytest.mark.parametrize("cell", OTHERS)
def test_text_is_what_pyarrow_reads_as_text(cell):
    assert not is_number(cell)
    assert type_of(cell) == pa.string()


def test_both_agree_on_whatever_looks_like_a_number():
    rng = np.random.default_rng(0)
    letters = list("0123456789") + list("+-..eExXnafiINFty_ \t１\u2009'")
    for _ in range(3000):
        cell = "".join(rng.choice(letters, rng.integers(1, 7)))
        if cell.strip(" \t"):  # else there is nothing
            found = type_of(cell) in (pa.float64(), pa.int64())
            assert is_number(cell) == found, repr(cell)


@pytest.mark.parametrize(
    ("cells", "numbers", "note"),
    [
        (["1,5", "-2,25", ",5", "3"], [1.5, -2.25, 0.5, 3], "with decimal commas"),
        (["0,125", "2,250"], [0.125, 2.25], "with decimal commas"),
        (["1.234,5", "12.345.678,0"], [1234.5, 12345678], "with decimal commas"),
        (["1.234.567", "2.000.000"], [1234567, 2000000], "with points between thousands"),
        (["1,234.5", "12,345,678"], [1234.5, 12345678], "with commas between thousands"),
        (["1,234,567", "1,234"], [1234567, 1234], "with commas between thousands"),
        (["1 234", "12 345 678,5"], [1234, 12345678.5], "with thousands set apart; with decimal"),
        (["1\u202f234", "1\xa0234"], [1234, 1234], "with thousands set apart"),
        (["1'234.5", "1’234"], [1234.5, 1234], "with thousands set apart"),
        (["−1.5", "2"], [-1.5, 2], ""),
        ([" 1.5", "+2 "], [1.5, 2], ""),
        (["1e308", "-1E-5"], [1e308, -1e-5], ""),
    ],
)
def test_numbers_are_written_in_many_ways(cells, numbers, note):
    found = of_text(cells)
    np.testing.assert_array_equal(found.values, numbers)
    assert found.note.startswith(note)
    assert bool(found.note) == bool(note)


@pytest.mark.parametrize(("commas", "numbers"), [(True, [1.234, 2.0]), (False, [1234, 2000])])
def test_what_may_be_both_is_what_the_table_speaks_for(commas, numbers):
    found = of_text(["1,234", "2,000"], commas=commas)
    np.testing.assert_array_equal(found.values, numbers)
    assert found.note  # and is said


@pytest.mark.parametrize(
    "cells",
    [["1,5", "1,234.5"], ["2020-01-01", "2020-01-02"], ["0x10", "0x11"], ["a1", "2"], ["１", "２"],
     ["12:30", "1/2"], ["1,2,3", "4,5,6"], ["1 2", "3 4"]],
)  # fmt: skip
def test_what_no_way_of_writing_explains_stays_text(cells):
    found = of_text(cells)
    assert found.is_text
    assert found.values.tolist() == cells


def test_a_few_cells_that_are_no_numbers_are_gaps_and_named():
    cells = [str(i) for i in range(60)]
    cells[7] = "six\n!"
    found = of_text(cells)
    assert found.note == "“six !” in row 8 is no number and counts as a gap"
    assert np.flatnonzero(found.gaps).tolist() == [7]
    cells[9] = "0x10"
    assert "and 1 more are no numbers and count as gaps" in of_text(cells).note
    cells[10:13] = "abc"
    assert of_text(cells).is_text


def test_gaps_are_written_in_many_ways():
    found = of_text(["1,5", "", "NA", " NaN ", "null", "?", "-", "None", None])
    assert found.gaps.tolist() == [False] + 8 * [True]
    assert found.note == "with decimal commas"
    texts = of_text(["a", "NA", "None", None, " b "])
    assert texts.values.tolist() == ["a", "", "None", "", "b"]
    assert texts.gaps.tolist() == [False, True, False, True, False]


def test_long_texts_are_cut():
    assert of_text(["y" * 100_000, "x"]).values.nbytes == 2 * 4 * 100


@pytest.mark.parametrize(
    ("values", "kind"),
    [([0, 255], np.uint8), ([0, 256], np.uint16), ([-1, 200], np.int16), ([2**62, 0], np.uint64),
     ([-(2**40), 0], np.int64), ([], np.uint8), ([False, True], np.uint8)],
)  # fmt: skip
def test_whole_numbers_have_the_smallest_type(values, kind):
    found = smallest(np.array(values, bool if True in values else np.int64))
    assert found.dtype == kind
    assert found.tolist() == values


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([1, None, 3]), [1, np.nan, 3]),
        (pa.array([True, False]), [1, 0]),
        (pa.array([1.5, None], pa.float16()), [1.5, np.nan]),
        (pa.array([None, None]), [np.nan, np.nan]),
        (pa.array(["a", "b", "a"]).dictionary_encode(), ["a", "b", "a"]),
        (pa.array([0], pa.date32()), ["1970-01-01"]),
    ],
)
def test_columns_of_other_types_are_numbers_or_text(values, expected):
    np.testing.assert_array_equal(column("x", pa.chunked_array([values])).values, expected)


def test_what_is_neither_numbers_nor_text_is_none():
    assert column("x", pa.chunked_array([pa.array([[1], [2]])])) is None
    assert column("x", pa.chunked_array([pa.array([b"a"])])) is None
