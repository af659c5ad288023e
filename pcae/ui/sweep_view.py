"""A grid of trainings: its form, and the progress and results of one that was submitted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from pcae import names, sweep
from pcae.comparison import sweep_errors
from pcae.config import LABELS, PRESETS, ConfigError, RunConfig, to_text
from pcae.datasets import DataError
from pcae.files import DamagedFile
from pcae.jobs import JobError
from pcae.sweep import AXES, Network, Sweep
from pcae.ui import loading, shell, training_view
from pcae.ui.charts import chart

T = TypeVar("T")

_POLL_SECONDS = 1.0
_SECONDS_EACH = 2.0  # to compile a network, and to measure it at the end
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
    shown = {name: st.session_state[f"sweep_{name}"] for name in _FORM}
    st.session_state["sweep_form"] = shown
    try:
        of = Sweep.from_text(_base(shown["base"]), shown)
    except (ConfigError, DataError) as problem:
        st.error(str(problem))
        st.button("Train", type="primary", width="stretch", disabled=True)
        return
    networks = sweep.look(of)
    left = [network.config for network in networks if network.status.state != "finished"]
    st.markdown(_summary(of, left))
    st.button(
        f"Train {_count(len(left))}" if left else f"Show the {_count(len(networks))}",
        type="primary",
        width="stretch",
        icon=":material/play_arrow:",
        on_click=_submit,
        args=(of,),
    )


def _base(chosen: str) -> RunConfig:
    """The settings that all have in common, on data that is here."""
    if chosen in PRESETS:
        return loading.at_hand(PRESETS[chosen])
    shown = st.session_state.get("form")
    return loading.at_hand(training_view.settings(shown) if shown else RunConfig())


def _summary(of: Sweep, left: list[RunConfig]) -> str:
    """What a sweep comes to."""
    words = zip(AXES, ("widths", "k", "epochs", "seeds"), strict=True)
    counts = [f"{len(getattr(of, name))} {word}" for name, word in words]
    varied = " × ".join(count for count in counts if not count.startswith("1 "))
    trained = [config for config in of.configs if config not in left]
    told = f"**{_count(len(of.configs))}** on {names.title(of.base.dataset)}"
    if varied:
        told += f": {varied}"
    if trained:
        told += f"; {len(trained)} trained already"
    return told + (f"; {training_view.how_long(_expected(left, trained))}" if left else ".")


def _expected(left: Sequence[RunConfig], done: Sequence[RunConfig]) -> float | None:
    """How long what is left takes, after what is done."""
    whole = training_view.expected_seconds([*left, *done])
    before = training_view.expected_seconds(done)
    if whole is None or before is None:
        return None
    return whole - before + _SECONDS_EACH * len(left)


def _count(number: int) -> str:
    return f"{number} network{'' if number == 1 else 's'}"


def _submit(of: Sweep) -> None:
    _try(sweep.submit, of)
    st.session_state["sweep_open"] = of.key


def _try(act: Callable[[T], None], of: T) -> None:
    """Do it, from a button; what hinders it is said on the page."""
    try:
        act(of)
    except (JobError, DamagedFile) as problem:
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
    if any(network.status.active for network in networks):
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


@shell.fragment(run_every=_POLL_SECONDS)
def _live(of: Sweep) -> None:
    networks = sweep.look(of)
    if not any(network.status.active for network in networks):
        st.rerun(scope="app")  # the form shows it too, and there is nothing more to follow
    _draw(of, networks)


def _draw(of: Sweep, networks: list[Network]) -> None:
    _progress(of, networks)
    try:
        view = loading.view(of.base.dataset)
    except DataError as problem:
        st.error(str(problem))
        return
    error = view.pca.test_error if view.problem is None else None
    chart(sweep_errors(of, sweep.lines(of, networks), error), "sweep_errors", _CHART_HEIGHT)
    _table(networks)
    st.caption(
        f"Errors of the test images of {names.title(of.base.dataset)}: a point a network, lines "
        "through the medians of the seeds."
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
        buttons[0].button("Cancel", width="stretch", on_click=_try, args=(sweep.cancel, of))
    else:
        with buttons[-1]:
            _remove(of.key)
    if can_go_on:
        buttons[0].button("Go on", width="stretch", on_click=_try, args=(sweep.submit, of))
    now = [
        f"{network.config.name}: {training_view.place(network.status, network.config)}"
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


def _remove(key: str) -> None:
    """The button that takes a sweep from the list."""
    explained = "Takes it from this list; its networks stay."
    st.button("Remove", width="stretch", help=explained, on_click=_try, args=(sweep.remove, key))


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
