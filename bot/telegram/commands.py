"""What the slash commands do. Who may use which is decided before; rights change at once, words follow."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from telegram import Bot, Document, Message

from bot.render import visible
from bot.telegram import words
from bot.telegram.access import Access, Role
from bot.telegram.delivery import Delivery
from bot.telegram.ledger import Asked, Ledger
from bot.telegram.library import LARGEST_BYTES
from bot.telegram.questions import Questions, target_of
from bot.telegram.seams import Library
from bot.telegram.statistics import Statistics
from index.errors import CitebotError, UsageError

FOR_ADMINISTRATORS: Final = frozenset(words.ADMINISTRATOR_COMMANDS)
_NUMBER: Final = re.compile(r"-?\d{1,15}")


@dataclass(frozen=True, slots=True)
class Given:
    """A command as it was given. argument: what stood after it."""

    name: str
    argument: str
    message: Message
    asked: Asked


class Commands:
    """One method a command."""

    def __init__(
        self,
        *,
        bot: Bot,
        access: Access,
        delivery: Delivery,
        ledger: Ledger,
        questions: Questions,
        library: Library,
        statistics: Statistics,
        waiting: Callable[[], int],
    ) -> None:
        """waiting: how many questions wait."""
        self._bot = bot
        self._access = access
        self._delivery = delivery
        self._ledger = ledger
        self._questions = questions
        self._library = library
        self._statistics = statistics
        self._waiting = waiting
        self._writing = asyncio.Lock()
        self._known: dict[str, Callable[[Given], Awaitable[None]]] = {
            "start": self._start,
            "help": self._help,
            "forget": self._forget,
            "stats": self._stats,
            "sync": self._sync,
            "remove": self._remove,
            "add": self._add,
        }

    async def run(self, given: Given) -> None:
        """Carry a command out. /ask, /allow and /deny are the dispatcher's."""
        known = self._known.get(given.name)
        if known is None:
            await self.say(given, words.UNKNOWN)
        else:
            await known(given)

    async def say(self, given: Given, what: str) -> None:
        """A word to whoever gave the command."""
        await self._delivery.say(target_of(given.asked), visible(what))

    def let_in(self, given: Given) -> str:
        """/allow and /deny, carried out at once; the words to say."""
        role = Role.ALLOWED if given.name == "allow" else Role.DENIED
        whom = self._whom(given)
        if whom is None:
            return words.ALLOW_WHOM
        name, number = whom
        if number > 0 and self._access.is_administrator(number):
            return "An administrator stays one."
        (self._access.set_person if number > 0 else self._access.set_chat)(number, role)
        return words.allowed(name) if role is Role.ALLOWED else words.denied(name)

    async def add_document(self, given: Given, document: Document) -> None:
        """Make a document an article; what is wrong with it is told."""
        try:
            said = await self._added(document)
        except CitebotError as error:
            said = str(error)
        await self.say(given, said)

    def _whom(self, given: Given) -> tuple[str, int] | None:
        """Whom /allow and /deny mean, by name and number: a number, the chat, or who wrote the message replied to."""
        argument, reply, chat = given.argument.split(), given.message.reply_to_message, given.message.chat
        if argument and _NUMBER.fullmatch(argument[0]) and int(argument[0]):
            return argument[0], int(argument[0])
        if argument:
            return None
        if reply is not None and reply.from_user is not None and not reply.from_user.is_bot:
            return reply.from_user.full_name, reply.from_user.id
        return ("This chat", chat.id) if chat.id < 0 else None

    async def _start(self, given: Given) -> None:
        await self.say(given, words.START)

    async def _help(self, given: Given) -> None:
        parts = [words.HELP]
        if self._access.is_administrator(given.asked.person):
            parts.append(words.HELP_ADMINISTRATOR)
        await self.say(given, "\n\n".join(parts))

    async def _forget(self, given: Given) -> None:
        await self.say(given, await self._questions.forget(given.asked))

    async def _stats(self, given: Given) -> None:
        await self.say(given, self._statistics.told(self._waiting(), self._ledger.counts()))

    async def _sync(self, given: Given) -> None:
        await self._written(given, self._library.sync)

    async def _remove(self, given: Given) -> None:
        name = given.argument
        if not name:
            await self.say(given, words.REMOVE_WHAT)
        else:
            await self._written(
                given, lambda: f"{name} is no longer an article. Its file: {self._library.remove(name)}"
            )

    async def _add(self, given: Given) -> None:
        reply = given.message.reply_to_message
        document = given.message.document or (reply.document if reply is not None else None)
        if document is None:
            await self.say(given, words.SEND_A_DOCUMENT)
        else:
            await self.add_document(given, document)

    async def _written(self, given: Given, work: Callable[[], str]) -> None:
        """Do something to the articles, one at a time, and say what came of it."""
        async with self._writing:
            try:
                said = await asyncio.to_thread(work)
            except CitebotError as error:
                said = str(error)
        await self.say(given, said)

    async def _added(self, document: Document) -> str:
        if (document.file_size or 0) > LARGEST_BYTES:
            raise UsageError(
                f"The document has {(document.file_size or 0) / 1e6:.0f} MB; a bot can take "
                f"{LARGEST_BYTES / 1e6:.0f} MB. Put it into the articles folder yourself, then: /sync"
            )
        name = document.file_name or "document"
        file = await self._delivery.call("getFile", lambda: self._bot.get_file(document.file_id))
        data = await self._delivery.call("download", file.download_as_bytearray)
        async with self._writing:
            filed = await asyncio.to_thread(self._library.add, name, bytes(data))
        if not filed.titles:
            return f"I have this already, as {filed.name}."
        shown = "; ".join(f"“{title}”" for title in filed.titles[:3])
        more = f" and {len(filed.titles) - 3} more" if len(filed.titles) > 3 else ""
        return f"Added {filed.name}: {shown}{more}. Ask me about it."
