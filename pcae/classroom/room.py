"""What a class does at this moment: the lesson, the answers, and where the teacher leads.

One room a server. It is kept in `PCAE_HOME/class/room.json` at every change, so that a server that
is killed goes on where it was. Nobody but this file knows whose an answer is, and the answers go
with the room.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pcae import rights
from pcae.files import DamagedFile, home, read_json, write_json
from pcae.forms import named, several, text
from pcae.rights import Denied

Answer = float | int | tuple[float, float]
Listener = Callable[["Room"], None]

MOST_ANSWERS = 1_000  # of one question
MOST_QUESTIONS = 300
_CLOSED = "The answers to this question are shown already: it is closed."
_FULL = "No more answers can be kept: the teacher can clear the room."
_FORM = {
    "lesson": text(64),
    "answers": named(lambda of: isinstance(of, dict)),
    "closed": several(text(128), 0, MOST_QUESTIONS),
    "lead": lambda of: isinstance(of, dict),
}


@dataclass(frozen=True)
class Room:
    """What is so at one moment; another moment is another value.

    Attributes
    ----------
    lesson : str
        The key of the lesson that the teacher has opened for all; empty: none.
    answers : dict of str to dict
        By question, as in "what_is_a_code_worth/3", then by visitor: a number, the number of a
        choice from 0, or the two numbers of a place.
    closed : frozenset of str
        The questions whose answers all may see; none is answered any more.
    lead : dict
        Where the teacher leads: "page", "query" and "hash" as in an address, "pointer" for what is
        pointed at there; empty while nobody leads.
    version : int
        Grows with every change but those of the pointer.
    """

    lesson: str = ""
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    lead: dict[str, Any] = field(default_factory=dict)
    version: int = 0


_lock = threading.RLock()
_rooms: dict[Path, Room] = {}
_listeners: set[Listener] = set()


def now() -> Room:
    """The room as it is; after a start of the server as it was kept."""
    path = _path()
    with _lock:
        if path not in _rooms:
            _rooms[path] = _read(path)
        return _rooms[path]


def answer(question: str, value: Answer) -> None:
    """Answer a question, in the place of what the same visitor answered before.

    Raises
    ------
    Denied
        It is closed, or there are too many answers.
    """
    with _changing() as room:
        if question in room.closed:
            raise Denied(_CLOSED)
        given = room.answers.get(question, {})
        name = rights.who().name
        if len(given | {name: 0}) > MOST_ANSWERS or len(room.answers) >= MOST_QUESTIONS:
            raise Denied(_FULL)
        _set(replace(room, answers=room.answers | {question: given | {name: value}}))


def mine(question: str) -> Answer | None:
    """What who asks has answered."""
    found = now().answers.get(question, {}).get(rights.who().name)
    return tuple(found) if isinstance(found, list) else found


def count(question: str) -> int:
    """How many have answered."""
    return len(now().answers.get(question, {}))


def answers(question: str) -> list[Answer]:
    """All answers, without names, in no order that tells who gave them.

    Raises
    ------
    Denied
        A student asks before the question is closed.
    """
    room = now()
    if question not in room.closed:
        rights.only_teacher("Answers are seen before they are shown to all")
    found = room.answers.get(question, {}).values()
    return sorted(tuple(of) if isinstance(of, list) else of for of in found)


def close(question: str, *, closed: bool = True) -> None:
    """Show the answers to all, or take more of them; the teacher's."""
    rights.only_teacher("A question is closed")
    with _changing() as room:
        _set(replace(room, closed=room.closed | {question} if closed else room.closed - {question}))


def open_lesson(key: str) -> None:
    """Have a lesson be that of all; empty: none. The teacher's."""
    rights.only_teacher("A lesson is opened for all")
    with _changing() as room:
        _set(replace(room, lesson=key))


def lead(where: dict[str, Any]) -> None:
    """Lead all who follow to a place, or to none: the teacher's.

    A change of the pointer alone is told and not kept.
    """
    rights.only_teacher("A class is led")
    with _changing() as room:
        known = {key: of for key, of in room.lead.items() if key != "pointer"}
        if known == {key: of for key, of in where.items() if key != "pointer"}:
            _tell(replace(room, lead=where))
        else:
            _set(replace(room, lead=where))


def clear() -> None:
    """Forget lesson, answers and lead: the teacher's."""
    rights.only_teacher("The room is cleared")
    with _changing() as room:
        _set(Room(version=room.version))


def subscribe(listener: Listener) -> Callable[[], None]:
    """Be told of every change, in the thread that makes it, until the returned is called."""
    _listeners.add(listener)
    return lambda: _listeners.discard(listener)


@contextlib.contextmanager
def _changing() -> Iterator[Room]:
    with _lock:
        yield now()


def _set(room: Room) -> None:
    room = replace(room, version=room.version + 1)
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = {name: getattr(room, name) for name in ("lesson", "answers", "lead", "version")}
    write_json(path, kept | {"closed": sorted(room.closed)}, durable=False)
    _tell(room)


def _tell(room: Room) -> None:
    _rooms[_path()] = room
    for listener in list(_listeners):
        listener(room)


def _read(path: Path) -> Room:
    try:
        found = read_json(path, _FORM)
    except (FileNotFoundError, DamagedFile):
        return Room()
    version = found.get("version", 0)
    return Room(
        found["lesson"],
        found["answers"],
        frozenset(found["closed"]),
        found["lead"],
        version if type(version) is int else 0,
    )


def _path() -> Path:
    return home() / "class" / "room.json"
