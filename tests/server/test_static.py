"""Scripts and style sheets, packed, and the page that names them early."""

import asyncio
import gzip
import re
from types import SimpleNamespace

import pytest
from streamlit.web.server.starlette.starlette_static_routes import (
    create_streamlit_static_handler,
)

from pcae import scripts
from pcae.server import static
from pcae.server.static import Static
from tests.server.test_routes import SHIPPED, addresses

STREAMLIT = static._STREAMLIT
LARGE = next((STREAMLIT / "static" / "js").glob("protobuf.*.js"))


def ask(path, method="GET", receive=None, **sent):
    """Status, headers and body of an answer of Streamlit's own files behind `Static`."""
    messages = []

    async def send(message):
        messages.append(message)

    async def nothing():
        await asyncio.Event().wait()

    head = {
        "accept-encoding": "gzip, br",
        **{key.replace("_", "-"): of for key, of in sent.items()},
    }
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in head.items()],
    }
    if "?" in path:
        scope |= {"path": path.split("?")[0], "query_string": path.split("?")[1].encode()}
    app = Static(create_streamlit_static_handler(str(STREAMLIT), ""))
    asyncio.run(app(scope, receive or nothing, send))
    headers = {name.decode().lower(): value.decode() for name, value in messages[0]["headers"]}
    return messages[0]["status"], headers, b"".join(of.get("body", b"") for of in messages[1:])


def unpacked(answer):
    status, headers, body = answer
    assert status == 200
    assert headers["content-encoding"] == "gzip"
    assert headers["content-length"] == str(len(body))
    return gzip.decompress(body)


def test_a_script_of_streamlits_is_packed_for_those_who_can_unpack_it():
    answer = ask(f"/static/js/{LARGE.name}")
    assert unpacked(answer) == LARGE.read_bytes()
    assert len(answer[2]) < len(LARGE.read_bytes()) / 5
    assert "immutable" in answer[1]["cache-control"]
    assert answer[1]["content-type"].startswith("text/javascript")
    assert answer[1]["vary"] == "Accept-Encoding"
    status, headers, body = ask(f"/static/js/{LARGE.name}", accept_encoding="identity")
    assert (status, body) == (200, LARGE.read_bytes())
    assert "content-encoding" not in headers


def test_head_has_the_same_headers_and_no_body():
    path = f"/static/js/{LARGE.name}"
    status, headers, body = ask(path, "HEAD")
    assert (status, body) == (200, b"")
    assert headers == ask(path)[1]


@pytest.mark.parametrize(
    "path",
    [
        *("/static/js/nothing.js", "/static/../index.html", "/static/js/..%2f..%2findex.html"),
        *(f"/static/js/./{LARGE.name}", f"//static/js/{LARGE.name}", "/static/js", "/static/js/"),
    ],
)
def test_only_names_that_are_there_are_packed(path):
    assert ask(path)[1].get("content-encoding") != "gzip"


@pytest.mark.parametrize(
    "name", ["explorer/explorer.js", "core/numerics.js", "explorer/explorer.css", "plotly.min.js"]
)
def test_our_scripts_are_served_with_their_version(name):
    answer = ask(f"/{static.code()}{name}")
    path = scripts.PLOTLY if name == "plotly.min.js" else scripts.FOLDER / name
    assert unpacked(answer) == path.read_bytes()
    assert answer[1]["content-type"].startswith(("text/javascript", "text/css"))
    assert "immutable" in answer[1]["cache-control"]


def test_scripts_of_another_version_are_not_answered():
    for version in ("0" * 12, "code", static.code().split("/")[2][:5]):
        status, headers, body = ask(f"/explorer/code/{version}/explorer/explorer.js")
        assert (status, body) == (404, b"There is no such script.")
        assert headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "name", ["explorer/onefile.html", "../server/routes.py", "..%2Fstore.py", "nothing.js", ""]
)
def test_nothing_else_is_served(name):
    assert ask(f"/{static.code()}{name}")[0] == 404


def links(page):
    return re.findall(r'<link rel="modulepreload" href="\./([^"]+)">', page.decode())


def test_the_page_names_what_it_will_import():
    page = unpacked(ask("/", accept="text/html"))
    found = links(page)
    assert f"{static.code()}explorer/explorer.js" in found
    assert f"{static.code()}core/numerics.js" in found
    assert any(re.match(r"static/js/BidiComponent\.[^/]+\.js", name) for name in found)
    assert len(set(found)) == len(found)
    for name in found:
        assert unpacked(ask(f"/{name}"))
    draw = links(unpacked(ask("/draw", accept="text/html")))
    assert f"{static.code()}draw/draw.js" in draw
    assert f"{static.code()}explorer/explorer.js" not in draw


def test_the_page_is_streamlits_otherwise():
    page = unpacked(ask("/", accept="text/html"))
    own = (STREAMLIT / "index.html").read_bytes()
    start = page.index(b'<link rel="modulepreload" href="./static/js/BidiComponent')
    assert page[:start] + page[page.index(b"</head>") :] == own
    plain = ask("/", accept="text/html", accept_encoding="identity")
    assert plain[2] == page
    assert plain[1]["content-length"] == str(len(page))


def test_the_page_is_never_one_that_was_kept():
    status, headers, _ = ask("/", accept="text/html")
    assert headers["cache-control"] == "no-cache"
    assert not {"etag", "last-modified"} & set(headers)
    tag = ask("/", accept="*/*")[1]["etag"]
    assert ask("/", accept="text/html", if_none_match=tag)[0] == status == 200


def test_a_first_visit_fetches_the_points_that_it_will_show(monkeypatch):
    monkeypatch.setattr(static, "first_points", "")
    assert b'preload" as=' not in unpacked(ask("/", accept="text/html"))
    points = f'<link rel="preload" as="fetch" crossorigin href="./{addresses(SHIPPED)["run"]}test">'
    assert points.encode() in unpacked(ask("/", accept="text/html"))
    for other in ("/draw", "/?run=ac7d8200e52d"):
        assert points.encode() not in unpacked(ask(other, accept="text/html"))


def test_connections_hold_nothing_back():
    told = []
    found = SimpleNamespace(family=2, setsockopt=lambda *option: told.append(option))

    class Cycle:
        transport = SimpleNamespace(get_extra_info={"socket": found}.get)

        async def receive(self):
            """Nothing comes."""

    ask(f"/static/js/{LARGE.name}", receive=Cycle().receive)
    assert told == [(6, 1, 1)]  # TCP, no delay
