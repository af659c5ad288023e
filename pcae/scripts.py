"""Where what runs in the browser lies, and what imports what: our scripts, and Plotly's."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

import plotly

FOLDER = Path(__file__).parent / "browser"
PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"


def resolve(script: str, address: str) -> str:
    """The name of the script that a script imports from an address relative to its own."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(script), address))


def needed(script: str) -> list[str]:
    """A script and all that it imports, by their names in the folder."""
    found, left = [], [script]
    while left:
        name = left.pop(0)
        if name in found:
            continue
        found.append(name)
        text = (FOLDER / name).read_text("utf-8")
        left += [
            resolve(name, of)
            for of in re.findall(r'^(?:import|export|\}) .*from "(.*)";$', text, re.M)
        ]
    return found
