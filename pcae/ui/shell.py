"""The frame around the pages: the navigation, margins, and what the browser fetches early."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pcae.data.dataset import DataError
from pcae.figures import colors
from pcae.files import DamagedFile
from pcae.server.routes import code

Draw = TypeVar("Draw", bound=Callable[..., None])

_FOLDER = Path(__file__).parents[2] / "pages"
TITLES = {
    "explore": "Explore",
    "train": "Train",
    "data": "Data",
    "reconstructions": "Reconstructions",
    "components": "Components",
    "latent_plane": "Latent plane",
    "linear_pca": "Linear = PCA",
    "draw": "Draw",
    "quality": "Quality",
    "compare": "Compare",
    "take_home": "Take home",
    "glossary": "Glossary",
}
_OF_A_RUN = {"explore", "reconstructions", "components", "latent_plane", "draw", "take_home"}
_SCRIPTS = {  # that a page needs first
    "explore": "explorer/explorer.js",
    "draw": "draw/draw.js",
} | dict.fromkeys(
    ("train", "reconstructions", "components", "latent_plane", "linear_pca", "compare"),
    "share/charted.js",
)
_UNSEEN = '<div class="pcae-unseen"></div>'  # before a script: it takes no room on the page


def fragment(run_every: float | None = None) -> Callable[[Draw], Draw]:
    """Like `st.fragment`, with a sentence where what it draws is damaged or deleted meanwhile.

    Drawn again by itself, a fragment is outside of what `frame.py` catches.
    """

    def decorate(draw: Draw) -> Draw:
        @functools.wraps(draw)
        def drawn(*arguments: Any) -> None:
            try:
                draw(*arguments)
            except (DataError, DamagedFile) as problem:
                st.error(str(problem))

        return st.fragment(drawn, run_every=run_every)  # type: ignore[return-value]

    return decorate


class PageEnds(Exception):
    """Raised where nothing more is drawn on a page; st.stop() would end the frame too."""


def path(name: str) -> Path:
    """The script of a page, for switching to it."""
    return _FOLDER / f"{name}.py"


def navigation(hides: Callable[[str], bool]) -> StreamlitPage:
    """Draw the navigation without the pages that are hidden; the page to show."""
    # without icons: Streamlit fetches a page's icon from the network for the browser's tab
    pages = [
        st.Page(
            path(name),
            title=title,
            default=name == "explore",
            visibility="hidden" if hides(name) else "visible",
        )
        for name, title in TITLES.items()
    ]
    return st.navigation(pages, position="top")


def name(page: StreamlitPage) -> str:
    """The name of a page's script."""
    return page.url_path or "explore"


def shows_a_run(page: StreamlitPage) -> bool:
    """Whether the page is about the run that is open."""
    return name(page) in _OF_A_RUN


def prepare(page: StreamlitPage) -> None:
    """Set the page's margins, and let the browser fetch scripts while the server reads the data.

    Otherwise Plotly is fetched, megabytes of script, when the first chart arrives: too late by half
    a second on the first visit.
    """
    st.html(
        f"<style>:root{{{colors.style()}}}"
        ".stMainBlockContainer{padding-left:1.5rem;padding-right:1.5rem}"
        ".stElementContainer:has(.pcae-unseen){display:none}"
        ".st-key-tour{padding:.3rem .8rem}</style>"
    )
    if own := _SCRIPTS.get(name(page)):
        run(own)


def run(script: str) -> None:
    """Have the browser run one of our scripts, once, by its name."""
    # no script within the page: those are not let in, see pcae.server.guard
    st.html(
        f'{_UNSEEN}<script type="module" src="{code()}{script}"></script>',
        unsafe_allow_javascript=True,
    )
