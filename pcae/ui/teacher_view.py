"""What the page Teacher shows: who is here, what was answered, what trains, and what holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from html import escape
from urllib.parse import quote, urlsplit

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pcae import names, rights, rules, store
from pcae.classroom import keys, room, shelf
from pcae.classroom.lessons import Lesson, Question
from pcae.classroom.markdown import plain, plain_line
from pcae.data.datasets import DataError
from pcae.figures.bottlenecks import Bottleneck, error_by_components
from pcae.files import DamagedFile
from pcae.presets import short_name
from pcae.rights import Denied
from pcae.server import announcing, live, loading, login, machine, progress
from pcae.server.visitors import PARAMETER
from pcae.store import Run
from pcae.training import clearing, jobs
from pcae.ui import room_view, shell, training_view, undo
from pcae.ui.charts import chart
from pcae.ui.tables import table
from pcae.ui.words import as_text

_LIVE_SECONDS = 3.0
_CHART_HEIGHT = 400
_MOST_WAITING = 12
_NO_NETWORKS = "No student has trained a network yet: each appears here as a dot."
_NO_LESSON = "No lesson is open for all. Open one on the page Lessons."
_CLEAR = (
    "The students’ networks and data go for good, trainings are cancelled, and so do the lesson "
    "that is open for all and all answers. What is yours stays."
)
_WARNING = "Whoever has this link is the teacher: show it to nobody."
_LIMITS = {
    "training": "Epochs × parameters of a network",
    "steps": "Steps of a training",
    "waiting": "Networks of a student that wait or train",
    "queue": "Networks of all students that wait",
    "networks": "Networks that a student keeps",
    "sweeps": "Grids of networks",
    "uploads": "Data sets that a student keeps",
    "upload_mb": "MB of a file that a student brings",
    "uploads_mb": "MB of all students’ data",
    "upload_hours": "Hours after which these are removed",
    "making": "Files of a student in the making",
}


# ---------------------------------------------------------------------- the room


@room_view.fragment
def lesson() -> None:
    """The lesson that is open for all, with how many have answered each of its questions."""
    st.header("Lesson", anchor=False)
    key = room.now().lesson
    found = shelf.find(key) if key else None
    if found is None:
        st.markdown(_NO_LESSON)
        return
    title, end = st.columns([5, 2], vertical_alignment="center")
    title.markdown(f"**{plain_line(found.title)}**")
    end.button("End it", key="end_lesson", width="stretch", on_click=room.open_lesson, args=("",))
    asked = _questions(key, found)
    if not asked:
        st.caption("It asks nothing.")
    for name, question in asked:
        _question(name, question)


def _questions(key: str, of: Lesson) -> list[tuple[str, Question]]:
    """The questions of a lesson, by what they are called in the room."""
    steps = enumerate(of.steps, 1)
    return [(f"{key}/{number}", step.question) for number, step in steps if step.question]


def _question(name: str, of: Question) -> None:
    words, button = st.columns([5, 2], vertical_alignment="center")
    count = room.count(name)
    among = max(count, live.here())
    words.markdown(f"{plain(of.words)}  \n:small[**{count}** of {among} have answered]")
    closed = name in room.now().closed
    label = "Open again" if closed else "Close"
    button.button(
        shell.named(label, name),
        key=f"close_{name}",
        width="stretch",
        on_click=_close,
        args=(name, not closed),
    )


def _close(name: str, closed: bool) -> None:
    room.close(name, closed=closed)


# ---------------------------------------------------------------------- networks


@shell.fragment(run_every=_LIVE_SECONDS)
def networks() -> None:
    """Who is here, and each student's latest network as a dot: drawn as it changes."""
    students = progress.latest()
    _figures(len(students))
    _picture(students)


def _figures(networks: int) -> None:
    """What is so in numbers, in one line."""
    here = live.here()
    found = [
        (f"{here}", "student is here" if here == 1 else "students are here"),
        (f"{networks}", "has a network" if networks == 1 else "have a network"),
    ]
    if disk := machine.fullest_disk():
        found.append((f"{disk.taken:.0%}", f"of the fullest disk, {disk.free / 1e9:.0f} GB free"))
    if memory := machine.memory():
        of_both = ", ".join(f"{memory[of] / 1e6:,.0f} MB {of}" for of in ("server", "training"))
        taken = 1 - memory["free"] / memory["all"]
        found.append((f"{taken:.0%}", f"of the memory: {of_both}"))
    parts = "".join(f"<li><b>{escape(of)}</b> {escape(words)}</li>" for of, words in found)
    st.html(f'{_STYLE}<ul class="pcae-figures">{parts}</ul>')


_STYLE = """<style>
.pcae-figures{display:flex;flex-wrap:wrap;gap:.1rem 2rem;list-style:none}
.pcae-figures,.pcae-figures li{margin:0!important;padding:0!important}
.pcae-figures b{font-size:1.35rem;font-variant-numeric:tabular-nums}
[class*="st-key-queued_"]{flex-wrap:nowrap!important}
[class*="st-key-queued_"] .stMarkdown p{line-height:1.3}
</style>"""


def _picture(students: list[progress.Latest]) -> None:
    st.header("Each student’s latest network", anchor=False)
    if not students:
        st.markdown(_NO_NETWORKS)
        return
    dataset = Counter(of.dataset for of in students).most_common(1)[0][0]
    try:
        pca = loading.view(dataset).pca
    except DataError as problem:
        st.error(str(problem))
        return
    shown = [of for of in students if of.dataset == dataset]
    dots = [Bottleneck(of.name, of.k, of.error, of.equivalent_k) for of in shown]
    figure = error_by_components(pca.train_error, pca.test_error, dots, None)
    chart(figure, "students", "PCA’s error, and each student’s network", _CHART_HEIGHT, csv=False)
    best = max(shown, key=lambda of: of.equivalent_k)
    words = (
        f"On {as_text(names.title(dataset))}. The best is worth {best.equivalent_k:.1f} components."
    )
    if left := len(students) - len(shown):
        words += f" {left} of other data {'is' if left == 1 else 'are'} not drawn."
    st.caption(words)


@shell.fragment(run_every=_LIVE_SECONDS)
def queue() -> None:
    """What trains and what waits, drawn as it changes, with what the teacher can do about it."""
    waiting = jobs.queue()
    title, pause = st.columns([5, 3], vertical_alignment="center")
    title.header("Training", anchor=False)
    paused = jobs.paused()
    label = "Go on" if paused else "Pause"
    act, given = training_view.change, (jobs.pause, not paused)
    pause.button(label, "pause", width="stretch", on_click=act, args=given)
    if paused:
        st.markdown("The queue is paused: what is in training goes on, and nothing begins.")
    running = [run for run in store.all_runs() if _state(run) == "running"]
    for run in running:
        _run(run, f"Epoch {_epoch(run)}", [("Cancel", jobs.cancel)])
    for place, run in enumerate(waiting[:_MOST_WAITING], 1):
        moves = [("First", jobs.move_first), ("Up", jobs.move_up)] if place > 1 else []
        _run(run, f"No. {place}", [*moves, ("Cancel", jobs.cancel)])
    if len(waiting) > _MOST_WAITING:
        st.caption(f"{len(waiting) - _MOST_WAITING} more wait.")
    if not running and not waiting:
        st.markdown("Nothing trains, and nothing waits.")
    if refused := st.session_state.get("train_problem"):
        st.error(refused)


def _state(run: Run) -> str:
    try:
        return run.status.state
    except DamagedFile:
        return ""


def _epoch(run: Run) -> str:
    try:
        return f"{run.status.epoch} of {run.config.epochs}"
    except DamagedFile:
        return "?"


def _run(run: Run, place: str, acts: list[tuple[str, Callable[[Run], None]]]) -> None:
    """One that trains or waits, with what the teacher can do about it."""
    try:
        name, short = run.config.name, short_name(run.config)
    except DamagedFile:
        name = short = run.key
    key = f"queued_{run.key}"
    with st.container(key=key, horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(f":small[{place}: {as_text(short)}]", width="stretch")
        for label, act in acts:
            st.button(
                shell.named(label, name),
                key=f"{label.lower()}_{run.key}",
                on_click=training_view.change,
                args=(act, run),
            )


# ---------------------------------------------------------------------- what holds


def addresses() -> None:
    """Where students find the class, and the teacher's link."""
    st.header("Address", anchor=False)
    base = _base()
    if base:
        picture, words = st.columns([1, 2], vertical_alignment="center")
        source = f"./explorer/qr?text={quote(base, safe='')}"
        picture.html(f'<img src="{source}" alt="The address as a QR code" width="150">')
        words.markdown(f"Students open **{base}**")
    else:
        st.markdown("Students need this server’s address in the network, which it cannot tell.")
    if login.wanted():
        st.caption("Teachers log in; who they are stands in class.toml.")
    else:
        _teachers_link(st.container(), base)


def _base() -> str:
    """The app's address for others; "" where nothing says it."""
    shown = st.context.url or ""
    host = urlsplit(shown).hostname or ""
    if host and host not in {"localhost", "127.0.0.1", "::1"}:
        return shown.partition("?")[0].removesuffix("/").removesuffix("/teacher") + "/"
    return next((f"{each}/" for each in announcing.addresses()), "")


def _teachers_link(place: DeltaGenerator, base: str) -> None:
    with place.popover("The teacher’s link", width="stretch"):
        st.markdown(_WARNING)
        st.code(f"{base}?{PARAMETER}={keys.token()}", language=None, wrap_lines=True)
        if st.button("New teacher’s link", key="new_link"):
            _renew(base)


@st.dialog("New teacher’s link")
def _renew(base: str) -> None:
    st.write("The link until now, and every browser that came with it, is the teacher’s no more.")
    if not st.button("Make it", key="make_link", type="primary", on_click=_make_link):
        return
    if refused := st.session_state.pop("link_refused", ""):
        st.error(refused)
    else:
        link = f"./?{PARAMETER}={keys.token()}"
        st.html(f'<a href="{link}" target="_self">Open the new link here</a> to go on teaching.')
        st.code(f"{base}{link[2:]}", language=None, wrap_lines=True)


def _make_link() -> None:
    try:
        rights.only_teacher("A new link is made")
        keys.renew()
    except Denied as problem:  # the link was renewed elsewhere while this page was open
        st.session_state["link_refused"] = str(problem)


def limits() -> None:
    """What a student may."""
    st.header("Limits", anchor=False)
    held = rules.current()
    lines = [
        [_LIMITS[field.name], _said(getattr(held, field.name))]
        for field in fields(held)
        if field.name in _LIMITS
    ]
    table(["A student may", ""], lines)
    st.caption(f"A line of {rules.path()} changes one.")
    if problem := rules.problem():
        st.warning(problem)


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def clear() -> None:
    """Offer to clear the room."""
    if st.button("Clear the room", key="clear_room", icon=":material/delete_sweep:"):
        undo.ask("Clear the room?", _CLEAR, "Clear the room", _clear)


def _clear() -> None:
    clearing.clear_room()
    shelf.clear_drafts()
    room.clear()
