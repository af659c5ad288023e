"""Lessons in a real browser: a click answers where a digit will fall, views are kept as steps, and
nothing that is written in a lesson does anything."""

import re

import pytest

from pcae.classroom.reading import parse
from tests.browser.conftest import READY, go, settle
from tests.browser.test_explorer import PLACE, PLANES, RINGS, spot, value_at

LESSON = "lesson=draw_and_break_it&step=2&run=ac7d8200e52d&epochs=25#at=1"
ANSWERED = "text=The mark is in the plane, and the ring is where this digit lies."
ASKED = "document.querySelector('.pcae-x-asked')"
# whether anything is drawn round a place of the screen, on the layer of answers
INKED = f"""([x, y]) => {{
    const canvas = {ASKED}, box = canvas.getBoundingClientRect();
    const ratio = canvas.width / box.width, at = (v) => Math.round(ratio * v);
    const {{ data }} = canvas.getContext('2d').getImageData(
        at(x - box.left - 16), at(y - box.top - 16), at(32), at(32));
    return data.some((value, i) => i % 4 === 3 && value > 0);
}}"""
HOSTILE = """# <img src=x onerror=alert(1)> [t](http://elsewhere.example/)

<script>alert(1)</script> ![p](http://elsewhere.example/pixel.png)

## <b onclick="alert(1)">Bold</b> ![p](http://elsewhere.example/1.png)

<script>window.hurt = 1</script><img src="http://elsewhere.example/2.png" onerror="window.hurt = 1">
<iframe src="http://elsewhere.example/"></iframe><a href="javascript:window.hurt=1">x</a>

![pixel](http://elsewhere.example/3.png) [link](http://elsewhere.example/) <http://elsewhere.example>
![ref][r] [ref][r] [r] http://elsewhere.example/ www.elsewhere.example a@elsewhere.example

[r]: http://elsewhere.example/4.png
[^1]: note

:red[red] :material/home: :blue-background[x] :badge[x] :::div

| a | b |
|---|---|
| $x | [y](http://elsewhere.example/) $ |

- $a
- [y](http://elsewhere.example/) $ ![p](http://elsewhere.example/5.png)

<b title="$"> [y](http://elsewhere.example/) $ `a ![p](http://elsewhere.example/6.png)

$\\href{javascript:window.hurt=1}{x} \\includegraphics{http://elsewhere.example/7.png}$
$\\htmlStyle{color:red}{x}$ and the formula $x^2$.

- ```
  ![p](http://elsewhere.example/8.png)
  $$
  ![p](http://elsewhere.example/9.png)

$$
y^2
 $$$
![p](http://elsewhere.example/10.png)

Heading [z](http://elsewhere.example/)
---

Look: components
Ask: choice | ![q](http://elsewhere.example/q.png) <b>which</b>?
- [a](http://elsewhere.example/)
- <img src="http://elsewhere.example/c.png" onerror="window.hurt = 1">
Truth: [a](http://elsewhere.example/)

## A page takes this for no formula

$ ![p](http://elsewhere.example/11.png)\\$2 $ [y](http://elsewhere.example/) \\$

$$
![p](http://elsewhere.example/12.png)
```
$$
"""


@pytest.fixture
def draft(server):
    """Writes the lesson of whoever runs the server."""
    path = server.home / "pcae" / "lessons" / "drafts" / "owner.md"

    def write(text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    yield write
    path.unlink(missing_ok=True)


def test_a_click_answers_where_a_digit_will_fall(page, server):
    page.goto(f"{server.url}/?{LESSON}")
    page.wait_for_function(READY)
    settle(page)
    assert not page.evaluate(f"Array.from({PLANES}.shown).includes(1)")
    assert page.evaluate(RINGS) == [None, None]  # the digit is looked at, and not ringed
    true = page.evaluate(PLACE, [2, 1])
    assert not page.evaluate(INKED, true)
    own = spot(page, 2, 0.7, 0.7)
    expected = value_at(page, 2, *own)
    page.mouse.click(*spot(page, 1, 0.5, 0.5))  # not the plane that is asked for
    page.mouse.click(*own)
    page.wait_for_selector(ANSWERED)
    page.wait_for_function(READY)
    settle(page)
    assert page.evaluate(f"Array.from({PLANES}.shown).includes(1)")
    true, own = page.evaluate(PLACE, [2, 1]), pixel_of(page, expected)
    page.mouse.move(0, 0)
    assert page.evaluate(INKED, true)
    assert page.evaluate(INKED, own)
    page.mouse.click(*own)  # the answers are shown: a click pins again
    page.get_by_role("button", name="Ask again").click()
    page.wait_for_selector(ANSWERED, state="detached")
    page.wait_for_function(f"!Array.from({PLANES}.shown).includes(1)")


def pixel_of(page, place):
    return page.evaluate(
        f"""([x, y]) => {{ const box = {PLANES}.plot.getBoundingClientRect();
            const [px, py] = {PLANES}.pixel(1, x, y); return [box.left + px, box.top + py]; }}""",
        place,
    )


def test_enter_answers_too(page, server):
    page.goto(f"{server.url}/?{LESSON}")
    page.wait_for_function(READY)
    settle(page)
    page.mouse.move(*spot(page, 2, 0.5, 0.5))
    page.locator(".pcae-x-stage").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_selector(ANSWERED)


def test_nothing_in_a_lesson_does_anything(page, server, draft):
    draft(HOSTILE)
    for address in ("lessons", "components?lesson=draft&step=1"):
        page.goto(f"{server.url}/{address}")
        page.get_by_text("1 of 2. ").or_(page.get_by_text("2. A page")).wait_for()
        settle(page)
        within = ".st-key-step" if "step" in address else ".stMain"
        found = page.locator(within)
        assert found.locator("img[src*=elsewhere], script:not([src]), iframe").count() == 0
        assert found.locator("a[href*=elsewhere], a[href^=javascript]").count() == 0
        assert found.locator("table, [style*='color:red'], .katex a, .katex img").count() == 0
        assert found.locator(".katex").count() >= 2  # formulae are shown
        assert page.evaluate("window.hurt") is None
        text = found.inner_text()
        assert "<script>window.hurt = 1</script>" in text
        assert ":red[red]" in text
    page.locator(".st-key-step [role=radiogroup] label").first.click()
    page.locator(".pcae-bars").wait_for()
    assert page.locator(".pcae-bars img, .pcae-bars a").count() == 0


def test_a_view_is_kept_as_a_step_that_shows_it_again(page, server, draft):
    draft("")
    page.goto(f"{server.url}/?run=ac7d8200e52d&epochs=25#at=7&show=pictures")
    page.wait_for_function(READY)
    settle(page)
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Keep this view as a step").click()
    page.get_by_text("It is step 1 of the lesson").wait_for()
    page.get_by_role("button", name="Close").click()
    go(page, "Lessons")
    page.get_by_label("The lesson").wait_for()
    settle(page)
    (step,) = parse(page.get_by_label("The lesson").input_value()).steps
    assert re.fullmatch(r"explore\?run=ac7d8200e52d&epochs=25#.*\bat=7\b.*", step.look)
    assert "show=pictures" in step.look
    page.locator(".st-key-begin_draft button").click()
    page.wait_for_function(READY)
    settle(page)
    page.wait_for_function("location.hash.includes('show=pictures')")
    assert "lesson=draft&step=1" in page.url
    assert "test digit 7" in page.locator(".pcae-x-head").text_content()
    page.reload()
    page.get_by_text("1 of 1. Explore.").wait_for()
