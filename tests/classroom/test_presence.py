"""Who is here on all servers of one store: each tells its own, and the dead are forgotten."""

import os
import time

from pcae.classroom import presence
from pcae.files import home


def test_each_server_hears_whom_the_others_have():
    assert presence.exchange("one", frozenset({"anne", "ben"})) == frozenset()
    assert presence.exchange("two", frozenset({"ben", "carl"})) == {"anne", "ben"}
    assert presence.exchange("one", frozenset({"anne"})) == {"ben", "carl"}
    assert presence.exchange("two", frozenset()) == {"anne"}
    presence.leave("one")
    assert presence.exchange("two", frozenset()) == frozenset()


def test_a_server_that_was_killed_counts_no_more_after_some_seconds():
    presence.exchange("dead", frozenset({"anne"}))
    left = home() / "class" / "here" / "dead.json"
    assert left.stat().st_mode & 0o077 == 0
    os.utime(left, (time.time() - 11,) * 2)
    assert presence.exchange("two", frozenset()) == frozenset()
    assert not left.exists()


def test_a_damaged_file_says_nothing_and_one_that_cannot_be_written_stops_nothing():
    presence.exchange("one", frozenset({"anne"}))
    (home() / "class" / "here" / "bad.json").write_text("[")
    assert presence.exchange("two", frozenset()) == {"anne"}
    presence.leave("one")
    (home() / "class" / "here" / "one.json").mkdir()
    assert presence.exchange("one", frozenset({"anne"})) == frozenset()
