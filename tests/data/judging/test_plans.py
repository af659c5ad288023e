"""Which part of files has the rows, and which is for the test; names say it, and a person."""

import numpy as np
import pytest

from pcae.data.contents import Left
from tests.data.judging.test_understanding import (
    LABELS,
    PICTURES,
    VALUES,
    N,
    a_table,
    an_array,
    asked,
    assert_labelled,
    data_of,
    left_of,
    table_of,
    understood,
)  # fmt: skip


def test_arrays_that_say_train_and_test_are_so():
    keys = {
        "x_train": PICTURES[:50], "y_train": LABELS[:50],
        "x_test": PICTURES[50:], "y_test": LABELS[50:],
    }  # fmt: skip
    found = understood(*(an_array(f"d.npz: {key}", of) for key, of in keys.items()))
    assert (len(found.data.train), len(found.data.test)) == (50, 10)
    np.testing.assert_array_equal(found.data.test.labels, LABELS[50:])
    assert found.used == [
        "d.npz: x_train: 50 pictures of 9 × 7 pixels, labels “y_train”",
        "d.npz: x_test: 10 pictures of 9 × 7 pixels, labels “y_test”",
    ]
    assert found.left == []
    drawn = understood(*(an_array(f"d.npz: {key}", of) for key, of in keys.items()), test="")
    assert (len(drawn.data.train), len(drawn.data.test)) == (40, 10)
    assert {"“d.npz: x_test” (10 × 9 × 7 numbers)", "“d.npz: y_test” (10 numbers)"} <= {
        *left_of(drawn)
    }


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
        ("images.npy", "latest_labels.npy"),
        ("latest_images.npy", "contest.npy"),
        ("test.npz: xTest", "test.npz: yTest"),
        ("valid_images.npy", "valid_labels.npy"),
    ],
)
def test_images_and_labels_alone_are_data_with_labels(images, labels):
    data = data_of(an_array(labels, LABELS), an_array(images, PICTURES))
    assert data.classes == ("0", "1", "2")
    assert (len(data.train), len(data.test)) == (48, 12)
    assert_labelled(data, map(str, LABELS))


def test_arrays_of_one_name_in_several_files_are_told_apart():
    parts = [
        an_array(f"kmnist-{split}-{kind}.npz: arr_0", of[rows])
        for split, rows in (("test", slice(45, None)), ("train", slice(0, 45)))
        for kind, of in (("labels", LABELS), ("imgs", np.repeat(PICTURES, 2, axis=0)[::2]))
    ]
    found = understood(*parts)
    assert "“kmnist-train-imgs.npz: arr_0” has 45 rows: bring at least 50" in found.problem
    parts = [an_array(part.name, np.concatenate([part.array] * 2)) for part in parts]
    data = data_of(*parts)
    assert (len(data.train), len(data.test)) == (90, 30)
    assert_labelled(data, map(str, LABELS))


def test_rows_for_validation_join_the_training_or_are_left_out():
    rows = {"train": slice(0, 50), "valid": slice(20, 30), "test": slice(30, 50)}
    parts = [
        an_array(f"d.npz: {key}_{split}", of[at])
        for split, at in rows.items()
        for key, of in (("x", PICTURES), ("y", LABELS))
    ]
    found = understood(*parts)
    assert (len(found.data.train), len(found.data.test)) == (60, 20)
    np.testing.assert_array_equal(found.data.test.labels, LABELS[30:50])
    question = asked(found, "joined")
    assert question.value is True
    assert "x_valid" in question.label
    without = understood(*parts, joined=False)
    assert (len(without.data.train), len(without.data.test)) == (50, 20)
    assert left_of(without)["“d.npz: x_valid” (10 × 9 × 7 numbers)"] == (
        "rows for validation were left out"
    )


def test_rows_for_validation_are_the_test_where_there_is_no_other():
    parts = [
        an_array("x_val.npy", PICTURES[:20]), an_array("y_val.npy", LABELS[:20]),
        an_array("x.npy", PICTURES), an_array("y.npy", LABELS),
    ]  # fmt: skip
    found = understood(*parts)
    assert (len(found.data.train), len(found.data.test)) == (60, 20)
    assert asked(found, "test").value == "x_val.npy"
    assert asked(found, "joined") is None


def test_test_rows_without_labels_are_not_used():
    columns = dict(zip("abcd", VALUES.T, strict=True))
    train = a_table("train.csv", {"label": LABELS, **columns})
    test = a_table("test.csv", columns)
    form = a_table("sample_submission.csv", {"ImageId": np.arange(N) + 1, "Label": LABELS * 0})
    found = understood(form, test, train)
    assert found.data.classes == ("0", "1", "2")
    assert len(found.data.train) == 48
    assert left_of(found) == {
        "“sample_submission.csv” (60 rows, 2 columns)": "it is a form for answers, not data",
        "“test.csv” (60 rows, 4 columns)": "it has no labels, and the other rows have",
    }
    assert "“test.csv” has no labels" in asked(found, "test").why
    taken = understood(form, test, train, test="test.csv")
    assert (len(taken.data.train), len(taken.data.test)) == (60, 60)
    assert taken.data.classes == ("all",)
    assert left_of(taken)["the labels “label”"] == "the rows of one part alone have some"


def test_a_table_with_other_columns_is_no_test_and_the_order_of_columns_is_free():
    train = table_of(label=LABELS)
    other = a_table("test.csv", {"label": LABELS, "a": VALUES[:, 0], "z": VALUES[:, 1]})
    found = understood(train, other)
    assert list(left_of(found)) == ["“test.csv” (60 rows, 3 columns)"]
    assert len(found.data.train) == 48
    columns = {"d": VALUES[:, 3], "label": LABELS, "more": LABELS * 2.5} | dict(
        zip("abc", VALUES.T, strict=False)
    )
    data = data_of(train, a_table("test.csv", columns))
    np.testing.assert_allclose(data.values(data.test.pixels()), VALUES, rtol=1e-5)


def test_which_rows_can_be_chosen():
    parts = [
        an_array("x.npz: small", PICTURES[:, :3, :3]), an_array("x.npz: large", PICTURES),
    ]  # fmt: skip
    found = understood(*parts)
    assert found.data.shape == (9, 7)
    assert asked(found, "rows").value == "x.npz: large"
    assert left_of(found) == {
        "“x.npz: small” (60 × 3 × 3 numbers)": "it has other lengths than “x.npz: large”"
    }
    assert understood(*parts, rows="x.npz: small").data.shape == (3, 3)
    assert understood(*parts, rows="gone").data.name == found.data.name


def test_what_can_be_no_rows_is_named():
    parts = [
        an_array("a.npz: vector", np.arange(7)),
        an_array("a.npz: waves", np.zeros((N, 4), complex)),
        an_array("a.npz: names", np.array(["a", "b"])),
        an_array("a.npz: single", np.float64(3)),
    ]
    found = understood(*parts, left=[Left("“a.npz: bag”", "it holds objects")])
    assert found.data is None
    assert found.problem.startswith("There is no array of numbers with a row for each image")
    assert [of.why for of in found.left] == [
        "it holds objects",
        "it has not one value for every row",
        "complex numbers are not used",
        "it has not one value for every row",
        "it has not one value for every row",
    ]
    found = understood(*parts, an_array("x.npy", PICTURES))
    assert found.problem == ""
    assert len(found.left) == 4
