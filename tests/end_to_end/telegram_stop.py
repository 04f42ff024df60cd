"""The bot told to stop while it starts, at several moments, and twice at the end.

Run as a program in a network namespace of its own: `python -m tests.end_to_end.telegram_stop FOLDER`.
FOLDER holds `seeds/`, synced. The last line of stdout tells the exit statuses in JSON.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

from tests.fake_bot_api.core import FakeTelegram
from tests.fake_bot_api.loopback import bring_up
from tests.fake_bot_api.people import until
from tests.fake_bot_api.process import START_SECONDS, Running, running

MOMENTS = (0.0, 0.4, 1.0, 2.0)
"""Seconds after the command listens to signals. They run side by side, so that loading takes as long as that."""
SIGTERM_BIT = 1 << (signal.SIGTERM - 1)


async def played(folder: Path) -> dict[str, list[int]]:
    statuses = await asyncio.gather(*(_stopped_after(folder, seconds) for seconds in MOMENTS))
    return {"while it starts": list(statuses), "told twice": [await _told_twice(folder)]}


async def _stopped_after(folder: Path, seconds: float) -> int:
    async with running(FakeTelegram(), folder, "--no-sync") as bot:
        await _listens_to_signals(bot)
        await asyncio.sleep(seconds)
        return await bot.stop()


async def _told_twice(folder: Path) -> int:
    async with running(FakeTelegram(), folder, "--no-sync") as bot:
        await bot.listens()
        bot.process.send_signal(signal.SIGTERM)
        return await bot.stop()


async def _listens_to_signals(bot: Running) -> None:
    status = Path(f"/proc/{bot.process.pid}/status")
    await until(lambda: bot.process.returncode is not None or _catches_sigterm(status), START_SECONDS, 0.01)


def _catches_sigterm(status: Path) -> bool:
    caught = [line for line in status.read_text().splitlines() if line.startswith("SigCgt:")]
    return bool(int(caught[0].split()[1], 16) & SIGTERM_BIT)


if __name__ == "__main__":
    bring_up()
    print(json.dumps(asyncio.run(asyncio.wait_for(played(Path(sys.argv[1])), 240))))
