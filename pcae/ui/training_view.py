"""A training as it goes: progress, time left, and losses against PCA's errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pcae import rights, store
from pcae.config import RunConfig
from pcae.counts import counted
from pcae.data.datasets import DataError
from pcae.figures import losses
from pcae.figures.charts import Curve, Figure, learning_curves, plane
from pcae.figures.codes import Coded
from pcae.files import DamagedFile
from pcae.methods import metrics
from pcae.methods.metrics import equivalent_k
from pcae.methods.pca import PCA
from pcae.presets import short_name
from pcae.rights import Denied
from pcae.server import loading
from pcae.store import FRAME_DIGITS, EpochRecord, Run, Status
from pcae.training import estimate, jobs
from pcae.training.jobs import JobError
from pcae.ui import charts, run_picker, shell
from pcae.ui.words import as_text

NOT_OWN = "Another visitor asked for it: this is left to them and to the teacher."
_PAUSED = "The teacher has paused the queue."
_PARTS = (
    "The training loss is the left and {beta}/{inputs} times the right: how well an image is "
    "rebuilt from a code that is drawn for it, and how far the distribution of that code is from "
    "the standard normal one."
)
_POLL_SECONDS = 0.4
_SMOOTHED = 5  # reports
_HEIGHT = 280  # of the curve and of the codes


def summary(config: RunConfig) -> str:
    """What a config comes to: its name, its parameters and how long it may take, if it may."""
    words = f"**{as_text(short_name(config))}**  \n:small[{as_text(config.name)}; "
    words += f"{config.parameters:,} parameters; "
    if is_trained(config):
        return words + "trained already.]"
    whole = estimate.seconds([config])
    if whole and config.architecture == "convolutional" and estimate.trains_on_this_cpu():
        epoch = estimate.epoch_seconds(config, []) or whole
        words += f"an epoch takes about {duration(epoch)} on this CPU, "
        return f"{words}the training about {duration(whole)}.]"
    return f"{words}{how_long(whole)}]"


def is_trained(config: RunConfig) -> bool:
    """Whether there is a finished network of these settings: one's own, or one that ships."""
    return store.shipped_run(config.key).trained or is_trained_here(config)


def is_trained_here(config: RunConfig) -> bool:
    """Whether one's own network of these settings is finished, so that nothing is left to train."""
    run = store.own_run(config.key)
    return run.trained and jobs.state(run) == "finished"


def how_long(seconds: float | None) -> str:
    """About how long trainings may take, as the end of a sentence."""
    if seconds is None:
        return "how long it takes shows after a training of such a size."
    return f"about {duration(seconds)} at the last speed."


def show(config: RunConfig | None) -> None:
    """Draw the run asked for last, else one in training, else the one of these settings.

    These settings' own button opens it once it is trained; any other's stands beside its name.
    """
    run = _watched() or (store.find(config.key) if config else None)
    if run is None:
        st.markdown("**What will be shown here**")
        st.caption(
            "While a network trains: its progress, its losses epoch by epoch, and how many "
            "principal components it is worth by then."
        )
        return
    st.session_state["watched_state"] = jobs.state(run)
    name = run_picker.name(run)
    if jobs.going(run):
        _live(run, name)
    else:
        _draw(run, name, opens=not (config and run.key == config.key and is_trained(config)))


def submit(config: RunConfig, on_cpu: bool = False) -> None:
    """Ask for a training, from a button, and watch it; what hinders it is said on the page."""
    try:
        run = jobs.submit(config, on_cpu=on_cpu)
    except (JobError, DamagedFile, Denied) as problem:
        st.session_state["train_problem"] = str(problem)
    else:
        st.session_state.pop("train_problem", None)
        st.session_state["watched"] = run.key


def open_button(where: DeltaGenerator, key: str) -> None:
    """Draw the button that opens a network in Explore."""
    if where.button("Explore it", key=f"explore_{key}", type="primary", width="stretch"):
        run_picker.choose(key)
        st.switch_page(shell.path("explore"))


def change(act: Callable[..., None], *given: Any) -> None:
    """Cancel a run or move it, or pause the queue, from a button; the page says what hinders it."""
    try:
        act(*given)
    except (JobError, Denied) as problem:
        st.session_state["train_problem"] = str(problem)


@shell.polled(_POLL_SECONDS)
def _live(run: Run, name: str) -> None:
    if st.session_state["watched_state"] != jobs.state(run):
        st.rerun(scope="app")  # the table of runs shows it too
    _draw(run, name)


def _draw(run: Run, name: str, *, opens: bool = False) -> None:
    try:
        config, status, history = run.config, jobs.status(run), run.history
        so_far = run.so_far
    except DamagedFile as problem:
        st.error(str(problem))
        return
    words, button = st.columns([5, 2], vertical_alignment="center")
    words.markdown(f"**{as_text(name)}{so_far}**  \n:small[{as_text(config.name)}]")
    if not jobs.over(status):
        button.button(
            "Cancel",
            key=f"cancel_watched_{run.key}",
            width="stretch",
            on_click=change,
            args=(jobs.cancel, run),
            disabled=run.cancel_wanted or not rights.is_own(run.folder),
            help=NOT_OWN if not rights.is_own(run.folder) else None,
        )
    elif opens and run.trained:
        open_button(button, run.key)
    _progress(run, config, status, history)
    _pictures(run, config, status, history)


def _progress(run: Run, config: RunConfig, status: Status, history: list[EpochRecord]) -> None:
    if status.state == "queued":
        ahead = jobs.place_in_queue(run)
        waits = f"Waiting for {ahead} other{'s' if ahead > 1 else ''}." if ahead else "Starting."
        st.progress(0.0, _PAUSED if jobs.paused() else waits)
    elif status.state == "running":
        left = _left(status, history, config) if status.batches else ""
        st.progress(share(status, config), place(status, config) + left)
    elif status.state == "finished":
        seconds = sum(row.seconds for row in history)
        st.progress(1.0, f"Finished: {counted(len(history), 'epoch')} in {duration(seconds)}.")
    else:
        st.warning(status.message)
        if status.cpu_offered:
            key = f"on_cpu_{config.key}"
            st.button("Train on the CPU", key=key, on_click=submit, args=(config, True))
    loss = f"mean training loss of the epoch {status.loss:.4f}" if status.loss is not None else ""
    where = f"on {status.device}" if status.device else ""
    st.caption(", ".join(part for part in (loss, where) if part) or " ")


def share(status: Status, config: RunConfig) -> float:
    """How much of a training in progress is done, from 0 to 1."""
    within = status.batch / status.batches if status.batches else 0.0
    finished = status.epoch - 1 if status.batches else status.epoch
    return min(max(finished + within, 0.0) / config.epochs, 1.0)


def place(status: Status, config: RunConfig) -> str:
    """Where a training in progress is, in words."""
    if not status.batches:
        return status.message
    return f"Epoch {status.epoch} of {config.epochs}, batch {status.batch} of {status.batches}"


def _pictures(run: Run, config: RunConfig, status: Status, history: list[EpochRecord]) -> None:
    """Losses and the test digits' codes: as they are now, or to be played through all epochs."""
    try:
        view = loading.view(config.dataset)
    except DataError as problem:
        st.error(str(problem))
        return
    reported = status.within if status.state == "running" else []
    within = reported if config.loss_is_error else []
    worth = _worth(within, history, view.pca) if view.problem is None else None
    if view.problem is None:  # else PCA's errors and the codes are of other digits
        st.markdown(_sentence(config.k, worth))
    errors = _losses(config, within, history, worth, view)
    places = run.frames() if view.problem is None else []
    plays = places and not status.active
    left, right = st.columns(2, gap="small")
    try:
        with left:
            label = f"Error by epoch of {config.name}"
            charts.chart(errors, "learning_curves", label, _HEIGHT, timed=bool(plays))
        _parts(config, reported, history)
        if not places:
            return
        with right:
            shown = store.few_frames(places) if plays else places[-1:]
            version = run.version if run.trained else 0
            coded = _coded(run.key, version, shown, run, view)
            charts.codes([coded], "codes", f"Codes of {config.name} by class", _HEIGHT)
    except FileNotFoundError:
        return  # deleted meanwhile
    except DamagedFile as problem:
        st.error(str(problem))


def _losses(
    config: RunConfig,
    within: list[list[float]],
    history: list[EpochRecord],
    worth: tuple[float, str] | None,
    view: loading.View,
) -> Figure:
    lines = []
    if view.problem is None:
        errors = view.pca.test_error
        lines.append((f"PCA, k = {config.k}", float(errors[config.k])))
        nearest = max(1, round(worth[0])) if worth else config.k
        if nearest > config.k:
            lines.append((f"PCA, k = {nearest}", float(errors[nearest])))
    epochs = [row.epoch for row in history]
    train = [row.train_loss for row in history] if config.loss_is_error else []
    curve = Curve("test error", epochs, [row.test_error for row in history], train, within)
    figure = learning_curves([curve], lines, config.epochs)
    return figure


def _parts(config: RunConfig, within: list[list[float]], history: list[EpochRecord]) -> None:
    """The training loss of a variational network in its two parts."""
    if not config.beta:
        return
    figure = losses.in_parts(config, history, within)
    charts.chart(figure, "loss_parts", f"Parts of the training loss of {config.name}", _HEIGHT)
    st.caption(_PARTS.format(beta=f"{config.beta:g}", inputs=config.inputs))


@st.cache_resource(show_spinner=False, max_entries=8)
def _coded(key: str, version: int, places: list[float], _run: Run, _view: loading.View) -> Coded:
    labels = _view.data.test.labels[:FRAME_DIGITS]
    codes = [_run.codes(place)[:FRAME_DIGITS].astype(np.float32) for place in places]
    planes = [plane("", "code", of, labels) for of in codes]
    return Coded(planes, labels, _view.data.classes, places)


def _worth(
    within: list[list[float]], history: list[EpochRecord], pca: PCA
) -> tuple[float, str] | None:
    """The equivalent k by now, and the figure behind it; None before there is one."""
    if within:  # a few batches alone waver
        loss = float(np.mean([loss for _, loss in within[-_SMOOTHED:]]))
        return equivalent_k(loss, pca.train_error), f"training loss {loss:.4f}"
    if history:
        error = history[-1].test_error
        return equivalent_k(error, pca.test_error), f"test error {error:.4f}"
    return None


def _sentence(k: int, worth: tuple[float, str] | None) -> str:
    if worth is None:
        return "How many principal components it is worth shows once it trains."
    components, figure = worth
    return f"**{metrics.worth(k, components)}** ({figure})."


def _watched() -> Run | None:
    key = st.session_state.get("watched")
    found = {run.key: run for run in reversed(store.runs()) if not run.shipped}
    if key in found:
        return found[key]
    active = [run for run in found.values() if jobs.active(run)]
    own = [run for run in active if rights.is_own(run.folder)]
    return next(iter([*own, *active]), None)


def _left(status: Status, history: list[EpochRecord], config: RunConfig) -> str:
    """About how long it will take, where something is known of that."""
    epoch = estimate.epoch_seconds(config, history)
    if epoch is None:
        return ""
    rest = config.epochs - status.epoch + 1 - status.batch / status.batches
    return f", about {duration(rest * epoch)} left"


def duration(seconds: float) -> str:
    """A time in words."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
