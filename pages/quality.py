"""Quality: how well codes keep what digits are like, for PCA, networks and the literature."""

from dataclasses import asdict
from typing import Any

import streamlit as st

from pcae import names
from pcae.data.dataset import Dataset
from pcae.files import home
from pcae.methods.literature import PUBLISHED, REFERENCES
from pcae.methods.metrics import equivalent_k
from pcae.server import loading
from pcae.training import quality
from pcae.training.quality import (
    FOLDS,
    MOST_IMAGES,
    MOST_TEST,
    MOST_TRAINING,
    NEIGHBOURS,
    Quality,
    Subject,
)
from pcae.ui import run_picker, shell, visit
from pcae.ui.notice import stand_in_notice
from pcae.ui.tables import table as draw_table
from pcae.ui.words import as_text

POLL_SECONDS = 1.0
HEADS = {
    "method": "Method",
    "k": "k",
    "test_error": "Test error",
    "equivalent_k": "Equivalent k",
    "knn_accuracy": f"{NEIGHBOURS}-NN accuracy",
    "knn1_train_test": "1-NN, training to test",
    "knn5_train_test": "5-NN, training to test",
    "trustworthiness": "Trustworthiness",
    "continuity": "Continuity",
    "source": "Source",
}
DIGITS = {"test_error": 4, "equivalent_k": 1}  # else 3


def names_of(subjects: list[Subject]) -> list[str]:
    """What their rows are called."""
    titles = run_picker.titles(of.run for of in subjects if of.run)
    return [titles[of.run.key] if of.run else "PCA" for of in subjects]


def row(name: str, subject: Subject, found: Quality | None) -> dict[str, Any]:
    """A method's row; without figures while they are not measured."""
    figures = asdict(found) if found else dict.fromkeys(HEADS)
    return figures | {"method": name, "k": subject.k, "source": "measured here"}


def in_words(row: dict[str, Any], name: str) -> str:
    """A figure, or a dash where there is none."""
    value = row.get(name)
    return f"{value:.{DIGITS.get(name, 3)}f}" if isinstance(value, float) else str(value or "–")


def published(view: loading.View) -> list[dict[str, Any]]:
    """The literature's rows; the equivalent k is this PCA's, where it is of the same images."""
    rows = []
    for of in PUBLISHED:
        worth = None
        if of.test_error is not None and view.problem is None:
            worth = equivalent_k(of.test_error, view.pca.test_error)
        rows.append({"method": of.name} | asdict(of) | {"equivalent_k": worth})
    return rows


Found = list[tuple[Subject, Quality | None]]


def measured(subjects: list[Subject], dataset: str) -> Found:
    """What there is to measure of a data set, each with what was found."""
    data = loading.view(dataset).data
    return [(of, quality.kept(of, data)) for of in subjects if of.dataset == dataset]


def from_training_to_test(data: Dataset) -> str:
    """How 1-NN and 5-NN are measured, in a sentence."""
    voters, asked = min(len(data.train), MOST_TRAINING), min(len(data.test), MOST_TEST)
    first = "first " if voters < len(data.train) and not names.is_own(data.name) else ""
    return (
        "1-NN and 5-NN, training to test, as Sainburg et al. 2021: the nearest of the "
        f"{first}{voters:,} training images' codes, by Euclidean distance, vote on the codes of "
        f"{asked:,} test images."
    )


def table(dataset: str, found: Found) -> None:
    """The figures that there are."""
    view = loading.view(dataset)
    missing = sum(figures is None for _, figures in found)
    if missing and quality.running():
        done = len(found) - missing
        st.progress(done / len(found), f"Measured {done} of {len(found)} …")
    called = names_of([of for of, _ in found])
    rows = [row(name, *each) for name, each in zip(called, found, strict=True)]
    rows += published(view) if dataset == "mnist" else []
    draw_table(list(HEADS.values()), [[in_words(of, name) for name in HEADS] for of in rows])
    tests = len(view.data.test)
    st.caption(
        f"Test error, equivalent k and {NEIGHBOURS}-NN accuracy ({FOLDS}-fold cross-validation): "
        f"of the {tests:,} test images; trustworthiness and continuity of the first "
        f"{min(tests, MOST_IMAGES):,} with {NEIGHBOURS} neighbours. "
        f"{from_training_to_test(view.data)} What is published is of MNIST's 10,000 test images."
    )
    if dataset == "mnist":
        st.caption("  \n".join(f"**{of}**: {what}" for of, what in REFERENCES.items()))


@shell.polled(POLL_SECONDS)
def live(dataset: str) -> None:
    """The figures as they come."""
    if not quality.running():
        st.rerun(scope="app")
    table(dataset, measured(quality.subjects(), dataset))


def begin(missing: set[str]) -> None:
    """Have what is missing measured; once, for what cannot be measured stays missing."""
    if missing - tried() and not quality.running():
        st.session_state["tried"] = missing
        try:
            quality.start()
        except OSError as problem:
            st.error(f"Nothing can be measured: {home()} cannot be written ({problem.strerror}).")


def measure() -> None:
    """Have it tried, be it again."""
    st.session_state.pop("tried", None)
    visit.act()


def tried() -> set[str]:
    """What there was to measure when that was last begun."""
    return st.session_state.get("tried", set())


st.markdown(
    f"**Test error**: of the picture. **{NEIGHBOURS}-NN accuracy**: how often a digit's "
    f"{NEIGHBOURS} nearest codes vote for its class, of which neither method was told. "
    "**1-NN and 5-NN, training to test**: the same of a test digit by the nearest training codes. "
    "**Equivalent k**: how many principal components have the same test error. "
    "**Trustworthiness**: whether neighbours in the codes are neighbours among the images. "
    "**Continuity**: whether neighbours among the images stay neighbours in the codes. "
    "Accuracies, trustworthiness and continuity are best at 1."
)
subjects = quality.subjects()
datasets = [name for name in names.all_here() if name in {of.dataset for of in subjects}]
dataset = datasets[0]
if len(datasets) > 1:
    dataset = (
        st.segmented_control(
            "Data set",
            datasets,
            default=dataset,
            format_func=lambda of: as_text(names.title(of)),
            required=True,
            key="quality_dataset",
            on_change=visit.act,
        )
        or dataset
    )
stand_in_notice(dataset, loading.view(dataset))
found = measured(subjects, dataset)
unmeasured = [of for of, figures in found if figures is None]
missing = {
    f"{name} with k = {of.k}" for name, of in zip(names_of(unmeasured), unmeasured, strict=True)
}
if visit.acted():
    begin(missing)
if quality.running():
    live(dataset)
else:
    untried = not missing <= tried()
    if untried:
        st.button("Measure what is missing", key="measure", on_click=measure)
    table(dataset, found)
    if missing and not untried:
        which = as_text(", ".join(sorted(missing)))
        st.warning(f"Not measured: {which}. quality.log in the cache folder says why.")
        st.button("Measure again", key="measure", on_click=measure)
