"""Names of any kind on every page: nothing of them is taken for Markdown, HTML or a formula."""

import json
import re

import pytest

from tests import hostile
from tests.pages.test_pages import switch

PAGES = (
    *("explore", "reconstructions", "components", "latent_plane", "draw", "quality", "compare"),
    *("train", "data", "take_home"),
)
READ = ("markdown", "caption", "error", "warning", "info", "success", "header", "toast")
LABELLED = (
    "button",
    "toggle",
    "selectbox",
    "number_input",
    "slider",
    "multiselect",
    "download_button",
)
SIGNS = re.compile(  # that would mean something in Markdown
    r"(?<!\\)(\*\*[Tb]\*\*|`[cs]|\$[xy]|:red\[|\[l\]|<img|<b>|</script|:material/home)"
)
HTML = re.compile(r"<img src=x|<b>\.csv")


def written(app):
    """All that the page takes for Markdown, and all that it takes for HTML."""
    markdown = [of.value for kind in READ for of in getattr(app, kind)]
    for kind in LABELLED:
        for of in app.get(kind):
            markdown += [getattr(of, "label", ""), getattr(of.proto, "help", "")]
    for group in app.get("button_group"):
        markdown += [option.content for option in group.proto.options]
    return markdown, [of.proto.body for of in app.get("html")]


def figures(app):
    """All texts of the figures that components are sent."""
    for component in app.get("bidi_component"):
        told = json.loads(component.proto.json or "{}")
        if "figure" in told:
            yield from _texts(told["figure"])


def _texts(value):
    if isinstance(value, dict):
        value = value.values()
    elif isinstance(value, str):
        yield value
        return
    elif not isinstance(value, list):
        return
    for part in value:
        yield from _texts(part)


@pytest.mark.parametrize("kind", ["pictures", "table"])
def test_names_are_text_on_every_page(app, kind, monkeypatch):
    monkeypatch.setattr("pcae.training.quality.start", lambda: None)
    data = getattr(hostile, kind)()
    run = hostile.network(data)
    app.session_state["run"] = run.key
    app.session_state["compare"] = {run.key}
    app.session_state["train_on"] = data.name
    app.run()
    said = []
    for page in PAGES:
        switch(app, page)
        markdown, html = written(app)
        said += markdown
        assert not [of for of in markdown if SIGNS.search(of)], page
        if page == "reconstructions" and kind == "pictures":
            heads = [of for of in html if "pcae-panel" in of]
            assert "&lt;img src=x onerror=&quot;hurt=1&quot;&gt;" in "".join(heads)
        assert not [of for of in html if HTML.search(of)], page
        assert not [of for of in figures(app) if re.search(r"<img|\$x|%\{x\} \{y", of)], page
    assert any(r"\*\*T\*\* \<img src=x" in of for of in said)
