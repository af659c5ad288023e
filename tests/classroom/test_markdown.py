"""What a lesson's text becomes: it shows, and does nothing else."""

import random
import re

import pytest

from pcae.classroom.markdown import plain, plain_line

PIECES = """[a](http://e.example/)|![p](http://e.example/p.png)|<http://e.example>|www.e.example|$|$$
|`|``|```|a@e.example|- |    |1. |<b title="|">|<script>|\\|[r]|[r]: http://e.example/|~~~|# |---
|:red[x]|&lt;|x|y z|<!--|\\$|HTTP://E.EXAMPLE|$x$|\\sqrt[3]{x}|](u)|a<b""".replace("\n", "").split(
    "|"
)
# what would fetch or lead somewhere, or be drawn in another way than as text
ALIVE = re.compile(r"(?i)\](?:\(|\[|:)|<[a-z/!?]|https?:|www\.|\w@|:[a-z]|^\s*#|^[-=]+$", re.M)
DEAD = re.compile(r"(?ms)^```$.*?^```$|\\[^\w\s]|(`+)(?!`)[^\n]*?(?<!`)\1(?!`)")  # and code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*Some* **words**, `a[0]`.", "*Some* **words**, `a[0]`."),
        ("- a\n- b\n\n1. c", "- a\n- b\n\n1. c"),
        ("$a_1 < 2$ and $$x^2$$", "$a_1 < 2$ and $$x^2$$"),
        ("$$\na = b\n+ c\n$$", "$$\na = b\n+ c\n$$"),
        ("```\n[a](b)\n```", "```\n[a](b)\n```"),
        ("$a<b$, $f[x](y)$", "$a< b$, $f[x] (y)$"),
        ("[a](b)", "\\[a\\](b)"),
        ("![a](b)", "!\\[a\\](b)"),
        ("<b>", "\\<b\\>"),
        ("costs $5", "costs \\$5"),
        ("### Head", "**Head**"),
        ("Head\n---", "Head\n\\-\\-\\-"),
        ("http://a.b", "http\u200b\\://a.b"),
        ("``` js", "\\`\\`\\` js"),
        ("```\nnever closed", "\\`\\`\\`\nnever closed"),
        ("a\\", "a\\\\"),
    ],
)
def test_text_is_shown_and_means_nothing_else(text, expected):
    assert plain(text) == expected


def test_a_line_begins_no_list():
    assert [plain_line(of) for of in ("1. a", "- a", "# a", "a\n\nb")] == [
        "1\\. a",
        "\\- a",
        "\\# a",
        "a b",
    ]


@pytest.mark.parametrize("seed", range(3))
def test_nothing_that_is_put_together_comes_alive(seed):
    chance = random.Random(seed)
    for _ in range(1_500):
        text = "".join(
            chance.choice(PIECES) + chance.choice(["", "", " ", "\n"])
            for _ in range(chance.randrange(1, 25))
        )
        shown = DEAD.sub("·", plain(text))
        assert not ALIVE.search(shown), (text, shown)
