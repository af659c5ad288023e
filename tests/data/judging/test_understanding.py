"""Which part of files is what, what is asked, and what is told of all that is not used."""

import numpy as np
import pytest

from pcae.data.choices import Choices
from pcae.data.contents import Column, Contents, Part
from pcae.data.judging.understanding import understand

RNG = np.random.default_rng(0)
N = 60
PICTURES = RNG.integers(0, 256, (N, 9, 7), np.uint8)
LABELS = np.arange(N) % 3
VALUES = RNG.normal(5, 2, (N, 4)).round(3)


def an_array(name, values, split=""):
    """An array, called as its file or as "file: key"."""
    return Part(name, name.split(": ")[0], "array", np.asarray(values), (), split)


def a_table(name, columns):
    """A table of columns by their names."""
    found = tuple(Column(of, np.asarray(values)) for of, values in columns.items())
    return Part(name, name.split(": ")[0], "table", None, found)


def some_pictures(name, folders, split="", files=None):
    columns = [Column("folder", np.asarray(folders))] if folders is not None else []
    if files is not None:
        columns.append(Column("file", np.asarray(files)))
    n = len(folders if folders is not None else files)
    return Part(name, "a.zip", "pictures", PICTURES[:n], tuple(columns), split)


def understood(*parts, left=(), **chosen):
    contents = Contents(list(parts), list(left))
    return understand(contents, Choices(**chosen), "a file")


def data_of(*parts, **chosen):
    found = understood(*parts, **chosen)
    assert found.problem == ""
    return found.data


def asked(found, field):
    return next((of for of in found.questions if of.field == field), None)


def left_of(found):
    return {of.what: of.why for of in found.left}


def labels_of(data):
    """The name of each picture's class, by its pixels."""
    return {
        bytes(image): data.classes[label]
        for split in (data.train, data.test)
        for image, label in zip(split.images, split.labels, strict=True)
    }


def assert_labelled(data, labels, pictures=PICTURES):
    """Every picture has the label that it came with."""
    found = labels_of(data)
    assert [found[bytes(of)] for of in pictures.reshape(len(pictures), -1)] == list(labels)


def table_of(**more):
    return a_table("t.csv", dict(zip("abcd", VALUES.T, strict=True)) | more)


# tables


def test_columns_roles_can_be_changed_and_what_is_left_out_is_named():
    table = table_of(kind=np.array(["x", "y", "z"])[LABELS], note=np.array(["q"] * N))
    found = understood(table)
    assert found.data.classes == ("x", "y", "z")
    assert found.data.columns == ("a", "b", "c", "d")
    assert [of.name for of in found.columns] == ["a", "b", "c", "d", "kind", "note"]
    assert list(left_of(found)) == ["the column “note”"]
    changed = understood(table, roles=(("b", "left out"), ("kind", "left out")))
    assert changed.data.columns == ("a", "c", "d")
    assert changed.data.classes == ("all",)
    assert left_of(changed)["the column “b”"] == "as you chose"
    assert {*left_of(changed)} == {f"the column “{of}”" for of in ("b", "kind", "note")}


def test_a_numeric_label_with_many_values_is_a_target():
    found = understood(table_of(price=VALUES[:, 0] * 2), roles=(("price", "label"),))
    assert found.data.target == "price"
    assert found.data.classes == ("all",)
    values = found.data.values(found.data.train.pixels())[:, 0]
    np.testing.assert_allclose(found.data.train.targets, values * 2, rtol=1e-5)
    assert found.data.train.targets.dtype == np.float32
    assert any("60 different numbers" in of for of in found.sentences)
    assert found.sentences[0].endswith("with values of “price”.")


def test_rows_or_columns_with_gaps_are_left_out():
    gappy = VALUES[:, 1].copy()
    gappy[:5] = np.nan
    gappy[7] = np.inf
    table = table_of(e=gappy, label=LABELS)
    found = understood(table)
    assert len(found.data.train) + len(found.data.test) == 54
    assert left_of(found) == {"6 rows of “t.csv”": "they have gaps"}
    assert found.used == ["t.csv: 54 rows, 5 columns, labels “label”"]
    question = asked(found, "gaps")
    assert question.value == "rows"
    assert [words for _, words in question.options] == [
        "6 rows of 60 left out", "1 column of 5 left out",
    ]  # fmt: skip
    other = understood(table, gaps="columns")
    assert other.data.columns == ("a", "b", "c", "d")
    assert left_of(other) == {"1 column (e)": "it has gaps"}
    assert next(of for of in other.columns if of.name == "e").role == "left out"


def test_gaps_that_leave_too_little_are_a_problem_and_the_question_stays():
    values = VALUES.copy()
    values[:15, 0] = values[15:30, 1] = values[30:45, 2] = values[45:, 3] = np.nan
    found = understood(a_table("t.csv", dict(zip("abcd", values.T, strict=True))))
    assert found.problem == "“t.csv” has 0 rows: bring at least 50."
    some = values.copy()
    some[:, 2:] = VALUES[:, 2:]
    found = understood(a_table("t.csv", dict(zip("abcd", some.T, strict=True))), gaps="rows")
    assert "has 30 rows" in found.problem
    assert asked(found, "gaps").value == "rows"


def test_labels_with_gaps_leave_their_rows_out():
    labels = np.array(["x", "y", "z"])[LABELS]
    labels[:4] = ""
    found = understood(table_of(kind=labels))
    assert left_of(found) == {"4 rows of “t.csv”": "they have no label"}
    assert found.data.classes == ("x", "y", "z")
    numbers = LABELS.astype(float)
    numbers[:3] = np.nan
    found = understood(an_array("x.npy", PICTURES), an_array("y.npy", numbers))
    assert left_of(found) == {"3 rows of “x.npy”": "they have no label"}
    assert found.data.classes == ("0", "1", "2")


def test_a_table_without_numbers_is_a_problem_with_its_columns():
    text = np.array(["x", "y", "z"])[LABELS]
    found = understood(a_table("t.csv", {"a": text, "b": text[::-1], "c": text, "d": text}))
    assert found.problem == "“t.csv” has no column of numbers: choose a table of numbers."
    assert len(found.columns) == 4


# what is asked of the reading, and told of it


def test_what_was_done_in_reading_the_parts_that_are_used_is_told():
    columns = table_of(label=LABELS).columns
    part = Part("t.csv", "t.csv", "table", None, columns, notes=("It has commas.",))
    other = Part("z.csv", "z.csv", "table", None, columns[:2], notes=("It has none.",))
    found = understand(Contents([part, other], notes=["A file is odd."]), Choices(), "t.csv")
    assert found.sentences[1:3] == ["A file is odd.", "It has commas."]
    assert "It has none." not in found.sentences


def test_what_changes_the_reading_is_asked():
    table = Part("t.csv", "t.csv", "table", None, table_of().columns, "", True)
    question = asked(understood(table), "headed")
    assert question.value is True
    contents = Contents([some_pictures("a.zip", None, files=["a"] * N)], side=20)
    found = understand(contents, Choices(), "a.zip")
    assert asked(found, "side").value == 20
    assert 28 in [value for value, _ in asked(found, "side").options]


@pytest.mark.parametrize("problem", [RecursionError, StopIteration, IndexError, ZeroDivisionError])
def test_what_nobody_thought_of_is_a_sentence_too(problem, monkeypatch):
    def fail(*_):
        raise problem("here, with <b>much</b> text " * 99)

    monkeypatch.setattr("pcae.data.judging.rows.shapes", fail)
    found = understood(an_array("x.npy", PICTURES.reshape(N, 63)), an_array("y.npy", LABELS))
    assert found.data is None
    assert found.problem.startswith("What the files hold cannot be read: ")
    assert found.problem.endswith(" Choose other files, or other answers.")
    assert asked(found, "label").value == "y.npy"


def test_too_little_memory_is_said(monkeypatch):
    def fail(*_):
        raise MemoryError

    monkeypatch.setattr("pcae.data.judging.making.scaled", fail)
    assert understood(an_array("x.npy", PICTURES)).problem == (
        "What the files hold takes more memory than there is for it: bring fewer rows, or smaller "
        "pictures."
    )


def test_of_very_many_parts_the_first_are_offered():
    parts = [an_array(f"a.zip: {i}.npy", RNG.normal(size=(N, 4)), "") for i in range(300)]
    found = understood(*parts, rows="a.zip: 200.npy")
    question = asked(found, "rows")
    assert question.value in [value for value, _ in question.options]
    assert len(question.options) == 31
    assert len(asked(found, "test").options) <= 32
    assert len(found.left) == 299


def test_empty_parts_are_no_rows():
    found = understood(
        an_array("a.npz: x", PICTURES[:0]), a_table("t.csv", {"a": [], "b": []}),
        an_array("a.npz: y", np.zeros((N, 0))), Part("p", "p", "table"),
    )  # fmt: skip
    assert found.problem.startswith("There is no array of numbers with a row for each image")
    assert [of.why for of in found.left][:2] == ["it has no rows"] * 2


def test_the_same_files_and_choices_give_the_same_digest():
    parts = [an_array("x.npy", PICTURES), an_array("y.npy", LABELS)]
    chosen = {"turns": 1, "mirrored": True, "inverted": True}
    first, second = (data_of(*parts, **chosen) for _ in range(2))
    assert first.digest == second.digest != data_of(*parts).digest
    assert first.shape == (7, 9)
