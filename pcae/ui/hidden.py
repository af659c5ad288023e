"""What a link hides, pages and controls, for a class or a step; and large type for a projector."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from pcae.settings import LABELS
from pcae.ui import shell

EVERYWHERE = "all"
_NEW = "lessons"
TYPE = 1.3  # of a projector, against the usual
_PROJECTOR = f":root{{--pcae-type:{TYPE}}}html{{font-size:20px!important}}"


@dataclass(frozen=True)
class Control:
    """What a lesson can hide of a page: its name for people, and its elements in CSS, if any."""

    label: str
    elements: str = ""  # none: the page itself leaves it out


def _widget(label: str, key: str) -> Control:
    """A widget that shares its place with others, by its key or the beginning of that."""
    return Control(label, f'[class*="st-key-{key}"]')


def _column(label: str, key: str) -> Control:
    """A widget alone in its column."""
    return Control(label, f'.stColumn:has([class*="st-key-{key}"])')


CONTROLS: dict[str, dict[str, Control]] = {
    EVERYWHERE: {"network": _column("Choice of the network", "run_picked")},
    "explore": {
        "drag": Control("Move, Box, Lasso, Path", ".pcae-x-bar > .pcae-x-group"),
        "digits": Control("Digits shown", '.pcae-x-bar label:has([aria-label="Digits"])'),
        "colour": Control("Colour", '.pcae-x-bar label:has([aria-label="Colour"])'),
        "pictures": Control("Pictures", '.pcae-x-bar [name="Pictures"]'),
        "manifold": Control("Manifold", '.pcae-x-bar [name="Manifold"]'),
        "solid": Control("3-D", '.pcae-x-bar [name="3-D"]'),
        "find": Control("Find", '.pcae-x-bar label:has([aria-label^="Find"])'),
        "save": Control("PNG, SVG, CSV", ".pcae-x-bar > .pcae-d"),
        "classes": Control("Classes", ".pcae-x-legend > :is(.pcae-x-chip,.pcae-x-many)"),
        "axes": Control("Axes", ".pcae-x-axes"),
        "k": Control("PCA's k", ".pcae-x-k"),
        "noise": Control("Noise", ".pcae-x-noise"),
        "timeline": Control("Timeline", ".pcae-x-time"),
        "other_codes": _widget("Other codes", "other_codes_popover"),
    },
    "train": {
        "preset": Control("Start from"),
        **{name: Control(label) for name, label in LABELS.items()},
        "runs": Control("Trained networks"),
    },
    "reconstructions": {
        "which": _widget("Which test digits", "which"),
        "class": _column("Class", "class"),
        "how_many": _column("How many", "how_many"),
        "pca_k": _column("Principal components k", "pca_k_"),
        "as_good": _column("The k that is as good", "as_good"),
        "noise": _column("Noise", "noise_on_"),
        "differences": _column("Differences", "differences"),
    },
    "components": {"log_axes": _widget("Logarithmic axes", "log_axes")},
    "latent_plane": {
        "tiles": _widget("Pictures across and up", "tiles"),
        "share": _widget("Part of the plane", "share"),
        "quantiles": Control(
            "Spread crowded places", '[class*="st-key-quantiles"],[class*="st-key-normal"]'
        ),
        "regions": Control("Colour", '[class*="st-key-regions"],[class*="st-key-colour_by_"]'),
        "axes": Control("Across, up", '[class*="st-key-across_"],[class*="st-key-up_"]'),
        "digits": Control(
            "Digits A and B", '[class*="st-key-digit_"],[class*="st-key-another_pair"]'
        ),
        "sample": _widget("Sample", "sample_codes"),
    },
    "linear_pca": {
        "train": _column("Train", "linear_train"),
        "other": _column("Start from other weights", "linear_other"),
        "ordered": _column("Ordered codes", "linear_ordered"),
        "tied": _column("Tied weights", "linear_tied"),
    },
    "draw": {
        "pens": Control("Thin, Usual, Thick", ".pcae-draw-tools > .pcae-x-group"),
        "undo": Control("Undo, Clear", '.pcae-draw-tools > :is([name="Undo"],[name="Clear"])'),
        "picture": Control("Choose a picture", '.pcae-draw-tools > [name="Choose a picture …"]'),
    },
    "quality": {"dataset": _widget("Data set", "quality_dataset")},
    "compare": {
        "part": _column("Side by side, a grid of trainings", "compare_part"),
        "networks": Control("Networks", ".stColumn:has(.st-key-compared)"),
        "grid": _column("The form of a grid", "sweep_base"),
    },
    "data": {
        "add": _column("Data of your own", "upload_"),
        "train": _widget("Train on it", "on_"),
        "remove": _widget("Remove my data", "remove_"),
        "download": _widget("Download", "get_"),
    },
    "take_home": {
        "files": _column("Files", "files"),
        "script": _column("The run as code", "script"),
    },
}


def title(page: str) -> str:
    """What a group of controls is called."""
    return shell.TITLES.get(page, "Every page")


def read(asked: dict[str, str]) -> list[str]:
    """Take the lesson out of a link's parameters; which of these are not what they should be."""
    wrong = []
    names = [name for name in asked.pop("hide", "").split(",") if name]
    known = {*shell.TITLES, *(f"{page}.{of}" for page in CONTROLS for of in CONTROLS[page])}
    hidden = known.intersection(names)
    if len(hidden) < len(set(names)) or hidden.issuperset(shell.TITLES):
        wrong.append("hide")
    if hidden.issuperset(shell.TITLES):
        hidden -= set(shell.TITLES)
    if len({*shell.TITLES} - hidden - {_NEW}) == 1:  # this page only, of before it
        hidden.add(_NEW)
    st.session_state["hidden"] = hidden
    projector = asked.pop("projector", "0")
    st.session_state["projector"] = projector == "1"
    return wrong + ["projector"] * (projector not in {"0", "1"})


def hides(name: str) -> bool:
    """Whether the lesson hides a page, or a control named as in "train.k"."""
    return name in st.session_state.get("hidden", ())


def projector() -> bool:
    """Whether type is large."""
    return st.session_state.get("projector", False)


def to_query() -> dict[str, str]:
    """The lesson as parameters of a link."""
    hidden = st.session_state.get("hidden", ())
    found = {"hide": ",".join(sorted(hidden))} if hidden else {}
    return found | ({"projector": "1"} if projector() else {})


def open_page(page: StreamlitPage) -> None:
    """Take the hidden controls off the page; from a hidden page, go to the first that is shown."""
    name = shell.name(page)
    if hides(name):
        first = next(other for other in shell.TITLES if not hides(other))
        st.session_state["notice"] = (
            first,
            f"The page {shell.TITLES[name]} is not part of this lesson: "
            f"{shell.TITLES[first]} is shown.",
        )
        st.switch_page(shell.path(first))
    elements = [
        control.elements
        for group in (EVERYWHERE, name)
        for of, control in CONTROLS.get(group, {}).items()
        if control.elements and hides(f"{group}.{of}")
    ]
    hidden = f"{','.join(elements)}{{display:none!important}}" if elements else ""
    if hidden or projector():
        st.html(f"<style>{hidden}{_PROJECTOR if projector() else ''}</style>")
