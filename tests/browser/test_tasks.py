"""What a newcomer wants to do, and in how many clicks it is done."""

import numpy as np
import pytest

from pcae.ui.steps import COOKIE
from tests.browser.conftest import READY, go, settle

CLICKS = """() => addEventListener('click', (event) => {
    if (event.isTrusted)
        sessionStorage.clicks = Number(sessionStorage.clicks ?? 0) + 1;
}, true)"""


@pytest.fixture
def newcomer(page, visitor, server):
    """The first page, once it is ready; clicks are counted from there."""
    known = {"name": COOKIE, "value": "seen", "domain": "localhost", "path": "/"}
    visitor.add_cookies([known])
    page.goto(server.url)
    page.wait_for_function(READY)
    settle(page)
    page.evaluate(f"({CLICKS})()")
    yield page
    visitor.clear_cookies()


def clicks(page):
    return page.evaluate("Number(sessionStorage.clicks ?? 0)")


def test_how_many_components_the_codes_are_worth_is_read_at_once(newcomer):
    heading = newcomer.get_by_role("heading", level=1)
    assert heading.inner_text() == "What do two numbers keep of a digit?"
    answer = newcomer.locator(".pcae-heading b")
    assert answer.inner_text().startswith("2 codes reconstruct as well as ")
    assert answer.is_visible()
    assert clicks(newcomer) == 0


def test_a_network_of_ones_own_is_trained_and_explored(newcomer, server):
    go(newcomer, "Train")
    newcomer.get_by_label("Hidden widths", exact=True).fill("24")
    newcomer.get_by_label("Epochs", exact=True).fill("3")
    newcomer.locator(".stMain").get_by_role("button", name="Train", exact=True).click()
    newcomer.get_by_text("784-24-2, ELU, 3 epochs").first.wait_for()
    newcomer.get_by_role("button", name="Cancel").first.wait_for()
    newcomer.get_by_role("button", name="Explore it").wait_for(timeout=60_000)
    newcomer.get_by_text("Finished: 3 epochs").wait_for()
    newcomer.get_by_role("button", name="Explore it").click()
    newcomer.wait_for_function(READY)
    picked = newcomer.locator(".st-key-run_picked input")
    assert picked.input_value() == "784-24-2, 3 epochs, MNIST, 5,000 digits"
    assert clicks(newcomer) <= 4


def test_networks_are_compared(newcomer):
    go(newcomer, "Compare")
    newcomer.locator(".pcae-table td").first.wait_for()
    assert newcomer.locator(".pcae-table thead th").count() > 2
    assert clicks(newcomer) <= 3


@pytest.mark.parametrize("recipe", ["This page only", "Epochs only"])
def test_a_link_for_a_class_is_copied(newcomer, recipe):
    newcomer.get_by_role("button", name="Share").click()
    newcomer.get_by_role("button", name=recipe).click()
    newcomer.get_by_role("button", name="Copy").click()
    link = newcomer.get_by_label("Link", exact=True).input_value()
    assert clicks(newcomer) <= 4
    newcomer.goto(link)
    if recipe == "This page only":
        newcomer.wait_for_function(READY)
        settle(newcomer)
        assert not newcomer.get_by_test_id("stTopNav").count()
    else:
        newcomer.locator(".st-key-form_epochs").wait_for()
        settle(newcomer)
        assert newcomer.locator("[class*='st-key-form_']").count() == 1


def test_a_table_of_ones_own_is_added(newcomer, tmp_path):
    file = tmp_path / "of my own.csv"
    values = np.random.default_rng(0).integers(0, 9, (60, 4))
    file.write_text("a,b,c,d\n" + "\n".join(",".join(map(str, row)) for row in values))
    go(newcomer, "Data")
    with newcomer.expect_file_chooser() as chooser:
        newcomer.locator(".stFileUploader button").first.click()
    chooser.value.set_files(file)
    newcomer.get_by_role("button", name="Add this data").click()
    newcomer.get_by_text("“of my own” is added").wait_for()
    assert clicks(newcomer) <= 4
    newcomer.get_by_role("button", name="Remove my data of my own").click()
    newcomer.get_by_role("button", name="Remove it").click()
    newcomer.get_by_text("“of my own” is removed.").wait_for()


def test_a_figure_is_saved(newcomer):
    with newcomer.expect_download() as download:
        newcomer.locator(".pcae-x-bar").get_by_role("button", name="PNG").click()
    assert download.value.suggested_filename.endswith(".png")
    assert clicks(newcomer) == 1


def test_the_code_is_read(newcomer):
    go(newcomer, "Take home")
    newcomer.get_by_text("import numpy as np").first.wait_for()
    assert clicks(newcomer) == 1
