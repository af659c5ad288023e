"""What was read of visitors' files stays within one limit, however many visitors there are."""

import gc

import pytest

from pcae.ui import uploaded
from pcae.ui.uploaded import Kept


@pytest.fixture(autouse=True)
def room_for_ten(monkeypatch):
    gc.collect()
    monkeypatch.setattr(uploaded, "MOST_KEPT", 10)


def ask(visitor, kind="whole", key=1, size=4):
    """Whether something was read, and not kept."""
    read = []
    visitor.once(kind, key, lambda: read.append(1), lambda _: size)
    return bool(read)


def test_a_visitors_last_of_each_kind_is_kept():
    visitor = Kept()
    assert ask(visitor)
    assert ask(visitor, "fitted")
    assert not ask(visitor)
    assert not ask(visitor, "fitted")
    assert ask(visitor, key=2)
    assert ask(visitor, key=1)


def test_what_was_asked_for_longest_ago_goes_first():
    first, second, third = Kept(), Kept(), Kept()
    for visitor in (first, second):
        assert ask(visitor)
    assert not ask(first)
    assert ask(third)
    assert not ask(first)
    assert not ask(third)
    assert ask(second)


def test_what_is_larger_than_the_limit_is_kept_for_its_visitor_alone():
    small, large = Kept(), Kept()
    assert ask(small)
    assert ask(large, size=99)
    assert not ask(large, size=99)
    assert ask(small)
    assert ask(large, size=99)


def test_what_a_visitor_who_left_had_counts_no_more():
    gone, here, third = Kept(), Kept(), Kept()
    assert ask(here)
    assert ask(gone)
    del gone
    assert ask(third)
    assert not ask(here)


def test_a_failure_is_not_kept():
    visitor = Kept()
    with pytest.raises(ZeroDivisionError):
        visitor.once("whole", 1, lambda: 1 // 0, lambda _: 0)
    assert ask(visitor)
