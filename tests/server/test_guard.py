"""Who may reach the server, and what its answers tell browsers to refuse; on a server that runs."""

import http.client

import pytest

from pcae.server import guard
from tests.browser.conftest import Server

HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}
OURS, PAGE, HEALTH = "/explorer/qr?text=a", "/train?hidden=4000,4000", "/_stcore/health"


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A server as `make run` starts it."""
    running = Server(tmp_path_factory.mktemp("alone"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A server that also answers under another name and path, and that a site may frame."""
    running = Server(
        tmp_path_factory.mktemp("shared"),
        options=(
            *("--server.allowedHosts", "class.example", "--server.baseUrlPath", "pcae"),
            *("--server.corsAllowedOrigins", "https://proxy.example"),
        ),
        variables={guard.EMBEDDING: "https://school.example"},
        base="/pcae",
        name="class.example",
    )
    yield running
    running.stop()


def ask(server, path, method="GET", **sent):
    """Status, headers and text of an answer."""
    connection = http.client.HTTPConnection("localhost", server.port, timeout=10)
    headers = {name.replace("_", "-"): value for name, value in sent.items()}
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    text = "" if answer.status == 101 else answer.read().decode(errors="replace")
    connection.close()
    return answer.status, dict(answer.headers), text


def connect(server, path="/_stcore/stream", **sent):
    """The status of the answer to a browser that wants to open a connection."""
    return ask(server, path, **HANDSHAKE, **sent)[0]


@pytest.mark.parametrize("path", [OURS, PAGE, HEALTH])
def test_another_name_is_refused_in_a_sentence(alone, path):
    status, headers, text = ask(alone, path, Host="evil.example:8501")
    assert status == 403
    assert text.startswith("This server does not answer under the name “evil.example:8501”.")
    assert "--server.allowedHosts evil.example" in text
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_this_machine_is_answered(alone, host):
    assert ask(alone, HEALTH, Host=f"{host}:{alone.port}")[0] == 200
    own = f"http://{host}:{alone.port}"
    assert connect(alone, Host=f"{host}:{alone.port}", Origin=own) == 101


@pytest.mark.parametrize(
    "host", ["", "evil.example@localhost", "localhost.evil.example", "a" * 9000]
)
def test_a_host_of_any_form_is_refused(alone, host):
    status, _, text = ask(alone, HEALTH, Host=host)
    assert status in (400, 403, 431) and len(text) < 500


def test_a_page_of_another_origin_cannot_connect(alone):
    assert connect(alone, Host="evil.example", Origin="http://evil.example") == 403
    assert connect(alone, Origin="http://evil.example") == 403
    assert connect(alone, Origin="null") == 403
    assert connect(alone, Origin=f"http://localhost:{alone.port + 1}") == 403
    assert connect(alone) == 101  # no browser


def test_a_page_of_another_site_cannot_load_parts_of_ours(alone):
    elsewhere = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors"}
    assert ask(alone, OURS, **elsewhere)[0] == 403
    assert ask(alone, OURS, **elsewhere | {"Sec_Fetch_Site": "same-site"})[0] == 403
    assert ask(alone, OURS, **elsewhere | {"Sec_Fetch_Site": "same-origin"})[0] == 200
    assert ask(alone, PAGE, **elsewhere | {"Sec_Fetch_Mode": "navigate"})[0] == 200  # a link


@pytest.mark.parametrize(
    "path", [OURS, PAGE, HEALTH, "/explorer/code/none/none.js", "/favicon.png"]
)
def test_every_answer_has_the_headers(alone, path):
    _, headers, _ = ask(alone, path)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    policy = headers["content-security-policy"]
    assert "default-src 'self';" in policy and policy.endswith("frame-ancestors 'self'")
    scripts = policy.partition("script-src ")[2].partition(";")[0]
    assert "'unsafe-inline'" not in scripts and "http" not in policy and "*" not in policy


def test_another_name_path_and_frame_can_be_let_in(shared):
    status, headers, text = ask(shared, "/pcae" + OURS, Host="class.example")
    assert status == 200 and text.startswith("<svg")
    assert headers["content-security-policy"].endswith(
        "frame-ancestors 'self' https://school.example"
    )
    stream, host = "/pcae/_stcore/stream", "class.example"
    assert connect(shared, stream, Host=host, Origin=f"http://{host}") == 101
    assert connect(shared, stream, Host=host, Origin="https://proxy.example") == 101
    assert connect(shared, stream, Host=host, Origin="https://other.example") == 403
    assert ask(shared, "/pcae" + OURS)[0] == 403  # localhost is not among the names then


def test_what_may_frame_the_pages_has_to_be_addresses(monkeypatch):
    monkeypatch.setenv(guard.EMBEDDING, "https://a.example; script-src *")
    with pytest.raises(ValueError, match="write addresses with blanks between"):
        guard.headers()
