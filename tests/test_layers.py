"""The layers of convolutional networks: their sizes, and settings that make none."""

import pytest

from pcae.config import RunConfig
from pcae.settings import ConfigError


def test_convolutions_halve_the_sides_and_the_mirror_brings_them_back():
    config = RunConfig(architecture="convolutional", hidden=(32, 64, 128), k=2)
    sizes = [(28, 28, 1), (14, 14, 32), (7, 7, 64), (4, 4, 128), (2,)]
    for part, wanted in (("encoder", sizes), ("decoder", sizes[::-1])):
        layers = config.layers[part]
        assert [layers[0].inputs, *(layer.outputs for layer in layers)] == wanted
    assert config.parameters == 195_459
    assert config.load == 2 * (14 * 14 * 9 * 32 + 49 * 288 * 64 + 16 * 576 * 128 + 2048 * 2)
    assert config.numbers == 2 * (6272 + 3136 + 2048) + 2 + 784


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"dataset": "own-13-0123456789ab"}, "Convolutions are for pictures, and this data is a t"),
        ({"hidden": ()}, "a convolution for each hidden width, and there is none: write channels"),
        (
            {"dataset": "digits-8x8", "hidden": (4, 4, 4, 4)},
            r"8 × 8 pixels are too small to be halved 4 times, which needs sides of 9 or more",
        ),
        ({"batch_size": 10_000}, r"of a batch hold 236,980,000 numbers: .* at most 64,000,000\."),
        ({"hidden": (8, 2000, 3000), "batch_size": 9}, r"^The network has 1\d\d,.* parameters"),
    ],
    ids=lambda of: str(of)[:40],
)
def test_convolutions_that_cannot_be_are_refused(settings, message):
    usual = {"architecture": "convolutional", "hidden": (32, 64, 128)}
    with pytest.raises(ConfigError, match=message):
        RunConfig(**usual | settings)
