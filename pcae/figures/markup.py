"""Names in Plotly's figures, which take tags, entities, formulae and places of values in texts.

`pcae/browser/core/markup.js` has the same, and takes it back where points become a table.
"""

from __future__ import annotations

import re

_LONGEST = 14  # letters, of one of many names
_SIGN = re.compile(r"[&<>$%]|\((?=--)")  # the last begins the name of a colour


def as_markup(text: str) -> str:
    """Plotly's markup for a text, which it shows as it is."""
    return _SIGN.sub(lambda found: f"&#{ord(found[0])};", text)


def shortened(name: str) -> str:
    """A name where there is room for few letters."""
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1].strip()}…"
