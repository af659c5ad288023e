"""Draw: a digit of one's own in both planes, what each makes of it, and its neighbours."""

import streamlit as st

from pcae.names import SIDE
from pcae.ui import component
from pcae.ui.run_picker import chosen

opened = chosen()
if opened.view.data.shape == (SIDE, SIDE):
    component.draw(opened.run, opened.view)
else:
    st.info(
        f"Drawings are brought into MNIST's form, {SIDE}×{SIDE} pixels, and this network's data is "
        "of another: choose a network of such pictures."
    )
