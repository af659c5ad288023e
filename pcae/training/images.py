"""Images on the device: placed once for every training on them, made floats and moved a batch
at a time."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from pcae.data.datasets import Dataset, Split
from pcae.training import augmentation
from pcae.training.devices import Device


class Resident:
    """The images of both splits where they are trained on.

    On the CPU pixels that are bytes stay bytes: a quarter of the memory, and `pixels` makes floats
    of the rows of a batch. A GPU, which cannot gather bytes, has floats.

    Attributes
    ----------
    data : Dataset
    train, test : tf.Tensor of uint8 or float32, shape (n, p)
    """

    def __init__(self, data: Dataset, device: Device) -> None:
        self.data = data

        def placed(split: Split) -> tf.Tensor:
            return tf.constant(split.pixels() if device.on_gpu else split.images)

        with tf.device(device.place):
            self.train, self.test = placed(data.train), placed(data.test)

    @property
    def nbytes(self) -> int:
        """The memory of the images on the device."""
        return sum(int(of.shape.num_elements()) * of.dtype.size for of in (self.train, self.test))


def pixels(images: tf.Tensor, white: tf.Variable) -> tf.Tensor:
    """Images as float32 in [0, 1], as `Split.pixels` has them.

    By a constant in the place of `white`, which is 255, TensorFlow would multiply instead.
    """
    floats = tf.cast(images, tf.float32)
    return floats / white if images.dtype == tf.uint8 else floats


def shift(images: tf.Tensor, shifts: tf.Tensor, shape: tuple[int, int]) -> tf.Tensor:
    """Move each image by its own step of the 3×3 neighbourhood; zeros come in at the edges."""
    rows, columns = shape
    width = columns + 2
    framed = tf.pad(tf.reshape(images, [-1, rows, columns]), [[0, 0], [1, 1], [1, 1]])
    corner = (np.arange(rows)[:, None] * width + np.arange(columns)).reshape(-1).astype(np.int32)
    start = (shifts // 3) * width + shifts % 3
    return tf.gather(
        tf.reshape(framed, [-1, (rows + 2) * width]), start[:, None] + corner[None, :], batch_dims=1
    )


def turn(images: tf.Tensor, transforms: tf.Tensor, shape: tuple[int, int]) -> tf.Tensor:
    """Take each image through its own transform; zeros come in at the edges."""
    turned = keras.ops.image.affine_transform(
        tf.reshape(images, [-1, *shape, 1]), transforms, data_format="channels_last"
    )
    sharp = augmentation.CONTRAST * (tf.reshape(turned, [-1, images.shape[1]]) - 0.5) + 0.5
    return tf.clip_by_value(sharp, 0, 1)
