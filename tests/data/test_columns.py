"""What a table's columns are judged to be, by names and values that agree, and what changes it."""

import numpy as np
import pytest

from pcae.data.columns import judge, named
from pcae.data.contents import Column

N = 60
RNG = np.random.default_rng(0)
COUNT, CLASS = np.arange(N), np.arange(N) % 3
MIXED = RNG.permutation(N)
FLOATS, MANY = RNG.normal(size=N), RNG.integers(0, 10**6, N)
TEXT = np.array(["ape", "bee", "cat"])[CLASS]
SEVERAL = np.array(list("abcdef"))[COUNT % 6]
EACH = np.array([f"n{i}" for i in range(N)])
GAPS = np.where(COUNT % 4, FLOATS, np.nan)


def table(**values):
    return [Column(name, np.asarray(of)) for name, of in values.items()]


def roles(columns, changed=None, pixels=None):
    return {of.name: of.role for of in judge(columns, changed, pixels)}


def whys(columns, changed=None):
    return {of.name: of.why for of in judge(columns, changed)}


def label(columns, changed=None):
    found = [of.name for of in judge(columns, changed) if of.role == "label"]
    assert len(found) <= 1
    return found[0] if found else None


def pixels(count, high=17):
    values = RNG.integers(0, high, (N, count), np.uint8)
    values[:, [0, 5, -2]] = 0
    values[: int(0.8 * N), -1] = 0  # a corner is ground in most pictures
    return [Column("", column) for column in values.T]


def test_names_are_there_once_and_never_empty():
    columns = [Column(name, COUNT) for name in ("", "a", "a", "  ", "a\nb")]
    assert named(columns) == ("column 1", "a", "a, column 3", "column 4", "a b")


@pytest.mark.parametrize(
    "name",
    ["", "Unnamed: 0", "Id", "id", "ID", "index", "row", "No.", "nr", "ImageId", "PassengerId",
     "sample_id", "row number", "#"],
)  # fmt: skip
@pytest.mark.parametrize("values", [COUNT, COUNT + 1, MIXED])
def test_what_counts_the_rows_is_left_out(name, values):
    columns = [Column(name, values), *table(a=FLOATS, b=GAPS)]
    first, *others = judge(columns)
    assert first.role == "left out"
    assert first.why.startswith("it numbers" if values is MIXED else "it counts the rows from")
    assert [of.role for of in others] == ["feature", "feature"]
    assert roles(columns, {first.name: "feature"})[first.name] == "feature"


@pytest.mark.parametrize(
    ("name", "values"),
    [("x", COUNT), ("acid", MIXED), ("grid", COUNT), ("Id", CLASS), ("index", FLOATS),
     ("Anzahl", COUNT), ("humid", MIXED)],
)  # fmt: skip
def test_a_name_alone_does_not_count_rows_nor_do_numbers_alone(name, values):
    assert roles([Column(name, values), *table(a=FLOATS, b=GAPS)])[name] != "left out"


def test_of_columns_without_names_the_first_may_count():
    columns = [Column("", of) for of in (COUNT + 1, FLOATS, COUNT)]
    assert list(roles(columns).values()) == ["left out", "feature", "feature"]
    mixed = [Column("", of) for of in (MIXED, FLOATS)]
    assert list(roles(mixed).values()) == ["feature", "feature"]


@pytest.mark.parametrize("name", ["label", "Class", "target", "Species", "digit", "y", "diagnosis",
                                  "class_label", "IrisClass", "Label "])  # fmt: skip
@pytest.mark.parametrize("values", [CLASS, CLASS + 5, CLASS.astype(float), TEXT])
def test_a_label_is_found_by_its_name_where_its_values_agree(name, values):
    columns = [*table(a=FLOATS, b=GAPS, c=CLASS), Column(name, values), *table(d=SEVERAL)]
    assert label(columns) == name.strip()
    assert "the label: 3 different values" in whys(columns).values()


@pytest.mark.parametrize("values", [FLOATS, MANY, np.zeros(N), EACH, COUNT])
def test_a_name_whose_values_do_not_agree_is_no_label(values):
    assert label(table(a=FLOATS, y=values, activity=TEXT)) == "activity"
    assert label(table(a=FLOATS, y=values, b=GAPS)) is None


def test_text_of_few_values_is_a_label_at_the_end_before_others():
    assert label(table(a=FLOATS, b=TEXT)) == "b"
    assert label(table(a=TEXT, b=FLOATS, c=SEVERAL)) == "c"
    assert label(table(a=TEXT, b=SEVERAL, c=FLOATS)) == "a"
    assert label(table(a=FLOATS, b=SEVERAL, c=FLOATS)) == "b"
    assert label(table(a=FLOATS, b=EACH)) is None


@pytest.mark.parametrize("place", [0, 65])
@pytest.mark.parametrize("values", [CLASS, CLASS + 1, np.where(CLASS == 1, 8, 3), COUNT % 30])
def test_the_label_of_a_picture_is_before_or_after_its_pixels(place, values):
    columns = pixels(64)
    columns.insert(place, Column("", values))
    found = judge(columns)
    assert [j for j, of in enumerate(found) if of.role == "label"] == [min(place, 64)]
    assert [of.why for of in found].count("always 0") == 3
    assert {of.role for of in found} == {"label", "feature"}  # a pixel may be the same everywhere


def test_pixels_alone_have_no_label():
    assert label(pixels(64, high=2)) is None
    assert label(pixels(63, high=3)) is None


@pytest.mark.parametrize(
    ("values", "found"),
    [(CLASS, True), (CLASS + 1, True), (2 * (COUNT % 2) - 1, True), (COUNT % 2, True),
     (CLASS + 2, False), (CLASS * 5, False), (MIXED, False)],
)  # fmt: skip
def test_numbers_are_a_label_without_a_name_where_they_can_be_nothing_else(values, found):
    for columns in (table(a=values, b=FLOATS, c=MANY), table(b=FLOATS, c=MANY, a=values)):
        assert label(columns) == ("a" if found else None)
    assert label(table(b=FLOATS, a=values, c=MANY)) is None
    assert label(table(a=values, b=FLOATS, c=CLASS)) == (None if found else "c")


def test_the_only_whole_numbers_beside_measured_ones_are_a_label_if_they_are_few():
    grades = 2 * CLASS + 3
    for columns in (table(a=grades, b=FLOATS, c=GAPS), table(b=FLOATS, c=GAPS, a=grades)):
        assert label(columns) == "a"
    assert label(table(b=FLOATS, a=grades, c=GAPS)) is None
    assert label(table(a=grades, b=FLOATS, c=CLASS + 7)) is None
    assert label(table(b=FLOATS, c=GAPS, a=COUNT // 2 + 20)) == "a"
    assert label(table(b=FLOATS, c=GAPS, a=MIXED)) is None


def test_what_is_left_out_says_why():
    empty = np.full(N, np.nan)
    columns = table(
        a=FLOATS, b=empty, c=np.full(N, ""), d=np.full(N, 7), e=np.full(N, "x"), f=EACH, g=CLASS
    )
    found = judge(columns)
    assert [of.role for of in found] == ["feature", *5 * ["left out"], "label"]
    assert [of.why for of in found[1:]] == [
        "empty", "empty", "always 7", "always “x”", "text with 60 different values",
        "the label: 3 different values",
    ]  # fmt: skip


def test_features_say_what_they_hold():
    columns = [
        Column("a", GAPS),
        Column("b", COUNT.astype(np.uint8)),
        Column("c", FLOATS, "with decimal commas"),
        Column("d", 10_000 + COUNT),
        Column("e", np.linspace(-1_234_567.8, 2024, N)),
    ]
    low, high = np.nanmin(GAPS), np.nanmax(GAPS)
    assert whys(columns) == {
        "a": f"{low:.4g} to {high:.4g}, 15 gaps",
        "b": "whole numbers, 0 to 59",
        "c": f"{FLOATS.min():.4g} to {FLOATS.max():.4g}, with decimal commas",
        "d": "whole numbers, 10,000 to 10,059",
        "e": "-1,234,568 to 2024",
    }


def test_constant_columns_stay_where_they_are_pixels():
    columns = table(a=FLOATS, b=np.zeros(N), c=MANY)
    assert roles(columns)["b"] == "left out"
    assert roles(columns, pixels=True)["b"] == "feature"
    assert list(roles(pixels(64), pixels=False).values()).count("left out") == 3


def test_a_person_changes_any_role_and_one_label_is_there_at_most():
    columns = table(Id=COUNT, a=FLOATS, b=TEXT, c=SEVERAL, d=MANY)
    before = ["left out", "feature", "label", "left out", "feature"]
    assert list(roles(columns).values()) == before
    assert label(columns, {"c": "label"}) == "c"
    assert roles(columns, {"c": "label"})["b"] == "left out"
    assert label(columns, {"c": "label", "a": "label"}) == "a"
    assert label(columns, {"b": "left out"}) is None
    assert roles(columns, {"a": "left out", "Id": "feature"})["a"] == "left out"
    assert whys(columns, {"a": "left out"})["a"] == "as you chose"
    assert list(roles(columns, {"gone": "label"}).values()) == before


def test_a_label_may_be_measured_if_that_is_chosen():
    columns = table(a=FLOATS, b=MANY, c=CLASS)
    found = judge(columns, {"a": "label"})
    assert [of.role for of in found] == ["label", "feature", "feature"]
    assert found[0].why == "the label: 60 different values"


def test_what_cannot_be_is_not_chosen():
    columns = table(a=np.full(N, np.nan), b=EACH, c=FLOATS)
    assert roles(columns, {"a": "label", "b": "feature"}) == roles(columns)
