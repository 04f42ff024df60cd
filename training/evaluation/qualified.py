"""Qualified questions: asked with their passage among near ones that differ in the qualifier, and with the near alone.

The near passage of a pair (training/reader/contrast.py) joins what retrieval brings, at the place of the right one.
Where the question is what was changed, the passages stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from haystack import Document

from bot.pipeline import QuestionPipeline
from bot.types import Candidate
from index.retrieval import HybridRetriever
from index.store import PassageStore
from index.types import Article, Meta
from training.evaluation.gather import Seen
from training.evaluation.questions import SEED, Posed, examples_of, posed
from training.reader.contrast import Contrast, contrasts
from training.squad import SquadArticle

NEAR_NAME = "near"


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with its passage there, and what is asked when only near ones are. kind: what differs."""

    kind: str
    there: Seen
    absent: Seen


def pairs(
    articles: Sequence[SquadArticle], retriever: HybridRetriever, pipeline: QuestionPipeline, store: PassageStore
) -> Iterator[Pair]:
    """Each pair of the contrast set, read as the assistant would."""
    asked = list(posed(articles, store))
    whole = {one.text: one for one in asked if one.kind == "answerable"}
    without = {one.text: one for one in asked if one.kind == "near"}
    for pair in contrasts(list(examples_of(articles)), SEED):
        question, near = whole[pair.original.question], pair.near
        hits = retriever.run(question.text)["documents"]
        if near.question != pair.original.question:
            absent = replace(question, text=near.question, kind="qualified", answers=())
            changed = retriever.run(near.question)["documents"]
            yield Pair(pair.kind, _read(question, hits, pipeline, store), _read(absent, changed, pipeline, store))
            continue
        rest = retriever.run(question.text, without[question.text].filters)["documents"]
        document = _document(pair, hits)
        absent = replace(without[question.text], kind="qualified")
        there = _read(question, [*hits[:1], document, *hits[1:-1]], pipeline, store)
        yield Pair(pair.kind, there, _read(absent, [document, *rest[:-1]], pipeline, store))


def _document(pair: Contrast, hits: Sequence[Document]) -> Document:
    """The near passage as a hit of an article of the same title."""
    text = pair.near.passage
    meta = {Meta.ARTICLE: NEAR_NAME, Meta.TITLE: pair.near.title, Meta.START: 0, Meta.END: len(text)}
    return Document(content=text, meta=meta, score=hits[0].score if hits else 0.0)


def _read(question: Posed, hits: Sequence[Document], pipeline: QuestionPipeline, store: PassageStore) -> Seen:
    candidates: list[Candidate] = pipeline.reader.run(question.text, list(hits))["candidates"]
    articles: dict[str, Article] = {}
    for hit in hits:
        name = str(hit.meta[Meta.ARTICLE])
        if name == NEAR_NAME:
            articles[name] = Article(name, str(hit.meta[Meta.TITLE]), hit.content or "")
        elif name not in articles and (article := store.article(name)) is not None:
            articles[name] = article
    return Seen(question, tuple(hits), tuple(candidates), articles)
