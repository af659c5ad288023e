"""Tables of figures in HTML: on a phone each row is a card in which every figure has its label."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from pcae import scripts

_STYLE = f"<style>{(scripts.FOLDER / 'share' / 'table.css').read_text('utf-8')}</style>"


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
