"""The assistant: one question in, one answer out, the same for every place that asks."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from haystack import Document

from bot.answers import Scored, nearest, worded
from bot.citations import CitationBroken, verified
from bot.confidence import Confidence
from bot.features import observed
from bot.generation.rewriting import Rewriter
from bot.generation.writing import Writer
from bot.pipeline import QuestionPath
from bot.questions import kind_of
from bot.refusal import Unmet, not_found
from bot.types import Answer, Candidate, Status
from index.store import PassageStore
from index.types import Article, Meta
from prompts import refusals

TRIES = 3
"""How often a question is asked again when its quotes changed under way."""

Filters = Mapping[str, Any]
"""A Haystack filter on the keys of Meta."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What one snapshot of the index holds for a question."""

    generation: int
    articles_searched: int
    hits: Sequence[Document]
    candidates: Sequence[Candidate]
    articles: Mapping[str, Article]


class Assistant:
    """Answers questions over one index. Safe to use from several threads."""

    def __init__(
        self,
        store: PassageStore,
        pipeline: QuestionPath,
        confidence: Confidence,
        threshold: float | None = None,
        writer: Writer | None = None,
        *,
        rewriter: Rewriter | None = None,
    ) -> None:
        """threshold: overrides the one that was fitted for the reader. writer: words answers with a chat model.

        rewriter: for conversations with this assistant; shares the writer's model.
        """
        self.writer = writer
        self.rewriter = rewriter
        self.store = store
        self.pipeline = pipeline
        self.confidence = confidence
        self.threshold = confidence.threshold if threshold is None else threshold

    def warm_up(self) -> None:
        """Load the models, so that the first question is as quick as the next."""
        self.pipeline.warm_up()
        if self.writer is not None:
            self.writer.warm_up()

    def close(self) -> None:
        """Let the reader's threads and the index's connections go."""
        if self.writer is not None:
            self.writer.close()
        self.pipeline.close()
        self.store.close()

    @property
    def identity(self) -> str:
        """What reads and words: the reader, and the chat model with its prompt where there is one."""
        reader = self.pipeline.reader.identity
        if self.writer is None:
            return reader
        rewriting = f"+{self.rewriter.fingerprint}" if self.rewriter is not None else ""
        return f"{self.writer.identity}{rewriting}+{reader}"

    def ask(self, question: str, *, filters: Filters | None = None) -> Answer:
        """The answer, or a refusal, with every quote checked against the articles as they are now."""
        started = time.perf_counter()
        answer = self._tried(question, filters)
        return replace(answer, seconds=round(time.perf_counter() - started, 4))

    def _tried(self, question: str, filters: Filters | None) -> Answer:
        standalone = " ".join(question.split())
        if not re.search(r"\w", standalone):
            return self._refused(question, standalone, refusals.no_question())
        for _ in range(TRIES):
            answer = self._attempt(question, standalone, filters)
            try:
                return self._checked(answer)
            except CitationBroken:
                continue
        return self._refused(question, standalone, refusals.gone())

    def _attempt(self, question: str, standalone: str, filters: Filters | None) -> Answer:
        found = self._find(standalone, filters)
        refused = self._refused(question, standalone, "", found.generation)
        scored = self.score(standalone, found.hits, found.candidates, found.articles)
        if not scored:
            return replace(refused, text=self._why(standalone, found, filters))
        best = scored[0]
        if best.confidence < self.threshold:
            closest = nearest([one.candidate for one in scored], found.articles)
            why = self._why(standalone, found, filters, best.unmet)
            return replace(refused, text=why, confidence=best.confidence, closest=closest)
        words = worded(kind_of(standalone), best, scored[1:], self.threshold, found.articles)
        if self.writer is not None:
            words = self.writer.words(standalone, best, scored[1:], found.hits, found.articles) or words
        return replace(
            refused,
            status=Status.ANSWERED,
            answer=words.answer,
            text=words.text,
            confidence=best.confidence,
            citations=words.citations,
        )

    def _find(self, question: str, filters: Filters | None) -> _Found:
        """Everything that is read of the index, in one short read transaction."""
        with self.store.reading():
            hits, candidates = self.pipeline.run(question, dict(filters) if filters else None)
            names = dict.fromkeys(str(hit.meta[Meta.ARTICLE]) for hit in hits if Meta.ARTICLE in hit.meta)
            articles = {name: article for name in names if (article := self.store.article(name)) is not None}
            return _Found(self.store.generation, self.store.statistics()["articles"], hits, candidates, articles)

    def score(
        self,
        question: str,
        hits: Sequence[Document],
        candidates: Sequence[Candidate],
        articles: Mapping[str, Article],
    ) -> list[Scored]:
        """Candidates of known articles with their confidence, surest first; overlapping ones merged."""
        scored = [
            Scored(one.candidate, self.confidence.probability(one.features), one.unmet)
            for one in observed(question, hits, candidates, articles)
        ]
        return sorted(scored, key=lambda one: -one.confidence)

    def _why(self, question: str, found: _Found, filters: Filters | None, unmet: Unmet = ()) -> str:
        """The words of a refusal. unmet: the conditions that the nearest passage does not meet."""
        if not found.articles_searched:
            return refusals.nothing_indexed()
        if filters and not found.hits:
            return refusals.nothing_matches()
        return not_found(self.store, question, found.articles_searched, filtered=bool(filters), unmet=unmet)

    def _checked(self, answer: Answer) -> Answer:
        """Read the quotes again, in a snapshot of now. Raises CitationBroken."""
        with self.store.reading():
            return verified(answer, self.store.article_text)

    def _refused(self, question: str, standalone: str, words: str, generation: int | None = None) -> Answer:
        return Answer(
            question=question,
            standalone_question=standalone,
            status=Status.REFUSED,
            answer=None,
            text=words,
            confidence=None,
            citations=(),
            closest=(),
            reader=self.identity,
            index=self.store.generation if generation is None else generation,
            seconds=0.0,
        )
