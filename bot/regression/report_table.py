"""A run as a table for people, in plain text: the same on a terminal, in a pipe and in a log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.percentile import percentile
from bot.regression.comparison import CaseChange, Comparison, MeasureChange
from bot.regression.measures import MEASURES, P50, P95
from bot.regression.report_json import blame
from bot.regression.report_junit import told
from bot.regression.run import Run
from bot.render import one_line

WRONG_SHOWN = 20


def text(run: Run, comparison: Comparison | None) -> str:
    """Measures, blame, wrong cases, and beside a baseline what changed."""
    blocks = [_head(run), _measures(run, comparison), *_blame(run)]
    if comparison is None:
        blocks += _wrong(run)
    else:
        blocks += _changes(comparison)
    return "\n\n".join("\n".join(block) for block in map(list, blocks))


def _head(run: Run) -> Iterator[str]:
    for facts in run.facts:
        folder = one_line(str(facts["articles_folder"]))
        counts = f"{counted(facts['articles'], 'article')}, {counted(facts['passages'], 'passage')}"
        yield f"{folder}: {counts}, {facts['passages_read']} read a question"
    yield f"{counted(len(run.results), 'case')} of {one_line(', '.join(run.sets))}: {len(run.wrong):,} wrong"


def counted(number: int, noun: str) -> str:
    """`1 case`, `1,200 cases`"""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _measures(run: Run, comparison: Comparison | None) -> Iterator[str]:
    changes = {change.name: change for change in comparison.measures} if comparison else {}
    width = max(len(measure.name) for measure in MEASURES) + 2
    for name, value in run.measures.items():
        n = sum(name in result.scores for result in run.results)
        cases = f"n={n}" if n else ""
        yield f"{name:{width}}{value:8.4f}  {cases:7}{_beside(changes.get(name))}".rstrip()
    seconds = run.latencies
    for measure, share in ((P50, 0.50), (P95, 0.95)):
        yield f"{measure.name:{width}}{percentile(seconds, share):8.4f}  s"
    yield f"{'questions a second':{width}}{run.questions / run.seconds:8.2f}"


def _beside(change: MeasureChange | None) -> str:
    if change is None:
        return ""
    difference = change.now - change.before
    if abs(difference) < 5e-5:
        return "  as before"
    word = "WORSE" if change.worse else "better" if change.better else "within tolerance"
    noise = " (may be noise)" if change.is_noise else ""
    return f"  {difference:+.4f} [{change.low:+.4f}, {change.high:+.4f}] {word}{noise}"


def _blame(run: Run) -> Iterator[list[str]]:
    lost = blame(run)
    if lost:
        yield ["lost where:", *(f"  {count:5}  {stage}" for stage, count in lost.items())]


def _wrong(run: Run) -> Iterator[list[str]]:
    lines = [f"  {one_line(result.id)}: {one_line(told(result))}" for result in run.wrong[:WRONG_SHOWN]]
    more = len(run.wrong) - WRONG_SHOWN
    if lines:
        yield ["wrong:", *lines, *([f"  and {more} more; all of them: --html or --json"] if more > 0 else [])]


def _changes(comparison: Comparison) -> Iterator[list[str]]:
    if comparison.differences:
        yield ["not as in the baseline:", *(f"  {one_line(sentence)}" for sentence in comparison.differences)]
    yield from _listed(f"worse ({len(comparison.worse)}, {comparison.allowed} allowed):", comparison.worse)
    yield from _listed(f"better ({len(comparison.better)}):", comparison.better)
    yield from _listed(f"changed ({len(comparison.changed)}):", comparison.changed)
    yield [verdict(comparison)]


def verdict(comparison: Comparison) -> str:
    """One sentence."""
    if comparison.is_worse:
        return "Worse than the baseline."
    if comparison.is_better:
        return "Better than the baseline; to keep it: --update-baseline"
    return "As the baseline expects."


def _listed(head: str, changes: Sequence[CaseChange]) -> Iterator[list[str]]:
    if changes:
        more = len(changes) - WRONG_SHOWN
        lines = [f"  {_changed(change)}" for change in changes[:WRONG_SHOWN]]
        yield [head, *lines, *([f"  and {more} more"] if more > 0 else [])]


def _changed(change: CaseChange) -> str:
    sides = []
    for side in (change.before, change.now):
        if side is None:
            sides.append("not there")
        else:
            answer = "refusal" if side.answer is None else repr(side.answer)
            sides.append(f"{answer} ({side.stage or 'right'})")
    return one_line(f"{change.id}: {sides[0]} -> {sides[1]}")
