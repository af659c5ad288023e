"""Names as Plotly's markup."""

import pytest

from pcae.figures.markup import as_markup, shortened


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("Käse, 50 °C (k = 2)", "Käse, 50 °C (k = 2)"),
        ("<=50K & more", "&#60;=50K &#38; more"),
        ("$x$ %{y}", "&#36;x&#36; &#37;{y}"),
        ("var(--pcae-none)", "var&#40;--pcae-none)"),
    ],
)
def test_no_tag_entity_formula_or_colour_begins_in_a_name(text, markup):
    assert as_markup(text) == markup


def test_long_names_are_cut_where_there_is_no_room():
    assert shortened("fourteen chars") == "fourteen chars"
    assert shortened("a rather long name") == "a rather long…"
