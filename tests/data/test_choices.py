"""Choices and what was understood cross a border of processes as plain values."""

import json

import pytest

from pcae.data.choices import (
    Choices,
    Judged,
    Question,
    Understood,
    as_json,
    from_json,
    understood_as_json,
    understood_from_json,
)
from pcae.data.contents import Left

ALL = Choices(
    rows="a.npz: x", test="", joined=False, label="y", roles=(("a", "label"), ("b", "left out")),
    headed=True, shape="28x28", across=True, gaps="columns", side=20, turns=3, mirrored=True,
    inverted=True,
)  # fmt: skip


def through(value):
    return json.loads(json.dumps(value))


@pytest.mark.parametrize("choices", [Choices(), ALL, Choices(turns=1), Choices(headed=False)])
def test_choices_come_back_as_they_were(choices):
    assert from_json(through(as_json(choices))) == choices
    assert as_json(Choices()) == {}


@pytest.mark.parametrize(
    "value",
    [
        None, 3, [], "rows", {"unknown": 1}, {"rows": 3}, {"rows": "x" * 2000}, {"turns": 4},
        {"turns": True}, {"turns": 1.0}, {"headed": 1}, {"gaps": "both"}, {"side": 0},
        {"roles": [["a", "boss"]]}, {"roles": [["a"]]}, {"roles": {"a": "label"}}, {"gaps": []},
        {"roles": [[["a"], "label"]]}, {"mirrored": None}, {"shape": ["28", "28"]},
    ],
)  # fmt: skip
def test_what_is_unknown_or_ill_formed_is_as_judged(value):
    assert from_json(value) == Choices()


def test_one_ill_formed_choice_leaves_the_others():
    assert from_json({"turns": 9, "mirrored": True}) == Choices(mirrored=True)


FOUND = Understood(
    None,
    "What is wrong.",
    ALL,
    ["A sentence."],
    "as they are",
    [
        Question("turns", "Turned", ((0, "no"), (1, "by 90°")), 1, "why", True),
        Question("headed", "Head", ((True, "yes"), (False, "no")), False),
        Question("rows", "Rows", (("", "none"), ("x", "x")), "x"),
    ],
    [Judged("a", "label", "few values")],
    ["t.csv: 60 rows"],
    [Left("“b”", "it is empty")],
)


def test_what_was_understood_comes_back_as_it_was():
    assert vars(understood_from_json(through(understood_as_json(FOUND)), None)) == vars(FOUND)


@pytest.mark.parametrize(
    "change",
    [
        {"problem": 3}, {"sentences": "x"}, {"questions": [{}]}, {"columns": [{"name": "a"}]},
        {"left": [["a", "b"]]}, {"used": None}, {"choices": 3},
        {"questions": [{"field": "boss", "label": "", "options": [["a", "a"]], "value": "a",
                        "why": "", "suggested": False}]},
        {"questions": [{"field": "turns", "label": "", "options": [[None, "a"]], "value": 1,
                        "why": "", "suggested": False}]},
    ],
)  # fmt: skip
def test_values_of_another_form_are_refused(change):
    with pytest.raises(ValueError, match="cannot be"):
        understood_from_json(through(understood_as_json(FOUND)) | change, None)
    with pytest.raises(ValueError, match="no object"):
        understood_from_json([], None)
