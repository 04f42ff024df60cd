"""A run as JSON. Everything that differs between two runs of the same inputs lies under `times`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.percentile import percentile
from bot.regression.comparison import CaseChange, Comparison
from bot.regression.judging import Stage
from bot.regression.measures import P50, P95
from bot.regression.run import Result, Run
from bot.types import Citation, Status

DIGITS = 4


def report(run: Run, comparison: Comparison | None) -> dict[str, Any]:
    """The whole run, for programs."""
    return {
        "sets": list(run.sets),
        "index": [dict(facts) for facts in run.facts],
        "settings": dict(run.settings),
        "models": dict(run.models),
        "processor": run.processor,
        "complete": run.complete,
        "cases_asked": len(run.results),
        "cases_wrong": len(run.wrong),
        "measures": rounded(run.measures),
        "blame": blame(run),
        "baseline": None if comparison is None else compared(comparison),
        "cases": [case(result) for result in run.results],
        "times": times(run),
    }


def text(run: Run, comparison: Comparison | None) -> str:
    """ASCII, indented, a newline at the end."""
    return json.dumps(report(run, comparison), indent=1, ensure_ascii=True, allow_nan=False) + "\n"


def predictions(run: Run) -> str:
    """SQuAD's format: `{id: answer or ""}`."""
    answers = {result.id: result.judged.prediction for result in run.results}
    return json.dumps(answers, indent=0, ensure_ascii=True) + "\n"


def blame(run: Run) -> dict[str, int]:
    """How many cases each stage lost, in the order of a question's way; stages that lost none are left out."""
    lost = [result.judged.stage for result in run.wrong]
    return {stage.value: lost.count(stage) for stage in Stage if stage in lost}


def times(run: Run) -> dict[str, Any]:
    """Seconds of each question, and what follows from them."""
    latencies = run.latencies
    return {
        "seconds": round(run.seconds, 3),
        "questions_a_second": round(run.questions / run.seconds, 2),
        P50.name: round(percentile(latencies, 0.50), DIGITS),
        P95.name: round(percentile(latencies, 0.95), DIGITS),
        "cases": {result.id: result.judged.asked.answer.seconds for result in run.results},
    }


def compared(comparison: Comparison) -> dict[str, Any]:
    """What changed beside the baseline."""
    return {
        "verdict": "worse" if comparison.is_worse else "better" if comparison.is_better else "as expected",
        "differences": list(comparison.differences),
        "worse": [_change(change) for change in comparison.worse],
        "better": [_change(change) for change in comparison.better],
        "changed": [_change(change) for change in comparison.changed],
        "may_get_worse": comparison.allowed,
        "measures": [_rounded_values(asdict(change)) for change in comparison.measures],
    }


def case(result: Result) -> dict[str, Any]:
    """One case, without its seconds."""
    judged, answer = result.judged, result.judged.asked.answer
    return {
        "id": result.id,
        "question": judged.case.question,
        "expected": expected(result),
        "tags": list(judged.case.tags),
        "right": judged.right,
        "stage": judged.stage.value if judged.stage else None,
        "status": answer.status.value,
        "answer": answer.answer,
        "confidence": None if answer.confidence is None else round(answer.confidence, DIGITS),
        "citations": [_citation(citation) for citation in answer.citations],
        "look_at": [{"article": h.article, "start": h.start, "end": h.end} for h in judged.look_at],
        "scores": rounded(result.scores),
        "without_evidence": None if result.without is None else _without(result),
    }


def expected(result: Result) -> dict[str, Any]:
    """What the case asks for; only what it says."""
    wanted = result.judged.case
    if wanted.unanswerable:
        return {"unanswerable": True}
    found: dict[str, Any] = {"answers": list(wanted.answers), "patterns": list(wanted.patterns)}
    found |= {"article": wanted.article, "quote": wanted.quote}
    return {key: value for key, value in found.items() if value}


def rounded(values: Mapping[str, float]) -> dict[str, float]:
    """Four digits."""
    return {name: round(value, DIGITS) for name, value in values.items()}


def _without(result: Result) -> dict[str, Any]:
    answer = result.without
    assert answer is not None
    return {"made_up": answer.status is Status.ANSWERED, "answer": answer.answer}


def _citation(citation: Citation) -> dict[str, Any]:
    return {"article": citation.article, "start": citation.start, "end": citation.end, "quote": citation.quote}


def _change(change: CaseChange) -> dict[str, Any]:
    sides = {"before": change.before, "now": change.now}
    return {"id": change.id} | {
        name: None if side is None else {"right": side.right, "stage": side.stage, "answer": side.answer}
        for name, side in sides.items()
    }


def _rounded_values(record: dict[str, Any]) -> dict[str, Any]:
    return {k: round(v, DIGITS) if isinstance(v, float) else v for k, v in record.items()}
