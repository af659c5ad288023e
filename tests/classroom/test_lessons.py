"""A lesson's file: read and written, and every mistake in it is one sentence with its line."""

import random

import pytest

from pcae.classroom import shelf
from pcae.classroom.lessons import Condition, Lesson, LessonError, Question, Step, write
from pcae.classroom.reading import goal, parse

TEXT = """# What is a code worth?

For a class that knows *PCA*.

Minutes: 40

## Predict

Some text, $k = 2$,

- and a list

Look: components?log_axes=False#zoom=1,2
Ask: number from 1 to 784 | How many principal components?
Truth: 8.7
Goal: equivalent_k >= 8 and k = 2

## Choose

Ask: choice | Which of the three?
- PCA
- the network
- neither
Truth: the network

## Point

Look: explore
Ask: place of digit 4 in codes | Where will it fall?

## Tell apart

Look: reconstructions
Ask: which | Which row is PCA's?
"""


def said(text, **more):
    """The sentence that is said of a file that is no lesson."""
    with pytest.raises(LessonError) as problem:
        parse(text, **more)
    words = str(problem.value)
    assert "\n" not in words
    assert words.endswith((".", "”"))
    return words


def test_a_file_is_read_and_written_as_it_was():
    lesson = parse(TEXT)
    assert write(lesson) == TEXT
    assert lesson.minutes == 40
    assert lesson.about == "For a class that knows *PCA*."
    predict, choose, point, tell = lesson.steps
    assert predict.text == "Some text, $k = 2$,\n\n- and a list"
    assert predict.page == "components"
    assert predict.question == Question(
        "number", "How many principal components?", low=1, high=784, truth=8.7
    )
    assert predict.goal == (Condition("equivalent_k", ">=", 8), Condition("k", "=", 2))
    assert choose.question.choices == ("PCA", "the network", "neither")
    assert choose.question.truth == 1
    assert (point.question.digit, point.question.side) == (4, "codes")
    assert tell.question.kind == "which"


def test_a_short_lesson_is_enough():
    assert parse("# A\n## B") == Lesson("A", steps=(Step("B"),))
    assert parse("\ufeff\r\n# A\r\n\r\n## B\r\nmore") == Lesson("A", steps=(Step("B", "more"),))


@pytest.mark.parametrize(
    ("step", "line", "words"),
    [
        ("Look: http://elsewhere.example/x", 4, "behind the server's name"),
        ("Look: //elsewhere.example", 4, "behind the server's name"),
        ("Look: ../../etc/passwd", 4, "behind the server's name"),
        ("Look: nowhere?k=2", 4, "there is no page “nowhere”"),
        ("Look:", 4, "something is missing"),
        ("Look: explore\nLook: train", 5, "already"),
        ("Ask: number", 4, "the question is missing"),
        ("Ask: number from 9 to 1 | How many?", 4, "put the lesser first"),
        ("Ask: number from 1 to 1e99 | How many?", 4, "too large"),
        ("Ask: numbr | How many?", 4, "“numbr” is no kind of question"),
        ("Ask: number |", 4, "the question is empty"),
        ("Ask: choice | Which?", 4, "two choices at least"),
        ("Ask: choice | Which?\n- a\n- a", 6, "already"),
        ("Ask: choice | Which?\n- a\n- b\nTruth: c", 7, "none of the choices"),
        ("Ask: choice | Which?" + "\n- x" * 11, 6, "already"),
        ("Ask: number | How many?\nTruth: many", 5, "no number"),
        ("Ask: number from 1 to 2 | How many?\nTruth: 3", 5, "outside"),
        ("Ask: place of digit 99999 in codes | Where?", 4, "there is no test digit"),
        ("Ask: place of digit 4 in plane | Where?", 4, "no kind of question"),
        ("Look: train\nAsk: place of digit 4 in PCA | Where?", 5, "on Explore"),
        ("Look: train\nAsk: which | Which?", 5, "on Reconstructions"),
        ("Ask: which | Which?\nTruth: 1", 5, "the page knows the truth"),
        ("Truth: 3", 4, "write “Ask:” first"),
        ("Goal: import os", 4, "is no goal"),
        ("Goal: __class__ >= 1", 4, "there is no “__class__” to reach"),
        ("Goal: k >= 1 and k >= 1 and k >= 1 and k >= 1 and k >= 1", 4, "at most 4"),
        ("Goal: k >= nan", 4, "is no goal"),
        ("Minutes: 4", 4, "belongs to the title"),
        ("# Another", 4, "a title already"),
        ("a\x00b", 4, "is no text"),
        ("##", 4, "the heading is empty"),
        ("x" * 13_000, 3, "shorten it"),
    ],
)
def test_a_mistake_is_told_with_its_line(step, line, words):
    found = said(f"# Title\n\n## Step\n{step}\n", pages=["explore", "train", "reconstructions"])
    assert found.startswith(f"Line {line}: ")
    assert words in found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Line 1: a lesson begins with its title"),
        ("Some words\n# Title", "Line 1: a lesson begins with its title"),
        ("## Step", "Line 1: the title comes first"),
        ("# Title", "The lesson has no step"),
        ("# Title\nMinutes: 0\n## A", "Line 2: write “Minutes:”"),
        ("# Title\nMinutes: 5\nMinutes: 5\n## A", "Line 3: “Minutes:” stands there already"),
        ("# Title\nGoal: k > 1\n## A", "Line 2: “Goal:” belongs into a step"),
        (f"# {'x' * 400}\n## A", "Line 1: the heading has more than"),
        ("# Title\n" + "## A\n" * 61, "Line 62: a lesson has at most 60 steps"),
        ("# Title\n## A\n" + "x" * 256 * 1024, "The lesson has more than 256 KB"),
    ],
)
def test_what_is_no_lesson_is_said(text, words):
    assert said(text).startswith(words)


def test_a_choice_has_at_most_ten():
    choices = "".join(f"- {n}\n" for n in range(11))
    assert "at most 10 choices" in said(f"# A\n## B\nAsk: choice | Which?\n{choices}")


@pytest.mark.parametrize("seed", range(4))
def test_damaged_files_are_sentences_or_lessons_that_are_read_again(seed):
    chance = random.Random(seed)
    pieces = [
        *TEXT.splitlines(True),
        "```\n",
        "$$\n",
        "- x\n",
        "\n",
        "\\",
        "|",
        "Truth: ",
        "\u200b",
    ]
    for _ in range(400):
        lines = [chance.choice(pieces) for _ in range(chance.randrange(1, 30))]
        text = "".join(["# T\n", "## S\n"][: chance.randrange(3)] + lines)
        for _ in range(chance.randrange(4)):
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice("\x00#:|-\n\t9 \ud800é") + text[at + 1 :]
        try:
            lesson = parse(text)
        except LessonError as problem:
            assert "\n" not in str(problem)
        else:
            assert parse(write(lesson)) == lesson
            assert write(parse(write(lesson))) == write(lesson)


def test_goals_compare_and_compute_nothing():
    (at_least,) = goal("equivalent_k >= 8")
    assert [at_least.holds(of) for of in (7.9, 8, 8.1, float("nan"))] == [False, True, True, False]
    assert [str(of) for of in goal("k = 2 and test_error < .04")] == [
        "k = 2",
        "test_error < 0.04",
    ]


@pytest.mark.parametrize("key", shelf.ORDER)
def test_the_lessons_that_ship_are_written_as_they_are_read(key):
    text = (shelf.SHIPPED / f"{key}.md").read_text("utf-8")
    assert write(parse(text)) == text
    assert parse(text).minutes
    assert parse(text).about
