"""pcae: PCA beside the bottleneck, on real digits. `streamlit run app.py`."""

import streamlit as st

from pcae.datasets import DataError
from pcae.files import DamagedFile
from pcae.ui import run_picker, shell
from pcae.ui.digits import favicon

st.set_page_config(page_title="pcae: PCA beside the bottleneck", page_icon=favicon(), layout="wide")
shell.prepare()

page = shell.navigation()
try:
    if page.title != "Train":
        run_picker.show()
    shell.run(page)
except (DataError, DamagedFile) as problem:
    st.error(str(problem))
