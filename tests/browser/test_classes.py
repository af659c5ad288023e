"""Many classes in the explorer: the legend and its search, keys; and points coloured by values."""

import csv

import numpy as np

from tests import hostile
from tests.browser.test_explorer import PLANES
from tests.browser.test_names import explore, network

__all__ = ["network"]

MANY = [*"abcdefghijklmnopqrstuvwxyz", "kiwi"]
HIDDEN = f"() => {PLANES}.scene.state.hidden"
SEEN = """() => [...document.querySelectorAll('.pcae-x-chip')]
    .filter((chip) => chip.offsetParent).map((chip) => chip.textContent)"""
INKS = f"""() => Array.from({PLANES}.shown, (i) => {PLANES}.paint.inkOf[0](i))"""


def test_a_legend_of_many_classes_has_a_search(page, server, network):
    explore(page, server, network(hostile.pictures(MANY)))
    assert page.evaluate(SEEN) == MANY
    find = page.get_by_label("Find a class")
    find.fill("k")
    assert page.evaluate(SEEN) == ["k", "kiwi"]
    find.press("Enter")
    k, kiwi = MANY.index("k"), MANY.index("kiwi")
    others = [label for label in range(len(MANY)) if label not in (k, kiwi)]
    assert page.evaluate(HIDDEN) == others
    assert find.evaluate("of => of === document.activeElement")
    find.press("Escape")
    assert page.evaluate(SEEN) == MANY
    page.get_by_role("button", name="Show all").click()
    assert page.evaluate(HIDDEN) == []
    colors = page.evaluate(
        "() => [...document.querySelectorAll('.pcae-x-chip i')].map((of) => of.style.background)"
    )
    assert len(set(colors)) == len(MANY)


def test_a_digits_key_hides_the_class_that_is_called_so(page, server, network):
    names = ["0", "1", "10", "11", "2", "3"]
    explore(page, server, network(hostile.pictures(names)))
    stage = page.locator(".pcae-x-stage")
    stage.press("2")
    assert page.evaluate(HIDDEN) == [names.index("2")]
    stage.press("7")  # which none is called
    assert page.evaluate(HIDDEN) == [names.index("2")]
    assert "0 to 3 hide the class of that name" in page.locator(".pcae-x-keys").inner_text()


def test_points_are_coloured_by_the_target_or_a_column(page, server, network):
    data = hostile.table()
    explore(page, server, network(data))
    key = page.locator(".pcae-x-key")
    assert data.target in key.inner_text()  # at first, where there are no classes
    order = np.argsort(data.test.targets)
    inks = np.array(page.evaluate(INKS))
    assert inks[order[0]] != inks[order[-1]]
    choice = page.get_by_label("Colour", exact=True)
    assert choice.input_value() == "target"
    choice.select_option(label=data.columns[2])
    page.wait_for_function("location.hash.includes('colour=column-3')")
    assert key.inner_text().startswith("Käse")
    assert (np.array(page.evaluate(INKS)) != inks).any()
    with page.expect_download() as found:
        page.get_by_role("button", name="CSV").click()
    heads, first, *_ = csv.reader(found.value.path().read_text("utf-8").splitlines())
    assert heads[2:4] == [data.target, "Käse"]
    assert np.isclose(float(first[2]), data.test.targets[0], rtol=1e-5)
    assert np.isclose(float(first[3]), 3 * data.test.images[0, 2], rtol=1e-5)
