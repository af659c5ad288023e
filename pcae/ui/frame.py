"""The script of the dashboard: the frame that every page runs in."""

from collections.abc import Callable

import streamlit as st

from pcae.data.datasets import DataError
from pcae.files import DamagedFile
from pcae.rights import Denied
from pcae.ui import (
    course,
    hidden,
    link,
    offer,
    room_view,
    run_picker,
    shell,
    steps,
    teachers,
    undo,
    uploaded,
    visit,
)
from pcae.ui.digits import favicon


def open_run() -> None:
    """Draw what is above a page about a run."""
    offer.show()
    run_picker.show(answered=asks, veiled=course.hides_worth())
    link.hold_run(run_picker.chosen().config)


def goes_on(draw: Callable[[], None]) -> bool:
    """Draw a part of the page; whether more is to come below it."""
    try:
        draw()
        return True
    except shell.PageEnds:
        return False
    except (DataError, DamagedFile, Denied) as problem:
        st.error(str(problem))
        return False


st.set_page_config(page_title="pcae", page_icon=favicon(), layout="wide")
link.read()
page = shell.navigation(hidden.hides)
room_view.begin(shell.name(page))
link.resume()
asks = shell.name(page) == "explore"  # and answers beside it
shell.prepare(page)
hidden.open_page(page)
visit.see(shell.name(page))
uploaded.look()
heading, notice = st.container(), st.container()
goes_on(lambda: steps.show(page))
undo.show()
more = goes_on(open_run) if shell.shows_a_run(page) else True
with heading:
    shell.heading(page, *(run_picker.question() if asks and more else ()))
if more:
    goes_on(page.run)
# not in a `finally`: a drawing that Streamlit breaks off has not used all of the link yet
with notice:
    link.complain(page)
with st.container(key="link_bar"):
    room_view.watch()
    link.show(page)
teachers.show()
room_view.end()
