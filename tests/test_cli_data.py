"""The command line fetches data, anew where it is damaged."""

import json

import pytest

from pcae import cli, names
from pcae.data import datasets
from tests.data.conftest import crafted, mirror, served_mnist  # noqa: F401 (fixtures)
from tests.data.published.test_gallery import stand_in


@pytest.fixture
def cut():
    """A file in Keras's cache that was cut off."""
    path = datasets.keras_cache() / "mnist.npz"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"PK\3\4 half of a file")
    return path


def test_what_is_damaged_is_said_with_the_command_that_fetches_it(cut, capsys):
    assert cli.main(["pca", "--k", "2"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"{cut} cannot be read: it is damaged")
    assert said.endswith("or by python -m pcae data fetch mnist.\n")


def test_that_command_fetches_it_anew(cut, served_mnist, capsys):  # noqa: F811
    assert cli.main(["data", "fetch", "mnist"]) == 0
    assert cut.read_bytes() == served_mnist.served["mnist.npz"]
    assert capsys.readouterr().out == f"MNIST: 30 training and 10 test images, {cut}\n"
    assert cli.main(["data", "fetch", "mnist", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == datasets.load("mnist").about() | {"source": str(cut)}
    assert served_mnist.asked == ["mnist.npz"]


def test_what_cannot_be_fetched_is_said_and_what_is_there_stays(cut, capsys):
    before = cut.read_bytes()
    assert cli.main(["data", "fetch", "mnist"]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("The full MNIST could not be downloaded (no connection). Try again")
    assert cut.read_bytes() == before


def test_a_source_of_the_gallery_is_fetched_as_data_of_ones_own(
    mirror,  # noqa: F811
    monkeypatch,
    capsys,
):
    stand_in("usps", mirror, monkeypatch)
    assert cli.main(["data", "fetch", "usps"]) == 0
    (name,) = names.own()
    assert names.title(name) == "USPS digits"
    out = capsys.readouterr().out
    assert out.startswith("USPS digits: 60 training and 20 test images, csie.ntu.edu.tw/")


def test_what_is_not_published_is_refused(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["data", "fetch", "mnist-5k"])
    assert ended.value.code == 2
    assert "choose from mnist, fashion-mnist" in capsys.readouterr().err.replace("'", "")
