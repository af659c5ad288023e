"""Codes from elsewhere in the place of a network's: bringing them, and taking them away again."""

from __future__ import annotations

import streamlit as st

from pcae.data.apart import reader
from pcae.data.codes import FORMATS, Codes, of_contents
from pcae.data.datasets import DataError, Dataset
from pcae.data.row_orders import ORDERS
from pcae.ui import uploaded
from pcae.ui.words import as_text

_KEPT = "other_codes"  # in the visitor's session alone
_FILE, _PROBLEM = "other_codes_file", "other_codes_problem"
_ORDER = "other_codes_order"


def choose(data: Dataset) -> Codes | None:
    """Draw the control; the codes to show, if the visitor has brought some of this data."""
    codes = st.session_state.get(_KEPT)
    if codes is not None and codes.digest == data.digest:
        st.button(
            "Back to the network",
            icon=":material/close:",
            help="Forget these codes: they are kept in memory alone.",
            on_click=st.session_state.pop,
            args=(_KEPT,),
        )
        if codes.shares or codes.left:
            _say_how(codes, data)
        return st.session_state[_KEPT]
    with st.popover("Other codes", type="tertiary", key="other_codes_popover"):
        _ask(data)
    return None


def _say_how(codes: Codes, data: Dataset) -> None:
    """Say which columns are no axes and in which order the rows were taken; offer the others."""
    order = ORDERS.get(codes.order, "")
    with st.popover(f"Rows: {order.lower()}" if order else "Columns left out", type="tertiary"):
        if codes.shares:
            st.radio(
                "The rows are",
                list(codes.shares),
                list(codes.shares).index(codes.order),
                format_func=lambda of: f"{ORDERS[of]}: {codes.shares[of]:.0%} of neighbours agree",
                key=_ORDER,
                on_change=_reorder,
                args=(codes, data),
            )
            st.caption(
                "Nothing in the file says which digit a row is. Among the codes, neighbours are "
                "mostly of one class: the order in which most of them are was taken at first."
            )
        for clause in codes.left:
            st.markdown(f"{as_text(clause)}.")


def _reorder(codes: Codes, data: Dataset) -> None:
    st.session_state[_KEPT] = codes.in_order(st.session_state[_ORDER], data)


def _ask(data: Dataset) -> None:
    """Offer to bring a file; one that can be read is shown at once."""
    tests = len(data.test)
    st.markdown(
        "**A UMAP or a t-SNE in the second plane?** Bring its codes as a table (CSV, TSV, Excel, "
        "Parquet) or an array (.npy, .npz, safetensors): a row a digit, for the "
        f"{tests:,} test digits or the first of them, or for all {tests + len(data.train):,}. A "
        "column *index* may name the digits instead, a column *label* is checked."
    )
    uploaded.say_too_large()
    file = st.file_uploader(
        "Codes of these digits",
        FORMATS,
        max_upload_size=uploaded.most_megabytes(),
        key=_FILE,
        label_visibility="collapsed",
        on_change=_read,
        args=(data,),
    )
    st.caption("Kept in memory while this tab is open, and written nowhere.")
    if file is not None and (problem := st.session_state.get(_PROBLEM)):
        st.error(as_text(problem))


def _read(data: Dataset) -> None:
    """Read the file that was brought, before the page is drawn."""
    file = st.session_state[_FILE]
    st.session_state.pop(_PROBLEM, None)
    if file is None:
        return
    try:
        contents = reader.contents(file.name, file.getvalue())
        st.session_state[_KEPT] = of_contents(file.name, contents, data)
    except DataError as problem:
        st.session_state[_PROBLEM] = str(problem)
