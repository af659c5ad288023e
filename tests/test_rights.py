"""Who may what: whose a folder is, and what the server does not know."""

import threading

import pytest

from pcae import rights
from pcae.rights import NOBODY, OWNER, Denied, Visitor

ONE, OTHER, TEACHER = Visitor("one"), Visitor("other"), Visitor("t", teacher=True)


def own(folder, *visitors):
    """Whether each may change what the folder holds."""
    found = []
    for visitor in visitors:
        with rights.acting(visitor):
            found.append(rights.is_own(folder))
    return found


def test_alone_everything_is_ones_own(tmp_path):
    assert rights.who() == OWNER
    assert rights.teaches()
    assert rights.is_own(tmp_path)
    rights.only_teacher("Nothing is done")


def test_what_nobody_claimed_is_the_teachers(tmp_path):
    assert own(tmp_path, ONE, OTHER, NOBODY, TEACHER, OWNER) == [False, False, False, True, True]
    assert rights.is_the_teachers(tmp_path)
    assert not rights.owners(tmp_path)


def test_several_who_ask_for_the_same_own_it_until_they_leave(tmp_path):
    rights.claim(tmp_path, ONE, made=True)
    rights.claim(tmp_path, OTHER)
    assert rights.owners(tmp_path) == {"one", "other"}
    assert own(tmp_path, ONE, OTHER, TEACHER) == [True, True, True]
    assert not rights.is_the_teachers(tmp_path)
    assert rights.leave(tmp_path, ONE)
    assert own(tmp_path, ONE, OTHER) == [False, True]
    assert not rights.leave(tmp_path, OTHER)
    assert own(tmp_path, ONE, OTHER) == [False, True]  # whose it stays, to go on or to delete it


def test_of_many_who_ask_at_the_same_moment_none_is_forgotten(tmp_path):
    rights.claim(tmp_path, OTHER, made=True)
    asking = [
        threading.Thread(target=rights.claim, args=(tmp_path, Visitor(f"v{i}"))) for i in range(40)
    ]
    for each in asking:
        each.start()
    for each in asking:
        each.join()
    assert rights.owners(tmp_path) == {"other", *(f"v{i}" for i in range(40))}


def test_what_is_the_teachers_stays_so_when_a_student_asks_for_it(tmp_path):
    rights.claim(tmp_path, ONE)
    assert rights.owners(tmp_path) == {"one"}
    assert rights.is_the_teachers(tmp_path)
    assert rights.leave(tmp_path, ONE)
    assert own(tmp_path, ONE) == [False]


def test_the_teacher_who_asks_for_a_students_has_it_too(tmp_path):
    rights.claim(tmp_path, ONE, made=True)
    rights.claim(tmp_path, TEACHER)
    assert rights.is_the_teachers(tmp_path)
    assert own(tmp_path, ONE) == [True]
    assert rights.leave(tmp_path, ONE)


@pytest.mark.parametrize(
    "text", ["", "[]", '{"owners": 1}', '{"owners": ["one"', '{"owners": [3]}']
)
def test_a_damaged_file_gives_nobody_a_right_but_the_teacher(tmp_path, text):
    (tmp_path / "owners.json").write_text(text)
    assert own(tmp_path, ONE, NOBODY, TEACHER) == [False, False, True]
    assert not rights.is_the_teachers(tmp_path)  # so it is not shown to all


def test_refusals_are_sentences(tmp_path):
    with rights.acting(ONE):
        with pytest.raises(Denied, match=r"^The queue is paused by the teacher alone\.$"):
            rights.only_teacher("The queue is paused")
        with pytest.raises(
            Denied, match=r"^Data is removed by those whose it is, or by the teacher\.$"
        ):
            rights.only_own(tmp_path, "Data is removed")
        rights.only_known("Data is kept")
    with rights.acting(NOBODY), pytest.raises(Denied, match="keep the cookies of this site"):
        rights.only_known("Data is kept")


def test_who_acts_is_so_in_its_own_thread_alone():
    seen = []
    with rights.acting(ONE):
        thread = threading.Thread(target=lambda: seen.append(rights.who()))
        thread.start()
        thread.join()
        with rights.acting(OTHER):
            assert rights.who() == OTHER
        assert rights.who() == ONE
    assert seen == [OWNER]
    assert rights.who() == OWNER
