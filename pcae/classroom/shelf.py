"""The lessons there are: those that ship, those that a teacher published, and everybody's draft.

A lesson that ships is known by its file's name, a published one by a digest of what it says: two
lessons never share the answers to their questions. Published ones and drafts lie in
`PCAE_HOME/lessons/`.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import re
from collections.abc import Collection
from pathlib import Path

from pcae import removal, rights
from pcae.classroom.lessons import MOST_BYTES, Lesson, LessonError, write
from pcae.classroom.reading import parse
from pcae.files import DamagedFile, damaged, home, read_text
from pcae.files import write as write_file
from pcae.removal import Removed
from pcae.rights import Denied

SHIPPED = Path(__file__).parents[1] / "lessons"
ORDER = ("tour", "what_is_a_code_worth", "linear_is_pca", "draw_and_break_it")
MOST_PUBLISHED = 60
_MOST_DRAFTS = 200  # of students; the oldest goes
_KEY = re.compile(r"[0-9a-f]{12}")
_FULL = f"There are {MOST_PUBLISHED} published lessons already: remove one first."


@functools.cache
def shipped() -> dict[str, Lesson]:
    """The lessons that ship, by key."""
    return {key: parse((SHIPPED / f"{key}.md").read_text("utf-8")) for key in ORDER}


def published() -> tuple[dict[str, Lesson], list[str]]:
    """The published lessons by key, and a sentence on every file that cannot be used."""
    found, problems = {}, []
    for path in sorted(_folder().glob("*.md"))[:MOST_PUBLISHED]:
        if _KEY.fullmatch(path.stem):
            try:
                found[path.stem] = _read(path)
            except FileNotFoundError:
                continue  # removed meanwhile
            except DamagedFile as problem:
                problems.append(str(problem))
    return dict(sorted(found.items(), key=lambda item: (item[1].title, item[0]))), problems


def find(key: str) -> Lesson | None:
    """A lesson that ships or is published; None where there is none of this key."""
    if key in shipped():
        return shipped()[key]
    if not _KEY.fullmatch(key):
        return None
    try:
        return _read(_folder() / f"{key}.md")
    except (FileNotFoundError, DamagedFile):
        return None


def key_of(lesson: Lesson) -> str:
    """What a published lesson is known by: twelve hexadecimal digits of what it says."""
    return hashlib.sha256(write(lesson).encode()).hexdigest()[:12]


def publish(text: str, pages: Collection[str] = ()) -> str:
    """Put a lesson on the shelf, for all; its key. The teacher's.

    Raises
    ------
    Denied
        Somebody else asks, or there are too many.
    LessonError
        It is no lesson.
    OSError
        The disk cannot be written.
    """
    rights.only_teacher("A lesson is published")
    lesson = parse(text, pages)
    key = key_of(lesson)
    path = _folder() / f"{key}.md"
    if not path.exists():
        if len(list(_folder().glob("*.md"))) >= MOST_PUBLISHED:
            raise Denied(_FULL)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, write(lesson))
    return key


def remove(key: str) -> Removed | None:
    """Take a published lesson off the shelf; None where it is not there any more. The teacher's.

    Raises
    ------
    Denied
        Somebody else asks.
    OSError
        The disk cannot be written.
    """
    rights.only_teacher("A lesson is removed")
    path = _folder() / f"{key}.md"
    if not _KEY.fullmatch(key) or not path.exists():
        return None
    return removal.set_aside(path)


def draft() -> str:
    """The lesson that who asks is writing; "" where there is none."""
    try:
        return read_text(_draft_path())
    except (FileNotFoundError, DamagedFile):
        return ""


def keep_draft(text: str) -> None:
    """Keep what who asks is writing, be it a lesson yet or not.

    Raises
    ------
    Denied
        The server does not know who asks.
    LessonError
        It is too long.
    OSError
        The disk cannot be written.
    """
    rights.only_known("A lesson is kept")
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise LessonError(f"The lesson has more than {MOST_BYTES // 1024} KB: make it shorter.")
    path = _draft_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, text.encode("utf-8", "replace"), durable=False)
    if not rights.teaches():
        for old in _students()[_MOST_DRAFTS:]:
            old.unlink(missing_ok=True)


def clear_drafts() -> None:
    """Remove what students were writing: the teacher's.

    Raises
    ------
    Denied
        Somebody else asks.
    """
    rights.only_teacher("The room is cleared")
    for path in _students():
        path.unlink(missing_ok=True)


def _students() -> list[Path]:
    """The drafts of students, the newest first."""
    dated = []
    for path in (_folder() / "students").glob("*.md"):
        with contextlib.suppress(FileNotFoundError):
            dated.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(dated, reverse=True)]


def _read(path: Path) -> Lesson:
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        raise FileNotFoundError(path) from None
    return _parsed(path, changed)


@functools.lru_cache(MOST_PUBLISHED)
def _parsed(path: Path, _changed: int) -> Lesson:
    try:
        return parse(read_text(path))
    except LessonError as problem:
        raise damaged(path, str(problem)) from None


def _folder() -> Path:
    return home() / "lessons"


def _draft_path() -> Path:
    name, whose = rights.who().name, "drafts" if rights.teaches() else "students"
    owner = hashlib.sha256(name.encode()).hexdigest()[:12] if name else "owner"
    return _folder() / whose / f"{owner}.md"
