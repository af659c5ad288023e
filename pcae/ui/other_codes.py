"""Codes from elsewhere in the place of a network's: bringing them, and taking them away again."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pcae.data.apart import reader
from pcae.data.codes import FORMATS, Codes, of_contents
from pcae.data.datasets import DataError, Dataset
from pcae.data.row_orders import ORDERS
from pcae.ui import uploaded
from pcae.ui.words import as_text

_KEPT = "other_codes"  # in the visitor's session alone
_FILE, _PROBLEM = "other_codes_file", "other_codes_problem"
_ORDER = "other_codes_order"


def choose(data: Dataset, room: DeltaGenerator) -> Codes | None:
    """Draw the control into the room for it; the codes to show, if the visitor has brought some.

    There are none of another data set, and none until their order is known: that is asked below.
    """
    codes = st.session_state.get(_KEPT)
    if codes is None or codes.digest != data.digest:
        with room, st.popover("Other codes", type="tertiary", key="other_codes_popover"):
            _ask(data)
        return None
    room.button(
        "Back to the network",
        icon=":material/close:",
        help="Forget these codes: they are kept in memory alone.",
        on_click=st.session_state.pop,
        args=(_KEPT,),
    )
    if codes.is_asked:
        with st.container(border=True, key="other_codes_asked"):
            _say_order(codes, data)
        return None
    if codes.shares or codes.left:
        label = ORDERS[codes.order].lower() if codes.order else ""
        with room.popover(f"Rows: {label}" if label else "Columns left out", type="tertiary"):
            if codes.shares:
                _say_order(codes, data)
            _say_left(codes)
    return codes


def _say_order(codes: Codes, data: Dataset) -> None:
    """Say in which order the rows were taken and what speaks for it, or ask; offer the others."""
    words = {of: ORDERS[of] for of in codes.shares}
    if data.labelled:
        words = {of: f"{words[of]}: {codes.shares[of]:.0%} of neighbours agree" for of in words}
    if len(words) > 1:
        st.radio(
            f"The rows of {as_text(codes.title)} are",
            list(words),
            None if codes.is_asked else list(words).index(codes.order),
            format_func=words.__getitem__,
            key=_ORDER,
            on_change=_reorder,
            args=(codes, data),
        )
    else:
        st.markdown(words[codes.order])
    st.caption(as_text(codes.why))


def _say_left(codes: Codes) -> None:
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
