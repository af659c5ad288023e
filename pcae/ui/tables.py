"""Tables of figures in HTML: on a phone each row is a card in which every figure has its label."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

_STYLE = """<style>
.pcae-table{overflow-x:auto}
.pcae-table table{border-collapse:collapse;width:auto;font-variant-numeric:tabular-nums}
.pcae-table th,.pcae-table td{padding:.15rem 1.6rem .15rem 0;text-align:left;font-weight:400;
 border:0;border-bottom:1px solid rgba(128,128,128,.25);vertical-align:top}
.pcae-table thead th{font-weight:600;font-size:.9rem;vertical-align:bottom}
@media (max-width:640px){
.pcae-table thead{display:none}
.pcae-table :is(table,tbody,th){display:block;width:100%}
.pcae-table tr{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));gap:0 1rem;
 border-top:1px solid rgba(128,128,128,.3);padding:.5rem 0}
.pcae-table tbody th{grid-column:1/-1;font-weight:600}
.pcae-table :is(th,td){border:0;padding:.1rem 0}
.pcae-table td::before{content:attr(data-label);display:block;font-size:.8rem;opacity:.8}
}
</style>"""


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], dots: Sequence[str] = ()) -> None:
    """Draw a table whose first column names its rows.

    Parameters
    ----------
    heads : sequence of str
        Of all columns, that of the names too.
    rows : sequence of sequences of str
    dots : sequence of str
        Colours of dots before the heads of the figures, where they belong to curves.
    """
    drawn = ["", *(f'<span style="color:{of}">●</span> ' for of in dots)]
    drawn += [""] * (len(heads) - len(drawn))
    top = "".join(
        f'<th scope="col">{dot}{escape(head)}</th>' if head else "<td></td>"
        for dot, head in zip(drawn, heads, strict=True)
    )
    lines = "".join(_line(heads, row) for row in rows)
    st.html(
        f'{_STYLE}<div class="pcae-table"><table><thead><tr>{top}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def _line(heads: Sequence[str], row: Sequence[str]) -> str:
    cells = "".join(
        f'<td data-label="{escape(head)}">{escape(text)}</td>'
        for head, text in zip(heads[1:], row[1:], strict=True)
    )
    return f'<tr><th scope="row">{escape(row[0])}</th>{cells}</tr>'
