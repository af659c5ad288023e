"""Every page in windows of every width: nothing is sideways, and nothing lies on anything."""

from pathlib import Path

import pytest

from pcae.ui import shell
from pcae.ui.steps import COOKIE
from tests.browser.conftest import READY, settle

SIZES = {390: 844, 820: 1180, 1024: 768, 1280: 800}
SIDEWAYS = """() => [document.scrollingElement, document.querySelector('.stMain')]
    .map((of) => of.scrollWidth - of.clientWidth)"""
# after a change of the window, once what watches its width has drawn
DRAWN = """() => new Promise((done) => setTimeout(() =>
    requestAnimationFrame(() => requestAnimationFrame(done)), 250))"""
# what of the page the two buttons at its top right lie on
COVERED = """() => {
    const bar = document.querySelector('.pcae-share-bar').getBoundingClientRect();
    const others = [...document.querySelectorAll('a, button, input, select, h1, p')].filter((of) =>
        !of.closest('.pcae-share-bar, dialog') && of.checkVisibility({ visibilityProperty: true }));
    return others.filter((of) => {
        const { left, right, top, bottom } = of.getBoundingClientRect();
        return right > left && left < bar.right && right > bar.left && top < bar.bottom &&
            bottom > bar.top;
    }).map((of) => of.outerHTML.slice(0, 80));
}"""


@pytest.fixture(scope="module")
def tab(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    known = {"name": COOKIE, "value": "seen", "domain": "localhost", "path": "/"}
    context.add_cookies([known])
    page = context.new_page()
    yield page
    context.close()


def show(tab, address):
    """Open a page and wait until everything stands on it."""
    tab.goto(address)
    tab.get_by_role("heading", level=1).wait_for()
    tab.locator(".pcae-share-bar").wait_for()
    settle(tab)


def in_every_width(tab):
    """Make the window as wide as each of those, and say how wide it is."""
    for width, height in SIZES.items():
        tab.set_viewport_size({"width": width, "height": height})
        tab.evaluate(DRAWN)
        yield width


@pytest.mark.parametrize("name", shell.TITLES)
def test_a_page_fits_its_window_and_loads_no_tensorflow(tab, server, name):
    show(tab, f"{server.url}/{name if name != 'explore' else ''}")
    if name == "explore":
        tab.wait_for_function(READY)
    for width in in_every_width(tab):
        assert tab.evaluate(SIDEWAYS) == [0, 0], width
        assert tab.evaluate(COVERED) == [], width
        assert tab.get_by_role("heading", level=1).count() == 1
    assert tab.title() == f"{shell.TITLES[name]} · pcae"
    maps = Path(f"/proc/{server.process.pid}/maps")
    if maps.exists():  # else the system does not show which libraries a process has loaded
        loaded = maps.read_text()
        assert "numpy" in loaded
        assert not [of for of in ("tensorflow", "sklearn", "h5py") if f"/{of}/" in loaded]


@pytest.mark.parametrize("width", SIZES)
def test_a_page_fits_the_window_that_it_is_opened_in(tab, server, width):
    tab.set_viewport_size({"width": width, "height": SIZES[width]})
    show(tab, server.url)
    tab.wait_for_function(READY)
    assert tab.evaluate(SIDEWAYS) == [0, 0]
    assert tab.evaluate(COVERED) == []


def test_the_buttons_lie_on_nothing_where_a_lesson_leaves_one_page(tab, server):
    hidden = ",".join(name for name in shell.TITLES if name != "components")
    for more in ("", "&projector=1"):
        show(tab, f"{server.url}/components?hide={hidden}{more}")
        for width in in_every_width(tab):
            assert tab.evaluate(COVERED) == [], width
            assert tab.evaluate(SIDEWAYS) == [0, 0], width


def test_the_pages_are_in_reach_of_a_finger(browser, server):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    tab = context.new_page()
    show(tab, server.url)
    tab.get_by_test_id("stExpandSidebarButton").click()
    links = tab.get_by_test_id("stSidebarNavLink")
    links.first.wait_for()
    assert sorted(links.all_inner_texts()) == sorted(shell.TITLES.values())
    assert tab.locator(".pcae-share-bar").is_hidden()  # else it lies on the way out
    links.filter(has_text="Glossary").click()
    tab.get_by_text("What do the words mean?").wait_for()
    context.close()
