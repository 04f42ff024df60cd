"""Updates fetched from Telegram by long polling.

python-telegram-bot reads a whole batch of updates or none of it, and one malformed update would then come again
for ever: here the batch stays as Telegram sent it, and is stored before it is confirmed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from telegram.error import Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import BaseRequest

from bot.telegram.delivery import retry_seconds
from bot.telegram.logs import log
from index.errors import CitebotError

ALLOWED_UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member")
LONGEST_WAIT_SECONDS: Final = 30.0

Take = Callable[[Sequence[Any]], Awaitable[None]]


class TokenRefused(CitebotError):
    """Telegram does not know the token, or no longer does."""


class Poller:
    """One loop that fetches updates and hands them over."""

    def __init__(
        self, address: str, request: BaseRequest, take: Take, *, timeout_seconds: int = 30, slack_seconds: float = 10
    ) -> None:
        """address: the base URL with the token. take: stores the updates; they are confirmed when it returns.

        slack_seconds: how much longer than the poll its answer may take.
        """
        self._slack = slack_seconds
        self._address = address
        self._request = request
        self._take = take
        self._timeout = timeout_seconds
        self._offset: int | None = None
        self._wait = 0.0
        self._in_conflict = False

    async def run(self) -> None:
        """Fetch until cancelled. Raises TokenRefused."""
        while True:
            try:
                updates = await self._fetch(self._timeout)
            except TelegramError as error:
                await asyncio.sleep(self._pause(error))
                continue
            self._recovered()
            try:
                await self._take(updates)
            except CitebotError as error:  # not stored, so not confirmed: it comes again
                log(logging.ERROR, "updates cannot be stored, trying on", reason=str(error))
                await asyncio.sleep(self._longer())
                continue
            if not self._confirm(updates) and updates:
                await asyncio.sleep(1)  # nothing in it had a number: it will come again

    async def confirm(self) -> None:
        """Tell Telegram what was taken, so that it does not send it again. Where that fails it does, once."""
        if self._offset is not None:
            with contextlib.suppress(TelegramError):
                await self._fetch(0)

    async def _fetch(self, timeout: int) -> list[Any]:
        asked = {"timeout": timeout, "allowed_updates": json.dumps(ALLOWED_UPDATES)}
        if self._offset is not None:
            asked["offset"] = self._offset
        found = await self._request.post(
            f"{self._address}/getUpdates?{urlencode(asked)}", read_timeout=timeout + self._slack
        )
        if not isinstance(found, list):
            raise TelegramError("getUpdates gave no list")
        return found

    def _confirm(self, updates: Sequence[Any]) -> bool:
        numbers = [number for update in updates if (number := number_of(update)) is not None]
        if numbers:
            self._offset = max(numbers) + 1
        return bool(numbers)

    def _pause(self, error: TelegramError) -> float:
        """How long to wait after an error, which is told when it begins. Raises TokenRefused."""
        if isinstance(error, InvalidToken | Forbidden):
            raise TokenRefused(refused_token()) from None
        if isinstance(error, RetryAfter):
            return retry_seconds(error)
        if isinstance(error, Conflict):
            self._tell_conflict()
        elif not self._wait:
            level = logging.WARNING if isinstance(error, NetworkError) else logging.ERROR
            log(level, "updates cannot be fetched, trying on", reason=f"{type(error).__name__}: {error}")
        return self._longer()

    def _longer(self) -> float:
        self._wait = min(max(self._wait * 2, 0.5), LONGEST_WAIT_SECONDS)
        return self._wait

    def _tell_conflict(self) -> None:
        if not self._in_conflict:
            log(
                logging.ERROR,
                "another process polls with the same token: only one of the two gets each message. "
                "Stop the other, or give one of them a token of its own",
            )
        self._in_conflict = True

    def _recovered(self) -> None:
        if self._wait:
            log(logging.WARNING, "updates are fetched again")
        self._wait, self._in_conflict = 0.0, False


def number_of(update: Any) -> int | None:
    """An update's number; None for what is no update."""
    number = update.get("update_id") if isinstance(update, dict) else None
    return number if isinstance(number, int) else None


def refused_token() -> str:
    """What to say where Telegram does not take the token."""
    return (
        "Telegram does not take this bot token. Take the current one from @BotFather and put it into "
        "TELEGRAM_BOT_TOKEN; with a Bot API server of your own, look at telegram.base_url too"
    )
