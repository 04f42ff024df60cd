"""From passages to a checked answer: the model drafts, each sentence is checked, what survives is cited and said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from haystack import Document

from bot.answers import Scored, Worded
from bot.citations import cite
from bot.dates import long_date
from bot.generation.chat import Abandoned, ChatModel, GeneratorFailed
from bot.generation.listening import Listener, listener
from bot.generation.quoting import Quoted, fence, neutral, within
from bot.generation.splitting import Drafted, Splitter
from bot.generation.streaming import Deadlines, reply
from bot.generation.support import covers, gives_orders, holds, is_verbatim, shares_words, unsupported
from bot.types import Candidate, Citation
from index.sentences import sentences
from index.types import Article, Meta
from prompts.templates import Message, Prompt

PASSAGES: Final = 4
"""More distract a small model, and each costs a second of reading on a processor."""
SENTENCES: Final = 8
"""A longer answer is not asked for."""
MESSAGE_TOKENS: Final = 8
"""Of the chat format, for each message."""
LEAST_ROOM: Final = 100
"""Tokens; in less there is no passage that a sentence could be copied from."""


class Stopped(Exception):
    """The person did not wait for the answer."""


@dataclass(frozen=True, slots=True)
class Given:
    """A passage the model was given. candidates: what the extractive reader marked in it, best first."""

    number: int
    article: Article
    start: int
    end: int
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence that is not said, and why."""

    sentence: str
    why: str


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a draft. words: the checked answer, None where nothing of use was left.
    trouble: why the model gave no whole draft.
    """

    words: Worded | None
    kept: int
    dropped: tuple[Dropped, ...]
    draft: str
    trouble: str | None = None


class Writer:
    """Words answers with a chat model. Safe to use from several threads."""

    def __init__(
        self, model: ChatModel, prompt: Prompt, deadlines: Deadlines, context_tokens: int, max_tokens: int
    ) -> None:
        """context_tokens: prompt and reply together. max_tokens: of the reply."""
        self.model = model
        self._prompt = prompt
        self._deadlines = deadlines
        self._room = context_tokens - max_tokens

    @property
    def identity(self) -> str:
        """The model and the fingerprint of the prompt."""
        return f"{self.model.identity}@{self._prompt.fingerprint}"

    def warm_up(self) -> None:
        """Load the model. Raises ModelError."""
        self.model.warm_up()

    def close(self) -> None:
        """Let the model go."""
        self.model.close()

    def words(
        self,
        question: str,
        best: Scored,
        scored: Sequence[Scored],
        hits: Sequence[Document],
        articles: Mapping[str, Article],
    ) -> Worded | None:
        """The checked answer; None where the extractive one must do. Raises Stopped."""
        written = self.write(question, best, scored, hits, articles)
        if written.words is None and written.trouble is None:
            listener().trouble(
                "nothing the generator wrote is supported by the passages; this is the extractive answer"
            )
        return written.words

    def write(
        self,
        question: str,
        best: Scored,
        scored: Sequence[Scored],
        hits: Sequence[Document],
        articles: Mapping[str, Article],
    ) -> Written:
        """What becomes of the model's draft. Its trouble is told to the listener. Raises Stopped."""
        given = given_passages(best, scored, hits, articles)
        answer = Growing(question, best.candidate.text, given, listener())
        trouble = None
        try:
            messages = self._messages(question, given)
            for piece in reply(self.model, messages, self._deadlines, answer.listener.stopped):
                answer.hear(piece)
                if answer.is_full:
                    break
            answer.end()
        except Abandoned as error:
            raise Stopped from error
        except GeneratorFailed as error:
            trouble = str(error)
            answer.listener.trouble(
                f"{trouble}. This is {'what was checked by then' if answer.said else 'the extractive answer'}"
            )
        return Written(answer.words(), len(answer.said), tuple(answer.dropped), answer.draft, trouble)

    def _messages(self, question: str, given: Sequence[Given]) -> tuple[Message, ...]:
        quoted = [Quoted(one.number, neutral(_heading(one.article)), neutral(_text(one))) for one in given]
        asked = neutral(question)
        fitting = within(quoted, self._room_for_passages(asked), self.model.count)
        mark = fence([self._prompt.fingerprint, asked, *(one.text for one in fitting)])
        return self._prompt.render(question=asked, passages=fitting, fence=mark)

    def _room_for_passages(self, asked: str) -> int:
        """Tokens that the question and the template's own words leave. Raises GeneratorFailed where that is nothing."""
        bare = self._prompt.render(question=asked, passages=[], fence=fence([asked]))
        room = self._room - sum(self.model.count(message.text) + MESSAGE_TOKENS for message in bare)
        if room < LEAST_ROOM:
            raise GeneratorFailed(
                "the prompt and the question leave no room for a passage; raise generator.context_tokens"
            )
        return room


def given_passages(
    best: Scored, scored: Sequence[Scored], hits: Sequence[Document], articles: Mapping[str, Article]
) -> list[Given]:
    """The passages for the model: that of the best candidate, then the others by how sure the reader is of them."""
    marked = [best, *scored]
    ranks = list(dict.fromkeys([one.candidate.rank for one in marked] + list(range(1, len(hits) + 1))))
    known = [rank for rank in ranks if hits[rank - 1].meta.get(Meta.ARTICLE) in articles][:PASSAGES]
    given = []
    for number, rank in enumerate(known, start=1):
        hit = hits[rank - 1]
        start = int(hit.meta[Meta.START])
        own = dict.fromkeys(one.candidate for one in marked if one.candidate.rank == rank)
        article = articles[hit.meta[Meta.ARTICLE]]
        given.append(Given(number, article, start, start + len(hit.content or ""), tuple(own)))
    return given


def _heading(article: Article) -> str:
    dated = f", {long_date(article.published)}" if article.published else ""
    return " ".join(f"{article.title}{dated}".split())[:200]


def _text(given: Given) -> str:
    return given.article.text[given.start : given.end]


@dataclass
class Growing:
    """An answer as it grows. Sentences wait until one says what the extractive reader found.

    needs_markers: False takes a sentence without a marker as one that cites every passage; for measurements only.
    """

    question: str
    wanted: str
    given: Sequence[Given]
    listener: Listener
    needs_markers: bool = True
    said: list[str] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    draft: str = ""
    _waiting: list[tuple[Drafted, tuple[int, int, Given]]] = field(default_factory=list)
    _citations: list[Citation] = field(default_factory=list)
    _texts: set[str] = field(default_factory=set)
    _splitter: Splitter = field(default_factory=Splitter)

    @property
    def is_full(self) -> bool:
        return len(self.said) >= SENTENCES

    def hear(self, piece: str) -> None:
        self.draft += piece
        for sentence in self._splitter.feed(piece):
            self._take(sentence)

    def end(self) -> None:
        for sentence in self._splitter.rest():
            self._take(sentence)
        for sentence, _ in self._waiting:
            self._drop(sentence.text, "it does not say what the question asks for, and no sentence beside it does")
        self._waiting = []

    def words(self) -> Worded | None:
        if not self.said:
            return None
        text = " ".join(self.said)
        return Worded(text, text, tuple(self._citations))

    def _take(self, sentence: Drafted) -> None:
        if not sentence.text or self.is_full:
            return
        if sentence.text.casefold() in self._texts:
            self._drop(sentence.text, "it was said before")
            return
        self._texts.add(sentence.text.casefold())
        found = self._supported(sentence)
        if isinstance(found, str):
            self._drop(sentence.text, found)
            return
        self._waiting.append((sentence, found))
        if self.said or holds(sentence.text, self.wanted):
            waiting, self._waiting = self._waiting, []
            for one, place in waiting:
                self._say(one, place)

    def _say(self, sentence: Drafted, place: tuple[int, int, Given]) -> None:
        marker = self._marker(*place)
        ending = sentence.text[-1] if sentence.text[-1] in ".!?" else ""
        text = f"{sentence.text.removesuffix(ending)} [{marker}]{ending or '.'}"
        self.said.append(text)
        self.listener.sentence(text)

    def _marker(self, start: int, end: int, given: Given) -> int:
        citation = cite(given.article, start, end, len(self._citations) + 1, span=False)
        for other in self._citations:
            if (other.article, other.start, other.end) == (citation.article, citation.start, citation.end):
                return other.marker or 0
        self._citations.append(citation)
        return len(self._citations)

    def _drop(self, sentence: str, why: str) -> None:
        self.dropped.append(Dropped(sentence, why))
        self.listener.dropped(sentence, why)

    def _supported(self, sentence: Drafted) -> tuple[int, int, Given] | str:
        """The place that supports a sentence, or why none does."""
        if not sentence.markers and self.needs_markers:
            return "it names no passage"
        cited = [one for one in self.given if not sentence.markers or one.number in sentence.markers]
        if not cited:
            return f"there is no passage {sentence.markers[0]}"
        why = ""
        for given in cited:
            found = self._place(sentence.text, given)
            if not isinstance(found, str):
                return (*found, given)
            why = why or found
        return why

    def _place(self, text: str, given: Given) -> tuple[int, int] | str:
        """The one or two sentences of a passage that support a text, or why the nearest do not."""
        reasons = []
        for start, end in _windows(given, text):
            window = given.article.text[start:end]
            why = unsupported(text, window) or self._unread(text, window, given, start, end)
            if why is None:
                return start, end
            reasons.append((-_shared(text, window), why))
        return min(reasons)[1] if reasons else "the passage has no sentence that can be quoted"

    def _unread(self, text: str, window: str, given: Given, start: int, end: int) -> str | None:
        """Why the extractive reader does not read the passage as the sentence does; None where it does."""
        if gives_orders(window):
            return "what it rests on speaks to the model"
        marked = [one for one in given.candidates if start <= one.start and one.end <= end]
        if any(holds(text, one.text) for one in marked[:1]):
            return None
        if is_verbatim(text, window) and shares_words(text, f"{self.question} {self.wanted}"):
            return None
        return (
            "the extractive reader reads something else there"
            if marked
            else "the extractive reader finds nothing there"
        )


def _windows(given: Given, draft: str) -> list[tuple[int, int]]:
    """Where a draft may stand: each sentence of a passage, none with boilerplate in it; and where none of them covers
    the draft, each two neighbours. Else a name of the sentence beside could take the place of the right one."""
    text = given.article.text
    spans = [(given.start + a, given.start + b) for a, b in sentences(text[given.start : given.end])]
    if not any(covers(draft, text[a:b]) for a, b in spans):
        spans += [(one[0], other[1]) for one, other in pairwise(spans)]
    return [(a, b) for a, b in spans if not any(a < right and left < b for left, right in given.article.boilerplate)]


def _shared(text: str, window: str) -> int:
    return len({word.casefold() for word in text.split()} & {word.casefold() for word in window.split()})
