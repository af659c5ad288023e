"""Codes travel to the browser as they are, at every moment."""

import base64

import numpy as np

from pcae.figures.charts import Plane
from pcae.figures.codes import Coded


def unpacked(text, kind):
    return np.frombuffer(base64.b64decode(text), kind)


def test_codes_travel_whole_at_every_moment():
    labels = np.array([0, 1, 0])
    near, far = np.array([[0, 0], [1, 1], [2, 0.0]]), np.array([[5, 5], [-9, 1], [2, np.nan]])
    planes = [Plane("", at, ("code 1", "code 2")) for at in (near, far)]
    sent = Coded(planes, labels, ("cat", "dog"), [0, 0.25], network=1).to_dict()
    assert sent["axes"] == ["code 1", "code 2"]
    assert sent["classes"] == ["cat", "dog"]
    assert sent["network"] == 1
    np.testing.assert_array_equal(unpacked(sent["labels"], np.uint8), labels)
    for frame, points in zip(sent["frames"], (near, far), strict=True):
        np.testing.assert_array_equal(unpacked(frame, "<f4").reshape(3, 2), points)
