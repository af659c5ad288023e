"""Threads of the server share what memory they need in turn."""

import platform
import subprocess
import sys

import pytest

THREADS = 12
# threads that live at the same time and each hold a little; the heaps that malloc then has
HEAPS = f"""
import ctypes, sys, threading
from pcae.server import memory
if "share" in sys.argv:
    memory.share_heaps()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
together = threading.Barrier({THREADS})
def hold():
    together.wait()
    libc.malloc(1000)
    together.wait()
threads = [threading.Thread(target=hold) for _ in range({THREADS})]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc.malloc_stats()
"""


def heaps(*arguments):
    """How many heaps glibc says there are."""
    command = [sys.executable, "-c", HEAPS, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stderr.count("Arena")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is glibc that has several heaps")
def test_threads_share_two_heaps():
    assert heaps() > 2
    assert heaps("share") <= 2
