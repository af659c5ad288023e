"""Variational autoencoders: what their loss is, what is drawn, and what of them is kept."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from pcae import store
from pcae.config import RunConfig
from pcae.methods.autoencoder import Autoencoder, trained_shapes, weight_shapes
from pcae.training import loop, noise, variational, worker

SMALL = RunConfig(dataset="mnist-5k", hidden=(16,), k=3, epochs=1, batch_size=5_000, beta=2.0)
VARIANTS = [SMALL, replace(SMALL, hidden=(), output="linear"), replace(SMALL, loss="bce")]


def run(config, data, **options):
    """Every epoch of a training."""
    device = replace(loop.prepare_device(), bfloat16=False, blocks=2)
    return list(loop.train_alone(config, data, device, **options))


def by_hand(config, weights, images, deviates):
    """Loss and divergence of a network of one hidden layer or none, as they are written down."""
    x, last = images, len(config.hidden)
    if config.hidden:
        x = tf.nn.elu(x @ weights["encoder.0.kernel"] + weights["encoder.0.bias"])
    mean, log_variance = (
        x @ weights[f"{part}.{last}.kernel"] + weights[f"{part}.{last}.bias"]
        for part in ("encoder", "variance")
    )
    x = mean + tf.exp(log_variance / 2) * deviates
    if config.hidden:
        x = tf.nn.elu(x @ weights["decoder.0.kernel"] + weights["decoder.0.bias"])
    x = x @ weights[f"decoder.{last}.kernel"] + weights[f"decoder.{last}.bias"]
    rebuilt = tf.sigmoid(x) if config.output == "sigmoid" else x
    if config.loss == "bce":
        loss = -images * tf.math.log(rebuilt) - (1 - images) * tf.math.log(1 - rebuilt)
    else:
        loss = tf.square(images - rebuilt)
    nats = tf.reduce_sum(mean**2 + tf.exp(log_variance) - log_variance - 1, -1) / 2
    divergence = tf.reduce_mean(nats)
    return tf.reduce_mean(loss) + config.beta * divergence / images.shape[1], divergence


@pytest.mark.parametrize("config", VARIANTS, ids=lambda config: config.name)
def test_the_loss_is_the_networks_with_beta_times_the_divergence(config, sample):
    first, after = run(config, sample)
    order = np.random.default_rng([config.seed, 1]).permutation(len(sample.train))
    images = sample.train.pixels(order.astype(int))
    deviates = variational.deviates(images, config.k, config.seed, 0)
    with tf.GradientTape() as tape:
        weights = {name: tf.Variable(first.state[name]) for name in trained_shapes(config)}
        loss, divergence = by_hand(config, weights, images, deviates)
    assert after.train_loss == pytest.approx(float(loss), rel=1e-4)
    assert after.divergence == pytest.approx(float(divergence), rel=1e-4)
    for name, gradient in tape.gradient(loss, weights).items():
        ours = after.state[f"adam.first.{name}"] / 0.1  # after one step
        np.testing.assert_allclose(ours, gradient, rtol=1e-3, atol=1e-6, err_msg=name)


def test_what_is_drawn_is_standard_normal_and_other_numbers_in_every_step(sample):
    images = np.zeros((2_000, 50), np.float32)
    drawn = [variational.deviates(images, 50, *at).numpy() for at in ((1, 0), (1, 1), (2, 0))]
    drawn.append(noise.add("gaussian", images, 1, 0).numpy() / 0.3)
    for one, other in itertools.combinations(drawn, 2):
        assert np.corrcoef(one.ravel(), other.ravel())[0, 1] == pytest.approx(0, abs=0.02)
    for of in drawn:
        assert (of.mean(), of.std()) == pytest.approx((0, 1), abs=0.02)
    np.testing.assert_array_equal(variational.deviates(images, 50, 1, 0), drawn[0])


def test_a_plain_network_has_no_variances_and_no_divergence(sample):
    _, after = run(replace(SMALL, beta=0.0), sample)
    assert after.divergence is None
    assert not [name for name in after.state if "variance" in name]


def test_a_run_goes_on_with_its_variances_and_shows_its_means(sample, pca_kept, monkeypatch):
    from pcae.training import jobs

    monkeypatch.setattr(jobs, "_start_worker", lambda: None)
    config = replace(SMALL, batch_size=500, epochs=2)
    short = jobs.submit(replace(config, epochs=1))
    worker.main()
    state = short.checkpoint()[1]
    kinds = ("", "adam.first.", "adam.second.")
    assert set(state) == {kind + name for kind in kinds for name in trained_shapes(config)}
    assert set(short.model().weights) == set(weight_shapes(config))
    whole = jobs.submit(config)  # which goes on from the other
    worker.main()
    *_, alone = loop.train_alone(config, sample, loop.prepare_device())
    assert store.sha256_of(whole) == store.weights_sha256(config, alone.state)
    head = "variance.1.kernel"
    np.testing.assert_array_equal(whole.checkpoint()[1][head], alone.state[head])
    codes = Autoencoder(config, alone.state).encode(sample.test.pixels())
    np.testing.assert_allclose(whole.codes(2), codes, atol=1e-2)


def test_codes_of_a_variational_network_fill_the_plane_about_0(sample):
    fast = replace(SMALL, hidden=(256,), k=2, batch_size=50, epochs=10, learning_rate=3e-3)
    codes, plain = (run(replace(fast, beta=beta), sample)[-1].codes for beta in (1.0, 0.0))
    assert np.abs(codes.mean(0)).max() < 0.4
    assert codes.std(0) == pytest.approx([1, 1], abs=0.3)
    assert plain.std(0).min() > 5
