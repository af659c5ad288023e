"""The line on *Train* that says on which cluster is trained, where one is named."""

from __future__ import annotations

import re

import streamlit as st

from pcae import rights
from pcae.cluster import told
from pcae.cluster.told import Told
from pcae.counts import counted
from pcae.training import named
from pcae.ui import shell

_POLL_SECONDS = 3
_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~:$])")  # that Markdown takes for more than text
_MOST_REFUSED = 3  # that are told


def notice() -> None:
    """Say that a cluster trains, and what is wrong with it; nothing where none is named."""
    if named.scheduler():
        _notice()


@shell.polled(_POLL_SECONDS)
def _notice() -> None:
    found = told.read()
    if found is None:
        return
    st.caption(f":material/hub: {_count(found)}")
    if found.problem:
        st.warning(_plain(found.problem))
    if rights.teaches():  # a class has nothing to do with it
        for refused in found.refused[:_MOST_REFUSED]:
            st.caption(f":material/warning: {_plain(refused)}")


def _count(found: Told) -> str:
    if found.problem or not found.workers:
        return "Trains on a cluster"
    workers = counted(found.workers, "worker")
    gpus = f", {found.gpus} with a GPU" if found.gpus else ""
    if found.gpus == found.workers:
        gpus = ", with a GPU" if found.workers == 1 else ", each with a GPU"
    return f"Trains on a cluster: {workers}{gpus}"


def _plain(words: str) -> str:
    return _SIGNS.sub(r"\\\1", words)
