"""Explore: PCA scores beside bottleneck codes; choose digits in either and see what they become."""

from functools import partial

import numpy as np
import streamlit as st

from pcae import figures
from pcae.metrics import error_per_image
from pcae.ui import loading, shell
from pcae.ui.digits import Row, panel
from pcae.ui.run_picker import chosen

COUNTS = (1_000, 2_000, 5_000, 10_000)
USUAL_COUNT = 5_000  # as in the Cross Validated answer
PICTURES, PICTURE, PICTURE_UNDER_NOTICE = 7, 136, 112
CHART_HEIGHT, NOTICE_HEIGHT, AXES_HEIGHT = 590, 80, 90

shell.need_frame()
opened = chosen()
config, view = opened.config, opened.view
test = view.data.test


def how_many() -> int:
    """How many of the test digits to show."""
    counts = [n for n in COUNTS if n < len(test)] + [min(len(test), COUNTS[-1])]
    usual = counts.index(USUAL_COUNT) if USUAL_COUNT in counts else len(counts) - 1
    return st.selectbox(
        "Test digits", counts, usual, format_func="{:,}".format, key=f"count_{counts[-1]}"
    )


def axes() -> tuple[tuple[int, int], tuple[int, int]]:
    """The two components and the two codes to draw; there is a choice where k > 2."""
    if config.k <= 2:
        return (0, 1), (0, 1)
    places: list[int] = []
    for column, name, start in zip(
        st.columns(4), ("PC", "PC", "code", "code"), (0, 1, 0, 1), strict=True
    ):
        direction = "up" if start else "across"
        places.append(
            column.selectbox(
                f"{name}, {direction}",
                list(range(1, config.k + 1)),
                start,
                format_func=f"{name} {{}}".format,
                key=f"axis_{name}_{direction}_{config.k}",
            )
            - 1
        )
    return (places[0], places[1]), (places[2], places[3])


def keep_selection(chart: str) -> None:
    """Keep the indices of the digits that were just chosen in either plane, in order."""
    points = st.session_state[chart]["selection"]["points"]
    found = [int(np.ravel(p["customdata"])[0]) for p in points if p.get("customdata") is not None]
    st.session_state["selected"] = sorted(set(found))


def clear() -> None:
    """Choose no digit; a new chart takes the old one's place, since that keeps its selection."""
    st.session_state["selected"] = []
    st.session_state["charts_cleared"] = st.session_state.get("charts_cleared", 0) + 1


def scatters(count: int) -> np.ndarray:
    """Draw both planes; the indices of the digits chosen in either."""
    pca_pair, code_pair = axes()
    scores, codes = loading.scores(view, config.k), loading.codes(opened.run, view.data)
    indices, labels = np.arange(count), test.labels[:count]
    kept = [i for i in st.session_state.get("selected", []) if i < len(test)]
    selected = np.array(kept, int)
    figure = figures.linked_scatters(
        [
            figures.plane("PCA scores", "PC", scores[:count], labels, pca_pair),
            figures.plane("Bottleneck codes", "code", codes[:count], labels, code_pair),
        ],
        labels,
        view.data.classes,
        indices,
        selected[selected < count],
    )
    above = NOTICE_HEIGHT * bool(view.problem) + AXES_HEIGHT * (config.k > 2)
    figure.update_layout(height=CHART_HEIGHT - above)
    chart = f"scatter_{st.session_state.get('charts_cleared', 0)}"
    st.plotly_chart(
        figure,
        key=chart,
        on_select=partial(keep_selection, chart),
        selection_mode=("points", "box", "lasso"),
        config={"displaylogo": False, "scrollZoom": True, "displayModeBar": True},
    )
    return selected


def inspect_one(index: int) -> None:
    """One digit, large, with both reconstructions and their errors."""
    image = test.pixels(np.array([index]))
    by_pca = view.pca.reconstruct(image, config.k)
    by_network = loading.model(opened.run).reconstruct(image)
    st.markdown(f"**{view.data.classes[test.labels[index]]}**, test digit {index:,}")
    rows = [Row("", image, ["Original"])]
    for name, picture in ((f"PCA, k = {config.k}", by_pca), ("Autoencoder", by_network)):
        error = error_per_image(image, picture)[0]
        rows.append(Row("", picture, [f"{name}: error {error:.4f}"]))
    panel(rows, PICTURE_UNDER_NOTICE if view.problem else PICTURE)


def inspect_many(indices: np.ndarray) -> None:
    """Several digits: mean errors of both, and the first few as pictures."""
    images = test.pixels(indices)
    by_pca = view.pca.reconstruct(images, config.k)
    by_network = loading.model(opened.run).reconstruct(images)
    pca_mean = error_per_image(images, by_pca).mean()
    network_mean = error_per_image(images, by_network).mean()
    st.markdown(f"**{len(indices):,} digits**")
    st.caption(f"Mean error: PCA {pca_mean:.4f}, autoencoder {network_mean:.4f}")
    triples = np.stack([images, by_pca, by_network], axis=1)[:PICTURES]
    panel(
        [Row("", triple) for triple in triples],
        50,
        heads=("original", "PCA", "autoenc."),
    )
    if len(indices) > PICTURES:
        st.caption("The first of them; more on Reconstructions.")


chart, side = st.columns([11, 2])
with side:
    count = how_many()
with chart:
    selected = scatters(count)
with side:
    if len(selected) > 1:
        inspect_many(selected)
    else:
        inspect_one(int(selected[0]) if len(selected) else 0)
    if len(selected):
        st.button("Clear", width="stretch", on_click=clear)
    else:
        st.caption("Click a digit in either plot; choose the lasso to draw around several.")
