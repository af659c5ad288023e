"""Each of the store's files and folders damaged, then everything looked at that shows it.

After a damage two visitors go through every page: one who was there before, with every network
ticked and a damaged one open, and a new one. Explorer and files of the runs are fetched, and the
command line lists what there is. A damage is survived if none of this is a traceback, or a status
of 500 or above. Then the store is put back as it was. Damages to different runs, data and the like
are looked at together, and where something new is wrong each half of them until it is found whose.
"""

from __future__ import annotations

import contextlib
import io
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from unittest.mock import patch
from urllib.parse import urlencode

from benchmarks.attack import spoil
from benchmarks.attack.client import ask_at_once, line
from benchmarks.attack.outcome import Outcome, until
from benchmarks.attack.requests import explorer_addresses, files
from benchmarks.attack.spoil import Damage
from benchmarks.attack.target import SMALL, Target
from benchmarks.attack.visitor import NeverEnds, Visitor
from pcae import cli, doctor
from pcae.files import home
from pcae.training import jobs
from pcae.ui import shell

_NOT_KEPT = ("locks", "*.log")
_READ_ONCE = {"data", "pca"}  # and then shown from memory


def attack(target: Target, seed: int, seconds: float, most: int | None = None) -> Outcome:
    """Damage the store for so long, or so many rounds."""
    made = _Damages(target, seed)
    for number in until(seconds, range(len(made.rounds))[:most]):
        made.round(number)
        if not target.alive:
            break
    return made.found


def repeat(target: Target, seed: int, number: int) -> Outcome:
    """Do one damage again."""
    made = _Damages(target, seed)
    every = [damage for of in made.rounds for damage in of]
    made.note(f"damages:{number} {every[number]}", made.look([every[number]]))
    return made.found


class _Damages:
    """The store as it was, and what can happen to it."""

    def __init__(self, target: Target, seed: int) -> None:
        self.target, self.found = target, Outcome("damages")
        # a report may have to wait for a process that gives way to everything else
        quick = [address for address in files(target) if not address.endswith("/report")]
        self.addresses = [*explorer_addresses(target), *quick]
        jobs.keep_warm(SMALL)  # its file is there
        self.whole = home().with_name("whole")
        if not self.whole.exists():
            shutil.copytree(home(), self.whole, ignore=shutil.ignore_patterns(*_NOT_KEPT))
        self.rounds = spoil.rounds(self.whole, seed)
        self.first = [0, *accumulate(map(len, self.rounds))]
        trained = [run for run in target.runs if run.trained]
        self.queries = {run.key: run.config.to_query() for run in trained}

    def round(self, number: int) -> None:
        """Do the damages of a round."""
        self.found.tried += len(self.rounds[number])
        self.part(self.rounds[number], self.first[number])

    def part(self, damages: list[Damage], first: int) -> None:
        """Do damages together; where that shows something new, each half of them by itself."""
        problems = self.look(damages)
        called = f"damages:{first} {damages[0]}"
        if len(damages) > 1:
            called = f"damages:{first} to {first + len(damages) - 1} together"
            if self.found.has_new(problems):
                half = len(damages) // 2
                self.part(damages[:half], first)
                self.part(damages[half:], first + half)
                problems = [why for why in problems if self.found.has_new([why])]
        self.note(called, problems)

    def note(self, attempt: str, problems: list[str]) -> None:
        for why in problems:
            self.found.fail(attempt, why)

    def look(self, damages: list[Damage]) -> list[str]:
        """Do damages, look at everything, put the store back; what was wrong."""
        url = self.target.server.url
        keys = [damage.run for damage in damages if damage.run in self.queries] or [*self.queries]
        try:
            with Visitor(url) as before, Visitor(url) as new:
                found = before.open("", self.link(keys[0]))
                for page in ("compare", "quality", "train"):
                    found += before.open(page)
                for damage in damages:
                    damage.act(home() / damage.place)
                if any(damage.place.parts[0] in _READ_ONCE for damage in damages):
                    new.forget_caches()
                with ThreadPoolExecutor(2) as together:
                    links = "", self.link(keys[-1])
                    for seen in together.map(self.walk, (before, new), links):
                        found += seen
        except (NeverEnds, OSError) as problem:
            found = [str(problem)]
        found += [*self.fetched(), *listed(), *self.target.new_tracebacks()]
        self.put_back()
        return found

    def link(self, key: str) -> str:
        """A link with this run open and all compared."""
        compared = "|".join(map(urlencode, self.queries.values()))
        return urlencode({"run": key, **self.queries[key], "compare": compared})

    def walk(self, visitor: Visitor, link: str) -> list[str]:
        """The tracebacks on the page where somebody is, and then on every page."""
        found = visitor.wait()
        for name in shell.TITLES:
            found += visitor.open("" if name == "explore" else name, link)
            found += visitor.wait()
        return found

    def fetched(self) -> Iterator[str]:
        """What is wrong with the answers to what pages link to."""
        raw = [line("GET", address) for address in self.addresses]
        for answer in ask_at_once(self.target.server.url, raw):
            if problem := answer.problem if answer else "no answer in a minute":
                yield problem

    def put_back(self) -> None:
        for place in self.whole.iterdir():
            spoil.remove(home() / place.name)
            (shutil.copytree if place.is_dir() else shutil.copy2)(place, home() / place.name)


def listed() -> Iterator[str]:
    """What is wrong with the command line's lists."""
    device = patch.object(doctor, "_device", lambda: doctor.Check("device", True, "not asked"))
    for command in ("runs", "doctor"):
        said = io.StringIO()
        with device, contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            try:
                cli.main([command])
            except Exception as problem:
                yield f"python -m pcae {command}: {type(problem).__name__}: {problem}"
