"""A question from its message to its answer."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from bot.conversation.reply import Reply, ReplyKind
from bot.conversation.turns import Speaker
from bot.telegram import keyboards, rendering, words
from bot.telegram.delivery import Delivery, Target
from bot.telegram.ledger import Asked, Given, Ledger
from bot.telegram.logs import log, log_failure
from bot.telegram.rich import Rich, text
from bot.telegram.seams import Conversation
from bot.telegram.statistics import Statistics
from bot.types import Answer, Status, failed

WORTH_TELLING_SECONDS: Final = 5.0
"""Whoever will wait longer is told."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that was let in. arrived: on the monotonic clock. before: questions that came before it."""

    asked: Asked
    words: str
    arrived: float
    before: int = 0


def target_of(asked: Asked) -> Target:
    """Where the answer to a message goes."""
    return Target(asked.chat, asked.thread, asked.message)


def place_of(asked: Asked) -> str:
    """The place of a conversation: a chat's topics are places of their own."""
    return f"{_places_of(asked.chat)}{asked.thread or 0}"


def _places_of(chat: int) -> str:
    """What the places of a chat begin with."""
    return f"telegram:{chat}:"


def speaker_of(asked: Asked) -> Speaker:
    """Whose conversation a message belongs to."""
    return Speaker(place_of(asked), str(asked.person))


class Questions:
    """Asks the conversation, as many at once as there are readers, and sends what it says."""

    def __init__(
        self,
        conversation: Conversation,
        delivery: Delivery,
        ledger: Ledger,
        statistics: Statistics,
        *,
        readers: int,
        log_words: bool = False,
    ) -> None:
        self._conversation = conversation
        self._delivery = delivery
        self._ledger = ledger
        self._statistics = statistics
        self._readers = readers
        self._reading = asyncio.Semaphore(readers)
        self._log_words = log_words

    async def answer(self, question: Question) -> None:
        """Ask, and answer in the question's place."""
        reply, seconds = await self._reply(question)
        if reply.answer is None:
            await self._delivery.send(target_of(question.asked), rendering.reply(reply))
            return
        given = self._ledger.give(question.asked, reply.answer, turn=reply.turn, conditions=reply.conditions)
        rich, keyboard = _shown(given, reply)
        sent = await self._delivery.send(target_of(question.asked), rich, keyboard)
        self._ledger.sent(given, sent.messages)
        self._done(question, reply.answer, seconds)

    async def answer_anew(self, question: Question, before: Given) -> None:
        """Ask an edited question, and edit the answer it got."""
        reply, seconds = await self._reply(question)
        messages = self._ledger.messages(before)
        if reply.answer is None:
            await self._delivery.edit(target_of(question.asked), messages, rendering.reply(reply))
            return
        given = self._ledger.replace(before, reply.answer, turn=reply.turn, conditions=reply.conditions)
        rich, keyboard = _shown(given, reply)
        sent = await self._delivery.edit(target_of(question.asked), messages, rich, keyboard)
        self._ledger.forget_messages(given, [message for message in messages if message not in sent.messages])
        self._ledger.sent(given, sent.messages)
        self._done(question, reply.answer, seconds)

    async def forget(self, asked: Asked) -> str:
        """Delete what a person asked in a place, everywhere; the words that say so."""
        reply = await asyncio.to_thread(self._conversation.forget, speaker_of(asked))
        self._ledger.forget(asked)
        return reply.text

    def chat_migrated(self, old: int, new: int) -> None:
        """A group became a supergroup: its conversations go on there, and are forgotten there."""
        self._conversation.move(_places_of(old), _places_of(new))

    async def tell_wait(self, question: Question) -> None:
        """Say how long the queue is, where the wait is worth a word."""
        seconds = self._wait_of(question)
        if seconds >= WORTH_TELLING_SECONDS:
            await self._delivery.say(target_of(question.asked), words.in_line(question.before, seconds))

    async def _reply(self, question: Question) -> tuple[Reply, float]:
        """The reply, and the seconds it took. What could not be foreseen is an answer with an error."""
        speaker = speaker_of(question.asked)
        async with self._turn(question):
            started = time.monotonic()
            try:
                reply = await asyncio.to_thread(self._conversation.say, speaker, question.words)
            except Exception as error:
                reply = Reply(ReplyKind.ANSWER, "", _failed(question.words, error))
            return reply, time.monotonic() - started

    @contextlib.asynccontextmanager
    async def _turn(self, question: Question) -> AsyncIterator[None]:
        """Inside, one of the readers is free. Typing is shown then, and before to whoever waits a little.

        To show it to a hundred who were told that they will wait would keep everybody else waiting.
        """
        typing = self._delivery.typing(target_of(question.asked))
        if self._wait_of(question) < WORTH_TELLING_SECONDS:
            async with typing, self._reading:
                yield
        else:
            async with self._reading, typing:
                yield

    def _wait_of(self, question: Question) -> float:
        return self._statistics.expected_seconds(question.before, self._readers)

    def _done(self, question: Question, answer: Answer, reading_seconds: float) -> None:
        seconds = time.monotonic() - question.arrived
        self._statistics.answered(answer.status, seconds, reading_seconds)
        told = {"question": question.words, "answer": answer.answer} if self._log_words else {}
        log(
            logging.INFO,
            "question done",
            chat=question.asked.chat,
            status=answer.status,
            confidence=answer.confidence,
            citations=len(answer.citations),
            index=answer.index,
            seconds=round(seconds, 3),
            reading_seconds=round(reading_seconds, 3),
            **told,
        )


def _shown(given: Given, reply: Reply) -> tuple[Rich, keyboards.Keyboard]:
    """What is sent: the reply with its answer, and the buttons. An error has none."""
    if given.answer.status is Status.ERROR:
        return text(words.failed(given.answer.error or "unknown")), ()
    return rendering.reply(reply), keyboards.of_answer(given.number, given.answer)


def _failed(question: str, error: Exception) -> Answer:
    """An answer that carries only the number under which the log tells more."""
    number = secrets.token_hex(4)
    log_failure("a question failed", error, number=number)
    return failed(question, number)
