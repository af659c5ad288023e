"""Tables that are no lines of text: each kind as its own writer makes it, and what is wrong."""

import io
import json
import zipfile
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image
from pyarrow import feather, ipc, parquet

from pcae.data.dataset import LONGEST_SENTENCE, DataError
from pcae.data.reading.uploads import read

N = 60
FLOATS = np.arange(N) / 4
CLASS = np.arange(N, dtype=np.int64) % 3
KINDS = np.array(["ape", "bee", "cat"])[CLASS]


def png(value, side=8):
    file = io.BytesIO()
    Image.fromarray(np.full((side, side), value, np.uint8)).save(file, "PNG")
    return file.getvalue()


def as_parquet(table):
    parquet.write_table(table, file := io.BytesIO(), row_group_size=25)
    return file.getvalue()


def as_file(table):
    with ipc.new_file(file := io.BytesIO(), table.schema) as writer:
        writer.write_table(table, 25)
    return file.getvalue()


def as_stream(table):
    with ipc.new_stream(file := io.BytesIO(), table.schema) as writer:
        writer.write_table(table, 25)
    return file.getvalue()


def as_feather(table):
    feather.write_feather(table, file := io.BytesIO(), compression="lz4")
    return file.getvalue()


WRITERS = [as_parquet, as_file, as_stream, as_feather]
TABLE = pa.table(
    {
        "": np.arange(N),
        "a": FLOATS,
        "gaps": pa.array([None if i % 4 else i for i in range(N)]),
        "day": pa.array([date(2020, 1, 1 + i % 28) for i in range(N)]),
        "comma": [f"{i},5" for i in range(N)],
        "deep": [{"x": i} for i in range(N)],
        "class": pa.array(KINDS).dictionary_encode(),
    }
)


def only(contents):
    [part] = contents.parts
    return part


@pytest.mark.parametrize("write", WRITERS)
def test_columns_are_numbers_and_text_and_others_are_named(write):
    contents = read({"t.bin": write(TABLE)})
    part = only(contents)
    assert (part.kind, part.name, part.headed) == ("table", "t.bin", None)
    found = {of.name: of.values for of in part.columns}
    assert list(found) == ["", "a", "gaps", "day", "comma", "class"]
    np.testing.assert_array_equal(found["a"], FLOATS)
    np.testing.assert_array_equal(found["comma"], np.arange(N) + 0.5)
    assert np.isnan(found["gaps"]).sum() == 45
    assert found[""].dtype == np.uint8
    assert found["day"][1] == "2020-01-02"
    assert found["class"].tolist() == KINDS.tolist()
    [left] = contents.left
    assert "the column “deep”" in left.what
    assert "struct<x: int64>" in left.why


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("side", [None, 4])
def test_lists_of_as_many_numbers_are_an_array(write, side):
    images = (np.arange(N * 16) % 256).astype(np.uint8).reshape(N, 4, 4)
    rows = images.reshape(N, 16) if side is None else images
    table = pa.table({"image": pa.array(rows.tolist()), "label": CLASS})
    labels, found = read({"t.parquet": write(table)}).parts
    assert found.name == "t.parquet: image"
    np.testing.assert_array_equal(found.array, rows)
    assert found.array.dtype == np.uint8
    np.testing.assert_array_equal(labels.columns[0].values, CLASS)


@pytest.mark.parametrize(
    "rows", [[[1, 2], [3]] * 30, [[1, None]] * N, [None, [1, 2]] * 30, [["a"]] * N, [[]] * N]
)
def test_lists_of_other_things_are_named(rows):
    contents = read({"t.parquet": as_parquet(pa.table({"odd": rows, "a": FLOATS}))})
    assert [of.name for of in only(contents).columns] == ["a"]
    assert "the column “odd”" in contents.left[0].what


def huggingface(labels, names=None):
    """A table of pictures as the Hub has them."""
    pictures = [{"bytes": png(i), "path": None} for i in range(N)]
    table = pa.table({"image": pictures, "label": labels, "note": ["?"] * N})
    told = {"label": {"names": names, "_type": "ClassLabel"}, "image": {"_type": "Image"}}
    features = json.dumps({"info": {"features": told if names else {}}})
    return table.replace_schema_metadata({"huggingface": features})


@pytest.mark.parametrize("write", [as_parquet, as_stream])
def test_pictures_in_a_table_are_pictures_of_its_classes(write):
    contents = read({"test-00000-of-00001.parquet": write(huggingface(CLASS))})
    part = only(contents)
    assert (part.kind, part.split, part.array.shape) == ("pictures", "test", (N, 8, 8))
    np.testing.assert_array_equal(part.array[:, 0, 0], np.arange(N))
    assert part.columns[0].values.tolist() == list(map(str, CLASS))
    assert "the column “note”" in contents.left[0].what


def test_classes_have_the_names_that_the_file_gives_them():
    named = only(read({"t.parquet": as_parquet(huggingface(CLASS, ["ape", "bee", "cat"]))}))
    assert named.columns[0].values.tolist() == KINDS.tolist()
    wrong = only(read({"t.parquet": as_parquet(huggingface(CLASS, ["ape"]))}))
    assert wrong.columns[0].values.tolist() == list(map(str, CLASS))


def test_rows_without_a_picture_or_with_a_bad_one_are_counted():
    table = huggingface(CLASS).drop_columns("note")
    pictures = table["image"].to_pylist()
    pictures[3] = pictures[9] = {"bytes": None, "path": "a.png"}
    pictures[5] = {"bytes": png(5)[:40], "path": None}
    contents = read({"t.parquet": as_parquet(table.set_column(0, "image", pa.array(pictures)))})
    assert len(only(contents)) == N - 3
    said = " ".join(f"{of.what} {of.why}" for of in contents.left)
    assert "2 rows" in said
    assert "image 6" in said


# ------------------------------------------------------------------ Excel


SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(*sheets, strings=(), head="", styles=""):
    """A workbook of sheets, each of them rows of cells as XML."""
    names = "".join(
        f'<sheet name="Sheet {i}" sheetId="{i}" r:id="r{i}"/>' for i in range(1, len(sheets) + 1)
    )
    related = "".join(
        f'<Relationship Id="r{i}" Type="{RELATION}/worksheet" Target="worksheets/{i}.xml"/>'
        for i in range(1, len(sheets) + 1)
    )
    files = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook {SPACE} xmlns:r="{RELATION}"><sheets>{names}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships>{related}</Relationships>",
        "xl/styles.xml": f"<styleSheet {SPACE}>{styles}</styleSheet>",
        "xl/sharedStrings.xml": f"<sst {SPACE}>"
        + "".join(f"<si>{of}</si>" for of in strings)
        + "</sst>",
    }
    for i, rows in enumerate(sheets, 1):
        body = "".join(f"<row>{''.join(row)}</row>" for row in rows)
        files[f"xl/worksheets/{i}.xml"] = (
            f"{head}<worksheet {SPACE}><sheetData>{body}</sheetData></worksheet>"
        )
    with zipfile.ZipFile(file := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return file.getvalue()


def text(value):
    return f'<c t="inlineStr"><is><t>{value}</t></is></c>'


def number(value, more=""):
    return f"<c {more}><v>{value}</v></c>"


ROWS = [[number(i / 4), number(i), number(i % 2, 't="s"')] for i in range(N)]
HEAD = [text("a"), text("b"), text("class")]
STRINGS = ["<t>ape</t>", "<r><t>b</t></r><r><t>ee</t></r><rPh><t>x</t></rPh>"]


def test_the_first_sheet_with_a_table_is_read_and_others_are_named():
    title = [text("Measured in May")]
    sheet = [title, [], HEAD, *ROWS]
    contents = read({"t.xlsx": workbook([], sheet, [[text("notes")]], strings=STRINGS)})
    part = only(contents)
    assert (part.name, part.headed) == ("t.xlsx", True)
    assert [of.name for of in part.columns] == ["a", "b", "class"]
    np.testing.assert_array_equal(part.columns[0].values, FLOATS)
    assert part.columns[1].values.dtype == np.uint8
    assert part.columns[2].values.tolist() == ["ape", "bee"] * 30
    assert [of.what for of in contents.left] == [
        "2 sheets of t.xlsx (the sheet “Sheet 1”, the sheet “Sheet 3”)"
    ]
    assert "above the table" in " ".join([*part.notes, *contents.notes])


def test_cells_are_what_excel_shows():
    styles = (
        '<numFmts><numFmt numFmtId="170" formatCode="dd/mm/yy"/>'
        '<numFmt numFmtId="171" formatCode="[Red]0.00&quot;days&quot;"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="22"/><xf numFmtId="171"/>'
        "</cellXfs>"
    )
    row = [
        number(45000, 's="1"'), number(45000.5, 's="2"'), number(7, 's="3"'), number(1, 't="b"'),
        number("#N/A", 't="e"'), number("so", 't="str"'), '<c r="I1"><v>1E-3</v></c>', "<c/>",
    ]  # fmt: skip
    part = only(read({"t.xlsx": workbook([row] * N, styles=styles)}))
    assert [of.values[0] for of in part.columns[:4]] == ["2023-03-15", "2023-03-15 12:00:00", 7, 1]
    assert part.columns[4].gaps.all()
    assert part.columns[5].values[0] == "so"
    assert part.columns[6].gaps.all()
    assert part.columns[8].values[0] == 0.001


def test_dates_count_from_1904_where_the_workbook_says_so():
    styles = '<cellXfs><xf numFmtId="14"/></cellXfs>'
    book = workbook([[number(43538, 's="0"'), number(1)]] * N, styles=styles)
    with zipfile.ZipFile(io.BytesIO(book)) as files:
        texts = {of: files.read(of).decode() for of in files.namelist()}
    texts["xl/workbook.xml"] = texts["xl/workbook.xml"].replace(
        "<sheets>", '<workbookPr date1904="1"/><sheets>'
    )
    with zipfile.ZipFile(file := io.BytesIO(), "w") as files:
        for name, of in texts.items():
            files.writestr(name, of)
    for raw, day in ((book, "2019-03-14"), (file.getvalue(), "2023-03-15")):
        assert only(read({"t.xlsx": raw})).columns[0].values[0] == day


def test_gaps_at_the_end_of_rows_are_gaps():
    rows = [row[: 1 + i % 3] for i, row in enumerate(ROWS)]
    part = only(read({"t.xlsx": workbook([HEAD, *rows], strings=STRINGS)}))
    assert len(part) == N
    assert [int(of.gaps.sum()) for of in part.columns] == [0, 20, 40]


LAUGHS = '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>'
BAD_BOOKS = {
    "entities": (workbook([HEAD, *ROWS], strings=STRINGS, head=LAUGHS), "declares entities"),
    "no rows": (workbook([]), "t.xlsx"),
    "no sheets": (workbook(), "has no sheet with a table: save the table as CSV"),
    "wide": (
        workbook([['<c r="XFD1"><v>1</v></c>']]),
        "The sheet “Sheet 1” of “t.xlsx” has more than 4,096 columns",
    ),
    "no such string": (workbook([[number(99, 't="s"')]]), "cannot be read: it is damaged or of"),
    "broken": (workbook([["<c>"]]), "cannot be read: it is damaged or of another kind"),
}


@pytest.mark.parametrize("case", BAD_BOOKS)
def test_a_workbook_without_a_table_is_a_sentence(case):
    content, said = BAD_BOOKS[case]
    with pytest.raises(DataError, match=said) as problem:
        read({"t.xlsx": content})
    assert len(str(problem.value)) <= LONGEST_SENTENCE


def test_very_many_rows_are_refused_before_they_are_a_table(monkeypatch):
    monkeypatch.setattr("pcae.data.reading.workbooks.MOST_ROWS", 50)
    with pytest.raises(DataError, match=r"The sheet “Sheet 1” of “t\.xlsx” has more than 50 rows"):
        read({"t.xlsx": workbook([HEAD, *ROWS], strings=STRINGS)})


# ------------------------------------------------------------------ ARFF and libsvm


ARFF = """% made by me
@RELATION it

@ATTRIBUTE 'a b' REAL
@attribute gaps numeric
@ATTRIBUTE kind {ape, 'bee fly'}
@DATA
"""


def test_arff_has_names_and_rows():
    rows = "".join(f"{i / 4},{'?' if i % 2 else i},'bee fly' % no\n".replace(" % no", "")
                   for i in range(N))  # fmt: skip
    part = only(read({"t.arff": (ARFF + rows + "% end\n").encode()}))
    assert [of.name for of in part.columns] == ["a b", "gaps", "kind"]
    np.testing.assert_array_equal(part.columns[0].values, FLOATS)
    assert part.columns[1].gaps.sum() == 30
    assert set(part.columns[2].values) == {"bee fly"}
    assert part.headed is None


def test_arff_may_be_sparse():
    rows = "".join(f"{{0 {i / 4}, 2 'bee fly'}}\n" if i % 2 else "{1 7}\n" for i in range(N))
    part = only(read({"t.arff": (ARFF + rows).encode()}))
    assert [of.values[:2].tolist() for of in part.columns] == [
        [0, 0.25],
        [7, 0],
        ["ape", "bee fly"],
    ]


def test_libsvm_is_a_dense_table_with_its_label():
    lines = "".join(f"{i % 3 - 1} 1:{i} 4:0.5 # row\n" for i in range(N))
    part = only(read({"t.scale": lines.encode()}))
    assert [of.name for of in part.columns] == ["label", "1", "2", "3", "4"]
    np.testing.assert_array_equal(part.columns[0].values, CLASS - 1)
    assert [of.values[5] for of in part.columns[1:]] == [5, 0, 0, 0.5]


def test_the_last_pixels_of_a_picture_may_be_0_in_every_line():
    part = only(read({"mnist": b"".join(b"%d 200:255 780:9\n" % (i % 10) for i in range(N))}))
    assert len(part.columns) == 785
    assert part.columns[1].values.dtype == np.uint8
    assert part.notes == ("4 columns of 0 were added at the end of “mnist”: 28 × 28.",)
    part = only(read({"mnist": b"".join(b"%d 200:255 783:9\n" % (i % 10) for i in range(N))}))
    assert part.notes == ("1 column of 0 was added at the end of “mnist”: 28 × 28.",)


BAD_TEXTS = {
    "no columns": ("@relation a\n@data\n1,2\n", "has no columns: save the table as CSV"),
    "no data": (ARFF, "has a line of names and no rows"),
    "another table": (ARFF + "{9 1}\n", "has a row of another table"),
    "ragged": (ARFF + "1,2,ape\n1,2\n3,4,ape\n", "is ragged: row 2 has 2 values"),
    "libsvm of words": ("1 1:2\n" * 9 + "1 a:2\n", "cannot be read: it is damaged or of another"),
    "half a pair": ("1 1:2\n" * 9 + "1 7\n", "is of another form in row 10"),
    "a far column": ("1 1:2\n" * 9 + "1 99999999:1\n", "has columns 1 to 99,999,999: at most"),
    "half a column": ("1 1:2\n" * 9 + "1 1.5:1\n", "has 1.5 for the number of a column in row 10"),
}


@pytest.mark.parametrize("case", BAD_TEXTS)
def test_what_only_begins_so_is_a_sentence(case):
    content, said = BAD_TEXTS[case]
    with pytest.raises(DataError, match=said) as problem:
        read({"t.txt": content.encode()})
    assert len(str(problem.value)) <= LONGEST_SENTENCE


# ------------------------------------------------------------------ what is wrong


@pytest.mark.parametrize("write", [*WRITERS, lambda _: workbook([HEAD, *ROWS], strings=STRINGS)])
def test_a_damaged_file_is_a_sentence_or_sound(write):
    raw, rng = write(TABLE), np.random.default_rng(0)
    cut = [raw[: len(raw) * i // 9] for i in range(1, 9)]
    flipped = []
    for _ in range(20):
        found = bytearray(raw)
        found[int(rng.integers(8, len(raw)))] ^= 1 << int(rng.integers(8))
        flipped.append(bytes(found))
    for damaged in (*cut, *flipped):
        try:
            part = read({"t.bin": damaged}).parts[0]
        except DataError as problem:
            assert len(str(problem)) <= LONGEST_SENTENCE
        else:
            assert {len(of.values) for of in part.columns} == {len(part)}


def test_a_long_text_in_every_row_takes_little():
    texts = pa.DictionaryArray.from_arrays(np.zeros(5000, np.int32), ["x" * 10**6])
    table = pa.table({"a": texts, "b": np.arange(5000)})
    parquet.write_table(table, file := io.BytesIO())
    part = only(read({"t.parquet": file.getvalue()}))
    assert part.columns[0].values.nbytes == 4 * 100 * 5000


def test_too_much_is_refused(monkeypatch):
    monkeypatch.setattr("pcae.data.reading.columnar.MOST_ROWS", 50)
    monkeypatch.setattr("pcae.data.limits.MOST_ROWS", 50)
    with pytest.raises(DataError, match="has 60 rows: choose at most 50"):
        read({"t.parquet": as_parquet(TABLE)})
    wide = pa.table({str(i): [1] for i in range(4099)})
    with pytest.raises(DataError, match="has 4,099 columns: at most 4,096 are read"):
        read({"t.parquet": as_parquet(wide)})
    with pytest.raises(DataError, match="has no rows: choose a table with some"):
        read({"t.parquet": as_parquet(TABLE[:0])})
