"""Teachers who log in: with `[auth]` in Streamlit's secrets, `st.login` (OIDC) says who they are.

Streamlit keeps who has logged in in a signed cookie. Who stands there with a verified address that
`teachers` in `class.toml` names is the teacher, on the pages and over HTTP.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import cookie_parser
from streamlit import auth_util
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from pcae import rules

NEEDED = "Logging in needs two packages on the server: pip install 'streamlit[auth]'"


@functools.cache
def wanted() -> bool:
    """Whether teachers log in here: what Streamlit's secrets say when the server starts."""
    return bool(auth_util.get_secrets_auth_section())


def provider() -> str | None:
    """The name of the first who says who people are, where the secrets name them; else None."""
    section = auth_util.get_secrets_auth_section()
    named = [name for name, of in section.items() if isinstance(of, Mapping)]
    return None if "client_id" in section or not named else named[0]


def teacher(headers: list[str]) -> str | None:
    """The address of the teacher who has logged in.

    Parameters
    ----------
    headers : list of str
        The request's `Cookie` headers.

    Returns
    -------
    str or None
        None where nobody has, or no teacher, or one whose address nobody has verified.
    """
    person = _logged_in(headers)
    address = person.get("email")
    verified = person.get("email_verified") in (True, "true")  # some providers write it as text
    if not verified or not isinstance(address, str):
        return None
    try:
        named = {_same(each) for each in rules.read().teachers}
    except rules.RulesError:
        return None
    return _same(address) if _same(address) in named else None


def _logged_in(headers: list[str]) -> dict[str, Any]:
    """What Streamlit's cookie says of who has logged in; nothing where it is not signed by it."""
    cookies = cookie_parser("; ".join(headers))
    if USER_COOKIE_NAME not in cookies:
        return {}

    def signed(name: str) -> bytes | None:
        value = cookies.get(name, "").encode("latin-1", "replace")
        return decode_signed_value(get_cookie_secret(), name, value)

    try:
        found = json.loads(auth_util.get_cookie_with_chunks(signed, USER_COOKIE_NAME) or b"{}")
    except ValueError:
        return {}
    ours = isinstance(found, dict) and found.get("is_logged_in") is True
    return found if ours and found.get("origin") == auth_util.get_origin_from_redirect_uri() else {}


def _same(address: str) -> str:
    """An address as it is compared; only of Latin letters do large and small mean the same."""
    return address.lower() if address.isascii() else address
