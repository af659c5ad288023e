"""What a class does at this moment: the lesson, the answers, and where the teacher leads.

One room a server. It is kept in `PCAE_HOME/class/room.json` at every change, so that a server that
is killed goes on where it was. Answers have no names outside of this process's files, and go with
the room.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pcae import rights
from pcae.files import DamagedFile, home, is_there, read_json, write_json

_MOST_ANSWERS = 2_000  # of one question
_MOST_QUESTIONS = 200


@dataclass
class Room:
    """The room, and those who want to hear of it.

    Attributes
    ----------
    lesson : str
        The key of the lesson that the teacher has opened for all; empty: none.
    answers : dict
        By question, as in "what_is_a_code_worth/3", and visitor: a number, the number of a choice,
        or the two numbers of a place.
    closed : set of str
        The questions whose answers are shown to all.
    lead : dict
        Where the teacher is: "page", "query", "hash" and "pointer"; empty while nobody leads.
    version : int
        Grows with every change.
    """

    lesson: str = ""
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    lead: dict[str, Any] = field(default_factory=dict)
    version: int = 0
