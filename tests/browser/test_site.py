"""The product's own site, from a static server under a sub-path, in a real browser."""

import contextlib
import functools
import json
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest

from pcae.headings import PAGES
from pcae.presets import PRESETS
from pcae.store import shipped_run
from pcae.takehome import folder, making, site
from tests.browser.conftest import READY, settle
from tests.browser.test_explorer import inspected, point_at

SEED, BEST = PRESETS["Seed network, 25 epochs"], PRESETS["Best 30-D"]
SHOWN = "document.body?.dataset.shown"
CAPTIONS = "[...document.querySelectorAll('.pcae-open td')].map((cell) => cell.innerText)"
KEPT = """async () => {
    const [name] = (await caches.keys()).filter((name) => name.endsWith("/a/site/"));
    const keys = name ? await (await caches.open(name)).keys() : [];
    return keys.map(({ url }) => url.split("/a/site/")[1]);
}"""


class Static(SimpleHTTPRequestHandler):
    """Files as they are, without a word."""

    def log_message(self, *_):
        """Nothing."""


@contextlib.contextmanager
def served(place, port=0):
    """The address of a folder, served by what Python brings along."""
    handler = functools.partial(Static, directory=place)
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/a/site/"
        finally:
            server.shutdown()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The folder of a web server with the product's site in it, as `make site` writes it."""
    root = tmp_path_factory.mktemp("static")
    (root / "a").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PCAE_HOME", str(root / "home"))
        patch.setenv("KERAS_HOME", str(root / "keras"))
        patch.delenv("PCAE_DATA", raising=False)
        making.product(root / "a" / "site")
    return root


@pytest.fixture(scope="module")
def ground(place):
    """The site's address."""
    with served(place) as address:
        yield address


@contextlib.contextmanager
def opened(browser, ground, **options):
    """A tab of a new visitor; what scripts complain of and what is asked for elsewhere fails."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, **options)
    tab, faults = context.new_page(), []
    tab.on("pageerror", lambda problem: faults.append(str(problem)))
    tab.on("console", lambda said: faults.append(said.text) if said.type != "log" else None)

    def failed(request):
        if request.failure != "net::ERR_ABORTED":  # by leaving the page
            faults.append(request.url)

    tab.on("requestfailed", failed)

    def asked(request):
        if not request.url.startswith((ground, "data:", "blob:")):
            faults.append(request.url)

    tab.on("request", asked)
    yield tab, faults
    context.close()


@pytest.fixture
def tab(browser, ground):
    """A new visitor's tab, who is nowhere yet."""
    with opened(browser, ground) as (page, faults):
        yield page
        assert faults == []


def until(page, expression):
    """Wait until JavaScript is true; the site's policy lets no text be run that asks for it."""
    end = time.monotonic() + 60
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(50)


def see(page, address):
    """Open an address and wait for its page."""
    page.goto(address, wait_until="commit")
    until(page, SHOWN)


def go(page, name):
    """Go to another page as a visitor does."""
    page.get_by_role("navigation").get_by_text(PAGES[name].title, exact=True).click()
    until(page, f"{SHOWN} === {json.dumps(name)}")


def query(page):
    return dict(parse_qsl(urlsplit(page.url).query))


def test_every_page_opens_by_its_address_and_by_the_navigation(tab, ground):
    for name in site.PAGES:
        see(tab, f"{ground}{name}/")
        assert tab.evaluate(SHOWN) == name
        assert tab.title() == f"{PAGES[name].title} · pcae"
        tab.set_viewport_size({"width": 390, "height": 800})
        until(tab, "document.documentElement.scrollWidth <= 390")  # once charts have followed
        tab.set_viewport_size({"width": 1280, "height": 800})
    assert tab.locator("h1").inner_text() == PAGES["compare"].heading
    for name in ["explore", "draw", "reconstructions"]:
        go(tab, name)
        at = "" if name == "explore" else f"{name}/"
        assert tab.url.split("?")[0] == ground + at
        assert query(tab) == {"run": SEED.key} | SEED.to_query()
        assert tab.locator("[aria-current=page]").inner_text() == PAGES[name].title
    tab.go_back()
    until(tab, f"{SHOWN} === 'draw'")
    assert tab.url.split("?")[0] == f"{ground}draw/"


def test_a_digit_is_pointed_at_and_another_network_chosen(tab, ground):
    see(tab, ground)
    until(tab, READY)
    assert tab.locator("h1").inner_text() == "What do two numbers keep of a digit?"
    index, _ = point_at(tab, 1)
    assert inspected(tab) == index
    tab.get_by_label("Network").select_option(BEST.key)
    until(tab, f"location.search.includes({json.dumps(BEST.key)})")
    assert query(tab) == {"run": BEST.key} | BEST.to_query()
    assert "What do 30 numbers keep" in tab.locator("h1").inner_text()
    error = shipped_run(BEST.key).record["test_error"]
    assert f"Test error {error:.4f}" in tab.locator("main").inner_text()
    assert "stand in for the full MNIST" in tab.locator("main").inner_text()
    until(tab, READY)
    tab.reload()
    until(tab, SHOWN)
    assert tab.get_by_label("Network").input_value() == BEST.key


def test_a_link_of_the_app_opens_the_same_view(page, server, tab, ground):
    asked = "reconstructions?" + "&".join(
        f"{name}={text}"
        for name, text in ({"run": BEST.key} | BEST.to_query()).items()
        if "," not in text
    )
    asked += "&hidden=1000,+500,+250&which=Worst&how_many=7&pca_k_30=12&pinned=5,8"
    page.goto(f"{server.url}/{asked}")
    page.wait_for_selector(".pcae-open img")
    settle(page)
    of_app = page.evaluate(CAPTIONS)
    see(tab, page.url.replace(f"{server.url}/", ground))
    tab.wait_for_selector(".pcae-open img")
    until(tab, "document.querySelectorAll('.pcae-open img').length === 21")
    assert tab.evaluate(CAPTIONS) == of_app
    in_app = dict(parse_qsl(urlsplit(page.url).query))
    assert query(tab) == in_app
    assert in_app["which"] == "Worst"
    assert not tab.get_by_role("status").filter(has_text="cannot be used").count()


def test_the_explorers_part_of_a_link_is_kept(tab, ground):
    link = f"{ground}?run={BEST.key}&epochs=100#at=7&pins=3,5&count=500"
    see(tab, link)
    until(tab, READY)
    assert "settings cannot be used" in tab.get_by_role("status").first.inner_text()
    until(tab, "location.hash.includes('pins=3,5')")
    go(tab, "draw")
    assert query(tab)["pinned"] == "3,5"
    go(tab, "explore")
    until(tab, "location.hash.includes('pins=3,5')")
    assert inspected(tab) == 7


def test_what_of_a_link_cannot_be_used_is_said(tab, ground):
    see(tab, f"{ground}reconstructions/?which=Nothing&run=0123456789ab&hide=draw")
    warning = tab.locator(".pcae-s-warning")
    warning.filter(has_text="which cannot be used").wait_for()
    assert "The link’s hide, run (not in this site), which cannot" in warning.inner_text()
    assert query(tab) == {"run": SEED.key} | SEED.to_query()


def test_opens_offline_and_a_new_site_at_the_next_visit(browser, place, ground, tmp_path):
    root = tmp_path / "root"
    (root / "a").mkdir(parents=True)
    files = {
        of.relative_to(place / "a" / "site").as_posix(): of.read_bytes()
        for of in (place / "a" / "site").rglob("*")
        if of.is_file()
    }
    folder.write(root / "a" / "site", site.INDEX, files.items())
    with served(root) as address:
        context = browser.new_context()
        tab = context.new_page()
        see(tab, address)
        until(tab, READY)
        until(tab, f"({KEPT})().then((keys) => keys.join().includes('plotly'))")
        kept = tab.evaluate(KEPT)
    assert {"index.html", "draw/index.html"} <= set(kept)
    assert not [of for of in kept if of.startswith(f"networks/{BEST.key}")]
    see(tab, f"{address}components/?{SEED.key}")  # nobody answers any more
    assert tab.locator("h1").inner_text() == PAGES["components"].heading
    tab.wait_for_selector(".js-plotly-plot .main-svg")
    see(tab, address)
    until(tab, READY)
    index, _ = point_at(tab, 2)
    assert inspected(tab) == index
    newer = {name: content for name, content in files.items() if not name.startswith("figures/")}
    newer["index.html"] = files["index.html"].replace(b'content="What', b'content="New: what')
    newer["site.json"] = json.dumps({"files": sorted(newer)}).encode()
    folder.write(root / "a" / "site", site.INDEX, newer.items())
    with served(root, urlsplit(address).port):
        see(tab, address)
        described = tab.locator("meta[name=description]").get_attribute("content")
        assert described.startswith("New: what")
        until(tab, f"({KEPT})().then((keys) => !keys.some((key) => key.startsWith('figures/')))")
    context.close()


def test_from_the_disk_it_says_what_it_wants(browser, place):
    context = browser.new_context()
    tab = context.new_page()
    tab.goto((place / "a" / "site" / "index.html").as_uri())
    tab.get_by_text("python -m http.server").wait_for(state="visible", timeout=8000)
    context.close()
