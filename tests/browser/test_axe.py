"""What axe-core finds on the pages: nothing of ours. Where it cannot be had, the test skips."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pcae.ui import shell
from tests.browser.conftest import READY, settle

AXE = "axe-core@4.11.0"
# in the dark, what is of colours alone
FIND = """async (dark) => {
    const { violations } = await axe.run(document, {
        resultTypes: ['violations'],
        ...(dark && { runOnly: ['color-contrast', 'link-in-text-block'] }),
    });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, html, any, all, none }) => {
        const [first] = [...any, ...all, ...none];
        return [id, target.join(' '), html.slice(0, 120), first?.message ?? ''];
    }));
}"""
DARK = "getComputedStyle(document.querySelector('.stApp')).backgroundColor === 'rgb(18, 22, 28)'"
# what is Streamlit's own: rules, and the beginning of the element
STREAMLITS = {
    ("color-contrast", '<span class="token'),  # of its code blocks
    ("scrollable-region-focusable", "<pre class"),  # a code block
    ("presentation-role-conflict", '<section role="presentation"'),  # its upload
}


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    """The script, from the registry of packages."""
    deno = shutil.which("deno", path=str(Path(sys.executable).parent))
    folder = tmp_path_factory.mktemp("axe")
    if deno is None:
        pytest.skip("no Deno: install requirements-dev.txt")
    try:
        subprocess.run(
            [deno, "cache", "--quiet", "--no-lock", f"npm:{AXE}"],
            env=os.environ | {"DENO_DIR": str(folder), "DENO_NO_UPDATE_CHECK": "1"},
            check=True,
            timeout=60,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip(f"{AXE} cannot be had: no registry of packages answers")
    return next(folder.rglob("axe.min.js")).read_text("utf-8")


def ours(found):
    """What is not Streamlit's."""
    return [
        of
        for of in found
        if not any(of[0] == rule and of[2].startswith(start) for rule, start in STREAMLITS)
    ]


@pytest.mark.parametrize("name", shell.TITLES)
def test_axe_finds_nothing_of_ours(page, server, axe, name):
    page.goto(server.url if name == "explore" else f"{server.url}/{name}")
    page.locator("h1").wait_for()
    if name == "explore":
        page.wait_for_function(READY)
    settle(page)
    page.evaluate(axe)
    assert ours(page.evaluate(FIND)) == []
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(DARK)
    settle(page)
    assert ours(page.evaluate(FIND, True)) == []


def test_axe_finds_nothing_in_the_dialog_that_shares(page, server, axe):
    page.goto(server.url)
    page.wait_for_function(READY)
    page.get_by_role("button", name="Share").click()
    page.get_by_text("More", exact=True).click()
    page.evaluate(axe)
    assert ours(page.evaluate(FIND)) == []
