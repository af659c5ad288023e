"""Which worker trains what."""

import time

import pytest

from pcae.cluster.placing import LARGE, Worker, choose
from pcae.training.devices import Device

CPU = Device("CPU", "/CPU:0", bfloat16=False, blocks=1, networks=2)
GPU = Device("GPU", "/GPU:0", bfloat16=False, blocks=1, networks=64)


def worker(name, device=CPU, **settings):
    return Worker(name, name, device, heard=time.monotonic(), **settings)


FIRST, SECOND, FAST = worker("first"), worker("second"), worker("fast", GPU)
ALL = [FAST, FIRST, SECOND]


@pytest.mark.parametrize(
    ("parameters", "on_cpu", "free", "every", "chosen"),
    [
        (10, False, ALL, ALL, FIRST),
        (10, False, [FAST], ALL, FAST),  # rather than none
        (LARGE, False, ALL, ALL, FAST),
        (LARGE, False, [FIRST], ALL, None),  # it waits
        (LARGE, False, [FIRST], [FIRST, SECOND], FIRST),
        (LARGE, True, ALL, ALL, FIRST),
        (10, True, [FAST], ALL, None),
        (10, True, [FAST], [FAST], FAST),  # which trains it on its CPU
        (10, False, [], ALL, None),
    ],
)
def test_large_networks_go_to_gpus_and_small_ones_first_elsewhere(
    parameters, on_cpu, free, every, chosen
):
    assert choose(parameters, on_cpu, free, every) is chosen


def test_a_worker_is_free_that_answers_and_has_nothing_to_do():
    assert worker("a").free
    for settings in ({"busy": 1}, {"sending": True}, {"paused": True}, {"refused": "No."}):
        assert not worker("a", **settings).free
    assert not worker("a", None).free
    assert not Worker("a", "a", CPU, heard=time.monotonic() - 10).free


def test_side_by_side_go_as_many_as_its_device_takes():
    assert worker("a").together(10, on_cpu=False) == 2
    assert worker("a", GPU).together(10, on_cpu=False) == 64
    assert worker("a", GPU).together(10, on_cpu=True) == 1
