"""What is said of servers that are not as they should be; of proxies tests/browser tells."""

import contextlib
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from pcae import cli, outside
from pcae.doctor import BadAddress
from tests.browser.conftest import free_port

pytestmark = pytest.mark.skipif(sys.platform == "darwin", reason="macOS has one address for itself")


class Odd(BaseHTTPRequestHandler):
    """A server whose clock is slow, whose stream is held back, and where networks wait."""

    def do_GET(self):
        if self.path == "/room/events":
            time.sleep(outside._FIRST_EVENT + 0.2)
        health = self.path == "/health"
        body = b'{"pcae": "0.9", "queue": 2, "stuck": true}' if health else b"<p>a page</p>"
        self.send_response_only(200)
        self.send_header("Date", "Fri, 01 Jan 2021 00:00:00 GMT")
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):  # who waits no longer
            self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def odd(monkeypatch):
    monkeypatch.setattr(outside, "_FIRST_EVENT", 0.3)
    with ThreadingHTTPServer(("127.0.0.2", 0), Odd) as running:
        Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.2:{running.server_port}"
        running.shutdown()


def test_each_thing_that_is_wrong_is_said(odd):
    found = {of.name: of.found for of in outside.check(odd) if not of.ok}
    assert "all who open this are taken for who runs it" in found["cookies"]
    assert found["worker"] == "2 networks wait, and no process trains"
    assert found["events"].startswith("nothing within 2 seconds")
    assert found["scripts"] == "the page names no script of pcae's"
    assert "explorer/… answers 200" in found["paths"]
    assert "_streamlit_xsrf does not arrive" in found["connection"]
    assert found["clock"].endswith(" s apart")
    assert found["uploads"].startswith("2 MB are ")
    assert "pcae" not in found  # which another version is


@pytest.mark.parametrize(
    "address", ["", "class.example", "ftp://a", "http://", "http://a:b", "//a"]
)
def test_what_is_no_address_is_refused(address, capsys):
    with pytest.raises(BadAddress):
        outside.check(address)
    if address:
        assert cli.main(["doctor", "--server", address]) == 2
        assert "is no address of a server" in capsys.readouterr().err


def test_where_nothing_answers_one_line_says_so(capsys):
    url = f"http://localhost:{free_port()}"
    assert cli.main(["doctor", "--server", url]) == 1
    out, err = capsys.readouterr()
    assert out == f"BAD address: {url}/ does not answer (Connection refused)\n"
    assert err == "1 of the checks found a problem.\n"
    (tls, address) = outside.check(url.replace("http", "https"))
    assert not tls.ok and "no connection" in tls.found and not address.ok
