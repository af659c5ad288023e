"""Data of one's own in a real browser: brought, shown the right way round, and as values."""

import numpy as np
import pytest

from pcae import names, store
from pcae.config import RunConfig
from pcae.data import datasets, owndata
from pcae.methods import noise
from pcae.methods.pca import load_or_fit
from pcae.store import EpochRecord, Status
from tests.browser.conftest import READY, Server, go, settle
from tests.browser.test_class import CONNECTED
from tests.browser.test_explorer import bytes_of, head, inspected, point_at
from tests.data.reading.test_uploads import COLUMNS, KINDS, LABELS, npz, table, understood
from tests.methods.test_autoencoder import random_weights

SHAPE = (12, 7)
PICTURES = """() => [...document.querySelectorAll('.pcae-x-inspector canvas')].map((canvas) => {
    const { width, height } = canvas, n = width * height;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    return { shape: [height, width], bytes: Array.from({ length: n }, (_, p) => data[4 * p]) };
})"""
CUT = """() => [...document.querySelectorAll('.pcae-x-values :is(th, td), .pcae-x-caption')].filter(
    ({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>
        scrollWidth > clientWidth || scrollHeight > clientHeight + 2).map((of) => of.textContent)"""
CELLS = """() => [...document.querySelectorAll('.pcae-x-values tr')].map(
    (row) => [...row.cells].map((cell) => cell.textContent))"""


def letters():
    """Pictures that are neither square nor symmetric, as bytes: F and L, in random places."""
    rng = np.random.default_rng(0)
    f, ell = np.zeros((2, *SHAPE))
    f[1:11, 1] = f[1, 1:6] = f[5, 1:4] = 255
    ell[1:11, 1] = ell[10, 1:6] = 255
    return (np.stack([f, ell])[LABELS % 2] * rng.uniform(0.3, 1, (60, 1, 1))).astype(np.uint8)


@pytest.fixture
def shown(server, monkeypatch):
    """Keep data at the server, with a network that nobody trained, and say which."""
    monkeypatch.setenv("PCAE_HOME", str(server.home / "pcae"))
    kept = []

    def keep(files):
        found = understood(files)
        owndata.keep(found.data, "Of my own", found.scaling)
        config = RunConfig(dataset=found.data.name, hidden=(6,), seed=1)
        run = store.create(config)
        run.write_history([EpochRecord(1, 0.1, 0.1, 1.0)])
        run.write_checkpoint(1, random_weights(config))
        run.write_status(Status("finished"))
        kept.append((run, found.data.name))
        return datasets.load(found.data.name), run

    yield keep
    for run, name in kept:
        store.delete(run)
        owndata.remove(name)


def open_run(page, server, run):
    """Explore a network, as a click on Open does."""
    page.goto(f"{server.url}/train")
    page.locator(f".st-key-open_{run.key}_own button").click()
    page.wait_for_function(READY)
    settle(page)


def test_rectangular_pictures_are_shown_the_right_way_round(page, server, shown):
    data, run = shown({"letters.npz": npz(x=letters(), y=LABELS)})
    open_run(page, server, run)
    i, _ = point_at(page, 2)
    assert inspected(page, "picture") == i
    images = data.test.pixels(np.array([i]))
    wanted = [
        images,
        load_or_fit(data).reconstruct(images, 2),
        run.model().reconstruct(images),
    ]
    for picture, want in zip(page.evaluate(PICTURES), wanted, strict=True):
        assert picture["shape"] == list(SHAPE)
        np.testing.assert_allclose(picture["bytes"], bytes_of(want[0]), atol=1.01)
    for name in ("Pictures", "Manifold"):
        page.locator(".pcae-x").get_by_role("button", name=name, exact=True).click()
    page.wait_for_selector(".pcae-x-layer[data-done]", state="attached")


def test_columns_are_shown_as_values_in_their_units(page, server, shown):
    data, run = shown({"t.csv": table(COLUMNS, head=["a", "b", "c", "d"])})
    open_run(page, server, run)
    i, _ = point_at(page, 1)
    assert inspected(page, "row") == i
    assert head(page) == f"test row {i}"  # which has no class
    assert page.locator(".pcae-x-chip").count() == 0
    page.get_by_label("Colour").select_option("error")
    page.keyboard.press("0")
    page.wait_for_function(f"location.hash === '#colour=error&at={i}'")  # and nothing is hidden
    rows = data.test.pixels(np.array([i]))
    wanted = [rows, load_or_fit(data).reconstruct(rows, 2), run.model().reconstruct(rows)]
    heads, *cells = page.evaluate(CELLS)
    assert page.evaluate(CUT) == []
    assert heads == ["Column", "Value", "PCA", "Autoencoder"]
    assert [row[0] for row in cells] == ["a", "b", "c", "d"]
    found = np.array([[float(text.replace("−", "-")) for text in row[1:]] for row in cells])
    np.testing.assert_allclose(found, np.stack([data.values(of)[0] for of in wanted], 1), 1e-3)
    page.get_by_label("Noise", exact=True).select_option("masking")
    page.wait_for_function("!document.querySelector('.pcae-x-coming')")
    heads, *cells = page.evaluate(CELLS)
    assert page.evaluate(CUT) == []
    assert heads == ["Column", "Value", "With noise", "PCA", "Autoencoder"]
    seen = data.values(noise.add("masking", rows, [i]))[0]
    found = [float(row[2].replace("−", "-")) for row in cells]
    np.testing.assert_allclose(found, seen, 1e-3)
    page.get_by_label("Noise", exact=True).select_option("none")
    assert page.evaluate(CELLS)[0] == ["Column", "Value", "PCA", "Autoencoder"]
    for name in ("Path", "Pictures", "Manifold"):
        assert page.get_by_role("button", name=name, exact=True).is_disabled()


def test_a_visitor_brings_a_file_and_removes_the_data(page, server, shown, tmp_path):
    file = tmp_path / "letters.npz"
    file.write_bytes(npz(x=letters(), y=LABELS))
    page.goto(f"{server.url}/data")
    page.locator("input[type=file]").set_input_files(str(file))
    page.get_by_text("60 pictures of 12 × 7 pixels, 3 classes").wait_for()
    page.get_by_role("button", name="Add this data").click()
    page.get_by_text("is added").wait_for()
    kept = server.home / "pcae" / "data"
    top = page.get_by_role("heading", name="Data of your own")
    before = top.bounding_box()
    for undone in (True, False):
        page.get_by_role("button", name="Remove my data").click()
        page.get_by_role("button", name="Remove it").click()
        page.get_by_text("is removed.").wait_for()
        assert top.bounding_box() == before
        assert list(kept.glob("own-*")) == []
        if undone:
            page.get_by_role("button", name="Undo").click()
            page.get_by_role("button", name="Remove my data").wait_for()
    undo = page.get_by_role("button", name="Undo")
    undo.wait_for(state="hidden", timeout=15_000)  # by itself
    page.wait_for_timeout(5_000)
    assert list(kept.iterdir()) == []


def test_files_stay_on_another_page_and_a_click_changes_a_role(page, server, tmp_path, monkeypatch):
    rows = [[*values, kind] for values, kind in zip(COLUMNS, KINDS, strict=True)]
    for name, number in (("train", 50), ("test", 10)):
        file = tmp_path / f"{name}.csv"
        file.write_bytes(table(rows[:number], head=["a", "b", "c", "d", "kind"]))
    page.goto(f"{server.url}/data")
    page.locator("input[type=file]").set_input_files(
        [tmp_path / "train.csv", tmp_path / "test.csv"]
    )
    page.get_by_text("60 rows of 4 columns, 3 classes").wait_for()
    page.locator(".st-key-roles").get_by_text("left out").first.click()
    page.get_by_text("60 rows of 3 columns, 3 classes").wait_for()
    go(page, "Glossary")
    page.get_by_text("Bottleneck").first.wait_for()
    go(page, "Data")
    page.get_by_text("60 rows of 3 columns, 3 classes").wait_for()
    assert page.locator('[class*="st-key-away_"]').count() == 2
    page.get_by_role("button", name="Add this data").dblclick()
    page.get_by_text("is added").wait_for()
    monkeypatch.setenv("PCAE_HOME", str(server.home / "pcae"))
    (name,) = names.own()
    assert names.about(name)["columns"] == ["b", "c", "d"]
    assert not list((server.home / "pcae" / "brought").glob("*/*/made-*"))
    owndata.remove(name)


def test_files_that_went_with_the_server_are_to_be_chosen_again(browser, tmp_path):
    file = tmp_path / "letters.npz"
    file.write_bytes(npz(x=letters(), y=LABELS))
    server, page = Server(tmp_path), browser.new_page()

    def choose():
        page.locator("input[type=file]").set_input_files(str(file))
        page.get_by_text("60 pictures of 12 × 7 pixels, 3 classes").wait_for()
        settle(page)

    try:
        page.goto(f"{server.url}/data")
        choose()
        server.stop()
        page.wait_for_selector(f".stApp:not({CONNECTED})")
        server = Server(tmp_path, port=server.port)
        page.wait_for_selector(f".stApp{CONNECTED}")
        page.get_by_role("button", name="Add this data").click()
        page.get_by_text("choose them again").wait_for()
        choose()
        assert page.get_by_text("choose them again").count() == 0
        page.reload()
        page.get_by_text("choose them again").wait_for()
        choose()
        page.get_by_role("button", name="letters.npz").click()  # to take it away
        page.get_by_text("Labels are optional").wait_for()
        settle(page)
        assert page.get_by_text("choose them again").count() == 0
    finally:
        page.close()
        server.stop()


def test_a_file_that_is_too_large_gets_a_sentence(page, server, tmp_path):
    large = tmp_path / "large.npy"
    with large.open("wb") as file:
        file.truncate(2**31)
    page.goto(f"{server.url}/data")
    page.locator("input[type=file]").set_input_files(large)
    page.locator("[aria-invalid=true]").wait_for()
    said = page.locator(".stFileUploader").evaluate(
        "(of) => getComputedStyle(of, '::after').content"
    )
    assert "larger than 200 MB" in said
