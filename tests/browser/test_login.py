"""Teachers who log in: with a provider of OpenID Connect that says who has come."""

import http.server
import json
import secrets
import threading
import time
from typing import ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.browser.conftest import free_port
from tests.browser.test_class_paths import PAGE, serve

pytest.importorskip("authlib", reason="no Authlib: pip install -r requirements-dev.txt")
jwk = pytest.importorskip("joserfc.jwk")  # which Authlib brings
jwt = pytest.importorskip("joserfc.jwt")

SHOWN = "\nfrom pcae.ui import teachers\nteachers.show()\n"
SECRETS = """
[auth]
redirect_uri = "http://localhost:{port}/oauth2callback"
cookie_secret = "a secret of enough letters for a test"
client_id = "pcae"
client_secret = "of the provider"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


class Provider(http.server.BaseHTTPRequestHandler):
    """Says of all who come that they are `person`, at once."""

    person: ClassVar = {}
    codes: ClassVar = {}

    def do_GET(self):
        url = urlsplit(self.path)
        asked = {name: of[0] for name, of in parse_qs(url.query).items()}
        if url.path == "/authorize":
            code = secrets.token_hex(8)
            self.codes[code] = asked["nonce"]
            to = urlencode({"code": code, "state": asked["state"]})
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{to}")
            self.end_headers()
        elif url.path == "/keys":
            self.say({"keys": [self.server.key.as_dict(private=False, alg="RS256", use="sig")]})
        else:
            names = {"authorization": "authorize", "token": "token"}
            found = {f"{name}_endpoint": f"{self.server.url}/{of}" for name, of in names.items()}
            self.say({"issuer": self.server.url, "jwks_uri": f"{self.server.url}/keys", **found})

    def do_POST(self):
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        claims = {
            "iss": self.server.url,
            "aud": "pcae",
            "sub": "1",
            "iat": int(time.time()),
            "exp": int(time.time()) + 600,
            "nonce": self.codes.pop(sent["code"][0]),
            **self.person,
        }
        head = {"alg": "RS256", "kid": self.server.key.kid}
        token = jwt.encode(head, claims, self.server.key)
        self.say({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def say(self, found):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(found).encode())

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def provider():
    with http.server.ThreadingHTTPServer(("localhost", 0), Provider) as running:
        running.url = f"http://localhost:{running.server_port}"
        running.key = jwk.RSAKey.generate_key(2048, {"kid": "1"})
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running.url
        running.shutdown()


def test_a_teacher_logs_in_and_out(browser, provider, tmp_path):
    port = free_port()
    (tmp_path / ".streamlit").mkdir()
    text = SECRETS.format(port=port, provider=provider)
    (tmp_path / ".streamlit" / "secrets.toml").write_text(text)
    (tmp_path / "pcae").mkdir()
    (tmp_path / "pcae" / "class.toml").write_text('teachers = ["ann@school.example"]')
    running = serve(tmp_path, page=PAGE + SHOWN, port=port)
    context = browser.new_context()
    tab = context.new_page()

    def log_in(email, verified):
        Provider.person = {"email": email, "email_verified": verified}
        tab.get_by_role("button", name="Teacher? Log in").click()
        tab.get_by_role("button", name="Log out").wait_for()

    try:
        tab.goto(running.url)
        tab.get_by_text("is a student.").wait_for()
        log_in("eve@school.example", True)
        tab.get_by_text("eve@school.example is no teacher of this class.").wait_for()
        tab.get_by_role("button", name="Log out").click()
        log_in("ann@school.example", False)
        tab.get_by_text("ann@school.example is no teacher of this class.").wait_for()
        tab.get_by_role("button", name="Log out").click()
        log_in("Ann@School.example", True)
        tab.get_by_text(".example is the teacher.").wait_for()
        tab.reload()
        tab.get_by_text(".example is the teacher.").wait_for()
        tab.get_by_role("button", name="Log out").click()
        tab.get_by_text("is a student.").wait_for()
        assert "teacher=" not in running.log.read_text()
    finally:
        context.close()
        running.stop()
