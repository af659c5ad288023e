"""Below a page, where teachers of a class log in: the way in, and the way out."""

from __future__ import annotations

import streamlit as st
from streamlit.auth_util import is_authlib_installed
from streamlit.errors import StreamlitAuthError

from pcae import rights
from pcae.server import login, visitors


def show() -> None:
    """Draw it; nothing where nobody logs in."""
    if not (visitors.has_class() and login.wanted()):
        return
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        if st.user.get("is_logged_in"):
            _out(str(st.user.get("email", "")))
        else:
            _in()


def _in() -> None:
    if not st.button("Teacher? Log in", type="tertiary"):
        return
    if not is_authlib_installed():
        st.caption(login.NEEDED)
        return
    try:
        st.login(login.provider())
    except StreamlitAuthError as problem:
        st.caption(f"Streamlit's secrets on the server are not whole: {problem}")


def _out(address: str) -> None:
    words = "the teacher" if rights.teaches() else "no teacher of this class"
    st.text(f"{address} is {words}.")
    st.button("Log out", type="tertiary", on_click=st.logout)
