"""The bot over a fake Bot API, on either front, with a conversation that is quick to write down."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from telegram.request import BaseRequest

from bot.citations import cite
from bot.conversation.reply import Reply, ReplyKind
from bot.conversation.turns import Speaker
from bot.telegram.dispatch import Bounds
from bot.telegram.seams import Conversation, Filed
from bot.telegram.seams import Shelf as Articles
from bot.telegram.service import Backing, Options, Service
from bot.types import Answer, Citation, Status
from index.types import Article
from tests.fake_bot_api import memory
from tests.fake_bot_api.core import FakeTelegram
from tests.fake_bot_api.http import served
from tests.fake_bot_api.people import Person, until

FRONTS = ("memory", "http")
GARDEN = Article(
    "garden.txt",
    "The rose garden",
    "The rose garden opened in May. It has 300 roses. " + "Visitors like the benches. " * 120 + "It closes at dusk.",
    published="2021-05-04",
    url="https://example.org/roses?a=1&b=2",
)


class Scripted:
    """A conversation that knows one article: a question with a word of `spans` in it is answered by its span."""

    def __init__(self, article: Article = GARDEN, spans: dict[str, str] | None = None, seconds: float = 0.0) -> None:
        self.articles = {article.name: article}
        self.spans = {"many": "300 roses", "when": "May"} if spans is None else spans
        self.seconds = seconds
        self.asked: list[tuple[str, str, str]] = []
        self.at_once = 0
        self.most_at_once = 0
        self._guard = threading.Lock()

    def say(self, speaker: Speaker, text: str) -> Reply:
        with self._counted():
            self.asked.append((speaker.place, speaker.person, text))
            time.sleep(self.seconds)
            if text == "fail":
                raise RuntimeError(f"broken by {text}")
            if text == "hello":
                return Reply(ReplyKind.WORDS, "Hello.")
            found = next((span for word, span in self.spans.items() if word in text.lower()), None)
            answer = self._answer(text, found)
            return Reply(ReplyKind.ANSWER, answer.text, answer, turn=len(self.asked))

    def read_on(self, place: str, number: int) -> Reply | None:
        known = [one for one in self.asked[number - 1 : number] if one[0] == place]
        return Reply(ReplyKind.WORDS, "Read on.") if known else None

    def move(self, old: str, new: str) -> None:
        self.asked = [(new + place.removeprefix(old), *said) if place.startswith(old) else (place, *said)
                      for place, *said in self.asked]  # fmt: skip

    def forget(self, speaker: Speaker) -> Reply:
        self.asked = [one for one in self.asked if one[:2] != (speaker.place, speaker.person)]
        return Reply(ReplyKind.WORDS, "Forgotten.")

    def article(self, name: str) -> Article | None:
        return self.articles.get(name)

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        with self._guard:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            yield
        finally:
            with self._guard:
                self.at_once -= 1

    def _answer(self, question: str, span: str | None) -> Answer:
        citations: tuple[Citation, ...] = ()
        if span is not None:
            article = next(one for one in self.articles.values() if span in one.text)
            start = article.text.index(span)
            citations = (cite(article, start, start + len(span), 1),)
        return Answer(
            question=question,
            standalone_question=question,
            status=Status.ANSWERED if span else Status.REFUSED,
            answer=span,
            text=f"{span} [1]" if span else "I did not find an answer to this in the one article I have.",
            confidence=0.9 if span else 0.1,
            citations=citations,
            closest=(),
            reader="scripted",
            index=1,
            seconds=self.seconds,
        )


@dataclass
class Shelf:
    """A library of what was added."""

    added: dict[str, bytes] = field(default_factory=dict)

    def add(self, file_name: str, data: bytes) -> Filed:
        self.added[file_name] = data
        return Filed(file_name, (f"Title of {file_name}",))

    def remove(self, name: str) -> str:
        del self.added[name]
        return f"removed/{name}"

    def sync(self) -> str:
        return f"{len(self.added)} articles"


@dataclass
class Stage:
    """A running bot. lines: what it said to whoever started it."""

    telegram: FakeTelegram
    service: Service
    conversation: Scripted
    library: Shelf
    lines: list[str]

    @property
    def code(self) -> str:
        return self.lines[0].removeprefix("pairing code: ")

    def person(self, number: int, name: str = "Ada") -> Person:
        return Person(self.telegram, number, name)

    async def paired(self, number: int = 7) -> Person:
        """The administrator, after /start CODE."""
        person = self.person(number, "Boss")
        person.says(f"/start {self.code}")
        await until(lambda: [sent for sent in person.heard() if "administrator" in sent.text])
        return person

    async def settled(self) -> None:
        """Everything that arrived is done."""
        await until(lambda: not self.telegram.waiting() or self.telegram.down)
        await asyncio.wait_for(self.service.dispatcher.idle(), 30)


OPTIONS = Options(
    token="",
    base_url="",
    readers=2,
    bounds=Bounds(user_per_minute=600, chat_per_minute=600, queue=200, longest_question=1_000),
    timeout_seconds=0.4,
    poll_seconds=2,
    first_wait_seconds=0.02,
    stop_seconds=5,
)


@contextlib.asynccontextmanager
async def staged(
    front: str,
    folder: Path,
    *,
    telegram: FakeTelegram | None = None,
    conversation: Scripted | None = None,
    behind: tuple[Conversation, Articles] | None = None,
    token_at_start: str | None = None,
    **options: Any,
) -> AsyncIterator[Stage]:
    """The bot, running inside, stopped at the end; what ended it before is raised there.

    token_at_start: what the bot thinks its token is. behind: what answers in the place of a scripted conversation.
    """
    telegram = telegram or FakeTelegram()
    async with _address(front, telegram) as (base_url, requests):
        own = replace(OPTIONS, token=token_at_start or telegram.token, base_url=base_url, **options)
        stage = _stage(telegram, conversation or Scripted(), behind, own, folder, requests)
        running = asyncio.create_task(stage.service.run())
        try:
            await until(lambda: running.done() or _listens(telegram))
            yield stage
        finally:
            stage.service.stop()
            await asyncio.wait_for(running, 20)
        secret = telegram.token.partition(":")[2]
        assert not [sent for sent in telegram.sent if secret in sent.text]  # in no message of any scenario
        assert not [file for file in folder.glob("telegram.db*") if secret.encode() in file.read_bytes()]


def _listens(telegram: FakeTelegram) -> bool:
    return telegram.webhook is not None or any(call.method == "getUpdates" for call in telegram.calls)


def _stage(
    telegram: FakeTelegram,
    conversation: Scripted,
    behind: tuple[Conversation, Articles] | None,
    options: Options,
    folder: Path,
    requests: tuple[BaseRequest, BaseRequest] | None,
) -> Stage:
    library, lines = Shelf(), list[str]()
    backing = Backing(*(behind or (conversation, conversation)), library)
    service = Service(options, backing, folder / "telegram.db", announce=lines.append, requests=requests)
    return Stage(telegram, service, conversation, library, lines)


@contextlib.asynccontextmanager
async def _address(
    front: str, telegram: FakeTelegram
) -> AsyncIterator[tuple[str, tuple[BaseRequest, BaseRequest] | None]]:
    telegram.calls.clear()
    if front == "memory":
        yield memory.BASE_URL, (memory.MemoryRequest(telegram), memory.MemoryRequest(telegram))
    else:
        async with served(telegram) as base_url:
            yield base_url, None


def played(scenario: Callable[[], Coroutine[Any, Any, None]], seconds: float = 60) -> None:
    """Run a scenario to its end."""
    asyncio.run(asyncio.wait_for(scenario(), seconds))
