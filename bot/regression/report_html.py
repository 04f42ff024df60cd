"""A run as one self-contained HTML page: no script, no font, no picture from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from typing import Any

from bot.regression.asking import Hit
from bot.regression.comparison import Comparison
from bot.regression.judging import Judged
from bot.regression.measures import MEASURES
from bot.regression.pictures import latency_picture, risk_coverage, risk_coverage_picture
from bot.regression.report_json import blame, compared, times
from bot.regression.run import Result, Run
from bot.render import visible

TEMPLATE = "page.html.j2"


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a passage. marks: `gold` inside the evidence, `cited` inside what was quoted."""

    text: str
    marks: str


def text(run: Run, comparison: Comparison | None) -> str:
    """The page."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["visible"] = visible
    source = files("bot.regression").joinpath(TEMPLATE).read_text(encoding="utf-8")
    return environment.from_string(source).render(_values(run, comparison))


def _values(run: Run, comparison: Comparison | None) -> dict[str, Any]:
    judged = [result.judged for result in run.results]
    return {
        "run": run,
        "declared": {measure.name: measure for measure in MEASURES},
        "counts": {name: sum(name in result.scores for result in run.results) for name in run.measures},
        "changes": {change.name: change for change in comparison.measures} if comparison else {},
        "comparison": compared(comparison) if comparison else None,
        "blame": blame(run),
        "wrong": [(result, list(passages(result))) for result in run.wrong],
        "made_up": [r for r in run.results if r.scores.get("made_up")],
        "risk_coverage": risk_coverage_picture(risk_coverage(judged), operating_point(judged)),
        "latency": latency_picture(run.latencies),
        "times": times(run),
    }


def operating_point(judged: Sequence[Judged]) -> tuple[float, float] | None:
    """(coverage, risk) of the run as it was; None where nothing was answered."""
    answered = [one for one in judged if one.answered]
    if not answered:
        return None
    return len(answered) / len(judged), sum(not one.right for one in answered) / len(answered)


def passages(result: Result) -> Iterator[tuple[Hit, list[Piece]]]:
    """The passages to look at, cut where the evidence and the quotes begin and end."""
    for hit in result.judged.look_at:
        yield hit, list(_pieces(hit, result.judged))


def _pieces(hit: Hit, judged: Judged) -> Iterator[Piece]:
    gold = [(p.start, p.end) for p in judged.evidence.places if p.article == hit.article]
    cited = [(c.start, c.end) for c in judged.asked.answer.citations if c.article == hit.article]
    bounds = sorted({hit.start, hit.end, *(min(max(b, hit.start), hit.end) for span in (*gold, *cited) for b in span)})
    for start, end in pairwise(bounds):
        marks = [name for name, spans in (("gold", gold), ("cited", cited)) if _inside(start, end, spans)]
        yield Piece(hit.text[start - hit.start : end - hit.start], " ".join(marks))


def _inside(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(left <= start and end <= right for left, right in spans)
