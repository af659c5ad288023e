"""What is shown before everything is here, and what is done about a bad network."""

import re

from tests.browser.conftest import POINTS, READY

DECODER = re.compile("/explorer/decoder/")
ENCODER = re.compile("/explorer/encoder/")


def missing(page):
    return page.evaluate("document.querySelector('.pcae-x-inspector').dataset.missing")


def test_the_points_are_there_before_the_rest_which_is_said(page, server):
    held = []
    page.route(DECODER, lambda route: held.append(route))
    page.goto(server.url)
    page.wait_for_function(POINTS)
    page.wait_for_function("document.querySelectorAll('.pcae-x-coming').length === 1")
    assert page.locator(".pcae-x-wire").inner_text() == "Still coming: the decoder."
    assert missing(page) == "decoder"
    assert not page.evaluate(READY)
    assert re.search(r"Autoencoder: error 0\.\d{4}", page.locator(".pcae-x-inspector").inner_text())
    held[0].continue_()
    page.unroute(DECODER)
    page.wait_for_function(READY)
    assert missing(page) == ""
    assert page.locator(".pcae-x-wire").is_hidden()
    assert page.locator(".pcae-x-coming").count() == 0


def test_the_encoder_is_fetched_for_a_digit_with_noise_and_not_before(page, server):
    asked = []
    page.on("request", lambda request: asked.append("/explorer/encoder/" in request.url))
    held = []
    page.route(ENCODER, lambda route: held.append(route))
    page.goto(server.url)
    page.wait_for_function(READY)
    assert not any(asked)
    page.get_by_label("Noise", exact=True).select_option("masking")
    page.wait_for_function("document.querySelectorAll('.pcae-x-coming').length === 1")
    assert missing(page) == "encoder"
    captions = page.locator(".pcae-x-caption").all_inner_texts()
    assert [of.split(": ")[0] for of in captions[:3]] == ["Original", "With noise", "PCA"]
    assert captions[3] == "Autoencoder"
    held[0].continue_()
    page.unroute(ENCODER)
    page.get_by_text(re.compile(r"^Autoencoder: 0\.\d{4}$")).wait_for()
    assert page.locator(".pcae-x-coming").count() == 0


def test_what_the_network_fails_once_is_fetched_again(page, server):
    asked = []

    def answer(route):
        asked.append(route)
        route.abort() if len(asked) == 1 else route.continue_()

    page.route(DECODER, answer)
    page.goto(server.url)
    page.wait_for_function(READY)
    page.unroute(DECODER)
    assert len(asked) == 2


def test_what_goes_on_failing_is_a_sentence_and_the_rest_works(page, server):
    page.route(DECODER, lambda route: route.abort())
    page.goto(server.url)
    page.get_by_text("The server does not answer").wait_for()
    page.unroute(DECODER)
    page.wait_for_function(READY)  # tried again by itself
    assert page.locator(".pcae-x-wire").is_hidden()
