"""The limits of a class: as the file has them, or the usual ones and a sentence."""

from dataclasses import fields
from pathlib import Path

import pytest

from pcae import doctor, rules
from pcae.files import home
from pcae.rules import Rules, RulesError


def write(text):
    home().mkdir(parents=True, exist_ok=True)
    rules.path().write_text(text)


def test_without_a_file_the_usual_limits_hold():
    assert rules.read() == rules.current() == Rules()
    assert rules.problem() == ""


def test_every_limit_is_a_line():
    write('waiting = 5\nsweeps = true\nupload_hours = 2\nteachers = ["a@b.example"]\n')
    assert rules.current() == Rules(
        waiting=5, sweeps=True, upload_hours=2, teachers=("a@b.example",)
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("waiting = ", "cannot be read"),
        ("waiting = -1", "waiting has to be a whole number, not negative, not '-1'"),
        ("waiting = true", "waiting has to be a whole number"),
        ("sweeps = 1", "sweeps has to be true or false"),
        ("upload_hours = nan", "upload_hours has to be a number"),
        ("teachers = 'a@b.example'", "teachers has to be a list of addresses"),
        ("wating = 3", "there is no 'wating'; there are training, steps, waiting"),
        ("\x00", "cannot be read"),
    ],
)
def test_a_line_that_cannot_be_used_is_a_sentence_and_the_usual_limits_hold(text, says):
    write(text)
    with pytest.raises(RulesError, match=r"class\.toml"):
        rules.read()
    assert says in rules.problem()
    assert rules.problem().endswith("Until then the usual limits hold.")
    assert rules.current() == Rules()
    check = doctor.limits()
    assert not check.ok
    assert says in check.found


def test_the_table_of_the_limits_has_each_with_its_usual_value():
    text = Path(__file__).parents[1].joinpath("docs", "limits.md").read_text()
    rows = {
        row.split("|")[1].strip(" `"): row for row in text.splitlines() if row.startswith("| `")
    }
    assert list(rows) == [field.name for field in fields(Rules)]
    for field in fields(Rules):
        usual = field.default
        shown = {False: "false", (): "none"}.get(usual, f"{usual:,}" if usual else "")
        if isinstance(usual, float):
            shown = f"{usual:g}"
        assert f"| {shown} |" in rows[field.name], field.name


def test_the_readme_has_the_usual_limits():
    text = Path(__file__).parents[1].joinpath("README.md").read_text()
    write(text.partition("```toml\n")[2].partition("```")[0])
    assert rules.read() == Rules()
    assert rules.path().read_text().count("=") == len(fields(Rules))
