"""The training loop: repeatable, resumable, and right against Keras's own optimiser."""

import functools
import itertools
from dataclasses import replace

import keras
import numpy as np
import pytest
from scipy.ndimage import affine_transform

from pcae.config import RunConfig
from pcae.data.datasets import Dataset, Split
from pcae.methods import noise
from pcae.methods.autoencoder import Autoencoder, weights_sha256
from pcae.methods.metrics import error_per_image
from pcae.training import augmentation, loop, network
from pcae.training import noise as denoising
from pcae.training.images import shift, turn

SMALL = RunConfig(dataset="mnist-5k", hidden=(32,), batch_size=128, epochs=3)
VARIANTS = [
    SMALL,
    replace(SMALL, batch_size=300, augmentation="shift", seed=3),
    replace(
        SMALL,
        layer_norm=True,
        activation="gelu",
        schedule="one-cycle",
        learning_rate=3e-3,
        augmentation="turn",
    ),
    replace(SMALL, loss="bce", optimizer="adamw", weight_decay=0.01),
    replace(SMALL, hidden=(), output="linear"),
    replace(SMALL, k=8, code_order="nested"),
    replace(SMALL, hidden=(), output="linear", code_order="nested", decoder_weights="tied"),
    replace(SMALL, noise="masking", augmentation="shift"),
    replace(SMALL, k=8, code_order="nested", noise="gaussian"),
    replace(SMALL, beta=0.1),
    replace(SMALL, loss="bce", k=8, code_order="nested", noise="gaussian", beta=1.0),
    replace(SMALL, architecture="convolutional", hidden=(16, 8, 20)),
    replace(
        SMALL,
        architecture="convolutional",
        hidden=(4, 16),
        beta=0.1,
        layer_norm=True,
        activation="gelu",
        schedule="one-cycle",
        augmentation="turn",
        noise="masking",
        optimizer="adamw",
        weight_decay=0.01,
    ),
]


def run(config, data, *, bfloat16=False, blocks=2, **options):
    """Every epoch of a training."""
    device = replace(loop.prepare_device(), bfloat16=bfloat16, blocks=blocks)
    return list(loop.train_alone(config, data, device, **options))


@pytest.fixture(scope="module")
def whole(sample):
    """Every epoch of a training that several tests look at, trained once."""
    return functools.cache(lambda config: run(config, sample))


def digest(config, epoch):
    """The digest of an epoch's weights."""
    return weights_sha256(config, epoch.state)


@pytest.mark.parametrize("config", VARIANTS, ids=lambda config: config.name)
def test_the_same_config_gives_the_same_weights_whole_or_resumed(config, whole, sample):
    whole = whole(config)
    again = run(config, sample, after=(1, whole[1].state))
    assert [epoch.number for epoch in whole] == [0, 1, 2, 3]
    assert [epoch.number for epoch in again] == [2, 3]
    assert digest(config, again[-1]) == digest(config, whole[-1])
    assert again[-1].train_loss == whole[-1].train_loss
    assert again[-1].divergence == whole[-1].divergence
    assert digest(config, run(config, sample)[-1]) == digest(config, whole[-1])


def test_products_in_bfloat16_repeat_themselves_and_end_at_the_same_error(sample):
    config = replace(SMALL, hidden=(256, 64), epochs=2)
    wide, narrow = run(config, sample)[-1], run(config, sample, bfloat16=True)
    assert digest(config, narrow[-1]) == digest(config, run(config, sample, bfloat16=True)[-1])
    resumed = run(config, sample, bfloat16=True, after=(1, narrow[1].state))
    assert digest(config, narrow[-1]) == digest(config, resumed[-1])
    assert digest(config, narrow[-1]) != digest(config, wide)
    assert narrow[-1].test_error == pytest.approx(wide.test_error, rel=0.01)
    model = Autoencoder(config, narrow[-1].state)
    images = sample.test.pixels()
    error = error_per_image(images, model.reconstruct(images))
    assert narrow[-1].test_error == pytest.approx(error.mean(), abs=1e-6)


def test_blocks_of_columns_change_nothing_but_rounding(sample):
    config = replace(SMALL, hidden=(100,), epochs=2)
    whole, uneven = run(config, sample, blocks=1), run(config, sample, blocks=3)
    assert digest(config, uneven[0]) == digest(config, whole[0])
    for name, array in whole[1].state.items():
        np.testing.assert_allclose(uneven[1].state[name], array, atol=1e-3, err_msg=name)
    resumed = run(config, sample, blocks=3, after=(1, uneven[1].state))
    assert digest(config, resumed[-1]) == digest(config, uneven[-1])
    crossed = run(config, sample, blocks=3, after=(1, whole[1].state))
    assert crossed[-1].test_error == pytest.approx(whole[-1].test_error, rel=1e-3)


def test_a_shorter_run_is_a_prefix_of_a_longer_one(whole, sample):
    long, short = whole(SMALL), run(replace(SMALL, epochs=2), sample)
    assert digest(SMALL, long[2]) == digest(SMALL, short[2])


def test_another_seed_gives_other_weights(sample):
    one = replace(SMALL, epochs=1)
    assert digest(SMALL, run(one, sample)[-1]) != digest(
        SMALL, run(replace(one, seed=1), sample)[-1]
    )


@pytest.mark.parametrize("config", VARIANTS, ids=lambda config: config.name)
def test_an_epoch_reports_what_its_weights_do(config, whole, sample):
    first, *_, last = whole(config)
    model = Autoencoder(config, last.state)
    images = sample.test.pixels()
    assert np.abs(model.encode(images) - last.codes).max() < 1e-4 * np.abs(last.codes).max()
    error = error_per_image(images, model.reconstruct(images)).mean()
    assert last.test_error == pytest.approx(error, abs=1e-6)
    assert last.test_error < first.test_error


@pytest.mark.parametrize("optimizer", ["adam", "adamw"])
def test_the_fused_update_is_keras_adam(optimizer, sample):
    decay = 0.05 if optimizer == "adamw" else 0.0
    config = replace(
        SMALL, optimizer=optimizer, weight_decay=decay, batch_size=len(sample.train), epochs=4
    )
    ours = run(config, sample)[-1]
    images, weights = sample.train.pixels(), network.initial(config)
    layers = [keras.layers.Dense(32, "elu"), keras.layers.Dense(2)]
    layers += [keras.layers.Dense(32, "elu"), keras.layers.Dense(784, "sigmoid")]
    model = keras.Sequential([keras.Input((784,)), *layers])
    model.set_weights(list(weights.values()))
    if decay:
        adam = keras.optimizers.AdamW(1e-3, weight_decay=decay)
        adam.exclude_from_weight_decay(var_names=["bias"])
    else:
        adam = keras.optimizers.Adam(1e-3)
    model.compile(adam, "mse")
    model.fit(images, images, batch_size=len(images), epochs=4, shuffle=False, verbose=0)
    for name, theirs in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_allclose(ours.state[name], theirs, atol=2e-5, err_msg=name)


def test_a_diverging_run_stops_with_advice(sample):
    wild = replace(SMALL, hidden=(256,) * 6, output="linear", activation="relu", learning_rate=1.0)
    advice = r"epoch 1\. Lower the learning rate \(it is 1\)"
    with pytest.raises(loop.Diverged, match=advice):
        run(wild, sample)


def test_weights_that_are_not_numbers_stop_the_next_epoch(sample):
    first = run(replace(SMALL, epochs=1), sample)[-1]
    first.state["decoder.0.bias"][0] = np.nan
    with pytest.raises(loop.Diverged, match=r"epoch 2.* up to epoch 1 is kept"):
        run(SMALL, sample, after=(1, first.state))


def test_one_cycle_rises_and_falls():
    config = replace(SMALL, schedule="one-cycle", learning_rate=3e-3)
    rates = loop.learning_rates(config, 100)
    top = int(rates.argmax())
    assert rates.max() == pytest.approx(3e-3, rel=0.01)
    assert 25 <= top <= 35
    assert (np.diff(rates[: top + 1]) > 0).all()
    assert (np.diff(rates[top + 1 :]) < 0).all()
    assert rates[-1] < 1e-7
    assert set(loop.learning_rates(SMALL, 5)) == {np.float32(1e-3)}


def test_shifts_move_by_one_pixel_and_bring_in_black(sample):
    image = sample.test.pixels(slice(1))
    moved = shift(np.repeat(image, 9, axis=0), np.arange(9, dtype=np.int32), (28, 28)).numpy()
    framed = np.pad(image.reshape(28, 28), 1)
    for place, picture in enumerate(moved):
        y, x = divmod(place, 3)
        np.testing.assert_array_equal(picture.reshape(28, 28), framed[y : y + 28, x : x + 28])


@pytest.mark.parametrize("shape", [(28, 28), (9, 7)])
def test_a_turn_takes_each_pixel_from_its_place_before_it_and_sharpens(shape):
    rows, columns = shape
    pictures = np.random.default_rng(0).random((3, rows * columns), np.float32)
    transforms = augmentation.draw("turn", np.random.default_rng(1), 3, shape)
    turned = turn(pictures, transforms, shape).numpy()
    for picture, of, (a, b, x, c, d, y, *_) in zip(pictures, turned, transforms, strict=True):
        inner = affine_transform(
            picture.reshape(shape), [[d, c], [b, a]], [y, x], order=1, mode="grid-constant"
        )
        sharp = np.clip(1.3 * (inner - 0.5) + 0.5, 0, 1)
        np.testing.assert_allclose(of.reshape(shape), sharp, atol=1e-3)


def test_turns_are_small_and_about_the_middle():
    turn = augmentation.draw("turn", np.random.default_rng(0), 1000, (9, 7)).astype(float)
    a, b, x, c, d, y = turn.T[:6]
    for values, largest in ((np.degrees(np.arctan2(c, a)), 7), (a * b + c * d, 0.1)):
        assert values.min() == pytest.approx(-largest, rel=0.01)
        assert values.max() == pytest.approx(largest, rel=0.01)
    np.testing.assert_allclose(a * d - b * c, 1, atol=1e-6)  # no picture grows or shrinks
    np.testing.assert_allclose(a * 3 + b * 4 + x, 3, atol=1e-5)
    np.testing.assert_allclose(c * 3 + d * 4 + y, 4, atol=1e-5)


@pytest.mark.parametrize("kind", ["masking", "gaussian"])
def test_the_encoder_sees_noise_and_the_loss_compares_with_the_images(kind, sample):
    images = sample.train.pixels()
    config = replace(
        SMALL, noise=kind, batch_size=len(images), epochs=1, learning_rate=1e-6, output="linear"
    )
    first, after = run(config, sample)
    seen = noise.add(kind, images, range(len(images)))
    rebuilt = Autoencoder(config, first.state).reconstruct(seen)
    assert after.train_loss == pytest.approx(np.square(rebuilt - images).mean(), rel=1e-3)
    assert after.train_loss != pytest.approx(np.square(rebuilt - seen).mean(), rel=1e-2)


@pytest.mark.parametrize("kind", ["masking", "gaussian"])
def test_noise_is_what_the_pages_show_and_another_in_every_step(kind):
    images = np.full((500, 784), 0.5, np.float32)
    drawn = [denoising.add(kind, images, seed, step).numpy() for seed, step in ((1, 0), (1, 1))]
    drawn += [denoising.add(kind, images, 2, 0).numpy(), noise.add(kind, images, range(500))]
    for one, other in itertools.combinations(drawn, 2):
        assert np.corrcoef(one.ravel(), other.ravel())[0, 1] == pytest.approx(0, abs=0.01)
        assert one.mean() == pytest.approx(other.mean(), abs=2e-3)
        assert one.std() == pytest.approx(other.std(), abs=2e-3)
    np.testing.assert_array_equal(denoising.add(kind, images, 1, 0), drawn[0])


def test_progress_can_end_the_training(sample):
    class Stop(Exception):
        pass

    def stop(at):
        assert 0 < at.batch <= at.batches
        assert np.isfinite(at.loss)
        raise Stop

    with pytest.raises(Stop):
        run(SMALL, sample, progress=stop)


def test_rectangular_pictures_are_shifted_along_their_own_sides():
    image = np.zeros((1, 9, 7), np.float32)
    image[0, 3, 5] = 1
    steps = np.arange(9, dtype=np.int32)
    moved = shift(np.repeat(image.reshape(1, -1), 9, axis=0), steps, (9, 7)).numpy()
    places = {tuple(np.argwhere(of.reshape(9, 7) == 1)[0]) for of in moved}
    assert places == {(row, column) for row in (2, 3, 4) for column in (4, 5, 6)}
    assert (moved.sum(axis=1) == 1).all()


def test_a_table_trains_to_the_error_that_numpy_finds():
    rows = np.random.default_rng(0).random((90, 5), np.float32)
    labels = np.zeros(90, np.uint8)
    parts = (Split(rows[:60], labels[:60]), Split(rows[60:], labels[60:]))
    data = Dataset("own-5-0123456789ab", *parts, ("all",), "", "")
    config = RunConfig(dataset=data.name, hidden=(8,), epochs=2, batch_size=7)
    last = run(config, data)[-1]
    model = Autoencoder(config, last.state)
    error = error_per_image(rows[60:], model.reconstruct(rows[60:])).mean()
    assert last.test_error == pytest.approx(error, abs=1e-6)
    assert last.codes.shape == (30, 2)
