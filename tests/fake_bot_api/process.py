"""The real command as a process of its own, over the fake behind HTTP on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from tests.fake_bot_api.core import FakeTelegram
from tests.fake_bot_api.http import served
from tests.fake_bot_api.people import Person, until

CITEBOT = str(Path(sys.executable).parent / "citebot")
START_SECONDS = 120.0


@dataclass
class Running:
    """A running `citebot telegram`. err: the file its stderr goes to."""

    process: asyncio.subprocess.Process
    telegram: FakeTelegram
    err: Path

    async def code(self) -> str:
        """The pairing code, from the line on stdout."""
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), START_SECONDS)
        assert line.startswith(b"pairing code: "), line
        return line.decode().removeprefix("pairing code: ").strip()

    async def listens(self) -> None:
        """Updates are fetched."""
        polls = self._polls()
        await until(lambda: self.process.returncode is not None or self._polls() > polls, START_SECONDS)

    async def stop(self) -> int:
        """SIGTERM; the exit status."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), 60)

    async def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        await self.process.wait()

    def person(self, number: int, name: str = "Ada") -> Person:
        return Person(self.telegram, number, name)

    def _polls(self) -> int:
        return sum(call.method == "getUpdates" for call in self.telegram.calls)


@contextlib.asynccontextmanager
async def running(
    telegram: FakeTelegram, folder: Path, *arguments: str, environment: dict[str, str] | None = None
) -> AsyncIterator[Running]:
    """The command with `folder` as its working directory; killed at the end where it still runs."""
    async with served(telegram) as base_url:
        err = folder / "stderr.log"
        with err.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                CITEBOT,
                "telegram",
                *arguments,
                cwd=folder,
                env=_environment(telegram, base_url, folder, environment or {}),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        bot = Running(process, telegram, err)
        try:
            yield bot
        finally:
            if process.returncode is None:
                await bot.kill()


def _environment(telegram: FakeTelegram, base_url: str, folder: Path, more: dict[str, str]) -> dict[str, str]:
    """This process's own, without settings of the caller, with the tree that is tested first on the path."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("CITEBOT_")}
    return {
        **own,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "HAYSTACK_TELEMETRY_ENABLED": "false",
        "XDG_STATE_HOME": str(folder / "state"),
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "CITEBOT_TELEGRAM__BASE_URL": base_url,
        "CITEBOT_LOG_LEVEL": "debug",
        **more,
    }
