"""A conversation with the assistant, the same in every place: what was meant, what was asked, what is remembered."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from bot import where
from bot.conversation.intents import Intent, Wish, recognised
from bot.conversation.library import Library
from bot.conversation.reply import Reply, ReplyKind
from bot.conversation.rewriting import Rewriting, read
from bot.conversation.standalone import Reading, standalone
from bot.conversation.store import Conversations
from bot.conversation.turns import Speaker, Turn
from bot.dates import long_date
from bot.types import Answer, Citation, Status
from index.types import ArticleSummary
from prompts import replies

MEMORY_SECONDS: Final = 3_600
"""A follow-up looks no further back: whoever comes back after an hour starts anew."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What will be asked: a whole question, the conditions on the articles, and the topic it belongs to."""

    question: str
    conditions: tuple[str, ...]
    topic: int


class Asking(Protocol):
    """Whoever answers a whole question."""

    def ask(self, question: str, *, filters: where.Filter | None = None) -> Answer: ...


class Stopped(Exception):
    """The person did not wait for the answer; nothing was remembered of it."""


def _never() -> bool:
    return False


class Dialogue:
    """Conversations of all speakers over one index. Safe to use from several threads."""

    def __init__(
        self,
        assistant: Asking,
        library: Library,
        conversations: Conversations,
        *,
        clock: Callable[[], float] = time.time,
        rewriter: Rewriting | None = None,
    ) -> None:
        """rewriter: asked before the rules' reading of a follow-up is taken."""
        self._rewriter = rewriter
        self._assistant = assistant
        self._library = library
        self._conversations = conversations
        self._clock = clock
        self._starts: dict[Speaker, int] = {}

    def close(self) -> None:
        """Close the file of the conversations."""
        self._conversations.close()

    def begin(self, speaker: Speaker) -> None:
        """Start anew: what was said before stays kept, and no follow-up looks back to it."""
        last = self._conversations.recent(speaker, 1)
        self._starts[speaker] = last[0].id if last else 0

    def turns(self, speaker: Speaker) -> list[Turn]:
        """The turns that a follow-up may look back to, newest first."""
        since, start = self._clock() - MEMORY_SECONDS, self._starts.get(speaker, 0)
        return [turn for turn in self._conversations.recent(speaker) if turn.at >= since and turn.id > start]

    def forget(self, speaker: Speaker) -> Reply:
        """Delete all that this speaker said and was answered here."""
        return Reply(ReplyKind.WORDS, replies.forgotten(self._conversations.forget(speaker)))

    def move(self, old: str, new: str) -> None:
        """Conversations of the places whose names begin with `old` go on in those that begin with `new`."""
        self._conversations.move(old, new)

    def understand(self, speaker: Speaker, text: str, conditions: tuple[str, ...] = ()) -> Understood:
        """What a question of this speaker asks for, before anything is read."""
        turns = self.turns(speaker)
        return _understood(read(text, turns, self._rewriter), turns, conditions)

    def say(
        self,
        speaker: Speaker,
        text: str,
        *,
        conditions: tuple[str, ...] = (),
        stopped: Callable[[], bool] = _never,
    ) -> Reply:
        """The reply to whatever was typed.

        conditions: on the articles, as `--where` takes them. stopped: asked before anything is remembered.
        Raises Stopped, UsageError for a condition that is none, and what the assistant raises.
        """
        intent = recognised(text)
        if intent is None:  # "What about Kharkiv?" after "tell me about Kherson" is a wish only as it is understood
            intent = _topical(standalone(text, self.turns(speaker)).question)
        reply = self._wished(speaker, intent, text, conditions, stopped) if intent is not None else None
        return reply or self._answered(speaker, text, self.understand(speaker, text, conditions), stopped)

    def _answered(self, speaker: Speaker, text: str, asked: Understood, stopped: Callable[[], bool]) -> Reply:
        filters = where.filters([where.parse(condition) for condition in asked.conditions])
        answer = replace(self._assistant.ask(asked.question, filters=filters), question=text)
        if stopped():
            raise Stopped
        turn = self._conversations.add(speaker, asked.topic, text, asked.conditions, answer)
        understood = asked.question if asked.question != " ".join(text.split()) else None
        return Reply(ReplyKind.ANSWER, answer.text, answer, (), understood, asked.conditions, turn.id)

    def _wished(
        self, speaker: Speaker, intent: Intent, text: str, conditions: tuple[str, ...], stopped: Callable[[], bool]
    ) -> Reply | None:
        """The reply to a wish; None where it turns out to be a question after all."""
        match intent.wish:
            case Wish.GREETING:
                return _words(replies.greeting(len(self._library.articles())))
            case Wish.THANKS:
                return _words(replies.thanks())
            case Wish.FAREWELL:
                return _words(replies.farewell())
            case Wish.OVERVIEW:
                return self._overview()
            case Wish.NARROWED:
                return self._narrowed(speaker, intent, text, conditions, stopped)
            case Wish.WIDENED:
                return self._widened(speaker, text, conditions, stopped)
            case Wish.ABOUT | Wish.LATEST:
                return self._on_topic(speaker, intent, text, conditions)
        return self._looking_back(speaker, intent.wish)

    def _looking_back(self, speaker: Speaker, wish: Wish) -> Reply:
        turns = self.turns(speaker)
        if not turns:
            return _words(replies.nothing_yet())
        if wish is Wish.SOURCE:
            return self.source(turns[0])
        return self._which_article(turns[0]) if wish is Wish.WHICH_ARTICLE else self.more(turns[0])

    def source(self, turn: Turn) -> Reply:
        """The passages of a turn's answer, checked against the articles as they are now."""
        cited = turn.answer.citations or turn.answer.closest
        holding = self._library.still_holding(cited)
        if not holding:
            return _words(replies.changed() if cited else replies.nothing_yet())
        heading = replies.source(len(holding)) if turn.answer.citations else replies.closest()
        return Reply(ReplyKind.PASSAGES, heading, passages=holding, turn=turn.id)

    def read_on(self, place: str, number: int) -> Reply | None:
        """`more` of a turn of a place, whoever asked there; None where it was forgotten."""
        turn = self._conversations.turn(place, number)
        return self.more(turn) if turn is not None else None

    def more(self, turn: Turn) -> Reply:
        """The next paragraph of the article that a turn's first passage stands in, while it stands there."""
        cited = turn.answer.citations or turn.answer.closest
        if not self._library.still_holding(cited[:1]):
            return _words(replies.changed() if cited else replies.nothing_yet())
        stretch = self._library.reading_on(cited[0].article, turn.read_to or cited[0].end)
        if stretch is None:
            return _words(replies.end_of_article(cited[0].title))
        self._conversations.read_on(turn, stretch.read_to)
        heading = replies.reading_on(cited[0].title)
        return Reply(ReplyKind.PASSAGES, heading, passages=(stretch.citation,), turn=turn.id)

    def _which_article(self, turn: Turn) -> Reply:
        if not turn.answer.citations:
            return _words(replies.nothing_yet())
        named = {citation.article: citation for citation in reversed(turn.answer.citations)}
        lines = [replies.which_article(c.title, _dated(c.published), c.article) for c in reversed(named.values())]
        return _words("\n".join(lines))

    def _overview(self) -> Reply:
        articles = sorted(self._library.articles(), key=lambda article: article.published or "", reverse=True)
        dates = sorted(article.published for article in articles if article.published)
        titles = [_listed(article) for article in articles[: replies.TITLES_SHOWN]]
        first, last = (_dated(dates[0]), _dated(dates[-1])) if dates else (None, None)
        return _words(replies.overview(titles, len(articles), first, last))

    def _narrowed(
        self, speaker: Speaker, intent: Intent, text: str, conditions: tuple[str, ...], stopped: Callable[[], bool]
    ) -> Reply:
        """A question within conditions; the last question again where the message holds none."""
        wanted = _joined(intent.conditions, conditions)
        if intent.question is not None:
            return self._answered(speaker, text, self.understand(speaker, intent.question, wanted), stopped)
        turns = self.turns(speaker)
        if not turns:
            return _words(replies.narrowed_nothing())
        return self._asked_again(speaker, turns[0], text, wanted, stopped)

    def _widened(self, speaker: Speaker, text: str, conditions: tuple[str, ...], stopped: Callable[[], bool]) -> Reply:
        """The last question again, without the conditions that it was asked within."""
        turns = self.turns(speaker)
        if not turns or set(turns[0].conditions) <= set(conditions):
            return _words(replies.nothing_to_lift(conditions))
        return self._asked_again(speaker, turns[0], text, conditions, stopped)

    def _asked_again(
        self, speaker: Speaker, turn: Turn, text: str, conditions: tuple[str, ...], stopped: Callable[[], bool]
    ) -> Reply:
        """A turn's question, or its topic, within other conditions."""
        question = turn.answer.standalone_question
        topical = _topical(question)
        if topical is not None:
            return self._on_topic(speaker, topical, text, conditions) or _words(
                replies.nothing_on(topical.topic or "", None)
            )
        return self._answered(speaker, text, Understood(question, conditions, turn.topic), stopped)

    def _on_topic(self, speaker: Speaker, intent: Intent, text: str, conditions: tuple[str, ...]) -> Reply | None:
        """Passages on a topic, remembered as a turn, so that "more" and "when was it seized?" look back to them.

        None where "what does X say about Y" names no article: X may be a person.
        """
        topic = (intent.topic or "").strip(" .!?")
        title, wanted = None, conditions
        if intent.article is not None:
            article = self._meant(speaker, intent.article)
            if article is None:
                return None
            title, wanted = article.title, _joined((f'article = "{article.name}"',), conditions)
        newest = intent.wish is Wish.LATEST
        filters = where.filters([where.parse(condition) for condition in wanted])
        found = self._library.on(topic, filters, newest_first=newest)
        if not found:
            return _words(replies.nothing_on(topic, title)) if title or newest else None
        heading = _heading(topic, title, len(found), newest=newest)
        shown = _shown(text, f"{'the latest on' if newest else 'tell me about'} {topic}", heading, found)
        turns = self.turns(speaker)
        number = _understood(standalone(topic, turns), turns).topic
        turn = self._conversations.add(speaker, number, text, wanted, shown)
        return Reply(ReplyKind.PASSAGES, heading, passages=found, conditions=wanted, turn=turn.id)

    def _meant(self, speaker: Speaker, said: str) -> ArticleSummary | None:
        """The article that was named, or "the article" that the last answer cites or that is the only one."""
        if said.casefold() not in {
            "the article",
            "this article",
            "that article",
            "the report",
            "the story",
            "the text",
        }:
            return self._library.named(said)
        articles = self._library.articles()
        cited = [citation.article for turn in self.turns(speaker)[:1] for citation in turn.answer.citations[:1]]
        meant = [article for article in articles if article.name in cited] or articles
        return meant[0] if len(meant) == 1 else None


def _understood(reading: Reading, turns: Sequence[Turn], conditions: tuple[str, ...] = ()) -> Understood:
    """turns: newest first."""
    if not turns:
        return Understood(reading.question, conditions, 1)
    carried = turns[0].conditions if reading.follows else ()
    return Understood(reading.question, _joined(carried, conditions), turns[0].topic + reading.new_topic)


def _topical(question: str) -> Intent | None:
    """The wish for passages on a topic that a question is; None for any other."""
    intent = recognised(question)
    return intent if intent is not None and intent.wish in {Wish.ABOUT, Wish.LATEST} else None


def _shown(said: str, understood: str, heading: str, passages: tuple[Citation, ...]) -> Answer:
    """Passages on a topic as what a turn keeps: nothing was read, so no span and no confidence."""
    return Answer(said, understood, Status.ANSWERED, None, heading, None, passages, (), None, None, 0.0)


def _heading(topic: str, title: str | None, number: int, *, newest: bool) -> str:
    if title is not None:
        return replies.article_on_topic(title, topic)
    return replies.latest(topic, number) if newest else replies.on_topic(topic, number)


def _words(text: str) -> Reply:
    return Reply(ReplyKind.WORDS, text)


def _joined(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Both, each condition once."""
    return tuple(dict.fromkeys((*one, *other)))


def _dated(published: str | None) -> str | None:
    return long_date(published) if published else None


def _listed(article: ArticleSummary) -> str:
    dated = _dated(article.published)
    return f"{article.title}{f' ({dated})' if dated else ''}"
