"""A case asked, with what the assistant saw on the way."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot import where
from bot.assistant import Assistant
from bot.pipeline import QuestionPath
from bot.regression.cases import Case
from bot.types import Answer, Candidate
from index.types import Meta

if TYPE_CHECKING:
    from haystack import Document

    from index.types import Article

Filter = dict[str, Any]
Outputs = tuple[list["Document"], list[Candidate]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage. start, end: in its article."""

    id: str
    article: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A span the reader marked, with the confidence it was given."""

    article: str
    start: int
    end: int
    text: str
    rank: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Asked:
    """One case with its answer. hits: best first. spans: surest first, overlapping ones merged."""

    case: Case
    answer: Answer
    hits: tuple[Hit, ...]
    spans: tuple[Marked, ...]


class RecordingPipeline:
    """Stands before a pipeline and keeps what it put out, a question and filter each."""

    def __init__(self, inner: QuestionPath) -> None:
        self._inner = inner
        self.reader = inner.reader
        self.pipeline = inner.pipeline
        self.replaying = False
        """Give what was kept instead of searching and reading again."""
        self._kept: dict[str, Outputs] = {}
        self._guard = threading.Lock()

    def warm_up(self) -> None:
        """As the pipeline's own."""
        self._inner.warm_up()

    def close(self) -> None:
        """As the pipeline's own."""
        self._inner.close()

    def run(self, question: str, filters: Filter | None) -> Outputs:
        """As the pipeline's own."""
        key = _key(question, filters)
        kept = self._kept.get(key)
        if self.replaying and kept is not None:
            return kept
        outputs = self._inner.run(question, filters)
        with self._guard:
            self._kept[key] = outputs
        return outputs

    def kept(self, question: str, filters: Filter | None) -> Outputs:
        """What a question put out last; nothing for one that never reached the pipeline."""
        return self._kept.get(_key(question, filters), ([], []))


def _key(question: str, filters: Filter | None) -> str:
    return json.dumps([question, filters], sort_keys=True)


class Asker:
    """Asks cases of one assistant, and tells what was retrieved and marked."""

    def __init__(self, assistant: Assistant) -> None:
        self.bare = assistant
        self.recording = RecordingPipeline(assistant.pipeline)
        self.assistant = self._with(assistant.threshold)

    def _with(self, threshold: float) -> Assistant:
        return Assistant(self.bare.store, self.recording, self.bare.confidence, threshold)

    def ask(self, case: Case, without: Sequence[str] = ()) -> Asked:
        """The case's answer; without: ids of passages that are taken away."""
        whole = _whole(case, self.assistant)
        filters = filters_of(whole, without)
        answer = self.assistant.ask(whole.question, filters=filters)
        hits, candidates = self.recording.kept(answer.standalone_question, filters)
        spans = self._scored(answer.standalone_question, hits, candidates)
        return Asked(case, answer, tuple(_hit(document) for document in hits), spans)

    def again(self, case: Case, threshold: float, without: Sequence[str] = ()) -> Answer:
        """What the case would get at another threshold, without reading again what was read."""
        self.recording.replaying = True
        try:
            assistant = self._with(threshold)
            whole = _whole(case, assistant)
            return assistant.ask(whole.question, filters=filters_of(whole, without))
        finally:
            self.recording.replaying = False

    def _scored(self, question: str, hits: Sequence[Document], candidates: Sequence[Candidate]) -> tuple[Marked, ...]:
        articles = _Articles(self.bare, {candidate.article for candidate in candidates})
        scored = self.assistant.score(question, hits, candidates, articles.known)
        return tuple(_marked(one.candidate, one.confidence) for one in scored)


class _Articles:
    """The articles of some candidates."""

    def __init__(self, assistant: Assistant, names: set[str]) -> None:
        found = {name: assistant.store.article(name) for name in sorted(names)}
        self.known: Mapping[str, Article] = {name: article for name, article in found.items() if article is not None}


def _whole(case: Case, assistant: Assistant) -> Case:
    """The case with the question, and the conditions, that its turns make of it."""
    if not case.turns:
        return case
    from bot.conversation.replay import understood_after

    understood = understood_after(assistant, case.turns, case.question, case.where)
    return replace(case, question=understood.question, where=understood.conditions)


def filters_of(case: Case, without: Sequence[str] = ()) -> Filter | None:
    """The case's conditions, and that the passage is none of these ids."""
    filters = where.filters([where.parse(condition) for condition in case.where])
    if not without:
        return filters
    taken = {"field": "id", "operator": "not in", "value": sorted(without)}
    return {"operator": "AND", "conditions": [taken, *([filters] if filters else [])]}


def _hit(document: Document) -> Hit:
    meta = document.meta
    return Hit(document.id, str(meta[Meta.ARTICLE]), meta[Meta.START], meta[Meta.END], document.content or "")


def _marked(candidate: Candidate, confidence: float) -> Marked:
    return Marked(candidate.article, candidate.start, candidate.end, candidate.text, candidate.rank, confidence)
