"""What a page does later ends with it: frames, timers, observers and fetches."""

import re

from tests.browser.conftest import READY, go, settle


def test_draw_is_left_at_any_moment(page, server):
    page.goto(f"{server.url}/draw")
    for pause in (0, 30, 120):
        page.wait_for_selector(".pcae-draw[data-drawn]")
        page.set_viewport_size({"width": 1280 - pause % 7 - 1, "height": 800})  # it draws anew
        page.wait_for_timeout(pause)
        go(page, "Glossary")
        page.wait_for_selector(".pcae-draw", state="detached")
        page.wait_for_timeout(300)
        go(page, "Draw")
        page.wait_for_timeout(pause)
        go(page, "Glossary")  # while it is read
        page.wait_for_timeout(300)
        go(page, "Draw")


def test_explore_is_left_at_any_moment(page, server):
    page.goto(server.url)
    page.wait_for_function(READY)
    page.get_by_role("button", name="Manifold").click()
    for pause in (0, 60, 200):
        page.wait_for_timeout(pause)
        go(page, "Glossary")
        page.wait_for_selector(".pcae-x", state="detached")
        page.wait_for_timeout(300)
        go(page, "Explore")
        page.wait_for_timeout(pause)
    page.wait_for_function(READY)


def test_what_is_being_fetched_ends_with_the_page(page, server):
    ended = []
    page.on("requestfailed", lambda request: ended.append(request.url))
    pattern = re.compile("/explorer/run/")
    held = []
    page.route(pattern, lambda route: held.append(route))  # and never answered
    page.goto(f"{server.url}/draw")
    page.wait_for_selector(".pcae-draw")
    page.wait_for_timeout(300)
    assert held
    go(page, "Glossary")
    page.wait_for_selector(".pcae-draw", state="detached")
    settle(page)
    page.unroute(pattern)
    assert any("/explorer/run/" in url for url in ended)


def test_a_page_that_comes_while_another_goes_gets_what_both_want(page, server):
    held = []
    pattern = re.compile("/explorer/run/")
    page.route(pattern, lambda route: held.append(route))
    page.goto(f"{server.url}/draw")
    page.wait_for_selector(".pcae-draw")
    go(page, "Explore")
    page.wait_for_selector(".pcae-draw", state="detached")
    page.wait_for_timeout(500)
    for route in held:
        route.continue_()
    page.unroute(pattern)
    page.wait_for_function(READY)
