"""The names of networks."""

from dataclasses import replace

import pytest

from pcae import presets
from pcae.config import RunConfig
from pcae.presets import PRESETS, short_name, titles

SEED = PRESETS["Seed network, 25 epochs"]
OTHER = RunConfig(hidden=(300, 40), k=3)


@pytest.mark.parametrize(
    ("config", "name"),
    [
        (SEED, "Seed network, 25 epochs"),
        (replace(SEED, seed=3), "Seed network, 25 epochs, seed 3"),
        (replace(SEED, dataset="fashion-mnist"), "Seed network, 25 epochs, Fashion-MNIST"),
        (OTHER, "784-300-40-3, 5 epochs"),
        (replace(OTHER, epochs=1, dataset="digits-8x8"), "64-300-40-3, 1 epoch, "
         "scikit-learn's 8×8 digits"),
    ],
)  # fmt: skip
def test_a_short_name_is_a_presets_or_the_widths_and_the_epochs(config, name):
    assert short_name(config) == name


def test_networks_that_would_share_a_title_say_what_differs():
    configs = [OTHER, replace(OTHER, seed=1), replace(OTHER, activation="relu", batch_size=64)]
    assert list(titles({config.key: config for config in configs}).values()) == [
        "784-300-40-3, 5 epochs, ELU",
        "784-300-40-3, 5 epochs, ELU, seed 1",
        "784-300-40-3, 5 epochs, ReLU, batches of 64",
    ]
    assert titles({SEED.key: SEED, OTHER.key: OTHER}) == {
        SEED.key: "Seed network, 25 epochs",
        OTHER.key: "784-300-40-3, 5 epochs",
    }


def test_networks_that_nothing_named_parts_have_their_keys():
    linear = RunConfig(hidden=(), k=3)
    configs = [linear, replace(linear, activation="relu")]  # of which no layer has one
    found = titles({config.key: config for config in configs})
    assert [title.removesuffix(f" ({key})") for key, title in found.items()] == [
        "784-3, 5 epochs"
    ] * 2
    assert len(set(found.values())) == 2


def test_a_former_name_of_a_preset_still_finds_it():
    assert presets.preset("Seed, 25 epochs") == presets.preset("Seed network, 25 epochs") == SEED
    assert presets.preset("nonsense") is None
