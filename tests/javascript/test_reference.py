"""The files that the tests of the scripts read are what NumPy computes today."""

import json

import numpy as np
import pytest
from safetensors.numpy import load

from tests.javascript import reference

ANEW = "run `python -m tests.javascript.reference`, then look at what `deno test` says"


def head(content):
    """What a safetensors file says of itself."""
    size = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + size]).get("__metadata__")


@pytest.mark.parametrize(("name", "content"), reference.files().items())
def test_the_files_are_what_numpy_computes(name, content):
    kept = (reference.FOLDER / name).read_bytes()
    before, now = load(kept), load(content)
    assert head(kept) == head(content), ANEW
    assert before.keys() == now.keys(), ANEW
    for key, array in now.items():
        assert before[key].dtype == array.dtype, ANEW
        np.testing.assert_allclose(before[key], array, rtol=1e-5, atol=1e-5, err_msg=ANEW)
