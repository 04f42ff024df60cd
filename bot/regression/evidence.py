"""Where an index holds the answer of a case: the places, and the passages that carry them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from bot.regression.cases import Case
from bot.regression.matching import normalised
from bot.regression.patterns import Matcher
from index.types import Meta

if TYPE_CHECKING:
    from index.store import PassageStore


@dataclass(frozen=True, slots=True)
class Place:
    """article.text[start:end]"""

    article: str
    start: int
    end: int

    def touches(self, article: str, start: int, end: int) -> bool:
        """Whether a span of an article shares at least one character with this place."""
        return article == self.article and start < self.end and self.start < end


@dataclass(frozen=True)
class Shelved:
    """A passage with its text ready for comparison."""

    id: str
    article: str
    start: int
    end: int
    text: str

    @cached_property
    def words(self) -> str:
        """Normalised, with a space at both ends."""
        return f" {normalised(self.text)} "


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands for a case in an index.

    places: of the quote, or of the answers where no quote is expected, or the whole expected article.
    passages: ids of those that touch a place. holding: ids of all that hold a text answer anywhere.
    """

    places: tuple[Place, ...]
    passages: frozenset[str]
    holding: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Everything to take away so that no evidence is left."""
        return self.passages | self.holding


class Shelf:
    """The texts and passages of one index, read once."""

    def __init__(self, texts: Mapping[str, str], passages: Sequence[Shelved]) -> None:
        self.texts = texts
        self.passages = passages
        self._windows: dict[str, list[tuple[int, int]]] = {}
        for passage in passages:
            self._windows.setdefault(passage.article, []).append((passage.start, passage.end))

    @classmethod
    def of(cls, store: PassageStore) -> Shelf:
        """Everything in the index, in the order of articles and places."""
        with store.reading():
            names = [summary.name for summary in store.articles()]
            texts = {name: store.article_text(name) or "" for name in names}
            found = [
                Shelved(d.id, str(d.meta[Meta.ARTICLE]), d.meta[Meta.START], d.meta[Meta.END], d.content or "")
                for d in store.filter_documents()
                if Meta.ARTICLE in d.meta
            ]
        return cls(texts, sorted(found, key=lambda passage: (passage.article, passage.start)))

    def evidence(self, case: Case) -> Evidence:
        """Where the answer of a case stands; nothing for an unanswerable one. Raises PatternSlow."""
        if case.unanswerable:
            return Evidence((), frozenset(), frozenset())
        matchers = [Matcher(pattern) for pattern in case.patterns]
        places = tuple(self._places(case, matchers))
        touching = frozenset(p.id for p in self.passages if any(x.touches(p.article, p.start, p.end) for x in places))
        return Evidence(places, touching, frozenset(self._holding(case, matchers)))

    def _places(self, case: Case, matchers: Sequence[Matcher]) -> Iterator[Place]:
        names = [case.article] if case.article is not None else list(self.texts)
        for name in names:
            text = self.texts.get(name)
            if text is None:
                continue
            if case.quote is not None:
                spans = _quoted(case.quote, text)
            elif case.expects_text:
                spans = self._said(case, matchers, name, text)
            else:
                spans = [(0, len(text))]
            yield from (Place(name, start, end) for start, end in spans)

    def _said(self, case: Case, matchers: Sequence[Matcher], name: str, text: str) -> list[tuple[int, int]]:
        """Where any answer stands as whole words; a pattern within a passage, as no answer reaches beyond one."""
        windows = self._windows.get(name, [])
        matched = [span for matcher in matchers for span in matcher.spans(text, windows)]
        return sorted({*_worded(case.answers, text), *matched})

    def _holding(self, case: Case, matchers: Sequence[Matcher]) -> Iterator[str]:
        wanted = [f" {words} " for answer in case.answers if (words := normalised(answer))]
        for passage in self.passages:
            if any(words in passage.words for words in wanted) or any(m.is_in(passage.text) for m in matchers):
                yield passage.id


def _quoted(quote: str, text: str) -> list[tuple[int, int]]:
    """Where a quote stands, its white space free: an extractor may break lines elsewhere."""
    words = r"\s+".join(re.escape(word) for word in quote.split())
    return [found.span() for found in re.finditer(words, text)]


def _worded(answers: Sequence[str], text: str) -> list[tuple[int, int]]:
    """Where any answer stands as whole words, case ignored."""
    if not answers:
        return []
    any_of = "|".join(r"\s+".join(re.escape(word) for word in answer.split()) for answer in answers)
    return [found.span() for found in re.finditer(rf"(?<!\w)(?:{any_of})(?!\w)", text, re.IGNORECASE) if found[0]]
