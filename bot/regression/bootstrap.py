"""Whether a difference between two runs is more than noise.

Paired bootstrap: B. Efron, R. Tibshirani, "An Introduction to the Bootstrap", 1993; for paired systems on one
question set: P. Koehn, "Statistical Significance Tests for Machine Translation Evaluation", EMNLP 2004.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

ROUNDS: Final = 2000
SEED: Final = 20220308
LEVEL: Final = 0.95
_BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Interval:
    """The middle LEVEL of the resampled differences of means, now less before."""

    low: float
    high: float

    @property
    def is_noise(self) -> bool:
        """Whether no difference at all lies inside."""
        return self.low <= 0.0 <= self.high


def difference(before: Sequence[float | None], now: Sequence[float | None]) -> Interval:
    """The interval of mean(now) - mean(before), cases drawn with replacement, each with both its scores.

    None where the measure did not apply to a case in that run. Same length, one a case. Always the same draws.
    """
    old, new = (np.array([np.nan if v is None else v for v in values], dtype=float) for values in (before, now))
    if not len(old) or np.isnan(old).all() or np.isnan(new).all():
        return Interval(0.0, 0.0)
    random = np.random.default_rng(SEED)
    parts = [_differences(old, new, random) for _ in range(ROUNDS // _BATCH)]
    found = np.concatenate(parts)
    tail = (1 - LEVEL) / 2
    low, high = np.nanquantile(found, [tail, 1 - tail])
    return Interval(float(low), float(high))


def _differences(
    old: NDArray[np.float64], new: NDArray[np.float64], random: np.random.Generator
) -> NDArray[np.float64]:
    """Differences of _BATCH resamples; NaN where a resample holds no case the measure applies to."""
    drawn = random.integers(0, len(old), size=(_BATCH, len(old)))
    return _means(new, drawn) - _means(old, drawn)


def _means(values: NDArray[np.float64], drawn: NDArray[np.int64]) -> NDArray[np.float64]:
    present = ~np.isnan(values)
    counts = present[drawn].sum(axis=1)
    sums = np.where(present, values, 0.0)[drawn].sum(axis=1)
    means: NDArray[np.float64] = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    return means
