"""Take home: the open run as files, and as code that trains it anywhere."""

import shlex

import streamlit as st

from pcae import kept, store
from pcae.files import DamagedFile
from pcae.presets import preset_name
from pcae.server import routes
from pcae.takehome import keras_file
from pcae.takehome.exports import FORMATS, offered
from pcae.takehome.making import MOST_NETWORKS, SITE
from pcae.training import jobs
from pcae.ui.run_picker import chosen

POLL_SECONDS = 0.5
SCRIPT_HEIGHT = 560

opened = chosen()
run = opened.run


def row(name: str) -> None:
    """A format: what it is called and holds, and the button that downloads it."""
    of = FORMATS[name]
    words, button = st.columns([3, 2], vertical_alignment="center")
    words.markdown(f"**{of.label}**  \n:small[{of.about}]")
    with button:
        if name == "keras":
            model()
        else:
            download(name)


def download(name: str) -> None:
    """The link to the file, which the server makes when it is followed."""
    ending = FORMATS[name].ending.rpartition(".")[2]
    st.link_button(
        f".{ending}",
        routes.file_address(run, opened.view, name),
        icon=":material/download:",
        width="stretch",
    )


def model() -> None:
    """The button of the model, which a process makes first."""
    if keras_file.made(run):
        download("keras")
    elif keras_file.running(run):
        making()
    else:
        if st.button("Make .keras", key="make_keras", width="stretch"):
            make()
        elif keras_file.failed(run):
            st.error(keras_file.WHY_NOT)


@st.fragment(run_every=POLL_SECONDS)
def making() -> None:
    """Wait for the process."""
    try:
        done = not keras_file.running(run)
    except DamagedFile:
        done = True  # the run was deleted, which the whole page says
    if done:
        st.rerun(scope="app")
    st.button(":small[Making it, 5 to 10 s]", key="making_keras", width="stretch", disabled=True)


def ticked() -> list[str]:
    """The keys of the runs that are ticked on Train and may be taken home, else of the open one."""
    trained, ticks = store.trained_runs(), st.session_state.get("compare", set())
    found = [key for key, of in trained.items() if key in ticks and kept.is_takeable(of)]
    return found[:MOST_NETWORKS] or [run.key]


def site() -> None:
    """The site of the ticked networks, which the server makes when the link is followed."""
    words, button = st.columns([3, 2], vertical_alignment="center")
    keys = ticked()
    of = f"The {len(keys)} networks ticked on Train" if len(keys) > 1 else "This network"
    if keys != [run.key] and len(keys) == 1:
        of = "The network ticked on Train"
    words.markdown(f"**Site**  \n:small[{of} as plain files for any web server.]")
    with button:
        st.link_button(
            ".zip",
            routes.site_address(keys),
            icon=":material/download:",
            width="stretch",
        )


def make() -> None:
    """Start the process."""
    try:
        keras_file.start(run)
    except OSError as problem:
        st.error(str(jobs.unwritable(problem)))
    else:
        st.rerun()


formats = offered(run)
files, script = st.columns([5, 8], gap="medium")
with files, st.container(gap="xsmall", key="files"):
    if not kept.is_takeable(run):
        st.info(kept.NOT_TAKEN)
    for name in formats if kept.is_takeable(run) else ():
        row(name)
    if kept.is_takeable(run):
        site()
with script, st.container(key="script"):
    text = FORMATS["script"].make(run, opened.view.data, opened.view.pca).decode()
    st.code(text, language="python", height=SCRIPT_HEIGHT)
called = preset_name(opened.config) or run.key
st.caption(
    "Charts have links to themselves as PNG, SVG and CSV on their pages. The files above from the "
    f"command line: `python -m pcae export {shlex.quote(called)} --format "
    f"{formats[0]}`, or {', '.join([*formats[1:], SITE])}; a site may be of several."
)
