"""The names of data sets: which are taken, and what each says."""

import pytest

from pcae import names


@pytest.mark.parametrize(
    ("name", "shape", "inputs"),
    [
        ("mnist", (28, 28), 784),
        ("digits-8x8", (8, 8), 64),
        ("own-9x7-0123456789ab", (9, 7), 63),
        ("own-64x64-0123456789ab", (64, 64), 4096),
        ("own-13-0123456789ab", None, 13),
        ("own-4096-0123456789ab", None, 4096),
    ],
)
def test_a_name_says_the_form_of_the_rows(name, shape, inputs):
    assert names.is_known(name)
    assert (names.shape(name), names.inputs(name)) == (shape, inputs)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "own",
        "own-0x7-0123456789ab",
        "own-65x7-0123456789ab",
        "own-4097-0123456789ab",
        "own-9x7-0123456789AB",
        "own-9x7-0123456789ab/..",
        "../own-9x7-0123456789ab",
        "own-9x7-0123456789ab\n",
        "own-1٩x7-0123456789ab",
    ],
)
def test_other_names_are_refused_before_any_path_is_made(name):
    assert not names.is_known(name)
    with pytest.raises(ValueError, match="not the name of a data set"):
        names.folder(name)
