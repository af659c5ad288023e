"""Labels that come beside the rows: of every kind, in arrays, tables and folders."""

import numpy as np
import pytest

from pcae.data.contents import Column, Part
from tests.data.judging.test_understanding import (
    LABELS,
    PICTURES,
    RNG,
    VALUES,
    N,
    a_table,
    an_array,
    asked,
    assert_labelled,
    data_of,
    left_of,
    some_pictures,
    table_of,
    understood,
)  # fmt: skip


@pytest.mark.parametrize(
    "labels",
    [
        LABELS, LABELS[:, None], LABELS[None], LABELS.astype(float), np.eye(3)[LABELS],
        np.eye(3, dtype=bool)[LABELS], np.array(["0", "1", "2"])[LABELS],
        np.array([b"0", b"1", b"2"])[LABELS],
    ],
    ids=["plain", "column", "row", "float", "one-hot", "bool one-hot", "text", "bytes"],
)  # fmt: skip
@pytest.mark.parametrize("first", [True, False])
def test_labels_of_every_kind(labels, first):
    parts = [an_array("a.npz: labels", labels), an_array("a.npz: images", PICTURES)]
    found = understood(*(parts if first else parts[::-1]))
    assert found.data.classes == ("0", "1", "2")
    assert found.left == []
    assert_labelled(found.data, map(str, LABELS))


def test_of_several_labels_one_is_chosen():
    parts = [
        an_array("c.npz: data", PICTURES),
        an_array("c.npz: fine_labels", np.arange(N) % 6),
        an_array("c.npz: coarse_labels", LABELS),
        an_array("c.npz: index", np.arange(N)),
    ]
    found = understood(*parts)
    assert len(found.data.classes) == 6
    question = asked(found, "label")
    assert [value for value, _ in question.options][-1] == ""
    assert left_of(found)["“c.npz: coarse_labels” (60 numbers)"] == "other labels were taken"
    assert understood(*parts, label="c.npz: coarse_labels").data.classes == ("0", "1", "2")
    none = understood(*parts, label="")
    assert none.data.classes == ("all",)
    assert len(none.left) == 3
    assert understood(parts[0], parts[-1]).data.classes == ("all",)


def test_the_labels_of_the_test_are_those_of_the_same_name():
    parts = [
        an_array(f"c.npz: {split}_{key}", of[rows])
        for split, rows in (("train", slice(0, 50)), ("test", slice(50, 60)))
        for key, of in (("x", PICTURES), ("fine_labels", LABELS + 1), ("coarse_labels", LABELS))
    ]  # fmt: skip
    data = data_of(*parts, label="c.npz: train_coarse_labels")
    assert data.classes == ("0", "1", "2")
    np.testing.assert_array_equal(data.test.labels, LABELS[50:])


@pytest.mark.parametrize("named", ["labels.csv", "labels.txt"])
def test_labels_come_in_a_table_of_their_own(named):
    images = an_array("images.npy", PICTURES)
    assert_labelled(data_of(images, a_table(named, {"label": LABELS})), map(str, LABELS))
    order = RNG.permutation(N)
    shuffled = a_table(named, {"id": order + 1, "label": LABELS[order]})
    assert_labelled(data_of(images, shuffled), map(str, LABELS))
    two = understood(images, a_table(named, {"label": LABELS, "note": LABELS + 5}))
    assert left_of(two) == {
        f"1 other column of “{named}” (note)": "one column alone has the labels"
    }
    assert [value for value, _ in asked(two, "label").options] == [
        f"{named}: label", f"{named}: note", "",
    ]  # fmt: skip


def test_a_table_names_the_files_of_pictures():
    order = RNG.permutation(N)[:50]
    files = np.array([f"images/{i}.png" for i in range(N)])
    named = a_table("labels.csv", {
        "file": np.array([f"{i}.png" for i in order]), "label": LABELS[order],
    })  # fmt: skip
    found = understood(some_pictures("a.zip", None, files=files), named)
    assert len(found.data.train) + len(found.data.test) == 50
    assert left_of(found) == {"10 rows of “a.zip”": "they have no label"}
    assert_labelled(found.data, map(str, LABELS[order]), PICTURES[order])


def test_folders_are_labels_and_splits():
    folders = np.array(["10", "9", "a"])[LABELS]
    found = understood(some_pictures("a.zip", folders))
    assert found.data.classes == ("9", "10", "a")
    assert found.used == ["a.zip: 60 pictures of 9 × 7 pixels, labels are their folders"]
    train = some_pictures("a.zip: train", folders[:50], "train")
    test = some_pictures("a.zip: test", folders[:20], "test")
    data = data_of(test, train)
    assert (len(data.train), len(data.test)) == (50, 20)
    assert data.classes == ("9", "10", "a")


def test_labels_in_a_file_of_their_own_go_before_a_column_that_looks_so():
    few = np.arange(N) % 2
    parts = [table_of(few=few), a_table("y_train.csv", {"y": LABELS})]
    found = understood(*parts)
    assert len(found.data.classes) == 3
    assert found.data.columns == ("a", "b", "c", "d", "few")
    own = understood(*parts, label="")
    assert own.data.classes == ("0", "1")
    assert own.data.columns == ("a", "b", "c", "d")


def test_the_column_that_the_test_lacks_is_what_is_to_be_found_out():
    price = VALUES[:, 0] * 2
    test = a_table("test.csv", dict(zip("abcd", VALUES[:20].T, strict=True)))
    train = Part("train.csv", "train.csv", "table", None, table_of(price=price).columns)
    found = understood(train, test)
    assert found.data.target == "price"
    assert [of.why for of in found.columns if of.role == "label"] == [
        "the rows for the test do not have it"
    ]
    chosen = understood(train, test, roles=(("price", "left out"),))
    assert chosen.data.columns == ("a", "b", "c", "d")
    assert len(chosen.data.test) == 20


def test_pixels_may_have_a_column_for_every_class_behind_them():
    ones = np.eye(3, dtype=int)[LABELS]
    columns = [*RNG.integers(0, 2, (64, N)), *ones.T]
    table = Part("s.data", "s.data", "table", None, tuple(Column("", of) for of in columns))
    found = understood(table)
    assert (found.data.shape, found.data.classes) == ((8, 8), ("0", "1", "2"))
    assert "The last 3 columns of “s.data” are of one class each." in found.sentences
    assert understood(an_array("s.npy", np.stack(columns, 1))).data.classes == ("0", "1", "2")


def test_a_click_on_a_column_goes_before_labels_beside_the_rows():
    parts = [table_of(few=np.arange(N) % 2), a_table("y_train.csv", {"y": LABELS})]
    found = understood(*parts, roles=(("few", "label"),))
    assert found.data.classes == ("0", "1")
    beside = understood(*parts, roles=(("few", "label"),), label="y_train.csv")
    assert beside.data.classes == ("0", "1", "2")
    assert beside.data.columns == ("a", "b", "c", "d", "few")


def test_pictures_of_a_table_have_labels_and_no_folders():
    part = some_pictures("train.parquet", np.array(["x", "y"])[LABELS % 2])
    part = Part("train.parquet", "train.parquet", "pictures", part.array, part.columns)
    found = understood(part)
    assert found.data.classes == ("x", "y")
    assert found.used == ["train.parquet: 60 pictures of 9 × 7 pixels, labels “labels”"]
