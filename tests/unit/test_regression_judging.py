"""Verdicts, blame and scores of cases made by hand."""

from __future__ import annotations

import signal
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import pytest

from bot.percentile import percentile
from bot.regression import patterns
from bot.regression.asking import Asked, Asker, Marked
from bot.regression.cases import Case
from bot.regression.evidence import Shelf, Shelved
from bot.regression.judging import Stage, judge
from bot.regression.overdue import within
from bot.regression.run import Corpus, RunFailed, ask_one
from bot.regression.scores import calibration_error, means, scores_of
from tests.unit.regression_examples import KING, MAYOR, PEOPLE, SHELF, TEXT, asked, judged, marked

ANN, BOB, MANY = marked("Ann Lee", 0.9), marked("Bob Ray", 0.8), marked("20,000", 0.7)


def test_right_answers_from_the_right_place() -> None:
    found = judged(MAYOR, [ANN, BOB])
    assert (found.right, found.stage, found.look_at) == (True, None, ())
    assert judged(KING, []).right


@pytest.mark.parametrize(
    ("spans", "refused", "passages", "stage"),
    [
        ([BOB, MANY], False, "12", Stage.NOT_RETRIEVED),
        ([BOB, MANY], False, "012", Stage.NOT_READ),
        ([BOB, ANN], False, "012", Stage.RANKED_BELOW),
        ([BOB, ANN], True, "012", Stage.RANKED_BELOW),
        ([ANN, BOB], True, "012", Stage.REFUSED),
        ([], True, "012", Stage.NOT_READ),
    ],
)
def test_the_first_stage_that_lost_a_case(spans: list[Marked], refused: bool, passages: str, stage: Stage) -> None:
    found = judged(MAYOR, spans, refused=refused, passages=passages)
    assert (found.right, found.stage) == (False, stage)


def test_the_passages_to_look_at_hold_the_evidence_first() -> None:
    found = judged(MAYOR, [BOB, ANN], passages="210")
    assert [hit.id for hit in found.look_at] == ["p0", "p1", "p2"]


def test_an_article_that_is_gone_is_not_in_the_index() -> None:
    empty = Shelf({}, ())
    assert judge(asked(MAYOR, [BOB]), empty.evidence(MAYOR)).stage is Stage.NOT_IN_INDEX


def test_the_right_words_from_the_wrong_place() -> None:
    case = replace(MAYOR, quote="Bob Ray was mayor before.")
    assert judged(case, [ANN]).stage is Stage.CITED_WRONGLY


def test_an_answer_without_evidence() -> None:
    found = judged(KING, [BOB])
    assert (found.stage, [hit.id for hit in found.look_at]) == (Stage.MADE_UP, ["p1"])


def test_evidence_is_found_by_the_words_of_the_quote_whatever_its_white_space() -> None:
    found = SHELF.evidence(replace(PEOPLE, quote="its\n20,000   people"))
    start = TEXT.index("its 20,000")
    assert [(place.article, place.start, place.end) for place in found.places] == [("a.txt", start, start + 17)]
    assert found.passages == {"p2"}


def test_without_a_quote_the_answers_own_words_are_the_evidence() -> None:
    found = SHELF.evidence(Case("x", "?", ("MAYOR",)))
    assert found.passages == {"p0", "p1"}
    assert SHELF.evidence(Case("x", "?", ("may",))).places == ()  # whole words


def test_a_pattern_is_evidence_within_a_passage_only() -> None:
    def found(pattern: str) -> list[str]:
        places = SHELF.evidence(Case("x", "?", patterns=(pattern,))).places
        return [TEXT[place.start : place.end] for place in places]

    assert found("[a-z]+ of (bree)") == ["mayor of Bree"]
    assert found(r"(.)\1 ray was \w+") == []
    assert found("mayor.*mayor") == []  # in one passage and the next
    assert SHELF.evidence(Case("x", "?", ("20,000",), patterns=(r"(.)e\1\1?e", "(?i)BRE+"))).passages == {"p0", "p2"}


def test_a_case_whose_pattern_takes_too_long_ends_the_run_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "SECONDS", 0.01)
    text = "so it was " * 300
    shelf = Shelf({"a.txt": text}, [Shelved("p0", "a.txt", 0, len(text), text)])
    slow = Case("slow", "?", patterns=(".* .* (out|in)",), origin="set.yaml:3")
    with pytest.raises(RunFailed, match=r"set\.yaml:3: slow: answers: the pattern .* took longer than 0\.01 s"):
        ask_one(slow, Corpus(cast(Asker, None), shelf, {}))


class Sleeping(Asker):
    """Asks nothing, slowly, and takes whatever happens meanwhile for a question without an answer."""

    def __init__(self) -> None:
        self.closed = False

    def ask(self, case: Case, without: Sequence[str] = ()) -> Asked:
        try:
            time.sleep(30)
        except Exception:
            return asked(case, [])
        finally:
            self.closed = True
        raise AssertionError("nobody stopped it")


def test_a_case_that_takes_too_long_ends_the_run_and_is_named() -> None:
    before, sleeping = signal.getsignal(signal.SIGALRM), Sleeping()
    with pytest.raises(RunFailed, match=r"^set\.yaml:3: mayor: took longer than 0\.05 s$"):
        ask_one(replace(MAYOR, origin="set.yaml:3"), Corpus(sleeping, SHELF, {}), seconds=0.05)
    assert sleeping.closed
    assert signal.getsignal(signal.SIGALRM) is before
    with within(0), within(30):
        pass  # nothing is left that would ring


def test_every_passage_that_holds_an_answer_is_taken_away() -> None:
    case = Case("x", "?", ("mayor",), quote="Ann Lee is the mayor")
    assert SHELF.evidence(case).passages == {"p0"}
    assert SHELF.evidence(case).all == {"p0", "p1"}
    assert SHELF.evidence(Case("x", "?", patterns=("20.000",), quote="Ann Lee")).all == {"p0", "p2"}
    assert SHELF.evidence(KING).all == frozenset()


def test_scores_apply_where_they_should() -> None:
    right = scores_of(judged(MAYOR, [ANN], passages="102"), 3, made_up=True)
    assert right == {
        "right": 1.0, "em": 1.0, "f1": 1.0, "f1_answerable": 1.0, "answer_precision": 1.0, "coverage": 1.0,
        "citation_precision": 1.0, "citation_recall": 1.0, "recall@1": 0.0, "recall@5": 1.0, "recall@k": 1.0,
        "mrr": 0.5, "ndcg@k": pytest.approx(0.6309, abs=1e-4), "made_up": 1.0,
    }  # fmt: skip
    refused = scores_of(judged(MAYOR, [ANN], refused=True), 3)
    assert "answer_precision" not in refused
    assert (refused["refusal_precision"], refused["coverage"], refused["f1"]) == (0.0, 0.0, 0.0)
    assert scores_of(judged(KING, []), 3) == {
        "right": 1.0, "em": 1.0, "f1": 1.0, "refusal_precision": 1.0, "refusal_recall": 1.0,
    }  # fmt: skip


def test_a_mean_is_over_the_cases_a_measure_applies_to() -> None:
    assert means([{"f1": 1.0}, {"f1": 0.0, "mrr": 0.5}, {}]) == {"f1": 0.5, "mrr": 0.5}


def test_calibration_error_weighs_each_bin_by_its_cases() -> None:
    # bin 9: mean confidence 0.95, half right: 0.45 of 2; bin 2: 0.25, none right: 0.25 of 1 -> (0.9 + 0.25) / 3
    assert calibration_error([(0.95, True), (0.95, False), (0.25, False)]) == pytest.approx(1.15 / 3)
    assert calibration_error([(1.0, True)]) == 0.0
    assert calibration_error([]) is None


def test_percentiles_are_nearest_ranks() -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.0
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.95) == 4.0
