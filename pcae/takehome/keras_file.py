"""A run's network as a `.keras` file, which plain Keras opens.

TensorFlow takes seconds to load and stays out of the dashboard: `python -m
pcae.takehome.keras_file KEY` makes the file, in a process of its own. It is kept in the
cache folder while the run has these weights. Its layers are Keras's own, and `encoder` and
`decoder` are models inside it.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import tempfile
import time
from math import prod
from pathlib import Path

from filelock import FileLock

from pcae import kept, store
from pcae.files import DamagedFile, home, is_there, write
from pcae.layers import SIDE, STRIDE, Layer
from pcae.methods.autoencoder import LAYER_NORM_EPSILON, Autoencoder
from pcae.store import Run
from pcae.takehome.stacks import output_padding
from pcae.training import jobs

WHY_NOT = "The .keras file could not be made: keras_file.log in the cache folder says why."
_POLL_SECONDS = 0.1
_MOST_SECONDS = 300
_processes: dict[Path, subprocess.Popen] = {}  # by the file that they make


class NotMade(Exception):
    """The file could not be made; the message says where to read why."""


def made(run: Run) -> bool:
    """Whether the file of these weights is there; `DamagedFile` where the run is not."""
    return is_there(_path(run))


def find_or_make(run: Run) -> Path:
    """Where the file is, once it is made: 5 to 10 s.

    Raises
    ------
    NotMade
        TensorFlow or the cache folder failed, or it takes minutes.
    DamagedFile
        The run is not there any more.
    """
    start(run)
    end = time.monotonic() + _MOST_SECONDS
    while running(run):
        if time.monotonic() > end:
            raise NotMade("The .keras file takes minutes to be made: try again in a while.")
        time.sleep(_POLL_SECONDS)
    if not made(run):
        raise NotMade(WHY_NOT)
    return _path(run)


def start(run: Run) -> None:
    """Have a process make the file, unless it is there or one is at it.

    Raises
    ------
    Denied
        A student asks for what is not theirs.
    """
    kept.only_takeable(run)
    if not made(run) and not running(run):
        _processes[_path(run)] = jobs.start("pcae.takehome.keras_file", run.key)


def running(run: Run) -> bool:
    """Whether a process is at it."""
    process = _processes.get(_path(run))
    return (process is not None and process.poll() is None) or jobs.held(_lock(run.key))


def failed(run: Run) -> bool:
    """Whether a process tried and made nothing."""
    return _path(run) in _processes and not running(run) and not made(run)


def main(key: str) -> None:
    """Make the file of a run, and remove those that no run has the weights of any more."""
    run = store.find(key)
    if run is None:
        raise DamagedFile(f"The run {key} is not there any more.")
    with _lock(key), jobs.lock("keras_file"):  # TensorFlow in one process at a time
        path = _path(run)
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        current = {_path(other) for other in store.all_runs() if other.trained}
        for old in set(path.parent.glob("*.keras")) - current:
            old.unlink(missing_ok=True)
        write(path, _saved(run.model()))


def _saved(model: Autoencoder) -> bytes:
    """The model's file, from a temporary folder: Keras writes by name."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "autoencoder.keras")
        build(model).save(path)
        return path.read_bytes()


def build(model: Autoencoder):
    """The autoencoder as a Keras model of layers that Keras has, with its weights.

    Returns
    -------
    keras.Model
        Images (n, 784) to images; its layers `encoder` and `decoder` are models too.
    """
    import keras

    encoder = _stack("encoder", "code", "linear", model)
    decoder = _stack("decoder", "image", model.config.output, model)
    image = keras.Input((model.config.inputs,), name="image")
    return keras.Model(image, decoder(encoder(image)), name="autoencoder")


def _stack(part: str, last: str, output: str, model: Autoencoder):
    """The encoder or the decoder, and what its last layer and that one's activation are called."""
    import keras
    from keras import layers

    def formed(x, form: tuple[int, ...]):
        return x if x.shape[1:] == form else layers.Reshape(form)(x)

    config, of_part = model.config, model.config.layers[part]
    end = (prod(of_part[-1].outputs),)
    x = inputs = keras.Input((prod(of_part[0].inputs),))
    for i, of in enumerate(of_part):
        kernel, bias = (model.weights[f"{part}.{i}.{kind}"] for kind in ("kernel", "bias"))
        if of.kind == "transposed":
            kernel = kernel.swapaxes(-1, -2)  # as Keras has its channels
        is_last = of is of_part[-1]
        named = {"name": last, "activation": output} if is_last else {"name": f"hidden_{i + 1}"}
        layer = _layer(of, named)
        x = layer(formed(x, of.inputs if of.kind != "dense" else (of.kernel[0],)))
        layer.set_weights([kernel, bias])
        x = formed(x, end if is_last else of.outputs)
        if is_last:
            break
        if config.layer_norm:
            norm = layers.LayerNormalization(epsilon=LAYER_NORM_EPSILON, name=f"norm_{i + 1}")
            x = norm(x)
            norm.set_weights([model.weights[f"{part}.{i}.{kind}"] for kind in ("gamma", "beta")])
        if config.activation == "gelu":  # an Activation would have the form with erf
            x = keras.ops.gelu(x, approximate=True)
        else:
            x = layers.Activation(config.activation, name=f"{config.activation}_{i + 1}")(x)
    return keras.Model(inputs, x, name=part)


def _layer(of: Layer, named: dict[str, str]):
    from keras import layers

    if of.kind == "dense":
        return layers.Dense(of.bias[0], **named)
    strided = {"kernel_size": SIDE, "strides": STRIDE, "padding": "same"} | named
    if of.kind == "convolution":
        return layers.Conv2D(of.channels, **strided)
    return layers.Conv2DTranspose(of.channels, output_padding=output_padding(of), **strided)


def _path(run: Run) -> Path:
    return home() / "keras" / f"{run.key}-{run.version}.keras"


def _lock(key: str) -> FileLock:
    return jobs.lock(f"keras-{key}")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        main(sys.argv[1])
    except (DamagedFile, OSError) as problem:
        logging.error("%s", problem)
        sys.exit(1)
