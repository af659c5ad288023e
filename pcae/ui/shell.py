"""The frame around the pages: the navigation, margins, and what the browser fetches early."""

from __future__ import annotations

import functools
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pcae import rights
from pcae.data.dataset import DataError
from pcae.figures import colors
from pcae.files import DamagedFile
from pcae.headings import PAGES
from pcae.rights import Denied
from pcae.server import live, visitors
from pcae.server.routes import code
from pcae.ui.words import as_text

Draw = TypeVar("Draw", bound=Callable[..., None])

_FEW, _SLOWEST = 10, 4.0  # visitors who may poll as often as one; and how many times as slowly
_FOLDER = Path(__file__).parents[2] / "pages"
TEACHERS = "teacher"  # the page that is the teacher's alone
TITLES = {  # in the order of the navigation
    name: page.title for name, page in PAGES.items() if name != TEACHERS
}
OF_A_RUN = {"explore", "reconstructions", "components", "latent_plane", "draw", "take_home"}
_SCRIPTS = {  # that a page needs first
    "explore": "explorer/explorer.js",
    "draw": "draw/draw.js",
} | dict.fromkeys(
    ("train", "reconstructions", "components", "latent_plane", "linear_pca", "compare"),
    "share/charted.js",
)
_UNSEEN = '<div class="pcae-unseen"></div>'  # before a script: it takes no room on the page
_NAVIGATION, _MENU = '[data-testid="stTopNav"]', '[data-testid="stTopNavSection"]'
_CURRENT = "background:var(--st-secondary-background-color,rgba(128,128,128,.18))"
_STYLE = f"""<style>
:root{{{colors.style()}}}
[data-tag],[data-tag] *{{color:light-dark(#fff,#12161c)!important}}
.stMainBlockContainer{{padding-left:1.5rem;padding-right:1.5rem}}
.stElementContainer:has(.pcae-unseen){{display:none}}
.st-key-step{{padding:.3rem .8rem;gap:.3rem}}
.st-key-step p,.st-key-step li{{font-size:.875rem;line-height:1.4}}
.st-key-step_words{{max-height:max(4.6rem,17vh);overflow-y:auto}}
{_NAVIGATION}>:has([data-testid="stTopNavLink"]){{order:9!important}}
[data-testid="stSidebarNavItems"]{{display:flex;flex-direction:column}}
[data-testid="stSidebarNavItems"]>li{{order:9;margin-top:1rem}}
.pcae-heading{{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 1.1rem}}
.pcae-heading h1{{font-size:1.35rem;line-height:1.3;font-weight:600;padding:0;margin:0}}
.pcae-heading p{{margin:0;line-height:1.4}}
.stElementContainer:has(.pcae-heading){{margin-bottom:-.5rem}}
.stMainBlockContainer h2{{font-size:1.2rem;font-weight:600;padding:.2rem 0}}
:is(.stButton,.stDownloadButton,.stCheckbox) .stMarkdownColoredText{{position:absolute;
 width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}}
[data-testid="stCaptionContainer"]{{color:inherit;opacity:.82}}
[data-testid="stBaseButton-primary"]:not(:disabled){{color:light-dark(#fff,#12161c)}}
.st-key-worth p{{line-height:1.3}}
.stApp:not(:has([data-testid="stToolbar"])) .stMainBlockContainer{{padding-top:56px}}
.stApp:has([data-testid="stSidebar"][data-collapsed="false"]) .st-key-link_bar{{visibility:hidden}}
</style>"""


def fragment(run_every: float | None = None, key: str | None = None) -> Callable[[Draw], Draw]:
    """Like `st.fragment`, with a sentence where what it draws is damaged or deleted meanwhile.

    Drawn again by itself, a fragment is outside of what `frame.py` catches. It has a place of its
    own: Streamlit lets go of what of a fragment it has not sent yet when that is drawn again, and
    sends it behind what follows, which the browser cannot draw where a place is still empty.
    """

    def decorate(draw: Draw) -> Draw:
        @functools.wraps(draw)
        def drawn(*arguments: Any) -> None:
            try:
                draw(*arguments)
            except (DataError, DamagedFile, Denied) as problem:
                st.error(str(problem))

        again = st.fragment(drawn, run_every=run_every, key=key)

        @functools.wraps(draw)
        def placed(*arguments: Any) -> None:
            with st.container():
                again(*arguments)

        return placed  # type: ignore[return-value]

    return decorate


def polled(seconds: float) -> Callable[[Draw], Draw]:
    """Like `fragment`, drawn again by itself every so many seconds: in a large class less often.

    Thirty pages that show the same training would otherwise take a processor for themselves.
    """

    def decorate(draw: Draw) -> Draw:
        @functools.wraps(draw)
        def drawn(*arguments: Any) -> None:
            slower = min(max(1.0, live.here() / _FEW), _SLOWEST)
            fragment(run_every=seconds * slower)(draw)(*arguments)

        return drawn  # type: ignore[return-value]

    return decorate


class PageEnds(Exception):
    """Raised where nothing more is drawn on a page; st.stop() would end the frame too."""


def path(name: str) -> Path:
    """The script of a page, for switching to it."""
    return _FOLDER / f"{name}.py"


def offered() -> list[str]:
    """The names of the pages that there are."""
    return list(PAGES) if visitors.has_class() else list(TITLES)


def navigation(hides: Callable[[str], bool]) -> StreamlitPage:
    """Draw the navigation without the pages that are hidden; the page to show.

    A group is a menu; one with a single page is a link, which stands behind the menus.
    """
    pages = {each: PAGES[each] for each in offered()}

    def is_hidden(each: str) -> bool:  # its address may be typed: then it says whose it is
        return hides(each) or (each == TEACHERS and not rights.teaches())

    shown = [of.group for each, of in pages.items() if not is_hidden(each)]
    groups: dict[str, list[StreamlitPage]] = {}
    for each, of in pages.items():
        # without icons: Streamlit fetches a page's icon from the network for the browser's tab
        page = st.Page(
            path(each),
            title=of.title,
            default=each == "explore",
            visibility="hidden" if is_hidden(each) else "visible",
        )
        groups.setdefault(of.group if shown.count(of.group) > 1 else "", []).append(page)
    page = st.navigation(groups, position="top")
    menus = [group for group in dict.fromkeys(shown) if shown.count(group) > 1]
    _mark(menus, PAGES[name(page)].group)
    st.set_page_config(page_title=f"{page.title} · pcae")
    return page


def _mark(menus: list[str], group: str) -> None:
    """Have the navigation show in which menu the page is."""
    if group in menus:
        place = f"{_NAVIGATION}>:nth-child({menus.index(group) + 1} of :has({_MENU}))"
        st.html(f"<style>{place} {_MENU}{{font-weight:600;{_CURRENT}}}</style>")


def heading(page: StreamlitPage, question: str = "", answer: str = "") -> None:
    """Draw a page's heading, and in the same line what it is for, or the answer to a question."""
    of = PAGES[name(page)]
    beside = f"<b>{escape(answer)}</b>" if answer else escape(of.purpose)
    st.html(
        f'<div class="pcae-heading"><h1>{escape(question or of.heading)}</h1><p>{beside}</p></div>'
    )


def named(label: str, of: str) -> str:
    """The label of a button that is there for each of several things: seen short, heard whole."""
    return f"{label} :gray[{as_text(of)}]"


def name(page: StreamlitPage) -> str:
    """The name of a page's script."""
    return page.url_path or "explore"


def shows_a_run(page: StreamlitPage) -> bool:
    """Whether the page is about the run that is open."""
    return name(page) in OF_A_RUN


def prepare(page: StreamlitPage) -> None:
    """Set the page's margins, and let the browser fetch scripts while the server reads the data.

    Otherwise Plotly is fetched, megabytes of script, when the first chart arrives: too late by half
    a second on the first visit.
    """
    st.html(_STYLE)
    if own := _SCRIPTS.get(name(page)):
        run(own)


def run(script: str) -> None:
    """Have the browser run one of our scripts, once, by its name."""
    # no script within the page: those are not let in, see pcae.server.guard
    st.html(
        f'{_UNSEEN}<script type="module" src="{code()}{script}"></script>',
        unsafe_allow_javascript=True,
    )
