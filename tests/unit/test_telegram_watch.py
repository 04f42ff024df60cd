"""The watch over the articles folder goes on whatever a sync raises, and says so."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot import compose
from bot.commands import telegram
from bot.settings import Settings
from index.errors import IndexDamaged


def test_the_watch_survives_anything(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    faults = [ValueError("not foreseen"), IndexDamaged("a damaged page"), MemoryError()]
    looked: list[int] = []

    def sync_if_changed(*_: Any, **__: Any) -> None:
        looked.append(1)
        if faults:
            raise faults.pop(0)

    async def watch_for_a_while() -> None:
        watching = asyncio.create_task(telegram._watched(settings))
        while len(looked) < 5:
            await asyncio.sleep(0.01)
        assert not watching.done()
        watching.cancel()

    settings = Settings.model_validate({"telegram": {"sync_seconds": 0.01}})
    monkeypatch.setattr(compose, "sync_if_changed", sync_if_changed)
    asyncio.run(asyncio.wait_for(watch_for_a_while(), timeout=30))
    told = capsys.readouterr().err
    assert "ValueError: not foreseen" in told
    assert "a damaged page" in told
    assert "MemoryError" in told
