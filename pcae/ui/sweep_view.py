"""A grid of trainings: its form, and the progress and results of one that was submitted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pcae import names
from pcae.config import RunConfig
from pcae.counts import counted
from pcae.data.datasets import DataError
from pcae.figures.comparison import sweep_errors
from pcae.files import DamagedFile
from pcae.presets import PRESETS
from pcae.rights import Denied
from pcae.server import loading
from pcae.settings import LABELS, ConfigError, to_text
from pcae.training import estimate, jobs, sweep
from pcae.training.jobs import JobError
from pcae.training.sweep import AXES, Network, Sweep
from pcae.ui import settings_form, shell, training_view, undo
from pcae.ui.charts import chart
from pcae.ui.words import as_text

T = TypeVar("T")

_POLL_SECONDS = 1.0
_AS_ON_TRAIN = "The settings on Train"
_FORM = {
    "base": _AS_ON_TRAIN,
    "hidden": "512, 128; 256",
    "k": "1, 2, 3",
    "epochs": "5",
    "seed": "0, 1",
}
_HELP = {
    "hidden": "A network between two semicolons, as in 512, 128; 256. Nothing between them: no "
    "hidden layer.",
    "k": "Several with commas, as in 1, 2, 3.",
    "epochs": "Several with commas. Under a constant learning rate the longer trainings go on from "
    "the shorter.",
    "seed": "Several with commas: how much chance alone changes.",
}
# how networks that are not finished ended, in words
_ENDED = {
    "failed": "failed",
    "cancelled": "cancelled",
    "interrupted": "interrupted",
    "new": "deleted",
}
_MOST_MESSAGES = 3
_CHART_HEIGHT = 300


def choose() -> str | None:
    """Draw the choice of a sweep, the newest at first; its key, None where there are none."""
    names = _names()
    if not names:
        return None
    if st.session_state.get("sweep_open") not in names:
        st.session_state["sweep_open"] = next(iter(names))
    return st.selectbox(
        "Grid",
        list(names),
        format_func=names.__getitem__,
        key="sweep_open",
        label_visibility="collapsed",
    )


def show(key: str | None) -> None:
    """Draw the form beside the progress and the results of a sweep."""
    form, followed = st.columns([4, 7], gap="large")
    with form:
        _form()
    with followed:
        _followed(key)


def _form() -> None:
    for name, value in st.session_state.get("sweep_form", _FORM).items():
        st.session_state.setdefault(f"sweep_{name}", value)
    st.selectbox(
        "All other settings",
        [_AS_ON_TRAIN, *PRESETS],
        key="sweep_base",
        help="What the networks have in common: the settings on the page Train, or a preset's.",
    )
    for line in (("hidden",), AXES[1:]):
        for column, name in zip(st.columns(len(line)), line, strict=True):
            column.text_input(LABELS[name], key=f"sweep_{name}", help=_HELP[name])
    st.session_state["sweep_form"] = _shown()
    try:
        of = _asked()
    except (ConfigError, DataError) as problem:
        st.error(str(problem))
        _train_button("Train", disabled=True)
        return
    networks = sweep.look(of)
    left = [network.config for network in networks if network.status.state != "finished"]
    st.markdown(_summary(of, left))
    do, many = ("Train", len(left)) if left else ("Show the", len(networks))
    _train_button(f"{do} {counted(many, 'network')}", disabled=False)


def _train_button(words: str, *, disabled: bool) -> None:
    may = sweep.may_submit()
    st.button(
        words,
        key="sweep_train",
        type="primary",
        width="stretch",
        icon=":material/play_arrow:",
        disabled=disabled or not may,
        on_click=_submit,
    )
    if not may:
        st.caption(sweep.NOT_ALLOWED)


def _shown() -> dict[str, str]:
    return {name: st.session_state[f"sweep_{name}"] for name in _FORM}


def _asked() -> Sweep:
    """What the form asks for now; `ConfigError` and `DataError` where that is nothing."""
    shown = _shown()
    return Sweep.from_text(_base(shown["base"]), shown)


def _base(chosen: str) -> RunConfig:
    """The settings that all have in common, on data that is here."""
    if chosen in PRESETS:
        return loading.at_hand(PRESETS[chosen])
    shown = st.session_state.get("form")
    return loading.at_hand(settings_form.from_shown(shown) if shown else RunConfig())


def _summary(of: Sweep, left: list[RunConfig]) -> str:
    """What a sweep comes to."""
    words = zip(AXES, ("widths", "k", "epochs", "seeds"), strict=True)
    counts = [f"{len(getattr(of, name))} {word}" for name, word in words]
    varied = " × ".join(count for count in counts if not count.startswith("1 "))
    trained = [config for config in of.configs if config not in left]
    told = f"**{counted(len(of.configs), 'network')}** on {as_text(names.title(of.base.dataset))}"
    if varied:
        told += f": {varied}"
    if trained:
        told += f"; {len(trained)} trained already"
    return told + (f"; {training_view.how_long(_expected(left, trained))}" if left else ".")


def _expected(left: Sequence[RunConfig], done: Sequence[RunConfig]) -> float | None:
    """How long what is left takes, after what is done."""
    whole, before = estimate.seconds([*left, *done]), estimate.seconds(done)
    return None if whole is None or before is None else whole - before


def _submit() -> None:
    try:
        of = _asked()
    except (ConfigError, DataError):
        return  # which the form says
    _try(sweep.submit, of)
    st.session_state["sweep_open"] = of.key


def _try(act: Callable[[T], None], of: T) -> None:
    """Do it, from a button; what hinders it is said on the page."""
    try:
        act(of)
    except (JobError, DamagedFile, Denied) as problem:
        st.session_state["sweep_problem"] = str(problem)
    else:
        st.session_state.pop("sweep_problem", None)


def _say_problem() -> None:
    if problem := st.session_state.get("sweep_problem"):
        st.error(problem)


def _followed(key: str | None) -> None:
    if key is None:
        _say_problem()
        st.markdown("**What will be shown here**")
        st.caption(
            "While the networks of a grid train one after another: one progress, and the results "
            "as they arrive, against PCA's errors."
        )
        return
    try:
        of = sweep.read(key)
    except DamagedFile as problem:
        st.error(str(problem))
        _remove(key)
        return
    networks = sweep.look(of)
    if _is_going(networks):
        _live(of)
    else:
        _draw(of, networks)


def _names() -> dict[str, str]:
    """The sweeps' names by key, the newest first; a damaged one has its key for a name."""
    names = {}
    for key in sweep.kept():
        try:
            names[key] = sweep.read(key).name
        except DamagedFile:
            names[key] = f"{key} (damaged)"
    return names


@shell.polled(_POLL_SECONDS)
def _live(of: Sweep) -> None:
    networks = sweep.look(of)
    if not _is_going(networks):
        st.rerun(scope="app")  # the form shows it too, and there is nothing more to follow
    _draw(of, networks)


def _is_going(networks: list[Network]) -> bool:
    return not all(jobs.over(network.status) for network in networks)


def _draw(of: Sweep, networks: list[Network]) -> None:
    _progress(of, networks)
    try:
        view = loading.view(of.base.dataset)
    except DataError as problem:
        st.error(str(problem))
        return
    error = view.pca.test_error if view.problem is None else None
    figure = sweep_errors(of, sweep.lines(of, networks), error)
    label = f"Test errors of the networks by {LABELS[of.across].lower()}"
    chart(figure, "sweep_errors", label, _CHART_HEIGHT)
    _table(networks)
    data = as_text(names.title(of.base.dataset))
    st.caption(
        f"Errors of the test images of {data}: a point a network, lines through the medians of the "
        "seeds."
    )


def _progress(of: Sweep, networks: list[Network]) -> None:
    """How far all are together, what is in training, and what can be done."""
    states = Counter(network.status.state for network in networks)
    parts = [f"{states['finished']} of {len(networks)} finished"]
    parts += [f"{states[state]} {word}" for state, word in _ENDED.items() if states[state]]
    words, active = ", ".join(parts), [network for network in networks if network.status.active]
    if active:
        ended = [network.config for network in networks if not network.status.active]
        seconds = _expected([network.config for network in active], ended)
        words += f"; about {training_view.duration(seconds)} left" if seconds else ""
    training = [network for network in active if network.status.state == "running"]
    shares = [training_view.share(network.status, network.config) for network in training]
    can_go_on = not active and states["finished"] < len(networks)
    bar, *buttons = st.columns([6, 2, 2] if can_go_on else [8, 2], vertical_alignment="center")
    bar.progress((states["finished"] + sum(shares)) / len(networks), words + ".")
    if active:
        _button(buttons[0], "Cancel", sweep.cancel, of)
    else:
        with buttons[-1]:
            _remove(of.key)
    if can_go_on:
        _button(buttons[0], "Go on", sweep.submit, of)
    now = [
        f"{as_text(network.config.name)}: {training_view.place(network.status, network.config)}"
        for network in training
    ]
    if active:
        st.caption("  \n".join(now) or "Waiting to start.")
    messages = dict.fromkeys(
        network.status.message
        for network in networks
        if network.status.state in {"failed", "interrupted"}
    )
    for message in list(messages)[:_MOST_MESSAGES]:
        st.warning(message)
    _say_problem()


def _button(where: DeltaGenerator, words: str, act: Callable[[Sweep], None], of: Sweep) -> None:
    """A button that does something with a sweep: the one that is shown beside it."""
    key = f"{words.lower().replace(' ', '_')}_{of.key}"
    own = sweep.is_own(of.key)
    where.button(
        words,
        key=key,
        width="stretch",
        disabled=not own,
        help=None if own else training_view.NOT_OWN,
        on_click=_try,
        args=(act, of),
    )


def _remove(key: str) -> None:
    """The button that takes a sweep from the list."""
    own = sweep.is_own(key)
    st.button(
        "Remove",
        key=f"remove_{key}",
        width="stretch",
        disabled=not own,
        help="Takes it from this list; its networks stay." if own else training_view.NOT_OWN,
        on_click=_take_away,
        args=(key,),
    )


def _take_away(key: str) -> None:
    name = _names().get(key, key)
    try:
        undo.offer(f"{name} is taken from the list.", sweep.remove(key))
    except OSError as problem:
        st.session_state["sweep_problem"] = str(jobs.unwritable(problem))
    except Denied as problem:
        st.session_state["sweep_problem"] = str(problem)


def _table(networks: list[Network]) -> None:
    """A row a network."""
    configs = [network.config for network in networks]
    st.dataframe(
        {
            "Hidden widths": [to_text(config.hidden) or "none" for config in configs],
            "k": [config.k for config in configs],
            "Epochs": [config.epochs for config in configs],
            "Seed": [config.seed for config in configs],
            "Test error": [network.test_error for network in networks],
            "Equivalent k": [network.equivalent_k for network in networks],
            "Train seconds": [network.seconds for network in networks],
            "State": [_state(network) for network in networks],
        },
        key="sweep_table",
        hide_index=True,
        placeholder="",
        column_config={
            "Test error": st.column_config.NumberColumn(format="%.5f"),
            "Equivalent k": st.column_config.NumberColumn(format="%.1f"),
            "Train seconds": st.column_config.NumberColumn(format="%.1f"),
        },
    )


def _state(network: Network) -> str:
    status = network.status
    if status.state == "running":
        return f"in training, {training_view.share(status, network.config):.0%}"
    return _ENDED.get(status.state, status.state)
