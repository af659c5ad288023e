"""Reading a lesson's file: every mistake in it is one sentence, with its line and what to do.

`# Title` opens a lesson, `## Heading` a step. A step is text and a few lines that begin with a
word: the view it is about (`Look:`), a question (`Ask:`, with choices and `Truth:`) and a goal
(`Goal:`). Nothing in the file is executed; `pcae.classroom.markdown` shows its text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from pcae.classroom.lessons import (
    FARTHEST,
    METRICS,
    MOST_ADDRESS,
    MOST_BYTES,
    MOST_CHOICES,
    MOST_CONDITIONS,
    MOST_DIGITS,
    MOST_MINUTES,
    MOST_QUESTION,
    MOST_STEPS,
    MOST_TEXT,
    MOST_WORDS,
    Condition,
    Lesson,
    LessonError,
    Question,
    Step,
    shown,
)

_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,2})?"
_CONDITION = re.compile(rf"(\w+)\s*(>=|<=|>|<|=)\s*({_NUMBER})")
_DIRECTIVE = re.compile(r"(Minutes|Look|Ask|Truth|Goal):(?:\s+(.*))?")
_ADDRESS = re.compile(r"([a-z_]*)(\?[^\s#]*)?(#\S*)?")
_NUMBER_ASKED = re.compile(rf"number(?:\s+from\s+({_NUMBER})\s+to\s+({_NUMBER}))?")
_PLACE_ASKED = re.compile(r"place\s+of\s+digit\s+(\d{1,6})\s+in\s+(PCA|codes)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_ASK_HOW = (
    "Write “Ask: number from 1 to 100 | …”, “Ask: choice | …”, “Ask: which | …” or "
    "“Ask: place of digit 4 in codes | …” (or in PCA), with the question behind the bar."
)


def parse(text: str, pages: Collection[str] = ()) -> Lesson:
    """Read a lesson.

    Parameters
    ----------
    pages : collection of str
        The names of the pages there are; empty: any name may be one.

    Raises
    ------
    LessonError
        It is none.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise LessonError(f"The lesson has more than {MOST_BYTES // 1024} KB: make it shorter.")
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines, 1):
        if found := _CONTROL.search(line):
            raise _wrong(number, f"the character {ord(found[0])} is no text: remove it")
    parts = _parts(lines)
    if not parts or parts[0].level != 1:
        raise LessonError("Line 1: a lesson begins with its title, as in “# What is a code worth?”")
    title, about, minutes = _head(parts[0])
    if len(parts) == 1:
        raise LessonError("The lesson has no step: write a heading, as in “## Look at the plane”.")
    if len(parts) - 1 > MOST_STEPS:
        raise _wrong(parts[MOST_STEPS + 1].number, f"a lesson has at most {MOST_STEPS} steps")
    return Lesson(title, about, minutes, tuple(_step(part, pages) for part in parts[1:]))


@dataclass
class _Part:
    level: int
    heading: str
    number: int
    lines: list[tuple[int, str]] = field(default_factory=list)


def _parts(lines: list[str]) -> list[_Part]:
    """The title's part and the steps'; what stands above the title has to be blank."""
    parts: list[_Part] = []
    for number, line in enumerate(lines, 1):
        found = re.fullmatch(r"(##?)(?:\s+(.*))?", line.rstrip())
        if found and (found[1] == "##" or not parts):
            heading = _short(found[2], number, "heading")
            if not parts and found[1] == "##":
                raise _wrong(number, "the title comes first, as in “# What is a code worth?”")
            parts.append(_Part(len(found[1]), heading, number))
        elif found:
            raise _wrong(number, "there is a title already: begin a step with “##”")
        elif parts:
            parts[-1].lines.append((number, line.rstrip()))
        elif line.strip():
            raise _wrong(number, "a lesson begins with its title, as in “# What is a code worth?”")
    return parts


def _head(part: _Part) -> tuple[str, str, int]:
    text, minutes = [], 0
    for number, line in part.lines:
        word, rest = _directive(line)
        if word is None:
            text.append(line)
        elif word != "Minutes":
            raise _wrong(number, f"“{word}:” belongs into a step: put it below a line with “##”")
        elif minutes:
            raise _wrong(number, "“Minutes:” stands there already: remove one")
        elif not re.fullmatch(r"[1-9]\d{0,2}", rest) or int(rest) > MOST_MINUTES:
            raise _wrong(number, f"write “Minutes:” with a whole number from 1 to {MOST_MINUTES}")
        else:
            minutes = int(rest)
    return part.heading, _text(text, part.number), minutes


def _step(part: _Part, pages: Collection[str]) -> Step:
    step, text, seen = Step(part.heading), [], set()
    choosing = asked = 0
    for number, line in part.lines:
        word, rest = _directive(line)
        if word is None:
            choice = re.fullmatch(r"[-*]\s+(.*)", line)
            if choosing and choice and step.question:
                choices = (*step.question.choices, _short(choice[1], number, "choice"))
                if len(choices) > MOST_CHOICES:
                    raise _wrong(number, f"a question has at most {MOST_CHOICES} choices")
                if len(set(choices)) < len(choices):
                    raise _wrong(number, "this choice stands there already: change one of the two")
                step = replace(step, question=replace(step.question, choices=choices))
            elif line or not choosing:
                choosing = 0
                text.append(line)
            continue
        choosing = 0
        if word == "Minutes":
            raise _wrong(number, "“Minutes:” belongs to the title: put it above the first “##”")
        if word in seen:
            raise _wrong(number, f"the step has “{word}:” already: remove one, or begin a step")
        seen.add(word)
        if not rest:
            raise _wrong(number, f"something is missing behind “{word}:”")
        if word == "Look":
            step = replace(step, look=address(rest, pages, number))
        elif word == "Ask":
            step, asked = replace(step, question=_question(rest, number)), number
            choosing = int(step.question is not None and step.question.kind == "choice")
        elif word == "Truth":
            step = replace(step, question=_with_truth(step.question, rest, number))
        else:
            step = replace(step, goal=goal(rest, number))
    if step.question and step.question.kind == "choice" and len(step.question.choices) < 2:
        raise _wrong(asked, "write two choices at least below, each on a line, as in “- yes”")
    if step.question and step.question.kind == "place" and step.page not in ("", "explore"):
        raise _wrong(asked, "a place is asked for on Explore: write “Look: explore”")
    if step.question and step.question.kind == "which" and step.page not in ("", "reconstructions"):
        raise _wrong(asked, "rows are on Reconstructions: write “Look: reconstructions”")
    return replace(step, text=_text(text, part.number))


def _directive(line: str) -> tuple[str | None, str]:
    found = _DIRECTIVE.fullmatch(line)
    return (found[1], (found[2] or "").strip()) if found else (None, "")


def _text(lines: list[str], number: int) -> str:
    text = "\n".join(lines).strip("\n")
    if len(text) > MOST_TEXT:
        raise _wrong(number, f"the text below has more than {MOST_TEXT:,} characters: shorten it")
    return text


def _short(text: str | None, number: int, what: str, most: int = MOST_WORDS) -> str:
    text = (text or "").strip()
    if not text:
        raise _wrong(number, f"the {what} is empty: write one")
    if len(text) > most:
        raise _wrong(number, f"the {what} has more than {most} characters: shorten it")
    return text


def address(text: str, pages: Collection[str] = (), number: int = 0) -> str:
    """An address of this app, relative to it.

    Raises
    ------
    LessonError
        It is none.
    """
    if len(text) > MOST_ADDRESS:
        raise _wrong(number, f"the address has more than {MOST_ADDRESS:,} characters: shorten it")
    found = _ADDRESS.fullmatch(text)
    if not found:
        raise _wrong(
            number,
            "write what stands in the address behind the server's name, as in "
            "“components?k=2#at=4”, without blanks",
        )
    if pages and found[1] and found[1] not in pages:
        raise _wrong(number, f"there is no page “{found[1][:40]}”: there are {', '.join(pages)}")
    return text


def _question(text: str, number: int) -> Question:
    how, bar, words = text.partition("|")
    how = how.strip()
    if not bar:
        raise _wrong(number, f"the question is missing. {_ASK_HOW}")
    words = _short(words, number, "question", MOST_QUESTION)
    if found := _NUMBER_ASKED.fullmatch(how):
        question = Question("number", words)
        if found[1] is None:
            return question
        low, high = _number(found[1], number), _number(found[2], number)
        if low >= high:
            raise _wrong(number, f"{shown(low)} is not below {shown(high)}: put the lesser first")
        return replace(question, low=low, high=high)
    if found := _PLACE_ASKED.fullmatch(how):
        digit = int(found[1])
        if digit >= MOST_DIGITS:
            raise _wrong(number, f"there is no test digit {digit}: choose one below 10000")
        return Question("place", words, digit=digit, side="PCA" if found[2] == "PCA" else "codes")
    if how in ("choice", "which"):
        return Question("choice" if how == "choice" else "which", words)
    raise _wrong(number, f"“{how[:40]}” is no kind of question. {_ASK_HOW}")


def _with_truth(question: Question | None, text: str, number: int) -> Question:
    if question is None:
        raise _wrong(number, "“Truth:” comes below the question: write “Ask:” first")
    if question.kind == "number":
        if not re.fullmatch(_NUMBER, text):
            raise _wrong(number, f"“{text[:40]}” is no number: write one, as in “Truth: 8.7”")
        truth = _number(text, number)
        if not question.low <= truth <= question.high:
            raise _wrong(number, "the truth is outside of what can be answered: widen “from … to”")
        return replace(question, truth=truth)
    if question.kind == "choice":
        if text not in question.choices:
            raise _wrong(number, f"“{text[:40]}” is none of the choices: write one as it stands")
        return replace(question, truth=float(question.choices.index(text)))
    raise _wrong(number, "the page knows the truth of this question itself: remove the line")


def _number(text: str, number: int) -> float:
    value = float(text)
    if not math.isfinite(value) or abs(value) > FARTHEST:
        raise _wrong(number, f"{text[:40]} is too large: stay within {FARTHEST:,.0f}")
    return value


def goal(text: str, number: int = 0) -> tuple[Condition, ...]:
    """Read a goal, such as `equivalent_k >= 8 and k = 2`.

    Raises
    ------
    LessonError
        It is none.
    """
    parts = re.split(r"\s+and\s+", text.strip())
    if len(parts) > MOST_CONDITIONS:
        raise _wrong(number, f"a goal has at most {MOST_CONDITIONS} parts with “and” between")
    found = []
    for part in parts:
        match = _CONDITION.fullmatch(part)
        if not match:
            raise _wrong(
                number,
                f"“{part[:40]}” is no goal: write a name, one of >= <= > < =, and a number, as in "
                "“equivalent_k >= 8”",
            )
        if match[1] not in METRICS:
            raise _wrong(
                number, f"there is no “{match[1][:40]}” to reach: there are {', '.join(METRICS)}"
            )
        found.append(Condition(match[1], match[2], _number(match[3], number)))
    return tuple(found)


def _wrong(number: int, what: str) -> LessonError:
    end = "" if what.endswith((".", "”")) else "."
    return LessonError(
        f"Line {number}: {what}{end}" if number else f"{what[0].upper()}{what[1:]}{end}"
    )
