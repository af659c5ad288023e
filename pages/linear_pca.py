"""Linear = PCA: without nonlinear layers an autoencoder finds PCA's plane, and no better one.

With ordered codes it finds the components themselves, with tied weights at right angles.
"""

from dataclasses import replace

import numpy as np
import streamlit as st

from pcae import store
from pcae.figures import charts
from pcae.files import DamagedFile
from pcae.methods.metrics import angles_by_row, project
from pcae.methods.pca import PCA
from pcae.names import SIDE
from pcae.presets import PRESETS, short_name
from pcae.server import loading
from pcae.store import Run
from pcae.training import jobs
from pcae.ui import course, link, shell, training_view, visit
from pcae.ui.charts import chart
from pcae.ui.digits import Row, panel, signed
from pcae.ui.notice import stand_in_notice

POLL_SECONDS = 0.4
OTHER_START = "Start from other weights"
NOT_YET = "Not trained yet: it takes some seconds."
DELETED = "The network was deleted in another tab. Train it again."
SO_FAR = (
    "After epoch {epoch} the largest angle is **{angle:.2f}°** and the test error {error:.5f}; "
    "PCA's is {pca:.5f} ({count:,} test images)."
)
ORDERED = """
**Ordered codes**: in training a digit keeps its first code alone, or both, as is drawn for it. The
first alone can do no better than PCA with one component, and both no better than with two. So each
direction goes to the **component of its number**, up to its sign, and to no other in the plane.
"""
TIED = """
**Tied weights**: the decoder's matrix is the encoder's, transposed (Baldi & Hornik 1989). Only
directions **of length 1 and at right angles**, as the components are, then reach PCA's error. They
may still be turned in the plane, unless the codes are ordered: these are then PCA's scores, up to
their signs.
"""
HELP_TIED = "One matrix there and back: the decoder's is the encoder's, transposed."
SO_FAR_TIED = " The directions are **{lengths}** long and **{apart:.2f}°** apart."
HELP = "Nested dropout: in training a digit keeps its first code alone, or both."
SO_FAR_ORDERED = " Its directions and the components are **{angles}** apart."
VEILED = "What the training finds is shown once the lesson's question is answered."
SAME_PLANE, SAME_COMPONENTS = (
    "The same plane, other directions",
    "The components, up to their signs",
)
PICTURE, HEIGHT = 92, 330
SENTENCES = """
1. Take the hidden layers and the sigmoid away: what is left is one matrix into *k* numbers and one
   back.
2. No such pair of matrices reconstructs with a smaller mean squared error than PCA with *k*
   components (Eckart & Young 1936), and training cannot be caught in another minimum, for there is
   none (Baldi & Hornik 1989).
3. So all that there is to find is PCA's plane: the **principal angles** between it and the plane of
   the decoder go to zero, and the error falls onto PCA's.
4. The codes need not be PCA's scores: any two directions in the same plane do as well.
5. Whatever an autoencoder does that PCA cannot, then, is the work of its nonlinear layers.
"""


def pictures(run: Run, pca: PCA) -> None:
    """PCA's components, the decoder's directions, and those components that lie in their plane."""
    st.header(SAME_COMPONENTS if ordered else SAME_PLANE, anchor=False)
    k = run.config.k
    components, decoder = pca.components[:k], run.model().weights["decoder.0.kernel"]
    rows = {
        "PCA's components": components,
        "The decoder's directions": decoder,
        "PCA's, in the decoder's plane": project(components, decoder),
    }
    panel(
        [
            Row(title, signed(of, np.abs(of).max(axis=1, keepdims=True)))
            for title, of in rows.items()
        ],
        PICTURE,
        (SIDE, SIDE),
        [str(number + 1) for number in range(k)],
    )


def draw(run: Run) -> None:
    """How far the training is, and what it has found by then."""
    try:
        angles, by_component = loading.angles_to_pca(run, view.pca)
        errors = [row.test_error for row in run.history]
        decoder = run.decoder(len(errors)) if tied and len(errors) in run.frames() else None
        message = jobs.status(run).message
    except FileNotFoundError:
        st.info(DELETED)
        return
    except DamagedFile as problem:
        st.error(str(problem))
        return
    pca_error = float(view.pca.test_error[config.k])
    if errors and len(angles):
        said = SO_FAR.format(
            epoch=len(errors),
            angle=angles[-1].max(),
            error=errors[-1],
            pca=pca_error,
            count=len(view.data.test),
        )
        if ordered:
            apart = " and ".join(f"{angle:.2f}°" for angle in by_component[-1])
            said += SO_FAR_ORDERED.format(angles=apart)
        if decoder is not None:
            lengths = " and ".join(f"{of:.3f}" for of in np.linalg.norm(decoder, axis=1))
            said += SO_FAR_TIED.format(lengths=lengths, apart=angles_by_row(*decoder[:, None])[0])
        st.markdown(said)
    else:
        st.markdown(message or NOT_YET)
    if not len(angles):  # else without its axes
        angles = by_component = np.full((1, config.k), np.nan)
    directions = by_component if ordered else None
    figure = charts.linear_timeline(angles, errors, pca_error, config.epochs, directions)
    label = "Principal angles between the decoder's plane and PCA's, and the test error, by epoch"
    if ordered:
        label = f"Angles between the decoder's directions and the components. {label}"
    chart(figure, "linear_timeline", label, HEIGHT)
    if len(errors) == config.epochs:
        pictures(run, view.pca)


@shell.polled(POLL_SECONDS)
def live(run: Run) -> None:
    """The same, while it trains."""
    if not jobs.going(run):
        st.rerun(scope="app")
    draw(run)


def another_seed() -> None:
    """Let the next training begin from other weights."""
    st.session_state["linear_seed"] = st.session_state.get("linear_seed", 0) + 1
    visit.act()


if course.veils("linear_pca", "number", "choice"):
    st.info(VEILED)
    raise shell.PageEnds
st.markdown(SENTENCES)
link.widgets({"linear_ordered": (False, [True]), "linear_tied": (False, [True])})
ordered, tied = st.session_state["linear_ordered"], st.session_state["linear_tied"]
linear = replace(
    PRESETS["Linear"],
    code_order="nested" if ordered else "none",
    decoder_weights="tied" if tied else "own",
    seed=st.session_state.get("linear_seed", 0),
)
config = loading.at_hand(linear)
if config != linear:
    config = replace(config, batch_size=32, epochs=40)  # about as many steps
view = loading.view(config.dataset)
stand_in_notice(linear.dataset, loading.view(linear.dataset))
run = store.find(config.key) or store.own_run(config.key)
if visit.acted():
    jobs.keep_warm(config)
name, order, tie, train, other = st.columns([5, 3, 3, 2, 4], vertical_alignment="center")
order.toggle("Ordered codes", key="linear_ordered", help=HELP)
tie.toggle("Tied weights", key="linear_tied", help=HELP_TIED)
name.markdown(f"**{short_name(config)}**  \n:small[{config.name}]")
# not in a callback: that would not know of other weights that were asked for a moment before
if train.button(
    "Train",
    key="linear_train",
    type="primary",
    width="stretch",
    icon=":material/play_arrow:",
    disabled=jobs.state(run) == "finished" or jobs.active(run),
):
    training_view.submit(config)
    st.rerun()
other.button(OTHER_START, key="linear_other", width="stretch", on_click=another_seed)
if ordered:  # below what was clicked, which stays where it is
    st.markdown(ORDERED)
if tied:
    st.markdown(TIED)
if refused := st.session_state.get("train_problem"):
    st.error(refused)
if jobs.going(run):
    live(run)
else:
    draw(run)
