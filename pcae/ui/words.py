"""Text of visitors, shown as it is where Streamlit takes Markdown.

Streamlit reads Markdown in texts, captions, messages, labels, helps and the choices of buttons;
those of a select box and the cells of a data frame are text already. Besides what a backslash makes
plain, it turns some signs of the finished text into others: `:name:` into a picture, `->` into an
arrow, an address into a link. These are kept apart by a coloured text without a colour, which shows
nothing of itself.
"""

from __future__ import annotations

import re

_SIGN = re.compile(r"([\\`*_{}\[\]!|~<>&$:/#@^])")
_PARENTHESIS = re.compile(r"([()])")  # which means something after another alone
_START = re.compile(r"^(\s*(?:\d+(?=[.)]))?)([-+=.)])")  # of a list, or of a line under a heading
_TURNED = re.compile(
    r":(?=[\w+-]+:)"  # a picture
    r"|(?:(?<=\s[-<>~])|(?<=^[-<>~]))[->=](?=>?(?:\s|$))"  # an arrow, a dash, a comparison
    r"|:(?=//[-\w]*\.)|(?<=www)\.|@",  # an address
    re.IGNORECASE,
)


def as_text(text: str) -> str:
    """Markdown that shows a text as it is, in a line."""
    shown, at = [], 0
    for found in _TURNED.finditer(text):
        shown.append(_escaped(text[at : found.start()]))
        shown.append(f":color[\\{found[0]}]")
        at = found.end()
    shown.append(_escaped(text[at:]))
    return _START.sub(r"\1\\\2", "".join(shown))


def _escaped(text: str) -> str:
    plain = _SIGN.sub(r"\\\1", text)
    return _PARENTHESIS.sub(r"\\\1", plain) if "](" in text else plain
