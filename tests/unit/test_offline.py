"""The guard of the tests itself: it must let loopback through and stop the rest."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from pathlib import Path

import pytest

from models.telemetry import VARIABLES
from tests.network import NetworkUsed, offline, without_network


def test_loopback_is_reachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


def test_asyncio_works() -> None:
    async def one() -> int:
        return 1

    assert asyncio.run(one()) == 1


def test_a_file_socket_is_reachable(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client.connect(str(tmp_path / "s"))


@pytest.mark.parametrize("host", ["192.0.2.1", "example.org", "2001:db8::1"])
def test_anything_else_is_not(host: str) -> None:
    with pytest.raises(NetworkUsed, match=host):
        socket.create_connection((host, 80), timeout=1)


def test_an_address_is_not_even_tried() -> None:
    with socket.socket() as client, pytest.raises(NetworkUsed):
        client.connect_ex(("192.0.2.1", 80))


def test_telemetry_is_off() -> None:
    assert {name: os.environ[name] for name in VARIABLES} == VARIABLES


@pytest.mark.skipif(not without_network(), reason="unshare -rn does not work here")
def test_commands_have_no_network() -> None:
    interfaces = offline(sys.executable, "-c", "import socket; print([name for _, name in socket.if_nameindex()])")
    assert interfaces.stdout == "['lo']\n"


def test_commands_do_not_see_the_callers_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEBOT_ARTICLES", "/elsewhere")
    seen = offline(sys.executable, "-c", "import os; print(os.environ.get('CITEBOT_ARTICLES'))")
    assert seen.stdout == "None\n"
