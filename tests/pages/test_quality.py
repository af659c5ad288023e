"""The table of quality through Streamlit's test harness."""

import pytest

from pcae import store
from pcae.config import RunConfig
from pcae.methods import pca
from pcae.methods.literature import PUBLISHED, REFERENCES
from pcae.presets import PRESETS
from pcae.training import jobs, quality
from pcae.training.quality import Quality
from tests.pages.test_pages import button, drawn_table, open_page, texts, train_quickly

ACCURACY, NEAREST_1, NEAREST_5, TRUSTWORTHINESS = 4, 5, 6, 7  # the columns
FIGURES = 0.5, 0.75, 0.25, 0.625, 0.875
SEED_5 = PRESETS["Seed network, 5 epochs"]


@pytest.fixture
def started(monkeypatch):
    """The processes that would have been started."""
    names = []
    monkeypatch.setattr(quality, "_processes", [])
    monkeypatch.setattr(jobs, "start", lambda name: names.append(name) or Ended())
    return names


class Ended:
    def poll(self):
        return 0


def measure_all(sample, monkeypatch):
    """As the process does, with figures that cost nothing."""
    monkeypatch.setattr(quality, "measure", lambda of, *_: Quality(0.05, of.k, *FIGURES))
    fitted = pca.load_or_fit(sample)
    for of in quality.subjects():
        quality.find_or_measure(of, sample, fitted)


def test_what_is_missing_is_measured_and_the_literature_is_there_at_once(app, started):
    open_page(app, "quality")
    assert started == ["pcae.training.quality"]
    table = drawn_table(app)
    assert [row[0] for row in table[-len(PUBLISHED) :]] == [of.name for of in PUBLISHED]
    assert {row[-1] for row in table} == {"measured here", *REFERENCES}
    assert max(row[TRUSTWORTHINESS] for row in table if row[TRUSTWORTHINESS] != "–") == "0.932"
    assert all(reference in texts(app) for reference in REFERENCES)


def test_what_is_measured_is_shown_with_its_split(app, started, sample, monkeypatch):
    measure_all(sample, monkeypatch)
    open_page(app, "quality")
    assert started == []
    ours = [row for row in drawn_table(app) if row[-1] == "measured here"]
    assert len(ours) == len(quality.subjects()) == 2 + len(PRESETS)  # PCA with k = 2 and 30
    assert {row[ACCURACY] for row in ours} == {"0.500"}
    assert {row[NEAREST_1] for row in ours} == {"0.625"}
    assert {row[NEAREST_5] for row in ours} == {"0.875"}
    assert {row[TRUSTWORTHINESS] for row in ours} == {"0.750"}
    assert "of the 1,000 test images" in texts(app)


def test_what_is_published_from_training_to_test_stands_beside_it_with_its_protocol(app, started):
    open_page(app, "quality")
    rows = [row for row in drawn_table(app) if row[-1] == "Sainburg et al. 2021"]
    assert {row[0]: [row[NEAREST_1], row[NEAREST_5]] for row in rows} == {
        "Parametric UMAP": ["0.940", "0.961"],
        "t-SNE": ["0.941", "0.950"],
        "UMAP": ["0.932", "0.954"],
        "Autoencoder": ["0.765", "0.793"],
    }
    assert [row[2] for row in rows] == ["0.0374", "–", "–", "–"]
    words = "the nearest of the 4,000 training images' codes, by Euclidean distance, vote on"
    assert words in texts(app)  # of the digits that stand in


def test_what_cannot_be_measured_is_named_and_tried_again_on_demand(app, started):
    open_page(app, "quality")
    app.run()
    app.run()
    assert started == ["pcae.training.quality"]
    assert "Not measured: " in texts(app)
    button(app, "Measure again").click().run()
    assert started == ["pcae.training.quality"] * 2


def test_each_data_set_has_its_own_table(app, started, sample, monkeypatch):
    train_quickly(RunConfig(dataset="mnist-5k", hidden=(8,), k=3))
    measure_all(sample, monkeypatch)
    open_page(app, "quality")
    assert {row[1] for row in drawn_table(app)} == {"2", "30"}
    app.button_group[0].set_value("mnist-5k").run()
    assert [row[1] for row in drawn_table(app)] == ["3", "3"]
    assert store.find(SEED_5.key) is not None


def test_a_damaged_run_leaves_the_others(app, started, sample, monkeypatch):
    run = train_quickly(RunConfig(hidden=(8,), k=3))
    measure_all(sample, monkeypatch)
    (run.folder / "config.json").write_text("no")
    open_page(app, "quality")
    assert len(drawn_table(app)) == 2 + len(PRESETS) + len(PUBLISHED)
