"""The line at the top of a page that says which digits are shown when it is not the full set."""

from __future__ import annotations

import streamlit as st

from pcae.config import DATASETS
from pcae.ui import loading


def data_notice(name: str, view: loading.View) -> None:
    """Say plainly that the sample stands in for a data set, fetch that, and offer it."""
    if view.problem is None:
        return
    download = loading.download(name)
    with st.container(border=True, key="data_notice"):
        st.markdown(
            f":material/info: **{len(view.data.train) + len(view.data.test):,} real MNIST digits "
            f"stand in for the full {DATASETS[name]}.** PCA is fitted on {len(view.data.train):,} "
            f"of them and {len(view.data.test):,} are shown; the networks that ship were trained "
            "on MNIST's training images, which include these."
        )
        if download and download.running:
            _watch(name)
        elif download and download.done:
            _offer(name)
        else:
            _retry(name, download.problem if download else view.problem)


@st.fragment(run_every=2)
def _watch(name: str) -> None:
    download = loading.download(name)
    if download is None or not download.running:
        st.rerun(scope="app")
    st.caption(f"The full {DATASETS[name]} is being downloaded; go on meanwhile.")


def _offer(name: str) -> None:
    if st.button(f"The full {DATASETS[name]} has arrived: use it", type="primary"):
        loading.view.clear()
        loading.download.clear()
        st.rerun()


def _retry(name: str, problem: str) -> None:
    words, button = st.columns([6, 1], vertical_alignment="center")
    words.caption(problem)
    if button.button("Try again", width="stretch", key=f"retry_{name}"):
        loading.view.clear()
        loading.download.clear()
        st.rerun()
