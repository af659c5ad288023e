"""Three machines in one: network namespaces with an address each, on a bridge of their own."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


class Hosts:
    """Machines that reach each other and nothing else; they go with all that runs in them."""

    def __init__(self, count):
        if sys.platform != "linux" or os.geteuid() != 0:
            pytest.skip("network namespaces are made by root, on Linux")
        if shutil.which("ip") is None:
            pytest.skip("no ip on this machine: install the package iproute2")
        self._switch = f"pcae-{os.getpid()}-switch"
        self.names = [f"pcae-{os.getpid()}-{number}" for number in range(1, count + 1)]
        self._kept = []
        try:
            self._make()
        except subprocess.CalledProcessError as problem:
            self.end()
            pytest.skip(f"no network namespaces on this machine: {problem.stderr.strip()}")

    def _make(self):
        ip("netns", "add", self._switch)
        ip("-n", self._switch, "link", "add", "bridge", "type", "bridge")
        ip("-n", self._switch, "link", "set", "bridge", "up")
        for number, name in enumerate(self.names, 1):
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
            peer = ("peer", "name", f"port{number}", "netns", self._switch)
            ip("-n", name, "link", "add", "eth0", "type", "veth", *peer)
            ip("-n", self._switch, "link", "set", f"port{number}", "master", "bridge", "up")
            ip("-n", name, "address", "add", f"{address(number)}/24", "dev", "eth0")
            ip("-n", name, "link", "set", "eth0", "up")
            ip("netns", "exec", name, "true")

    def link(self, number, state):
        """Take the cable out of a machine ("down"), or put it back ("up")."""
        ip("-n", self._switch, "link", "set", f"port{number}", state)

    def start(self, number, *arguments, log, environment):
        """Run Python at a machine, with nothing of this test's own environment."""
        with log.open("ab") as output:
            return subprocess.Popen(
                ["ip", "netns", "exec", self.names[number - 1], sys.executable, *arguments],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1", **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def keep(self, number, *arguments, log, environment):
        """As `start`, and again whenever it ends, as a machine's own supervisor does."""
        kept = Kept(lambda: self.start(number, *arguments, log=log, environment=environment))
        self._kept.append(kept)
        return kept

    def end(self):
        """End all that runs at the machines, and take them down."""
        for kept in self._kept:
            kept.end()
        for name in [*self.names, self._switch]:
            found = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True)
            for pid in found.stdout.split():
                try:
                    os.kill(int(pid), signal.SIGKILL)
                except ProcessLookupError:
                    continue
            subprocess.run(["ip", "netns", "delete", name], capture_output=True)

    def pids(self, number, words):
        """What runs at a machine with these words in its command."""
        found = ip("netns", "pids", self.names[number - 1]).split()
        return [int(pid) for pid in found if words in command(pid)]


class Kept:
    """A process that is started again half a second after it ends."""

    def __init__(self, start):
        self._over = threading.Event()
        self._start, self.process = start, start()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self):
        while True:
            self.process.wait()
            if self._over.wait(0.5):
                return
            self.process = self._start()

    def kill(self):
        """As the system does when memory runs out."""
        self.process.kill()

    def end(self):
        self._over.set()
        self.process.kill()
        self._thread.join()


def ip(*arguments):
    return subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True).stdout


def address(number):
    return f"10.77.0.{number}"


def command(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
