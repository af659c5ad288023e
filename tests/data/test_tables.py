"""What a number is: one definition, which is pyarrow's."""

import io

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv

from pcae.data import understanding
from pcae.data.dataset import DataError
from pcae.data.tables import is_number
from pcae.data.uploads import read

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


@pytest.mark.parametrize("cell", NUMBERS)
def test_a_number_is_what_pyarrow_reads_as_one(cell):
    assert is_number(cell)
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


@pytest.mark.parametrize("cell", OTHERS)
def test_a_cell_that_is_no_number_is_named_with_its_row(cell):
    rows = "".join(f"{i / 2}\t{i}\n" for i in range(60))
    with pytest.raises(
        DataError, match=r"^Row 61 of the column “a” of “t\.tsv” is “.*” and not a n"
    ):
        read({"t.tsv": f"a\tb\n{rows}{cell}\t1\n".encode()})


def test_a_column_of_numbers_in_base_16_is_text():
    rows = "".join(f"0x{i:x},{i},{i / 2},X{i}\n" for i in range(60))
    contents = read({"t.csv": f"a,b,c,d\n{rows}".encode()})
    assert contents.columns["t"] == ("b", "c")
    assert list(contents.texts["t"]) == ["a", "d"]
    assert contents.texts["t"]["a"][59] == "0x3b"
    with pytest.raises(DataError, match=r"Row 61 of the column “b” of “t\.csv” is “0x10” and not"):
        read({"t.csv": f"a,b,c,d\n{rows}0x1,0x10,2,X\n".encode()})


def test_integers_stay_integers_and_wide_tables_keep_their_columns():
    values = np.arange(60 * 40).reshape(60, 40) - 9
    raw = "\n".join(",".join(map(str, row)) for row in values).encode()
    contents = read({"t.csv": raw})
    np.testing.assert_array_equal(contents.arrays["t"], values)
    assert contents.arrays["t"].dtype == np.int64
    assert understanding.guess(contents, "t").images == "t"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_one(end, monkeypatch):
    monkeypatch.setattr("pcae.data.tables.MOST_ROWS", 60)
    raw = end.join(["a,b", *(f"{i},2" for i in range(60))]).encode()
    assert read({"t.csv": raw}).arrays["t"].shape == (60, 2)
    with pytest.raises(DataError, match="more than 60 rows"):
        read({"t.csv": raw + b"\n1,2\n3,4\n"})


def test_a_cell_is_shown_in_a_line():
    rows = "".join(f"{i / 2},{i}\n" for i in range(60))
    for cell, shown in (("1\n2", "1 2"), ("**1** 2", r"\*\*1\*\* 2"), ("1<2>", "1<2>")):
        with pytest.raises(DataError, match=f"Row 61 .* is “{shown}” and not a number"):
            read({"t.csv": f'a,b\n{rows}"{cell}",1\n'.encode()})
