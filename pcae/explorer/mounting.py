"""Streamlit components whose scripts are fetched over HTTP, once, instead of with every message."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

# Streamlit sends this with every change of the data, so the scripts proper are fetched apart.
_LOADER = """
export default function (component) {
  const { parentElement, data } = component;
  const scripts = import(new URL(data.code + "SCRIPT.js", document.baseURI));
  scripts.then((script) => script.show(component), () => {
    parentElement.textContent = "The page's scripts could not be fetched: reload the page.";
  });
  return () => scripts.then((script) => script.leave(parentElement), () => {});
}
"""


def component(script: str) -> Callable:
    """A component drawn by a script of this folder, by its name without `.js`.

    The script exports `show(component)`, called with every change of the data, and
    `leave(parentElement)`, called when the component may be gone. The data holds, under "code",
    `pcae.explorer.serving.code()`.
    """
    return st.components.v2.component(
        f"pcae_{script}", js=_LOADER.replace("SCRIPT", script), isolate_styles=False
    )
