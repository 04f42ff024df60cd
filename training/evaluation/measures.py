"""Numbers of an evaluation, each with n and a bootstrap interval over questions.

Refusal: a question is refused below the threshold. Refusal precision: of all refused questions the share that has no
right answer to give (unanswerable, or answerable with a wrong surest span); recall by kind of unanswerable question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.calibration import Judged
from training import squad
from training.evaluation.gather import Seen, right_passage

ROUNDS, SEED, LEVEL, BINS = 1000, 17, 0.95, 10
UNANSWERABLE = ("off", "near", "made", "hand")
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Value:
    """A share or mean with the middle 95 % of its resamples. n: what it is a share of."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f}, n = {self.n})"


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equal length, a row a question: what it was, how sure the answer is, and whether it is right."""

    kinds: NDArray[np.str_]
    confidence: NDArray[np.float64]
    right: NDArray[np.bool_]
    exact: NDArray[np.float64]
    f1: NDArray[np.float64]
    passage: NDArray[np.bool_]


def table(seen: Sequence[Seen], judged: Sequence[Judged]) -> Table:
    """One row a question, in their order."""
    golds = [one.posed.answers for one in seen]
    texts = [row.text for row in judged]
    return Table(
        np.array([one.posed.kind for one in seen]),
        np.array([row.confidence for row in judged]),
        np.array([row.right for row in judged], dtype=bool),
        np.array([squad.exact(t, g) if g else 0.0 for t, g in zip(texts, golds, strict=True)], dtype=float),
        np.array([squad.f1(t, g) if g else 0.0 for t, g in zip(texts, golds, strict=True)], dtype=float),
        np.array([right_passage(one, text) for one, text in zip(seen, texts, strict=True)], dtype=bool),
    )


def measures(rows: Table, threshold: float) -> dict[str, Value]:
    """Every measure of a run at a threshold, by name."""
    given = rows.confidence >= threshold
    answerable = rows.kinds == "answerable"
    hopeless = ~rows.right
    found = {
        "EM, nothing refused": mean(rows.exact[answerable]),
        "F1, nothing refused": mean(rows.f1[answerable]),
        "cited passage is the right one, nothing refused": mean(rows.passage[answerable]),
        "coverage of the answerable": mean(given[answerable]),
        "precision, answerable questions alone": mean(rows.right[given & answerable]),
        "precision, all questions together": mean(rows.right[given]),
        "cited passage is the right one, of the answered": mean(rows.passage[given & answerable]),
        "refusal precision": mean(hopeless[~given]),
    }
    for kind in UNANSWERABLE:
        if (rows.kinds == kind).any():
            found[f"refusal recall, {kind}"] = mean(~given[rows.kinds == kind])
    found["AUROC, right against all others"] = resampled(
        len(rows.right), lambda at: auroc(rows.confidence[at], rows.right[at])
    )
    found["expected calibration error"] = resampled(
        len(rows.right), lambda at: calibration_error(rows.confidence[at], rows.right[at])
    )
    return found


def mean(values: NDArray[np.generic]) -> Value:
    """A mean with its interval; NaN of nothing."""
    numbers = values.astype(float)
    return resampled(len(numbers), lambda at: float(numbers[at].mean()))


def resampled(n: int, measure: Callable[[Rows], float]) -> Value:
    """A measure over rows 0..n-1 and the middle LEVEL of it over ROUNDS draws with replacement, always the same."""
    if not n:
        return Value(float("nan"), float("nan"), float("nan"), 0)
    random = np.random.default_rng(SEED)
    draws = [measure(random.integers(0, n, n)) for _ in range(ROUNDS)]
    tail = (1 - LEVEL) / 2
    low, high = np.nanquantile(draws, [tail, 1 - tail])
    return Value(measure(np.arange(n)), float(low), float(high), n)


def auroc(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """The chance that a right one lies above a wrong one, ties half; NaN when one kind is missing."""
    positives, negatives = int(right.sum()), int((~right).sum())
    if not positives or not negatives:
        return float("nan")
    _, inverse, counts = np.unique(confidence, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((ranks[right].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Expected calibration error over ten bins of equal width (Guo et al., ICML 2017)."""
    return float(sum(n / len(right) * abs(sure - true) for sure, true, n in reliability(confidence, right)))


def reliability(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> list[tuple[float, float, int]]:
    """(mean confidence, share right, n) of each bin that holds any, ascending."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return [
        (float(confidence[bins == b].mean()), float(right[bins == b].mean()), int((bins == b).sum()))
        for b in range(BINS)
        if (bins == b).any()
    ]


def risk_coverage(rows: Table) -> list[tuple[float, float]]:
    """(coverage, risk) over all questions, the surest first (El-Yaniv and Wiener, JMLR 2010)."""
    order = np.argsort(-rows.confidence, kind="stable")
    wrong = np.cumsum(~rows.right[order])
    return [((i + 1) / len(order), float(wrong[i] / (i + 1))) for i in range(len(order))]
