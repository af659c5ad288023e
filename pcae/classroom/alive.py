"""`python -m pcae.classroom.alive`: whether the server in this container answers, and can train.

What the Dockerfile's HEALTHCHECK runs twice a minute, so it imports nothing large.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import ssl
import sys

_SECONDS = 5
_ASKED = ("_stcore/health", "health")


def problem() -> str | None:
    """What is wrong, in a sentence; None where nothing is."""
    base = _setting("BASE_URL_PATH").strip("/")
    for path in (f"/{base}/{each}".replace("//", "/") for each in _ASKED):
        try:
            with contextlib.closing(_connection()) as asked:
                asked.request("GET", path, headers={"Host": _name()})
                answer = asked.getresponse()
                text = answer.read(500).decode(errors="replace")
        except (OSError, http.client.HTTPException) as failed:
            return f"{path} does not answer ({failed})."
        if answer.status != 200:
            return f"{path} answers {answer.status}: {text}"
    return None


def _setting(name: str) -> str:
    return os.environ.get(f"STREAMLIT_SERVER_{name}", "")


def _name() -> str:
    """A name under which the server answers."""
    return next(iter(_setting("ALLOWED_HOSTS").split()), "localhost")


def _connection() -> http.client.HTTPConnection:
    port = int(_setting("PORT") or 8501)
    if not _setting("SSL_CERT_FILE"):
        return http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    way = ssl.create_default_context()
    way.check_hostname, way.verify_mode = False, ssl.CERT_NONE  # its certificate is for a name
    return http.client.HTTPSConnection("127.0.0.1", port, timeout=_SECONDS, context=way)


if __name__ == "__main__":
    found = problem()
    print(found or "ok")
    sys.exit(bool(found))
