"""Under which addresses and names others can reach this machine, and how they are shown to them."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import struct
import sys
from collections.abc import Iterator

import segno

_ASK_INTERFACE = {"linux": 0x8915, "darwin": 0xC0206921}.get(sys.platform)  # SIOCGIFADDR
_SOMEWHERE = ("192.0.2.1", 9)  # of no machine: nothing is sent there
_QUIET = 2  # modules around a code on a screen
_LIGHT_ON_DARK, _AS_BEFORE = "\x1b[97;40m", "\x1b[0m"


def addresses() -> list[str]:
    """This machine's IPv4 addresses in networks; that of the way to the internet first."""
    found = [*_on_the_way_out(), *_of_interfaces(), *_of_name()]
    return [each for each in dict.fromkeys(found) if not each.startswith(("127.", "0."))]


def names() -> list[str]:
    """The names that other machines may have for this one."""
    name = socket.gethostname().lower().strip(".")
    short = name.partition(".")[0]
    if short in {"", "localhost"}:
        return []
    return list(dict.fromkeys([name, short, f"{short}.local"]))


def _on_the_way_out() -> Iterator[str]:
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        way.connect(_SOMEWHERE)
        yield way.getsockname()[0]


def _of_interfaces() -> Iterator[str]:
    if _ASK_INTERFACE is None:
        return
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        for _, name in socket.if_nameindex():
            with contextlib.suppress(OSError):  # it has none
                request = struct.pack("256s", name.encode()[:15])
                yield socket.inet_ntoa(fcntl.ioctl(asked.fileno(), _ASK_INTERFACE, request)[20:24])


def _of_name() -> Iterator[str]:
    with contextlib.suppress(OSError):
        yield from socket.gethostbyname_ex(socket.gethostname())[2]


def qr(text: str) -> str:
    """A text as a QR code for a terminal: light on dark, as scanners read it, two rows a line."""
    drawn = io.StringIO()
    segno.make_qr(text, error="l").terminal(drawn, border=_QUIET, compact=True)
    lines = drawn.getvalue().splitlines()
    if os.name != "nt":  # where a console may show such codes as they are, and is dark anyway
        lines = [f"{_LIGHT_ON_DARK}{line}{_AS_BEFORE}" for line in lines]
    return "\n".join(lines)
