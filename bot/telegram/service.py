"""The bot as a whole: put together, started, stopped."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import BadRequest, InvalidToken
from telegram.request import BaseRequest, HTTPXRequest

from bot.telegram import words
from bot.telegram.access import Access
from bot.telegram.commands import Commands
from bot.telegram.database import Database
from bot.telegram.delivery import Delivery, Unreachable
from bot.telegram.dispatch import Bounds, Dispatcher, Parts
from bot.telegram.inbox import Inbox
from bot.telegram.lanes import Lanes
from bot.telegram.ledger import Ledger
from bot.telegram.logs import log
from bot.telegram.pairing import Pairing
from bot.telegram.polling import ALLOWED_UPDATES, Poller, TokenRefused, refused_token
from bot.telegram.presses import Presses
from bot.telegram.questions import Questions
from bot.telegram.seams import Conversation, Library, Shelf
from bot.telegram.statistics import Statistics
from bot.telegram.webhook import Receiver
from index.errors import CitebotError, UsageError

CONNECTIONS: Final = 64
SWEEP_SECONDS: Final = 3_600


@dataclass(frozen=True, slots=True)
class Options:
    """How the bot runs; bot/settings.py tells what each means."""

    token: str
    base_url: str
    readers: int
    bounds: Bounds
    administrators: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    chats: tuple[int, ...] = ()
    public: bool = False
    pairing_minutes: float = 15
    drop_pending: bool = False
    webhook_url: str | None = None
    webhook_host: str = "127.0.0.1"
    webhook_port: int = 8443
    webhook_secret: str | None = None
    log_questions: bool = False
    retention_days: int = 30
    stop_seconds: float = 25
    timeout_seconds: float = 10
    poll_seconds: int = 30
    first_wait_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Backing:
    """What stands behind the bot."""

    conversation: Conversation
    shelf: Shelf
    library: Library


class Service:
    """One bot. `run` starts it and returns when it was told to stop."""

    def __init__(
        self,
        options: Options,
        backing: Backing,
        state: Path,
        *,
        announce: Callable[[str], None],
        requests: tuple[BaseRequest, BaseRequest] | None = None,
    ) -> None:
        """state: the bot's own file. announce: says a line to whoever started it.

        requests: for calls and for polling.
        """
        self._options = options
        self._announce = announce
        calls, polls = requests or _requests(options)
        self._polls = polls
        self._bot = Bot(
            options.token,
            base_url=options.base_url,
            base_file_url=file_address(options.base_url),
            request=calls,
            get_updates_request=polls,
        )
        self._database = Database(state)
        self._stopping = asyncio.Event()
        self.statistics = Statistics()
        self._lanes = Lanes()
        self.dispatcher = Dispatcher(self._parts(backing), options.bounds, self._lanes)

    def stop(self) -> None:
        """Finish the answers under way and return from `run`."""
        self._stopping.set()

    async def run(self) -> None:
        """Raises TokenRefused, and other errors for people where it cannot start."""
        try:
            async with self._started():
                await self._received_until_stopped()
        finally:
            self._database.close()

    def _parts(self, backing: Backing) -> Parts:
        options, database = self._options, self._database
        self._access = access = Access(
            database,
            administrators=options.administrators,
            people=options.people,
            chats=options.chats,
            public=options.public,
        )
        self._pairing = Pairing(minutes=options.pairing_minutes) if access.is_open_to_nobody() else None
        self._inbox, self._ledger = Inbox(database), Ledger(database, retention_days=options.retention_days)
        self._delivery = delivery = Delivery(
            self._bot, self.statistics, self._migrated, first_wait=options.first_wait_seconds
        )
        questions = Questions(
            backing.conversation,
            delivery,
            self._ledger,
            self.statistics,
            readers=options.readers,
            log_words=options.log_questions,
        )
        return Parts(
            bot=self._bot,
            access=access,
            pairing=self._pairing,
            inbox=self._inbox,
            ledger=self._ledger,
            delivery=delivery,
            questions=questions,
            presses=Presses(backing.conversation, backing.shelf, delivery, self._ledger),
            commands=Commands(
                bot=self._bot,
                access=access,
                delivery=delivery,
                ledger=self._ledger,
                questions=questions,
                library=backing.library,
                statistics=self.statistics,
                waiting=self._lanes.__len__,
            ),
            statistics=self.statistics,
            administers=self._administers,
        )

    @contextlib.asynccontextmanager
    async def _started(self) -> AsyncIterator[None]:
        """Inside, Telegram knows us, and what the last run left is under way."""
        try:
            await self._introduced()
            self._tell_pairing()
            left = self.dispatcher.resume()
            log(logging.INFO, "started", bot=self._bot.username, resumed=left)
            try:
                yield
            finally:
                finished = await self.dispatcher.stop(self._options.stop_seconds)
                log(logging.INFO, "stopped", finished=finished, waiting=len(self._inbox.waiting()))
        finally:
            await self._bot.shutdown()

    async def _introduced(self) -> None:
        """getMe, commands, and how updates come, with as much patience as the network needs."""
        try:
            await self._delivery.call("getMe", self._bot.initialize)
            if not self._bot.bot.can_read_all_group_messages:
                log(logging.WARNING, PRIVACY)
            await self._set_commands()
            await self._choose_way()
        except InvalidToken:
            raise TokenRefused(refused_token()) from None

    async def _set_commands(self) -> None:
        everybody = [BotCommand(name, told) for name, told in words.COMMANDS.items()]
        for scope in (BotCommandScopeDefault(), BotCommandScopeAllPrivateChats(), BotCommandScopeAllGroupChats()):
            await self._delivery.call("setMyCommands", partial(self._bot.set_my_commands, everybody, scope))
        for person in self._access.administrators():
            await self._administers(person)

    async def _administers(self, person: int) -> None:
        """Show an administrator their commands too, in private."""
        both = {**words.COMMANDS, **words.ADMINISTRATOR_COMMANDS}
        commands, scope = [BotCommand(name, told) for name, told in both.items()], BotCommandScopeChat(person)
        try:
            await self._delivery.call("setMyCommands", lambda: self._bot.set_my_commands(commands, scope))
        except (BadRequest, Unreachable) as error:  # somebody the settings name, who never wrote to the bot
            log(logging.INFO, "an administrator's commands cannot be shown", person=person, reason=str(error))

    async def _choose_way(self) -> None:
        options = self._options
        if options.drop_pending:
            self._inbox.drop()
        if options.webhook_url is None:
            await self._delivery.call(
                "deleteWebhook", lambda: self._bot.delete_webhook(drop_pending_updates=options.drop_pending)
            )

    def _tell_pairing(self) -> None:
        if self._pairing is not None:
            self._announce(f"pairing code: {self._pairing.code}")
            log(logging.INFO, "waiting for the pairing code", minutes=self._options.pairing_minutes)

    async def _received_until_stopped(self) -> None:
        """Take updates until told to stop, or until they can no longer be taken."""
        way = self._webhook if self._options.webhook_url is not None else self._polling
        tasks = [asyncio.create_task(work()) for work in (way, self._stopping.wait, self._swept)]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _polling(self) -> None:
        address = f"{self._options.base_url}{self._options.token}"
        poller = Poller(
            address,
            self._polls,
            self._take,
            timeout_seconds=self._options.poll_seconds,
            slack_seconds=self._options.timeout_seconds,
        )
        try:
            await poller.run()
        finally:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(poller.confirm(), 2)

    async def _webhook(self) -> None:
        options = self._options
        assert options.webhook_url is not None
        secret = options.webhook_secret or secrets.token_urlsafe(32)
        receiver = Receiver(urlsplit(options.webhook_url).path or "/", secret, self._take)
        try:
            await receiver.start(options.webhook_host, options.webhook_port)
        except OSError as error:
            raise UsageError(
                f"telegram.webhook_port {options.webhook_port} on {options.webhook_host} cannot be listened on: "
                f"{error.strerror}"
            ) from error
        try:
            await self._delivery.call("setWebhook", lambda: self._set_webhook(secret))
            await asyncio.Event().wait()
        finally:
            await receiver.stop()

    async def _set_webhook(self, secret: str) -> bool:
        options = self._options
        assert options.webhook_url is not None
        try:
            return await self._bot.set_webhook(
                options.webhook_url,
                secret_token=secret,
                allowed_updates=list(ALLOWED_UPDATES),
                drop_pending_updates=options.drop_pending,
            )
        except BadRequest as error:
            raise UsageError(f"Telegram does not take telegram.webhook_url {options.webhook_url}: {error}") from error

    async def _take(self, updates: Sequence[Any]) -> None:
        await self.dispatcher.take(updates)

    async def _swept(self) -> None:
        """Forget what is too old, from time to time."""
        while True:
            try:
                self._inbox.sweep()
                self._ledger.sweep()
            except CitebotError as error:
                log(logging.ERROR, "old answers could not be deleted", reason=str(error))
            await asyncio.sleep(SWEEP_SECONDS)

    def _migrated(self, old: int, new: int) -> None:
        self.dispatcher.migrated(old, new)


PRIVACY: Final = (
    "privacy mode is on: in groups the bot sees commands and replies to it, and no mentions. To have it see mentions, "
    "turn privacy off with @BotFather (/setprivacy) and add the bot to the group again, or make it an administrator"
)


def file_address(base_url: str) -> str:
    """Where files are: under /file/bot of the same origin and path."""
    return f"{base_url.removesuffix('/bot')}/file/bot"


def _requests(options: Options) -> tuple[BaseRequest, BaseRequest]:
    seconds = options.timeout_seconds

    def made(connections: int) -> HTTPXRequest:
        return HTTPXRequest(
            connection_pool_size=connections,
            read_timeout=seconds,
            write_timeout=seconds,
            connect_timeout=seconds,
            pool_timeout=max(seconds, 30),
            media_write_timeout=60,
        )

    return made(CONNECTIONS), made(2)
