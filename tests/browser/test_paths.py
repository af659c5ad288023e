"""The app at a path of its own, behind nginx, in a frame, and where its scripts do not arrive."""

import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.browser.conftest import READY, Server, free_port, nginx, settle

NGINX = """
  server {{
    listen 127.0.0.1:{port};
    location /pcae/ {{ proxy_pass http://127.0.0.1:{kept}; }}
    location /elsewhere/ {{ proxy_pass http://127.0.0.1:{stripped}/; }}
  }}
"""
SCRIPTS = re.compile("/explorer/code/")
FAILED = ".pcae-unfetched"


@pytest.fixture(scope="module")
def based(tmp_path_factory, browser):
    """A server whose app is at a path."""
    options = ("--server.baseUrlPath", "pcae")
    running = Server(tmp_path_factory.mktemp("based"), options=options, base="/pcae")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def proxied(tmp_path_factory, based, server):
    """The addresses of that app and of one at no path, both behind nginx."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    with nginx(folder, NGINX.format(port=port, kept=based.port, stripped=server.port)):
        yield {name: f"http://localhost:{port}/{name}" for name in ("pcae", "elsewhere")}


@pytest.fixture
def tab(visitor):
    """A tab that may go anywhere."""
    opened = visitor.new_page()
    yield opened
    opened.close()


def look(tab, url):
    """Open the explorer by the app's address without a slash, and a code of the link."""
    tab.goto(url)
    tab.wait_for_function(READY)
    tab.get_by_role("button", name="Share").click()
    tab.wait_for_function("document.querySelector('.pcae-share img').naturalWidth > 0")


def download(tab, url):
    """Have a file made of a run."""
    tab.goto(f"{url}/take_home")
    with tab.expect_download() as download:
        tab.get_by_role("link", name=".csv").click()
    assert download.value.suggested_filename.endswith("_codes-test-mnist-5k.csv")


def test_the_app_is_whole_at_a_path(tab, based):
    look(tab, based.url)
    download(tab, based.url)


def test_the_app_is_whole_behind_nginx_that_keeps_the_path(tab, proxied):
    download(tab, proxied["pcae"])


def test_the_app_is_whole_behind_nginx_that_takes_the_path_away(tab, proxied):
    look(tab, proxied["elsewhere"])
    download(tab, proxied["elsewhere"])


class Framing(BaseHTTPRequestHandler):
    """Answers with a page that frames the address after its slash."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f'<iframe src="{self.path[1:]}"></iframe>'.encode())

    def log_message(self, *_):
        """Say nothing."""


def test_another_site_cannot_frame_a_page(tab, server):
    with ThreadingHTTPServer(("127.0.0.1", 0), Framing) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        refused = []
        tab.on("requestfailed", lambda request: refused.append(request.failure))
        tab.goto(f"http://127.0.0.1:{other.server_port}/{server.url}/train")
        tab.wait_for_function("document.querySelector('iframe')")
        tab.wait_for_timeout(500)
        other.shutdown()
    assert tab.frames[1].url.startswith("chrome-error:")
    assert refused == ["net::ERR_BLOCKED_BY_RESPONSE"]


def said_of(tab, server, answer):
    """What Explore says, once, where its scripts are answered so."""
    tab.route(SCRIPTS, answer)
    tab.goto(server.url)
    tab.wait_for_function(f"document.querySelector('{FAILED}')?.textContent")
    settle(tab)
    assert tab.locator(FAILED).count() == 1
    return tab.locator(FAILED).inner_text()


def test_scripts_that_are_another_page_are_explained_once(tab, server):
    page = {"status": 200, "content_type": "text/html", "body": "<p>Streamlit</p>"}
    said = said_of(tab, server, lambda route: route.fulfill(**page))
    assert "do not lead to pcae" in said and "docs/class.md" in said and "reload" not in said


def test_scripts_that_no_server_answers_are_explained_once(tab, server):
    said = said_of(tab, server, lambda route: route.abort())
    assert said.startswith("The server does not answer")


def test_scripts_of_another_version_ask_for_a_reload(tab, server):
    gone = {"status": 404, "content_type": "text/plain", "body": "There is no such script."}
    assert "reload the page" in said_of(tab, server, lambda route: route.fulfill(**gone))
