"""Answers that visitors send: those that are some are kept, the others are told in a sentence."""

import pytest

from pcae.classroom.asking import AnswerError, checked, counts, row_of_pca
from pcae.classroom.lessons import Question

NUMBER = Question("number", "?", low=1, high=100)
CHOICE = Question("choice", "?", choices=("a", "b", "c"))
PLACE = Question("place", "?", digit=4)
WHICH = Question("which", "?")


@pytest.mark.parametrize(
    ("question", "value", "kept"),
    [
        (NUMBER, 5, 5.0),
        (NUMBER, 100.0, 100.0),
        (Question("number", "?"), -1e6, -1e6),
        (CHOICE, 2, 2),
        (WHICH, 1, 1),
        (PLACE, [3, -4.5], (3.0, -4.5)),
    ],
)
def test_an_answer_is_kept(question, value, kept):
    assert checked(question, value) == kept
    assert type(checked(question, value)) is type(kept)


@pytest.mark.parametrize(
    ("question", "value"),
    [
        *((NUMBER, of) for of in (0, 101, "5", None, True, float("nan"), float("inf"), [5], {})),
        *((CHOICE, of) for of in (-1, 3, 1.0, "a", None, True, [1])),
        *((WHICH, of) for of in (2, -1, "Row A")),
        *((PLACE, of) for of in ([1], [1, 2, 3], "12", [1, None], [1, float("nan")], [1e10, 0], 5)),
        (PLACE, [True, 1]),
        (PLACE, {"x": 1, "y": 2}),
    ],
)
def test_what_is_none_is_told(question, value):
    with pytest.raises(AnswerError, match=r"^Answer with .*\.$"):
        checked(question, value)


def test_pcas_row_is_the_first_in_some_questions_and_the_second_in_others():
    found = [row_of_pca(f"lesson/{n}") for n in range(60)]
    assert 15 < sum(found) < 45
    assert found == [row_of_pca(f"lesson/{n}") for n in range(60)]


def test_choices_are_counted():
    assert counts([0, 2, 2, 5, 1.0, (1, 2)], 3) == [1, 0, 2]
