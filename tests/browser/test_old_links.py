"""Links that an earlier version wrote open what they opened then.

`tests/old/links.json` was written before 1.0.0, at commit 6be5e2a, over the store in
`tests/old/home`: the addresses that its pages wrote while somebody used them, and what stood there,
in today's words.
"""

import json
import shutil
from pathlib import Path

import pytest

from tests.browser.conftest import READY, Server, settle

OLD = Path(__file__).parents[1] / "old"
LINKS = json.loads((OLD / "links.json").read_text("utf-8"))
# what a visitor sees: what can be set, and how it is; and of the explorer its planes and pictures
SEEN = """() => {
    const shown = (element) => element.offsetParent !== null;
    const texts = (selector, of = (element) => element.innerText.trim()) =>
        [...document.querySelectorAll(selector)].filter(shown).map(of);
    const named = (element) => `${element.ariaLabel ?? element.name}: ${element.value}`;
    const plot = document.querySelector('.pcae-x-plot');
    const short = (value) => Number(value.toPrecision(4));
    const cameras = () => ['scene', 'scene2'].flatMap((name) => ['eye', 'center'].flatMap((part) =>
        Object.values(document.querySelector('.pcae-x-solid').layout[name].camera[part])));
    const axes = (planes) => planes.scene.state.solid
        ? cameras() : [0, 1].flatMap((p) => planes.range(p)).flat();
    return {
        inputs: texts('.stMain input:not([type=checkbox]), .stMain select', named).sort(),
        ticked: texts('.stMain input:checked', (box) => box.ariaLabel ?? '').sort(),
        pressed: texts('.stMain :not(.pcae-codes-legend) > [aria-pressed=true]').sort(),
        headings: texts('.stMain h1, .stMain h2, .stMain h3'),
        chosen: texts('.stMain [role=radio][aria-checked=true], .stMain [data-tag]'),
        digits: texts('.stMain td').filter((text) => /^no\\. \\d+$/.test(text)),
        told: texts('.stMain p').filter((text) => text.startsWith('This network is not')),
        ...(plot && {
            axes: axes(plot.planes).map(short),
            points: [0, 1].map(() =>
                [plot.planes.shown.length, plot.planes.scene.state.selected.length]),
            inspected: texts('.pcae-x-inspector .pcae-x-head'),
            pinned: texts('.pcae-x-card', (card) => card.ariaLabel),
            timeline: texts('.pcae-x-time span'),
        }),
    };
}"""


def seen(tab) -> dict:
    """What stands on the page once nothing moves any more."""
    settle(tab)
    before = None
    while (now := tab.evaluate(SEEN)) != before:
        before = now
        tab.wait_for_timeout(300)
    return {"navigation": navigation(tab)} | now


def navigation(tab) -> list[str]:
    """The pages in the menus, and those beside them."""
    found = []
    for menu in tab.get_by_test_id("stTopNavSection").all():
        menu.click()
        found += tab.get_by_role("menuitem").all_inner_texts()
        tab.keyboard.press("Escape")
    return found + tab.get_by_test_id("stTopNavLink").all_inner_texts()


@pytest.fixture(scope="module")
def old_server(browser, tmp_path_factory):
    """The app on the old store."""
    home = tmp_path_factory.mktemp("old")
    shutil.copytree(OLD / "home", home / "pcae")
    running = Server(home)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def tab(browser, old_server):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    yield page
    page.close()


@pytest.mark.parametrize("name", LINKS)
def test_an_old_link_opens_what_it_opened(tab, old_server, name):
    link = LINKS[name]
    tab.goto("about:blank")
    tab.goto(old_server.url + link["address"])
    if "axes" in link["seen"]:
        tab.wait_for_function(READY)
    assert seen(tab) == link["seen"]
    assert tab.url.removeprefix(old_server.url) == link["address"]
