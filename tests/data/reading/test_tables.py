"""Tables as text, in whatever form people have them: their columns, or a sentence."""

import gzip

import numpy as np
import pytest

from pcae.data.dataset import LONGEST_SENTENCE, DataError
from pcae.data.limits import File, Spent
from pcae.data.reading.tables import read_table

ROWS = [f"{i}.5,{i % 7},{'ab'[i % 2]}" for i in range(60)]
HALVES, SEVENS = np.arange(60) + 0.5, np.arange(60) % 7
BODY = "\n".join(ROWS)
HEADED = f"x,y,kind\n{BODY}\n"


def table(content, headed=None, name="t.csv"):
    spent = Spent()
    raw = content if isinstance(content, bytes) else content.encode()
    return read_table(spent, name, File(name, raw, spent), headed)


def names(part):
    return [column.name for column in part.columns]


def values(part):
    return [column.values.tolist() for column in part.columns]


def assert_is_the_table(part, *, called=("x", "y", "kind")):
    assert names(part)[-3:] == list(called)
    found = part.columns[-3:]
    np.testing.assert_array_equal(found[0].values, HALVES)
    np.testing.assert_array_equal(found[1].values, SEVENS)
    assert found[1].values.dtype == np.uint8
    assert found[2].values.tolist() == list("ab" * 30)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: text.replace(",", ";"),
        lambda text: text.replace(",", "\t"),
        lambda text: text.replace(",", "|"),
        lambda text: text.replace(",", ", "),
        lambda text: text.replace(",", " "),
        lambda text: text.replace(",", " \t\t ").replace("\n", " \n "),
        lambda text: text.replace(".", ",").replace(",5,", ",5;").replace(",", ";").replace(
            ";5;", ",5;"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: text.replace("\n", "\n\n"),
        lambda text: '"' + text.strip().replace(",", '","').replace("\n", '"\n"') + '"',
        lambda text: "sep=;\n" + text.replace(",", ";"),
        lambda text: "# by me\n# on Monday\n" + text.replace("\n0", "\n# a, note\n0"),
        lambda text: "# " + text,
        lambda text: "\ufeff" + text,
        lambda text: text.encode("utf-16"),
        lambda text: ("\ufeff" + text).encode("utf-16-be"),
        lambda text: text.encode("utf-16-le"),
        lambda text: gzip.compress(text.encode()),
        lambda text: gzip.compress(text.encode("utf-16")),
    ],
    ids=["commas", "semicolons", "tabs", "bars", "commas and blanks", "blanks", "many blanks",
         "decimal commas", "Windows", "old Mac", "empty lines", "quotes", "what Excel is told",
         "comments", "names in a comment", "a mark", "UTF-16", "UTF-16 BE", "UTF-16 unmarked",
         "packed", "UTF-16 packed"],
)  # fmt: skip
def test_a_table_comes_in_many_forms(change):
    part = table(change(HEADED))
    assert_is_the_table(part)
    assert part.headed
    assert not part.notes


@pytest.mark.parametrize(
    ("text", "called", "said"),
    [
        (HEADED.replace("\n", ",\n"), ("x", "y", "kind", ""), ""),
        ("x,y,kind\n" + BODY.replace("\n", ",\n") + ",", ("x", "y", "kind", ""), ""),
        ("x,y,kind,\n" + BODY, ("x", "y", "kind"), ""),
        ("x y kind\n" + "\n".join(f'"{i}" {of}' for i, of in enumerate(BODY.replace(",", " ")
         .splitlines())), ("", "x", "y", "kind"), ""),
        ("x,y,kind\ncm,,\n" + BODY, ("x cm", "y", "kind"), ""),
        ("Made in May\n\n" + HEADED, ("x", "y", "kind"), "Of “t.csv” 1 line above the table"),
        (HEADED + "Source: a book\n", ("x", "y", "kind"), "1 line below the table of “t.csv”"),
        (HEADED + ",,\n,,\n", ("x", "y", "kind"), "2 rows were left out of “t.csv”, without any"),
    ],
    ids=["separators at ends", "of rows alone", "of names alone", "R's names of rows", "units",
         "a title", "a source", "empty rows"],
)  # fmt: skip
def test_what_is_around_a_table_is_no_part_of_it(text, called, said):
    part = table(text)
    assert names(part) == list(called)
    where = called.index("kind") - 2
    np.testing.assert_array_equal(part.columns[where].values, HALVES)
    np.testing.assert_array_equal(part.columns[where + 1].values, SEVENS)
    assert "".join(part.notes)[: len(said)] == said
    assert bool(part.notes) == bool(said)


STEPS = ",".join(map(str, range(1, 65)))
PIXELS = "\n".join(",".join(str((i * j) % 17) for j in range(64)) for i in range(60))
HEADS = {
    "words": ("length,width", "1,2\n3,4", True),
    "words above words": ("kind,size", "cat,small\ndog,large\ncat,large", True),
    "numbers from 0": (",".join(map(str, range(64))), PIXELS, True),
    "numbers from 1": (STEPS, PIXELS, True),
    "wavelengths": ("400,402.5,405,407.5", "0.1,0.2,0.3,0.5\n0.7,0.2,0.4,0.5", True),
    "numbers and a word": ("2019,2020,2021,total", "1,2,5,8\n3,4,4,11", True),
    "pandas, no names": (",0,1", "0,0.5,0.25\n1,1.5,1.25", True),
    "two numbers": ("0,1", "0.5,0.25\n1.5,1.25", True),
    "a word of many": ("label", "7\n3\n6", True),
    "a row": ("5,3,9,1", "5,4,9,2\n6,2,8,1", False),
    "a row that counts": (STEPS, "\n".join([STEPS] * 3), False),
    "whole numbers": ("0,1", "1,1\n2,0", False),
    "decimal commas": ('"0,5";"0,25"', '"1,5";"2,25"', False),
    "a gap": ("?,1.5", "2,2.5\n3,3.5", False),
    "one that is below as well": ("cat", "dog\ncat\ndog", False),
    "text among numbers": ("5.1,3.5,setosa", "4.9,3.0,setosa\n7.0,3.2,other", False),
    "less than": ("<0.5,3.5,1.5", "4.9,3.0,2.5\n7.0,3.2,1.0", False),
}


@pytest.mark.parametrize("case", HEADS)
def test_whether_the_first_line_has_names_is_judged_and_can_be_said(case):
    first, below, headed = HEADS[case]
    text = f"{first}\n{below}\n"
    rows = below.count("\n") + 1
    part = table(text)
    assert part.headed is headed
    assert len(part) == rows + (not headed)
    assert any(names(part)) is headed
    assert len(table(text, True)) == rows
    assert any(names(table(text, True)))
    assert len(table(text, False)) == rows + 1
    assert not any(names(table(text, False)))


@pytest.mark.parametrize("text", ["7\n3\n6\n", "cat\ndog\ncat\n", "coat, long\nshirt\ncoat, long\n",
                                  "Ankle boot\nT-shirt\nAnkle boot\n"])  # fmt: skip
def test_a_file_of_labels_is_one_column(text):
    [column] = table(text).columns
    assert column.values.tolist() == [int(of) if of.isdigit() else of for of in text.splitlines()]


def test_names_that_are_there_twice_or_long_stay_as_they_are():
    part = table(f"a,a,{'b' * 999}\n1,2,3\n")
    assert names(part) == ["a", "a", "b" * 200]


def test_windows_letters_are_read_and_that_is_said():
    part = table("Länge,Preis €\n1,2\n3,4\n".encode("cp1252"))
    assert names(part) == ["Länge", "Preis €"]
    assert part.notes == ("“t.csv” is not in UTF-8 and was read as Windows-1252.",)
    late = HEADED.encode() * 1 + b"1,2,a\n" * 300_00 + b"1,2,\xe9\n"
    assert table(b"\xc3\xa4" + late).columns[2].values[-1] == "é"


def test_gaps_are_nan_or_nothing():
    part = table("a,b,c,d\n1,NA,x,\n2,?,NA,\n,5,y,\n")
    np.testing.assert_array_equal(part.columns[0].values, [1, 2, np.nan])
    np.testing.assert_array_equal(part.columns[1].values, [np.nan, np.nan, 5])
    assert part.columns[2].values.tolist() == ["x", "", "y"]
    assert part.columns[3].gaps.all()


def test_dates_booleans_and_base_16_are_what_they_are():
    rows = "".join(f"2020-01-{i + 1:02},12:{i},{i % 2 == 0},0x{i:x},{i}\n" for i in range(10, 28))
    part = table(f"day,time,odd,code,n\n{rows}")
    assert [of.values[0] for of in part.columns] == ["2020-01-11", "12:10", 1, "0xa", 10]


def test_a_first_column_may_begin_with_the_sign_of_comments():
    part = table("colour,n\n" + "".join(f"#ff00{i:02},{i}\n" for i in range(60)))
    assert len(part) == 60
    assert part.columns[0].values[-1] == "#ff0059"


def test_pixels_are_bytes_from_the_start():
    rows = "".join(f"{i},{i % 10}," + ",".join(["0", "255"] * 50) + "\n" for i in range(2000))
    part = table(rows)
    assert [of.values.dtype for of in part.columns] == [np.uint16, *101 * [np.uint8]]
    np.testing.assert_array_equal(part.columns[0].values, np.arange(2000))
    assert sum(of.values.nbytes for of in part.columns) == 2000 * 103


def test_what_looks_like_bytes_and_is_other_is_read_as_well():
    head = "".join(",".join(["7", "5"] * 6) + "\n" for _ in range(200))
    part = table(head + ",".join(["700", "x"] * 6) + "\n")
    assert part.columns[0].values[-1] == 700
    assert part.columns[1].note == "“x” in row 201 is no number and counts as a gap"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_one(end, monkeypatch):
    monkeypatch.setattr("pcae.data.reading.tables.MOST_ROWS", 60)
    raw = end.join(["a,b", *(f"{i},2" for i in range(60))]).encode()
    assert len(table(raw)) == 60
    with pytest.raises(DataError, match="more than 60 rows"):
        table(raw + b"\n1,2\n3,4\n")


BAD = {
    "nothing": ("", "has no rows: choose a table with a line for every row"),
    "blank lines": (" \n\n", "has no rows"),
    "names alone": ("a,b\n", "has a line of names and no rows: bring the rows as well"),
    "prose": ("Call me Ishmael.", "has a line of names and no rows"),
    "ragged": ("a,b\n1,2\n3\n4,5\n", "is ragged: row 2 has 1 value and the first has 2"),
    "ragged long": ("1,2\n3,4,5\n", "is ragged: row 2 has 3 values and the first has 2"),
    "cut": (HEADED + "1.5,2", "is ragged: row 61 has 2 values and the first has 3"),
    "very ragged": ("".join("1," * (i % 9 + 1) + "1\n" for i in range(400)), "is ragged: row"),
    "an open quote": (HEADED + '1,2,"a\n3,4,b\n', "perhaps because a quotation mark is left open"),
    "no text": (b"\0\1\2\3" * 99, "is not text: choose a table that was saved as CSV"),
    "wide": (",".join(["1"] * 5000) + "\n", "has 5,000 columns: at most 4,096 are read"),
    "a long line": ("1" * 3_000_000, "has a line of more than 1 MB"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_table_is_a_sentence(case):
    content, said = BAD[case]
    with pytest.raises(DataError, match=said) as problem:
        table(content)
    assert str(problem.value).startswith("“t.csv” ")
    assert str(problem.value).endswith(".")
    assert len(str(problem.value)) <= LONGEST_SENTENCE
