"""The baseline: a committed file with what a run gave, index statistics first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.regression.run import Result, Run
from index.errors import UsageError

VERSION: Final = 1
DIGITS: Final = 4
"""Of scores: further digits differ between processors and mean nothing."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one case gave. answer: None for a refusal."""

    right: bool
    stage: str | None
    answer: str | None
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a run gave. index: statistics, one mapping a corpus."""

    index: tuple[Mapping[str, Any], ...]
    settings: Mapping[str, Any]
    models: Mapping[str, str]
    processor: str
    reason: str
    measures: Mapping[str, float]
    cases: Mapping[str, Recorded]


def of_run(run: Run, reason: str = "") -> Baseline:
    """What is kept of a run."""
    return Baseline(
        index=run.facts,
        settings=run.settings,
        models=run.models,
        processor=run.processor,
        reason=reason,
        measures=_rounded(run.measures),
        cases={result.id: _recorded(result) for result in run.results},
    )


def write(baseline: Baseline, path: Path) -> None:
    """One case a line, so that a change of one case is a change of one line. Raises UsageError."""
    head = {
        "version": VERSION,
        "index": [dict(facts) for facts in baseline.index],
        "settings": dict(baseline.settings),
        "models": dict(baseline.models),
        "processor": baseline.processor,
        "reason": baseline.reason,
        "measures": dict(baseline.measures),
    }
    lines = [f"    {json.dumps(name)}: {json.dumps(_row(case))}" for name, case in sorted(baseline.cases.items())]
    body = json.dumps(head, indent=2)[:-2]
    text = f'{body},\n  "cases": {{\n' + ",\n".join(lines) + "\n  }\n}\n"
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the baseline {path} cannot be written: {error.strerror}") from error


def read(path: Path) -> Baseline:
    """Raises UsageError that says what to do when the file is missing, damaged or of another version."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["version"] != VERSION:
            raise UsageError(f"the baseline {path} has version {data['version']}, not {VERSION}; make it anew")
        return Baseline(
            index=tuple(data["index"]),
            settings=data["settings"],
            models=data["models"],
            processor=str(data["processor"]),
            reason=str(data["reason"]),
            measures={str(name): float(value) for name, value in data["measures"].items()},
            cases={str(name): _case(row) for name, row in data["cases"].items()},
        )
    except FileNotFoundError as error:
        raise UsageError(f"there is no baseline {path} yet; make it with --update-baseline") from error
    except OSError as error:
        raise UsageError(f"the baseline {path} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path} is not a baseline: {error!r}; make it anew with --update-baseline") from error


def _recorded(result: Result) -> Recorded:
    judged = result.judged
    stage = judged.stage.value if judged.stage else None
    return Recorded(judged.right, stage, judged.asked.answer.answer, _rounded(result.scores))


def _row(case: Recorded) -> dict[str, Any]:
    return {"right": case.right, "stage": case.stage, "answer": case.answer, "scores": dict(case.scores)}


def _case(row: Mapping[str, Any]) -> Recorded:
    scores = {str(name): float(value) for name, value in row["scores"].items()}
    return Recorded(bool(row["right"]), row["stage"], row["answer"], scores)


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, DIGITS) for name, value in values.items()}
