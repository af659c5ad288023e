"""The explorer as one HTML file: what it holds, how large it is, and that it needs nothing else."""

import base64
import gzip
import html
import json
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load

from pcae import __version__, store
from pcae.config import RunConfig
from pcae.methods.autoencoder import Autoencoder
from pcae.methods.metrics import equivalent_k, error_per_image
from pcae.methods.pca import fit
from pcae.presets import PRESETS
from pcae.store import EpochRecord, Run, Status
from pcae.takehome import onefile
from tests.methods.test_autoencoder import random_weights

SEED = PRESETS["Seed network, 25 epochs"].key
SHIPPED = Run(SEED, store.PRETRAINED / SEED, shipped=True)
MOST_BYTES = 12_000_000
CHARACTERS = [code for code in range(35, 127) if code != ord("<")]
CONFIG_TOML = Path(__file__).parents[2] / ".streamlit" / "config.toml"


def parts(page):
    """What the elements of a page hold, by their names: arrays and what is said of them."""
    number = np.zeros(127, np.uint16)
    number[CHARACTERS] = np.arange(91)
    found = {}
    pattern = rb'<script type="text/plain" id="(\w+)" data-size="(\d+)">([^<]*)</script>'
    for name, size, text in re.findall(pattern, page):
        digits = number[np.frombuffer(text, np.uint8)]
        bits = np.unpackbits((digits[::2] * 91 + digits[1::2]).astype(">u2").view(np.uint8))
        packed = np.packbits(bits.reshape(-1, 16)[:, 3:]).tobytes()[: int(size)]
        found[name.decode()] = gzip.decompress(packed)
    return found


def modules(page):
    """The scripts of a page by their names."""
    text = re.search(r'<script type="importmap">(.*?)</script>', page.decode())[1]
    scripts = json.loads(text)["imports"]
    start = "data:text/javascript;base64,"
    assert all(address.startswith(start) for address in scripts.values())
    return {
        name: base64.b64decode(address.removeprefix(start)).decode()
        for name, address in scripts.items()
    }


def about(part):
    """What a safetensors file says of its arrays."""
    size = int.from_bytes(part[:8], "little")
    return json.loads(part[8 : 8 + size])["__metadata__"]


def a_run(config=None, scale=1.0, frames=None):
    config = config or RunConfig(dataset="mnist-5k", hidden=(8,), epochs=2)
    run = store.create(config)
    for place, codes in (frames or {}).items():
        run.write_codes(place, codes)
    run.write_checkpoint(config.epochs, random_weights(config, scale))
    run.write_history([EpochRecord(n, 0.1, 0.1, 1.0) for n in range(1, config.epochs + 1)])
    run.write_status(Status("finished"))
    return run


@pytest.fixture(scope="module")
def pca(sample):
    """PCA of the offline digits."""
    return fit(sample)


@pytest.fixture(scope="module")
def shipped(sample, pca):
    """The page of the shipped network on the offline digits."""
    return b"".join(onefile.page(SHIPPED, sample, pca))


def test_the_digits_are_the_test_images(shipped, sample):
    digits = parts(shipped)["digits"]
    np.testing.assert_array_equal(load(digits)["images"], sample.test.images)
    points = parts(shipped)["run"]
    np.testing.assert_array_equal(load(points)["labels"], sample.test.labels)
    said = {name: json.loads(text) for name, text in about(points).items()}
    assert said["pieces"]["test"] == 1000
    assert (said["classes"], said["shape"]) == (list(sample.classes), [28, 28])
    assert (said["tests"], said["everything"]) == (1000, 1000)


def test_the_pictures_of_the_network_stay_within_the_tolerance(shipped, sample):
    found, model = parts(shipped), SHIPPED.model()
    arrays = load(found["run"]) | load(found["decoder"]) | load(found["encoder"])
    assert arrays["encoder.0.kernel"].dtype == np.float16
    assert RunConfig.from_dict(json.loads(about(parts(shipped)["run"])["config"])).key == SEED
    held = {name: array.astype(np.float32) for name, array in arrays.items()}
    rounded, images = Autoencoder(model.config, held), sample.test.pixels()
    for shown in (rounded.decode(held["codes"]), rounded.reconstruct(images)):
        assert np.abs(shown - model.reconstruct(images)).max() <= onefile.TOLERANCE
    errors = error_per_image(images, model.reconstruct(images))
    np.testing.assert_allclose(held["errors"], errors, rtol=1e-4)


def test_pca_has_what_its_slider_reaches_and_says_when_it_passes(shipped, sample, pca):
    found = parts(shipped)
    held = {name: array.astype(np.float32) for name, array in load(found["pca"]).items()}
    rounded, images = replace(pca, **held), sample.test.pixels(slice(40))
    for k in (1, 2, 100):
        shown = rounded.reconstruct(images, k)
        assert np.abs(shown - pca.reconstruct(images, k)).max() <= onefile.TOLERANCE / 4
    assert held["components"].shape == (100, 784)
    arrays = load(found["run"])
    for i, (passes, error) in enumerate(zip(arrays["passes"][:40], arrays["errors"], strict=False)):
        image = images[[i]]
        then = error_per_image(image, pca.reconstruct(image, passes))
        before = error_per_image(image, pca.reconstruct(image, max(passes - 1, 0)))
        assert then <= error < before or passes == 0
    assert arrays["passes"].max() > 0


def test_a_network_that_16_bits_are_too_few_for_has_32(sample, pca):
    run = a_run(scale=1e5)
    found = parts(b"".join(onefile.page(run, sample, pca)))
    arrays = load(found["run"]) | load(found["encoder"])
    np.testing.assert_array_equal(
        arrays["encoder.0.kernel"], run.model().weights["encoder.0.kernel"]
    )
    assert arrays["codes"].dtype == np.float32
    assert np.abs(arrays["codes"]).max() > np.finfo(np.float16).max


def test_frames_are_codes_of_the_first_digits(sample, monkeypatch, pca):
    monkeypatch.setattr(onefile, "_FRAME_NUMBERS", 1_600)
    kept = {place: np.full((1000, 2), place, np.float16) for place in (0, 0.25, 1, 2)}
    page = b"".join(onefile.page(a_run(frames=kept), sample, pca))
    found = load(parts(page)["frames"])
    assert {float(place) for place in found} == set(kept)
    for place, codes in found.items():
        np.testing.assert_array_equal(codes, kept[float(place)][:200])
    assert "Play moves the first 200 digits." in page.decode()


def test_a_run_on_other_data_has_no_frames(sample, pca):
    other = RunConfig(hidden=(8,), epochs=1)
    page = b"".join(onefile.page(a_run(other, frames={0: np.zeros((9, 2))}), sample, pca))
    assert set(parts(page)) == {"plotly", "digits", "pca", "run", "decoder", "encoder"}
    assert "MNIST, 5,000 digits" in page.decode()


def test_the_page_says_what_it_shows(shipped, sample, pca):
    images = sample.test.pixels()
    error = error_per_image(images, SHIPPED.model().reconstruct(images)).mean()
    words = html.unescape(shipped.decode())
    assert "784-512-128-2, ELU, 25 epochs" in words
    assert f"as well as {equivalent_k(error, pca.test_error):.1f} principal components." in words
    assert f"Test error {error:.4f} against {pca.test_error[2]:.4f} for PCA with k = 2" in words
    assert "1,000 test images" in words
    assert sample.licence in words
    assert f"Made with pcae {__version__}: " in words
    assert f'<meta name="generator" content="pcae {__version__}">' in words


def test_an_unfinished_run_says_so(sample, pca):
    run = a_run()
    run.write_history([EpochRecord(1, 0.1, 0.1, 1.0)])
    assert "(after 1 so far)" in b"".join(onefile.page(run, sample, pca)).decode()


def test_nothing_that_is_said_of_the_data_becomes_part_of_the_page(sample, pca):
    evil = "</script><script>alert(1)</script>{{parts}}&"
    data = replace(sample, licence=evil, classes=(evil,) * 10)
    page = b"".join(onefile.page(a_run(), data, pca))
    assert evil not in page.decode()
    assert html.escape(evil) in page.decode()
    assert json.loads(about(parts(page)["run"])["classes"]) == [evil] * 10


def test_scripts_find_each_other_and_nothing_names_another_host(shipped):
    scripts = modules(shipped)
    assert {f"core/{name}.js" for name in ("fetched", "numerics", "world")} <= set(scripts)
    for text in scripts.values():
        assert set(re.findall(r'from "([^"]+)"', text)) <= set(scripts)
        assert not re.search(r'from "\.', text)
    assert scripts["core/fetched.js"] == scripts["explorer/inlined.js"]
    for text in (shipped.decode(), *scripts.values()):
        assert not re.search(r"https?:", text)
    assert set(re.findall(r'(?:src|href)="([^"]*)', shipped.decode())) == {"data:,"}


def test_the_colours_are_those_of_the_theme(shipped):
    theme = tomllib.loads(CONFIG_TOML.read_text())["theme"]
    light, dark = shipped.decode().split("@media (prefers-color-scheme: dark)")[:2]
    for css, scheme in ((light, "light"), (dark, "dark")):
        for name, color in theme[scheme].items():
            variable = "--st-" + re.sub("([A-Z])", r"-\1", name).lower()
            said = ", ".join(color) if isinstance(color, list) else color
            assert f"{variable}: {said};" in css


def test_the_same_run_gives_the_same_file(shipped, sample, pca):
    assert b"".join(onefile.page(SHIPPED, sample, pca)) == shipped


def test_the_file_of_ten_thousand_digits_is_small(full_mnist, record_property):
    pca = fit(full_mnist)
    codes = np.random.default_rng(0).normal(0, 5, (store.FRAME_DIGITS, 30))
    deep = RunConfig(hidden=(1000, 500, 250), k=30, epochs=40)
    runs = [SHIPPED, a_run(deep, frames=dict.fromkeys(range(41), codes))]
    for run in runs:
        size = len(b"".join(onefile.page(run, full_mnist, pca)))
        record_property(run.config.name, size)
        print(f"{run.config.name}: {size:,} bytes")
        assert size <= MOST_BYTES
