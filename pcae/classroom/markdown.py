"""What a lesson's text becomes before a page draws it: text, emphasis, lists, code and formulae.

Anybody may have written it, so that nothing of it may fetch, lead elsewhere or run. What Markdown
gives a meaning besides is made plain: links, pictures, coloured words, tags, addresses and tables
stand there as they were written. Code is let through where it begins and ends in one line, or
between lines of three backticks; what could be code and is not gets a backslash, so that this and
the page read alike what is left. A formula is let through likewise, but pages do not take every
one for a formula: blanks keep it from meaning anything as text, and one that would yet is text.
"""

from __future__ import annotations

import re

_SIGNS = frozenset("\\`$[]<>:|&#~")  # with which something begins that is not let through
_SCHEME = re.compile("(?i)https?|www")
_BREAK = "\u200b"  # no browser makes a link of an address with it
_RULE = re.compile(r"(?=.*[-=])[\s|:\-=>*+\d.)]+")  # under a heading, or under a table's head
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.*)")
_FENCES = {"$$": re.compile(r"\s*\$\$+\s*"), "```": re.compile(r"\s*```+\s*")}
_NO_FORMULA = re.compile(r"(?im)[`@]|~~~|https?|www|^ {0,3}(#|[-=]+\s*$)")
_MEANING = re.compile(r"(?<=\])(?=[(\[:])|(?<=<)(?=[a-zA-Z/!?])|(?<=:)(?=[a-zA-Z:])")


def plain(text: str) -> str:
    """A text of several lines as Markdown that shows and does nothing else."""
    out: list[str] = []
    lines = text.split("\n")
    while lines:
        line = lines.pop(0)
        ends = _FENCES.get(line)
        inside = _block(lines, ends) if ends else None
        if inside is None:
            out.append(_line(line))
            continue
        found = "\n".join(inside)
        if line == "```":
            out += [line, found, line]
        elif (formula := _formula(found)) is not None and formula.strip():
            out += [line, formula, line]
        else:
            out += map(_line, [line, *inside, line])
        del lines[: len(inside) + 1]
    return "\n".join(out)


def plain_line(text: str) -> str:
    """The same of a heading or a choice: what would begin a list is text as well."""
    shown = _inline(" ".join(text.split()))
    return re.sub(r"^(\d*)([-+*=.)])", r"\1\\\2", shown)


def _block(lines: list[str], ends: re.Pattern[str]) -> list[str] | None:
    """The lines up to that which ends a block; None where none does."""
    last = next((at for at, line in enumerate(lines) if ends.fullmatch(line)), None)
    return None if last is None else lines[:last]


def _formula(text: str) -> str | None:
    """A formula that means nothing as text; None where it cannot be one."""
    return None if _NO_FORMULA.search(text) else _MEANING.sub(" ", text)


def _line(line: str) -> str:
    if _RULE.fullmatch(line):
        return re.sub(r"([-=|:>*+.)])", r"\\\1", line)
    if heading := _HEADING.fullmatch(line):
        return f"**{_inline(heading[1])}**"
    return _inline(line)


def _inline(line: str) -> str:
    out, at = [], 0
    while at < len(line):
        sign = line[at]
        if sign == "\\" and at + 1 < len(line) and not line[at + 1].isalnum():
            taken = line[at : at + 2]
            out.append(taken)
        elif sign in "`$":
            taken, shown = _span(line, at)
            out.append(shown)
        elif scheme := _SCHEME.match(line, at):
            taken = scheme[0]
            out.append(taken + _BREAK)
        else:
            taken = sign
            out.append(_BREAK + sign if sign == "@" else f"\\{sign}" if sign in _SIGNS else sign)
        at += len(taken)
    return "".join(out)


def _span(line: str, at: int) -> tuple[str, str]:
    """What begins with these signs, and how it is shown: code, a formula, or the signs alone."""
    run = _run(line, at)
    start = at + len(run)
    end = _end(line, start, run)
    found = line[start:end] if end >= 0 else None
    if found is not None and run[0] == "$":
        found = _formula(found)
    if found is None:
        return run, "".join(f"\\{of}" for of in run)
    return line[at : end + len(run)], f"{run}{found}{run}"


def _run(line: str, at: int) -> str:
    return line[at : len(line) - len(line[at:].lstrip(line[at]))]


def _end(line: str, at: int, run: str) -> int:
    """Where the same run of signs comes again, no longer and no shorter; -1 if it does not."""
    while (found := line.find(run[0], at)) >= 0:
        other = _run(line, found)
        if other == run:
            return found
        at = found + len(other)
    return -1
