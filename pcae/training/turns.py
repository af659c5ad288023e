"""What a student may ask of the queue, and when it is whose turn.

The queue goes round by visitor: a network stands behind those that others have asked for in the
same round or an earlier one, where a visitor's round is how many of theirs wait or are in training.
So five networks of one student do not hold up another's first. The teacher's stand before all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from pcae import names, rights, rules
from pcae.config import RunConfig
from pcae.counts import counted
from pcae.rights import Denied
from pcae.rules import Rules
from pcae.store import Run

Visitors = frozenset[str]  # the students whose a network is; none: it is the teacher's

_THE_TEACHERS = -1  # round


def order(training: Sequence[Run], waiting: Sequence[Run], new: Sequence[Run]) -> list[Run]:
    """The runs that wait, with the new ones among them where it is their visitors' turn."""
    whose = {run: _whose(run) for run in [*training, *waiting]}
    busy = [whose[run] for run in training]
    found = [run for run in waiting if run not in new]
    for run in [run for run in waiting if run in new]:
        found.insert(place(busy, [whose[other] for other in found], whose[run]), run)
    return found


def _whose(run: Run) -> Visitors:
    """The students whose a run is; none where it is the teacher's, be it beside theirs."""
    return frozenset() if rights.is_the_teachers(run.folder) else rights.owners(run.folder)


def place(training: Collection[Visitors], waiting: Sequence[Visitors], of: Visitors) -> int:
    """Where in the queue one more network stands, 0 for the first place.

    Parameters
    ----------
    training, waiting : collections of frozenset of str
        Whose the networks in training are, and those that wait, the next one first.
    of : frozenset of str
        Whose it is.
    """
    before: Counter[str] = Counter()
    for each in training:
        before.update(each)
    rounds = []
    for each in waiting:
        rounds.append(_round(each, before))
        before.update(each)
    own = _round(of, before)
    return max((at + 1 for at, each in enumerate(rounds) if each <= own), default=0)


def _round(of: Visitors, before: Counter[str]) -> int:
    return min((before[name] for name in of), default=_THE_TEACHERS)


def allow(
    configs: Sequence[RunConfig],
    own: Collection[str],
    active: Collection[str],
    waiting: int,
    limits: Rules,
) -> None:
    """Let a student go on who asks for no more than the rules allow.

    Parameters
    ----------
    configs : sequence of RunConfig
        What is asked for.
    own, active : collections of str
        The keys of the student's networks, and of those that wait or are in training.
    waiting : int
        How many networks of all students wait.
    limits : Rules

    Raises
    ------
    Denied
        It is more; the sentence names the limit, and what to do.
    """
    for config in configs:
        _allow_size(config, limits)
    keys = {config.key for config in configs}
    if len(keys | set(active)) > limits.waiting:
        raise Denied(
            f"A student may have {counted(limits.waiting, 'network')} waiting or in training: "
            "wait until one is finished, or cancel one."
        )
    if len(keys | set(own)) > limits.networks:
        raise Denied(
            f"A student may keep {counted(limits.networks, 'network')}: delete one in the list on "
            "Train, then train this one."
        )
    if waiting + len(keys) > limits.queue:
        raise Denied(
            f"{counted(waiting, 'network')} of students wait already, of {limits.queue} that may: "
            "try again once some are finished."
        )


def is_small_enough(config: RunConfig) -> bool:
    """Whether who asks may train a network of this size."""
    try:
        if not rights.teaches():
            _allow_size(config, rules.current())
        return True
    except Denied:
        return False


def _allow_size(config: RunConfig, limits: Rules) -> None:
    if (asked := config.epochs * config.load) > limits.training:
        counts = "parameters" if config.architecture == "dense" else "multiplications of an image"
        raise Denied(
            f"Epochs times {counts} are {_millions(asked)}, and a student's network may have "
            f"{_millions(limits.training)}: choose fewer epochs or narrower layers."
        )
    if (
        steps := config.epochs * names.training_rows(config.dataset) // config.batch_size
    ) > limits.steps:
        raise Denied(
            f"This training has {steps:,} steps, and a student's may have {limits.steps:,}: choose "
            "fewer epochs or a larger batch size."
        )


def _millions(count: int) -> str:
    return f"{count / 1e6:,.0f} million"
