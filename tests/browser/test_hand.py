"""What keys, fingers and those who want no motion get of the explorer."""

import numpy as np

from tests.browser.conftest import follow, open_explorer
from tests.browser.test_explorer import (
    COUNT,
    LONELY,
    PLACE,
    RANGES,
    SELECTED,
    drag,
    inspected,
    point_at,
    press,
    spot,
    stage,
)


def test_the_keyboard_walks_hides_finds_and_clears(explorer, sample):
    i, _ = point_at(explorer, 2)
    explorer.locator(".pcae-x-stage").focus()
    seen = {i}
    for key in ("ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown"):
        here = np.array(explorer.evaluate(PLACE, [2, inspected(explorer)]))
        explorer.keyboard.press(key)
        there = np.array(explorer.evaluate(PLACE, [2, inspected(explorer)])) - here
        seen.add(inspected(explorer))
        if there.any():
            way = {"ArrowLeft": -there[0], "ArrowRight": there[0], "ArrowUp": -there[1]}
            assert way.get(key, there[1]) > 0
    assert len(seen) > 2
    explorer.keyboard.press("7")
    rest = int((sample.test.labels != 7).sum())
    assert explorer.evaluate(COUNT) == [rest, rest]
    explorer.keyboard.press("7")
    explorer.keyboard.press("f")
    explorer.keyboard.type("123")
    explorer.keyboard.press("Enter")
    assert inspected(explorer) == 123


def test_the_keyboard_draws_a_lasso_and_a_path(explorer):
    press(explorer, "Lasso")
    point_at(explorer, 2)
    explorer.locator(".pcae-x-stage").focus()
    spoken = explorer.locator(".pcae-x-spoken")
    explorer.keyboard.press(" ")
    for key in ("ArrowRight", "ArrowUp", "ArrowLeft"):
        for _ in range(8):
            explorer.keyboard.press(f"Shift+{key}")
        explorer.keyboard.press(" ")
    explorer.wait_for_function(
        "document.querySelector('.pcae-x-spoken').textContent === 'Corner 4 is set.'"
    )
    explorer.keyboard.press("Enter")
    first, second = explorer.evaluate(SELECTED)
    assert first == second
    assert len(first) > 0
    explorer.keyboard.press("Escape")
    assert explorer.evaluate(SELECTED) == [[], []]
    press(explorer, "Path")
    explorer.locator(".pcae-x-stage").focus()
    explorer.keyboard.press(" ")
    explorer.keyboard.press("p")  # a path stays in its plane: the first corner is let go
    explorer.keyboard.press(" ")
    explorer.keyboard.press("Enter")
    explorer.wait_for_timeout(400)
    assert spoken.inner_text() == "Set 1 more with Space first."
    explorer.keyboard.press("ArrowRight")
    explorer.keyboard.press(" ")
    explorer.keyboard.press("Enter")
    explorer.locator(".pcae-x-film").nth(1).wait_for()
    explorer.keyboard.press("Escape")
    assert explorer.locator(".pcae-x-film").count() == 0


def test_the_keyboard_zooms_and_has_the_planes_described(explorer):
    before = explorer.evaluate(RANGES)
    explorer.locator(".pcae-x-stage").focus()
    explorer.keyboard.press("+")
    explorer.wait_for_timeout(300)
    shares = np.ptp(explorer.evaluate(RANGES), axis=1) / np.ptp(before, axis=1)
    assert sorted(np.round(shares, 3)) == [0.714, 0.714, 1, 1]  # in one plane
    explorer.keyboard.press("d")
    explorer.wait_for_function(
        "document.querySelector('.pcae-x-spoken').textContent.includes('Bottleneck codes. 0:')"
    )


def test_two_fingers_zoom_and_one_scrolls_the_page(browser, server):
    context = browser.new_context(
        has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844}
    )
    tab = context.new_page()
    open_explorer(tab, server)
    before = tab.evaluate(RANGES)
    tab.locator(".pcae-x-stage").scroll_into_view_if_needed()
    tab.wait_for_timeout(300)
    x, y = (round(place) for place in spot(tab, 1, 0.5, 0.5))
    fingers = context.new_cdp_session(tab)

    def touch(kind, *points):
        places = [{"x": at, "y": y, "id": number} for number, at in enumerate(points)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    touch("touchStart", x - 20, x + 20)
    for apart in range(25, 65, 5):
        touch("touchMove", x - apart, x + apart)
    touch("touchEnd")
    tab.wait_for_timeout(400)
    after = tab.evaluate(RANGES)
    assert (after[0][1] - after[0][0]) < 0.6 * (before[0][1] - before[0][0])
    assert after[2:] == before[2:]
    may = "getComputedStyle(document.querySelector('.pcae-x-stage')).touchAction"
    assert tab.evaluate(may) == "pan-y"
    press(tab, "Lasso")
    assert tab.evaluate(may) == "none"
    context.close()


def test_what_cannot_be_found_or_pinned_is_said(explorer):
    note = explorer.locator(".pcae-x-note")
    explorer.locator(".pcae-x-stage").focus()
    explorer.keyboard.press("f")
    before = stage(explorer)
    explorer.keyboard.type("1000")
    explorer.keyboard.press("Enter")
    assert note.inner_text() == "There are digits 0 to 999."
    assert stage(explorer) == before
    for i in range(13):
        explorer.get_by_label("Find a digit by its number").fill(str(i))
        explorer.keyboard.press("Enter")
        explorer.keyboard.press("Enter")
    assert "12 digits in the tray" in note.inner_text()
    cards = explorer.locator(".pcae-x-card")
    assert cards.count() == 12


def test_a_finger_points_and_pins(browser, server):
    context = browser.new_context(has_touch=True, viewport={"width": 1280, "height": 800})
    tab = context.new_page()
    open_explorer(tab, server)
    point = tab.evaluate(LONELY, 2)
    tab.touchscreen.tap(point["x"] + 8, point["y"])
    assert inspected(tab) == point["index"]
    assert tab.locator(".pcae-x-card").count() == 1
    context.close()


def test_who_wants_no_motion_gets_none(browser, server):
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 1280, "height": 800})
    tab = context.new_page()
    open_explorer(tab, server)
    press(tab, "Path")
    drag(tab, spot(tab, 2, 0.2, 0.9), spot(tab, 2, 0.8, 0.1))
    films = "() => document.querySelector('.pcae-x-film canvas').toDataURL()"
    before = tab.evaluate(films)
    tab.wait_for_timeout(500)
    assert tab.evaluate(films) == before
    context.close()


def test_a_link_ends_the_path_that_is_played(explorer):
    press(explorer, "Path")
    drag(explorer, spot(explorer, 2, 0.3, 0.3), spot(explorer, 2, 0.7, 0.7))
    assert explorer.locator(".pcae-x-film").count() == 2
    follow(explorer, "#at=7&pins=3,4")
    assert explorer.locator(".pcae-x-film").count() == 0
    assert explorer.locator("polyline").get_attribute("points") == ""
    assert explorer.locator(".pcae-x-card").count() == 2
