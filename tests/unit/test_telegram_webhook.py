"""Updates that Telegram brings: only with the secret, only whole, confirmed only when stored."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.telegram.webhook import Receiver
from index.errors import StorageFull
from tests.fake_bot_api.core import FakeTelegram
from tests.fake_bot_api.people import until
from tests.fake_bot_api.stage import FRONTS, played, staged

SECRET = "a-secret_of-webhooks"
UPDATE = {"update_id": 1, "message": {}}
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status"),
    [
        ("POST", "/hook", {HEADER: SECRET}, json.dumps(UPDATE), 200),
        ("POST", "/hook", {}, json.dumps(UPDATE), 403),
        ("POST", "/hook", {HEADER: "wrong"}, json.dumps(UPDATE), 403),
        ("POST", "/other", {HEADER: SECRET}, json.dumps(UPDATE), 404),
        ("GET", "/hook", {HEADER: SECRET}, "", 405),
        ("POST", "/hook", {HEADER: SECRET}, "{not json", 400),
        ("POST", "/hook", {HEADER: SECRET}, "x" * 1_000_001, 413),
    ],
)
def test_a_request_is_taken_or_refused(method: str, path: str, headers: dict[str, str], body: str, status: int) -> None:
    taken: list[Any] = []

    async def take(updates: Sequence[Any]) -> None:
        taken.extend(updates)

    async def scenario() -> None:
        receiver = Receiver("/hook", SECRET, take)
        await receiver.start("127.0.0.1", 0)
        try:
            async with httpx.AsyncClient() as client:
                address = f"http://127.0.0.1:{receiver.port}{path}"
                answer = await client.request(method, address, headers=headers, content=body)
            assert answer.status_code == status
        finally:
            await receiver.stop()

    played(scenario)
    assert taken == ([UPDATE] if status == 200 else [])


def test_what_cannot_be_stored_is_not_confirmed() -> None:
    async def take(_: Sequence[Any]) -> None:
        raise StorageFull("no room")

    async def scenario() -> None:
        receiver = Receiver("/hook", SECRET, take)
        await receiver.start("127.0.0.1", 0)
        async with httpx.AsyncClient() as client:
            address = f"http://127.0.0.1:{receiver.port}/hook"
            answer = await client.post(address, headers={HEADER: SECRET}, json=UPDATE)
        await receiver.stop()
        assert answer.status_code == 503

    played(scenario)


def test_rubbish_on_the_port_is_harmless() -> None:
    async def take(_: Sequence[Any]) -> None:
        raise AssertionError("nothing to take")

    async def scenario() -> None:
        receiver = Receiver("/hook", SECRET, take)
        await receiver.start("127.0.0.1", 0)
        for rubbish in (b"\x16\x03\x01\x02", b"POST /hook HTTP/1.1\r\n\r\n", b""):
            reader, writer = await asyncio.open_connection("127.0.0.1", receiver.port)
            writer.write(rubbish)
            writer.write_eof()
            await asyncio.wait_for(reader.read(), 5)
            writer.close()
        await receiver.stop()

    played(scenario)


@pytest.mark.parametrize("front", FRONTS)
def test_the_bot_answers_what_the_webhook_brings(front: str, tmp_path: Path, unused_tcp_port: int) -> None:
    async def scenario() -> None:
        telegram = FakeTelegram()
        async with staged(
            front,
            tmp_path,
            telegram=telegram,
            public=True,
            administrators=(7,),
            webhook_url="https://bot.example/hook",
            webhook_port=unused_tcp_port,
        ) as stage:
            assert telegram.webhook is not None
            assert telegram.webhook["url"] == "https://bot.example/hook"
            stage.person(2).says("How many roses?")
            (update,) = telegram.waiting()
            secret = telegram.webhook["secret_token"]
            async with httpx.AsyncClient() as client:
                address = f"http://127.0.0.1:{unused_tcp_port}/hook"
                for _ in range(2):  # Telegram brings it again where it heard nothing
                    brought = await client.post(address, headers={HEADER: secret}, json=update)
                    assert brought.status_code == 200
            await until(lambda: telegram.sent)
            await stage.service.dispatcher.idle()
            assert len(telegram.sent) == 1

    played(scenario)


@pytest.fixture
def unused_tcp_port() -> int:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
