"""What a class does at this moment: the lesson, the answers, and where the teacher leads.

One room a store. It is kept in `PCAE_HOME/class/room.json`, within half a second of every change,
so that a server that is killed goes on where it was. Where several servers share the store, each
sees what the others have kept whenever it is asked, and puts what it has not kept yet on top of it.
Nobody but this file knows whose an answer is, and the answers go with the room.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pcae import rights
from pcae.files import DamagedFile, home, read_json, write_json
from pcae.forms import holds, misfit, named, number, several, text, whole
from pcae.rights import Denied

Answer = float | int | tuple[float, float]
Listener = Callable[["Room"], None]
Change = Callable[["Room"], "Room"]

MOST_ANSWERS = 1_000  # of one question
MOST_QUESTIONS = 300
MOST_IN_ALL = 20_000  # answers, which make a file of two megabytes
MOST_QUERY, MOST_HASH = 8_000, 4_000  # characters of an address
PATIENCE_SECONDS = 100.0  # a leader says nothing for so long: a browser lets hidden tabs sleep
_KEEP_SECONDS = 0.3  # after a change; those meanwhile are kept with it
_MOST_SECONDS = 5.0  # that another server may be at the file
_CLOSED = "The answers to this question are shown already: it is closed."
_FULL = "No more answers can be kept: the teacher can clear the room."
_NO_ANSWER = "This is no answer: a number is, the number of a choice, or the two of a place."
_UNKNOWN = "Only who has opened a page of this class can answer: reload the page."
_FAR = 1e12

_is_number = number(-_FAR, _FAR)
_is_place = several(_is_number, 2, 2)
_POINTER = {"i": whole(0, 10**6)}  # a digit
_BETWEEN = {"p": whole(0, 1), "x": _is_number, "y": _is_number}  # or a point of a plane
_LEAD = {
    "page": text(64),
    "query": text(MOST_QUERY),
    "hash": text(MOST_HASH),
    "by": text(32),
    "pointer": lambda of: of is None or holds(_POINTER)(of) or holds(_BETWEEN)(of),
}
_POINTED = {name: _LEAD[name] for name in ("by", "pointer")}


def _is_answer(of: Any) -> bool:
    return _is_number(of) or _is_place(of)


_FORM = {
    "lesson": text(64),
    "answers": named(named(_is_answer)),
    "closed": several(text(128), 0, MOST_QUESTIONS),
    "lead": lambda of: of == {} or holds(_LEAD)(of),
    "version": whole(0, 2**53),
    "answered": whole(0, 2**53),
    "until": number(0, _FAR),
}
_USUAL = {"until": 0.0}  # a file of before has none


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
        pointed at there, "by" for the tab that leads; empty while nobody leads.
    version : int
        Grows when a lesson is opened, a question closed or opened again, or the room cleared: with
        what all see.
    answered : int
        Grows with every answer.
    until : float
        When whoever leads is taken to be gone unless they give another sign, in seconds since 1970.
    """

    lesson: str = ""
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    lead: dict[str, Any] = field(default_factory=dict)
    version: int = 0
    answered: int = 0
    until: float = 0.0


_lock = threading.RLock()
_rooms: dict[Path, Room] = {}
_listeners: list[Listener] = []
_unkept: dict[Path, list[tuple[Change, bool]]] = {}  # not in its files yet; false: a pointer alone
_seen: dict[Path, tuple[int, int, int] | None] = {}  # what files were like when they were read


def now() -> Room:
    """The room as it is; after a start of the server, or a change by another, as it was kept."""
    path = _path()
    with _lock:
        if path not in _unkept:  # else what was kept is seen with the next writing
            _look(path)
        return _rooms[path]


def answer(question: str, value: Answer) -> None:
    """Answer a question, in the place of what the same visitor answered before.

    Raises
    ------
    Denied
        It is closed, there are too many answers, this is none, or nobody knows who asks.
    """
    name = rights.who().name
    if rights.who() == rights.NOBODY:
        raise Denied(_UNKNOWN)
    if not _is_answer(list(value) if isinstance(value, tuple) else value):
        raise Denied(_NO_ANSWER)

    def given(room: Room) -> Room:
        of_all = room.answers.get(question, {})
        if name not in of_all:
            _see_room_for(question, room)
        answers = room.answers | {question: of_all | {name: value}}
        return replace(room, answers=answers, answered=room.answered + 1)

    with _lock:
        if question in now().closed:  # what was answered before counts, wherever it was closed
            raise Denied(_CLOSED)
        _change(given)


def _see_room_for(question: str, room: Room) -> None:
    in_all = sum(map(len, room.answers.values()))
    another = question not in room.answers
    if (
        len(room.answers.get(question, {})) >= MOST_ANSWERS
        or (another and (len(room.answers) >= MOST_QUESTIONS or len(question) > 128))
        or in_all >= MOST_IN_ALL
    ):
        raise Denied(_FULL)


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
    found = [
        tuple(of) if isinstance(of, list) else of for of in room.answers.get(question, {}).values()
    ]
    return sorted(found, key=lambda of: of if isinstance(of, tuple) else (of,))


def close(question: str, *, closed: bool = True) -> None:
    """Show the answers to all, or take more of them; the teacher's.

    Raises
    ------
    Denied
        Somebody else asks, or more questions are closed than can be kept.
    """
    rights.only_teacher("A question is closed")

    def shown(room: Room) -> Room:
        left = room.closed | {question} if closed else room.closed - {question}
        if len(left) > MOST_QUESTIONS:
            raise Denied(_FULL)
        return replace(room, closed=left, version=room.version + 1)

    _change(shown)


def open_lesson(key: str) -> None:
    """Have a lesson be that of all; empty: none. The teacher's."""
    rights.only_teacher("A lesson is opened for all")
    _change(lambda room: replace(room, lesson=key, version=room.version + 1))


def lead(where: Mapping[str, Any]) -> None:
    """Lead all who follow to a place, or nowhere any more with an empty one: the teacher's.

    A change of the pointer alone is told, and kept in a file of its own.

    Raises
    ------
    Denied
        Somebody else asks.
    ValueError
        It is no place; the message says what of it is wrong.
    """
    rights.only_teacher("A class is led")
    if where and (wrong := misfit(where, _LEAD)):
        raise ValueError(f"This is no place to lead to: {wrong}.")
    place = {name: where[name] for name in _LEAD} if where else {}
    with _lock:
        before = now().lead
        pointed = bool(place) and before == place | {"pointer": before.get("pointer")}
        until = time.time() + PATIENCE_SECONDS
        _change(lambda room: replace(room, lead=place, until=until), kept=not pointed)


def stays(seconds: float = PATIENCE_SECONDS) -> None:
    """Whoever leads is there, and is taken to be so for a while without another sign."""
    until = time.time() + seconds
    _change(lambda room: replace(room, until=until))


def clear() -> None:
    """Forget lesson, answers and lead: the teacher's."""
    rights.only_teacher("The room is cleared")
    _change(lambda room: Room(version=room.version + 1, answered=room.answered + 1))


def subscribe(listener: Listener) -> Callable[[], None]:
    """Be told of every change, in the thread that makes it, until the returned is called."""
    with _lock:
        _listeners.append(listener)

    def leave() -> None:
        with _lock, contextlib.suppress(ValueError):
            _listeners.remove(listener)

    return leave


def keep() -> None:
    """Write what is not kept yet, at once."""
    for path in list(_unkept):
        _write(path)


def _change(change: Change, *, kept: bool = True) -> None:
    """Have the room be another, at once here and soon in its file."""
    path = _path()
    with _lock:
        _tell(path, change(now()))
        if path not in _unkept:
            soon = threading.Timer(_KEEP_SECONDS, _write, [path])
            soon.daemon = True
            soon.start()
        _unkept.setdefault(path, []).append((change, kept))


def _tell(path: Path, room: Room) -> None:
    _rooms[path] = room
    for listener in list(_listeners):
        listener(room)


def _write(path: Path) -> None:
    """Keep what is not kept yet, on top of what another server has kept meanwhile."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(path.with_name(".room.lock"), timeout=_MOST_SECONDS), _lock:
            if path not in _unkept:
                return
            changes = _unkept.pop(path)
            if _is_new(path):
                _tell(path, _once_more(_read(path), changes))
            room = _rooms[path]
            if any(kept for _, kept in changes):
                found = {name: getattr(room, name) for name in _FORM}
                write_json(path, found | {"closed": sorted(room.closed)}, durable=False)
                _is_new(path)
            if room.lead:
                pointed = {name: room.lead[name] for name in _POINTED}
                write_json(_pointer_path(path), pointed, durable=False)
                _is_new(_pointer_path(path))
    except (OSError, Timeout) as problem:  # the class goes on
        with _lock:
            _unkept.pop(path, None)
        logging.getLogger(__name__).warning("The room is not kept: %s", problem)


def _once_more(room: Room, changes: list[tuple[Change, bool]]) -> Room:
    for change, _ in changes:
        with contextlib.suppress(Denied):  # it is full by now
            room = change(room)
    return room


def _look(path: Path) -> None:
    """See what was kept by others."""
    is_new = _is_new(path) or path not in _rooms
    pointed = _is_new(_pointer_path(path)) or is_new
    room = _read(path) if is_new else _rooms[path]
    if pointed and room.lead:
        with contextlib.suppress(FileNotFoundError, DamagedFile):
            found = read_json(_pointer_path(path), _POINTED)
            if found["by"] == room.lead["by"]:
                room = replace(room, lead=room.lead | {"pointer": found["pointer"]})
    if room is not _rooms.get(path):
        _tell(path, room)


def _is_new(path: Path) -> bool:
    """Whether a file is another one than when this was last asked."""
    try:
        of = path.stat()
        found = of.st_ino, of.st_size, of.st_mtime_ns
    except OSError:
        found = None
    before = _seen.get(path)
    _seen[path] = found
    return found != before


def _read(path: Path) -> Room:
    """What was kept; an empty room where nothing was, or nothing that can be used."""
    try:
        found = read_json(path, _FORM, _USUAL)
    except (FileNotFoundError, DamagedFile):
        return Room()
    answers = found["answers"]
    if len(answers) > MOST_QUESTIONS or sum(map(len, answers.values())) > MOST_IN_ALL:
        return Room()
    closed = frozenset(found["closed"])
    return Room(**{name: found[name] for name in _FORM} | {"closed": closed})


def _path() -> Path:
    return home() / "class" / "room.json"


def _pointer_path(path: Path) -> Path:
    return path.with_name("pointer.json")
