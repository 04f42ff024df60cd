"""Whether an exported model says what the model it was made of says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.readers.adding.samples import QUESTIONS, TEXTS
from bot.readers.reading import SpanReader

FP32_TOLERANCE: Final = 1e-3
"""Of a margin, in logits: measured are 1e-5 and less."""

LEAST_SAME: Final = 0.75
"""The share of questions in which int8 must mark the same best span."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """same: of how many of the questions the best span is the same. moved: the largest difference of its margin."""

    same: int
    questions: int
    moved: float


def agreement(one: SpanReader, other: SpanReader) -> Agreement:
    """Both readers on every question over every text of the samples."""
    pairs = [(one.mark(q, text), other.mark(q, text)) for q in QUESTIONS for text in TEXTS]
    best = [(a[0], b[0]) for a, b in pairs if a and b]
    same = [abs(a.margin - b.margin) for a, b in best if (a.start, a.end) == (b.start, b.end)]
    return Agreement(len(same), len(pairs), max(same, default=0.0))
