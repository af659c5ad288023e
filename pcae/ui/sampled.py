"""Codes drawn at random, and what each method's decoder makes of them: on Latent plane."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st

from pcae.config import RunConfig
from pcae.data.dataset import Dataset
from pcae.methods.sampling import distribution
from pcae.ui import link
from pcae.ui.digits import Row, panel

_ROWS, _COLUMNS, _PICTURE, _MOST = 2, 11, 92, 1_000
_KEY = "sample"  # of the number of the sample, 0 before there is one
_HELP = "Draw codes at random, and see what the decoders make of them."
_PCA = "PCA's scores are drawn from the normal distribution with their mean and covariance"
_VARIATIONAL = (
    f"{_PCA}, the network's codes from the standard normal one. Its training had codes fill that: "
    "what is drawn decodes to something like a {noun}."
)
_PLAIN = (
    f"{_PCA}, and so are the network's codes. Its training did not say how codes are to lie: what "
    "is drawn may fall into a hole between them, or beyond them, where the decoder was never asked "
    "for anything. A variational network, with a *Beta* above 0 on Train, learns to leave no holes."
)
Method = tuple[np.ndarray, Callable[[np.ndarray], np.ndarray]]


def show(config: RunConfig, data: Dataset, by_pca: Method, by_network: Method) -> None:
    """Draw the button, and the sample that the link or a press asks for.

    Parameters
    ----------
    by_pca, by_network : tuple
        Scores or codes of the test images, (n, k), and the decoder from (m, k) to (m, p).
    """
    link.widgets({_KEY: (0, range(_MOST))})
    st.button("Sample", key="sample_codes", icon=":material/casino:", help=_HELP, on_click=_draw)
    number = st.session_state[_KEY]
    if not number or data.shape is None:
        return
    rows = []
    for name, (codes, decode), of in (
        ("PCA", by_pca, None),
        ("Autoencoder", by_network, config),
    ):
        drawn = decode(distribution(codes, of).draw(_ROWS * _COLUMNS, number))
        for start in range(0, len(drawn), _COLUMNS):
            rows.append(Row("" if start else name, drawn[start : start + _COLUMNS]))
    panel(rows, _PICTURE, data.shape)
    st.caption((_VARIATIONAL if config.beta else _PLAIN).format(noun=data.noun))


def _draw() -> None:
    st.session_state[_KEY] = st.session_state.get(_KEY, 0) % (_MOST - 1) + 1
