"""Which part of files is what, what is asked, and what is told of all that is not used."""

import numpy as np
import pytest

from pcae.data.choices import Choices
from pcae.data.contents import Column, Contents, Left, Part
from pcae.data.understanding import understand

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


# which rows


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


# how an array lies


@pytest.mark.parametrize(
    "array",
    [
        PICTURES,
        PICTURES[..., None],
        PICTURES[:, None],
        np.repeat(PICTURES[..., None], 3, axis=3),
        np.repeat(PICTURES[:, None], 3, axis=1),
        np.moveaxis(np.concatenate([PICTURES] * 2), 0, -1),
        np.moveaxis(np.repeat(np.concatenate([PICTURES] * 2)[..., None], 3, axis=3), 0, -1),
        np.asfortranarray(PICTURES),
    ],
    ids=["plain", "one channel last", "one first", "colours last", "colours first",
         "images last", "colours and images last", "Fortran"],
)  # fmt: skip
def test_pictures_lie_in_many_ways(array):
    data = data_of(an_array("x.npy", array))
    assert data.shape == (9, 7)
    assert {*map(bytes, data.train.images), *map(bytes, data.test.images)} == {
        *map(bytes, PICTURES.reshape(N, -1))
    }


def test_labels_say_which_axis_has_the_pictures():
    data = data_of(
        an_array("m.mat: data", PICTURES.reshape(N, 63).T), an_array("m.mat: label", LABELS[None])
    )
    assert (data.inputs, len(data.train)) == (63, 48)
    assert data.classes == ("0", "1", "2")
    small = RNG.integers(0, 256, (40, 40, 60))  # pictures of 40 × 60 as well
    assert data_of(an_array("x.npy", small), an_array("y.npy", LABELS)).shape == (40, 40)


def test_a_column_for_every_image_is_suggested_where_the_shape_says_so():
    square = RNG.integers(0, 256, (81, N), np.uint8)
    found = understood(an_array("x.npy", square))
    question = asked(found, "across")
    assert (question.value, question.suggested) == (False, True)
    assert "81 rows could be the pixels of 9 × 9" in question.why
    turned = understood(an_array("x.npy", square), across=True)
    assert turned.data.shape == (9, 9)
    assert asked(turned, "across").suggested is False
    table = a_table("x.csv", {})
    table = Part("x.csv", "x.csv", "table", None, tuple(Column("", of) for of in square.T))
    assert asked(understood(table), "across").suggested
    assert understood(table, across=True).data.digest == turned.data.digest
    assert asked(understood(an_array("x.npy", square.T)), "across") is None


@pytest.mark.parametrize(
    ("scaled", "shape"),
    [
        (lambda of: of / 127.5 - 1, (9, 9)),
        (lambda of: (np.maximum(of, 200) - 30.0) / 70 - 9, (9, 9)),
        (lambda of: RNG.normal(size=of.shape), None),
    ],
    ids=["-1 to 1", "standardised", "noise"],
)
def test_pixels_centred_on_0_are_pictures_all_scaled_alike(scaled, shape):
    pixels = RNG.integers(0, 256, (N, 81))
    pixels[:, ::2] = 0
    data = data_of(an_array("x.npy", scaled(pixels)), an_array("y.npy", LABELS))
    assert data.shape == shape
    assert (data.limits is None) == (shape is not None)


def test_pixels_each_standardised_by_itself_are_pictures_by_their_neighbours():
    y, x = np.mgrid[:12, :12]
    middles = RNG.uniform(3, 9, (400, 2))
    blobs = np.exp(
        -((x - middles[:, :1, None]) ** 2 + (y - middles[:, 1:, None]) ** 2) / 8
    ).reshape(400, 144)
    assert data_of(an_array("x.npy", (blobs - blobs.mean(0)) / blobs.std(0))).shape == (12, 12)


def test_a_row_can_be_a_picture_or_columns():
    rows = RNG.integers(0, 256, (N, 81))
    found = understood(an_array("x.npy", rows), an_array("y.npy", LABELS))
    assert asked(found, "shape").value == "9x9"
    assert asked(found, "shape").options[-1][0] == "columns"
    columns = understood(an_array("x.npy", rows), an_array("y.npy", LABELS), shape="columns")
    assert columns.data.shape is None
    assert columns.data.columns[:2] == ("column 1", "column 2")
    wide = RNG.integers(0, 256, (N, 4, 16)).reshape(N, 64)
    assert understood(an_array("x.npy", wide), shape="4x16").data.shape == (4, 16)
    assert understood(an_array("x.npy", rows), shape="5x5").data.shape == (9, 9)


@pytest.mark.parametrize("planes", [True, False])
def test_rows_in_three_colours_are_pictures(planes):
    y, x = np.mgrid[:16, :16]
    grey = 120 + 60 * np.sin(x[None] * RNG.uniform(1, 9, (N, 1, 1)) + y[None] * 3)
    colours = np.stack([grey, grey + 30, grey - 30], axis=1 if planes else 3).astype(np.uint8)
    data = data_of(an_array("data_batch.mat: data", colours.reshape(N, 768)))
    whole = data_of(an_array("x.npy", colours))
    assert data.shape == (16, 16)
    assert data.digest == whole.digest
    assert data_of(an_array("x.npy", colours.reshape(N, 768)), shape="columns").shape is None


def test_columns_with_names_of_their_own_are_no_pixels():
    names = [f"{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(81)]
    values = RNG.uniform(0, 9, (N, 81))
    assert data_of(a_table("t.csv", dict(zip(names, values.T, strict=True)))).shape is None
    pixels = a_table("t.csv", {f"pixel{i}": of for i, of in enumerate(values.T)})
    assert data_of(pixels).shape == (9, 9)


# which labels


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


def test_a_click_on_a_column_goes_before_labels_beside_the_rows():
    parts = [table_of(few=np.arange(N) % 2), a_table("y_train.csv", {"y": LABELS})]
    found = understood(*parts, roles=(("few", "label"),))
    assert found.data.classes == ("0", "1")
    beside = understood(*parts, roles=(("few", "label"),), label="y_train.csv")
    assert beside.data.classes == ("0", "1", "2")
    assert beside.data.columns == ("a", "b", "c", "d", "few")


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

    monkeypatch.setattr("pcae.data.rows.shapes", fail)
    found = understood(an_array("x.npy", PICTURES.reshape(N, 63)), an_array("y.npy", LABELS))
    assert found.data is None
    assert found.problem.startswith("What the files hold cannot be read: ")
    assert found.problem.endswith(" Choose other files, or other answers.")
    assert asked(found, "label").value == "y.npy"


def test_too_little_memory_is_said(monkeypatch):
    def fail(*_):
        raise MemoryError

    monkeypatch.setattr("pcae.data.making.scaled", fail)
    assert understood(an_array("x.npy", PICTURES)).problem == (
        "The files hold more numbers than there is memory for: choose fewer rows or columns."
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
