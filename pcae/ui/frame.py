"""The script of the dashboard: the frame that every page runs in."""

import streamlit as st

from pcae.data.datasets import DataError
from pcae.files import DamagedFile
from pcae.ui import lesson, link, offer, run_picker, shell, tour, undo, visit
from pcae.ui.digits import favicon

st.set_page_config(page_title="pcae: PCA beside the bottleneck", page_icon=favicon(), layout="wide")
link.read()
page = shell.navigation(lesson.hides)
shell.prepare(page)
lesson.open_page(page)
visit.see(shell.name(page))
notice = st.container()
tour.show(page)
undo.show()
try:
    if shell.shows_a_run(page):
        offer.show()
        run_picker.show()
        link.hold_run(run_picker.chosen().config)
    page.run()
except shell.PageEnds:
    pass
except (DataError, DamagedFile) as problem:
    st.error(str(problem))
# not in a `finally`: a drawing that Streamlit breaks off has not used all of the link yet
with notice:
    link.complain(page)
link.show(page)
