"""Ask the questions of one index and keep what was retrieved, marked and observed."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from haystack import Document

from bot.calibration import Asked, Option
from bot.features import observed
from bot.pipeline import QuestionPipeline
from bot.types import Candidate
from index.store import PassageStore
from index.types import Article, Meta
from training import squad
from training.evaluation.questions import Posed

RIGHT_F1 = 0.5
"""A span of at least this token F1 counts as right."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A question with what the pipeline brought for it. articles: those of the hits, by name."""

    posed: Posed
    hits: tuple[Document, ...]
    candidates: tuple[Candidate, ...]
    articles: dict[str, Article]
    seconds: float = 0.0


def see(posed: Iterable[Posed], pipeline: QuestionPipeline, store: PassageStore) -> list[Seen]:
    """Every question through retrieval and reader, two at a time, with its progress on stderr."""
    questions = list(posed)
    known: dict[str, Article] = {}

    def one(question: Posed) -> Seen:
        hits, candidates = pipeline.run(question.text, question.filters)
        names = {str(hit.meta[Meta.ARTICLE]) for hit in hits}
        for name in names - known.keys():
            article = store.article(name)
            if article is not None:
                known[name] = article
        return Seen(question, tuple(hits), tuple(candidates), {name: known[name] for name in names if name in known})

    seen: list[Seen] = []
    with ThreadPoolExecutor(2) as pool:
        for number, found in enumerate(pool.map(one, questions), start=1):
            seen.append(found)
            if number % 100 == 0 or number == len(questions):
                print(f"\r{number} of {len(questions)} questions", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return seen


def asked(seen: Sequence[Seen]) -> list[Asked]:
    """What the fit reads of it: each span with its features, and whether it is right."""
    return [_asked(one) for one in seen]


def _asked(seen: Seen) -> Asked:
    answers = seen.posed.answers
    found = observed(seen.posed.text, seen.hits, seen.candidates, seen.articles)
    options = tuple(
        Option(one.candidate.text, one.features, bool(answers) and squad.f1(one.candidate.text, answers) >= RIGHT_F1)
        for one in found
    )
    return Asked(seen.posed.text, seen.posed.kind, options)


def right_passage(seen: Seen, text: str) -> bool:
    """Whether the first candidate with this text stands in the answering paragraph."""
    if seen.posed.gold is None:
        return False
    name, start, end = seen.posed.gold
    first = next((candidate for candidate in seen.candidates if candidate.text == text), None)
    return first is not None and first.article == name and start <= first.start < end


def kept(path: Path, seen: Sequence[Seen] | None = None) -> list[Seen] | None:
    """Write what was seen, or read it back; None where there is no such file. Of this program's own making only."""
    if seen is not None:
        path.write_bytes(pickle.dumps(list(seen)))
        return list(seen)
    return pickle.loads(path.read_bytes()) if path.exists() else None
