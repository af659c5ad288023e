"""What others have on the server of a class: Ann, who is a student, and the teacher."""

from dataclasses import replace

from pcae import rights, rules, store
from pcae.classroom import keys, room, shelf
from pcae.config import RunConfig
from pcae.presets import PRESETS
from pcae.training import jobs, sweep
from pcae.training.sweep import Sweep
from tests.data.test_shared_data import brought, trained_on
from tests.training.test_turns import ANN, TEACHER, limit

BASE = RunConfig(dataset="mnist-5k", hidden=(4,), epochs=1)
GRID = Sweep(base=BASE, hidden=[(4,)], k=[2], epochs=[1], seed=[50, 51])
ANNS_GRID = replace(GRID, seed=[60])
LESSON = "# A lesson\n\n## A step\n\nText.\n"
QUESTION = "what_is_a_code_worth/3"
WHERE = {"page": "explore", "query": "", "hash": "", "by": "tab"}


def make():
    """All that, by name: networks, and the names of data and of a lesson."""
    limit(sweeps="true")
    found = {
        "anns": trained_on(ANN, "mnist-5k"),
        "private": trained_on(ANN, brought(ANN)),
        "teachers": trained_on(TEACHER, "digits-8x8"),
        "shipped": store.find(PRESETS["Linear"].key),
    }
    with rights.acting(ANN):
        found["waiting"] = jobs.submit(replace(BASE, seed=40))
        sweep.submit(ANNS_GRID)
    with rights.acting(TEACHER):
        sweep.submit(GRID)
        found["teachers waiting"] = jobs.submit(replace(BASE, seed=41))
        found["theirs"] = brought(TEACHER, 5)
        found["lesson"] = shelf.publish(LESSON)
        room.open_lesson(found["lesson"])
        room.lead(WHERE | {"pointer": None})
    with rights.acting(ANN):
        room.answer(QUESTION, 3)
    room.keep()
    rules.path().unlink()
    _ = keys.token(), keys.key()
    return found
