"""The room's stream: who hears what, how much a slow reader costs, and who may lead."""

import contextlib
import http.client
import json
import socket
import time
from urllib.parse import urlsplit

import pytest

from pcae.server import live
from tests.browser.conftest import Server

PLACE = {"page": "components", "query": "k=2", "hash": "", "pointer": None, "by": "tab-1"}
BEGINS = PLACE | {"begins": True}


@pytest.fixture(scope="module")
def room_server(tmp_path_factory):
    """A server with a class."""
    running = Server(
        tmp_path_factory.mktemp("room"), variables={"PCAE_CLASS": "1"}, options=OPTIONS, base="/at"
    )
    yield running
    running.stop()


OPTIONS = ("--server.baseUrlPath", "at")


def ask(server, path, method="GET", body=None, **sent):
    """Status, headers and text of an answer."""
    connection = http.client.HTTPConnection("localhost", server.port, timeout=10)
    headers = {name.replace("_", "-"): value for name, value in sent.items()}
    connection.request(method, f"{urlsplit(server.url).path}/{path}", body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, answer.headers, text


def cookie(server, query=""):
    """The cookie that a new browser gets."""
    _, headers, _ = ask(server, query, Accept="text/html")
    return headers["Set-Cookie"].partition(";")[0]


def teachers_cookie(server):
    """The cookie that the teacher's link gives."""
    assert ask(server, "?teacher=guessed", Accept="text/html")[0] == 403
    return cookie(server, f"?teacher={(server.home / 'pcae/class/token').read_text()}")


@pytest.fixture(scope="module")
def teacher(room_server):
    return teachers_cookie(room_server)


@pytest.fixture(scope="module")
def student(room_server):
    return cookie(room_server)


@pytest.fixture(autouse=True)
def nobody_leads(request):
    yield
    if "teacher" in request.fixturenames:
        server, teacher = (request.getfixturevalue(name) for name in ("room_server", "teacher"))
        post(server, teacher, {"begins": True, "stops": True})


def post(server, as_, posted, **sent):
    """The status and the sentence of the answer to what a browser posts."""
    body = posted if isinstance(posted, (bytes, str)) else json.dumps(posted)
    status, _, text = ask(server, "room/lead", "POST", body, Cookie=as_, **sent)
    return status, text


class Listening:
    """A browser's stream."""

    def __init__(self, server, as_, buffer=None):
        self.socket = socket.socket()
        if buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.socket.settimeout(10)
        self.socket.connect(("localhost", server.port))
        path = f"{urlsplit(server.url).path}/room/events"
        asked = f"GET {path} HTTP/1.1\r\nHost: localhost:{server.port}\r\nCookie: {as_}"
        self.socket.sendall(f"{asked}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        self.headers = http.client.parse_headers(self.file)
        self.read = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()

    def next(self, kind="state"):
        """The next message of a kind."""
        found = None
        while line := self.file.readline():
            self.read += len(line)
            if line.startswith(b"event: "):
                found = line[7:].strip().decode()
            elif line.startswith(b"data: ") and found == kind:
                return json.loads(line[6:])
        raise EOFError

    def until(self, fits, kind="state"):
        """The next message that fits."""
        while not fits(found := self.next(kind)):
            pass
        return found


def test_without_a_class_there_is_nothing_to_hear(tmp_path):
    running = Server(tmp_path, options=OPTIONS, base="/at")
    try:
        for method, path in (("GET", "events"), ("GET", "now"), ("POST", "lead")):
            status, _, text = ask(
                running, f"room/{path}", method, "{}" if method == "POST" else None
            )
            assert (status, text) == (404, live._NO_CLASS)
    finally:
        running.stop()


def test_only_who_has_opened_a_page_hears(room_server):
    for forged in ("", "pcae_visitor=student.abc.0", "pcae_visitor=teacher.abc.0"):
        for path in ("events", "now"):
            status, _, text = ask(room_server, f"room/{path}", Cookie=forged)
            assert (status, text) == (403, live._UNKNOWN)
        assert post(room_server, forged, BEGINS)[0] == 403


def test_all_hear_where_the_teacher_leads(room_server, teacher, student):
    with Listening(room_server, student) as stream, Listening(room_server, teacher) as own:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert stream.headers["Content-Encoding"] == "identity"
        assert stream.headers["X-Accel-Buffering"] == "no"
        assert stream.next()["lead"] is None
        begun = time.monotonic()
        assert post(room_server, teacher, BEGINS)[0] == 200
        heard = stream.until(lambda of: of["lead"])
        assert time.monotonic() - begun < 0.3
        assert heard["lead"] == {name: of for name, of in PLACE.items() if name != "pointer"}
        assert heard.keys() == {"boot", "mark", "lead"}
        assert own.until(lambda of: of["lead"])["here"] == 1
        post(room_server, teacher, PLACE | {"pointer": {"i": 7}})
        assert stream.until(bool, "pointer") == {"i": 7}
        post(room_server, teacher, {"by": "tab-1", "stops": True})
        assert stream.until(lambda of: not of["lead"])["lead"] is None


def test_one_who_asks_hears_the_same(room_server, teacher, student):
    post(room_server, teacher, PLACE | {"begins": True, "pointer": {"p": 1, "x": 0.5, "y": 2}})
    status, headers, text = ask(room_server, "room/now", Cookie=student)
    found = json.loads(text)
    assert (status, headers["Cache-Control"]) == (200, "no-store")
    assert found["state"]["lead"]["page"] == "components"
    assert found["pointer"] == {"p": 1, "x": 0.5, "y": 2}
    with Listening(room_server, teacher) as own:
        assert own.next()["here"] == 1  # and is here


def test_a_student_or_another_site_leads_nobody(room_server, teacher, student):
    status, said = post(room_server, student, BEGINS)
    assert (status, said) == (403, "A class is led by the teacher alone.")
    for origin in ("https://evil.example", "null", "http://localhost:1"):
        assert post(room_server, teacher, BEGINS, Origin=origin) == (403, live._ELSEWHERE)
    status, _ = post(room_server, teacher, BEGINS, Sec_Fetch_Site="cross-site")
    assert status == 403
    with Listening(room_server, student) as stream:
        assert stream.next()["lead"] is None
    own = f"http://localhost:{room_server.port}"
    assert post(room_server, teacher, BEGINS, Origin=own)[0] == 200


@pytest.mark.parametrize(
    ("posted", "expected"),
    [
        (b"\xff", 400),
        ("[" * 10_000, 400),
        ("[]", 400),
        ("{", 400),
        (BEGINS | {"page": "../../etc"}, 400),
        (BEGINS | {"page": ["explore"]}, 400),
        (BEGINS | {"page": None}, 400),
        (BEGINS | {"query": "x" * 9_000}, 400),
        (BEGINS | {"hash": 3}, 400),
        (BEGINS | {"pointer": {"i": "7"}}, 400),
        (BEGINS | {"pointer": {"p": 0, "x": float("nan"), "y": 0}}, 400),
        (BEGINS | {"by": {}}, 400),
        (BEGINS | {"more": "x" * 2**15}, 413),
    ],
)
def test_what_is_no_place_is_refused_in_a_sentence(room_server, teacher, posted, expected):
    status, said = post(room_server, teacher, posted)
    assert status == expected
    assert said.endswith(".")
    assert json.loads(ask(room_server, "room/now", Cookie=teacher)[2])["state"]["lead"] is None


def test_who_pressed_last_leads_and_the_other_is_told(room_server, teacher):
    post(room_server, teacher, BEGINS)
    assert post(room_server, teacher, PLACE | {"by": "tab-2"}) == (409, live._ANOTHER)
    assert post(room_server, teacher, BEGINS | {"by": "tab-2", "page": "draw"})[0] == 200
    for late in (PLACE, {"by": "tab-1", "stops": True}, {"by": "tab-1", "leaves": True}):
        assert post(room_server, teacher, late) == (409, live._ANOTHER)
    found = json.loads(ask(room_server, "room/now", Cookie=teacher)[2])["state"]["lead"]
    assert (found["by"], found["page"]) == ("tab-2", "draw")


def test_a_page_that_is_left_leads_no_more_unless_it_comes_again(room_server, teacher, student):
    post(room_server, teacher, BEGINS)
    post(room_server, teacher, {"by": "tab-1", "leaves": True})
    post(room_server, teacher, PLACE)
    with Listening(room_server, student) as stream:
        assert stream.next()["lead"]
        begun = time.monotonic()
        post(room_server, teacher, {"by": "tab-1", "leaves": True})
        stream.until(lambda of: not of["lead"])
        assert 2 < time.monotonic() - begun < 8


def test_a_slow_reader_gets_the_last_state_and_no_queue(room_server, teacher, student):
    post(room_server, teacher, BEGINS)
    with Listening(room_server, student, buffer=2**14) as stream:
        stream.next()
        posts = 800
        connection = http.client.HTTPConnection("localhost", room_server.port, timeout=10)
        for number in range(posts):
            place = PLACE | {"query": f"{number}" + "x" * 7_900, "hash": "y" * 3_900}
            connection.request("POST", "/at/room/lead", json.dumps(place), {"Cookie": teacher})
            assert connection.getresponse().read() == b"{}"
        connection.close()
        states = 1
        while not stream.next()["lead"]["query"].startswith(f"{posts - 1}x"):
            states += 1
        assert states < posts / 2


def test_there_is_a_limit_of_streams(room_server, student):
    with contextlib.ExitStack() as open_:
        streams = [Listening(room_server, student) for _ in range(live.MOST_OF_ONE)]
        for stream in streams:
            open_.enter_context(stream)
            assert stream.next()
        status, _, said = ask(room_server, "room/events", Cookie=student)
        assert (status, said) == (429, live._TOO_MANY)
        with Listening(room_server, cookie(room_server)) as other:
            assert other.status == 200
        streams[0].__exit__()
        end = time.monotonic() + 5
        while ask_status(room_server, student) == 429 and time.monotonic() < end:
            time.sleep(0.1)
        assert time.monotonic() < end


def ask_status(server, as_):
    with Listening(server, as_) as stream:
        return stream.status


def test_thirty_hear_each_step_at_once(room_server, teacher):
    with contextlib.ExitStack() as open_:
        streams = [
            open_.enter_context(Listening(room_server, cookie(room_server))) for _ in range(30)
        ]
        post(room_server, teacher, BEGINS)
        took = []
        for number in range(10):
            begun = time.monotonic()
            post(room_server, teacher, PLACE | {"query": f"step={number}"})
            for stream in streams:
                stream.until(lambda of, n=number: of["lead"] and of["lead"]["query"] == f"step={n}")
            took.append(time.monotonic() - begun)
        print(f"thirty heard a step within {1000 * max(took):.0f} ms")
        assert max(took) < 1


def test_a_server_that_is_told_to_end_does_not_wait_for_who_listens(tmp_path):
    running = Server(tmp_path, variables={"PCAE_CLASS": "1"}, options=OPTIONS, base="/at")
    try:
        with Listening(running, cookie(running)) as stream:
            stream.next()
            begun = time.monotonic()
            running.stop()
            assert time.monotonic() - begun < 5
            with pytest.raises(EOFError):
                stream.next()
    finally:
        running.process.kill()


def test_where_the_teacher_leads_outlives_the_server(tmp_path):
    variables = {"PCAE_CLASS": "1"}
    running = Server(tmp_path, variables=variables, options=OPTIONS, base="/at")
    try:
        anne, as_teacher = cookie(running), teachers_cookie(running)
        post(running, as_teacher, BEGINS)
        time.sleep(1)
        boot = json.loads(ask(running, "room/now", Cookie=anne)[2])["state"]["boot"]
        running.process.kill()
        running.process.wait()
        running = Server(tmp_path, variables=variables, options=OPTIONS, base="/at")
        with Listening(running, anne) as stream:
            found = stream.next()
        assert found["lead"]["page"] == "components"
        assert found["boot"] != boot
        assert post(running, as_teacher, PLACE)[0] == 200
    finally:
        running.process.kill()


def test_a_teacher_of_before_hears_what_students_hear(room_server):
    with Listening(room_server, teachers_cookie(room_server)) as before:
        assert "here" in before.next()
        (room_server.home / "pcae/class/token").unlink()
        with Listening(room_server, teachers_cookie(room_server)) as after:
            assert "here" in after.next()
            assert "here" not in before.until(lambda state: "here" not in state)
