"""Data of one's own that somebody has edited by hand is a sentence, not NaN on a page."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest

from pcae import names
from pcae.data import datasets, owndata
from pcae.data.choices import Choices
from pcae.data.dataset import DataError, Split
from pcae.files import read_arrays, write_arrays
from tests.data.judging.test_understanding import an_array, data_of, table_of
from tests.data.reading.test_uploads import COLUMNS, LABELS, PICTURES, npz, table, understood

FLOATS = PICTURES.reshape(60, 63).astype(np.float32) / 255


def kept(files):
    found = understood(files)
    owndata.keep(found.data, "Mine", found.scaling)
    return found.data


def write(data):
    """Keep a data set under the name that its content has, whatever it is."""
    form = owndata.name_of(data.train, data.test, data.shape, data.classes, data.columns)
    data = replace(data, name=form)
    owndata.keep(data, "Mine", "")
    return data.name


NAN = np.where(np.arange(63) == 5, np.nan, FLOATS).astype(np.float32)
SPLITS = {
    "NaN": Split(NAN, LABELS),
    "infinite": Split(np.where(NAN != NAN, np.inf, NAN), LABELS),
    "beyond 1": Split(FLOATS * 255, LABELS),
    "below 0": Split(FLOATS - 1, LABELS),
    "doubles": Split(FLOATS.astype(np.float64), LABELS),
    "whole numbers": Split(FLOATS.astype(np.int32), LABELS),
    "labels of no class": Split(FLOATS, LABELS + 1),
    "negative labels": Split(FLOATS, LABELS.astype(np.int8) - 1),
    "labels that are no whole numbers": Split(FLOATS, LABELS.astype(np.float32)),
    "fewer labels": Split(FLOATS, LABELS[:-1]),
    "labels in columns": Split(FLOATS, LABELS[:, None]),
    "other columns": Split(FLOATS[:, :-1], LABELS),
    "pictures": Split(FLOATS.reshape(60, 9, 7), LABELS),
    "no rows": Split(FLOATS[:0], LABELS[:0]),
}


@pytest.mark.parametrize("case", SPLITS)
@pytest.mark.parametrize("of", ["train", "test"])
def test_arrays_that_are_none_of_ours_are_refused(case, of):
    whole = kept({"x.npz": npz(x=PICTURES, y=LABELS)})
    owndata.remove(whole.name)
    data = replace(whole, train=Split(FLOATS, LABELS), test=Split(FLOATS, LABELS))
    assert len(owndata.load(write(data)).train) == 60
    name = write(replace(data, **{of: SPLITS[case]}))
    with pytest.raises(DataError, match=r"is damaged\. Remove it on the page Data, and add"):
        datasets.load(name)


@pytest.mark.parametrize(
    "limits",
    [None, np.full((2, 4), np.nan), np.full((2, 4), np.inf), np.zeros((2, 3)), np.zeros(4)],
    ids=["none", "NaN", "infinite", "other columns", "one row"],
)
def test_limits_of_columns_are_whole(limits):
    data = kept({"t.csv": table(COLUMNS)})
    place = names.folder(data.name) / "arrays.safetensors"
    arrays, _ = read_arrays(place)
    del arrays["limits"]
    if limits is not None:
        arrays["limits"] = limits.astype(np.float32)
    write_arrays(place, arrays)
    with pytest.raises(DataError, match=r"is damaged\. Remove it on the page Data"):
        datasets.load(data.name)


@pytest.mark.parametrize(
    "change",
    [
        {"classes": None}, {"classes": 3}, {"classes": []}, {"classes": [None] * 3},
        {"classes": [["a"], ["b"], ["c"]]}, {"columns": None}, {"columns": ["a"]},
        {"columns": [1, 2, 3, 4]}, {"columns": {"a": 1}},
    ],
)  # fmt: skip
def test_what_is_known_of_the_arrays_is_whole(change):
    data = kept({"t.csv": table([[*row, k] for row, k in zip(COLUMNS, LABELS, strict=True)])})
    place = names.folder(data.name) / "about.json"
    place.write_text(json.dumps(json.loads(place.read_text()) | change))
    with pytest.raises(DataError, match=r"is damaged\. Remove it on the page Data"):
        datasets.load(data.name)


def test_a_folder_under_another_name_is_refused():
    data = kept({"t.csv": table(COLUMNS)})
    other = data.name[:-1] + ("0" if data.name[-1] != "0" else "1")
    names.folder(data.name).rename(names.folder(other))
    with pytest.raises(DataError, match=r"is damaged\. Remove it on the page Data"):
        datasets.load(other)


# what was chosen, and measured values


def test_the_same_files_come_with_the_same_choices_again():
    digest = hashlib.sha256(b"images and labels").hexdigest()
    assert owndata.choices_of(digest) is None
    chosen = Choices(turns=1, mirrored=True, roles=(("a", "label"),), test="")
    data = data_of(an_array("x.npy", PICTURES), an_array("y.npy", LABELS), turns=1, mirrored=True)
    owndata.keep(data, "Mine", "", choices=chosen, files=digest)
    assert owndata.choices_of(digest) == chosen
    again = data_of(an_array("x.npy", PICTURES), an_array("y.npy", LABELS), turns=1, mirrored=True)
    assert again.digest == datasets.load(data.name).digest
    assert owndata.choices_of("") is None
    owndata.remove(data.name)
    assert owndata.choices_of(digest) is None


def test_targets_are_kept_and_read_again():
    data = data_of(table_of(price=COLUMNS[:, 0] * 2), roles=(("price", "label"),))
    owndata.keep(data, "Houses", "")
    found = datasets.load(data.name)
    assert found.target == "price"
    np.testing.assert_array_equal(found.train.targets, data.train.targets)
    np.testing.assert_array_equal(found.test.targets, data.test.targets)
    assert found.digest == data.digest


@pytest.mark.parametrize(
    "targets",
    [None, np.full(48, np.nan), np.zeros(47), np.zeros((48, 1)), np.zeros(48, np.float64)],
    ids=["none", "NaN", "fewer", "columns", "doubles"],
)
def test_targets_are_whole(targets):
    data = data_of(table_of(price=COLUMNS[:, 0] * 2), roles=(("price", "label"),))
    owndata.keep(data, "Houses", "")
    place = names.folder(data.name) / "arrays.safetensors"
    arrays, _ = read_arrays(place)
    del arrays["train.targets"]
    if targets is not None:
        kind = np.float64 if targets.shape == (48,) and targets[0] == 0 else np.float32
        arrays["train.targets"] = targets.astype(kind)
    write_arrays(place, arrays)
    with pytest.raises(DataError, match=r"is damaged\. Remove it on the page Data"):
        datasets.load(data.name)


def test_what_was_kept_before_there_were_choices_is_read():
    data = data_of(an_array("x.npy", PICTURES), an_array("y.npy", LABELS))
    owndata.keep(data, "Mine", "", choices=Choices(turns=1), files="0" * 64)
    place = names.folder(data.name) / "about.json"
    about = json.loads(place.read_text())
    for name in ("target", "choices", "files"):
        del about[name]
    place.write_text(json.dumps(about))
    assert datasets.load(data.name).digest == data.digest
    assert owndata.choices_of("0" * 64) is None


@pytest.mark.parametrize("change", [{"target": 3}, {"choices": []}, {"files": "x"}])
def test_what_was_chosen_is_whole(change):
    data = data_of(an_array("x.npy", PICTURES), an_array("y.npy", LABELS))
    owndata.keep(data, "Mine", "")
    place = names.folder(data.name) / "about.json"
    place.write_text(json.dumps(json.loads(place.read_text()) | change))
    with pytest.raises(DataError, match=r"is damaged\. Remove it on the page Data"):
        datasets.load(data.name)
