"""Noise on the digits of Reconstructions, and which method comes nearer to them without it."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pcae.config import RunConfig
from pcae.data.datasets import Dataset
from pcae.methods.noise import DEVIATION, MASKED
from pcae.settings import CHOICES

_HELP = "On what both methods see. They are then measured against the originals."
_NOISE = {
    "masking": f"Each {{of}} is set to 0 with a probability of {MASKED}",
    "gaussian": f"Noise with a standard deviation of {DEVIATION} is added to each {{of}}",
}
_SAID = (
    "{noise}. Both methods see that; their errors are against the originals. Over all {count:,} "
    "test {noun}s {better} comes nearer to them: the autoencoder's error is {network:.4f}, PCA's "
    "{pca:.4f}. With every component PCA keeps more of a {noun}, and more of the noise; {trained}."
)
_TRAINED = "this network has learned, from such noise, what {noun}s are without it"
_UNTRAINED = "this network was trained without such noise"


def key(config: RunConfig) -> str:
    """The key of the choice for networks that were trained with the same noise."""
    return f"noise_on_{config.noise}"


def choose(place: DeltaGenerator, config: RunConfig) -> str:
    """Draw the choice of the noise; at first it is that of the network's training."""
    kinds = CHOICES["noise"]
    return place.selectbox(
        "Noise", list(kinds), format_func=kinds.__getitem__, key=key(config), help=_HELP
    )


def say(kind: str, config: RunConfig, data: Dataset, network: float, pca: float) -> None:
    """Say what was done to the digits and, from the mean errors of both, who undoes it better."""
    better = "the autoencoder" if network < pca else "PCA"
    trained = (_TRAINED if config.noise == kind else _UNTRAINED).format(noun=data.noun)
    st.caption(
        _SAID.format(
            noise=_NOISE[kind].format(of="pixel" if data.shape else "column"),
            count=len(data.test),
            noun=data.noun,
            better=better,
            network=network,
            pca=pca,
            trained=trained,
        )
    )
