"""Text where Streamlit takes Markdown; what a page makes of it, a browser shows."""

import pytest

from pcae.ui.words import as_text


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("Käse, 50 °C", "Käse, 50 °C"),
        ("<=50K", r"\<=50K"),
        ("**b** `c` $x^2$", r"\*\*b\*\* \`c\` \$x\^2\$"),
        ("[l](javascript:1)", r"\[l\]\(javascript\:1\)"),
        (":red[a]", r"\:red\[a\]"),
        (":smile:", r":color[\:]smile\:"),
        ("a <-> b", r"a \<:color[\-]\> b"),
        ("-> b", r"\-:color[\>] b"),
        ("784-512-2", "784-512-2"),
        ("- a", r"\- a"),
        ("1. a", r"1\. a"),
        ("a@b.de", r"a:color[\@]b.de"),
        ("http://www.x", r"http:color[\:]\/\/www:color[\.]x"),
    ],
)
def test_a_text_stays_what_it_is(text, markdown):
    assert as_text(text) == markdown
