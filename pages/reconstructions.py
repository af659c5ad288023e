"""Reconstructions: the same digits as they are, as PCA shows them, and as networks do."""

import numpy as np
import streamlit as st

from pcae import store
from pcae.config import PIXELS
from pcae.explorer import component
from pcae.files import DamagedFile
from pcae.metrics import error_per_image
from pcae.store import Run
from pcae.ui import loading
from pcae.ui.digits import Row, panel
from pcae.ui.run_picker import chosen, title

MOST = 40
FROM_EXPLORE: dict[str, component.Chosen] = {
    "Selected in Explore": "selected",
    "Pinned in Explore": "pinned",
}
WIDTH = 1215  # of the pictures together, in a window 1280 wide

opened = chosen()
config, view = opened.config, opened.view
data, test = view.data, view.data.test


def choose(which: str, n: int) -> np.ndarray:
    """Indices of at most n test digits."""
    if which == "One per class":
        firsts = [np.flatnonzero(test.labels == label)[:1] for label in range(len(data.classes))]
        return np.concatenate(firsts)
    if which == "Random":
        seed = st.session_state.setdefault("draw", 0)
        return np.random.default_rng(seed).choice(len(test), n, replace=False)
    if which in FROM_EXPLORE:
        kept = [i for i in component.chosen_digits(FROM_EXPLORE[which]) if i < len(test)]
        return np.array(kept, int)[:n]
    if which == "First":
        return np.arange(n)
    order = np.argsort(loading.errors(opened.run, data))
    return order[::-1][:n] if which == "Worst" else order[:n]


def compared() -> list[Run]:
    """The other runs ticked on Train that are of the same data."""
    found = []
    for key in sorted(st.session_state.get("compare", set())):
        run = store.find(key)
        if run and run.trained and run.key != opened.run.key and same_data(run):
            found.append(run)
    return found


def same_data(run: Run) -> bool:
    """Whether a run is of the data shown; a damaged one is not."""
    try:
        return run.config.dataset == config.dataset
    except DamagedFile:
        return False


def captions(images: np.ndarray, pictures: np.ndarray) -> list[str]:
    """Each picture's error."""
    return [f"{error:.4f}" for error in error_per_image(images, pictures)]


which_column, n_column, k_column = st.columns([6, 2, 3], vertical_alignment="bottom")
with which_column:
    which = st.segmented_control(
        "Which test digits",
        ["First", "One per class", "Random", "Worst", "Best", *FROM_EXPLORE],
        default="First",
        key="which",
        required=True,
    )
n = n_column.number_input("How many", 1, MOST, 10, key="how_many")
k = k_column.slider("Principal components k", 1, 100, min(config.k, 100), key=f"pca_k_{config.k}")

indices = choose(which or "First", int(n))
if which == "Random" and st.button("Draw others", icon=":material/casino:"):
    st.session_state["draw"] += 1
    st.rerun()
if not len(indices):
    st.info(
        "There are no such test digits: on Explore, draw around digits to select them, or click "
        "digits to pin them."
    )
    st.stop()

images = test.pixels(indices)
by_pca = view.pca.reconstruct(images, k)
rows = [
    Row("Original", images, [f"no. {i:,}" for i in indices]),
    Row("PCA", by_pca, captions(images, by_pca), f"k = {k}, mean {view.pca.test_error[k]:.4f}"),
]
for run in [opened.run, *compared()]:
    try:
        by_network = loading.model(run).reconstruct(images)
        mean = f"k = {run.config.k}, mean {loading.errors(run, data).mean():.4f}"
        name = "Autoencoder" if run.key == opened.run.key else title(run)
        rows.append(Row(name, by_network, captions(images, by_network), mean))
    except DamagedFile as problem:
        st.error(str(problem))

size = int(np.clip((WIDTH - 130) / len(indices) - 5, 44, 108))
per_line = max(1, (WIDTH - 130) // (size + 5))
for start in range(0, len(indices), per_line):
    part = slice(start, start + per_line)
    heads = [data.classes[label] for label in test.labels[indices[part]]]
    panel([Row(r.title, r.images[part], r.captions[part], r.subtitle) for r in rows], size, heads)
st.caption(
    "Under each picture its reconstruction error: the mean squared error over its "
    f"{PIXELS} pixels. The means are over all {len(test):,} test images."
)
