"""Rows and labels become a data set: divided, counted, or refused with a sentence."""

import numpy as np
import pytest

from pcae.data.choices import Choices, Understood
from pcae.data.contents import Left
from pcae.data.dataset import DataError
from pcae.data.judging import making
from pcae.data.judging.making import Rows

RNG = np.random.default_rng(0)
N = 60
VALUES = RNG.normal(5, 2, (N, 4))


def made(*parts, columns=("a", "b", "c", "d"), label="y", shape=None):
    found = Understood(None, "", Choices())
    parts, columns = making.whole(found, parts, shape, columns)
    data, _ = making.make(found, parts, shape, columns, label, "a file")
    return data, found


def rows(values=VALUES, labels=None, name="x", is_test=False):
    return Rows(name, values, None if labels is None else np.asarray(labels), is_test)


@pytest.mark.parametrize(
    "labels",
    [
        [0] * 59 + [1],
        [0] * 58 + [1, 2],
        [*range(30)] * 2,
        [0] * 50 + [*range(1, 11)],
        ["x"] * 57 + ["y"] * 3,
    ],
)
def test_every_class_is_in_the_training_however_few_rows_it_has(labels):
    data, _ = made(rows(labels=labels))
    assert len(data.test) >= 10
    assert {*data.train.labels} == {*range(len(data.classes))}
    assert len(data.train) + len(data.test) == N


def test_a_fifth_of_each_class_is_for_the_test():
    data, found = made(rows(labels=np.arange(N) % 3))
    assert np.bincount(data.test.labels).tolist() == [4, 4, 4]
    assert found.sentences[1] == "Classes: 0 (20), 1 (20), 2 (20)."


def test_targets_go_with_their_rows_into_both_splits():
    target = VALUES[:, 1] * 3
    data, found = made(rows(labels=target))
    for split in (data.train, data.test):
        values = data.values(split.pixels())[:, 1]
        np.testing.assert_allclose(split.targets, 3 * values, rtol=1e-5)
    assert data.target == "y"
    assert data.name != made(rows())[0].name
    assert "unlabelled" not in found.sentences[0]


def test_the_name_of_data_without_targets_is_what_it_was():
    whole = np.arange(240).reshape(N, 4) % 251
    assert made(rows(whole, np.arange(N) % 3))[0].name == "own-4-4cc160ba4723"


def test_many_classes_are_counted_shortly():
    _, found = made(rows(np.repeat(VALUES, 5, axis=0), np.arange(300) % 100))
    assert found.sentences[1].endswith("39 (3), and 60 more.")


def test_a_single_row_that_is_left_out_is_one():
    _, found = made(rows(labels=[np.nan, *(np.arange(N - 1) % 3)]))
    values = VALUES.copy()
    values[0, 0] = np.nan
    _, other = made(rows(values))
    assert [*found.left, *other.left] == [
        Left("1 row of “x”", "it has no label"),
        Left("1 row of “x”", "it has gaps"),
    ]


def test_rows_for_validation_follow_those_to_train_on():
    more = rows(VALUES[:3] + 100, [0, 1, 2], "more")
    test = rows(VALUES[:12], np.arange(12) % 3, "test", True)
    data, found = made(rows(labels=np.arange(N) % 3), more, test)
    assert (len(data.train), len(data.test)) == (63, 12)
    assert found.sentences[-1] == (
        "The files say which are for the test: 63 to train on, 12 for the test."
    )


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([rows(VALUES[:49])], "“x” has 49 rows: bring at least 50."),
        ([rows(), rows(VALUES[:1], name="t", is_test=True)], "“t” has 1 row: bring at least 10."),
        (
            [rows(VALUES[:, :1])],
            "“x” has one column of numbers, “a”, and two or more are needed: choose another",
        ),
        (
            [rows(VALUES[:, :1], np.arange(N) % 3)],
            "“x” has one column of numbers, “a”, beside the label “y”, and two or more are needed",
        ),
        ([rows(np.full((N, 4), 3.5))], "All rows to train on are the same: bring rows that"),
        ([rows(VALUES * 1e300)], "There are values as large as"),
        ([rows(np.broadcast_to(np.uint8(1), (200_001, 4)))], "has 200,001 rows of 4 numbers"),
    ],
)
def test_what_cannot_be_is_a_sentence(parts, said):
    with pytest.raises(DataError) as problem:
        made(*parts, columns=["a", "b", "c", "d"][: parts[0].array.shape[1]])
    assert said in str(problem.value)
    assert str(problem.value).endswith(".")
