"""A run beside its baseline."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.regression.baseline import BaselineUnusable, of_run, read, text
from bot.regression.comparison import compare
from index.errors import UsageError
from tests.unit.regression_examples import KING, MAYOR, PEOPLE, judged, marked, run_of

ANN, BOB, MANY = marked("Ann Lee", 0.9), marked("Bob Ray", 0.8), marked("20,000", 0.7)
GOOD = run_of(judged(MAYOR, [ANN, BOB]), judged(PEOPLE, [MANY]), judged(KING, []))
LOST = run_of(judged(MAYOR, [BOB, ANN]), judged(PEOPLE, [MANY]), judged(KING, []))


def test_it_is_read_back_as_it_was_written_index_first_and_a_case_a_line(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text(of_run(GOOD, "first")))
    assert read(path) == of_run(GOOD, "first")
    assert list(json.loads(path.read_text()))[:2] == ["version", "index"]
    lines = [line for line in path.read_text().split("\n") if line.startswith('    "mayor"')]
    assert len(lines) == 1


@pytest.mark.parametrize(
    ("found", "words"),
    [("{", "is not a baseline"), ('{"version": 99}', "has version 99"), ('{"version": 1}', "is not a baseline")],
)
def test_a_file_that_is_no_baseline(tmp_path: Path, found: str, words: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(found)
    with pytest.raises(UsageError, match=words) as raised:
        read(path)
    assert "name another file" in str(raised.value)  # it may be anything, and is not to be overwritten
    assert not isinstance(raised.value, BaselineUnusable)
    with pytest.raises(UsageError, match="--update-baseline"):
        read(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda good: "", "make it anew with --update-baseline"),
        (lambda good: good[:400], "make it anew with --update-baseline"),
        (lambda good: good.replace('"version": 1', '"version": 2'), "it has version 2, not 1; make it anew"),
        (lambda good: f"<<<<<<< HEAD\n{good}=======\n{good}>>>>>>> theirs\n", "it has merge markers; make it anew"),
        (lambda good: good.replace('"cases": {', '"cases": {"deep": ' + "[" * 5000), "RecursionError"),
    ],
)
def test_a_spoilt_baseline_may_be_made_anew(tmp_path: Path, spoil: Callable[[str], str], words: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(spoil(text(of_run(GOOD))))
    with pytest.raises(BaselineUnusable, match=words):
        read(path)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text(of_run(GOOD)), encoding="utf-8-sig")
    assert read(path) == of_run(GOOD)


def test_the_same_run_is_as_expected() -> None:
    found = compare(GOOD, of_run(GOOD))
    assert not (found.is_worse or found.is_better or found.changed or found.differences)


def test_a_lost_case_is_worse_and_a_found_one_better() -> None:
    worse = compare(LOST, of_run(GOOD))
    assert worse.is_worse
    assert [(c.id, c.now.stage) for c in worse.worse if c.now] == [("mayor", "read, ranked below")]
    right = next(m for m in worse.measures if m.name == "right")
    assert (right.before, round(right.now, 4), right.worse) == (1.0, 0.6667, True)
    better = compare(GOOD, of_run(LOST))
    assert better.is_better
    assert not better.is_worse
    assert [c.id for c in better.better] == ["mayor"]


def test_tolerances_of_the_set_allow_a_lost_case() -> None:
    names = [m.name for m in compare(LOST, of_run(GOOD)).measures]
    tolerant = replace(LOST, tolerances={"cases": 0.34, **dict.fromkeys(names, 1.0)})
    found = compare(tolerant, of_run(GOOD))
    assert [c.id for c in found.worse] == ["mayor"]
    assert found.allowed == 1
    assert not found.is_worse


def test_a_missing_case_scores_as_wrong_in_a_whole_run() -> None:
    part = run_of(judged(MAYOR, [ANN, BOB]), judged(KING, []))
    found = compare(part, of_run(GOOD))
    assert [(c.id, c.now) for c in found.worse] == [("people", None)]
    assert next(m.now for m in found.measures if m.name == "right") == pytest.approx(2 / 3)


def test_a_selection_is_compared_over_its_own_cases() -> None:
    part = run_of(judged(MAYOR, [ANN, BOB]), complete=False)
    found = compare(part, of_run(GOOD))
    assert not found.is_worse
    assert not found.worse
    assert "calibration_error" not in {m.name for m in found.measures}


def test_a_case_the_baseline_never_saw_must_be_right() -> None:
    before = of_run(run_of(judged(MAYOR, [ANN, BOB]), judged(KING, [])))
    assert not compare(GOOD, before).is_worse
    assert [c.id for c in compare(run_of(judged(MAYOR, [ANN, BOB]), judged(KING, [BOB])), before).worse] == ["king"]
    wrong_new = run_of(judged(MAYOR, [ANN, BOB]), judged(KING, []), judged(PEOPLE, [BOB]))
    assert [c.id for c in compare(wrong_new, before).worse] == ["people"]


def test_another_answer_with_the_same_verdict_is_changed() -> None:
    before = of_run(run_of(judged(MAYOR, [BOB, MANY])))
    found = compare(run_of(judged(MAYOR, [MANY, BOB])), before)
    assert [c.id for c in found.changed] == ["mayor"]
    assert not found.is_worse


def test_what_the_runs_were_made_of_is_told_and_no_error() -> None:
    other = replace(GOOD, processor="arm64", settings={"threshold": 0.7}, facts=({**GOOD.facts[0], "articles": 2},))
    found = compare(other, of_run(GOOD))
    assert found.differences == (
        "index articles: 1 -> 2",
        "settings threshold: 0.5 -> 0.7",
        "processor: x86_64 avx2 -> arm64",
    )
    assert not found.is_worse


def test_a_baseline_of_another_reader_is_said_to_be_one() -> None:
    other = replace(GOOD, models={**GOOD.models, "reader": "mine-int8@0a1b2c3d4e5f"})
    found = compare(other, of_run(GOOD))
    assert found.differences == (
        f"models reader: {GOOD.models['reader']} -> mine-int8@0a1b2c3d4e5f",
        "the baseline is of another reader: what got worse or better may be the reader's; for a baseline of its own "
        "name another --baseline FILE with --update-baseline",
    )
    assert not found.is_worse


def test_on_another_processor_what_may_be_noise_does_not_fail() -> None:
    cases = [judged(replace(MAYOR, id=f"m{n:02}"), [ANN, BOB]) for n in range(40)]
    lost = [judged(replace(MAYOR, id="m00"), [BOB, ANN]), *cases[1:]]
    before = of_run(run_of(*cases))
    assert compare(run_of(*lost), before).is_worse
    elsewhere = compare(run_of(*lost, processor="arm64"), before)
    assert elsewhere.allowed == 1
    assert not elsewhere.is_worse
    found = compare(run_of(*cases, processor="arm64"), of_run(run_of(*lost)))
    assert [c.id for c in found.better] == ["m00"]
    assert not found.is_better
