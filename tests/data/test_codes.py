"""Codes that people bring: every form that can be read, and a sentence for all others."""

import gzip
import io
import json
import pickle
import re
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import save

from pcae.data import row_orders
from pcae.data.codes import MOST_NUMBERS, read
from pcae.data.datasets import DataError

PLANE = np.random.default_rng(0).normal(size=(30, 2)).astype(np.float32)
ROWS = [",".join(map(repr, row)) for row in PLANE.tolist()]


def csv_of(rows, head=None):
    return "\n".join([*([head] if head is not None else []), *rows]).encode()


def assert_is_the_plane(codes, indices=None):
    np.testing.assert_allclose(codes.values, PLANE, rtol=1e-6)
    assert codes.values.dtype == np.float32
    np.testing.assert_array_equal(codes.indices, np.arange(30) if indices is None else indices)


@pytest.mark.parametrize(
    "head", [None, "x,y", "UMAP 1,UMAP 2", '"t-SNE, 1","t-SNE, 2"', "# x,y", "0,1"]
)
def test_two_columns_are_codes_of_the_first_test_digits(sample, head):
    assert_is_the_plane(read("a.csv", csv_of(ROWS, head), sample))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(",", ";"),
        lambda text: text.replace(",", "\t"),
        lambda text: text.replace(",", " , "),
        lambda text: text.replace("\n", "\r\n") + "\r\n\r\n",
        lambda text: "\ufeff" + text,
        lambda text: "\n".join(f'"{line}"' for line in text.replace(",", '","').splitlines()),
    ],
    ids=["semicolons", "tabs", "blanks", "Windows", "a mark of the byte order", "quotes"],
)
def test_csv_comes_in_several_forms(sample, change):
    assert_is_the_plane(read("A.CSV", change(csv_of(ROWS, "x,y").decode()).encode(), sample))


@pytest.mark.parametrize("name", ["index", "Index", "", "id", "digit"])
def test_a_column_may_name_the_digits(sample, name):
    indices = np.arange(900, 1200, 10)[::-1]
    rows = [f"{i},{row}" for i, row in zip(indices, ROWS, strict=True)]
    head = f"{name},{'label,' if name == 'digit' else ''}x,y"
    if name == "digit":
        labels = np.concatenate([sample.test.labels, sample.train.labels])[indices]
        pairs = zip(indices, labels, ROWS, strict=True)
        rows = [f"{i},{label},{row}" for i, label, row in pairs]
    assert_is_the_plane(read("a.csv", csv_of(rows, head), sample), indices)


@pytest.mark.parametrize("name", ["label", "Class", "digit"])
@pytest.mark.parametrize("form", [str, lambda label: f"{label}.0"])
def test_labels_are_no_codes(sample, name, form):
    labels = map(form, sample.test.labels[:30])
    rows = [f"{row},{label}" for row, label in zip(ROWS, labels, strict=True)]
    assert_is_the_plane(read("a.csv", csv_of(rows, f"x,y,{name}"), sample))


@pytest.mark.parametrize("k", [1, 3, MOST_NUMBERS])
def test_there_may_be_one_number_a_digit_or_many(sample, k):
    values = np.arange(5 * k).reshape(5, k) + 0.5
    rows = [",".join(map(str, row)) for row in values]
    np.testing.assert_array_equal(read("a.csv", csv_of(rows), sample).values, values)


def test_all_digits_are_the_test_digits_and_then_the_training_digits(sample):
    codes = read("a.safetensors", save({"codes": np.ones((5000, 2))}), sample)
    np.testing.assert_array_equal(codes.indices, np.arange(5000))
    assert len(read("a.safetensors", save({"codes": np.ones((1000, 2))}), sample).indices) == 1000


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.int32])
def test_safetensors_may_hold_any_numbers(sample, kind):
    values = np.arange(60).reshape(30, 2).astype(kind)
    for arrays in ({"umap": values}, {"codes": values, "other": values + 1}):
        codes = read("a.SafeTensors", save(arrays), sample)
        np.testing.assert_array_equal(codes.values, values)
        assert codes.values.dtype == np.float32


def test_safetensors_may_name_the_digits(sample):
    indices = np.arange(4000, 4030)
    content = save({"codes": PLANE, "index": indices})
    assert_is_the_plane(read("a.safetensors", content, sample), indices)


def test_codes_of_the_first_digits_are_unknown_where_there_are_none(sample):
    content = save({"codes": PLANE, "index": np.arange(30) * 100})
    found = read("a.safetensors", content, sample).of_first(1000)
    assert found.shape == (1000, 2)
    np.testing.assert_array_equal(found[:1000:100], PLANE[:10])
    assert np.isnan(found).sum() == 2 * 990


def test_what_is_read_belongs_to_its_data_and_has_an_address_of_its_own(sample):
    first, second = (read("a.csv", csv_of(ROWS), sample) for _ in range(2))
    assert first.digest == sample.digest
    assert first.token != second.token


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("umap.csv", "umap.csv"),
        ("<b>a</b>\n\u202e.csv", "<b>a</b> .csv"),
        ("x" * 300 + ".csv", "x" * 15 + "…" + "x" * 11 + ".csv"),
    ],
)
def test_a_title_is_short_and_printable(sample, name, title):
    assert read(name, csv_of(ROWS), sample).title == title


@pytest.mark.parametrize("name", ["npy", "gzip", "safetensors", "UTF-16"])
def test_what_a_file_is_its_content_says(sample, name):
    assert_is_the_plane(read("a.csv", packed(name), sample))


def test_a_column_that_only_counts_or_is_text_is_no_axis(sample):
    rows = [f"{i + 1},{row},a" for i, row in enumerate(ROWS)]
    codes = read("a.tsv", csv_of(rows, ",x,y,kind").replace(b",", b"\t"), sample)
    assert_is_the_plane(codes)
    assert [of.split(":")[0] for of in codes.left] == ["“column 1” is no axis", "“kind” is no axis"]


@pytest.mark.parametrize("order", ["test", "train", "file"])
def test_the_order_of_all_digits_is_judged_by_their_neighbours_and_can_be_changed(sample, order):
    tests, trains = sample.test.labels, sample.train.labels
    labels = np.concatenate({"test": [tests, trains], "train": [trains, tests]}.get(
        order, [np.sort(np.concatenate([tests, trains]))]))  # fmt: skip
    values = labels[:, None] * 10 + np.random.default_rng(0).normal(size=(5000, 2))
    np.save(file := io.BytesIO(), values)
    codes = read("a.npy", file.getvalue(), sample)
    assert codes.order == order
    assert codes.shares[order] > 0.99
    known = np.concatenate([tests, trains])
    np.testing.assert_array_equal(known[codes.indices], labels)
    other = codes.in_order("test", sample)
    np.testing.assert_array_equal(other.indices, np.arange(5000))
    assert other.token != codes.token


def of_all(*axes):
    """A table of all digits with these columns, as text."""
    rows = [",".join(map(repr, row)) for row in np.column_stack(axes).tolist()]
    return csv_of(rows, ",".join("xyz"[: len(axes)]))


COUNT = np.arange(5000)
UNTOLD = {
    "a count and its remainder": (COUNT, COUNT % 100),
    "a count alone": (COUNT + 1,),
    "a grid": (COUNT % 100, COUNT // 100),
    "times": (np.cumsum(np.random.default_rng(0).uniform(1, 2, 5000)), COUNT % 7),
    "going down": (-0.5 * COUNT, COUNT % 100),
    "the same everywhere": (np.ones(5000), np.ones(5000)),
    "noise": tuple(np.random.default_rng(0).normal(size=(2, 5000))),
}


@pytest.mark.parametrize("name", UNTOLD)
def test_where_no_order_has_clearly_more_neighbours_of_one_class_it_is_asked(sample, name):
    codes = read("a.csv", of_all(*UNTOLD[name]), sample)
    assert codes.is_asked
    assert set(codes.shares) == {"test", "train", "file"}
    assert max(codes.shares.values()) < 0.15
    assert "do not tell it either: choose the order" in codes.why
    told = codes.in_order("train", sample)
    assert not told.is_asked
    assert told.indices[0] == 1000


@pytest.mark.parametrize("order", ["test", "train", "file"])
def test_an_axis_that_counts_the_rows_has_no_say_in_their_order(sample, order):
    indices = row_orders.orders(sample)[order]
    labels = np.concatenate([sample.test.labels, sample.train.labels])[indices]
    noise = np.random.default_rng(0).normal(0, 2, 5000)
    codes = read("a.csv", of_all(COUNT, labels * 4 + noise), sample)
    assert codes.order == order
    np.testing.assert_array_equal(codes.indices, indices)
    assert "What goes by the rows (“x”) has no say in that" in codes.why


def test_classes_one_after_the_other_are_no_count(sample):
    np.save(file := io.BytesIO(), np.sort(np.repeat(np.arange(10), 500))[:, None])
    assert read("a.npy", file.getvalue(), sample).order == "file"


def test_as_many_rows_as_training_digits_are_these(sample):
    np.save(file := io.BytesIO(), np.ones((4000, 2)))
    np.testing.assert_array_equal(
        read("a.npy", file.getvalue(), sample).indices, np.arange(1000, 5000)
    )


def packed(name):
    """A file of another kind."""
    if name == "npy":
        np.save(file := io.BytesIO(), PLANE)
        return file.getvalue()
    if name == "xlsx":
        with zipfile.ZipFile(file := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as folder:
            folder.writestr("xl/sheet1.xml", bytes(range(256)) * 9)
        return file.getvalue()
    kinds = {"pickle": pickle.dumps(PLANE), "gzip": gzip.compress(csv_of(ROWS))}
    kinds |= {
        "safetensors": save({"codes": PLANE}),
        "UTF-16": csv_of(ROWS).decode().encode("utf16"),
    }
    return kinds[name]


class Planted:
    """Breaks whatever unpickles it."""

    def __reduce__(self):
        return exec, ("raise SystemExit",)


BAD_CSV = {
    "nothing": (b"", "“a.csv” is empty"),
    "blank": (b"\n \n", "has no rows"),
    "a head alone": (b"x,y\n", "has a line of names and no rows"),
    "text": (csv_of([*ROWS, "one,2"]), "In the column “column 1” “one” in row 31 is no number"),
    "a novel": (b"It was a dark night.\nAnd so on.\n", "no column of codes"),
    "JSON": (json.dumps({"codes": [[1, 2]]}).encode(), "is JSON. In Python"),
    "ragged": (csv_of([*ROWS, "1,2,3"]), "row 31 has 3 values and the first has 2"),
    "one short": (csv_of([*ROWS, "1"]), "row 31 has 1 value and the first has 2"),
    "a cell of nothing": (csv_of([*ROWS, "1,"]), "In the column “column 2” row 31 has no number"),
    "digits with a line": (csv_of([*ROWS, "1_0,2"]), "“1_0” in row 31 is no number"),
    "wide digits": (csv_of([*ROWS, "1,２"]), "“２” in row 31 is no number"),
    "base 16": (csv_of([*ROWS, "1,0x10"]), "“0x10” in row 31 is no number"),
    "beyond a plane": (csv_of([*ROWS, "1,1e35"]), "The code in row 31 is not finite"),
    "NaN": (csv_of([*ROWS, "nan,1"]), "In the column “column 1” row 31 has no number"),
    "infinite": (csv_of([*ROWS, "1,-inf"]), "The code in row 31 is not finite"),
    "too large": (csv_of(["1,1e300"]), "The code in row 1 is not finite"),
    "labels alone": (b"label\n7\n2\n", "no column of codes"),
    "an index alone": (b"index\n7\n2\n", "no column of codes"),
    "too few rows for all": (
        csv_of(["1,2"] * 4999),
        "4,999 rows for 1,000 test digits, 5,000 with",
    ),
    "too many rows": (csv_of(["1,2"] * 5001), "5,001 rows for 1,000 test digits"),
    "millions of rows": (b"1\n" * 3_000_000, "has more than 200,000 rows"),
    "millions of empty lines": (b"\n" * 3_000_000, "has no rows"),
    "negative index": (b"index,x,y\n0,1,2\n-1,1,2\n", "The index in row 2 is -1"),
    "index beyond": (b"index,x,y\n5000,1,2\n", "The index in row 1 is 5000"),
    "half an index": (b"index,x,y\n0.5,1,2\n", "The index in row 1 is 0.5"),
    "NaN for an index": (b"index,x,y\nnan,1,2\n", "The index in row 1 is nan"),
    "a word for an index": (b"index,x,y\nfirst,1,2\n", "The index has words"),
    "an index twice": (b"index,x,y\n4,1,2\n4,1,2\n", "The index 4 is there more than once"),
    "a million columns": (b"1," * 1_000_000, "a line of more than 1 MB"),
    "a million columns below": (b"1,2\n" + b"1," * 1_000_000, "a line of more than 1 MB"),
    "101 columns": (b",".join([b"1.5"] * (MOST_NUMBERS + 1)), "There are 101 numbers a digit"),
    "a quote left open": (b'1,2\n"' + (b"1,2" + b"0" * 40 + b"\n") * 4_000, "is ragged"),
    "zeros": (b"\0" * 100, "is of a kind that is not read"),
    "a planted pickle": (pickle.dumps(Planted(), 0), "."),
    "a pickle": (packed("pickle"), "is a pickle, which could run code"),
}


@pytest.mark.parametrize("name", BAD_CSV)
def test_a_bad_csv_file_is_a_sentence(sample, name):
    content, words = BAD_CSV[name]
    with pytest.raises(DataError, match=re.escape(words)) as caught:
        read("a.csv", content, sample)
    assert ": " in str(caught.value) or ". " in str(caught.value)  # what to do
    assert len(str(caught.value)) <= 200


def with_header(header):
    raw = json.dumps(header).encode()
    return len(raw).to_bytes(8, "little") + raw


BAD_SAFETENSORS = {
    "nothing": (b"", "“a.safetensors” is empty"),
    "cut short": (save({"codes": PLANE})[:-9], "it is damaged or of another kind"),
    "a pickle": (pickle.dumps(PLANE), "is a pickle, which could run code"),
    "a long header": (b"\xff" * 8 + b"{}", "it is damaged or of another kind"),
    "a type NumPy lacks": (
        with_header({"codes": {"dtype": "BF16", "shape": [1, 2], "data_offsets": [0, 4]}})
        + b"\0" * 4,
        "holds values of the type BF16: save plain numbers",
    ),
    "complex": (save({"codes": PLANE + 1j}), "holds values of the type C64: save plain numbers"),
    "many long names": (
        save({f"{i}" + "n" * 90: PLANE for i in range(9)}),
        "several arrays of rows and columns",
    ),
    "beyond a plane": (save({"codes": PLANE.astype(float) * 1e35}), "The code in row 1 is not fin"),
    "no array": (save({}), "it is damaged or of another kind"),
    "a cube": (save({"codes": PLANE[None]}), "The file holds no such array"),
    "several": (
        save({"a": PLANE, "<b>": PLANE}),
        "several arrays of rows and columns (“<b>”, “a”)",
    ),
    "no rows": (save({"codes": PLANE[:0]}), "has no rows: choose an array"),
    "no columns": (save({"codes": PLANE[:, :0]}), "has no rows: choose an array"),
    "a million columns": (save({"codes": np.ones((1, 1_000_000))}), "There are 1,000,000 numbers"),
    "NaN": (save({"codes": PLANE * np.nan}), "The code in row 1 is not finite"),
    "too many rows": (save({"codes": np.ones((2000, 2))}), "2,000 rows for 1,000 test digits"),
    "an index too short": (
        save({"codes": PLANE, "index": np.arange(29)}),
        "The array “index” has the shape (29,): give it one number for each of the 30 rows",
    ),
}


@pytest.mark.parametrize("name", BAD_SAFETENSORS)
def test_a_bad_safetensors_file_is_a_sentence(sample, name):
    content, words = BAD_SAFETENSORS[name]
    with pytest.raises(DataError, match=re.escape(words)) as caught:
        read("a.safetensors", content, sample)
    assert len(str(caught.value)) <= 200


def test_labels_show_that_the_rows_are_of_other_digits(sample):
    rows = [f"{row},{label}" for row, label in zip(ROWS, sample.train.labels[:30], strict=True)]
    with pytest.raises(DataError, match=r"In \d+ of 30 rows the label is not the digit's"):
        read("a.csv", csv_of(rows, "x,y,label"), sample)


def test_labels_may_be_the_classes_names(sample):
    clothes = replace(sample, classes=tuple("abcdefghij"))
    rows = [
        f"{row},{clothes.classes[label]}"
        for row, label in zip(ROWS, sample.test.labels[:30], strict=True)
    ]
    assert_is_the_plane(read("a.csv", csv_of(rows, "x,y,label"), clothes))
