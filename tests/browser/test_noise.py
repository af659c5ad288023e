"""A browser that flips lowest bits of what a page reads back from a canvas changes nothing."""

import base64
import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.browser.test_draw import THREE, bring, draw, encoded, note, open_pad

# as Brave and Firefox do: a few channels, the same ones for the same size
NOISE = """{
    const { prototype } = CanvasRenderingContext2D, { getImageData } = prototype;
    prototype.getImageData = function (...at) {
        const picture = getImageData.apply(this, at);
        for (let i = 4 * 137; i < picture.data.length; i += 4 * 211) picture.data[i + i % 3] ^= 1;
        return picture;
    };
}"""
FORM = "() => document.querySelector('.pcae-draw-pictures canvas').toDataURL()"


@pytest.fixture(scope="module")
def pads(browser, server):
    """The page in a browser without noise, and in one with it."""
    contexts = [browser.new_context() for _ in range(2)]
    contexts[1].add_init_script(NOISE)
    pages = [context.new_page() for context in contexts]
    for page in pages:
        open_pad(page, server)
    yield pages
    for context in contexts:
        context.close()


def form(page):
    """The picture in MNIST's form, bytes."""
    uri = page.evaluate(FORM)
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.split(",")[1]))).convert("L"))


def test_an_empty_pad_is_empty_and_a_digit_fitted_as_without(pads):
    words = [note(page) for page in pads]
    assert words[0].startswith("Draw a digit")
    assert words[0] == words[1]
    for page in pads:
        draw(page, *THREE)
    np.testing.assert_array_equal(*map(form, pads))
    assert form(pads[1]).max() == 255


def test_a_picture_that_is_brought_is_read_as_without(pads):
    image = Image.new("RGB", (140, 100), "white")
    ImageDraw.Draw(image).line([(60, 20), (75, 80)], fill="#20408f", width=9)
    said = [bring(page, "one.png", encoded(image)) for page in pads]
    assert said[0] == said[1]
    for page in pads:
        page.wait_for_timeout(100)
    np.testing.assert_allclose(*(form(page).astype(int) for page in pads), atol=1)
