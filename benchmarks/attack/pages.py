"""Links with hostile parameters, followed over Streamlit's websocket by several visitors at once.

A link is survived if its page is drawn to its end without a traceback, on the page or in the
server's log. None may start work by being opened: nothing was pressed, so that no settings are
made ready and nothing is queued.
"""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import count, islice
from urllib.parse import quote_from_bytes, urlencode

from benchmarks.attack.hostile import TEXTS, damaged
from benchmarks.attack.outcome import Outcome, until
from benchmarks.attack.target import Target
from benchmarks.attack.visitor import NeverEnds, Visitor
from pcae import store
from pcae.settings import CHOICES, LABELS
from pcae.training import jobs
from pcae.ui import hidden, shell

_VISITORS = 4
_NAMES = sorted(
    {"run", "compare", "pinned", "selected", "hide", "projector", "compare_part", "dataset", "x"}
    | {*LABELS, "digit_a", "digit_b", "across_", "up_", "pca_k_", "sweep", "log_axes"}
    | {name for controls in hidden.CONTROLS.values() for name in controls}
)
_WHOLE = [
    *("0", "1", "2", "3", "5", "30", "784", "785", "True", "False", "all", "First", "Random"),
    *("mnist", "mnist-5k", "fashion-mnist", "digits-8x8", "own-5-000000000000", "4000,4000"),
    *("own-0x0-000000000000", "own-99x99-000000000000", "own-9999-000000000000", "1" * 12),
    *("A grid of trainings", "train", "explore", "train.k", ",".join(shell.TITLES), "0,1,2"),
    *(value for values in CHOICES.values() for value in values),
]


def attack(target: Target, seed: int, seconds: float, most: int | None = None) -> Outcome:
    """Follow links for so long, or so many."""
    found, queued = Outcome("pages"), len(jobs.queue())
    if _starts_work(target):
        found.fail("links alone", "a link starts work by being opened")
    numbers = until(seconds, count() if most is None else range(most))
    with ThreadPoolExecutor(_VISITORS) as together:
        while (batch := list(islice(numbers, _VISITORS))) and target.alive:
            links = [link(seed, number) for number in batch]
            for number, at, seen in zip(
                batch, links, together.map(lambda at: follow(target, *at), links), strict=True
            ):
                found.tried += 1
                attempt = f"pages:{number} /{at[0]}?{at[1]}"
                for why in seen:
                    found.fail(attempt, why)
            for traceback in target.new_tracebacks():
                found.fail(f"pages:{batch[0]} to {batch[-1]}", f"in the log: {traceback}")
    if not target.alive:
        found.fail(attempt, "the server has ended")
    if len(jobs.queue()) > queued:
        found.fail("links alone", "a training is asked for by links")
    return found


def _starts_work(target: Target) -> bool:
    """Whether a page that is opened by its address, and left, has something trained or made ready.

    To go on to another page is a person's act, so that what follows `follow` says nothing.
    """
    jobs.likely_path().unlink(missing_ok=True)
    queued = len(jobs.queue())
    for page in shell.TITLES:
        with Visitor(target.server.url) as visitor:
            visitor.open("" if page == "explore" else page, "hidden=4000,4000&k=3")
    return jobs.likely_path().exists() or len(jobs.queue()) > queued


def repeat(target: Target, seed: int, number: int) -> Outcome:
    """Follow one link again."""
    found, (page, query) = Outcome("pages", 1), link(seed, number)
    for why in follow(target, page, query):
        found.fail(f"pages:{number} /{page}?{query}", why)
    return found


def link(seed: int, number: int) -> tuple[str, str]:
    """A page and a query, which seed and number say; each page's turn comes."""
    rng, pages = random.Random(f"{seed}:{number}"), list(shell.TITLES)
    values = [*_WHOLE, *(run.key for run in store.runs())]
    pairs = [
        (rng.choice(_NAMES), rng.choice(values if rng.random() < 0.6 else TEXTS))
        for _ in range(rng.choice((0, 1, 1, 2, 3, 6)))
    ]
    if rng.random() < 0.2:  # several networks, as the page itself writes them
        query = urlencode({"hidden": rng.choice(values), "k": rng.choice(values)})
        pairs.append(("compare", "|".join([query] * rng.choice((1, 2, 51)))))
    query = urlencode(pairs, errors="replace")
    if rng.random() < 0.15:
        query = quote_from_bytes(damaged(rng, query.encode()), safe="=&%+")
    page = pages[number % len(pages)]
    return ("" if page == "explore" else page), query


def follow(target: Target, page: str, query: str) -> list[str]:
    """What a new visitor sees who opens a link, goes to another page, and comes back."""
    seen: list[str] = []
    try:
        with Visitor(target.server.url) as visitor:
            for at in ((page, query), ("compare", ""), (page, "")):
                seen += visitor.open(*at)
            seen += visitor.wait()
    except (NeverEnds, OSError) as problem:
        seen.append(str(problem))
    return seen
