"""Reconstructions: the same digits as they are, as PCA shows them, and as networks do."""

from dataclasses import replace
from itertools import zip_longest

import numpy as np
import streamlit as st

from pcae import store
from pcae.counts import counted
from pcae.figures import charts
from pcae.files import DamagedFile
from pcae.methods import noise
from pcae.methods.autoencoder import first
from pcae.methods.metrics import equivalent_k, error_by_class, error_per_image
from pcae.server import loading
from pcae.settings import CHOICES
from pcae.store import Run
from pcae.ui import component, course, denoising, link, offer, questions, run_picker, shell, values
from pcae.ui.charts import chart
from pcae.ui.digits import Row, close_ups, panel, signed
from pcae.ui.run_picker import chosen
from pcae.ui.tables import table as draw_table

MOST, DRAWS = 40, 1000
CLASSES_BESIDE = 20  # each a column of the table; more are its rows
AS_GOOD = "k = {k} is as good"
AS_GOOD_HELP = "With so many components PCA's error over all test images is this network's."
AS_GOOD_AS_ALL = (
    "With so many components PCA's error over all test images is this network's with all its codes."
)
NONE_CHOSEN = (
    "There are no such test {noun}s: on Explore, draw around {noun}s to select them, or click "
    "{noun}s to pin them."
)
WHITE = "Mean squared error at each pixel over all {count:,} test images; white is {most:.3f}."
EACH_COLUMN = "Mean squared error of each column, scaled to [0, 1], over {count:,} rows."
UNDER_PICTURES = (
    "Click a picture to see it close up, pixel by pixel. Under it stands its reconstruction error: "
    "the mean squared error over its {inputs} pixels. Means are of all {count:,} test images."
)
UNDER_VALUES = (
    "In the units of the data. The error is the mean squared error over the columns, scaled to "
    "[0, 1]; means are of all {count:,} test rows."
)
ROW_HEAD = "k = {k}, mean error {error:.4f}"
WHICH = ["First", "One per class", "Random", "Worst", "Best"]
GAINS = {"Autoencoder gains": 1, "PCA gains": -1}  # the sign by which its gain comes first
FROM_EXPLORE: dict[str, component.Chosen] = {
    "Selected in Explore": "selected",
    "Pinned in Explore": "pinned",
}
WIDTH = 1215  # of the pictures together, in a window 1280 wide

opened = chosen()
config, view = opened.config, opened.view
data, test = view.data, view.data.test


def choose(which: str, n: int, label: int | None, k: int) -> np.ndarray:
    """Indices of at most n test digits, of one class or of all."""
    there = np.arange(len(test)) if label is None else np.flatnonzero(test.labels == label)
    if which == "One per class":
        firsts = [np.flatnonzero(test.labels == label)[:1] for label in range(len(data.classes))]
        return np.intersect1d(np.concatenate(firsts), there)
    if which == "Random":
        return np.random.default_rng(st.session_state["draw"]).permutation(there)[:n]
    if which in FROM_EXPLORE:
        kept = np.array(component.chosen_digits(FROM_EXPLORE[which]), int)
        return kept[np.isin(kept, there)][:n]
    if which == "First":
        return there[:n]
    errors = loading.errors(opened.run, data, k, kind).images
    if which in GAINS:
        errors = GAINS[which] * (errors - loading.pca_errors(view, k, kind).images)
    order = there[np.argsort(errors[there], kind="stable")]
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


def ordered(run: Run) -> bool:
    """Whether the run's first codes reconstruct alone."""
    return run.config.code_order == "nested"


def with_codes(name: str, run: Run, k: int) -> str:
    """What a run is called, with the number of codes that k leaves of ordered ones."""
    return f"{name}, {counted(run.config.kept(k), 'code')}" if ordered(run) else name


def errors_everywhere(k: int, runs: list[Run]) -> None:
    """Mean errors of each class, and at each pixel, over all test images."""
    st.header("Where the errors are", anchor=False)
    called = run_picker.titles(runs)
    names = [f"PCA, k = {k}", *(with_codes(called[run.key], run, k) for run in runs)]
    errors = [loading.pca_errors(view, k, kind)]
    errors += [loading.errors(run, data, k, kind) for run in runs]
    by_class = []
    if data.labelled:
        by_class = [error_by_class(of.images, test.labels, len(data.classes)) for of in errors]
        left, maps = st.columns([7, 4], gap="medium")
        with left:
            figure = charts.error_by_class(data.classes, list(zip(names, by_class, strict=True)))
            chart(figure, "error_by_class", "Mean test error of each class", 300)
    else:
        maps = st.container()
    with maps:
        where(names, errors)
    classes = data.classes if data.labelled else ()
    means = [
        [*(found or ()), float(of.images.mean())]
        for found, of in zip_longest(map(list, by_class), errors)
    ]
    if len(classes) > CLASSES_BESIDE:
        values.classes_table([*classes, "all"], dict(zip(names, means, strict=True)))
        return
    lines = [[name, *(f"{of:.4f}" for of in each)] for name, each in zip(names, means, strict=True)]
    draw_table(["test error", *classes, "all"], lines)


def where(names: list[str], errors: list[loading.Errors]) -> None:
    """Mean errors at each pixel as maps, of each column as a table."""
    if data.shape is None:
        found = zip(names[:2], errors[:2], strict=True)
        values.columns_table(data, {name: of.pixels for name, of in found})
        st.caption(EACH_COLUMN.format(count=len(test)))
        return
    most = max(float(of.pixels.max()) for of in errors[:2])
    shown = np.stack([of.pixels / most for of in errors[:2]])
    words = [f"PCA, k = {k}", with_codes("Autoencoder", opened.run, k)]
    panel([Row("", shown, words)], 150, data.shape)
    st.caption(WHITE.format(count=len(test), most=most))


def captions(images: np.ndarray, pictures: np.ndarray) -> list[str]:
    """Each picture's error."""
    return [f"{error:.4f}" for error in error_per_image(images, pictures)]


k_key, last_k = f"pca_k_{config.k}", len(view.pca.test_error) - 1
as_good = max(1, round(equivalent_k(loading.test_error(opened.run, view), view.pca.test_error)))
most_k = min(last_k, max(100, config.k, as_good))
if st.session_state.pop("as_good_asked", False):
    st.session_state[k_key] = as_good
labels = [None, *(range(len(data.classes)) if data.labelled else [])]
link.widgets(
    {
        "which": ("First", [*WHICH, *GAINS, *FROM_EXPLORE]),
        "class": (None, labels),
        "how_many": (10, range(1, MOST + 1)),
        k_key: (config.k, range(1, most_k + 1)),
        denoising.key(config): (config.noise, CHOICES["noise"]),
        "differences": (False, [True]),
        "draw": (0, range(1, DRAWS)),
    }
)
offered = offer.compared()
veiled = course.veils("reconstructions", "which") is not None
others = [] if veiled else compared()
beside = [opened.run, *others]
link.hold_compared([*(run.config for run in others), *offered])
which = st.segmented_control(
    f"Which test {data.noun}s", [*WHICH, *GAINS, *FROM_EXPLORE], key="which", required=True
)
class_column, n_column, noise_column, difference_column, k_column, as_good_column = st.columns(
    [4, 4, 5, 4, 6, 6], vertical_alignment="bottom"
)
label = class_column.selectbox(
    "Class",
    labels,
    format_func=lambda of: "all" if of is None else data.classes[of],
    key="class",
)
n = n_column.number_input("How many", 1, MOST, key="how_many")
moves = "Components and ordered codes" if any(map(ordered, beside)) else "Principal components"
k = config.k if veiled else k_column.slider(f"{moves} k", 1, most_k, key=k_key)
kind = "none"
if not course.asked("reconstructions", "which"):
    kind = denoising.choose(noise_column, config)
if kind == "none" and not (veiled or course.hides_worth()):
    as_good_column.button(
        AS_GOOD.format(k=as_good),
        key="as_good",
        width="stretch",
        on_click=lambda: st.session_state.update(as_good_asked=True),
        help=AS_GOOD_AS_ALL if ordered(opened.run) else AS_GOOD_HELP,
    )
may_differ = bool(data.shape) and not veiled
differences = may_differ and difference_column.toggle("Differences", key="differences")

indices = choose(which or "First", int(n), label, k)
if which == "Random" and st.button("Draw others", icon=":material/casino:"):
    st.session_state["draw"] = (st.session_state["draw"] + 1) % DRAWS
    st.rerun()
if not len(indices):
    st.info(NONE_CHOSEN.format(noun=data.noun))
    raise shell.PageEnds


def add(name: str, pictures: np.ndarray, mean: str) -> None:
    """A row of reconstructions, and one of how they differ from the originals."""
    rows.append(Row(name, pictures, captions(images, pictures), mean))
    if differences:
        rows.append(Row("", signed(pictures - images, 1.0), (), "difference", (-1.0, 1.0)))


def draw(shape: tuple[int, int]) -> None:
    """The rows of pictures, as many columns under each other as there is room for."""
    size = int(np.clip((WIDTH - 130) / len(indices) - 5, 44, 108))
    per_line = max(1, (WIDTH - 130) // (size + 5))
    for start in range(0, len(indices), per_line):
        part = slice(start, start + per_line)
        shown_rows = [replace(r, images=r.images[part], captions=r.captions[part]) for r in rows]
        panel(shown_rows, size, shape, heads[part], close_up=True)
    close_ups()
    st.caption(UNDER_PICTURES.format(inputs=data.inputs, count=len(test)))


if which == "Selected in Explore":
    link.hold({"selected": ",".join(map(str, indices))})
images = test.pixels(indices)
seen = noise.add(kind, images, indices)
by_pca = view.pca.reconstruct(seen, k)
called = run_picker.titles(others)
rows = [Row("Original", images, [f"no. {i:,}" for i in indices])]
pca_mean = float(view.pca.test_error[k])
if kind != "none":
    pca_mean = float(loading.pca_errors(view, k, kind).images.mean())
    rows.append(Row("With noise", seen, captions(images, seen)))
add("PCA", by_pca, ROW_HEAD.format(k=k, error=pca_mean))
shown = []
for run in beside:
    try:
        network, kept = loading.model(run), run.config.kept(k)
        by_network = network.decode(first(network.encode(seen), kept))
        error = loading.errors(run, data, k, kind).images.mean()
        mean = ROW_HEAD.format(k=kept, error=error)
        add("Autoencoder" if run.key == opened.run.key else called[run.key], by_network, mean)
        shown.append(run)
    except DamagedFile as problem:
        st.error(str(problem))

rows = questions.rows(rows)
heads = data.class_names(test.labels[indices])
if data.shape:
    draw(data.shape)
else:
    values.values_table(data, rows, heads)
    st.caption(UNDER_VALUES.format(count=len(test)))
if opened.run in shown and kind != "none":
    network_mean = float(loading.errors(opened.run, data, k, kind).images.mean())
    denoising.say(kind, config, data, network_mean, pca_mean)
if opened.run in shown and not veiled:
    errors_everywhere(k, shown)
