"""What the browser has lost, as after sleep, comes back by itself; a sentence says so meanwhile."""

from pcae.config import RunConfig
from tests.browser.conftest import READY, settle
from tests.browser.test_codes import choose_run, own_run
from tests.browser.test_explorer import SOLID, press

NOTE = ".pcae-x-lost"
DOTS = """() => [...document.querySelectorAll('.pcae-x-dots')].map((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value) => value > 0);
})"""
LOSE = """() => document.querySelectorAll('.pcae-x-dots').forEach((canvas) => {
    canvas.getContext('2d').clearRect(0, 0, canvas.width, canvas.height);
    canvas.dispatchEvent(new Event('contextlost'));
})"""
GIVE_BACK = """() => document.querySelectorAll('.pcae-x-dots').forEach(
    (canvas) => canvas.dispatchEvent(new Event('contextrestored')))"""
LOSE_SOLID = """() => {
    const used = [...document.querySelectorAll('canvas')].map(
        (canvas) => canvas.getContext('webgl')?.getExtension('WEBGL_lose_context')).filter(Boolean);
    for (const extension of used) extension.loseContext();
    return used.length;
}"""
DRAWN = f"{SOLID}._fullData?.[1]?.type === 'scatter3d'"
ALIVE = """() => {
    const canvases = [...document.querySelectorAll('.pcae-x-solid canvas')];
    return canvases.length > 0 &&
        canvases.every((canvas) => !canvas.getContext('webgl').isContextLost());
}"""


__all__ = ["own_run"]


def test_points_are_drawn_again_once_the_browser_gives_the_canvas_back(page, server):
    page.goto(server.url)
    page.wait_for_function(READY)
    settle(page)
    assert page.evaluate(DOTS) == [True, True]
    assert page.evaluate(LOSE_SOLID) == 0  # points need no WebGL, and nobody takes their canvases
    page.evaluate(LOSE)
    assert page.evaluate(DOTS) == [False, False]
    assert "lost what was drawn" in page.locator(NOTE).inner_text()
    page.evaluate(GIVE_BACK)
    page.locator(NOTE).wait_for(state="hidden")
    assert page.evaluate(DOTS) == [True, True]


def test_three_dimensions_are_drawn_anew_where_their_contexts_are_lost(visitor, server, own_run):
    page = visitor.new_page()  # where Plotly may complain of what it has lost
    choose_run(page, server, own_run(RunConfig(dataset="mnist-5k", hidden=(8,), k=3, epochs=1)))
    press(page, "3-D")
    page.wait_for_function(DRAWN)
    assert page.evaluate(LOSE_SOLID) > 0
    page.locator(NOTE).wait_for()
    page.locator(NOTE).wait_for(state="hidden")
    assert page.evaluate(ALIVE)
    page.wait_for_function(DRAWN)
    page.close()
