"""Names of any kind in a real browser: text everywhere, in the app, the report and the one file."""

import pytest

from pcae.methods.pca import fit
from pcae.takehome import onefile, report
from tests import hostile
from tests.browser.conftest import READY, settle

# elements that names would have made, were they not text
MADE = """() => [...document.querySelectorAll(
    'img[src="x"], a[href^="javascript"], [onerror], .katex')].map((of) => of.outerHTML)
    .concat(window.hurt ?? [])"""
CHIPS = "() => [...document.querySelectorAll('.pcae-x-chip')].map((chip) => chip.textContent)"
NUMERALS = (
    """() => [...document.querySelectorAll('.pcae-x-numerals b')].map((b) => b.textContent)"""
)


@pytest.fixture
def network(server, monkeypatch):
    """Makes a network of some data in the server's store."""
    monkeypatch.setenv("PCAE_HOME", str(server.home / "pcae"))
    with hostile.networks() as make:
        yield make


def address(server, run, page=""):
    return f"{server.url}/{page}?run={run.key}&dataset={run.config.dataset}&hidden=8&epochs=1"


def explore(page, server, run, link=""):
    page.goto(address(server, run) + link)
    page.wait_for_function(READY)
    settle(page)


def test_names_are_text_in_the_app(page, server, network):
    run = network(hostile.pictures())
    explore(page, server, run)
    assert page.evaluate(CHIPS) == list(hostile.NAMES)
    assert set(page.evaluate(NUMERALS)) == set(hostile.NAMES)
    assert page.evaluate(MADE) == []
    page.goto(address(server, run, "reconstructions"))
    page.wait_for_selector(".pcae-chart [data-drawn]")
    axis = page.locator(".pcae-chart .xtick text").all_text_contents()
    assert set(axis) <= set(hostile.NAMES)
    assert hostile.NAMES[4] in axis
    assert hostile.TITLE in page.locator(".stMain").inner_text()
    assert page.evaluate(MADE) == []


def test_names_are_text_in_the_report_and_the_one_file(visitor, network, tmp_path):
    page = visitor.new_page()
    data = hostile.pictures()
    run = network(data)
    pca = fit(data)
    path = tmp_path / "of.html"
    path.write_bytes(b"".join(onefile.page(run, data, pca)))
    page.goto(path.as_uri())
    page.wait_for_function(READY)
    assert page.evaluate(CHIPS) == list(hostile.NAMES)
    assert hostile.TITLE in page.locator("header").inner_text()
    assert page.evaluate(MADE) == []
    path.write_text(report.report(run, data, pca, [None, None]), "utf-8")
    page.goto(path.as_uri())
    words = page.locator("body").inner_text()
    assert all(name in words for name in hostile.NAMES)
    assert page.evaluate(MADE) == []
    page.close()
