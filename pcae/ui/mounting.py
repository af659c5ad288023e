"""Streamlit components whose scripts are fetched over HTTP, once, instead of with every message."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import streamlit as st

# Streamlit sends this with every change of the data, so the scripts proper are fetched apart.
_LOADER = """
export default function (component) {
  const { parentElement } = component;
  const data = JSON.parse(component.data[0]);
  const address = new URL(data.code + "SCRIPT.js", document.baseURI);
  const scripts = import(address);
  const told = { ...component, data };
  scripts.then((script) => script.show(told), () => explain(parentElement, address));
  return () => scripts.then((script) => script.leave(parentElement), () => {});
}

const RELOAD = "A script of this page could not be fetched: reload the page.";
const SILENT = "The server does not answer: see whether it still runs, then reload the page.";
const ASTRAY =
  "The addresses under “explorer/” and “files/” here do not lead to pcae: whoever set " +
  "up the server has to pass them on, as docs/class.md tells.";

/** Say, once a page, why there is no script, and what helps. */
async function explain(place, address) {
  if (document.querySelector(".pcae-unfetched")) return;
  const words = document.createElement("p");
  words.className = "pcae-unfetched";
  place.replaceChildren(words);
  const answer = await fetch(address, { method: "HEAD" }).catch(() => null);
  const ours = answer && /javascript|plain/.test(answer.headers.get("Content-Type"));
  words.textContent = ours ? RELOAD : answer ? ASTRAY : SILENT;
}
"""


def component(script: str) -> Callable:
    """A component drawn by a script of `pcae/browser`, by its path without `.js`.

    The script exports `show(component)`, called with every change of the data, and
    `leave(parentElement)`, called when the component may be gone. The data holds, under "code",
    `pcae.server.routes.code()`.
    """
    mount = st.components.v2.component(
        f"pcae_{script.rpartition('/')[2]}",
        js=_LOADER.replace("SCRIPT", script),
        isolate_styles=False,
    )

    # as text, in a tuple: all else Streamlit writes twice, and imports pandas to look at it
    def draw(*, data: dict[str, Any], **options: Any) -> Any:
        return mount(data=(json.dumps(data),), **options)

    return draw
