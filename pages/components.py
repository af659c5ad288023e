"""Components: what a code is worth in principal components, and the directions of both methods."""

import numpy as np
import streamlit as st

from pcae import store
from pcae.figures import bottlenecks
from pcae.figures.bottlenecks import Bottleneck
from pcae.files import DamagedFile
from pcae.methods.metrics import principal_angles
from pcae.server import loading
from pcae.store import Run
from pcae.ui import component, course, link, questions, run_picker, values
from pcae.ui.charts import chart
from pcae.ui.digits import Row, panel, signed
from pcae.ui.run_picker import chosen

MOST_DIRECTIONS, MOST_DIGITS, PICTURE = 8, 4, 76
FEW, FEW_PICTURE, BESIDE = 2, 112, 3  # directions of so few numbers stand beside each other
VEILED = "The networks are shown once the lesson's question is answered."
CHART_HEIGHT, VARIANCE_HEIGHT = 400, 260

opened = chosen()
config, view = opened.config, opened.view
pca, test = view.pca, view.data.test


def worth_of(run: Run, title: str) -> Bottleneck:
    """A run in the chart."""
    error = loading.test_error(run, view)
    return bottlenecks.of_run(run, title, error, pca, view.data.digest)


def networks() -> list[Bottleneck]:
    """The other trained runs of the data shown, and what is published of it."""
    found, runs = [], store.trained_runs()
    titles = run_picker.titles(runs.values())
    for run in runs.values():
        try:
            if run.key != opened.run.key and run.config.dataset == config.dataset:
                found.append(worth_of(run, titles[run.key]))
        except DamagedFile:
            continue  # the table on Train says it
    full = config.dataset == "mnist" and not view.problem
    return found + (bottlenecks.published(pca) if full else [])


def grey(directions: np.ndarray) -> np.ndarray:
    """Directions (n, p) as pictures, each as strong as it can be."""
    most = np.abs(directions).max(axis=1, keepdims=True)
    return signed(directions, np.where(most > 0, most, 1))


def worth() -> None:
    """The chart of errors, the sentence, and the variance that components explain."""
    veiled = course.hides_worth()
    of = None if veiled else worth_of(opened.run, run_picker.title(opened.run))
    left, side = st.columns([7, 4], gap="medium")
    with left:
        link.widgets({"log_axes": (True, [False])})
        log = st.toggle("Logarithmic axes", key="log_axes")
        others = [] if veiled else networks()
        figure, explained = bottlenecks.charts(pca, others, of, log=log)
        figure["data"] += questions.marks(pca.test_error)
        label = "Error of PCA by its number of components, and of each network at its own"
        chart(figure, "error_by_components", label, CHART_HEIGHT)
    with side:
        st.markdown(bottlenecks.in_words(of, pca) if of else VEILED)
        st.caption(
            f"Errors of the {len(test):,} test images shown; a dot is a network at its k (large: "
            "the open one, grey: published), its line ends where PCA's curve has the same error."
        )
        label = "Share of the variance that the first k components explain"
        chart(explained, "explained_variance", label, VARIANCE_HEIGHT)


def digits() -> list[int]:
    """The test digits at whose codes to look: those pinned in Explore, else one of some classes."""
    pinned = [i for i in component.chosen_digits("pinned") if i < len(test)]
    there = [label for label in (0, 1, 2, 7) if label in test.labels]
    firsts = [int(np.argmax(test.labels == label)) for label in there]
    return (pinned or firsts)[:MOST_DIGITS]


def directions(shape: tuple[int, int]) -> None:
    """PCA's components and the decoder's directions at a few codes, as pictures."""
    model, count = loading.model(opened.run), min(config.k, MOST_DIRECTIONS)
    noun = view.data.noun
    st.header("Directions", anchor=False)
    st.markdown(
        "What changes in the picture when one number grows: white becomes lighter, black darker. "
        "**PCA's directions are the same everywhere. The autoencoder's turn** from "
        f"{noun} to {noun}, which is how few numbers reach far; beside each {noun} stands the "
        "largest angle between the decoder's plane there and PCA's."
    )
    heads = ["", *(str(number) for number in range(1, count + 1))]
    rows = [
        Row(
            "PCA, everywhere",
            np.concatenate([pca.mean[None], grey(pca.components[:count])]),
            ["mean", *(f"PC {number + 1}" for number in range(count))],
        )
    ]
    for i in digits():
        image = test.pixels(np.array([i]))
        jacobian = model.decoder_jacobian(model.encode(image)[0])
        angle = principal_angles(jacobian, pca.components[: config.k])[-1]
        rows.append(
            Row(
                f"At test {noun} {i:,}",
                np.concatenate([image, grey(jacobian[:count])]),
                view.data.class_names(test.labels[[i]]) + [f"code {n + 1}" for n in range(count)],
                f"turned by {angle:.0f}°",
            )
        )
    if count <= FEW:
        for start in range(0, len(rows), BESIDE):
            for column, row in zip(st.columns(BESIDE), rows[start:], strict=False):
                with column:
                    panel([row], FEW_PICTURE, shape)
    else:
        panel(rows, PICTURE, shape, heads)
    st.caption(f"{noun.capitalize()}s pinned in Explore are shown here instead of these.")


def loadings() -> None:
    """The same of columns, as a table."""
    i, count = digits()[0], min(config.k, MOST_DIRECTIONS)
    model = loading.model(opened.run)
    jacobian = model.decoder_jacobian(model.encode(test.pixels(np.array([i])))[0])
    st.header("Directions", anchor=False)
    st.markdown(
        "How much each column, scaled to [0, 1], changes when one number grows. **PCA's directions "
        f"are the same everywhere. The autoencoder's turn** from row to row; these are at test row "
        f"{i:,}."
    )
    by_pca = {f"PC {n + 1}": pca.components[n] for n in range(count)}
    values.columns_table(view.data, by_pca | {f"code {n + 1}": jacobian[n] for n in range(count)})
    st.caption("The first row pinned in Explore is taken instead.")


worth()
if view.data.shape:
    directions(view.data.shape)
else:
    loadings()
