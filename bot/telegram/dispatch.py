"""Each update goes where it belongs: who speaks, may they, how often, in which lane.

Rights are looked at and changed when an update arrives, in order; the work follows in lanes.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from telegram import Bot, CallbackQuery, Message, Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.telegram import keyboards, words
from bot.telegram.access import Access, Role
from bot.telegram.addressing import Heard, Kind, heard, person_of, thread_of
from bot.telegram.commands import FOR_ADMINISTRATORS, Commands, Given
from bot.telegram.delivery import Delivery, Target, Unreachable
from bot.telegram.inbox import Inbox, Payload
from bot.telegram.lanes import Lanes
from bot.telegram.ledger import Asked, Ledger
from bot.telegram.limits import RateLimit
from bot.telegram.logs import log, log_failure
from bot.telegram.pairing import Outcome, Pairing
from bot.telegram.polling import number_of
from bot.telegram.presses import Presses
from bot.telegram.questions import Question, Questions, target_of
from bot.telegram.statistics import Statistics
from index.errors import CitebotError

Work = Callable[[], Awaitable[Any]]
Plan = tuple[Lanes, Hashable, Work]
"""A lane, its key, and the work."""
QUICK: Final = 2_000
"""So many short pieces of work, words and buttons, may be under way before no more updates are fetched."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is taken. Rates are questions a minute; longest_question is in characters."""

    user_per_minute: int
    chat_per_minute: int
    queue: int
    longest_question: int


@dataclass(frozen=True, slots=True)
class Parts:
    """What the dispatcher hands work to."""

    bot: Bot
    access: Access
    pairing: Pairing | None
    inbox: Inbox
    ledger: Ledger
    delivery: Delivery
    questions: Questions
    presses: Presses
    commands: Commands
    statistics: Statistics
    administers: Callable[[int], Awaitable[None]]
    """Shows a new administrator their commands."""


class Dispatcher:
    """Takes updates as they come."""

    def __init__(self, parts: Parts, bounds: Bounds, lanes: Lanes) -> None:
        """lanes: of the questions."""
        self._parts = parts
        self._bounds = bounds
        self._questions = lanes
        self._quick = Lanes()
        self._replaying = False
        self._of_person = RateLimit(bounds.user_per_minute)
        self._of_chat = RateLimit(bounds.chat_per_minute)
        self._words_to_strangers = RateLimit(3)

    async def take(self, updates: Sequence[Any]) -> None:
        """Store what arrived and begin with what is new. Returns when it is stored."""
        for update in updates:
            if number_of(update) is None:
                self._malformed(update, "no update_id")
        fresh = self._parts.inbox.received(update for update in updates if number_of(update) is not None)
        for payload in fresh:
            self.begin(payload)
        while len(self._quick) > QUICK:
            await asyncio.sleep(0.05)

    def resume(self) -> int:
        """Begin with what the last run left; how many updates that were. They were let in then: no bound holds."""
        self._replaying = True
        left = self._parts.inbox.waiting()
        for payload in left:
            self.begin(payload)
        self._replaying = False
        return len(left)

    def begin(self, payload: Payload) -> None:
        """Put an update's work into its lane; the update is done when that is."""
        number = payload["update_id"]
        plan = self._planned(payload)
        if plan is None:
            self._parts.inbox.done(number)
        else:
            lane, key, work, target = plan
            lane.add(key, partial(self._run, number, work, target))

    def _planned(self, payload: Payload) -> tuple[Lanes, Hashable, Work, Target | None] | None:
        """What to do about an update, and where to tell when that fails. One that cannot be read is left."""
        try:
            update = Update.de_json(dict(payload), self._parts.bot)
        except Exception as error:  # whatever python-telegram-bot stumbles over in it
            self._malformed(payload, f"{type(error).__name__}: {error}")
            return None
        try:
            plan = self._plan(update)
            return (*plan, _place_of(update)) if plan is not None else None
        except Exception as error:
            self._parts.statistics.count("error")
            log_failure("an update could not be placed", error, update=payload["update_id"])
            return None

    async def stop(self, seconds: float) -> bool:
        """Finish what is under way; what waits stays in the inbox for the next start."""
        ends = time.monotonic() + seconds
        answered = await self._questions.stop(seconds)
        return await self._quick.stop(max(ends - time.monotonic(), 0.1)) and answered

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        while len(self._questions) or len(self._quick):
            await asyncio.sleep(0.01)

    def _malformed(self, update: Any, reason: str) -> None:
        self._parts.statistics.count("malformed")
        log(logging.ERROR, "an update cannot be read", update=number_of(update), reason=reason)

    async def _run(self, number: int, work: Work, target: Target | None) -> None:
        """Do an update's work. Whatever happens, it is done afterwards, unless the process ends under way."""
        try:
            await work()
        except Unreachable as error:
            self._parts.statistics.count("unreachable")
            log(logging.WARNING, "a chat takes no messages of ours", update=number, reason=str(error))
        except Exception as error:
            await self._failed(number, error, target)
        try:
            self._parts.inbox.done(number)
        except CitebotError as error:
            log_failure("an update that is done will come again after a start", error, update=number)

    async def _failed(self, number: int, error: Exception, target: Target | None) -> None:
        """Log what nobody foresaw, and tell whoever waits the number it is logged under."""
        reference = secrets.token_hex(4)
        self._parts.statistics.count("error")
        log_failure("an update failed", error, update=number, number=reference)
        if target is not None:
            await self._spoken(partial(self._parts.delivery.say, target, words.failed(reference)))

    def _plan(self, update: Update) -> Plan | None:
        """The lane, its key and the work of an update; None where there is nothing to do."""
        if update.callback_query is not None:
            return self._quickly(self._press(update.callback_query))
        if update.message is not None:
            return self._message(update.message)
        if update.edited_message is not None:
            return self._edited(update.edited_message)
        if update.my_chat_member is not None:
            member = update.my_chat_member
            log(logging.INFO, "membership changed", chat=member.chat.id, status=member.new_chat_member.status)
        return None

    def _message(self, message: Message) -> Plan | None:
        if message.migrate_to_chat_id is not None:
            self.migrated(message.chat.id, message.migrate_to_chat_id)
            return None
        person = person_of(message)
        what = heard(message, self._parts.bot.bot)
        if person is None or what.kind is Kind.NOTHING:
            return None
        asked = Asked(message.chat.id, thread_of(message), person, message.message_id)
        if what.command == "start" and what.text:
            paired = self._paired(message, asked, what.text)
            if paired is not None:
                return self._quickly(paired)
        if not self._parts.access.may_ask(person, message.chat.id):
            return self._quickly(self._refused(asked))
        return self._heard(message, asked, what)

    def _heard(self, message: Message, asked: Asked, what: Heard) -> Plan | None:
        """What somebody said who may ask."""
        match what.kind:
            case Kind.QUESTION:
                return self._question(message, asked, what.text)
            case Kind.COMMAND if what.command == "ask":
                words_after = what.text or _quoted(message)
                return self._question(message, asked, words_after) if words_after else self._say(asked, words.ASK_WHAT)
            case Kind.COMMAND:
                return self._command(Given(what.command or "", what.text, message, asked))
            case Kind.DOCUMENT:
                return self._document(message, asked)
            case _:
                return self._say(asked, words.TEXT_ONLY)

    def _question(self, message: Message, asked: Asked, said: str) -> Plan:
        correction = self._correction(message, asked)
        if correction is not None:
            return self._quickly(correction)
        turned_away = self._turned_away(asked, said)
        if turned_away is not None:
            return self._say(asked, turned_away)
        question = Question(asked, said, time.monotonic(), len(self._questions))
        return self._queued(question, partial(self._parts.questions.answer, question))

    def _queued(self, question: Question, work: Work) -> Plan:
        waits = partial(self._parts.questions.tell_wait, question)
        self._quick.add(secrets.token_hex(8), partial(self._spoken, waits))
        return self._questions, question.asked.chat, work

    async def _spoken(self, words_of: Work) -> None:
        """Say something that is no part of an update's work, so that its failure changes nothing."""
        try:
            await words_of()
        except (TelegramError, Unreachable) as error:
            log(logging.INFO, "a word on the queue could not be sent", reason=type(error).__name__)

    def _turned_away(self, asked: Asked, said: str) -> str | None:
        """The kind word for a question that is not taken; None takes it."""
        if self._replaying:
            return None
        if len(said) > self._bounds.longest_question:
            return words.too_long(len(said), self._bounds.longest_question)
        if len(self._questions) >= self._bounds.queue:
            self._parts.statistics.count("busy")
            return words.busy(len(self._questions))
        wait = self._of_chat.would_wait_seconds(asked.chat)
        if wait:
            self._parts.statistics.count("too many")
            return words.chat_slow_down(wait)
        wait = self._of_person.wait_seconds(asked.person)
        if wait:
            self._parts.statistics.count("too many")
            return words.slow_down(wait)
        self._of_chat.wait_seconds(asked.chat)
        return None

    def _correction(self, message: Message, asked: Asked) -> Work | None:
        """A reply to the question what an answer should have been."""
        reply = message.reply_to_message
        if reply is None or message.text is None:
            return None
        ledger, place = self._parts.ledger, (asked.chat, reply.message_id, asked.person)
        given = ledger.correction_asked_by(*place)
        if given is None and reply.from_user == self._parts.bot.bot and reply.text == words.SHOULD_HAVE_BEEN:
            given = ledger.last_disliked(*place)
        if given is None:
            return None
        self._parts.ledger.correct(given, asked.person, message.text.strip())
        return partial(self._spoken_to, asked, words.THANKS_CORRECTION)

    def _command(self, given: Given) -> Plan:
        administrates = self._parts.access.is_administrator(given.asked.person)
        if given.name in FOR_ADMINISTRATORS and not administrates:
            return self._say(given.asked, words.ONLY_ADMINISTRATOR)
        if given.name in {"allow", "deny"}:
            return self._say(given.asked, self._parts.commands.let_in(given))
        if given.name in words.WISHES:
            return self._question(given.message, given.asked, words.WISHES[given.name])
        work = partial(self._parts.commands.run, given)
        return (self._questions, given.asked.chat, work) if given.name == "forget" else self._quickly(work)

    def _document(self, message: Message, asked: Asked) -> Plan:
        """A document in private becomes an article, when the administrator sends it."""
        assert message.document is not None
        if not self._parts.access.is_administrator(asked.person):
            return self._say(asked, words.DOCUMENTS_ARE_FOR_ADMINISTRATORS)
        if message.chat.type != ChatType.PRIVATE:
            return self._say(asked, words.SEND_A_DOCUMENT)
        given = Given("add", "", message, asked)
        return self._quickly(partial(self._parts.commands.add_document, given, message.document))

    def _paired(self, message: Message, asked: Asked, code: str) -> Work | None:
        """What becomes of `/start CODE`; None for somebody who may ask anyway."""
        access, pairing = self._parts.access, self._parts.pairing
        if access.is_administrator(asked.person) or pairing is None:
            return None
        if message.chat.type != ChatType.PRIVATE or access.role_of_person(asked.person) is Role.DENIED:
            return None
        outcome = pairing.tried(asked.person, code)
        log(logging.WARNING, "a pairing code was tried", person=asked.person, outcome=outcome)
        if outcome is not Outcome.PAIRED:
            return None
        access.set_person(asked.person, Role.ADMINISTRATOR)
        return partial(self._welcomed, asked)

    async def _welcomed(self, asked: Asked) -> None:
        await self._spoken_to(asked, words.PAIRED)
        await self._parts.administers(asked.person)

    def _refused(self, asked: Asked) -> Work:
        """A word to a stranger, a few times; then silence."""
        self._parts.statistics.count("stranger")
        log(logging.INFO, "a stranger was refused", person=asked.person, chat=asked.chat)
        if self._words_to_strangers.wait_seconds(asked.chat):
            return _nothing
        return partial(self._spoken_to, asked, words.stranger(asked.person))

    def _edited(self, message: Message) -> Plan | None:
        """A question that was edited is answered anew, in its old answer. Other edits are nobody's matter."""
        person, what = person_of(message), heard(message, self._parts.bot.bot)
        is_question = what.kind is Kind.QUESTION or (what.command == "ask" and bool(what.text))
        if person is None or not is_question or not self._parts.access.may_ask(person, message.chat.id):
            return None
        asked = Asked(message.chat.id, thread_of(message), person, message.message_id)
        turned_away = self._turned_away(asked, what.text)
        if turned_away is not None:
            return self._say(asked, turned_away)
        question = Question(asked, what.text, time.monotonic(), len(self._questions))
        return self._queued(question, partial(self._answered_anew, question))

    async def _answered_anew(self, question: Question) -> None:
        """Looked up when its turn has come: the question may have been waiting itself when it was edited."""
        before = self._parts.ledger.answer_to(question.asked.chat, question.asked.message)
        if before is not None:
            await self._parts.questions.answer_anew(question, before)

    def _press(self, query: CallbackQuery) -> Work:
        message = query.message
        if message is None:
            return partial(self._parts.delivery.acknowledge, query.id, words.OLD_BUTTON, alert=True)
        if not self._parts.access.may_ask(query.from_user.id, message.chat.id):
            self._parts.statistics.count("stranger")
            return partial(self._parts.delivery.acknowledge, query.id, words.NOT_ALLOWED_BUTTON, alert=True)
        thread = thread_of(message) if isinstance(message, Message) else None
        target = Target(message.chat.id, thread, message.message_id)
        data = keyboards.decoded(query.data)
        return partial(self._parts.presses.pressed, query.id, data, query.from_user.id, target)

    def migrated(self, old: int, new: int) -> None:
        """A group became a supergroup: rights, answers and conversations go with it."""
        self._parts.access.chat_migrated(old, new)
        self._parts.ledger.chat_migrated(old, new)
        self._parts.questions.chat_migrated(old, new)
        log(logging.INFO, "a group became a supergroup", old=old, new=new)

    def _say(self, asked: Asked, what: str) -> Plan:
        return self._quickly(partial(self._spoken_to, asked, what))

    async def _spoken_to(self, asked: Asked, what: str) -> None:
        await self._parts.delivery.say(target_of(asked), what)

    def _quickly(self, work: Work) -> Plan:
        """Work that waits for no other."""
        return self._quick, secrets.token_hex(8), work


def _place_of(update: Update) -> Target | None:
    """Where an update came from."""
    message = update.effective_message
    if message is None or not message.is_accessible:
        return None
    return Target(message.chat.id, thread_of(message), message.message_id)


async def _nothing() -> None:
    """For updates that are done without a word."""


def _quoted(message: Message) -> str:
    """`/ask` alone in reply to somebody's message asks what that message says."""
    reply = message.reply_to_message
    return (reply.text or "").strip() if reply is not None else ""
