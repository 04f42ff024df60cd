"""The baseline: a committed file with what a run gave, index statistics first."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.regression.run import Result, Run
from index.errors import UsageError

VERSION: Final = 1
DIGITS: Final = 4
"""Of scores: further digits differ between processors and mean nothing."""

_MERGE_MARKERS: Final = re.compile(r"^(?:<<<<<<<|>>>>>>>)", re.MULTILINE)


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


def text(baseline: Baseline) -> str:
    """One case a line, so that a change of one case is a change of one line."""
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
    return f'{body},\n  "cases": {{\n' + ",\n".join(lines) + "\n  }\n}\n"


class BaselineUnusable(UsageError):
    """A baseline that is damaged, unmerged or of another version; it may be made anew in its place."""


def read(path: Path) -> Baseline:
    """Raises UsageError that says what to do when the file is missing or none; BaselineUnusable where it was one."""
    try:
        found = path.read_text(encoding="utf-8-sig", errors="replace")
    except FileNotFoundError as error:
        raise UsageError(f"there is no baseline {path} yet; make it with --update-baseline") from error
    except OSError as error:
        raise UsageError(f"the baseline {path} cannot be read: {error.strerror}") from error
    try:
        return _read(found)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unusable(path, found, error) from error


class _OtherVersion(ValueError):
    """Its message is for a person."""


def _read(found: str) -> Baseline:
    data = json.loads(found)
    if data["version"] != VERSION:
        raise _OtherVersion(f"it has version {data['version']}, not {VERSION}")
    return Baseline(
        index=tuple(data["index"]),
        settings=data["settings"],
        models=data["models"],
        processor=str(data["processor"]),
        reason=str(data["reason"]),
        measures={str(name): float(value) for name, value in data["measures"].items()},
        cases={str(name): _case(row) for name, row in data["cases"].items()},
    )


def _unusable(path: Path, found: str, error: Exception) -> UsageError:
    """Only what was a baseline may be made anew: another file may have been named by mistake."""
    why = str(error) if isinstance(error, _OtherVersion) else repr(error)
    if _MERGE_MARKERS.search(found):
        why = "it has merge markers"
    if not _was_baseline(found):
        return UsageError(f"{path} is not a baseline: {why}; name another file")
    return BaselineUnusable(f"the baseline {path} cannot be used: {why}; make it anew with --update-baseline")


def _was_baseline(found: str) -> bool:
    """Whether it has a baseline's first fields, or nothing at all."""
    return not found.strip("\0\r\n\t ") or all(f'"{name}"' in found for name in ("version", "index", "settings"))


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
