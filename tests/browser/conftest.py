"""A real server and a real browser; where there is no Chromium the tests skip and say so."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from pcae.classroom import keys
from pcae.ui import shell

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
POINTS = "document.querySelector('.pcae-x[data-ready]') !== null"
READY = "document.querySelector('.pcae-x[data-ready][data-whole]') !== null"  # all is here
# counts the WebGL contexts that are alive
CONTEXTS = """() => {
    const plain = HTMLCanvasElement.prototype.getContext, made = new Set();
    HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
        const context = plain.call(this, kind, ...rest);
        if (context && kind.startsWith('webgl')) made.add(new WeakRef(context));
        return context;
    };
    window.alive = () => [...made].filter((at) => at.deref() && !at.deref().isContextLost()).length;
}"""
NOT_WARM = "jobs.keep_warm = lambda config: None"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def first_installed(names: tuple[str, ...]) -> str | None:
    """The path of the first of these programs that is installed."""
    return next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def browser():
    """Chromium, headless."""
    path = first_installed(NAMES)
    if path is None:
        pytest.skip("no Chromium on this machine: install the package chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def own_browser(browser):
    """Another Chromium, in which no other test has left anything."""
    chromium = browser.browser_type.launch(executable_path=first_installed(NAMES), args=FLAGS)
    yield chromium
    chromium.close()


def settle(page):
    """Wait until no script runs."""
    page.wait_for_selector('[data-test-script-state="notRunning"]')
    page.wait_for_timeout(300)


def open_explorer(page, server):
    """Open the first page and wait until its digits can be pointed at."""
    page.goto(server.url)
    page.wait_for_function(READY)
    settle(page)


def link_to(page, title):
    """The navigation's link to a page, with its menu open, if it has one."""
    group = next(of.group for of in shell.PAGES.values() if of.title == title)
    menu = page.get_by_test_id("stTopNavSection").filter(has_text=group)
    if not menu.count():
        return page.get_by_test_id("stTopNavLink").filter(has_text=title)
    menu.click()
    return page.get_by_role("menuitem", name=title, exact=True)


def go(page, title):
    """Open a page as a visitor does."""
    link_to(page, title).click()


def follow(page, link):
    """Have the explorer show what a link says after its "#"."""
    page.evaluate(
        """(link) => { delete document.querySelector('.pcae-x').dataset.ready;
            location.hash = link; }""",
        link,
    )
    page.wait_for_function(READY)


def free_port() -> int:
    """A port of this machine that nothing listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log off; client_body_temp_path {folder}; proxy_temp_path {folder};
  fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  proxy_http_version 1.1;
  proxy_set_header Host $http_host;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection upgrade;
  proxy_set_header X-Forwarded-Proto $scheme;
  {server}
}}
"""


@contextlib.contextmanager
def nginx(folder: Path, server: str) -> Iterator[subprocess.Popen]:
    """nginx with a server, as its configuration has one; where there is no nginx the test skips."""
    path = first_installed(("nginx",))
    if path is None:
        pytest.skip("no nginx on this machine: install the package nginx-light")
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, server=server))
    running = subprocess.Popen([path, "-c", str(folder / "nginx.conf"), "-p", str(folder)])
    yield running
    running.terminate()
    running.wait()


class Server:
    """`streamlit run app.py` with a store of its own, on the offline digits or the usual data.

    Options of Streamlit's and environment variables may be given, the path and the name that it
    then answers to, and another script. It starts no worker before somebody trains.
    """

    def __init__(
        self,
        home: Path,
        own_data: bool = True,
        options: Sequence[str] = (),
        variables: Mapping[str, str] | None = None,
        base: str = "",
        name: str = "localhost",
        script: str = "app.py",
        port: int | None = None,
    ) -> None:
        self.home, self.port, self.name = home, port or free_port(), name
        self.url = f"http://localhost:{self.port}{base}"
        self.log = home / "server.log"
        usual = {"PCAE_HOME": str(home / "pcae"), "PCAE_WARM": "0"}
        environment = os.environ | usual | dict(variables or {})
        if own_data:
            environment.pop("PCAE_DATA", None)
            environment["KERAS_HOME"] = str(home / "keras")
        environment["PYTHONPATH"] = str(ROOT)  # for a script that lies elsewhere
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "streamlit", "run", script),
                    *("--server.headless", "true", "--server.port", str(self.port)),
                    *options,
                ],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )
        try:
            self._wait()
        except BaseException:  # an interruption too
            self.stop()
            raise

    def token(self) -> str:
        """The teacher's token of its class."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PCAE_HOME", str(self.home / "pcae"))
            return keys.token()

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait()

    def _wait(self) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                asked = urllib.request.Request(f"{self.url}/_stcore/health")
                asked.add_header("Host", self.name)
                urllib.request.urlopen(asked, timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(f"no server at {self.url}")


def script_with(folder: Path, more: str) -> str:
    """The path of a script, in a folder, that is the app's and does more when the server starts."""
    frame = ROOT / "pcae" / "ui" / "frame.py"
    app = (ROOT / "app.py").read_text("utf-8").replace('"pcae/ui/frame.py"', repr(str(frame)))
    script = folder / "app.py"
    script.write_text(f"{app}\n{more}\n")
    return str(script)


@pytest.fixture(scope="session")
def server(tmp_path_factory, browser):
    """The app's server. Who only looks at Train has it load no TensorFlow, which takes seconds."""
    home = tmp_path_factory.mktemp("server")
    running = Server(
        home, script=script_with(home, f"from pcae.training import jobs\n\n{NOT_WARM}")
    )
    yield running
    running.stop()


@pytest.fixture(scope="session")
def visitor(browser):
    """Somebody with a projector, whose browser keeps what it has fetched."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context
    context.close()


def watched(visitor, server):
    """A new tab of the visitor's, and what is wrong there: scripts' errors, requests elsewhere."""
    tab = visitor.new_page()
    faults = []

    def requested(request):
        if not request.url.startswith((server.url, "data:", "blob:")):
            faults.append(request.url)

    def said(message):
        if "Content Security Policy" in message.text:
            faults.append(message.text)

    tab.on("request", requested)
    tab.on("console", said)
    tab.on("pageerror", lambda problem: faults.append(str(problem)))
    return tab, faults


def leave(tab):
    """Have a tab forget what it showed, without the scripts: to read them again takes seconds."""
    tab.evaluate("() => { try { sessionStorage.clear(); localStorage.clear(); } catch {} }")
    tab.goto("about:blank")


@pytest.fixture(scope="session")
def page_tab(visitor, server):
    """The tab of all tests that need one of their own, and what is wrong there."""
    tab, faults = watched(visitor, server)
    yield tab, faults
    tab.close()


@pytest.fixture
def page(page_tab):
    """An empty tab of the visitor's; fails the test for a script's error or a request elsewhere."""
    tab, faults = page_tab
    tab.bring_to_front()
    tab.set_viewport_size({"width": 1280, "height": 800})
    tab.emulate_media(color_scheme="light")
    faults.clear()
    yield tab
    leave(tab)
    assert faults == []


@pytest.fixture(scope="session")
def explorer_tab(visitor, server):
    """A tab in which the explorer stays open."""
    tab, faults = watched(visitor, server)
    open_explorer(tab, server)
    yield tab
    tab.close()
    assert faults == []


@pytest.fixture
def explorer(explorer_tab):
    """The explorer as it is at first, for a test that ends in it and with the same run."""
    explorer_tab.bring_to_front()
    explorer_tab.mouse.move(0, 0)
    explorer_tab.wait_for_function("location.hash !== '#at=0'")  # the last test's is written
    follow(explorer_tab, "#at=0")
    return explorer_tab
