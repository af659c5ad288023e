"""A link as a QR code, drawn on this machine."""

import io

import segno
from starlette.requests import Request

from pcae.server.answers import Answer, Refused, in_memory

_LEVEL = "m"  # of error correction: 15 % may be unreadable
_QUIET = 4  # modules around the code
_MOST = 5_596  # digits in the largest code; of letters there are fewer
_TOO_LONG = "A QR code holds 1 to about 2,000 characters."


def answer(request: Request) -> Answer:
    """The text in the address as a QR code, in SVG."""
    text = request.query_params.get("text", "")
    if len(text) > _MOST:
        raise Refused(400, _TOO_LONG)
    return Answer(f"qr {text}", "image/svg+xml", {}, lambda: in_memory(_drawn(text)))


def _drawn(text: str) -> bytes:
    try:
        found = segno.make_qr(text, error=_LEVEL)
    except ValueError:
        raise Refused(400, _TOO_LONG) from None
    buffer = io.BytesIO()
    found.save(buffer, kind="svg", border=_QUIET, light="#fff", omitsize=True, xmldecl=False)
    return buffer.getvalue()
