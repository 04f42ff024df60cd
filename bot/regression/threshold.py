"""The refusal threshold of a folder, fitted from its own question set asked with and without the evidence.

No label more is needed than the set has: what is answered once the evidence is gone is made up, so every
answerable case gives an unanswerable one, as near as can be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.regression.asking import Asked, Asker
from bot.regression.cases import Case
from bot.regression.evidence import Evidence, Shelf
from bot.regression.judging import judge, span_right
from bot.regression.run import OnCase
from bot.types import Status
from index.errors import UsageError

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Probe:
    """A case asked one way. without: the evidence that was taken away, empty when it was there."""

    case: Case
    evidence: Evidence
    asked: Asked
    without: tuple[str, ...]

    @property
    def answerable(self) -> bool:
        """Whether there was anything to find."""
        return not self.case.unanswerable and not self.without

    @property
    def confidence(self) -> float | None:
        """Of the surest span."""
        return self.asked.spans[0].confidence if self.asked.spans else None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a threshold does. Shares are 0..1, None where they are of nothing.

    precision: of all answers, with and without evidence, the share that is right. coverage: of the answerable,
    the share answered. made_up: of those without their evidence, the share answered. refusal_recall: of the set's
    own unanswerable cases, the share refused.
    """

    threshold: float
    precision: float | None
    coverage: float | None
    made_up: float | None
    refusal_recall: float | None


@dataclass(frozen=True, slots=True)
class Fitted:
    """before: at the threshold in use. after: at the fitted one. curve: (coverage, risk) over all probes."""

    precision: float
    before: Shown
    after: Shown
    curve: tuple[Point, ...]
    probes: int


def probes(cases: Sequence[Case], asker: Asker, shelf: Shelf, told: OnCase | None = None) -> Iterator[Probe]:
    """Every case as it is, and every answerable one with its evidence taken away. told: of each, and whether right."""
    for case in cases:
        evidence = shelf.evidence(case)
        asked = asker.ask(case)
        yield Probe(case, evidence, asked, ())
        if evidence.all:
            without = tuple(sorted(evidence.all))
            yield Probe(case, evidence, asker.ask(case, without), without)
        if told is not None:
            told(case, judge(asked, evidence).right)


def fit(found: Sequence[Probe], asker: Asker, precision: float) -> Fitted:
    """The lowest threshold at which the answers reach the precision. Raises UsageError.

    The verdicts on the surest spans say where to begin; the answers composed at a threshold decide.
    """
    before = shown(found, asker, asker.assistant.threshold)
    best = 0.0
    for threshold in candidates(found, precision):
        after = shown(found, asker, threshold)
        if after.precision is not None and after.precision >= precision:
            return Fitted(precision, before, after, tuple(curve(found)), len(found))
        best = max(best, after.precision or 0.0)
    raise UsageError(f"no threshold reaches a precision of {precision} on this set; the best is {best:.3f}")


def candidates(found: Sequence[Probe], precision: float) -> list[float]:
    """Thresholds worth trying, rising, rounded down to four digits: from the lowest confidence at which the surest
    spans alone reach the precision. All of them where none does."""
    rows = _by_sureness(found)
    reached, wrong = 0, 0
    for number, (_, right) in enumerate(rows, start=1):
        wrong += not right
        if 1 - wrong / number >= precision:
            reached = number
    kept = rows[:reached] or rows
    return sorted({int(confidence * 10_000) / 10_000 for confidence, _ in kept})


def shown(found: Sequence[Probe], asker: Asker, threshold: float) -> Shown:
    """What the assistant does at a threshold: its own answers, composed anew from what was read."""
    verdicts = [(probe, *_verdict(probe, asker, threshold)) for probe in found]
    answered = [right for _, given, right in verdicts if given]
    return Shown(
        threshold=threshold,
        precision=_share(answered),
        coverage=_share([given for probe, given, _ in verdicts if probe.answerable]),
        made_up=_share([given for probe, given, _ in verdicts if probe.without]),
        refusal_recall=_share([not given for probe, given, _ in verdicts if probe.case.unanswerable]),
    )


def curve(found: Sequence[Probe]) -> Iterator[Point]:
    """(share of all probes answered, share of those wrong), the surest first."""
    wrong = 0
    for number, (_, right) in enumerate(_by_sureness(found), start=1):
        wrong += not right
        yield number / len(found), wrong / number


def _by_sureness(found: Sequence[Probe]) -> list[tuple[float, bool]]:
    """Confidence of each surest span and whether it is right, highest first."""
    rows = [(p.confidence, _span_right(p)) for p in found if p.confidence is not None]
    return sorted(rows, key=lambda row: -row[0])


def _span_right(probe: Probe) -> bool:
    return not probe.without and span_right(probe.asked.spans[0], probe.case, probe.evidence)


def _verdict(probe: Probe, asker: Asker, threshold: float) -> tuple[bool, bool]:
    """Whether it is answered at this threshold, and whether that answer is right."""
    if probe.confidence is None or probe.confidence < threshold:
        return False, False
    answer = asker.again(probe.case, threshold, probe.without)
    if answer.status is not Status.ANSWERED:
        return False, False
    asked = Asked(probe.case, answer, probe.asked.hits, probe.asked.spans)
    return True, not probe.without and judge(asked, probe.evidence).right


def _share(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None
