"""What a container's health check says of the server in it."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from pcae.classroom import alive


@pytest.fixture
def server(monkeypatch):
    """Answers with a status by address, under one name alone."""
    answers = {}

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self):
            known = self.headers["Host"] == "class.example"
            self.send_response(answers.get(self.path, 404) if known else 403)
            self.end_headers()
            self.wfile.write(b'{"queue":3}')

        def log_message(self, *_):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as running:
        Thread(target=running.serve_forever, daemon=True).start()
        monkeypatch.setenv("STREAMLIT_SERVER_PORT", str(running.server_port))
        monkeypatch.setenv("STREAMLIT_SERVER_ALLOWED_HOSTS", "class.example localhost")
        yield answers
        running.shutdown()


def test_a_server_that_answers_lives(server, monkeypatch):
    server |= {"/_stcore/health": 200, "/health": 200}
    assert alive.problem() is None
    monkeypatch.setenv("STREAMLIT_SERVER_BASE_URL_PATH", "/pcae/")
    server |= {"/pcae/_stcore/health": 200, "/pcae/health": 503}
    assert alive.problem() == '/pcae/health answers 503: {"queue":3}'


def test_what_does_not_answer_is_named(server, monkeypatch):
    server |= {"/_stcore/health": 200, "/health": 503}
    assert alive.problem() == '/health answers 503: {"queue":3}'
    monkeypatch.setenv("STREAMLIT_SERVER_PORT", "9")
    assert alive.problem().startswith("/_stcore/health does not answer (")
