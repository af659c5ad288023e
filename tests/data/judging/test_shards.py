"""Files that belong together: pieces of one table, and libsvm's rows for the test."""

import io

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image
from pyarrow import parquet

from tests.data.reading.test_uploads import table, zipped
from tests.data.test_cases import FLAT, LABELS, NUMBERS, N, about, brought, is_of

KINDS = np.array(["ape", "bee", "cat"])[LABELS]
ROWS = [[*map(float, row), kind] for row, kind in zip(NUMBERS, KINDS, strict=True)]
HEAD = ["a", "b", "c", "kind"]
HALVES = ROWS[:25], ROWS[25:]


def as_parquet(rows):
    columns = dict(zip(HEAD, map(list, zip(*rows, strict=True)), strict=True))
    parquet.write_table(pa.table(columns), file := io.BytesIO())
    return file.getvalue()


def as_csv(rows):
    return table(rows, head=HEAD)


@pytest.mark.parametrize(
    ("name", "write"),
    [("train-0000{}-of-00002.parquet", as_parquet), ("part-{}.csv", as_csv)],
)
def test_pieces_of_a_table_are_one(name, write):
    names = [name.format(i) for i in range(2)]
    files = {of: write(rows) for of, rows in zip(names, HALVES, strict=True)}
    for order in (names, names[::-1]):
        found = brought({of: files[of] for of in order})
        data = is_of(found, N, None, 3)
        assert data.columns == ("a", "b", "c")
        assert found.used == [f"{names[0]}, {names[1]}: 60 rows, 3 columns, labels “kind”"]
        assert not any(of.startswith("“") for of in [left.what for left in found.left])


def test_many_pieces_in_an_archive_come_in_the_order_of_their_numbers():
    files = {f"part-{i}.csv": as_csv(ROWS[5 * i : 5 * i + 5]) for i in range(12)}
    found = brought({"all.zip": zipped(dict(sorted(files.items())))})
    is_of(found, N, None, 3)
    assert found.used[0].startswith("all.zip: part-0.csv to part-11.csv (12 files): 60 rows")


def test_what_counts_the_rows_of_each_piece_counts_on():
    files = {
        f"part-{i}.csv": table([[j, *row] for j, row in enumerate(rows)], head=["", *HEAD])
        for i, rows in enumerate(HALVES)
    }
    found = brought(files)
    assert is_of(found, N, None, 3).columns == ("a", "b", "c")
    assert about(found, "it counts the rows from 0")


def test_steps_that_begin_anew_in_each_piece_stay_as_they_are():
    files = {
        f"walk-{i}.csv": table([[j, *row] for j, row in enumerate(rows)], head=["t", *HEAD])
        for i, rows in enumerate(HALVES)
    }
    data = is_of(brought(files), N, None, 3)
    assert data.columns == ("t", "a", "b", "c")
    assert data.limits[1, 0] == 34


def test_a_piece_in_which_a_column_is_empty_is_one_all_the_same():
    gaps = [[row[0], row[1], "", row[3]] for row in HALVES[0]]
    found = brought({"part-0.csv": as_csv(gaps), "part-1.csv": as_csv(HALVES[1])}, gaps="columns")
    assert is_of(found, N, None, 3).columns == ("a", "b")


@pytest.mark.parametrize(
    "files",
    [
        {"part-1.csv": as_csv(ROWS), "part-2.csv": as_csv(ROWS)},  # a copy
        {"part-1.csv": as_csv(ROWS), "part-2.csv": table(NUMBERS, head=HEAD[:3])},
        {"train-1.csv": as_csv(ROWS), "test-1.csv": as_csv(HALVES[0])},
        {"data.csv": as_csv(ROWS), "data (1).csv": as_csv(HALVES[0])},
    ],
)
def test_what_is_no_piece_stays_apart(files):
    found = brought(files)
    assert found.problem == ""
    assert not any(", " in of.split(":")[0] for of in found.used)
    assert len(found.data.train) + len(found.data.test) in (N, N + 25)


def sparse(rows, labels, width):
    lines = []
    for row, label in zip(rows, labels, strict=True):
        cells = [f"{j}:{value}" for j, value in enumerate(row[:width], 1) if value]
        lines.append(" ".join([str(label), *cells]))
    return "\n".join(lines).encode()


@pytest.mark.parametrize("ending", ["", ".txt"])
def test_libsvm_rows_for_the_test_are_called_t(ending):
    files = {
        f"usps.t{ending}": sparse(FLAT[:20] * (np.arange(81) < 70), LABELS[:20], 81),
        f"usps{ending}": sparse(FLAT, LABELS, 81),
    }
    found = brought(files)
    assert (found.problem, len(found.data.classes)) == ("", 3)
    assert (len(found.data.train), len(found.data.test)) == (N, 20)
    assert [of.split(":")[0] for of in found.used] == [f"usps{ending}", f"usps.t{ending}"]
    alone = brought({f"usps.t{ending}": files[f"usps{ending}"]})
    assert len(alone.data.train) + len(alone.data.test) == N


def test_pieces_of_a_table_of_pictures_are_no_classes():
    def pictures(start):
        raws = []
        for i in range(start, start + 30):
            Image.fromarray(FLAT[i].reshape(9, 9)).save(file := io.BytesIO(), "PNG")
            raws.append({"bytes": file.getvalue(), "path": None})
        parquet.write_table(pa.table({"image": raws}), made := io.BytesIO())
        return made.getvalue()

    files = {f"data-{i}-of-2.parquet": pictures(30 * i) for i in range(2)}
    found = brought(files)
    is_of(found, N, (9, 9), 0)
    assert found.used == [f"{', '.join(files)}: 60 pictures of 9 × 9 pixels"]
