"""Pressed buttons: a passage opened, the article read on, a thumb."""

from __future__ import annotations

import asyncio

from bot.citations import holds
from bot.conversation.reply import Reply
from bot.telegram import keyboards, rendering, words
from bot.telegram.delivery import Delivery, Target
from bot.telegram.keyboards import Data, Press
from bot.telegram.ledger import Given, Ledger
from bot.telegram.questions import place_of
from bot.telegram.seams import Conversation, Shelf
from bot.types import Citation
from index.types import Article


class Presses:
    """Does what a button says, for somebody who may ask in its chat. The press is acknowledged before that is sent."""

    def __init__(self, conversation: Conversation, shelf: Shelf, delivery: Delivery, ledger: Ledger) -> None:
        self._conversation = conversation
        self._reading_on = asyncio.Lock()
        self._shelf = shelf
        self._delivery = delivery
        self._ledger = ledger

    async def pressed(self, query: str, data: Data | None, person: int, target: Target) -> None:
        """query: the press's id. data: None for a button that is none of ours. target: the button's message."""
        given = self._ledger.given(data.answer, target.chat) if data is not None else None
        if data is None or given is None:
            await self._delivery.acknowledge(query, words.OLD_BUTTON, alert=True)
        elif data.press in (Press.GOOD, Press.BAD):
            await self._judged(query, given, person, target, good=data.press is Press.GOOD)
        else:
            await self._opened(query, given, data, target)

    def _article(self, citation: Citation | None) -> Article | None:
        """The citation's article, where the quote still stands in it."""
        article = self._shelf.article(citation.article) if citation is not None else None
        return article if article is not None and citation is not None and holds(citation, article.text) else None

    async def _opened(self, query: str, given: Given, data: Data, target: Target) -> None:
        wanted = data.argument if data.press is Press.OPEN else 1
        citation = next((one for one in given.answer.citations if one.marker == wanted), None)
        article = self._article(citation)
        if citation is None or article is None:
            await self._delivery.acknowledge(query, words.MOVED_ON, alert=True)
            return
        if data.press is Press.OPEN:
            await self._delivery.acknowledge(query)
            await self._delivery.send(target, rendering.passage(article, citation))
        else:
            await self._read_on(query, given, target)

    async def _read_on(self, query: str, given: Given, target: Target) -> None:
        """What the conversation says to "more": presses and /more go on where the other was."""
        reply = await self._more(given)
        if reply is None:
            await self._delivery.acknowledge(query, words.OLD_BUTTON, alert=True)
            return
        await self._delivery.acknowledge(query)
        keyboard = keyboards.reading_on(given.number) if reply.passages else ()
        await self._delivery.send(target, rendering.reply(reply), keyboard)

    async def _more(self, given: Given) -> Reply | None:
        """None where the conversation has the turn no more."""
        if given.turn is None:
            return None
        async with self._reading_on:  # two presses at once read two paragraphs
            return await asyncio.to_thread(self._conversation.read_on, place_of(given.asked), given.turn)

    async def _judged(self, query: str, given: Given, person: int, target: Target, *, good: bool) -> None:
        self._ledger.judge(given, person, good=good)
        await self._delivery.acknowledge(query, words.THANKS_GOOD if good else words.THANKS_BAD)
        if not good:
            sent = await self._delivery.say(target, words.SHOULD_HAVE_BEEN)
            self._ledger.asked_correction(given, person, sent.messages[-1])
