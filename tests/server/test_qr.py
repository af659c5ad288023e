"""The QR code is segno's, of the very address."""

import re
from urllib.parse import quote

import pytest
import segno

from pcae.server import qr
from tests.server.test_routes import get

ADDRESS = "http://host:8501/?run=ac7d8200e52d&epochs=25#zoom=-1.5,2,3,4&pins=1,2"


def modules(svg):
    """The dark modules of the picture: (across, down), counted from its corner."""
    (path,) = re.findall(r'stroke="#000" d="([^"]+)"', svg)
    found, x, y = set(), 0.0, 0.0
    for command, *numbers in re.findall(r"([Mmh])(-?[\d.]+)(?: ?(-?[\d.]+))?", path):
        values = [float(number) for number in numbers if number]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + (values[1] if len(values) > 1 else 0)
        else:
            found |= {(int(x) + step, int(y)) for step in range(int(values[0]))}
            x += values[0]
    return found


def expected(text):
    """The dark modules that segno gives for a text, with four modules around them."""
    rows = enumerate(segno.make_qr(text, error="m").matrix)
    return {(x + 4, y + 4) for y, row in rows for x, dark in enumerate(row) if dark}


def test_the_code_is_of_the_address():
    status, headers, body = get(f"explorer/qr?text={quote(ADDRESS, safe='')}")
    assert status == 200
    assert headers["content-type"].startswith("image/svg+xml")
    assert modules(body.decode()) == expected(ADDRESS)
    assert modules(body.decode()) != modules(get("explorer/qr?text=other")[2].decode())


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"/><image href="x">'])
def test_nothing_of_a_text_is_in_the_picture_as_it_is(text):
    body = get(f"explorer/qr?text={quote(text)}")[2].decode()
    assert "script" not in body
    assert "image" not in body


def test_too_much_text_is_a_sentence():
    status, _, body = get(f"explorer/qr?text={'x' * 3000}")
    assert status == 400
    assert b"about 2,000 characters" in body


def test_more_than_any_code_holds_is_refused_at_once(monkeypatch):
    monkeypatch.setattr(qr.segno, "make_qr", None)
    status, _, body = get(f"explorer/qr?text={'9' * 6_000}")
    assert status == 400
    assert b"about 2,000 characters" in body
