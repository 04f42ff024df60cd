"""A run: the cases of some sets asked over their articles, judged and measured."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.regression import measures, scores
from bot.regression.asking import Asker
from bot.regression.cases import Case, QuestionSet
from bot.regression.evidence import Shelf
from bot.regression.judging import Judged, judge
from bot.regression.overdue import CaseOverdue, within
from bot.regression.patterns import PatternSlow
from bot.types import Answer, Status
from index.errors import CitebotError

OnCase = Callable[[Case, bool], None]
"""Told of each case and whether it was right."""


class RunFailed(CitebotError):
    """A case could not be asked, so the run has no result; the message names it."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """What was asked over. facts: statistics of the index, by name. shelf: its texts."""

    asker: Asker
    shelf: Shelf
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """One case with verdict and scores. without: what it got with its evidence taken away, when that was asked."""

    judged: Judged
    scores: Mapping[str, float]
    without: Answer | None = None

    @property
    def id(self) -> str:
        return self.judged.case.id


@dataclass(frozen=True, slots=True)
class Run:
    """Everything a report tells. seconds: of asking alone, wall clock."""

    sets: tuple[str, ...]
    facts: tuple[Mapping[str, Any], ...]
    results: tuple[Result, ...]
    measures: Mapping[str, float]
    settings: Mapping[str, Any]
    models: Mapping[str, str]
    processor: str
    complete: bool
    seconds: float
    tolerances: Mapping[str, float] = field(default_factory=dict)

    @property
    def wrong(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results if not result.judged.right)

    @property
    def questions(self) -> int:
        """How many were asked; a case without its evidence is one more."""
        return len(self.results) + sum(result.without is not None for result in self.results)

    @property
    def latencies(self) -> list[float]:
        """Seconds of each question, in the order of the results."""
        return [result.judged.asked.answer.seconds for result in self.results]


def ask_all(
    sets: Sequence[QuestionSet],
    corpus: Corpus,
    *,
    without_evidence: bool = False,
    seconds: float = 0.0,
    told: OnCase | None = None,
) -> Iterator[Result]:
    """Every case of the sets, in order. Raises RunFailed at the first that could not be asked, within its seconds."""
    for question_set in sets:
        for case in question_set.cases:
            result = ask_one(case, corpus, without_evidence=without_evidence, seconds=seconds)
            if told is not None:
                told(case, result.judged.right)
            yield result


def ask_one(case: Case, corpus: Corpus, *, without_evidence: bool = False, seconds: float = 0.0) -> Result:
    """One case asked, judged and scored. seconds: that it may take, 0 for any. Raises RunFailed."""
    try:
        with within(seconds):
            return _asked(case, corpus, without_evidence=without_evidence)
    except CaseOverdue as error:
        raise RunFailed(f"{case.origin}: {case.id}: {error}") from error
    except PatternSlow as error:
        raise RunFailed(f"{case.origin}: {case.id}: answers: {error}") from error
    except Exception as error:
        raise RunFailed(f"{case.origin}: {case.id}: could not be asked: {type(error).__name__}: {error}") from error


def _asked(case: Case, corpus: Corpus, *, without_evidence: bool) -> Result:
    evidence = corpus.shelf.evidence(case)
    asked = corpus.asker.ask(case)
    takes = without_evidence and bool(evidence.all)
    without = corpus.asker.ask(case, sorted(evidence.all)).answer if takes else None
    judged = judge(asked, evidence)
    made_up = None if without is None else without.status is Status.ANSWERED
    return Result(judged, scores.scores_of(judged, corpus.facts["passages_read"], made_up), without)


def summary(results: Sequence[Result]) -> dict[str, float]:
    """The measures over the results, in the order of MEASURES."""
    found = scores.means([result.scores for result in results])
    sure = [pair for result in results if (pair := scores.sureness(result.judged)) is not None]
    error = scores.calibration_error(sure)
    if error is not None:
        found[measures.CALIBRATION.name] = error
    return {m.name: found[m.name] for m in measures.MEASURES if m.name in found}


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._started = time.perf_counter()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._started
