"""The names of data sets: which are taken, and what each says."""

import pytest

from pcae import names
from pcae.config import RunConfig
from pcae.files import DamagedFile, write_json

OWN = "own-9x7-0123456789ab"
ABOUT = {
    "title": "Letters",
    "classes": ["a", "b"],
    "columns": [],
    "source": "a file",
    "digest": "0" * 16,
    "train": 48,
    "test": 12,
    "scaling": "As they were.",
    "added": 1.8e9,
}


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


def keep(about):
    """A data set of one's own of which this is known."""
    names.folder(OWN).mkdir(parents=True, exist_ok=True)
    write_json(names.folder(OWN) / "about.json", about)


def test_what_is_known_of_data_of_ones_own_is_read():
    keep(ABOUT)
    later = {"licence": names.OWN_LICENCE, "target": "", "choices": {}, "files": ""}
    assert names.about(OWN) == ABOUT | later
    assert (names.own(), names.title(OWN), names.training_rows(OWN)) == ([OWN], "Letters", 48)


@pytest.mark.parametrize(
    "about",
    [
        *(None, [], "x", 5, {}),
        *({**ABOUT, name: None} for name in ABOUT),
        {**ABOUT, "title": "x" * 1_000},
        {**ABOUT, "classes": [1, 2]},
        {**ABOUT, "train": "48"},
        {**ABOUT, "digest": "../../config"},
    ],
    ids=str,
)
def test_what_is_damaged_has_a_name_all_the_same(about):
    keep(about)
    with pytest.raises(DamagedFile, match=r"about\.json is damaged"):
        names.about(OWN)
    assert names.own() == [OWN]
    assert (names.title(OWN), names.training_rows(OWN)) == (f"damaged data ({OWN})", 0)
    assert RunConfig(dataset=OWN).name.endswith(f"damaged data ({OWN})")


def test_what_was_removed_has_a_name_all_the_same():
    assert (names.title(OWN), names.training_rows(OWN)) == (f"removed data ({OWN})", 0)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<=50K", "<=50K"),
        ("C#, 50 °C & more", "C#, 50 °C & more"),
        ("Ka\u0308se", "Käse"),
        (" a\t\n b\x00c\u2028d\u00a0e ", "a b c d e"),
        ("a\u202eb\u2066c\ufeffd", "abcd"),
        ("\u0645\u06cc\u200c\u0631\u0648\u0645", "\u0645\u06cc\u200c\u0631\u0648\u0645"),
        ("\u200d\u200b", ""),
        ("\ud800a", "a"),
        ("x" * 50, "x" * 40),
    ],
)
def test_a_name_is_any_text_in_a_line(text, name):
    assert names.plain(text) == name


def test_names_are_there_once_and_never_empty():
    found = ["a", "a, class 3", "a", "\n", "a"]
    assert names.plain_names(found, "class") == (
        "a",
        "a, class 3",
        "a, class 3, 2",
        "class 4",
        "a, class 5",
    )


def test_long_names_of_several_are_told_apart_and_no_longer():
    long = "9" * names.LONGEST
    found = names.plain_names([long, f"{long}8", f"{long[:-10]}, column 4", long], "column")
    assert found[1] == f"{long[:-10]}, column 2"
    assert len(set(found)) == 4
    assert all(names.plain(name) == name for name in found)
