"""Pages show what an earlier version kept: `tests/old/home`, of before 1.0.0."""

import json
import shutil
from pathlib import Path

import pytest

from pcae.files import home
from tests.pages.test_compare import open_grid
from tests.pages.test_pages import explorer, figure, switch, texts

OLD_HOME = Path(__file__).parents[1] / "old" / "home"


@pytest.fixture(autouse=True)
def old_home(own_folders):
    shutil.copytree(OLD_HOME, home(), dirs_exist_ok=True)


def test_a_network_opens_and_the_data_are_listed(app):
    app.run()
    app.selectbox(key="run_picked").select("63-8-3, 3 epochs, Letters").run()
    assert not app.exception
    assert "af9496c3aeb5" in json.dumps(explorer(app))
    switch(app, "reconstructions")
    assert "k = 3, mean error 0.0912" in texts(app)
    switch(app, "data")
    assert "48 training and 12 test images of 9×7 pixels, 3 classes" in texts(app)
    assert "48 training and 12 test rows of 4 columns, 3 classes" in texts(app)
    assert "Networks trained on it: 2." in texts(app)


def test_a_grid_is_drawn_with_its_results(app):
    open_grid(app)
    (markers,) = [trace for trace in figure(app)["data"] if trace["mode"] == "markers"]
    assert markers["y"] == pytest.approx([0.058839318, 0.057416990], abs=1e-8)
