"""`python -m pcae class`: serve to others in the network, and the teacher's link.

The server itself tells its addresses once it listens (`pcae.server.announcing`), whoever started
it; here it is started so that others reach it: it listens to all, and answers to the addresses and
names of this machine, to no others.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from pcae.classroom import keys, network

_ROOT = Path(__file__).parents[2]
_PORT = 8501  # Streamlit's usual one
_HERE = ("localhost", "127.0.0.1", "::1")


class NotOpened(Exception):
    """Why no class can be held; the message says what to do."""


def add_options(command: argparse.ArgumentParser) -> None:
    """Let the command line say which port, or that only the link is wanted."""
    command.add_argument("--port", type=int, default=_PORT, metavar="N", help=f"else {_PORT}")
    which = command.add_mutually_exclusive_group()
    which.add_argument("--link", action="store_true", help="only print the teacher's link")
    which.add_argument(
        "--new-link", action="store_true", help="print another one; those before are void"
    )


def run(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    """Serve until it is stopped, or say what the teacher's link is.

    Raises
    ------
    NotOpened
        The port is taken or none, or teachers log in and have no link.
    OSError
        The token cannot be kept.
    """
    if not 1 <= options.port <= 65_535:
        raise NotOpened(f"There is no port {options.port}: it is 1 to 65535.")
    if options.link or options.new_link:
        if _teachers_log_in():
            raise NotOpened("Teachers of this class log in: they have no link.")
        if options.new_link:
            keys.renew()
        link = f"{address(options.port)}/?teacher={keys.token()}"
        return {"link": link}, link
    _find_free(options.port)
    _serve(command(options.port))
    return {}, "The class is over."


def address(port: int) -> str:
    """Where others open the dashboard; this machine itself where it is in no network."""
    host = next(iter(network.addresses()), "localhost")
    return f"http://{host}:{port}"


def command(port: int) -> list[str]:
    """What starts the server."""
    options = {
        "server.address": ["0.0.0.0"],  # noqa: S104 (others are to reach it)
        "server.port": [str(port)],
        "server.headless": ["true"],  # no browser opens at an address that is not the class's
        "server.allowedHosts": [*_HERE, *network.addresses(), *network.names()],
        "logger.hideWelcomeMessage": ["true"],
    }
    flags = [part for name, each in options.items() for of in each for part in (f"--{name}", of)]
    return [sys.executable, "-m", "streamlit", "run", str(_ROOT / "app.py"), *flags]


def _find_free(port: int) -> None:
    with socket.socket() as tried:
        if os.name != "nt":
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("", port))
        except OSError as problem:
            raise NotOpened(
                f"Port {port} cannot be had ({problem.strerror}): perhaps a class is open there "
                f"already. Stop it, or name another: --port {port + 1}"
            ) from None


def _serve(arguments: list[str]) -> None:
    sys.stdout.flush()
    if os.name != "nt":
        # whatever stops this process stops the server
        os.execv(arguments[0], arguments)  # noqa: S606 (no shell is wanted)
    with contextlib.suppress(KeyboardInterrupt):
        subprocess.run(arguments, check=False)


def _teachers_log_in() -> bool:
    """Whether Streamlit's secrets say so; see `pcae.server.login`."""
    for folder in (Path.home(), Path.cwd(), _ROOT):
        with contextlib.suppress(OSError, ValueError):
            if "auth" in tomllib.loads((folder / ".streamlit/secrets.toml").read_text("utf-8")):
                return True
    return False
