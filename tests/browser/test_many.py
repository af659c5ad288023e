"""Two servers on one store behind nginx: what is done through one is seen through the other."""

import re
import time
from urllib.parse import urlencode

import pytest

from pcae import rights, store
from pcae.classroom import room
from pcae.config import RunConfig
from pcae.training import jobs
from tests.browser.conftest import ROOT, Server, free_port, go, nginx, settle
from tests.browser.test_class import CONNECTED
from tests.browser.test_room import ASKS, LESSON, MOST_SECONDS
from tests.data.reading.test_uploads import LABELS, npz
from tests.server.test_live import PLACE, Listening, post

SMALL = RunConfig(dataset="mnist-5k", hidden=(8,), epochs=12)
NAMES = ("one", "two")


def configuration(ports):
    """nginx as docs/class.md has it, without TLS and at these ports."""
    text = (ROOT / "docs" / "class.md").read_text("utf-8")
    (found,) = re.findall(r"```nginx\n(upstream one .*?)```", text, re.DOTALL)
    found = re.sub(r"^ *ssl_certificate.*\n", "", found, flags=re.MULTILINE)
    for before, after in zip(("443 ssl", "8501", "8502"), ports, strict=True):
        assert before in found
        found = found.replace(before, str(after))
    return found.replace("class.example", "localhost")


@pytest.fixture(scope="module")
def servers(browser, tmp_path_factory):
    """Two servers that share a store."""
    folder, running = tmp_path_factory.mktemp("many"), {}
    variables = {"PCAE_CLASS": "1", "PCAE_HOME": str(folder / "one" / "pcae")}
    for name in NAMES:
        (folder / name).mkdir()
        running[name] = Server(folder / name, variables=variables)
    yield running
    for server in running.values():
        server.stop()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PCAE_HOME", variables["PCAE_HOME"])
        for run in filter(jobs.active, store.all_runs()):
            jobs.cancel(run)


@pytest.fixture(scope="module")
def proxy(servers, tmp_path_factory):
    """The address of the proxy before them."""
    port = free_port()
    ports = [port, *(servers[name].port for name in NAMES)]
    with nginx(tmp_path_factory.mktemp("nginx"), configuration(ports)):
        yield f"http://localhost:{port}"


@pytest.fixture(autouse=True)
def shared(servers, monkeypatch):
    """This process has the servers' store too."""
    monkeypatch.setenv("PCAE_HOME", str(servers["one"].home / "pcae"))


@pytest.fixture(scope="module")
def people(browser, servers, proxy):
    """The tabs of a teacher, whom the proxy sends to one server, and of a student at the other."""
    contexts, tabs, faults = [], [], []
    for name, query in zip(NAMES, (f"?teacher={servers['one'].token()}", ""), strict=True):
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.add_cookies([{"name": "pcae_server", "value": name, "url": proxy}])
        tab = context.new_page()
        tab.on("pageerror", lambda problem: faults.append(str(problem)))
        tab.goto(f"{proxy}/glossary{query}")
        settle(tab)
        contexts.append(context)
        tabs.append(tab)
    yield tabs
    for context in contexts:
        context.close()
    assert faults == []


def server_of(tab):
    """The server to which the proxy sends who has this tab."""
    return next(of["value"] for of in tab.context.cookies() if of["name"] == "pcae_server")


def cookie_of(tab):
    """How both servers know who has this tab."""
    return "; ".join(f"{of['name']}={of['value']}" for of in tab.context.cookies())


def test_the_proxy_spreads_visitors_and_each_stays_at_a_server(browser, proxy):
    found = set()
    for _ in range(12):
        context = browser.new_context()
        tab = context.new_page()
        tab.goto(f"{proxy}/glossary")
        settle(tab)
        found.add(server_of(tab))
        if len(found) == 2:
            first = server_of(tab)
            tab.reload()
            settle(tab)
            assert server_of(tab) == first
        context.close()
        if len(found) == 2:
            return
    pytest.fail(f"twelve visitors came to {found}")


def test_what_the_teacher_does_through_one_reaches_the_other(people, servers):
    teacher, student = people
    assert (server_of(teacher), server_of(student)) == NAMES
    as_teacher = cookie_of(teacher)
    with Listening(servers["two"], cookie_of(student)) as heard:
        assert heard.next()["lead"] is None
        begun = time.monotonic()
        assert post(servers["one"], as_teacher, PLACE | {"begins": True})[0] == 200
        assert heard.until(lambda of: of["lead"])["lead"]["page"] == PLACE["page"]
        led, begun = time.monotonic() - begun, time.monotonic()
        assert post(servers["one"], as_teacher, PLACE | {"pointer": {"i": 7}})[0] == 200
        assert heard.until(bool, "pointer") == {"i": 7}
        pointed = time.monotonic() - begun
        student.wait_for_url("**/components?*")
        # the teacher may go on through the other server, and both know who is here
        assert post(servers["two"], as_teacher, PLACE | {"stays": True})[0] == 200
        with Listening(servers["one"], as_teacher) as own:
            own.until(lambda of: of["here"] == 1)  # who has just left counts a little longer
            assert post(servers["two"], as_teacher, {"by": PLACE["by"], "stops": True})[0] == 200
            own.until(lambda of: not of["lead"])
    print(f"led: {led:.2f} s; pointed: {pointed:.2f} s")
    assert max(led, pointed) < MOST_SECONDS


def test_an_answer_through_one_is_counted_and_closed_through_the_other(people, proxy):
    teacher, student = people
    with rights.acting(rights.OWNER):  # a third server
        room.open_lesson(LESSON)
        room.keep()
    student.goto(f"{proxy}/components?lesson={LESSON}&step={ASKS}")
    student.locator(".st-key-question").wait_for()
    settle(student)
    go(teacher, "Teacher")
    teacher.get_by_text("have answered").first.wait_for()
    settle(teacher)
    student.locator(".st-key-question input").first.fill("9")
    student.get_by_role("button", name="Answer").click()
    teacher.get_by_text("1 of").first.wait_for()
    teacher.get_by_role("button", name=f"Close {LESSON}/{ASKS}").click()
    begun = time.monotonic()
    student.wait_for_function("document.querySelector('.st-key-question input') === null")
    seconds = time.monotonic() - begun
    print(f"closed: {seconds:.2f} s")
    assert seconds < 2 * MOST_SECONDS
    assert (server_of(teacher), server_of(student)) == NAMES


def test_what_both_ask_for_is_trained_once_and_both_see_it(people, proxy, servers):
    for tab in people:
        tab.goto(f"{proxy}/train?{urlencode(SMALL.to_query())}")
    for tab in people:
        settle(tab)
        train = tab.locator(".stMain").get_by_role("button", name="Train", exact=True)
        train.click(no_wait_after=True)
    run, end = store.own_run(SMALL.key), time.monotonic() + 120
    while jobs.state(run) != "finished" and time.monotonic() < end:
        time.sleep(0.05)
    begun = time.monotonic()
    for tab in people:
        tab.get_by_text(f"Finished: {SMALL.epochs} epochs").wait_for()
    seconds = time.monotonic() - begun
    print(f"finished: {seconds:.2f} s")
    assert seconds < 3 * MOST_SECONDS
    log = (servers["one"].home / "pcae" / "worker.log").read_text()
    assert log.count("trains run") == log.count(f"trains run {run.key}") == 1


def test_what_one_deletes_or_keeps_is_so_for_the_other(people, proxy):
    teacher, student = people
    student.goto(f"{proxy}/data")
    content = npz(x=(LABELS[:, None, None] * 20 + range(48)).astype("uint8").reshape(-1, 6, 8))
    file = {"name": "a.npz", "mimeType": "application/octet-stream", "buffer": content}
    student.locator("input[type=file]").set_input_files([file])
    student.get_by_role("button", name="Add this data").click()
    student.get_by_text("is added").wait_for()
    store.delete(store.own_run(SMALL.key))
    teacher.goto(f"{proxy}/data")
    teacher.get_by_role("button", name=re.compile("^Remove ")).wait_for()
    teacher.goto(f"{proxy}/train?{urlencode(SMALL.to_query())}")
    settle(teacher)
    teacher.locator(".stMain").get_by_role("button", name="Train", exact=True).wait_for()


def test_who_was_at_a_server_that_dies_goes_on_at_the_other(people, proxy, servers):
    teacher, student = people
    teacher.goto(f"{proxy}/reconstructions?which=Random")
    settle(teacher)
    dead = servers["one"]
    dead.process.kill()
    dead.process.wait()
    end = time.monotonic() + 20
    while server_of(teacher) == "one" and time.monotonic() < end:
        teacher.wait_for_timeout(50)
    teacher.wait_for_selector(f".stApp{CONNECTED}")
    teacher.wait_for_timeout(1_000)  # the browser says where it was
    settle(teacher)
    assert "which=Random" in teacher.url
    teacher.get_by_text("Worst", exact=True).click()
    teacher.wait_for_function("location.search.includes('which=Worst')")
    assert post(servers["two"], cookie_of(teacher), PLACE | {"begins": True})[0] == 200
    servers["one"] = Server(dead.home, port=dead.port, variables={"PCAE_CLASS": "1"})
    teacher.reload()
    settle(teacher)
    assert server_of(teacher) == server_of(student) == "two"  # nobody is called back
