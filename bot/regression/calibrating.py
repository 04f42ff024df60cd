"""The confidence of a reader fitted over a question set, asked with and without its evidence, and its threshold.

The weights come from bot/calibration.py over the surest span of each question; the threshold from the answers that
are composed with them, as for `citebot models threshold`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot import calibration
from bot.calibration import Judged, Option
from bot.confidence import Confidence
from bot.regression import threshold
from bot.regression.asking import Asker, Marked, marked
from bot.regression.cases import Case
from bot.regression.evidence import Shelf
from bot.regression.judging import span_right
from bot.regression.run import OnCase
from bot.regression.threshold import Probe, Shown
from index.errors import UsageError

LEAST_QUESTIONS = 60
"""Fewer, with and without their evidence, say nothing of as many weights."""

ANY_PRECISION = 1e-9
"""For the weights alone, without a threshold."""

Z = 1.959964
"""Of the normal distribution: 95 % lie within."""


@dataclass(frozen=True, slots=True)
class Share:
    """hits of n, with its 95 % interval by Wilson; the shares are None where n is 0."""

    hits: int
    n: int

    @property
    def value(self) -> float | None:
        return self.hits / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson, Journal of the American Statistical Association 22 (1927)."""
        if not self.n:
            return None
        p, n = self.hits / self.n, self.n
        middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z / (1 + Z * Z / n) * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Each half judged by what was fitted on the other, by its surest spans.

    precision: of those answered. coverage: of the answerable, those answered.
    """

    precision: Share
    coverage: Share


@dataclass(frozen=True, slots=True)
class Calibrated:
    """before: what the reader does as it is. after: with what was fitted. held_out: None where a half reached nothing.

    cases: of the sets. questions: those cases with and without their evidence.
    """

    fitted: Confidence
    precision: float
    cases: int
    questions: int
    before: Shown
    after: Shown
    held_out: HeldOut | None


def calibrate(
    cases: Sequence[Case], asker: Asker, shelf: Shelf, precision: float, told: OnCase | None = None
) -> Calibrated:
    """Ask every case both ways and fit. Raises UsageError where the questions are too few or reach no precision."""
    found = list(threshold.probes(cases, asker, shelf, told))
    asked = [_asked(probe, asker) for probe in found]
    usable = sum(bool(one.options) for one in asked)
    if usable < LEAST_QUESTIONS:
        raise UsageError(f"{usable} questions are too few to fit a confidence: bring at least {LEAST_QUESTIONS}")
    reader = asker.assistant.pipeline.reader.identity
    try:
        weights = calibration.fit(asked, reader, ANY_PRECISION)
    except ValueError as error:
        raise UsageError(f"{error}. Bring other questions") from error
    fitted, after = _with_threshold(weights, cases, asker, shelf, precision)
    before = threshold.shown(found, asker, asker.assistant.threshold)
    held_out = _held_out(asked, _halves(found), reader, precision)
    return Calibrated(fitted, precision, len(cases), len(found), before, after, held_out)


def _asked(probe: Probe, asker: Asker) -> calibration.Asked:
    kind = "answerable" if probe.answerable else "without" if probe.without else "unanswerable"
    options = tuple(
        Option(one.candidate.text, one.features, _is_right(probe, marked(one.candidate, 0.0)))
        for one in asker.observed(probe.asked, probe.without)
    )
    return calibration.Asked(probe.case.question, kind, options)


def _is_right(probe: Probe, span: Marked) -> bool:
    return not probe.without and span_right(span, probe.case, probe.evidence)


def _with_threshold(
    weights: Confidence, cases: Sequence[Case], asker: Asker, shelf: Shelf, precision: float
) -> tuple[Confidence, Shown]:
    """The confidence with the lowest threshold at which its answers reach the precision."""
    again = asker.calibrated(weights)
    with again.recording.replayed():
        found = list(threshold.probes(cases, again, shelf))
        fitted = threshold.fit(found, again, precision)
    return Confidence(weights.intercept, weights.weights, fitted.after.threshold, weights.reader), fitted.after


def _halves(found: Sequence[Probe]) -> list[bool]:
    """Which half each probe is in: every other case, both ways of asking it together."""
    numbers: dict[str, int] = {}
    return [numbers.setdefault(probe.case.id, len(numbers)) % 2 == 1 for probe in found]


def _held_out(
    asked: Sequence[calibration.Asked], halves: Sequence[bool], reader: str, precision: float
) -> HeldOut | None:
    rows: list[tuple[Judged, bool]] = []
    for side in (False, True):
        own = [one for one, half in zip(asked, halves, strict=True) if half is not side]
        other = [one for one, half in zip(asked, halves, strict=True) if half is side]
        try:
            model = calibration.fit(own, reader, precision)
        except ValueError:
            return None
        rows += [(row, bool(row.asked.options) and row.confidence >= model.threshold)
                 for row in calibration.judged(other, model)]  # fmt: skip
    given = [row.right for row, answered in rows if answered]
    wanted = [answered for row, answered in rows if row.asked.kind == "answerable"]
    return HeldOut(Share(sum(given), len(given)), Share(sum(wanted), len(wanted)))
