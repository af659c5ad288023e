"""A short campaign against the dashboard, always the same: benchmarks.attack has the long ones.

The kills of it are with the worker's tests, in test_jobs.
"""

import os

import pytest

from benchmarks.attack import byhand, damages, files, pages, requests
from benchmarks.attack.target import running

PATIENCE_SECONDS = 300  # the numbers of attempts are the limit


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A server with a full store."""
    with running(tmp_path_factory.mktemp("attacked")) as target:
        yield target


@pytest.fixture
def target(served, own_folders, monkeypatch):
    """The server, with its store as this test's."""
    monkeypatch.setenv("PCAE_HOME", str(served.home))
    return served


def survived(outcome, least):
    """Whether there were as many attempts as there should be, and none that failed."""
    assert outcome.tried >= least
    assert not outcome.failures, str(outcome)


def test_damaged_requests_are_answered_and_cost_no_more_than_they_should(target):
    survived(requests.attack(target, 0, PATIENCE_SECONDS, most=160), 600)


def test_hostile_links_show_pages(target):
    survived(pages.attack(target, 0, PATIENCE_SECONDS, most=24), 24)


def test_a_damaged_store_shows_pages_and_says_what_is_damaged(target):
    survived(damages.attack(target, 2, PATIENCE_SECONDS, most=5), 60)


@pytest.mark.skipif(os.name == "nt", reason="a process's memory is limited on POSIX alone")
def test_mutated_files_are_read_or_refused_in_a_sentence():
    number = len(byhand.FILES) + files.LARGE_AFTER
    survived(files.attack(0, PATIENCE_SECONDS, most=number), number)
