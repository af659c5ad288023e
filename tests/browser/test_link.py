"""A link in a real browser: what the address says is what another browser shows."""

from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
import pytest

from pcae import store
from pcae.config import RunConfig
from pcae.presets import PRESETS, short_name
from tests.browser.conftest import READY, go, leave, link_to, open_explorer, settle
from tests.browser.test_codes import choose_run, own_run, store_codes
from tests.browser.test_explorer import PLANES, RANGES, SOLID, drag, inspected, press, spot, stage
from tests.server.test_qr import expected, modules

__all__ = ["own_run"]
SETTLED = 900  # ms
# counts the server's drawings of the page
WATCH_RUNS = """() => {
    window.runs = 0;
    const options = { attributeFilter: ['data-test-script-state'] };
    new MutationObserver(() => { window.runs += 1; }).observe(
        document.querySelector('.stApp'), options);
}"""
STATE = f"""() => {{
    const chips = [...document.querySelectorAll('.pcae-x-chip')];
    const value = (label) => document.querySelector(`[aria-label="${{label}}"]`)?.value;
    return {{
        axes: ['PC, across', 'PC, up', 'code, across', 'code, up'].map(value),
        count: {PLANES}.shown.length,
        head: document.querySelector('.pcae-x-head').textContent,
        hidden: chips.map((chip) => chip.ariaPressed),
        k: document.querySelector('.pcae-x-k span').textContent,
        paint: value('Colour'),
        digits: value('Digits'),
        pins: [...document.querySelectorAll('.pcae-x-card')].map((card) => card.title),
        pressed: [...document.querySelectorAll('.pcae-x-bar [aria-pressed="true"]')].map(
            (button) => button.textContent),
        moment: document.querySelector('.pcae-x-time span').textContent,
        drawn: {PLANES}.scene.state.moment === null,
        selected: {PLANES}.scene.state.selected,
    }};
}}"""


@pytest.fixture(scope="module")
def others(browser):
    """Tabs of a browser that is not the visitor's."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield [context.new_page(), context.new_page()]
    context.close()


@pytest.fixture
def elsewhere(others):
    """Opens an address where nothing of it is known."""
    free = list(others)

    def open_(url, wait=READY):
        tab = free.pop()
        tab.bring_to_front()
        tab.goto(url)
        tab.wait_for_function(wait)
        settle(tab)
        return tab

    yield open_
    for tab in others:
        leave(tab)


def test_another_browser_shows_the_same(page, server, own_run, sample, elsewhere):
    config = RunConfig(dataset="mnist-5k", hidden=(8,), k=3, epochs=2)
    last = store_codes(config, sample)
    run = own_run(config, {0: 0.1 * last, 1: 0.6 * last, 2: last})
    choose_run(page, server, run)
    page.get_by_label("code, up").select_option(index=2)
    page.get_by_label("PC, across").select_option(index=1)
    page.mouse.move(*spot(page, 2, 0.4, 0.5))
    page.mouse.wheel(0, -200)
    page.wait_for_timeout(SETTLED)
    press(page, "3")
    press(page, "Box")
    drag(page, spot(page, 1, 0.3, 0.3), spot(page, 1, 0.6, 0.6))
    press(page, "Manifold")
    page.get_by_label("Colour").select_option("better")
    page.get_by_role("slider", name="PCA's k").fill("9")
    page.wait_for_timeout(SETTLED)
    for number in ("17", "402"):
        page.get_by_label("Find a digit by its number").fill(number)
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
    page.get_by_role("slider", name="Epoch").fill("0.3")
    page.get_by_text("after epoch 1").wait_for()
    page.wait_for_timeout(SETTLED)
    shown, ranges = page.evaluate(STATE), page.evaluate(RANGES)
    assert (shown["k"], shown["moment"]) == ("PCA, k = 9", "after epoch 1")
    assert len(shown["pins"]) == 2
    assert 10 < len(shown["selected"]) < 1000
    assert page.url.startswith(
        f"{server.url}/?run={run.key}&dataset=mnist-5k&hidden=8&k=3&epochs=2"
    )
    other = elsewhere(page.url)
    assert other.evaluate(STATE) == shown
    np.testing.assert_allclose(other.evaluate(RANGES), ranges, rtol=1e-6)
    assert other.url == page.url
    go(other, "Reconstructions")
    other.get_by_text("Pinned in Explore").click()
    other.get_by_text("no. 402", exact=True).wait_for()
    other.get_by_text("Selected in Explore").click()
    other.wait_for_function("location.search.includes('selected=')")
    firsts = urlsplit(other.url).query
    third = elsewhere(other.url, "document.querySelector('.pcae-panel img') !== null")
    assert urlsplit(third.url).query == firsts
    assert "Selected+in+Explore" in firsts


def test_in_three_dimensions_another_browser_looks_from_the_same_side(
    page, server, own_run, elsewhere
):
    choose_run(page, server, own_run(RunConfig(dataset="mnist-5k", hidden=(8,), k=3, epochs=1)))
    press(page, "3-D")
    page.wait_for_function("location.hash.includes('show=solid')")
    assert "camera" not in page.url
    box = stage(page)
    x, y = box["x"] + 0.75 * box["width"], box["y"] + 0.5 * box["height"]
    drag(page, (x, y), (x + 90, y - 60))
    page.wait_for_function("location.hash.includes('camera=')")
    page.wait_for_timeout(SETTLED)
    eyes = f"""() => ['scene', 'scene2'].map((name) => {{
        const {{ eye, center }} = {SOLID}._fullLayout[name]._scene.getCamera();
        return [eye, center].flatMap(({{ x, y, z }}) => [x, y, z]);
    }})"""
    seen = np.array(page.evaluate(eyes))
    assert np.abs(seen[0] - seen[1]).max() > 0.1
    other = elsewhere(page.url)
    np.testing.assert_allclose(other.evaluate(eyes), seen, atol=0.01)
    assert other.url == page.url


def test_a_zoom_asks_nothing_of_the_server_and_takes_no_step_in_the_history(explorer):
    settle(explorer)  # what the last test pinned is told to be gone
    explorer.evaluate(WATCH_RUNS)
    steps = explorer.evaluate("history.length")
    explorer.mouse.move(*spot(explorer, 1, 0.5, 0.5))
    for _ in range(5):
        explorer.mouse.wheel(0, -100)
    explorer.wait_for_function("location.hash.includes('zoom=')")
    explorer.wait_for_timeout(SETTLED)
    assert explorer.evaluate("window.runs") == 0
    assert explorer.evaluate("history.length") == steps
    explorer.mouse.dblclick(*spot(explorer, 1, 0.5, 0.5))
    explorer.wait_for_function("!location.hash.includes('zoom=')")


def test_one_step_back_is_one_page_back(page, server):
    open_explorer(page, server)
    run = f"run={PRESETS['Seed network, 25 epochs'].key}&epochs=25"
    for name in ("Components", "Latent plane"):
        go(page, name)
        page.wait_for_function("(run) => location.search.includes(run)", arg=run)
        settle(page)
    page.go_back()
    page.wait_for_url(f"**/components?{run}")
    settle(page)
    page.go_back()
    page.wait_for_function(READY)
    assert urlsplit(page.url).path == "/"


def test_what_cannot_be_is_said_and_left_as_usual(explorer):
    wrong = {
        **{"digits": "7", "k": "0", "axes": "1,2,1,3", "zoom": "1,2,3", "colour": "constructor"},
        **{
            "drag": "<img>",
            "hide": "10",
            "show": "solid",
            "selected": "bmM",
            "pins": "1000",
            "at": "x",
            "camera": "0,0,0,0,0,0,1,1,1,0,0,0",
            "moment": "1",
        },
    }
    many = ",".join(map(str, range(13)))
    unknown = {"<img src=x onerror=alert(1)>": ""}
    others = {"zoom": "0,Infinity,0,1,0,1,0,1", "pins": "-1"}
    for parts in (wrong, {"zoom": "2,1,0,1,0,1,0,1", "pins": many}, others, unknown):
        explorer.evaluate("(hash) => { location.hash = hash; }", urlencode(parts))
        said = ", ".join(name if name in wrong else "unknown parts" for name in parts)
        explorer.get_by_text(f"The link's {said} cannot be used here").first.wait_for()
        assert explorer.evaluate(f"{PLANES}.shown.length") == 1000
        assert explorer.locator(".pcae-x-card").count() == 0
        assert explorer.locator(".pcae-x img").count() == 0


def test_a_link_pasted_over_the_same_page_is_followed(explorer):
    explorer.evaluate("location.hash = '#at=123&k=7'")
    explorer.get_by_text("PCA, k = 7").wait_for()
    assert inspected(explorer) == 123


def test_training_digits_come_back(elsewhere, server):
    tab = elsewhere(f"{server.url}/#digits=5000&at=1007")
    tab.wait_for_function(f"{PLANES}.shown.length === 5000")
    tab.get_by_text("training digit 7").wait_for()


def open_share(tab):
    tab.get_by_role("button", name="Share").click()
    tab.locator("dialog img").wait_for()
    return tab.locator("dialog").get_by_label("Link")


def test_the_link_is_copied_with_and_without_a_clipboard(browser, server):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab = context.new_page()
    open_explorer(tab, server)
    link = open_share(tab).input_value()
    assert link == tab.url
    tab.get_by_role("button", name="Copy").click()
    tab.get_by_role("button", name="Copied").wait_for()
    assert tab.evaluate("navigator.clipboard.readText()") == link
    tab.evaluate("navigator.clipboard.writeText('other')")
    tab.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    tab.get_by_text("Large type, for a projector").click()
    tab.locator(".pcae-share-line button").click()
    tab.get_by_role("button", name="Copied").wait_for()
    tab.get_by_role("button", name="Close").click()
    tab.get_by_label("Find a digit by its number").click()
    second = context.new_page()
    second.goto(f"{server.url}/glossary")
    assert second.evaluate("navigator.clipboard.readText()") == f"{link}&projector=1"
    context.close()


def test_the_qr_code_is_of_the_link(page, server):
    open_explorer(page, server)
    link = open_share(page).input_value()
    source = page.locator("dialog img").get_attribute("src")
    assert source.startswith(server.url)
    assert modules(page.request.get(source).text()) == expected(link)
    page.locator("dialog img").click()
    assert page.locator("dialog img").bounding_box()["height"] > 700


def test_a_lesson_is_made_and_followed_through_pages_and_reloads(page, server, elsewhere):
    page.goto(f"{server.url}/train?k=3&dataset=mnist-5k")
    page.get_by_text("784-512-128-3").first.wait_for()
    settle(page)
    link = open_share(page)
    dialog = page.locator("dialog")
    dialog.get_by_text("More", exact=True).click()
    dialog.get_by_label("Quality").uncheck()
    opened = dialog.locator("details details[open]")
    dialog.locator("summary", has_text="Train").click()
    opened.get_by_role("button", name="none").click()
    opened.get_by_label("Epochs").check()
    dialog.locator("summary", has_text="Explore").click()
    opened.get_by_label("Pictures").uncheck()
    opened.get_by_label("Classes").uncheck()
    url = link.input_value()
    hidden = parse_qs(urlsplit(url).query)["hide"][0].split(",")
    assert {"quality", "explore.pictures", "train.k", "train.runs"} <= set(hidden)
    assert "train.epochs" not in hidden
    tab = elsewhere(url, "document.querySelector('.st-key-form_epochs') !== null")
    for _ in range(2):
        assert tab.locator("[class*='st-key-form_']").count() == 1
        link_to(tab, "Components")
        assert tab.get_by_role("menuitem").count() == 3  # without Quality
        tab.keyboard.press("Escape")
        assert not tab.get_by_text("Trained networks").count()
        tab.reload()
        tab.locator(".st-key-form_epochs").wait_for()
        settle(tab)
    go(tab, "Explore")
    tab.wait_for_function(READY)
    assert tab.get_by_role("button", name="Pictures").is_hidden()
    assert tab.get_by_role("button", name="Manifold").is_visible()
    tab.wait_for_function("location.search.includes('explore.pictures')")
    tab.locator(".pcae-x-stage").press("3")  # hides no class where the classes are hidden
    tab.locator(".pcae-x-stage").press("ArrowLeft")
    tab.wait_for_function("location.hash.includes('at=')")
    assert "hide=" not in tab.evaluate("location.hash")
    tab.goto(f"{server.url}/draw?hide=draw.pens,draw.undo")
    tab.get_by_role("button", name="Choose a picture").wait_for()
    assert tab.get_by_role("button", name="Thick").is_hidden()
    assert tab.get_by_role("button", name="Undo").is_hidden()
    tab.goto(f"{server.url}/quality?hide=quality")
    tab.get_by_text("The page Quality is not part of this lesson").wait_for()


def test_reset_goes_back_to_what_the_tab_was_opened_with(elsewhere, server):
    tab = elsewhere(f"{server.url}/#k=7&pins=5")
    press(tab, "4")
    tab.get_by_role("slider", name="PCA's k").fill("20")
    tab.wait_for_function("location.hash.includes('k=20')")
    tab.reload()
    tab.get_by_text("PCA, k = 20").wait_for()
    settle(tab)
    tab.get_by_role("button", name="Reset").click()
    tab.get_by_text("PCA, k = 7").wait_for()
    settle(tab)
    assert tab.evaluate(f"{PLANES}.shown.length") == 1000
    assert tab.locator(".pcae-x-card").count() == 1


def test_a_network_that_is_not_here_is_trained_from_its_link(elsewhere, server, monkeypatch):
    monkeypatch.setenv("PCAE_HOME", str(server.home / "pcae"))
    config = RunConfig(dataset="mnist-5k", hidden=(16,), epochs=1, seed=5)
    query = "&".join(f"{name}={text}" for name, text in config.to_query().items())
    url = f"{server.url}/components?run={config.key}&{query}"
    tab = elsewhere(url, "document.body.innerText.includes('Train it')")
    tab.get_by_role("button", name="Train it").click()
    tab.get_by_text("Directions", exact=True).wait_for(timeout=60_000)
    assert tab.locator(".st-key-run_picked input").input_value() == short_name(config)
    store.delete(store.find(config.key))
