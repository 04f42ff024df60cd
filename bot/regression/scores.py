"""How each measure of measures.py is computed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bot.regression import matching, measures, ranking
from bot.regression.judging import Judged, cited_right, cites_it, span_right

Score = float | None
"""None where the measure does not apply to the case."""

BINS: Final = 10


def scores_of(judged: Judged, k: int, made_up: bool | None = None) -> dict[str, float]:
    """The case's scores by measure; those that do not apply are left out.

    k: how many passages the reader reads. made_up: whether it was answered without its evidence.
    """
    found: dict[str, Score] = {name: compute(judged) for name, compute in _OF_THE_ANSWER.items()}
    found |= _of_the_retrieval(judged, k)
    found[measures.MADE_UP.name] = None if made_up is None else float(made_up)
    return {name: value for name, value in found.items() if value is not None}


def means(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean of each measure over the cases it applies to, in the order of MEASURES."""
    named: dict[str, list[float]] = {}
    for row in scores:
        for name, value in row.items():
            named.setdefault(name, []).append(value)
    order = [measure.name for measure in measures.MEASURES if measure.name in named]
    return {name: math.fsum(named[name]) / len(named[name]) for name in order}


def calibration_error(pairs: Sequence[tuple[float, bool]]) -> Score:
    """Expected calibration error of (confidence, right) over BINS bins of equal width; None for no pairs."""
    if not pairs:
        return None
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in pairs:
        bins.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, right))
    gaps = [abs(math.fsum(c for c, _ in rows) - sum(r for _, r in rows)) for _, rows in sorted(bins.items())]
    return math.fsum(gaps) / len(pairs)


def sureness(judged: Judged) -> tuple[float, bool] | None:
    """The confidence of the surest span and whether it is right; None where nothing was marked."""
    if not judged.asked.spans:
        return None
    best = judged.asked.spans[0]
    return best.confidence, span_right(best, judged.case, judged.evidence)


def _right(judged: Judged) -> Score:
    return float(judged.right)


def _em(judged: Judged) -> Score:
    return _compared(judged, matching.exact)


def _f1(judged: Judged) -> Score:
    return _compared(judged, matching.f1)


def _f1_answerable(judged: Judged) -> Score:
    return None if judged.case.unanswerable else _f1(judged)


def _compared(judged: Judged, compare: Callable[[str, Sequence[str]], float]) -> Score:
    if judged.case.unanswerable:
        return compare(judged.prediction, [""])
    return compare(judged.prediction, judged.case.answers) if judged.case.answers else None


def _precision(judged: Judged) -> Score:
    return float(judged.right) if judged.answered else None


def _coverage(judged: Judged) -> Score:
    return None if judged.case.unanswerable else float(judged.answered)


def _refusal_precision(judged: Judged) -> Score:
    return None if judged.answered else float(judged.case.unanswerable)


def _refusal_recall(judged: Judged) -> Score:
    return float(not judged.answered) if judged.case.unanswerable else None


def _citation_precision(judged: Judged) -> Score:
    cited = judged.asked.answer.citations
    if not cited or not judged.case.expects_place:
        return None
    return sum(cited_right(citation, judged.evidence) for citation in cited) / len(cited)


def _citation_recall(judged: Judged) -> Score:
    return float(cites_it(judged.asked, judged.evidence)) if judged.case.expects_place else None


def _of_the_retrieval(judged: Judged, k: int) -> dict[str, Score]:
    if judged.case.unanswerable:
        return {}
    hits, relevant = judged.asked.hits, judged.evidence.passages
    return {
        measures.RECALL_1.name: ranking.recall(hits, relevant, 1),
        measures.RECALL_5.name: ranking.recall(hits, relevant, 5),
        measures.RECALL_K.name: ranking.recall(hits, relevant, k),
        measures.MRR.name: ranking.reciprocal_rank(hits, relevant),
        measures.NDCG.name: ranking.ndcg(hits, relevant, k),
    }


_OF_THE_ANSWER: Final[Mapping[str, Callable[[Judged], Score]]] = {
    measures.RIGHT.name: _right,
    measures.EM.name: _em,
    measures.F1.name: _f1,
    measures.F1_ANSWERABLE.name: _f1_answerable,
    measures.PRECISION.name: _precision,
    measures.COVERAGE.name: _coverage,
    measures.REFUSAL_PRECISION.name: _refusal_precision,
    measures.REFUSAL_RECALL.name: _refusal_recall,
    measures.CITATION_PRECISION.name: _citation_precision,
    measures.CITATION_RECALL.name: _citation_recall,
}
