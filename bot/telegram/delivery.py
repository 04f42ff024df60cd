"""Messages on their way out: tried again where that helps, split where they are long, plain where tags fail.

sendMessage has no key that would tell Telegram of a repeat: where a connection breaks after Telegram took the
message, trying again makes a second one. Trying no more would lose the others, so it is tried again.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import logging
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, TypeVar

from telegram import Bot, ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.telegram.keyboards import Keyboard
from bot.telegram.logs import log
from bot.telegram.rich import Rich, as_html, plain, split, text
from bot.telegram.statistics import Statistics
from bot.telegram.units import shortened

T = TypeVar("T")
CALLBACK_UNITS: Final = 200
TYPING_SECONDS: Final = 4.5
"""Telegram shows it for five."""
FIRST_WAIT_SECONDS: Final = 0.5
LONGEST_WAIT_SECONDS: Final = 15.0
PATIENCE_SECONDS: Final = 900.0
"""A network may be lost for minutes."""
_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)


class Unreachable(Exception):
    """The chat takes no messages of ours: blocked, left, deleted, or no right to write."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes. reply_to: the message it answers; a deleted one does not matter."""

    chat: int
    thread: int | None = None
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """The messages something went out in. chat: differs from the target's after a migration."""

    chat: int
    messages: tuple[int, ...]


class Delivery:
    """Everything the bot says goes through here."""

    def __init__(
        self, bot: Bot, statistics: Statistics, migrated: Callable[[int, int], None], *, first_wait: float | None = None
    ) -> None:
        """migrated: told the old and the new id of a group. first_wait: seconds, for tests."""
        self._bot = bot
        self._statistics = statistics
        self._migrated = migrated
        self._first_wait = FIRST_WAIT_SECONDS if first_wait is None else first_wait

    async def say(self, target: Target, words: str, *, asks: bool = False) -> Sent:
        """Plain words. asks: open a reply for whoever is answered."""
        return await self.send(target, text(words), markup=ForceReply(selective=True) if asks else None)

    async def send(self, target: Target, rich: Rich, keyboard: Keyboard = (), *, markup: Any = None) -> Sent:
        """A text in as many messages as it takes, the buttons under the last. Raises Unreachable, TelegramError."""
        parts = split(rich)
        sent: list[int] = []
        for number, part in enumerate(parts):
            last = number == len(parts) - 1
            target, message = await self._send_part(target, part, (markup or _markup(keyboard)) if last else None)
            sent.append(message)
            target = replace(target, reply_to=None)
        return Sent(target.chat, tuple(sent))

    async def edit(self, target: Target, messages: list[int], rich: Rich, keyboard: Keyboard = ()) -> Sent:
        """Put another text into messages that were sent: more of them where it is longer, fewer where it is shorter."""
        parts = split(rich)
        kept: list[int] = []
        for number, part in enumerate(parts):
            markup = _markup(keyboard) if number == len(parts) - 1 else None
            edited = number < len(messages) and await self._edit_part(target.chat, messages[number], part, markup)
            if edited:
                kept.append(messages[number])
            else:
                target, message = await self._send_part(target, part, markup)
                kept.append(message)
        for surplus in messages[len(parts) :]:
            with contextlib.suppress(TelegramError, Unreachable):
                await self._tried("deleteMessage", partial(self._bot.delete_message, target.chat, surplus))
        return Sent(target.chat, tuple(kept))

    async def acknowledge(self, query: str, words: str | None = None, *, alert: bool = False) -> None:
        """Answer a pressed button. One that waited too long cannot be, which does not matter."""
        short = shortened(words, CALLBACK_UNITS) if words else None
        with contextlib.suppress(BadRequest, Unreachable):
            await self._tried("answerCallbackQuery", lambda: self._bot.answer_callback_query(query, short, alert))

    @contextlib.asynccontextmanager
    async def typing(self, target: Target) -> AsyncIterator[None]:
        """Show that an answer is being worked on. Where that fails, the work goes on."""
        task = asyncio.create_task(self._keep_typing(target))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def call(self, name: str, action: Callable[[], Awaitable[T]]) -> T:
        """Any other call, tried again where that helps. Raises Unreachable, TelegramError."""
        return await self._tried(name, action)

    async def _send_part(self, target: Target, part: Rich, markup: Any) -> tuple[Target, int]:
        """One message. Where its tags or its place do not hold, once more without."""
        try:
            return target, await self._send_html(target, part, markup)
        except ChatMigrated as error:
            self._migrated(target.chat, error.new_chat_id)
            target = replace(target, chat=error.new_chat_id, reply_to=None)
            return target, await self._send_html(target, part, markup)
        except BadRequest as error:
            if "thread not found" in str(error).lower():
                target = replace(target, thread=None)
                return target, await self._send_html(target, part, markup)
            raise

    async def _send_html(self, target: Target, part: Rich, markup: Any) -> int:
        try:
            return await self._send_text(target, as_html(part), ParseMode.HTML, markup)
        except BadRequest as error:
            if not _is_parse_error(error):
                raise
            log(logging.ERROR, "tags were refused, sent as plain text", chat=target.chat, reason=str(error))
            return await self._send_text(target, plain(part), None, markup)

    async def _send_text(self, target: Target, words: str, mode: str | None, markup: Any) -> int:
        reply = ReplyParameters(target.reply_to, allow_sending_without_reply=True) if target.reply_to else None

        async def action() -> int:
            message = await self._bot.send_message(
                target.chat,
                words,
                parse_mode=mode,
                message_thread_id=target.thread,
                reply_parameters=reply,
                reply_markup=markup,
                link_preview_options=_NO_PREVIEW,
            )
            return message.message_id

        return await self._tried("sendMessage", action)

    async def _edit_part(self, chat: int, message: int, part: Rich, markup: Any) -> bool:
        """Whether a message holds the text now."""

        async def action(words: str, mode: str | None) -> Any:
            return await self._bot.edit_message_text(
                words,
                chat_id=chat,
                message_id=message,
                parse_mode=mode,
                reply_markup=markup,
                link_preview_options=_NO_PREVIEW,
            )

        try:
            await self._tried("editMessageText", lambda: action(as_html(part), ParseMode.HTML))
        except BadRequest as error:
            if _is_parse_error(error):
                await self._tried("editMessageText", lambda: action(plain(part), None))
                return True
            return "not modified" in str(error).lower()
        return True

    async def _keep_typing(self, target: Target) -> None:
        while True:
            try:
                await self._bot.send_chat_action(target.chat, ChatAction.TYPING, message_thread_id=target.thread)
            except TelegramError as error:
                log(logging.DEBUG, "typing could not be shown", chat=target.chat, reason=type(error).__name__)
            await asyncio.sleep(TYPING_SECONDS)

    async def _tried(self, name: str, action: Callable[[], Awaitable[T]]) -> T:
        """The call's result, after as many tries as patience allows. Raises Unreachable, TelegramError."""
        ends, wait = time.monotonic() + PATIENCE_SECONDS, self._first_wait
        while True:
            try:
                return await action()
            except Forbidden as error:
                raise Unreachable(str(error)) from error
            except (BadRequest, InvalidToken):
                raise
            except RetryAfter as error:
                pause = retry_seconds(error)
                self._tell_retry(name, error, pause, ends)
            except NetworkError as error:
                pause = wait * random.uniform(0.8, 1.2)
                wait = min(wait * 2, LONGEST_WAIT_SECONDS)
                self._tell_retry(name, error, pause, ends)
            await asyncio.sleep(pause)

    def _tell_retry(self, name: str, error: TelegramError, pause: float, ends: float) -> None:
        """Count and log a failed try; raise the error when patience is at its end."""
        self._statistics.count("retry")
        log(logging.INFO, "call failed, trying again", method=name, reason=type(error).__name__, wait=round(pause, 2))
        if time.monotonic() + pause > ends:
            raise error


def retry_seconds(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    period = error.retry_after
    return period.total_seconds() if isinstance(period, datetime.timedelta) else float(period)


def _is_parse_error(error: BadRequest) -> bool:
    return "can't parse" in str(error).lower()


def _markup(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    if not keyboard:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(b.label, callback_data=b.data.encoded()) for b in row] for row in keyboard]
    )
