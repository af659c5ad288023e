"""pcae: PCA beside the bottleneck, on real digits. `streamlit run app.py`."""

import streamlit as st

from pcae.explorer.serving import routes

app = st.App("pcae/ui/frame.py", routes=routes())
