"""A run beside its baseline: what got worse, what got better, what changed, and whether that is more than noise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.regression import bootstrap
from bot.regression.baseline import Baseline, Recorded, of_run
from bot.regression.measures import CASES, MEASURES, OTHER_PROCESSOR, TOLERANCES, Better, Measure
from bot.regression.run import Run
from bot.regression.scores import means

OTHER_READER: Final = (
    "the baseline is of another reader: what got worse or better may be the reader's; for a baseline of its own name "
    "another --baseline FILE with --update-baseline"
)


@dataclass(frozen=True, slots=True)
class CaseChange:
    """One case in both runs; None where it was not in that run."""

    id: str
    before: Recorded | None
    now: Recorded | None


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """A measure in both runs, over the cases of this run. low, high: of the paired bootstrap of the difference."""

    name: str
    before: float
    now: float
    low: float
    high: float
    is_noise: bool
    worse: bool
    better: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed. differences: sentences on what the runs were made of, which are reported and no error."""

    differences: tuple[str, ...]
    worse: tuple[CaseChange, ...]
    better: tuple[CaseChange, ...]
    changed: tuple[CaseChange, ...]
    allowed: int
    """How many cases may get worse."""
    unrecorded: int
    """How many may be better and not recorded: none, but on another kind of processor as many as may get worse."""
    measures: tuple[MeasureChange, ...]

    @property
    def is_worse(self) -> bool:
        """Whether more cases than allowed got worse, or any measure did beyond its tolerance."""
        return len(self.worse) > self.allowed or any(measure.worse for measure in self.measures)

    @property
    def is_better(self) -> bool:
        """Whether anything is better than recorded."""
        return len(self.better) > self.unrecorded or any(measure.better for measure in self.measures)


def compare(run: Run, baseline: Baseline) -> Comparison:
    """The run beside the baseline; over the cases asked where it was a selection."""
    now = of_run(run)
    before = baseline.cases if run.complete else {i: c for i, c in baseline.cases.items() if i in now.cases}
    changes = [CaseChange(i, before.get(i), now.cases.get(i)) for i in sorted({*before, *now.cases})]
    same_processor = baseline.processor == run.processor
    tolerances = {**TOLERANCES, **run.tolerances}
    share = tolerances[CASES if same_processor else OTHER_PROCESSOR]
    allowed = int(share * len(changes) + 1e-9)
    return Comparison(
        differences=tuple(_differences(now, baseline)),
        worse=tuple(c for c in changes if _is_right(c.before, absent=True) and not _is_right(c.now)),
        better=tuple(c for c in changes if not _is_right(c.before) and _is_right(c.now)),
        changed=tuple(c for c in changes if _changed(c)),
        allowed=allowed,
        unrecorded=0 if same_processor else allowed,
        measures=tuple(_measures(run, baseline, changes, tolerances, strict=same_processor)),
    )


def _is_right(case: Recorded | None, *, absent: bool = False) -> bool:
    """A case that is not there is wrong; one the baseline never saw must be right, as without a baseline."""
    return case.right if case is not None else absent


def _changed(change: CaseChange) -> bool:
    """Whether verdict is the same and answer or stage is not."""
    if change.before is None or change.now is None or change.before.right != change.now.right:
        return False
    return (change.before.answer, change.before.stage) != (change.now.answer, change.now.stage)


def _measures(
    run: Run, baseline: Baseline, changes: list[CaseChange], tolerances: Mapping[str, float], *, strict: bool
) -> Iterator[MeasureChange]:
    pairs = [(c.before.scores, _scores_now(c)) for c in changes if c.before is not None]
    old, new = means([before for before, _ in pairs]), means([now for _, now in pairs])
    same_cases = baseline.cases.keys() == {result.id for result in run.results}
    for measure in MEASURES:
        name = measure.name
        if name in old and name in new:
            interval = bootstrap.difference([b.get(name) for b, _ in pairs], [n.get(name) for _, n in pairs])
            yield _measured(measure, old[name], new[name], interval, tolerances, strict=strict)
        elif name in baseline.measures and name in run.measures and same_cases:
            yield _whole(measure, baseline.measures[name], run.measures[name], tolerances, strict=strict)


def _scores_now(change: CaseChange) -> Mapping[str, float]:
    """The scores of this run; for a case that is gone the worst of each measure that applied to it."""
    if change.now is not None:
        return change.now.scores
    applied = change.before.scores if change.before is not None else {}
    return {m.name: 0.0 if m.better is Better.HIGHER else 1.0 for m in MEASURES if m.name in applied}


def _measured(
    measure: Measure,
    old: float,
    new: float,
    interval: bootstrap.Interval,
    tolerances: Mapping[str, float],
    *,
    strict: bool,
) -> MeasureChange:
    """On another kind of processor only what is more than noise counts."""
    counts = strict or not interval.is_noise
    worse, better = _verdict(measure, new - old, tolerances)
    return MeasureChange(
        measure.name, old, new, interval.low, interval.high, interval.is_noise, worse and counts, better and counts
    )


def _whole(measure: Measure, old: float, new: float, tolerances: Mapping[str, float], *, strict: bool) -> MeasureChange:
    """A measure that has no score a case, and so no interval: judged on the same kind of processor only."""
    new = round(new, 4)
    worse, better = _verdict(measure, new - old, tolerances)
    return MeasureChange(measure.name, old, new, new - old, new - old, old == new, worse and strict, better and strict)


def _verdict(measure: Measure, difference: float, tolerances: Mapping[str, float]) -> tuple[bool, bool]:
    """Whether a difference is worse, or better, beyond the measure's tolerance."""
    tolerance = tolerances.get(measure.name, measure.tolerance)
    if tolerance is None:
        return False, False
    gain = difference if measure.better is Better.HIGHER else -difference
    return gain < -tolerance - 1e-9, gain > tolerance + 1e-9


def _differences(now: Baseline, before: Baseline) -> Iterator[str]:
    """What the two runs were made of, where it differs."""
    if len(now.index) != len(before.index):
        yield f"indexes: {len(before.index)} -> {len(now.index)}"
    for number, (old, new) in enumerate(zip(before.index, now.index, strict=False), start=1):
        yield from _keys(f"index {number}" if len(now.index) > 1 else "index", old, new)
    yield from _keys("settings", before.settings, now.settings)
    yield from _keys("models", before.models, now.models)
    if now.models.get("reader") != before.models.get("reader"):
        yield OTHER_READER
    if now.processor != before.processor:
        yield f"processor: {before.processor} -> {now.processor}"


def _keys(what: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted({*old, *new}):
        if old.get(key) != new.get(key):
            yield f"{what} {key}: {old.get(key)} -> {new.get(key)}"
