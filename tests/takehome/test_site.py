"""A site of plain files: what it holds, that it is whole, and that it is written whole or not."""

import gzip
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load

from pcae import headings, scripts, store
from pcae.config import RunConfig
from pcae.data.datasets import Split
from pcae.figures import colors
from pcae.methods.metrics import equivalent_k, error_per_image
from pcae.methods.pca import fit
from pcae.presets import PRESETS
from pcae.store import EpochRecord, Run, Status
from pcae.takehome import folder, making, site
from pcae.takehome.folder import NotWritten
from pcae.takehome.site_words import Network
from tests.methods.test_autoencoder import random_weights

CHANGES = {"index.html", "sw.js", "site.json", ".nojekyll"} | {
    f"{page}/index.html" for page in site.PAGES
}
LINEAR, BEST = PRESETS["Linear"].key, PRESETS["Best 30-D"].key


def shipped(key):
    return Run(key, store.PRETRAINED / key, shipped=True)


@pytest.fixture(scope="module")
def pca(sample):
    return fit(sample)


@pytest.fixture(scope="module")
def two(sample, pca):
    """The files of the site of two networks that ship, on the offline digits."""
    return dict(site.files([Network(shipped(key), sample, pca) for key in (LINEAR, BEST)]))


def a_run(**settings):
    config = RunConfig(dataset="mnist-5k", hidden=(8,), epochs=1, **settings)
    run = store.create(config, Status("finished"))
    run.write_history([EpochRecord(1, 0.1, 0.2, 3.0)])
    run.write_checkpoint(1, random_weights(config))
    return run


def manifest(files):
    [address] = [of for of in files if of.startswith("manifest/")]
    return json.loads(files[address])


def arrays(files, address):
    return load(gzip.decompress(files[address]))


def test_the_manifest_names_what_is_there(two):
    said = manifest(two)
    assert [page["name"] for page in said["pages"]] == list(site.PAGES)
    assert {of["key"] for of in said["networks"]} == {LINEAR, BEST}
    named = set()
    for of in said["networks"]:
        addresses = of["addresses"]
        assert addresses["nearest"] == ""
        tests = said["datasets"][of["dataset"]]["tests"]
        named |= {f"{addresses['digits']}test/{n}" for n in range(-(-tests // 1000))}
        named |= {addresses["run"] + "test", addresses["decoder"] + "test", addresses["encoder"]}
        named |= {addresses["pca"], *filter(None, [addresses["frames"]])}
    named |= set(said["figures"].values())
    assert named == {of for of in two if not of.startswith(("code/", "manifest/"))} - CHANGES
    for page in said["pages"]:
        assert said["networks"][0]["addresses"]["code"] + page["script"] in two
    assert sorted(two) == json.loads(two["site.json"])["files"]


def test_what_is_fetched_is_what_numpy_computes(two, sample, pca):
    images = sample.test.pixels()
    for of in manifest(two)["networks"]:
        run, addresses = shipped(of["key"]), of["addresses"]
        model = run.model()
        points = arrays(two, addresses["run"] + "test")
        codes, k = model.encode(images), run.config.k
        errors = error_per_image(images, model.decode(codes))
        np.testing.assert_allclose(points["codes"], codes[:, :2], atol=1e-3)
        np.testing.assert_allclose(points["errors"], errors, atol=1e-6)
        np.testing.assert_allclose(points["scores"], pca.transform(images, 2), atol=1e-4)
        decoder = arrays(two, addresses["decoder"] + "test")
        assert ("codes" in decoder) == (k > 2)
        last = f"decoder.{len(run.config.hidden)}.kernel"
        np.testing.assert_allclose(decoder[last], model.weights[last], atol=1e-3)
        first = arrays(two, addresses["digits"] + "test/0")["images"]
        assert np.array_equal(first, sample.test.images)
        components = arrays(two, addresses["pca"])["components"]
        assert len(components) >= max(100, k)
        assert np.array_equal(components, pca.components[: len(components)])
    assert len({of["addresses"]["pca"] for of in manifest(two)["networks"]}) == 1
    assert len([of for of in two if of.startswith(("digits/", "pca/"))]) == 2


def test_what_is_said_is_what_the_app_says(two, sample, pca):
    of = next(of for of in manifest(two)["networks"] if of["key"] == LINEAR)
    run = shipped(LINEAR)
    assert of["settings"] == run.config.to_query()
    assert of["title"] == "Linear"
    assert of["recorded"]  # of the full MNIST, for which the digits stand in
    assert of["testError"] == pytest.approx(run.record["test_error"], rel=1e-5)
    assert of["errors"] == headings.recorded(run.record["test_error"], "MNIST")
    assert "stand in for the full MNIST" in manifest(two)["datasets"]["mnist"]["notice"]
    own = a_run()
    [told] = manifest(dict(site.files([Network(own, sample, pca)])))["networks"]
    images = sample.test.pixels()
    error = error_per_image(images, own.model().reconstruct(images)).mean()
    assert told["testError"] == pytest.approx(error, rel=1e-5)
    assert told["equivalentK"] == pytest.approx(equivalent_k(error, pca.test_error), rel=1e-4)
    assert not told["recorded"]
    assert told["history"] == [{"epoch": 1, "trainLoss": 0.1, "testError": 0.2, "seconds": 3.0}]


def test_a_place_on_this_machine_is_not_told(two, sample):
    """Of the data it is said what they are, not where they were found."""
    said = json.dumps(manifest(two))
    assert sample.source not in said
    assert str(Path.home()) not in said


def test_the_same_networks_make_the_same_bytes(sample, pca):
    networks = [Network(a_run(), sample, pca), Network(shipped(LINEAR), sample, pca)]
    first = dict(site.files(networks))
    assert dict(site.files([Network(of.run, of.data, of.pca) for of in networks])) == first
    files = [io.BytesIO(), io.BytesIO()]
    for file in files:
        site.zipped(file, first.items(), "site")
    assert files[0].getvalue() == files[1].getvalue()
    with zipfile.ZipFile(files[0]) as archive:
        assert {of.removeprefix("site/") for of in archive.namelist()} == set(first)
        assert archive.read("site/index.html") == first["index.html"]


def test_an_address_never_holds_anything_else(sample, pca):
    """What changes has another address; all else keeps its own."""
    run, other = a_run(), a_run(k=3)
    networks = [Network(run, sample, pca), Network(other, sample, pca)]
    before = dict(site.files(networks))
    run.write_checkpoint(1, random_weights(run.config, scale=0.5))
    fewer = replace(sample, test=Split(sample.test.images[:50], sample.test.labels[:50]))
    after = dict(site.files(networks))
    for files in (after, dict(site.files([Network(other, fewer, pca)]))):
        same = {of for of in before if files.get(of) == before[of]}
        assert set(before) & set(files) <= same | CHANGES
        assert len(same) > 50  # the scripts
    mine, others = (
        {of for of in after if of.startswith(f"networks/{each.key}")} for each in (run, other)
    )
    assert not mine & set(before)
    assert others <= set(before)


def test_pages_link_to_what_is_there_and_to_nothing_outside(two):
    pages = [of for of in two if of.endswith(".html")]
    assert len(pages) == len(site.PAGES) + 1
    for page in pages:
        text = two[page].decode()
        assert "http:" not in text and "https:" not in text and "{{" not in text
        assert "'unsafe-inline'; script" not in text
        policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1]
        rules = dict(rule.split(maxsplit=1) for rule in policy.split("; "))
        assert rules["script-src"] == rules["connect-src"] == "'self'"
        assert not re.search(r"<script(?![^>]*\bsrc=)", text)
        base = re.search(r'<base href="([^"]+)"', text)[1]
        assert base == ("../" if "/" in page else "./")
        addresses = re.findall(r'(?:href|src|data-manifest)="([^"]+)"', text)
        assert len(addresses) > 20
        assert set(addresses) - {base, "data:,"} <= set(two)


def test_a_sites_colours_are_those_of_the_figures():
    text = (scripts.FOLDER / "site" / "site.css").read_text("utf-8")
    assert colors.style() in re.sub(r"\s", "", text)


def test_a_site_is_of_different_networks(sample, pca):
    network = Network(a_run(), sample, pca)
    for of in ([], [network, network]):
        with pytest.raises(NotWritten, match="one trained network or several"):
            list(site.files(of))


def test_a_file_of_the_server_is_of_a_limited_size(sample, pca, monkeypatch):
    monkeypatch.setattr(making, "_MOST_BYTES", 2**20)
    with pytest.raises(NotWritten, match="larger than 1 MB"):
        making.zipped([(a_run(), sample, pca)])


# the folder


FIRST = {"a.txt": b"1", "b/c": b"2", "site.json": b'{"files": ["a.txt", "b/c", "site.json"]}'}
SECOND = {"a.txt": b"3", "site.json": b'{"files": ["a.txt", "site.json"]}'}


def held(place):
    return {
        of.relative_to(place).as_posix(): of.read_bytes() for of in place.rglob("*") if of.is_file()
    }


def test_a_folder_is_new_or_takes_an_earlier_ones_place(tmp_path):
    place = tmp_path / "site"
    assert folder.write(place, "site.json", FIRST.items()) == (3, 42)
    assert held(place) == FIRST
    folder.write(place, "site.json", SECOND.items())
    assert held(place) == SECOND
    assert list(tmp_path.iterdir()) == [place]
    empty = tmp_path / "empty"
    empty.mkdir()
    folder.write(empty, "site.json", FIRST.items())
    assert held(empty) == FIRST


@pytest.mark.parametrize("name", ["mine.txt", "b/mine.txt", "code/0123/x.js", ".git/config"])
def test_a_folder_that_holds_something_else_is_refused(tmp_path, name):
    place = tmp_path / "site"
    folder.write(place, "site.json", FIRST.items())
    (place / name).parent.mkdir(parents=True, exist_ok=True)
    (place / name).write_bytes(b"precious")
    with pytest.raises(NotWritten, match=f"something else .*{name}"):
        folder.write(place, "site.json", SECOND.items())
    assert held(place) == FIRST | {name: b"precious"}
    assert list(tmp_path.iterdir()) == [place]


@pytest.mark.parametrize("index", [b"", b"[]", b'{"files": 3}', b'{"files": [3]}', b"[" * 9000])
def test_a_folder_with_a_damaged_index_is_refused(tmp_path, index):
    place = tmp_path / "site"
    folder.write(place, "site.json", (FIRST | {"site.json": index}).items())
    with pytest.raises(NotWritten, match="something else"):
        folder.write(place, "site.json", SECOND.items())


def test_a_folder_that_is_none_is_refused(tmp_path):
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_bytes(b"precious")
    link.symlink_to(tmp_path)
    for place in (file, link):
        with pytest.raises(NotWritten, match="is no folder"):
            folder.write(place, "site.json", FIRST.items())
    with pytest.raises(NotWritten, match="There is no folder"):
        folder.write(tmp_path / "none" / "site", "site.json", FIRST.items())


def test_a_folder_is_whole_or_as_it_was(tmp_path):
    def breaks():
        yield "a.txt", b"4"
        raise OSError("The disk is full")

    place = tmp_path / "site"
    for before in ({}, FIRST):
        if before:
            folder.write(place, "site.json", before.items())
        with pytest.raises(OSError, match="disk is full"):
            folder.write(place, "site.json", breaks())
        assert held(place) == before
        assert list(tmp_path.iterdir()) == [place] * bool(before)
