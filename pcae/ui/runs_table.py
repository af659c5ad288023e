"""The runs there are: open one, tick some to compare, delete one's own."""

from __future__ import annotations

import streamlit as st

from pcae import jobs, store
from pcae.files import DamagedFile
from pcae.store import Run
from pcae.ui import run_picker, shell, training_view

_WIDTHS = [10, 2, 2, 2, 2, 2, 2]
_PAGE = 12


def runs_table() -> None:
    """Draw a row a run, the newest first, and the way to the compared ones side by side below."""
    runs = store.runs()
    st.subheader("Trained networks", anchor=False)
    heads = ("Network", "Epochs", "Test error", "Worth in PCs", "", "", "")
    for column, head in zip(st.columns(_WIDTHS), heads, strict=True):
        column.caption(head)
    shown = runs if len(runs) <= _PAGE or st.session_state.get("all_runs") else runs[:_PAGE]
    waiting = jobs.queue()
    in_training = jobs.place_in_queue(waiting[0]) if waiting else 0
    before = {run.key: in_training + place for place, run in enumerate(waiting)}
    for run in shown:
        _row(run, before.get(run.key, 0), can_move_up=run in waiting[1:])
    if len(runs) > len(shown):
        st.button(
            f"Show all {len(runs)}",
            on_click=lambda: st.session_state.update(all_runs=True),
        )
    _compare(sum(run.key in _ticked() and run.trained for run in runs))


def _ticked() -> set[str]:
    return st.session_state.setdefault("compare", set())


def _row(run: Run, before: int, *, can_move_up: bool) -> None:
    name, epochs, error, worth, opening, ticking, deleting = st.columns(
        _WIDTHS, vertical_alignment="center"
    )
    place = f"{run.key}_{'shipped' if run.shipped else 'own'}"
    try:
        history, status = run.history, jobs.status(run)
        note = "shipped" if run.shipped else status.state if status.state != "finished" else ""
        if status.state == "queued":
            note = f"queued, {before} before it"
        badge = f" :gray-badge[{note}]" if note else ""
        name.markdown(run.title + badge)
        if history:
            epochs.markdown(f"{len(history)}")
            error.markdown(f"{history[-1].test_error:.4f}")
            if (components := run.record.get("equivalent_k")) is not None:
                worth.markdown(f"{components:.1f}")
        if can_move_up:
            worth.button(
                "Move up",
                key=f"move_up_{place}",
                width="stretch",
                on_click=training_view.change,
                args=(jobs.move_up, run),
            )
        if status.state in {"cancelled", "failed", "interrupted"}:
            worth.button(
                "Go on",
                key=f"go_on_{place}",
                width="stretch",
                on_click=training_view.submit,
                args=(run.config,),
            )
    except DamagedFile as problem:
        name.error(str(problem))
        status = store.Status("failed")
    if run.trained:
        if opening.button("Open", key=f"open_{place}", width="stretch"):
            run_picker.choose(run.key)
            st.switch_page(shell.path("explore"))
        ticking.checkbox(
            "Compare",
            run.key in _ticked(),
            key=f"compare_{place}",
            on_change=_toggle,
            args=(run.key,),
        )
    if not run.shipped:
        if status.active:
            deleting.button(
                "Cancel",
                key=f"cancel_{place}",
                width="stretch",
                on_click=training_view.change,
                args=(jobs.cancel, run),
            )
        elif deleting.button("Delete", key=f"delete_{place}", width="stretch"):
            _ask(run)


def _toggle(key: str) -> None:
    _ticked().symmetric_difference_update({key})


@st.dialog("Delete this network?")
def _ask(run: Run) -> None:
    st.write("Its weights and its history are removed from this machine.")
    done = st.button("Delete it", type="primary", on_click=_delete, args=(run,))
    if problem := st.session_state.pop("delete_problem", ""):
        st.error(f"It could not be deleted: {problem}.")
    elif done:
        st.rerun()


def _delete(run: Run) -> None:
    if jobs.active(run):
        st.session_state["delete_problem"] = "it is in training, cancel it first"
        return
    try:
        store.delete(run)
    except FileNotFoundError:
        pass  # another tab was faster
    except OSError as problem:
        st.session_state["delete_problem"] = problem.strerror
    _ticked().discard(run.key)


def _compare(count: int) -> None:
    """The button to the ticked networks side by side."""
    words = f"Compare {count} network{'s' if count > 1 else ''}"
    explained = "Side by side; Reconstructions shows those of the same data too."
    if count and st.button(words, help=explained):
        st.switch_page(shell.path("compare"))
