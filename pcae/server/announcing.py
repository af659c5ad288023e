"""What a server that others reach says on its console when it listens: where, and to whom."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from typing import Any

from starlette.concurrency import run_in_threadpool
from streamlit import auth_util, config
from streamlit.web.server.server_util import get_url
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from pcae import rules
from pcae.classroom import keys, network
from pcae.data import owndata
from pcae.data.apart import spool
from pcae.server import login
from pcae.server.visitors import PARAMETER, has_class
from pcae.training import jobs

_EVERYWHERE = {None, "0.0.0.0", "::"}  # noqa: S104 (nothing is bound here)
_SECONDS_TO_TIDY = 600.0


@contextlib.asynccontextmanager
async def open_to_others(_: Any) -> AsyncIterator[None]:
    """Say it once, where there is a class; for as long as the server runs, let old data go.

    Where a cluster trains, what is in training there is found again. What servers that have ended
    had of visitors' files is removed, and in the end this one's.
    """
    await run_in_threadpool(jobs.wake)
    await run_in_threadpool(spool.tidy)
    try:
        if not has_class():
            yield
            return
        print(said(sys.stdout.isatty()), flush=True)
        tidying = asyncio.create_task(_tidy())
        yield
        tidying.cancel()
    finally:
        await run_in_threadpool(spool.leave)


async def _tidy() -> None:
    """Remove what students brought once its time is over, though nobody looks at it."""
    while True:
        await run_in_threadpool(owndata.expire)
        await asyncio.sleep(_SECONDS_TO_TIDY)


def said(drawn: bool) -> str:
    """Addresses for students, as a QR code too where it can be drawn, and the teacher's link."""
    found = addresses()
    lines = ["", "  pcae is open to a class.", ""]
    if found:
        lines += [f"  Students: {found[0]}", *(f"        or: {each}" for each in found[1:])]
        if drawn and _can_draw():
            lines += ["", network.qr(found[0])]
    elif _is_alone():
        lines += ["  This machine is in no network: only who sits at it can open the class."]
        found = [get_url("localhost")]
    else:
        lines += ["  Students: the address under which a proxy passes this server on"]
    return "\n".join([*lines, "", *_of_teachers(found), ""])


def _is_alone() -> bool:
    """Whether the server listens to all networks, and this machine is in none."""
    return config.get_option("server.address") in _EVERYWHERE and not network.addresses()


def addresses() -> list[str]:
    """Where a browser of the network opens it, without a slash at the end."""
    if config.is_manually_set("browser.serverAddress"):
        return [get_url(config.get_option("browser.serverAddress"))]
    named = config.get_option("server.address")
    hosts = network.addresses() if named in _EVERYWHERE else [named]
    return [get_url(host) for host in hosts if is_host_allowed(host) and host != "localhost"]


def _of_teachers(found: list[str]) -> list[str]:
    if login.wanted():
        return [f"  Teachers log in: {_named()}"]
    try:
        query = f"?{PARAMETER}={keys.token()}"
    except OSError as problem:
        return [f"  There can be no teacher ({problem.strerror}): PCAE_HOME cannot be written."]
    place = f"{found[0]}/" if found else "that address, and behind it "
    return [
        f"  Teacher:  {place}{query}",
        "  Whoever has that link is the teacher: show it to nobody.",
        "  `python -m pcae class --new-link` makes another, and this one void.",
    ]


def _named() -> str:
    if not auth_util.is_authlib_installed():
        return login.NEEDED
    try:
        return ", ".join(rules.read().teachers) or (
            f'nobody is named as one. Write teachers = ["a@school.example"] into {rules.path()}.'
        )
    except rules.RulesError as problem:
        return str(problem)


def _can_draw() -> bool:
    try:
        "█▀▄".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
