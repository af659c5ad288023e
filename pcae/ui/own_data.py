"""Adding data of one's own: its files, what was understood of them, and what can be chosen.

What a visitor has chosen is one value, `Choices`, in the session. The files are read by a process
(`pcae.data.apart.reader`); what it says can be chosen is drawn here, whatever it is, and another
choice has it look again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath
from typing import Any

import streamlit as st

from pcae import names, rights, rules
from pcae.data import owndata
from pcae.data.apart.reader import FIRST_ROWS, Reading
from pcae.data.choices import Choices, Question, Understood
from pcae.data.dataset import DataError, Dataset
from pcae.data.owndata import LONGEST_TITLE
from pcae.files import FREE_SPACE
from pcae.rights import Denied
from pcae.ui import roles, shell, uploaded
from pcae.ui.digits import Row, panel
from pcae.ui.values import MOST_COLUMNS
from pcae.ui.words import as_text

PATIENCE = 1.5  # seconds in which a small file is there, without a bar that comes and goes
_CHOICES, _ADDED, _TITLE, _WANTED = "data_choices", "data_added", "data_title", "data_wanted"
_TITLE_KEY = "upload_title"
_FEW_ROWS, _PICTURE = 5, 48
_LISTED = 700  # pixels of what there is, below
_MOST_LEFT = 50
_SHORT = 46  # characters of all options together that stand side by side
_FORMS = """
:small[**Tables:** `.csv` and its kin, `.xlsx`, Parquet, ARFF, libsvm; a row a line, labels as a
column. **Arrays:** `.npz`, `.npy`, `.mat` or IDX, of the shape (images, rows, columns) or (images,
pixels), and labels as an array of their own. **Pictures:** a `.zip` of them, in a folder for each
class. Labels are optional. At most 64×64 pixels or 4,096 columns, 200,000 rows, and {most} MB. What
you bring is never executed; it is kept on the machine that serves this page, {whose}.]
"""
_FOR_ALL = "for all who use it, until you remove it"
_FOR_A_STUDENT = "for you and the teacher alone, and removed after {hours:g} hours"
_LET_GO = "The files that you chose were let go, as nobody looked at them: choose them again."
_LOST = (
    "This page or its server began anew, and the files that you chose were let go: choose them "
    "again."
)
_STYLE = """<style>
.st-key-data_questions{row-gap:.5rem}
.st-key-data_whys{margin-top:-.5rem}
.st-key-data_left p,.st-key-data_left li{font-size:.875rem;line-height:1.4}
.st-key-data_left p{margin-bottom:.15rem!important}
</style>"""


def add(listing: Callable[[], None]) -> None:
    """Draw the place for files and, once there are some, what was understood of them.

    Parameters
    ----------
    listing : function
        Draws what there is besides: it stands beside, or below where there is much to choose.
    """
    reading = _read()
    done = reading and reading.wait(PATIENCE)
    found = reading.found if reading and done else None
    left, right = st.columns([6, 5], gap="large")
    with left:
        st.header("Data of your own", anchor=False)
        uploaded.ask("Files of one data set", _begin)
        if reading is None:
            _say_what_fits()
        elif found:
            st.html(_STYLE)
            _understood(found)
        elif not done:
            _watch(reading)
        else:
            st.session_state.pop(_WANTED, None)
            _say_problem(reading)
    with right:
        if reading and found:
            roles.choose(found.columns, _role)
            _lists(found)
            _keep(reading, found)
            _add_wanted(reading)
        else:
            listing()
    if found:
        with st.container(width=_LISTED):
            listing()


def _read() -> Reading | None:
    """What is read with what was chosen, if there are files."""
    reader = uploaded.reader()
    if not reader.spool.files:
        return None
    st.session_state.pop(_ADDED, None)
    return reader.ask(st.session_state.setdefault(_CHOICES, Choices()))


def _begin() -> None:
    """There are other files: what was chosen when they were added before is chosen again."""
    spool = uploaded.reader().spool
    st.session_state[_CHOICES] = owndata.choices_of(spool.digest) or Choices()
    st.session_state.pop(_WANTED, None)
    if not spool.files:
        spool.empty()
        st.session_state.pop(_TITLE, None)


def _say_what_fits() -> None:
    if added := st.session_state.get(_ADDED):
        st.success(added)
    elif uploaded.reader().spool.was_left:
        st.info(_LET_GO)
    elif uploaded.are_lost():
        st.info(_LOST)
    whose = _FOR_ALL
    if not rights.teaches():
        whose = _FOR_A_STUDENT.format(hours=rules.current().upload_hours)
    st.markdown(_FORMS.format(most=uploaded.most_megabytes(), whose=whose))


# ---------------------------------------------------------------- while files are read


@shell.polled(0.5)
def _watch(reading: Reading) -> None:
    """Say how far it is, until there is something to show."""
    if reading.done:
        st.rerun(scope="app")
    words = "Others' files are read first …" if reading.waiting else "Reading the files …"
    bar, button = st.columns([5, 1], vertical_alignment="bottom")
    bar.progress(reading.share, as_text(reading.words) if reading.words else words)
    button.button("Stop", key="stop_reading", width="stretch", on_click=uploaded.reader().stop)


def _say_problem(reading: Reading) -> None:
    """Say why there is nothing to show, and offer to try again where that may help."""
    if reading.problem:
        st.error(as_text(reading.problem))
    else:
        st.info("Reading was stopped.")
    if reading.stopped or reading.cut_off:
        st.button("Read the files", key="read_again", on_click=uploaded.reader().forget)


# ---------------------------------------------------------------- what was understood


def _understood(found: Understood) -> None:
    if found.problem:
        st.error(as_text(found.problem))
    if found.sentences:
        first, *others = map(as_text, found.sentences)
        st.markdown("  \n".join([f"**{first}**", *(f":small[{each}]" for each in others)]))
    if found.data is not None:
        _preview(found.data)
    _questions(found.questions)


def _preview(data: Dataset) -> None:
    shape = data.shape
    few = slice(0, FIRST_ROWS if shape else _FEW_ROWS)
    images = data.test.pixels(few)
    heads = data.class_names(data.test.labels[few])
    if shape:
        panel([Row("", images, heads)], _PICTURE, shape)
        return
    columns: dict[str, list] = {"Class": heads} if data.labelled else {}
    values = data.values(images)
    for number, name in enumerate(data.columns[:MOST_COLUMNS]):
        columns[f"{name} (column)" if name == "Class" else name] = values[:, number].tolist()
    st.dataframe(columns, hide_index=True)
    if data.inputs > MOST_COLUMNS:
        st.caption(f"The first {MOST_COLUMNS} of {data.inputs:,} columns are shown.")


def _questions(questions: list[Question]) -> None:
    with st.container(horizontal=True, key="data_questions"):
        for question in questions:
            _question(question)
    with st.container(key="data_whys", gap="xxsmall"):
        for question in questions:
            if question.why:
                sign = ":material/lightbulb: " if question.suggested else ""
                st.caption(f"{sign}**{as_text(question.label)}:** {as_text(question.why)}")


def _question(question: Question) -> None:
    """Draw one, with what was taken; the widget's own memory is never asked."""
    key, values = f"choose_{question.field}", [value for value, _ in question.options]
    words = {value: text for value, text in question.options}
    st.session_state[key] = question.value
    common: dict[str, Any] = {"key": key, "on_change": _chosen, "args": (question.field, key)}
    label = as_text(question.label)
    if sum(map(len, words.values())) <= _SHORT:
        shown = {value: as_text(text) for value, text in words.items()}
        st.segmented_control(label, values, required=True, format_func=shown.__getitem__, **common)
    else:
        st.selectbox(label, values, format_func=words.__getitem__, width=300, **common)


def _chosen(field: str, key: str) -> None:
    _change(**{field: st.session_state[key]})


def _role(column: str, role: Any) -> None:
    before = st.session_state[_CHOICES].roles
    _change(roles=(*((name, of) for name, of in before if name != column), (column, role)))


def _change(**fields: Any) -> None:
    st.session_state[_CHOICES] = replace(st.session_state[_CHOICES], **fields)


def _lists(found: Understood) -> None:
    """What is used of the files, and what is not."""
    with st.container(key="data_left", gap="xsmall"):
        if found.used:
            st.markdown("**Used**\n" + "".join(f"\n- {as_text(each)}" for each in found.used))
        if found.left:
            lines = [f"{as_text(of.what)}: {as_text(of.why)}" for of in found.left]
            more = len(lines) - _MOST_LEFT
            lines[_MOST_LEFT:] = [f"and {more:,} more"] if more > 0 else []
            st.markdown("**Not used**\n" + "".join(f"\n- {each}" for each in lines))


# ---------------------------------------------------------------- keeping it


def _keep(reading: Reading, found: Understood) -> None:
    if found.data is None:
        return
    name, button = st.columns([5, 2], vertical_alignment="bottom")
    st.session_state[_TITLE_KEY] = st.session_state.get(_TITLE, _suggested(reading, found))
    name.text_input("What it is called", max_chars=LONGEST_TITLE, key=_TITLE_KEY, on_change=_called)
    button.button("Add this data", key="add_data", type="primary", width="stretch", on_click=_want)


def _called() -> None:
    st.session_state[_TITLE] = st.session_state[_TITLE_KEY]


def _want() -> None:
    """Add the data once what was chosen with the same click, or just before it, is understood."""
    st.session_state[_WANTED] = st.session_state[_TITLE_KEY]


def _suggested(reading: Reading, found: Understood) -> str:
    file = PurePath(_first_used(reading, found)).name
    return names.plain(file.split(".")[0]) or "My data"


def _first_used(reading: Reading, found: Understood) -> str:
    """The name of the file with the rows."""
    files = [file.name for file in reading.files]
    used = found.used[0] if found.used else ""
    return next((name for name in files if used.startswith(names.plain(name))), files[0])


def _add_wanted(reading: Reading) -> None:
    """Add the data if its visitor has said so; a sentence says where it cannot be."""
    title, found = st.session_state.pop(_WANTED, None), reading.found
    if title is None or found is None or found.data is None:
        return
    spool = uploaded.reader().spool
    try:
        whole = reading.whole()
        owndata.keep(whole, title, found.scaling, choices=reading.choices, files=spool.digest)
    except OSError as problem:
        st.error(f"The data could not be kept ({problem.strerror}): {FREE_SPACE}")
        return
    except (Denied, DataError) as problem:
        st.error(str(problem))
        return
    spool.empty()
    _begin()
    st.session_state[_ADDED] = (
        f"“{as_text(title)}” is added: it stands under *Data set* on the page Train."
    )
    st.rerun()
