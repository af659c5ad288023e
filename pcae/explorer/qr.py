"""A link as a QR code, drawn on this machine."""

import io

import segno
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

_LEVEL = "m"  # of error correction: 15 % may be unreadable
_QUIET = 4  # modules around the code


def answer(request: Request) -> Response:
    """The text in the address as a QR code, in SVG."""
    try:
        found = segno.make_qr(request.query_params.get("text", ""), error=_LEVEL)
    except ValueError:
        return PlainTextResponse("A QR code holds 1 to about 2,000 characters.", 400)
    buffer = io.BytesIO()
    found.save(buffer, kind="svg", border=_QUIET, light="#fff", omitsize=True, xmldecl=False)
    return Response(buffer.getvalue(), media_type="image/svg+xml")
