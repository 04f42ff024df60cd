"""Fit the confidence of a reader: a logistic model over the features of a question's best span, and its threshold.

The choice of the best candidate and the fit take turns, beginning at the margin alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.confidence import Confidence

FEATURES: Final = (
    "margin", "score", "coverage", "nearby", "gap", "alone", "again", "unmet", "contradicted", "echo", "length",
)  # fmt: skip
SET: Final = {"office": -2.0, "negation": -6.0, "kind": -2.0, "agreement": 0.1}
"""Weights that are set and not fitted: of 438 questions of the tuning half three name an office, few spans are of
another kind than was asked for or stand in a sentence that says the opposite, and only 15 say what another passage
says. A fit to so few would let agreement outvote all else in an archive that repeats itself."""

RIDGE: Final = 1e-3
ROUNDS: Final = 4


@dataclass(frozen=True, slots=True)
class Option:
    """One span a question could be answered with. right: whether that would be right."""

    text: str
    features: Mapping[str, float]
    right: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """One question over one index with its options; without any it is refused at every threshold.

    kind: how it was asked, such as answerable; for reports.
    """

    question: str
    kind: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with its surest option's confidence, 0.0 and wrong where there is none."""

    asked: Asked
    confidence: float
    right: bool
    text: str


def fit(
    asked: Sequence[Asked],
    reader: str,
    precision: float,
    names: Sequence[str] = FEATURES,
    *,
    counts: Sequence[float] | None = None,
) -> Confidence:
    """The model and the lowest threshold at which the answers given reach the precision on these questions.

    counts: how much each question counts in that precision; None for all alike.
    Raises ValueError when no threshold reaches it, or when all options are right or all are wrong.
    """
    usable = [one for one in asked if one.options]
    model = Confidence(0.0, {name: float(name == "margin") for name in names} | SET, 0.5, reader)
    for _ in range(ROUNDS):
        chosen = [surest(one, model) for one in usable]
        labels = np.array([option.right for option in chosen], dtype=float)
        if labels.min(initial=1.0) == labels.max(initial=0.0):
            raise ValueError("the fit needs right and wrong spans; these questions give only one kind")
        rows = np.array([[option.features[name] for name in names] for option in chosen])
        offsets = np.array([sum(SET[name] * option.features[name] for name in SET) for option in chosen])
        intercept, weights = logistic(rows, labels, offsets)
        weighted = {name: round(float(weight), 5) for name, weight in zip(names, weights, strict=True)}
        model = Confidence(round(intercept, 5), weighted | SET, 0.5, reader)
    return Confidence(model.intercept, model.weights, lowest_threshold(judged(asked, model), precision, counts), reader)


def surest(asked: Asked, model: Confidence) -> Option:
    """The option the model gives the highest probability; the first of equals."""
    return max(asked.options, key=lambda option: model.probability(option.features))


def judged(asked: Sequence[Asked], model: Confidence) -> list[Judged]:
    """Each question's surest option, in their order."""
    return [_judged(one, model) for one in asked]


def _judged(asked: Asked, model: Confidence) -> Judged:
    if not asked.options:
        return Judged(asked, 0.0, False, "")
    option = surest(asked, model)
    return Judged(asked, model.probability(option.features), option.right, option.text)


def lowest_threshold(rows: Sequence[Judged], precision: float, counts: Sequence[float] | None = None) -> float:
    """The lowest confidence at which the share of right answers among those given reaches the precision.

    counts: of each row; None for all alike. Raises ValueError when no threshold does.
    """
    sure = np.array([row.confidence for row in rows])
    right = np.array([row.right for row in rows], dtype=bool)
    each = np.ones(len(rows)) if counts is None else np.array(counts, dtype=float)
    reached = [
        threshold
        for threshold in np.unique(sure)
        if (right * each)[sure >= threshold].sum() >= precision * each[sure >= threshold].sum() > 0
    ]
    if not reached:
        raise ValueError(f"no threshold reaches a precision of {precision}")
    return int(reached[0] * 10_000) / 10_000


def balanced(asked: Sequence[Asked], answerable: str = "answerable") -> list[float]:
    """What each question counts when half of all that are asked are answerable and the other kinds share the rest."""
    numbers = Counter(one.kind for one in asked)
    others = len(numbers) - 1
    return [1.0 if one.kind == answerable else numbers[answerable] / (others * numbers[one.kind]) for one in asked]


def logistic(
    rows: NDArray[np.float64], labels: NDArray[np.float64], offsets: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """Intercept and weights by maximum likelihood: Newton's method, ridge RIDGE on the standardised weights.

    rows: float64, shape (questions, features). labels: 0.0 or 1.0; offsets: logits that are given; both (questions,).
    """
    spread = rows.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    design = np.hstack([np.ones((len(rows), 1)), rows / scale])
    beta = np.zeros(design.shape[1])
    penalty = np.diag([0.0, *[RIDGE * len(rows)] * rows.shape[1]])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(design @ beta + offsets, -60, 60)))
        hessian = (design * (p * (1 - p))[:, None]).T @ design + penalty
        step = np.linalg.solve(hessian, design.T @ (labels - p) - penalty @ beta)
        beta += step
        if np.abs(step).max() < 1e-9:
            break
    return float(beta[0]), beta[1:] / scale
