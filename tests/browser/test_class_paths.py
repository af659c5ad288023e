"""A class at a path, behind nginx and Caddy, with and without TLS: who asks, and what is wrong."""

import shutil
import subprocess
import time
from urllib.parse import urlsplit

import pytest

from pcae import outside
from pcae.classroom import keys
from tests.browser.conftest import ROOT, Server, first_installed, free_port, nginx

# all that the app has before its pages, and a page that says who asks
APP = """
import streamlit as st
from starlette.middleware import Middleware
from pcae import rights
from pcae.server import live, visitors
from pcae.server.guard import Guard
from pcae.server.routes import routes
from pcae.server.static import Static

rights.find_with(visitors.of_session)
layers = [Middleware(Guard), Middleware(visitors.Visitors), Middleware(Static)]
app = st.App({page!r}, routes=[*routes(), *live.routes()], middleware=layers)
"""
PAGE = """
import streamlit as st
from pcae import rights
st.button("again")
of = rights.who()
st.text(f"{of.name} is {'the teacher' if of.teacher else 'a student'}.")
"""
NGINX = """
  client_max_body_size 210m; client_body_buffer_size 24m;
  server {{
    listen 127.0.0.1:{port}; listen 127.0.0.1:{tls} ssl;
    ssl_certificate {folder}/own.crt; ssl_certificate_key {folder}/own.key;
    location /pcae/ {{ proxy_pass http://127.0.0.1:{kept}; }}
    location /elsewhere/ {{ proxy_pass http://127.0.0.1:{stripped}/; }}
    location /plain/ {{
      proxy_pass http://127.0.0.1:{stripped}/;
      proxy_set_header Host $http_host;
      client_max_body_size 1m;
    }}
    location /renamed/ {{ proxy_pass http://127.0.0.1:{stripped}/; proxy_set_header Host a.b; }}
    location = /page/ {{ proxy_pass http://127.0.0.1:{stripped}/; }}
    location /old/ {{ return 301 /pcae/; }}
    location /gone/ {{ proxy_pass http://127.0.0.1:9/; }}
  }}
"""


def serve(folder, page=PAGE, **more):
    """A server with a class, and the page that says who asks."""
    (folder / "page.py").write_text(page)
    (folder / "who.py").write_text(APP.format(page=str(folder / "page.py")))
    (folder / ".streamlit").mkdir(exist_ok=True)
    shutil.copy(ROOT / ".streamlit" / "config.toml", folder / ".streamlit")
    return Server(folder, script=str(folder / "who.py"), variables={"PCAE_CLASS": "1"}, **more)


@pytest.fixture(scope="module")
def at_root(tmp_path_factory, browser):
    running = serve(tmp_path_factory.mktemp("root"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def at_path(tmp_path_factory, browser):
    options = ("--server.baseUrlPath", "pcae")
    running = serve(tmp_path_factory.mktemp("path"), options=options, base="/pcae")
    yield running
    running.stop()


def waited_for(port, running):
    """Wait until a proxy answers."""
    end = time.monotonic() + 20
    while time.monotonic() < end and running.poll() is None:
        try:
            return outside._Site(f"http://localhost:{port}/").ask()
        except OSError:
            time.sleep(0.05)
    raise TimeoutError(f"no proxy at {port}")


@pytest.fixture(scope="module")
def proxied(tmp_path_factory, at_path, at_root):
    """The ports of nginx, plain and with a certificate of its own."""
    openssl = first_installed(("openssl",))
    if openssl is None:
        pytest.skip("no openssl on this machine: install the package openssl")
    folder = tmp_path_factory.mktemp("nginx")
    made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30"]
    made += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    made += ["-keyout", "own.key", "-out", "own.crt"]
    subprocess.run(made, cwd=folder, check=True, capture_output=True)
    ports = {"port": free_port(), "tls": free_port()}
    behind = {"kept": at_path.port, "stripped": at_root.port}
    with nginx(folder, NGINX.format(folder=folder, **ports, **behind)) as running:
        waited_for(ports["port"], running)
        yield ports | {"certificate": folder / "own.crt"}


@pytest.fixture(scope="module")
def caddy(tmp_path_factory, at_root):
    """The port of Caddy, as our Caddyfile has it but for the certificate."""
    path = first_installed(("caddy",))
    if path is None:
        pytest.skip("no Caddy on this machine: install the package caddy")
    folder, port, admin = tmp_path_factory.mktemp("caddy"), free_port(), free_port()
    where = {"PCAE_HOST": f"http://localhost:{port}", "PCAE_SERVER": f"127.0.0.1:{at_root.port}"}
    running = subprocess.Popen(
        [path, "run", "--config", str(ROOT / "Caddyfile"), "--adapter", "caddyfile"],
        env=where | {"CADDY_ADMIN": f"127.0.0.1:{admin}", "HOME": str(folder)},
        stderr=subprocess.DEVNULL,
    )
    waited_for(port, running)
    yield port
    running.terminate()
    running.wait()


@pytest.fixture
def person(browser):
    """Makes people, each with a browser of their own."""
    contexts = []

    def person():
        contexts.append(browser.new_context(ignore_https_errors=True))
        return contexts[-1].new_page()

    yield person
    for context in contexts:
        context.close()


def who(tab):
    """What the page says of who asks."""
    tab.get_by_text(" is ", exact=False).wait_for()
    return tab.get_by_text(" is ", exact=False).inner_text()


def open_as_teacher(tab, url, server):
    """Open the teacher's link of a server; the token."""
    token = server.token()
    tab.goto(f"{url}?teacher={token}&k=2#at=3")
    return token


def test_each_is_known_after_a_reload_and_a_restart(person, tmp_path, monkeypatch):
    monkeypatch.setenv("PCAE_HOME", str(tmp_path / "pcae"))
    running = serve(tmp_path)
    teacher, student = person(), person()
    student.goto(running.url)
    token = open_as_teacher(teacher, f"{running.url}/", running)
    seen = who(teacher), who(student)
    assert seen[0].endswith("the teacher.") and seen[1].endswith("a student.")
    assert teacher.url == f"{running.url}/?k=2#at=3"
    history = teacher.context.new_cdp_session(teacher).send("Page.getNavigationHistory")
    assert token not in str([entry["url"] for entry in history["entries"]])
    assert teacher.evaluate("document.cookie + document.referrer").find("pcae") == -1
    teacher.reload(), student.reload()
    assert (who(teacher), who(student)) == seen
    running.stop()
    running = serve(tmp_path)
    try:
        teacher.goto(running.url), student.goto(f"{running.url}/page")
        assert (who(teacher), who(student)) == seen
        keys.renew()
        teacher.get_by_role("button", name="again").click()
        teacher.get_by_text("nobody is a student.").wait_for()
        teacher.reload()
        assert who(teacher).endswith("a student.")
        assert token not in running.log.read_text()
    finally:
        running.stop()


@pytest.mark.parametrize(
    ("way", "place"),
    [
        ("proxied", "http://localhost:{port}/elsewhere/"),
        ("proxied", "https://localhost:{tls}/pcae/"),
        ("caddy", "http://localhost:{caddy}/"),
    ],
)
def test_a_class_behind_a_proxy(way, place, person, request, at_root, at_path):
    found = request.getfixturevalue(way)
    url = place.format(**found) if way == "proxied" else place.format(caddy=found)
    server = at_path if "/pcae/" in url else at_root
    teacher, student = person(), person()
    open_as_teacher(teacher, url, server)
    student.goto(url)
    assert who(teacher).endswith("the teacher.") and who(student).endswith("a student.")
    assert teacher.url == f"{url}?k=2#at=3"
    before = who(student)
    student.reload()
    assert who(student) == before
    (cookie,) = [of for of in teacher.context.cookies() if of["name"].startswith("pcae_visitor")]
    assert cookie["path"] == (urlsplit(url).path.rstrip("/") or "/")
    assert cookie["secure"] is url.startswith("https") and cookie["httpOnly"]


def looked(url):
    """What is wrong at an address, by name, and all that was looked at."""
    found = outside.check(url)
    return {of.name: of.found for of in found if not of.ok}, {of.name: of.found for of in found}


def test_from_outside_nothing_is_wrong(at_path, at_root, proxied, caddy, monkeypatch):
    port, tls = proxied["port"], proxied["tls"]
    monkeypatch.setattr(outside, "_FIRST_EVENT", 20.0)  # a busy machine holds back, too
    for url in (
        at_root.url,
        at_path.url,
        f"http://localhost:{port}/pcae",
        f"http://localhost:{caddy}",
    ):
        wrong, seen = looked(url)
        assert wrong == {} and len(seen) == 10 and "the first after" in seen["events"]
    wrong, seen = looked(f"https://localhost:{tls}/elsewhere/?teacher=x")
    assert list(wrong) == ["TLS"] and "self-signed" in wrong["TLS"] and len(seen) == 11
    monkeypatch.setenv("SSL_CERT_FILE", str(proxied["certificate"]))
    wrong, seen = looked(f"https://localhost:{tls}/pcae/")
    assert wrong == {} and seen["cookies"] == "Secure"
    assert "30 more days" in seen["TLS"]


@pytest.mark.parametrize(
    ("place", "what", "said"),
    [
        ("plain/", "connection", "no answer that can be read"),
        ("plain/", "uploads", "2 MB are refused"),
        ("renamed/", "address", "--server.allowedHosts a.b"),
        ("page/", "pcae", "is not answered by pcae"),
        ("page/", "scripts", "is all below the path passed on?"),
        ("page/", "paths", "explorer/… answers 4"),
        ("gone/", "address", "answers 502"),
        ("old/", "address", "sends on to"),
    ],
)
def test_from_outside_it_is_said_what_is_wrong(proxied, place, what, said):
    url = f"http://localhost:{proxied['port']}/{place}"
    wrong, _ = looked(url)
    assert said in wrong[what]
