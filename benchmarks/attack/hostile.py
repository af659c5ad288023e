"""Values and changes that programs stumble over."""

from __future__ import annotations

import random

TEXTS = [
    *("", " ", "0", "-1", "1", "00", "1e309", "-1e309", "nan", "inf", "0x10", "1_0", "１２", "½"),
    *("9" * 20, "9" * 5_000, "-" + "9" * 400, "2147483648", "9223372036854775808", "1.5", "+1"),
    *("true", "None", "null", "[]", "{}", '{"a":', "a,b", ",", ",,,", "0,0", "|", "||", "a=b&c"),
    *(
        "..",
        ".",
        "../../etc/passwd",
        "..%2f..%2f",
        "C:\\",
        "\\\\host\\share",
        "~",
        "/",
        "//",
        "con",
    ),
    *(
        "\0",
        "a\0b",
        "\r\nX-Injected: yes",
        "\x1b[31m",
        "\ufeff",
        "\u202e",
        "é",
        "日本",
        "😀",
        "\ud7ff",
    ),
    *(
        "<script>alert(1)</script>",
        '"><svg onload=x>',
        "{{7*7}}",
        "${x}",
        "%s%n",
        "'; DROP TABLE",
        "`",
    ),
    *("a" * 300, "a" * 9_000, "%", "%zz", "%00", "%ff", "%c0%ae%c0%ae", "*", "?", "#", "__proto__"),
]
BYTES = [b"\0", b"\xff", b"\x7f", b"\x80", b"\n", b"\r\n", b"\0\0\0\0", b"\xff\xff\xff\xff"]


def damaged(rng: random.Random, raw: bytes) -> bytes:
    """Bytes with one change to them."""
    at, size = rng.randrange(len(raw) + 1), rng.choice((1, 1, 2, 4, 16, 200))
    way = rng.choice(("flip", "flip", "flip", "cut", "put", "drop", "twice", "zero"))
    if way == "flip" and raw:
        at = min(at, len(raw) - 1)
        return raw[:at] + bytes([raw[at] ^ 1 << rng.randrange(8)]) + raw[at + 1 :]
    if way == "cut":
        return raw[:at]
    if way == "put":
        return raw[:at] + rng.choice(BYTES) * rng.choice((1, 1, 40)) + raw[at:]
    if way == "drop":
        return raw[:at] + raw[at + size :]
    if way == "twice":
        return raw[:at] + raw[at : at + size] * 2 + raw[at + size :]
    return raw[:at] + bytes(len(raw[at : at + size])) + raw[at + size :]
