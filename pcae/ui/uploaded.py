"""What visitors bring: how large a file may be, and how it comes from Streamlit to the disk.

Streamlit keeps a file in memory for as long as the page is open that it was brought to. It is taken
from there as soon as it has come, and the place for files is empty again: what was brought is shown
beside it, and stays while its visitor looks at other pages.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from pcae import rights, rules
from pcae.data.apart.reader import Reader
from pcae.data.apart.spool import File, Full, Spool
from pcae.data.limits import MOST_UPLOADED
from pcae.files import FREE_SPACE
from pcae.ui.words import as_text

_KEPT, _NUMBER, _PROBLEM, _LOST = "brought", "uploads", "uploads_problem", "uploads_lost"
_MOST_SHOWN = 12
_LONGEST, _HALF = 48, 23  # characters of a name
_TOO_LARGE = """<style>.stFileUploader:has([aria-invalid="true"])::after{{
content:"A file marked red is larger than {most} MB and was not read: \
bring fewer rows, or pack them as .npz or .gz.";display:block;padding-top:.5rem}}</style>"""


def most_megabytes() -> int:
    """How large a file who asks may bring."""
    most = MOST_UPLOADED // 2**20
    return most if rights.teaches() else max(1, min(most, rules.current().upload_mb))


def say_too_large() -> None:
    """Have the page say why a file is refused: by the browser, so that the server does not know."""
    st.html(_TOO_LARGE.format(most=most_megabytes()))


def reader() -> Reader:
    """What reads the files of this visit, and has them."""
    if _KEPT not in st.session_state:
        spool = Spool(rights.who().name, _is_open())
        st.session_state[_KEPT] = Reader(spool)
    return st.session_state[_KEPT]


def _is_open() -> Callable[[], bool]:
    context = get_script_run_ctx(suppress_warning=True)
    session = context.session_id if context else ""
    return lambda: runtime.exists() and runtime.get_instance().is_active_session(session)


def chosen() -> str:
    """Whether files chosen in this visit are here ("wait") or not any more ("went"); else ""."""
    if not st.session_state.get(_NUMBER):
        return ""
    return "wait" if reader().spool.files else "went"


def lose() -> None:
    """Take note that the browser knows of files that this visit does not."""
    st.session_state[_LOST] = True


def are_lost() -> bool:
    """Whether files were chosen that went with an earlier visit, and none since."""
    return _LOST in st.session_state and not chosen()


def look() -> None:
    """A page is drawn: the files that this visit has brought are kept for longer."""
    if _KEPT in st.session_state:
        reader().spool.look()


def ask(label: str, changed: Callable[[], None]) -> None:
    """Draw the place for files, and those that were brought; `changed` is called for others."""
    say_too_large()
    key = f"upload_{st.session_state.setdefault(_NUMBER, 0)}"
    st.file_uploader(
        label,
        accept_multiple_files=True,
        max_upload_size=most_megabytes(),
        key=key,
        on_change=_take,
        args=(key, changed),
    )
    if problem := st.session_state.pop(_PROBLEM, ""):
        st.error(problem)
    if files := reader().spool.files:
        _show(files, changed)


def _take(key: str, changed: Callable[[], None]) -> None:
    """Take files from Streamlit; what does not fit is said, and all else is kept."""
    files = [of for of in st.session_state.get(key) or () if isinstance(of, UploadedFile)]
    if not files:
        return  # taken already: the browser says again what it said, as it does not know yet
    spool = reader().spool
    for file in files:
        try:
            spool.add(file.name, file.getbuffer())
        except Full as problem:
            st.session_state[_PROBLEM] = str(problem)
        except OSError as problem:
            st.session_state[_PROBLEM] = (
                f"“{as_text(file.name)}” could not be kept ({problem.strerror}): {FREE_SPACE}"
            )
        _forget(file)
    st.session_state[_NUMBER] += 1
    changed()


def _forget(file: UploadedFile) -> None:
    """Have Streamlit let go of a file, as it does where its visitor takes it away."""
    context = get_script_run_ctx(suppress_warning=True)
    forget = getattr(context and context.uploaded_file_mgr, "remove_file", None)
    if context and forget:
        forget(session_id=context.session_id, file_id=file.file_id)


def _show(files: list[File], changed: Callable[[], None]) -> None:
    with st.container(horizontal=True, gap="xsmall", key="brought_files"):
        for file in files[:_MOST_SHOWN]:
            name = as_text(shortened(file.name))
            st.button(
                f"{name} :small[{in_words(file.size)}]",
                icon=":material/close:",
                icon_position="right",
                key=f"away_{file.path.name}",
                help=f"Take {name} away",
                on_click=_take_away,
                args=([file], changed),
            )
        if len(files) > 1:
            more = len(files) - _MOST_SHOWN
            words = f"And {more:,} more: take all away" if more > 0 else "Take all away"
            st.button(
                words, type="tertiary", key="away", on_click=_take_away, args=(files, changed)
            )


def _take_away(files: list[File], changed: Callable[[], None]) -> None:
    spool = reader().spool
    for file in files.copy():
        spool.take_away(file)
    changed()


def shortened(name: str) -> str:
    """A name of a file with its middle left out where it is long."""
    return name if len(name) <= _LONGEST else f"{name[:_HALF]}…{name[-_HALF:]}"


def in_words(size: int) -> str:
    """A number of bytes, for people."""
    for unit, bytes_of in (("GB", 2**30), ("MB", 2**20)):
        if size >= bytes_of:
            return f"{size / bytes_of:.1f} {unit}"
    return f"{max(1, round(size / 1024))} kB"
