"""The runs there are: open one, tick some to compare, delete one's own."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pcae import removal, store
from pcae.files import DamagedFile
from pcae.store import Run
from pcae.training import jobs
from pcae.ui import run_picker, shell, training_view, undo

_WIDTHS = [10, 2, 2, 2, 2, 2, 2]
_PAGE = 12


def runs_table() -> None:
    """Draw a row a run, the newest first, and above them the way to those ticked, side by side."""
    trained = store.trained_runs()
    first: dict[str, Run] = {}  # one's own, where a shipped one is being trained again
    for run in store.runs():
        first.setdefault(run.key, run)
    runs = list(first.values())
    heading, compare = st.columns([5, 2], vertical_alignment="bottom")
    heading.subheader("Trained networks", anchor=False)
    with compare:
        _compare(sum(key in trained for key in _ticked()))
    heads = ("Network", "Epochs", "Test error", "Worth in PCs", "", "", "")
    for column, head in zip(st.columns(_WIDTHS), heads, strict=True):
        column.caption(head)
    titles = run_picker.titles([trained.get(run.key, run) for run in runs])
    shown = runs if len(runs) <= _PAGE or st.session_state.get("all_runs") else runs[:_PAGE]
    waiting = jobs.queue()
    in_training = jobs.place_in_queue(waiting[0]) if waiting else 0
    before = {run.key: in_training + place for place, run in enumerate(waiting)}
    for run in shown:
        shows = trained.get(run.key, run)
        _row(run, shows, titles[run.key], before.get(run.key, 0), can_move_up=run in waiting[1:])
    if len(runs) > len(shown):
        st.button(
            f"Show all {len(runs)}",
            on_click=lambda: st.session_state.update(all_runs=True),
        )


def _ticked() -> set[str]:
    return st.session_state.setdefault("compare", set())


def _row(run: Run, shows: Run, title: str, before: int, *, can_move_up: bool) -> None:
    """A run's row, with the figures of the one with its key that a page opens."""
    name, epochs, error, worth, opening, ticking, deleting = st.columns(
        _WIDTHS, vertical_alignment="center"
    )
    place = f"{run.key}_{'shipped' if run.shipped else 'own'}"
    try:
        history, status = shows.history, jobs.status(run)
        notes = ["shipped"] if shows.shipped else []
        if status.state == "queued":
            notes.append(f"queued, {before} before it")
        elif status.state != "finished":
            notes.append(status.state)
        badges = "".join(f" :gray-badge[{note}]" for note in notes)
        name.markdown(f"**{title}**{badges}  \n:small[{shows.config.name}]")
        if history:
            epochs.markdown(f"{len(history)}")
            error.markdown(f"{history[-1].test_error:.4f}")
        can_go_on = status.state in {"cancelled", "failed", "interrupted"}
        components = shows.record.get("equivalent_k")
        if components is not None and not (can_move_up or can_go_on):  # whose buttons stand there
            worth.markdown(f"{components:.1f}")
        if can_move_up:
            _button(worth, "Move up", place, training_view.change, jobs.move_up, run)
        if can_go_on:
            _button(worth, "Go on", place, training_view.submit, run.config)
    except DamagedFile as problem:
        name.error(str(problem))
        status = store.Status("failed")
    if shows.trained:
        if opening.button("Open", key=f"open_{place}", width="stretch"):
            run_picker.choose(run.key)
            st.switch_page(shell.path("explore"))
        ticking.checkbox(
            "Compare",
            run.key in _ticked(),
            key=f"compare_{place}",
            on_change=_tick,
            args=(run.key, f"compare_{place}"),
        )
    if not run.shipped:
        _draw_removal(deleting, place, run, title, status)


def _button(column: DeltaGenerator, label: str, place: str, act: Callable, *arguments: Any) -> None:
    """A button in a run's row that acts before the page is drawn again."""
    key = f"{label.lower().replace(' ', '_')}_{place}"
    column.button(label, key=key, width="stretch", on_click=act, args=arguments)


def _draw_removal(
    column: DeltaGenerator, place: str, run: Run, title: str, status: store.Status
) -> None:
    """The button that cancels a training of one's own, or deletes it."""
    if status.active:
        _button(column, "Cancel", place, training_view.change, jobs.cancel, run)
    elif column.button("Delete", key=f"delete_{place}", width="stretch"):
        undo.ask(
            "Delete this network?",
            f"{title}: its weights and its history are removed from this machine.",
            "Delete it",
            lambda: _delete(run, title),
        )


def _tick(key: str, box: str) -> None:
    """Take over what a box shows."""
    (_ticked().add if st.session_state[box] else _ticked().discard)(key)


def _delete(run: Run, title: str) -> None:
    if jobs.active(run):
        raise OSError("it is in training, cancel it first")
    with contextlib.suppress(FileNotFoundError):  # another tab was faster
        undo.offer(f"{title} is deleted.", removal.set_aside(run.folder))
    _ticked().discard(run.key)


def _compare(count: int) -> None:
    """The button to the ticked networks side by side."""
    words = f"Compare {count} network{'s' if count > 1 else ''}"
    explained = "Side by side; Reconstructions shows those of the same data too."
    if count and st.button(words, key="compare_ticked", help=explained, width="stretch"):
        st.switch_page(shell.path("compare"))
