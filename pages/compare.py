"""Compare: any trained networks side by side, and a grid of trainings followed as one."""

import streamlit as st

from pcae import store
from pcae.config import RunConfig
from pcae.figures.charts import plane
from pcae.figures.codes import Coded
from pcae.figures.colors import of_network
from pcae.figures.sides import MOST_DRAWN, curves, differ, rows, short_names
from pcae.presets import PRESETS
from pcae.store import FRAME_DIGITS, Run
from pcae.ui import charts, link, offer, run_picker, sweep_view
from pcae.ui.notice import stand_in_notice
from pcae.ui.sides import Shown, sides
from pcae.ui.tables import table as draw_table
from pcae.ui.words import as_text

SIDE_BY_SIDE, GRID = "Side by side", "A grid of trainings"
HEIGHT = 380
FIRST = [
    PRESETS[name].key for name in ("Seed network, 5 epochs", "Seed network, 25 epochs", "Best 2-D")
]


def keep_choice() -> None:
    """This choice is the ticks on Train."""
    st.session_state["compare"] = set(st.session_state["compared"])


def choose() -> list[Run]:
    """The networks to compare: at first those ticked on Train, else a few of the presets."""
    runs = store.trained_runs()
    titles = run_picker.titles(runs.values())
    if "compared" not in st.session_state:
        ticked = st.session_state.get("compare") or {key for key in FIRST if key in titles}
        here = [key for key in titles if key in ticked]
        st.session_state["compared"] = [*here, *sorted(ticked - titles.keys())]
    gone = [key for key in st.session_state["compared"] if key not in titles]
    if gone:
        st.warning(f"Not there any more, since deleted: {', '.join(gone)}. The others are shown.")
        st.session_state["compared"] = [k for k in st.session_state["compared"] if k in titles]
        keep_choice()
    picked = st.multiselect(
        "Networks",
        list(titles),
        format_func=titles.__getitem__,
        key="compared",
        on_change=keep_choice,
        placeholder="Choose trained networks",
        label_visibility="collapsed",
    )
    return [runs[key] for key in picked]


def draw_curves(shown: list[Shown], names: list[str]) -> None:
    """Test errors by epoch."""
    label = f"Test error by epoch of {', '.join(names)}"
    charts.chart(curves(shown, names), "compared_curves", label, HEIGHT)


def codes(shown: list[Shown], names: list[str]) -> None:
    """The first test digits' codes of each network."""
    drawn = []
    for number, (of, name) in enumerate(list(zip(shown, names, strict=True))[:MOST_DRAWN]):
        labels = of.view.data.test.labels[:FRAME_DIGITS]
        codes = plane(name, "code", of.codes, labels)
        drawn.append(Coded([codes], labels, of.view.data.classes, network=number))
    charts.codes(drawn, "compared_codes", f"Codes of {', '.join(names)}", HEIGHT)


def table(shown: list[Shown], names: list[str]) -> None:
    """The settings that differ and what came of them, a column a network."""
    titles = [
        of.title if name == of.title else f"{number}: {of.title}"
        for number, (of, name) in enumerate(zip(shown, names, strict=True), 1)
    ]
    lines = [[label, *values] for label, values in rows(shown)]
    draw_table(["", *titles], lines, [of_network(number) for number in range(len(shown))])


def explain(shown: list[Shown]) -> None:
    """Of which digits the figures and the pictures are."""
    words = []
    if differ(shown, "dataset"):
        words.append("These are of different data sets: each network is on its own test images.")
    words += map(as_text, {of.config.dataset: of.source for of in shown}.values())
    if not all(of.quality for of in shown):
        words.append("What codes keep of the digits is measured on Quality.")
    words.append(f"The scatters show the codes of the first {FRAME_DIGITS:,} at most.")
    if len(shown) > MOST_DRAWN:
        words.append(f"The codes of the first {MOST_DRAWN} networks are drawn.")
    if any(of.config.k > 2 for of in shown):
        words.append("Of more than two codes the first two are drawn.")
    st.caption(" ".join(words))


def side_by_side(runs: list[Run], offered: list[RunConfig]) -> None:
    """Curves, codes, settings and figures of the chosen networks."""
    shown = sides(runs)
    link.hold_compared([*(of.config for of in shown), *offered])
    if not shown:
        st.info("Choose networks above, or tick some on Train.")
        return
    for of in {of.config.dataset: of for of in shown}.values():
        stand_in_notice(of.config.dataset, of.view)
    names = short_names(shown)
    left, right = st.columns([5, 6], gap="medium")
    with left:
        draw_curves(shown, names)
    with right:
        codes(shown, names)
    table(shown, names)
    explain(shown)


parts, rest = st.columns([4, 9])
link.widgets({"compare_part": (SIDE_BY_SIDE, [GRID])})
part = parts.segmented_control(
    "What to compare",
    [SIDE_BY_SIDE, GRID],
    key="compare_part",
    persist_state="session",
    required=True,
    label_visibility="collapsed",
)
if part == GRID:
    with rest:
        key = sweep_view.choose()
    sweep_view.show(key)
else:
    with rest:
        offered = offer.compared()
        chosen = choose()
    side_by_side(chosen, offered)
