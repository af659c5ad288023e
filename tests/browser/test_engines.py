"""One tour in Firefox and one in WebKitGTK: what people do works there as it does in Chromium."""

import contextlib
import json
import time

import numpy as np
import pytest

from pcae import store
from pcae.config import RunConfig
from pcae.methods.pca import fit
from pcae.store import EpochRecord, Status
from pcae.takehome import onefile
from tests import hostile
from tests.browser.conftest import READY, Server
from tests.browser.engines import Firefox, WebKit
from tests.browser.test_explorer import LONELY, PLANES, RINGS, SELECTED, SOLID
from tests.methods.test_autoencoder import random_weights

HEAD = "document.querySelector('.pcae-x-head').textContent"
TEXT = "document.body.innerText"
# what is saved: the name and the size of each file
SAVED = """(() => { const sizes = new Map(), plain = URL.createObjectURL;
    window.saved = [];
    URL.createObjectURL = (blob) => {
        const url = plain.call(URL, blob);
        sizes.set(url, blob.size);
        return url;
    };
    HTMLAnchorElement.prototype.click = function () {
        saved.push([this.download, sizes.get(this.href) ?? this.href.length]);
    }; return true; })()"""
AROUND = [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8), (0.2, 0.2)]


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A server on the offline digits; no Chromium is needed."""
    server = Server(tmp_path_factory.mktemp("server"))
    yield server
    server.stop()


@pytest.fixture(scope="module", params=[Firefox, WebKit], ids=["Firefox", "WebKitGTK"])
def driver(request, tmp_path_factory):
    if request.param.missing:
        pytest.skip(request.param.missing)
    with contextlib.ExitStack() as started:
        yield request.param(tmp_path_factory.mktemp("profile"), started)


def button(name, within=".pcae-x"):
    """The button of this name."""
    return f"""[...document.querySelectorAll('{within} button')].find(
        (of) => of.innerText.trim().endsWith('{name}') && of.offsetParent)"""


def spot(driver, plane, across, up):
    """A place in a plane by shares of it."""
    return driver.evaluate(
        f"""(() => {{ const [x, y] = {PLANES}.axes[{plane - 1}];
            const box = {PLANES}.plot.getBoundingClientRect();
            return [box.left + x.offset + {across} * x.length,
                box.top + y.offset + {1 - up} * y.length]; }})()"""
    )


def settle(driver):
    """Wait until the page's parts have their places."""
    places = """[...document.querySelectorAll('button, canvas')].map((of) =>
        Object.values(of.getBoundingClientRect().toJSON()).map(Math.round)).join()"""
    before = None
    while (now := driver.evaluate(places)) != before:
        before = now
        time.sleep(0.5)


def tour_the_planes(driver):
    """Point in both planes, draw a lasso, change k, lay the manifold under, save."""
    driver.wait(READY, 60)
    settle(driver)
    for plane in (1, 2):
        point = driver.evaluate(f"({LONELY})({plane})")
        driver.pointer((point["x"] + 4, point["y"]), (point["x"], point["y"]))
        driver.wait(f"{HEAD}.includes('digit {point['index']:,}')")
        assert None not in driver.evaluate(f"({RINGS})()")
    driver.evaluate(
        """(() => { const slider = document.querySelector('[aria-label="PCA\\'s k"]');
            slider.value = 40; slider.dispatchEvent(new Event('input', { bubbles: true })); })()"""
    )
    driver.wait(f"{TEXT}.includes('PCA, k = 40')")
    settle(driver)  # the controls have heard of it
    driver.press(
        button("Lasso"), "document.querySelector('.pcae-x-stage').dataset.mode === 'lasso'"
    )
    driver.pointer(*(spot(driver, 2, *share) for share in AROUND), pressed=True)
    first, second = driver.wait(f"({SELECTED})()[0].length > 10 && ({SELECTED})()")
    assert first == second
    driver.keys("Escape")
    driver.wait(f"({SELECTED})()[0].length === 0")
    driver.click(button("Manifold"))
    driver.wait("document.querySelector('.pcae-x-layer').dataset.done")
    driver.click(button("Manifold"))
    driver.evaluate(SAVED)
    for name in ("CSV", "PNG", "SVG"):
        driver.click(button(name))
        driver.wait(f"saved.some(([name, size]) => /{name}$/i.test(name) && size > 10000)")


def test_the_explorer_does_all_of_it(driver, running):
    driver.open(running.url)
    tour_the_planes(driver)


@pytest.fixture
def address(running, monkeypatch):
    """Where a network of some data is explored, of which nothing was trained."""
    monkeypatch.setenv("PCAE_HOME", str(running.home / "pcae"))
    with hostile.networks() as make:
        yield (
            lambda data: (
                f"{running.url}/?run={make(data).key}&dataset={data.name}&hidden=8&epochs=1"
            )
        )


def test_many_classes_are_found_and_hidden_by_their_keys(driver, address):
    names = [*map(str, range(10)), *"abcdefghijklmnopq"]
    driver.open(address(hostile.pictures(names)))
    driver.wait(READY, 60)
    settle(driver)
    hidden = f"{PLANES}.scene.state.hidden.join()"
    driver.evaluate("document.querySelector('.pcae-x-stage').focus()")
    driver.keys("7")
    driver.wait(f"{hidden} === '7'")
    driver.keys("7")
    driver.wait(f"{hidden} === ''")
    driver.click("document.querySelector('[placeholder=\"Find a class\"]')")
    driver.keys("p")
    driver.wait(
        "[...document.querySelectorAll('.pcae-x-chip')].filter((of) => of.offsetParent)"
        ".map((of) => of.textContent).join() === 'p'"
    )
    driver.keys("Enter")
    others = ",".join(str(label) for label, name in enumerate(names) if name != "p")
    driver.wait(f"{hidden} === '{others}'")
    driver.press(button("Show all"), f"{hidden} === ''")


def test_rows_are_coloured_by_a_column(driver, address):
    data = hostile.table()
    driver.open(address(data))
    driver.wait(READY, 60)
    settle(driver)
    key = "document.querySelector('.pcae-x-key').textContent"
    driver.wait(f"{key}.startsWith({json.dumps(data.target)})")
    inks = f"Array.from({PLANES}.shown, {PLANES}.paint.inkOf[0]).join()"
    before = driver.evaluate(inks)
    driver.evaluate(
        """(() => { const choice = [...document.querySelectorAll('.pcae-x-bar select')]
                .find((of) => of.value === 'target');
            choice.value = 'column-3';
            choice.dispatchEvent(new Event('change', { bubbles: true })); })()"""
    )
    driver.wait(f"{key}.startsWith('Käse')")
    assert driver.evaluate(inks) != before


def test_a_digit_is_drawn_and_seen_in_both_planes(driver, running):
    driver.open(f"{running.url}/draw")
    driver.wait("document.querySelector('.pcae-draw[data-drawn]') !== null", 60)
    x, y, size = driver.evaluate(
        """(() => { const { x, y, width } =
            document.querySelector('.pcae-pad').getBoundingClientRect();
            return [x, y, width]; })()"""
    )
    places = [(x + size / 2, y + size * share) for share in (0.2, 0.4, 0.6, 0.8)]
    driver.pointer(*places, pressed=True)
    driver.wait("document.querySelectorAll('.pcae-draw-row [data-index]').length === 16")
    assert None not in driver.evaluate(f"({RINGS})()")


def test_the_latent_plane_is_drawn_and_another_pair_with_it(driver, running):
    driver.open(f"{running.url}/latent_plane")
    drawn = "document.querySelectorAll('.pcae-chart [data-drawn] image, .pcae-chart image').length"
    driver.wait(f"{drawn} >= 2", 60)
    films = "[...document.querySelectorAll('.pcae-panel img')].map((of) => of.src).join()"
    before = driver.wait(films)
    another = f"(() => {{ const now = {films}; return now && now !== {json.dumps(before)}; }})()"
    driver.press(button("Another pair", ".stApp"), another)


def test_the_explorer_in_one_file_works_from_the_disk_and_plays(driver, tmp_path, sample):
    config = RunConfig(dataset="mnist-5k", hidden=(8,), k=3, epochs=2)
    run = store.create(config)
    run.write_history([EpochRecord(n, 0.1, 0.1, 1.0) for n in (1, 2)])
    codes = np.random.default_rng(0).normal(0, 1, (1000, 3))
    for place in range(3):
        run.write_codes(place, 0.5 * (place + 1) * codes)
    run.write_checkpoint(2, random_weights(config))
    run.write_status(Status("finished"))
    path = tmp_path / "the explorer, 100% #1.html"
    path.write_bytes(b"".join(onefile.page(run, sample, fit(sample))))
    driver.open(path.as_uri())
    tour_the_planes(driver)
    driver.click(button("Play"))
    driver.wait(f"{TEXT}.includes('after epoch')")
    driver.wait(f"Boolean({button('Play')}) && {PLANES}.scene.state.moment === null", 60)
    if driver.evaluate("Boolean(document.createElement('canvas').getContext('webgl'))"):
        driver.click(button("3-D"))
        driver.wait(f"{SOLID}?._fullData?.some(({{ type }}) => type === 'scatter3d')", 60)
