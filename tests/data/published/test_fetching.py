"""What hinders a download, as real servers and proxies on this machine do it."""

import errno
import hashlib
import os
import shutil
import ssl
import subprocess
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pooch
import pytest
import requests

from pcae.data.dataset import DataError
from pcae.data.published import fetching
from pcae.data.published.fetching import Published, fetch

WHOLE = bytes(range(256)) * 1_000
PORTAL = b"\xef\xbb\xbf\n<!DOCTYPE html><title>Guests log in here</title>"


class Handler(BaseHTTPRequestHandler):
    """Answers as the path says, as a proxy too."""

    def do_GET(self):
        kind = self.path.rsplit("/", 1)[-1].partition(".")[0]
        self.server.asked.append(kind)
        if self.server.proxy or kind.isdigit():
            self.send_error(int(kind) if kind.isdigit() else 407)
            return
        body = {"portal": PORTAL, "other": WHOLE[1:], "long": WHOLE * 3}.get(kind, WHOLE)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if kind == "cut" else body)
        self.wfile.flush()
        if kind == "slow":
            threading.Event().wait(1)

    def do_CONNECT(self):
        self.send_error(407)

    def log_message(self, *_):
        pass


@pytest.fixture
def serve(monkeypatch):
    """Start a server, and give its address."""
    started = []
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)

    def start(certificate=None, *, proxy=False):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.asked, server.proxy = [], proxy
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        started.append(server)
        at = f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"
        return SimpleNamespace(at=at, asked=server.asked)

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


def sign(folder):
    """A certificate for this machine that nobody trusts, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl on this machine: install the package openssl")
    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "9")
    who = ("-subj", "/CN=filter", "-addext", "subjectAltName=IP:127.0.0.1")
    to = ("-keyout", "key.pem", "-out", "certificate.pem")
    command = [openssl, "req", "-x509", *new, *who, *to]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder / "certificate.pem", folder / "key.pem"


def of(url, name="file.bin"):
    """A published file at an address."""
    return Published(name, url, f"sha256:{hashlib.sha256(WHOLE).hexdigest()}", len(WHOLE) + 1_000)


def said(url, folder):
    """What is said where a file cannot be had from there."""
    with pytest.raises(DataError) as problem:
        fetch([of(url)], folder, "The set", "bring file.bin")
    sentence = str(problem.value)
    assert sentence.startswith("The set could not be downloaded (")
    assert sentence.endswith(", or bring file.bin.")
    assert "\n" not in sentence
    return sentence.removeprefix("The set could not be downloaded ").removesuffix(
        ", or bring file.bin."
    )


def test_files_come_with_what_is_told_of_them(serve, tmp_path):
    server, told = serve(), []
    files = [replace(of(f"{server.at}/{name}", name), most=10**6) for name in ("a.bin", "b.bin")]
    there = fetch(files, tmp_path, "It", "x", lambda share, words: told.append((share, words)))
    assert [path.read_bytes() for path in there.values()] == [WHOLE, WHOLE]
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert told[-1][1] == "2 of 2 MB"
    fetch(files, tmp_path, "It", "x")
    assert server.asked == ["a", "b"]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("404", r"(127.0.0.1 does not have it any more, 404). Look for a newer version of pcae"),
        ("403", r"(127.0.0.1, or a filter on the way, refuses it, 403). Try again on another net"),
        ("429", r"(127.0.0.1 is asked too often, 429). Try again in an hour"),
        ("503", r"(127.0.0.1 is out of order, 503). Try again later"),
        ("418", r"(127.0.0.1 answers with 418). Try again"),
        ("portal", "(a web page came in its place, as of a network that one logs in to). Open any"),
        (
            "other",
            "(what came as file.bin is not what is published; it was thrown away). Try",
        ),
        ("long", "(more came than is published). Try again on another network"),
        ("cut", "(the connection broke off). Try again"),
    ],
)
@pytest.mark.parametrize("here", [None, b"what was here"])
def test_what_a_server_answers_is_named_and_what_was_here_stays(
    path, sentence, here, serve, tmp_path
):
    if here:
        (tmp_path / "file.bin").write_bytes(here)
    assert said(f"{serve().at}/{path}.bin", tmp_path).startswith(sentence)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == ([here] if here else [])


def test_a_server_that_says_no_more_is_named(serve, tmp_path, monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS_TO_WAIT", 0.2)
    listening = serve()
    monkeypatch.setattr(Handler, "do_GET", lambda _: threading.Event().wait(1))
    assert said(f"{listening.at}/file.bin", tmp_path) == "(no answer in time). Try again"


def test_a_server_that_trickles_is_named(serve, tmp_path, monkeypatch):
    monkeypatch.setattr(fetching, "_LONGEST", -1_000)
    assert said(f"{serve().at}/file.bin", tmp_path) == "(no answer in time). Try again"


def test_no_server_no_name_and_no_network_are_named(tmp_path, serve):
    assert said("http://127.0.0.1:9/x.bin", tmp_path) == "(no connection). Try again"
    sentence = said("https://nowhere.invalid/x.bin", tmp_path)
    assert sentence.startswith("(no network, or one that does not know nowhere.invalid). Connect")


def test_a_certificate_that_is_not_trusted_is_named_with_what_lets_it_in(
    serve, tmp_path, monkeypatch
):
    certificate, key = sign(tmp_path)
    server = serve((certificate, key))
    sentence = said(f"{server.at}/file.bin", tmp_path / "a")
    assert sentence.startswith("(the certificate of 127.0.0.1 is not trusted here: ")
    assert "have REQUESTS_CA_BUNDLE name the file with its certificate" in sentence
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    fetch([of(f"{server.at}/file.bin")], tmp_path / "a", "It", "x")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "nothing.pem"))
    sentence = said(f"{server.at}/file.bin", tmp_path / "b")
    assert sentence == (
        "(REQUESTS_CA_BUNDLE names no file). Correct it, or unset it, and start anew"
    )


def test_what_is_not_tls_is_named(serve, tmp_path):
    plain = serve().at.replace("http:", "https:")
    assert said(f"{plain}/file.bin", tmp_path).startswith("(no secure connection to 127.0.0.1). ")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_a_password_is_named_without_the_one_it_got(
    scheme, serve, tmp_path, monkeypatch
):
    proxy = serve(proxy=True).at.removeprefix("http://")
    monkeypatch.setenv(f"{scheme}_proxy", f"http://me:secret@{proxy}")
    sentence = said(f"{scheme}://nowhere.invalid/file.bin", tmp_path)
    assert sentence.startswith(f"(the proxy {proxy} asks for a name and a password). Write them ")
    assert "secret" not in sentence


@pytest.mark.parametrize(
    ("proxy", "sentence"),
    [
        ("http://127.0.0.1:9", "(the proxy 127.0.0.1:9 does not answer). Correct HTTPS_PROXY or "),
        ("http://no.invalid:80", "(the proxy no.invalid:80 does not answer). Correct HTTPS_PROXY "),
        ("http://", "(the proxy of this machine cannot be used). Correct HTTPS_PROXY, or unset it"),
        ("http://x:y", "(the proxy x cannot be used). Correct HTTPS_PROXY, or unset it"),
        ("nothing://x", "(the proxy x cannot be used). Correct HTTPS_PROXY, or unset it"),
    ],
)
def test_a_proxy_that_is_none_is_named(proxy, sentence, serve, tmp_path, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    assert said("https://nowhere.invalid/x.bin", tmp_path).startswith(sentence)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (errno.ENOSPC, "(the disk of {} is full). Free space there and try again"),
        (errno.EROFS, "({} cannot be written: Read-only file system). Let pcae write there and"),
        (errno.EIO, "(Input/output error). Try again"),
    ],
)
def test_what_the_disk_does_is_named(code, sentence, tmp_path, monkeypatch):
    def fail(*_, **__):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", fail)
    assert said("https://x.invalid/x.bin", tmp_path).startswith(sentence.format(tmp_path))


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (requests.ConnectionError("refused"), "(no connection). Try again"),
        (requests.ReadTimeout("slow"), "(no answer in time). Try again"),
        (requests.TooManyRedirects("30"), "(TooManyRedirects). Try again"),
    ],
)
def test_others_are_named_too(problem, sentence, tmp_path, monkeypatch):
    def fail(*_, **__):
        raise problem

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", fail)
    assert said("https://x.invalid/x.bin", tmp_path) == sentence
