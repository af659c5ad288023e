"""What a server says on its console, once, when others can reach it."""

import asyncio

import pytest
from streamlit import auth_util, config

from pcae import rules
from pcae.classroom import keys, network
from pcae.data import owndata
from pcae.server import announcing, login, visitors


@pytest.fixture
def options(monkeypatch):
    """The server's options, of a machine in two networks."""
    found = {
        "server.address": "0.0.0.0",
        "server.port": 8501,
        "browser.serverPort": 8501,
        "server.allowedHosts": ["localhost", "192.168.1.20", "10.0.0.5"],
        "server.baseUrlPath": "pcae",
    }
    plain, manual = config.get_option, config.is_manually_set
    monkeypatch.setattr(config, "get_option", lambda name: found.get(name, plain(name)))
    monkeypatch.setattr(config, "is_manually_set", lambda name: name in found or manual(name))
    monkeypatch.setattr(network, "addresses", lambda: ["192.168.1.20", "10.0.0.5", "172.17.0.1"])
    monkeypatch.setattr(login, "wanted", lambda: False)
    return found


def test_students_and_the_teacher_are_told_where(options):
    said = announcing.said(False)
    assert (
        "Students: http://192.168.1.20:8501/pcae\n        or: http://10.0.0.5:8501/pcae\n" in said
    )
    assert f"Teacher:  http://192.168.1.20:8501/pcae/?teacher={keys.token()}\n" in said
    assert "172.17" not in said and "█" not in said  # a name that is refused


def test_without_a_network_there_is_this_machine(options, monkeypatch):
    monkeypatch.setattr(network, "addresses", list)
    said = announcing.said(True)
    assert "in no network" in said and "█" not in said
    assert f"Teacher:  http://localhost:8501/pcae/?teacher={keys.token()}" in said


def test_a_terminal_shows_a_code(options, monkeypatch):
    monkeypatch.setattr(announcing, "_can_draw", lambda: True)
    assert network.qr("http://192.168.1.20:8501/pcae") in announcing.said(True)


def test_behind_a_proxy_the_address_is_the_proxys(options):
    options |= {"server.address": "localhost", "server.allowedHosts": ["class.example"]}
    said = announcing.said(True)
    assert "under which a proxy" in said and f"behind it ?teacher={keys.token()}" in said
    options["browser.serverAddress"] = "class.example"
    assert "class.example" in announcing.said(True)


def test_where_teachers_log_in_there_is_no_link(options, monkeypatch):
    monkeypatch.setattr(login, "wanted", lambda: True)
    monkeypatch.setattr(auth_util, "is_authlib_installed", lambda: True)
    assert "nobody is named" in announcing.said(True)
    keys.key()
    rules.path().write_text('teachers = ["ann@school.example"]')
    said = announcing.said(True)
    assert "Teachers log in: ann@school.example" in said and visitors.PARAMETER + "=" not in said
    rules.path().write_text("teachers = 3")
    assert "teachers has to be" in announcing.said(True)
    monkeypatch.setattr(auth_util, "is_authlib_installed", lambda: False)
    assert "pip install" in announcing.said(True)


def test_while_a_class_is_served_old_data_goes_again_and_again(options, monkeypatch):
    looked = []
    monkeypatch.setattr(owndata, "expire", lambda: looked.append(1))
    monkeypatch.setattr(announcing, "_SECONDS_TO_TIDY", 0.01)

    async def serve():
        async with announcing.open_to_others(None):
            while len(looked) < 3:
                await asyncio.sleep(0.01)
        seen = len(looked)
        await asyncio.sleep(0.05)
        return len(looked) - seen

    assert asyncio.run(asyncio.wait_for(serve(), 10)) <= 1
