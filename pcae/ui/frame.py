"""The script of the dashboard: the frame that every page runs in."""

import streamlit as st

from pcae.datasets import DataError
from pcae.files import DamagedFile
from pcae.ui import run_picker, shell, tour
from pcae.ui.digits import favicon

st.set_page_config(page_title="pcae: PCA beside the bottleneck", page_icon=favicon(), layout="wide")
page = shell.navigation()
shell.prepare(page)
tour.show(page)
try:
    if shell.shows_a_run(page):
        run_picker.show()
    page.run()
except (DataError, DamagedFile) as problem:
    st.error(str(problem))
