"""Values of every size and type come to lie in [0, 1], or a sentence says that they cannot."""

import numpy as np
import pytest

from pcae.data.dataset import DataError
from pcae.methods.pca import fit
from tests.data.reading.test_uploads import COLUMNS, PICTURES, N, npy, npz, table, understood

HALF = np.arange(N * 63).reshape(N, 9, 7) / (N * 63 - 1)  # from 0 to 1


def assert_usable(data):
    """What is made of the values can be worked with."""
    for split in (data.train, data.test):
        pixels = split.pixels()
        assert np.isfinite(pixels).all()
        assert 0 <= pixels.min() <= pixels.max() <= 1
        assert np.isfinite(data.values(pixels)).all()
    pca = fit(data)
    assert all(np.isfinite(array).all() for array in vars(pca).values())


def spread(dtype, low, high):
    """Pictures with values over all of a range."""
    values = np.linspace(float(low), float(high), N * 63)
    pictures = np.empty(N * 63, dtype)
    pictures[1:-1] = values[1:-1]
    pictures[0], pictures[-1] = low, high
    return pictures.reshape(N, 9, 7)


RANGES = {
    **{
        str(np.dtype(kind)): (kind, np.iinfo(kind).min, np.iinfo(kind).max)
        for kind in (np.int8, np.int16, np.int32, np.int64, np.uint16, np.uint32, np.uint64)
    },
    "float16": (np.float16, -4e4, 4e4),
    "float32": (np.float32, -1e38, 1e38),
    "float64": (np.float64, -1e38, 1e38),
    "tiny float32": (np.float32, -1e-45, 3e-45),
    "tiny float64": (np.float64, 0, 5e-324),
    "long double": (np.longdouble, -1e30, 1e30),
}


@pytest.mark.parametrize("kind", RANGES)
def test_every_range_is_scaled_without_overflow(kind):
    pictures = spread(*RANGES[kind])
    data = understood({"x.npy": npy(pictures)}).data
    assert data.shape == (9, 7)
    assert_usable(data)
    rows = pictures.reshape(N, 63)
    columns = understood({"x.npy": npy(rows)}, shape="columns")
    assert_usable(columns.data)
    pixels = np.concatenate([data.train.pixels(), data.test.pixels()])
    assert pixels.max() == 1


@pytest.mark.parametrize("values", [COLUMNS, HALF], ids=["columns", "pictures"])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("sign", [1, -1])
def test_values_whose_spread_is_beyond_numbers_are_refused(values, kind, sign):
    most = {np.float32: 3e38, np.float64: 1.7e308}[kind]
    values = values.astype(kind)
    values.flat[7] = sign * most
    with pytest.raises(DataError, match=r"^There are values as large as .*: divide them by a larg"):
        understood({"x.npy": npy(values)})


def test_a_table_of_such_values_is_refused_too():
    rows = [[i * 7 % N, "1.7e308" if i % 2 else "-1.7e308"] for i in range(N)]
    with pytest.raises(DataError, match=r"^There are values as large as 1\.7e\+308, and up to"):
        understood({"t.csv": table(rows)})


@pytest.mark.parametrize("where", [0, -1])
def test_colours_of_large_whole_numbers_become_grey(where):
    for kind in (np.int64, np.uint64):
        grey = spread(kind, np.iinfo(kind).min, np.iinfo(kind).max)
        colours = np.repeat(grey[..., None], 3, axis=3)
        assert_usable(understood({"x.npy": npy(np.moveaxis(colours, -1, 1 if where else -1))}).data)


def test_rows_that_are_all_the_same_are_refused():
    with pytest.raises(DataError, match="All rows to train on are the same: bring rows that diff"):
        understood({"x.npy": npy(np.repeat(PICTURES[:1], N, axis=0))})
    with pytest.raises(DataError, match=r"^No column of “x.npy” is a feature: choose two or more"):
        understood({"x.npy": npy(np.full((N, 5), 3.5))})


def test_a_number_beside_the_pictures_is_no_label():
    files = {"x.npz": npz(x=PICTURES[:1], scale=np.float64(3))}
    with pytest.raises(DataError, match=r"“x\.npz: x” has 1 row: bring at least 50"):
        understood(files)


def test_scaling_in_blocks_is_scaling(monkeypatch):
    files = {"x.npy": npy(np.repeat(HALF[..., None], 3, axis=3) * 7 - 3)}
    whole = understood(files).data
    monkeypatch.setattr("pcae.data.judging.scaling._NUMBERS_AT_ONCE", 100)
    assert understood(files).data.name == whole.name
