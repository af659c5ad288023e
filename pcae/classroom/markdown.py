"""What a lesson's text becomes before a page draws it: text, emphasis, lists, code and formulae.

Anybody may have written it, so that nothing of it may fetch, lead elsewhere or run. What Markdown
gives a meaning besides is made plain: links, pictures, coloured words, tags, addresses and tables
stand there as they were written. A formula or code is let through where it begins and ends in one
line, or between lines that hold nothing but `$$` or three backticks; what could be one and is not
gets a backslash. So this and the page read what is left alike.
"""

from __future__ import annotations

import re

_SIGNS = frozenset("\\`$[]<>:|&#~")  # with which something begins that is not let through
_SCHEME = re.compile("(?i)https?|www")
_BREAK = "\u200b"  # no browser makes a link of an address with it
_RULE = re.compile(r"(?=.*[-=])[\s|:\-=>*+\d.)]+")  # under a heading, or under a table's head
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.*)")


def plain(text: str) -> str:
    """A text of several lines as Markdown that shows and does nothing else."""
    out, inside = [], ""
    for line in text.split("\n"):
        bare = line.strip()
        if inside:
            ends = len(bare) >= len(inside) and set(bare) == {inside[0]}
            out.append(inside if ends else line)
            inside = "" if ends else inside
        elif line in ("$$", "```"):
            inside = line
            out.append(line)
        elif _RULE.fullmatch(line):
            out.append(re.sub(r"([-=|:>*+.)])", r"\\\1", line))
        elif heading := _HEADING.fullmatch(line):
            out.append(f"**{_inline(heading[1])}**")
        else:
            out.append(_inline(line))
    return "\n".join([*out, inside] if inside else out)


def plain_line(text: str) -> str:
    """The same of a heading or a choice: what would begin a list is text as well."""
    shown = _inline(" ".join(text.split()))
    return re.sub(r"^(\d*)([-+*=.)])", r"\1\\\2", shown)


def _inline(line: str) -> str:
    out, at = [], 0
    while at < len(line):
        sign = line[at]
        if sign == "\\" and at + 1 < len(line) and not line[at + 1].isalnum():
            taken = line[at : at + 2]
            out.append(taken)
        elif sign in "`$":
            run = _run(line, at)
            end = _end(line, at + len(run), run)
            taken = line[at : end + len(run)] if end >= 0 else run
            out.append(taken if end >= 0 else "".join(f"\\{of}" for of in run))
        elif scheme := _SCHEME.match(line, at):
            taken = scheme[0]
            out.append(taken + _BREAK)
        else:
            taken = sign
            out.append(_BREAK + sign if sign == "@" else f"\\{sign}" if sign in _SIGNS else sign)
        at += len(taken)
    return "".join(out)


def _run(line: str, at: int) -> str:
    return line[at : at + len(line[at:]) - len(line[at:].lstrip(line[at]))]


def _end(line: str, at: int, run: str) -> int:
    """Where the same run of signs comes again, no longer and no shorter; -1 if it does not."""
    while (found := line.find(run[0], at)) >= 0:
        other = _run(line, found)
        if other == run:
            return found
        at = found + len(other)
    return -1
