"""Labels are classes under their own names in natural order, measured values, or left out."""

import numpy as np
import pytest

from pcae.data.judging.labels import gaps, labelled, natural, one_hot


def of(*values, times=10):
    """What one part with these labels, each so often, comes to."""
    return labelled([np.repeat(np.array(values), times)], [len(values) * times])


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        (["10", "9", "2", "1"], ("1", "2", "9", "10")),
        (["b", "A", "a2", "a10", "B"], ("A", "a2", "a10", "B", "b")),
        (["zoë", "Zebra"], ("Zebra", "zoë")),
        ([3, 1, 20], ("1", "3", "20")),
        ([-1.0, 2.0, 10.0], ("-1", "2", "10")),
        ([0.5, 1.0], ("0.5", "1")),
        ([True, False], ("False", "True")),
        ([b"odd", b"even"], ("even", "odd")),
        (["<=50K", ">50K"], ("<=50K", ">50K")),
        (["C#", "C", "50 °C", "*Käse*"], ("50 °C", "*Käse*", "C", "C#")),
        (["K\u0061\u0308se", "K\u00e4se", "Nuss"], ("K\u00e4se", "Nuss")),
        (["cat ", " cat", "dog"], ("cat", "dog")),
    ],
)
def test_classes_stand_in_natural_order_under_their_own_names(values, classes):
    found = of(*values)
    assert found.classes == classes
    assert found.codes[0].dtype == np.uint8
    names = [found.classes[code] for code in found.codes[0][::10]]
    if isinstance(values[0], str):
        assert [name.casefold()[0] for name in names] == [
            value.strip().casefold()[0] for value in values
        ]


def test_labels_of_several_parts_are_one_set_of_classes():
    parts = [np.array(["b", "a"] * 10), np.array(["c"] * 5)]
    found = labelled(parts, [20, 5])
    assert found.classes == ("a", "b", "c")
    assert [found.classes[code] for code in found.codes[1]] == ["c"] * 5
    mixed = labelled([np.array([1, 2] * 10), np.array(["2", "1", "3"])], [20, 3])
    assert mixed.classes == ("1", "2", "3")
    assert mixed.codes[1].tolist() == [1, 0, 2]


@pytest.mark.parametrize("count", [2, 26, 47, 100, 200])
def test_up_to_200_classes_are_told_apart(count):
    found = of(*range(count))
    assert found.classes == tuple(map(str, range(count)))
    np.testing.assert_array_equal(found.codes[0], np.repeat(np.arange(count), 10))
    texts = of(*(f"no. {i}" for i in range(count)))
    assert texts.classes == tuple(f"no. {i}" for i in range(count))


def test_many_numbers_are_targets_and_many_texts_are_left_out():
    values = np.linspace(0, 1, 300)
    found = labelled([values[:200], values[200:]], [200, 100])
    assert found.classes == ("all",)
    np.testing.assert_allclose(np.concatenate(found.targets), values, rtol=1e-6)
    assert "300 different numbers" in found.said[0]
    assert of(*range(60), times=1).targets is not None
    texts = of(*(f"no. {i}" for i in range(201)))
    assert texts.targets is None
    assert texts.why_not.startswith("they are 201 different texts, and at most 200")
    assert of("a", "b", "c", times=1).why_not == "every row has another"
    assert of(1e35, *range(300)).why_not == "they are as large as 1e+35"


def test_a_measured_value_that_happens_to_have_few_values_is_no_class():
    assert of(*np.linspace(0.1, 2, 19), times=2).targets is not None
    assert len(of(0.5, 1.5, 2.5).classes) == 3


def test_labels_that_tell_nothing_are_left_out_with_the_reason():
    assert of("a").why_not == "all rows have the same"
    found = labelled([np.arange(4), None], [4, 3])
    assert found.why_not == "the rows of one part alone have some"
    assert [len(codes) for codes in found.codes] == [4, 3]
    assert labelled([None], [5]).why_not == ""


def test_one_hot_has_a_column_for_every_class():
    np.testing.assert_array_equal(one_hot(np.eye(4)[[2, 0, 3]]), [2, 0, 3])
    for other in (np.eye(4)[0], np.ones((3, 2)), np.eye(3) * 2, np.eye(201), np.eye(3)[:, :1]):
        assert one_hot(other) is None


def test_gaps_are_found_in_labels_of_every_kind():
    assert gaps(np.array([1, np.nan, np.inf])).tolist() == [False, True, True]
    assert gaps(np.array(["a", "", " "])).tolist() == [False, True, True]
    assert not gaps(np.array([1, 2])).any()


def test_texts_are_ordered_as_people_do():
    assert sorted(["x10", "x9", "X1", "10", "9a", ""], key=natural) == [
        "", "9a", "10", "X1", "x9", "x10",
    ]  # fmt: skip
