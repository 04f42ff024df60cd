"""A case asked, with what the assistant saw on the way."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot import where
from bot.assistant import Assistant
from bot.confidence import Confidence
from bot.features import Observed, observed
from bot.generation.writing import Writer
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

    @contextmanager
    def replayed(self) -> Iterator[None]:
        """Nothing is searched or read again meanwhile that was kept."""
        before, self.replaying = self.replaying, True
        try:
            yield
        finally:
            self.replaying = before

    def kept(self, question: str, filters: Filter | None) -> Outputs:
        """What a question put out last; nothing for one that never reached the pipeline."""
        return self._kept.get(_key(question, filters), ([], []))


def _key(question: str, filters: Filter | None) -> str:
    return json.dumps([question, filters], sort_keys=True)


class Asker:
    """Asks cases of one assistant, and tells what was retrieved and marked."""

    def __init__(self, assistant: Assistant, recording: RecordingPipeline | None = None) -> None:
        """recording: of another asker over the same index and reader, whose questions need not be read again."""
        self.bare = assistant
        self.recording = recording or RecordingPipeline(assistant.pipeline)
        self.assistant = self._with(assistant.threshold, assistant.writer)
        self._reading = self._with(assistant.threshold)

    def _with(self, threshold: float, writer: Writer | None = None) -> Assistant:
        bare = self.bare
        return Assistant(bare.store, self.recording, bare.confidence, threshold, writer, rewriter=bare.rewriter)

    def ask(self, case: Case, without: Sequence[str] = ()) -> Asked:
        """The case's answer; without: ids of passages that are taken away, and then no chat model words it."""
        whole = _whole(case, self.assistant)
        filters = filters_of(whole, without)
        answer = (self._reading if without else self.assistant).ask(whole.question, filters=filters)
        hits, candidates = self.recording.kept(answer.standalone_question, filters)
        spans = self._scored(answer.standalone_question, hits, candidates)
        return Asked(case, answer, tuple(_hit(document) for document in hits), spans)

    def again(self, case: Case, threshold: float, without: Sequence[str] = ()) -> Answer:
        """What the case would get at another threshold, without reading again what was read."""
        with self.recording.replayed():
            assistant = self._with(threshold)
            whole = _whole(case, assistant)
            return assistant.ask(whole.question, filters=filters_of(whole, without))

    def observed(self, asked: Asked, without: Sequence[str] = ()) -> list[Observed]:
        """What the confidence is computed from, for each span of a case that was asked."""
        with self.recording.replayed():
            filters = filters_of(_whole(asked.case, self.assistant), without)
        question = asked.answer.standalone_question
        hits, candidates = self.recording.kept(question, filters)
        return observed(question, hits, candidates, self._articles(candidates))

    def calibrated(self, fitted: Confidence) -> Asker:
        """Another asker, with this confidence and over what this one has read."""
        return Asker(
            Assistant(self.bare.store, self.bare.pipeline, fitted, rewriter=self.bare.rewriter), self.recording
        )

    def _scored(self, question: str, hits: Sequence[Document], candidates: Sequence[Candidate]) -> tuple[Marked, ...]:
        scored = self.assistant.score(question, hits, candidates, self._articles(candidates))
        return tuple(marked(one.candidate, one.confidence) for one in scored)

    def _articles(self, candidates: Sequence[Candidate]) -> Mapping[str, Article]:
        names = sorted({candidate.article for candidate in candidates})
        found = {name: self.bare.store.article(name) for name in names}
        return {name: article for name, article in found.items() if article is not None}


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


def marked(candidate: Candidate, confidence: float) -> Marked:
    """A candidate as a run keeps it."""
    return Marked(candidate.article, candidate.start, candidate.end, candidate.text, candidate.rank, confidence)
