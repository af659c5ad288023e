"""pcae: PCA beside the bottleneck, on real digits. `streamlit run app.py`."""

import streamlit as st

from pcae.ui import run_picker

st.set_page_config(
    page_title="pcae: PCA beside the bottleneck",
    layout="wide",
    initial_sidebar_state="collapsed",
)
st.html("<style>.stMainBlockContainer{padding-left:1.5rem;padding-right:1.5rem}</style>")

EXPLORE = st.Page("pages/explore.py", title="Explore", icon=":material/scatter_plot:", default=True)
TRAIN = st.Page("pages/train.py", title="Train", icon=":material/model_training:")
RECONSTRUCTIONS = st.Page(
    "pages/reconstructions.py", title="Reconstructions", icon=":material/grid_on:"
)

page = st.navigation([EXPLORE, TRAIN, RECONSTRUCTIONS], position="top")
if page != TRAIN:
    run_picker.show()
page.run()
