"""The runs there are: open one, tick some to compare, delete one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pcae import rights, store
from pcae.files import DamagedFile, is_there
from pcae.store import Run
from pcae.training import jobs
from pcae.ui import run_picker, shell, training_view, undo
from pcae.ui.words import as_text

_WIDTHS = [8, 2, 2, 2, 2, 3, 2]
_PAGE, _MORE = 12, 60
_TITLE = "Trained networks"
_NETWORK, _EPOCHS, _ERROR, _WORTH = "Network", "Epochs", "Test error", "Worth in components"
_QUEUED = "queued, {before} before it"
_COMPARED = "Side by side; Reconstructions shows those of the same data too."
_ASK = "{title}: its weights and its history are removed from this machine."
_DELETED = "{title} is deleted."
_LEFT = "{title} is not yours any more: others asked for it too, and keep it."
# on a phone each row is a card, and each figure has its label
_STYLE = """<style>
.pcae-figure{font-variant-numeric:tabular-nums}
@media (max-width:640px){
.st-key-runs_heads{display:none}
.st-key-runs .stHorizontalBlock{gap:.2rem .9rem;align-items:center;
 border-top:1px solid rgba(128,128,128,.3);padding-top:.6rem}
.st-key-runs .stColumn{flex:0 1 auto!important;width:auto!important;min-width:0!important}
.st-key-runs .stColumn:first-child{flex-basis:100%!important}
.st-key-runs .stColumn:not(:has(.stElementContainer)){display:none}
.pcae-figure::before{content:attr(data-label) " ";opacity:.8}
}
</style>"""


def runs_table() -> None:
    """Draw a row a run, the newest first, and above them the way to those ticked, side by side."""
    every = store.runs()
    trained = store.trained_runs(every)
    first: dict[str, Run] = {}  # one's own, where a shipped one is being trained again
    for run in every:
        first.setdefault(run.key, run)
    runs = list(first.values())
    heading, compare = st.columns([5, 2], vertical_alignment="bottom")
    heading.header(_TITLE, anchor=False)
    with compare:
        _compare(sum(key in trained for key in _ticked()))
    st.html(_STYLE)
    with st.container(key="runs_heads"):
        heads = (_NETWORK, _EPOCHS, _ERROR, _WORTH, "", "", "")
        for column, head in zip(st.columns(_WIDTHS), heads, strict=True):
            column.caption(head)
    shown = runs[: st.session_state.get("runs_shown", _PAGE)]
    titles = run_picker.titles([trained.get(run.key, run) for run in shown])
    waiting = jobs.queue()
    in_training = jobs.place_in_queue(waiting[0]) if waiting else 0
    before = {run.key: in_training + place for place, run in enumerate(waiting)}
    with st.container(key="runs"):
        for run in shown:
            shows, place = trained.get(run.key, run), before.get(run.key, 0)
            past = waiting[waiting.index(run) - 1] if run in waiting[1:] else None
            _row(run, shows, titles[run.key], place, past)
    if len(runs) > len(shown):
        more = len(shown) + _MORE  # a row has a dozen elements, and a class hundreds of networks
        st.button(
            f"Show all {len(runs)}" if len(runs) <= more else f"Show {_MORE} more of {len(runs)}",
            on_click=lambda: st.session_state.update(runs_shown=more),
        )


def _ticked() -> set[str]:
    return st.session_state.setdefault("compare", set())


def _row(run: Run, shows: Run, title: str, before: int, past: Run | None) -> None:
    """A run's row, with the figures of the one with its key that a page opens.

    `past` is the run that it would overtake in the queue, if there is one.
    """
    name, epochs, error, worth, opening, ticking, deleting = st.columns(
        _WIDTHS, vertical_alignment="center"
    )
    place = f"{run.key}_{'shipped' if run.shipped else 'own'}"
    try:
        history, status = shows.history, jobs.status(run)
        notes = ["shipped"] if shows.shipped else []
        if status.state == "queued":
            notes.append(_QUEUED.format(before=before))
        elif status.state != "finished":
            notes.append(status.state)
        badges = "".join(f" :gray-badge[{note}]" for note in notes)
        name.markdown(f"**{as_text(title)}**{badges}  \n:small[{as_text(shows.config.name)}]")
        if history:
            _figure(epochs, _EPOCHS, f"{len(history)}")
            _figure(error, _ERROR, f"{history[-1].test_error:.4f}")
        can_go_on = status.state in {"cancelled", "failed", "interrupted"}
        components = shows.record.get("equivalent_k")
        if components is not None and not (past or can_go_on):  # whose buttons stand there
            _figure(worth, _WORTH, f"{components:.1f}")
        if past:
            own = rights.is_own(run.folder) and rights.is_own(past.folder)
            change = (training_view.change, jobs.move_up, run)
            _button(worth, "Move up", title, place, *change, own=own)
        if can_go_on:
            _button(worth, "Go on", title, place, training_view.submit, run.config)
    except DamagedFile as problem:
        name.error(str(problem))
        status = store.Status("failed")
    if shows.trained:
        if opening.button(shell.named("Open", title), key=f"open_{place}", width="stretch"):
            run_picker.choose(run.key)
            st.switch_page(shell.path("explore"))
        ticking.checkbox(
            shell.named("Compare", title),
            run.key in _ticked(),
            key=f"compare_{place}",
            on_change=_tick,
            args=(run.key, f"compare_{place}"),
        )
    if not run.shipped:
        _draw_removal(deleting, place, run, title, status)


def _figure(column: DeltaGenerator, label: str, text: str) -> None:
    """A figure in a run's row; its label is drawn where the heads are not."""
    column.html(f'<span class="pcae-figure" data-label="{label}">{text}</span>')


def _button(
    column: DeltaGenerator,
    label: str,
    title: str,
    place: str,
    act: Callable,
    *arguments: Any,
    own: bool = True,
) -> None:
    """A button in a run's row that acts before the page is drawn again."""
    column.button(
        shell.named(label, title),
        key=f"{label.lower().replace(' ', '_')}_{place}",
        width="stretch",
        on_click=act,
        args=arguments,
        disabled=not own,
        help=None if own else training_view.NOT_OWN,
    )


def _draw_removal(
    column: DeltaGenerator, place: str, run: Run, title: str, status: store.Status
) -> None:
    """The button that cancels a training of one's own, or deletes it."""
    own = rights.is_own(run.folder)
    if status.active:
        _button(column, "Cancel", title, place, training_view.change, jobs.cancel, run, own=own)
    elif column.button(
        shell.named("Delete", title),
        key=f"delete_{place}",
        width="stretch",
        disabled=not own,
        help=None if own else training_view.NOT_OWN,
    ):
        undo.ask(
            "Delete this network?",
            _ASK.format(title=as_text(title)),
            "Delete it",
            lambda: _delete(run, title),
        )


def _tick(key: str, box: str) -> None:
    """Take over what a box shows."""
    (_ticked().add if st.session_state[box] else _ticked().discard)(key)


def _delete(run: Run, title: str) -> None:
    undo.offer(_DELETED.format(title=as_text(title)), jobs.remove(run))
    if is_there(run.folder):
        st.toast(_LEFT.format(title=as_text(title)))
    _ticked().discard(run.key)


def _compare(count: int) -> None:
    """The button to the ticked networks side by side."""
    words = f"Compare {count} network{'s' if count > 1 else ''}"
    if count and st.button(words, key="compare_ticked", help=_COMPARED, width="stretch"):
        st.switch_page(shell.path("compare"))
