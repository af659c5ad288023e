"""Who a visitor is: what the middleware gives and takes, and what no cookie or address gets."""

import asyncio
import os
import re
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from streamlit import config

from pcae.classroom import keys
from pcae.files import home
from pcae.rights import NOBODY, OWNER, Visitor
from pcae.server import login, visitors

HTML = {"accept": "text/html,*/*"}
HERE = {"server.address": "localhost", "server.allowedHosts": ["localhost", "127.0.0.1", "::1"]}


@pytest.fixture(autouse=True)
def a_class(monkeypatch):
    """A class is on, and no secrets of this machine's count."""
    monkeypatch.setenv(visitors.VARIABLE, "1")
    monkeypatch.setattr(login, "wanted", lambda: False)


def ask(path="/", query="", cookies="", method="GET", scheme="http", base="", **sent):
    """Status, headers and text of the answer to a request, and whether the app made it."""
    reached, answered = [], []

    async def app(scope, receive, send):
        reached.append(scope["path"])
        headers = [(b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"page"})

    async def send(message):
        answered.append(message)

    headers = {"cookie": cookies} | (sent or HTML)
    raw = [(name.replace("_", "-").encode(), of.encode()) for name, of in headers.items() if of]
    scope = {"type": "http", "method": method, "scheme": scheme, "path": path, "headers": raw}
    scope |= {"query_string": query.encode("utf-8", "surrogateescape")}
    with pytest.MonkeyPatch.context() as patch:
        plain = config.get_option
        found = {"server.baseUrlPath": base}
        patch.setattr(config, "get_option", lambda name: found.get(name, plain(name)))
        middleware = visitors.Visitors(app)
    with ThreadPoolExecutor() as apart:  # the browser tests leave an event loop in this thread
        apart.submit(asyncio.run, middleware(scope, None, send)).result()
    start, *bodies = answered
    got = {name.decode(): of.decode() for name, of in start["headers"]}
    return start["status"], got, b"".join(of["body"] for of in bodies).decode(), bool(reached)


def asked(cookies):
    """Who asks with these cookies."""
    headers = [(b"cookie", cookies.encode())] if cookies else []
    return visitors.of_scope({"type": "http", "headers": headers})


def given(headers):
    """The cookie that an answer gives, as a browser sends it."""
    return headers["set-cookie"].partition(";")[0]


def sent(visitor):
    return f"{visitors.cookie_name()}={visitors.cookie(visitor)}"


def test_alone_everybody_is_who_runs_the_machine(monkeypatch):
    monkeypatch.delenv(visitors.VARIABLE)
    monkeypatch.setattr(config, "get_option", lambda name: HERE.get(name, ""))
    assert asked("") == OWNER
    status, headers, _, reached = ask(query="teacher=x")
    assert (status, reached) == (200, True) and "set-cookie" not in headers
    assert not (home() / "class").exists()


@pytest.mark.parametrize(
    ("address", "hosts", "others"),
    [
        ("localhost", ["localhost", "127.0.0.1", "::1", "[::1]"], False),
        ("127.0.0.1", ["127.0.0.9"], False),
        (None, ["localhost"], True),
        ("0.0.0.0", ["localhost"], True),
        ("::", ["localhost"], True),
        ("192.168.1.20", ["localhost"], True),
        ("localhost", ["class.example"], True),
        ("localhost", ["*"], True),
        ("localhost", [], True),
        ("localhost", ["localhost.class.example"], True),
    ],
)
def test_a_class_is_where_others_come(monkeypatch, address, hosts, others):
    monkeypatch.delenv(visitors.VARIABLE)
    found = {"server.address": address, "server.allowedHosts": hosts}
    monkeypatch.setattr(config, "get_option", found.get)
    assert visitors.has_class() is others


def test_a_browser_gets_a_cookie_once_and_is_known_by_it():
    status, headers, text, _ = ask("/train")
    assert (status, text, headers["cache-control"]) == (200, "page", "no-store")
    assert re.search(r"; HttpOnly; SameSite=Lax$", headers["set-cookie"])
    assert "Path" not in headers["set-cookie"] and "Secure" not in headers["set-cookie"]
    student = asked(given(headers))
    assert not student.teacher and re.fullmatch("[0-9a-f]{16}", student.name)
    assert "set-cookie" not in ask("/draw", cookies=f"a=b; {given(headers)}; c=d")[1]
    assert asked(given(ask()[1])).name != student.name


def test_under_tls_the_cookie_travels_by_it_alone():
    assert ask(scheme="https")[1]["set-cookie"].endswith("; Secure")
    proxied = ask(**HTML, x_forwarded_proto="https, http")
    assert proxied[1]["set-cookie"].endswith("; Secure")
    assert "Secure" not in ask(**HTML, x_forwarded_proto="http")[1]["set-cookie"]


@pytest.mark.parametrize(
    "request_",
    [
        {"path": "/explorer/qr"},
        {"path": "/files/a/b"},
        {"path": "/", "accept": "*/*"},
        {"path": "/", "method": "POST"},
        {"path": "/pcae", "base": "pcae"},
        {"path": "/train", "base": "pcae"},
    ],
)
def test_what_is_no_page_is_left_as_it_is(request_):
    _, headers, text, reached = ask(query=f"teacher={keys.token()}", **request_)
    assert reached and text == "page" and "set-cookie" not in headers


def test_the_token_makes_a_teacher_and_leaves_the_address():
    query = f"run=a%20b&teacher={keys.token()}&k=2&x="
    status, headers, text, reached = ask("/train", query)
    assert (status, headers["location"], text) == (303, "./train?run=a%20b&k=2&x=", "")
    assert not reached and headers["cache-control"] == "no-store"
    assert asked(given(headers)).teacher
    assert keys.token() not in str(headers)


@pytest.mark.parametrize(
    ("path", "base", "to"),
    [
        ("/", "", "./"),
        ("/pcae/", "pcae", "./"),
        ("/pcae/train", "pcae", "./train"),
        ("/https:evil.example", "", "./https%3Aevil.example"),
        ("/a\r\nb: c?d#e", "", "./a%0D%0Ab%3A%20c%3Fd%23e"),
    ],
)
def test_the_redirect_stays_in_the_app(path, base, to):
    headers = ask(path, f"teacher={keys.token()}", base=base)[1]
    assert headers["location"] == to


def test_a_student_who_gets_the_link_keeps_the_name():
    cookies = sent(Visitor("abc"))
    headers = ask(query=f"teacher={keys.token()}", cookies=cookies)[1]
    assert asked(given(headers)) == Visitor("abc", teacher=True)
    assert asked(f"{cookies}; {given(headers)}").teacher  # in whatever order they come
    assert asked(f"{given(headers)}; {cookies}").teacher


def test_a_head_is_answered_like_a_get():
    assert ask(query=f"teacher={keys.token()}", method="HEAD")[0] == 303
    assert "set-cookie" in ask(method="HEAD")[1]


@pytest.mark.parametrize(
    "wrong", ["", "x", "%ff", "é", "\udcff", "=", "teacher", "a" * 60_000, "%00", "None"]
)
def test_a_wrong_token_is_refused_in_a_sentence(wrong):
    right = keys.token()
    for token in (wrong, right[:-1], right + wrong if wrong else right[1:], right.swapcase()):
        status, headers, text, reached = ask(query=f"teacher={token}")
        assert (status, reached) == (403, False) and "set-cookie" not in headers
        assert text.startswith("This is not the teacher's link") and right not in text


def test_of_several_tokens_the_first_counts():
    assert ask(query=f"teacher=x&teacher={keys.token()}")[0] == 403
    status, headers, _, _ = ask(query=f"%74eacher={keys.token()}&a=1&teacher=x")
    assert (status, headers["location"]) == (303, "./?a=1")


def forgeries():
    """Values of a cookie that no server of ours gave, by what is wrong with them."""
    student, teacher = (visitors.cookie(Visitor("abc", of)) for of in (False, True))
    signature = student.rpartition(".")[2]
    return {
        "nothing": "",
        "a name alone": "teacher.abc",
        "another role": student.replace("student", "teacher"),
        "the other's signature": f"teacher.abc.{signature}",
        "another name": student.replace("abc", "abd"),
        "cut": teacher[:-1],
        "longer": teacher + "0",
        "capitals": f"student.abc.{signature.upper()}",
        "a blank": f"student.abc. {signature}",
        "no name": f"student..{signature}",
        "more parts": f"{teacher}.x",
        "letters that are not Latin": f"student.äbc.{signature}",
        "digits that are not Latin": "student.abc." + "\xb2" * 64,
        "an unknown role": student.replace("student", "owner"),
        "very long": "teacher.abc." + "0" * 60_000,
    }


def test_a_forged_cookie_is_nobodys():
    for what, value in forgeries().items():
        cookies = f"{visitors.cookie_name()}={value}"
        assert asked(cookies) == NOBODY, what
        assert "set-cookie" in ask(cookies=cookies.encode().decode("latin-1"))[1], what


@pytest.mark.parametrize(
    "header", ["", ";", "=" * 9000, "a=b;" * 9000, '"', "\x00\xff=;", "a;" * 3, "; ; =; "]
)
def test_cookies_of_any_form_are_read(header):
    assert asked(header) == NOBODY
    assert asked(f"{header};{sent(Visitor('abc'))}") == Visitor("abc")


def test_a_cookie_of_another_class_is_nobodys(monkeypatch, tmp_path):
    cookies, value = sent(Visitor("abc", True)), visitors.cookie(Visitor("abc", True))
    monkeypatch.setenv("PCAE_HOME", str(tmp_path / "another"))
    assert asked(cookies) == asked(f"{visitors.cookie_name()}={value}") == NOBODY


def test_a_new_link_makes_the_old_ones_void_and_keeps_students():
    old, student, teacher = keys.token(), sent(Visitor("a")), sent(Visitor("b", True))
    assert asked(teacher).teacher
    keys.renew()
    assert keys.token() != old
    assert asked(teacher) == NOBODY and asked(student) == Visitor("a")
    assert ask(query=f"teacher={old}")[0] == 403
    assert ask(query=f"teacher={keys.token()}")[0] == 303


def test_without_a_session_nobody_asks():
    assert visitors.of_session() == NOBODY


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps folders for their owners otherwise")
def test_files_are_their_owners_alone_and_mended_where_not(capsys):
    token, folder = keys.token(), home() / "class"
    keys.key()

    def modes():
        kept = [folder, folder / "token", folder / "key"]
        return [stat.S_IMODE(path.stat().st_mode) for path in kept]

    assert modes() == [0o700, 0o600, 0o600]
    folder.chmod(0o755)
    (folder / "token").chmod(0o644)
    assert keys.token() == token and modes() == [0o700, 0o600, 0o600]
    said = capsys.readouterr().err
    assert said.count("could be read by others") == 2 and "--new-link" in said
    assert keys.token() == token and capsys.readouterr().err == ""
    folder.chmod(0o755)
    keys.renew()
    assert modes() == [0o700, 0o600, 0o600]


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 40, b"a b" * 20, b"a" * 200])
def test_a_token_that_is_none_is_made_anew(content):
    keys.token()
    (home() / "class" / "token").write_bytes(content)
    assert re.fullmatch(r"[\w-]{43}", keys.token())


def test_where_nothing_can_be_kept_a_sentence_says_so(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PCAE_HOME", str(tmp_path / "file"))
    status, _, text, _ = ask()
    assert status == 507 and "set PCAE_HOME" in text


def test_a_student_has_so_many_pages_open_and_no_more(monkeypatch):
    monkeypatch.setattr(visitors, "MOST_SESSIONS", 2)

    async def connect(cookies, times):
        """How many of these connections are open at once, and what the others are told."""
        done, sent, inside = asyncio.Event(), [], []

        async def app(scope, receive, send):
            inside.append(scope)
            await done.wait()

        async def send(message):
            sent.append(message)

        middleware = visitors.Visitors(app)
        headers = [(b"cookie", cookies.encode())]
        scope = {"type": "websocket", "path": "/_stcore/stream", "headers": headers}
        tasks = [asyncio.create_task(middleware(dict(scope), None, send)) for _ in range(times)]
        await asyncio.sleep(0)
        open_at_once = len(inside)
        done.set()
        await asyncio.gather(*tasks)
        await middleware(dict(scope), None, send)  # there is room again
        return open_at_once, len(inside), {message["reason"] for message in sent}

    def seen(visitor, times):
        cookies = f"{visitors.cookie_name()}={visitors.cookie(visitor)}"
        with ThreadPoolExecutor() as apart:
            return apart.submit(asyncio.run, connect(cookies, times)).result()

    opened, later, said = seen(Visitor("ann"), 5)
    assert (opened, later) == (2, 3)
    assert [reason.endswith("close some.") for reason in said] == [True]
    assert seen(Visitor("t", teacher=True), 5) == (5, 6, set())
