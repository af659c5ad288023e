"""A teacher leads and students follow, each in a browser of their own; nobody else may lead."""

import json
import re
import statistics
import time
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import READY, Server, go, script_with, settle
from tests.browser.test_explorer import RANGES, spot

HEAD = "document.querySelector('.pcae-x-head').textContent"
IS_HEAD = f"(head) => {HEAD} === head"
HASH_IS = "(hash) => location.hash === hash"
AT = "(path) => location.pathname === path"
LESSON = "what_is_a_code_worth"
ASKS = 3  # the step of the lesson that asks for a number
MOST_SECONDS = 2  # on a busy machine; half of one is wanted, and it prints what it is


def hold_lesson(home):
    """Have the room of a server that begins in this folder be in a lesson."""
    kept = {"lesson": LESSON, "answers": {}, "closed": [], "lead": {}, "version": 1, "answered": 0}
    (home / "pcae" / "class").mkdir(parents=True)
    (home / "pcae" / "class" / "room.json").write_text(json.dumps(kept))


@pytest.fixture(scope="module")
def classroom(own_browser, tmp_path_factory):
    """A server of a class, which takes a lesson."""
    home = tmp_path_factory.mktemp("class")
    hold_lesson(home)
    running = Server(home, variables={"PCAE_CLASS": "1"})
    yield running
    running.stop()


@pytest.fixture(scope="module")
def token(classroom):
    return classroom.token()


@pytest.fixture(scope="module")
def people(own_browser, classroom, token):
    """The tabs of a teacher and of two students, and what is wrong there."""
    contexts, tabs, faults = [], [], []
    for query in (f"?teacher={token}", "", ""):
        context = own_browser.new_context(viewport={"width": 1280, "height": 800})
        tab = context.new_page()
        tab.on("pageerror", lambda problem: faults.append(str(problem)))
        tab.goto(f"{classroom.url}/{query}")
        tab.wait_for_function(READY)
        settle(tab)
        contexts.append(context)
        tabs.append(tab)
    yield tabs
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def room(people):
    """Teacher and students on Explore, the teacher leading."""
    teacher, *students = people
    lead(teacher)
    if urlsplit(teacher.url).path != "/":
        go(teacher, "Explore")
        teacher.wait_for_function(READY)
        settle(teacher)
    for student in students:
        if (again := student.get_by_role("button", name="Follow the teacher")).count():
            again.click()
        student.get_by_text("You follow the teacher").wait_for()
        student.wait_for_function(READY)
    return teacher, students


def lead(tab):
    tab.get_by_role("button", name=re.compile("^Lead")).wait_for()
    if (button := tab.get_by_role("button", name="Lead", exact=True)).count():
        button.click()
    tab.get_by_role("button", name="Leading").wait_for()


def let_go(tab):
    tab.get_by_role("button", name=re.compile("^Lead")).wait_for()
    if (leading := tab.get_by_role("button", name="Leading")).count():
        leading.click()
    tab.get_by_role("button", name="Lead", exact=True).wait_for()


def took(begun, what, tabs, condition, arg):
    """Wait until all see the same; seconds."""
    for tab in tabs:
        tab.wait_for_function(condition, arg=arg)
    seconds = time.monotonic() - begun
    print(f"{what}: {seconds:.2f} s")
    return seconds


def test_the_token_is_gone_from_the_address_and_students_cannot_lead(people):
    teacher, *students = people
    assert "teacher=" not in teacher.url
    for student in students:
        assert student.get_by_role("button", name="Lead", exact=True).count() == 0
        posted = """async () => (await fetch("room/lead", { method: "POST",
            body: JSON.stringify({ page: "draw", query: "", hash: "", pointer: null, by: "x",
                begins: true }) })).status"""
        assert student.evaluate(posted) == 403


def test_students_see_the_digit_that_the_teacher_points_at(room):
    teacher, students = room
    seconds = []
    for place in ((2, 0.5, 0.5), (1, 0.3, 0.6), (2, 0.62, 0.41), (1, 0.9, 0.06)):
        teacher.mouse.move(*spot(teacher, *place))
        teacher.wait_for_timeout(50)
        begun = time.monotonic()
        seconds.append(took(begun, "pointer", students, IS_HEAD, teacher.evaluate(HEAD)))
    assert teacher.evaluate(HEAD).startswith("PC")  # between the digits
    assert statistics.median(seconds) < MOST_SECONDS


def test_zoom_pins_and_controls_follow_without_a_drawing_of_the_page(room):
    teacher, students = room
    watch = """() => { window.runs = 0; new MutationObserver(() => { window.runs += 1; }).observe(
        document.querySelector('.stApp'), { attributeFilter: ['data-test-script-state'] }); }"""
    for student in students:
        settle(student)
        student.evaluate(watch)
    teacher.mouse.move(*spot(teacher, 1, 0.5, 0.5))
    teacher.mouse.wheel(0, -300)
    teacher.wait_for_function("location.hash.includes('zoom=')")
    begun = time.monotonic()
    teacher.get_by_role("button", name="Manifold").click()
    shows = "() => document.querySelector('[name=Manifold]').ariaPressed === 'true'"
    seconds = took(begun, "manifold", students, shows, None)
    assert seconds < MOST_SECONDS
    teacher.get_by_label("Noise", exact=True).select_option("masking")
    teacher.get_by_label("Find a digit by its number").fill("402")
    teacher.keyboard.press("Enter")
    teacher.wait_for_function("location.hash.includes('at=402')")
    for student in students:
        student.wait_for_function(HASH_IS, arg=teacher.evaluate("location.hash"))
        near = zip(teacher.evaluate(RANGES), student.evaluate(RANGES), strict=True)
        assert all(
            abs(a - b) < 1e-4 for one, other in near for a, b in zip(one, other, strict=True)
        )
        assert student.evaluate("window.runs") == 0
        student.get_by_text("With noise: 0.").wait_for()
    teacher.keyboard.press("Enter")  # a pin, of which Python hears
    teacher.wait_for_function("location.hash.includes('pins=402')")
    for student in students:
        student.wait_for_function("location.hash.includes('pins=402')")
        assert student.locator(".pcae-x-card").count() == 1
    teacher.keyboard.press("Enter")
    teacher.get_by_label("Noise", exact=True).select_option("none")
    teacher.get_by_role("button", name="Manifold").click()
    teacher.mouse.dblclick(*spot(teacher, 1, 0.5, 0.5))
    for student in students:
        student.wait_for_function("!location.hash.includes('zoom=')")


def test_pages_follow_and_what_stands_on_them(room):
    teacher, students = room
    go(teacher, "Reconstructions")
    teacher.wait_for_url("**/reconstructions?*")
    begun = time.monotonic()
    seconds = [took(begun, "page", students, AT, "/reconstructions")]
    settle(teacher)
    teacher.get_by_text("Worst", exact=True).click()
    teacher.wait_for_function("location.search.includes('which=Worst')")
    begun = time.monotonic()
    is_there = "() => location.search.includes('which=Worst')"
    seconds.append(took(begun, "widget", students, is_there, None))
    for student in students:
        pressed = student.get_by_role("radio", name="Worst").or_(
            student.locator('[data-testid="stBaseButton-segmented_controlActive"]')
        )
        pressed.first.wait_for()
    assert max(seconds) < 2 * MOST_SECONDS
    go(teacher, "Glossary")
    teacher.wait_for_url("**/glossary")
    begun = time.monotonic()
    took(begun, "page", students, AT, "/glossary")
    go(teacher, "Explore")
    teacher.wait_for_function(READY)
    begun = time.monotonic()
    took(begun, "back in Explore", students, READY, None)


def test_who_lets_go_stays_and_comes_back(room):
    teacher, (first, second) = room
    first.get_by_role("button", name="Let go").click()
    go(teacher, "Components")
    second.wait_for_url("**/components?*")
    settle(second)
    assert urlsplit(first.url).path == "/"
    first.reload()
    first.get_by_role("button", name="Follow the teacher").wait_for()
    first.wait_for_function(READY)
    assert urlsplit(first.url).path == "/"
    first.get_by_role("button", name="Follow the teacher").click()
    first.wait_for_url("**/components?*")
    settle(first)
    go(first, "Glossary")  # what one does meanwhile holds until the teacher's next step
    first.wait_for_url("**/glossary")
    settle(first)
    assert urlsplit(first.url).path == "/glossary"
    go(teacher, "Explore")
    first.wait_for_function(READY)


def test_a_second_screen_of_the_teachers_follows_in_its_own_type(room, classroom):
    teacher, _ = room
    screen = teacher.context.new_page()
    screen.goto(f"{classroom.url}/glossary?projector=1")
    screen.get_by_role("button", name="Follow the teacher").click()
    screen.wait_for_function(READY)
    assert urlsplit(screen.url).path == "/"
    assert "projector=1" in screen.url
    assert "projector" not in teacher.url
    screen.get_by_role("button", name="Let go").click()
    screen.get_by_role("button", name="Lead", exact=True).click()
    teacher.get_by_text("Another tab or device of yours leads now.").wait_for()
    teacher.get_by_role("button", name="Lead", exact=True).click()
    screen.get_by_text("Another tab or device of yours leads now.").wait_for()
    screen.close()


def test_a_reload_leads_on_and_a_tab_that_is_closed_lets_go(room, classroom):
    teacher, (student, _) = room
    teacher.reload()
    teacher.wait_for_function(READY)
    teacher.get_by_role("button", name="Leading").wait_for()
    settle(teacher)
    go(teacher, "Glossary")
    student.wait_for_url("**/glossary")
    other = teacher.context.new_page()
    other.goto(f"{classroom.url}/glossary")
    lead(other)
    settle(other)
    other.close(run_before_unload=True)
    student.get_by_text("The teacher does not lead any more.").wait_for(timeout=15_000)
    assert urlsplit(student.url).path == "/glossary"


def test_many_tabs_of_one_browser_all_follow(room, classroom):
    teacher, (student, _) = room
    go(teacher, "Glossary")
    student.wait_for_url("**/glossary")
    tabs = [student.context.new_page() for _ in range(4)]
    for tab in tabs:
        tab.goto(f"{classroom.url}/glossary")
        tab.get_by_text("You follow the teacher").wait_for(timeout=15_000)
    settle(teacher)
    go(teacher, "Data")
    for tab in [student, *tabs]:
        tab.wait_for_url("**/data", timeout=15_000)
    for tab in tabs:
        tab.close()


def test_an_answer_is_counted_and_a_closed_question_shown_without_a_reload(people, classroom):
    teacher, student, _ = people
    let_go(teacher)
    student.goto(f"{classroom.url}/components?lesson={LESSON}&step={ASKS}")
    student.locator(".st-key-question").wait_for()
    settle(student)
    go(teacher, "Teacher")
    counts = teacher.get_by_text("have answered")
    counts.first.wait_for()
    settle(teacher)
    student.locator(".st-key-question input").first.fill("9")
    student.get_by_role("button", name="Answer").click()
    begun = time.monotonic()
    teacher.get_by_text("1 of").first.wait_for()
    print(f"answer: {time.monotonic() - begun:.2f} s")
    teacher.get_by_role("button", name=f"Close {LESSON}/{ASKS}").click()
    begun = time.monotonic()
    teacher.get_by_role("button", name=f"Open again {LESSON}/{ASKS}").wait_for()
    student.wait_for_function("document.querySelector('.st-key-question input') === null")
    seconds = time.monotonic() - begun
    print(f"closed: {seconds:.2f} s")
    assert seconds < 2 * MOST_SECONDS


def test_where_no_stream_comes_through_the_page_asks(own_browser, classroom, people):
    teacher, *_ = people
    context = own_browser.new_context(viewport={"width": 1280, "height": 800})
    tab = context.new_page()
    tab.route("**/room/events", lambda route: route.abort())
    tab.goto(f"{classroom.url}/glossary")
    tab.wait_for_timeout(500)
    lead(teacher)
    go(teacher, "Draw")
    tab.wait_for_url("**/draw?*", timeout=15_000)
    let_go(teacher)
    context.close()


SLOW = """
import time
from pcae.ui import shell

quick = shell.heading


def slow(page, *more):
    if page.title == "Train":
        time.sleep(2)
    quick(page, *more)


shell.heading = slow
"""


@pytest.fixture
def slow_classroom(tmp_path):
    """A server of a class on a lesson, which takes two seconds longer for Train."""
    hold_lesson(tmp_path)
    script = script_with(tmp_path, SLOW)
    running = Server(tmp_path, variables={"PCAE_CLASS": "1"}, script=script)
    yield running
    running.stop()


def test_a_page_is_drawn_whole_where_something_is_new_meanwhile(own_browser, slow_classroom):
    """The browser has not heard yet that the page is being drawn, and asks for what is new."""
    held, holding = [], False

    def between(page):
        server = page.connect_to_server()
        page.on_message(server.send)
        server.on_message(
            lambda message: held.append((page, message)) if holding else page.send(message)
        )

    teacher = own_browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    teacher.route_web_socket(re.compile("_stcore/stream"), between)
    teacher.goto(f"{slow_classroom.url}/glossary?teacher={slow_classroom.token()}")
    teacher.get_by_role("button", name="Lead", exact=True).wait_for()
    student = own_browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    student.goto(f"{slow_classroom.url}/components?lesson={LESSON}&step={ASKS}")
    student.locator(".st-key-question input").first.fill("9")
    settle(student)
    settle(teacher)
    holding = True
    go(teacher, "Train")
    student.get_by_role("button", name="Answer").click()
    teacher.wait_for_timeout(3_000)
    holding = False
    for page, message in held:
        page.send(message)
    settle(teacher)
    teacher.wait_for_url("**/train?*")
    teacher.get_by_label("Hidden widths", exact=True).wait_for()
    for tab in (teacher, student):
        tab.context.close()
