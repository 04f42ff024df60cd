"""The evaluation's measures by hand, and its made questions by construction."""

from __future__ import annotations

import numpy as np
import pytest

from training.evaluation.measures import Table, auroc, calibration_error, mean, measures, risk_coverage
from training.evaluation.questions import BY_HAND, by_hand, made_for_reporting, made_for_tuning
from training.squad import Question, SquadArticle

PARAGRAPHS = (
    "In 2019 the Rovers won the cup. Their captain was Alice Moore of Ashton.",
    "In 2021 the Wanderers of Bolton beat the Rovers before 40,000 people.",
)
ARTICLE = SquadArticle(
    "Cup",
    PARAGRAPHS,
    (
        Question("1", "Who won the cup in 2019?", ("the Rovers",), "Cup", 0),
        Question("2", "How many people saw the game of the Wanderers in 2021?", ("40,000",), "Cup", 1),
    ),
)


def rows() -> Table:
    kinds = np.array(["answerable", "answerable", "answerable", "off", "near"])
    right = np.array([True, False, True, False, False])
    score = right.astype(float)
    return Table(kinds, np.array([0.9, 0.8, 0.3, 0.1, 0.85]), right, score, score, right)


def test_measures_at_a_threshold_by_hand() -> None:
    found = {name: value.value for name, value in measures(rows(), 0.5).items()}
    assert found["coverage of the answerable"] == pytest.approx(2 / 3)
    assert found["precision, answerable questions alone"] == pytest.approx(1 / 2)
    assert found["precision, all questions together"] == pytest.approx(1 / 3)
    assert found["refusal precision"] == pytest.approx(1 / 2)
    assert found["refusal recall, off"] == 1.0
    assert found["refusal recall, near"] == 0.0


def test_an_interval_holds_its_value_and_shrinks_with_n() -> None:
    few, many = (mean(np.array([0.0, 1.0] * n)) for n in (10, 1000))
    assert few.low <= few.value <= few.high and many.n == 2000
    assert many.high - many.low < (few.high - few.low) / 5


def test_auroc_counts_ties_half() -> None:
    assert auroc(np.array([0.9, 0.5, 0.5, 0.1]), np.array([True, True, False, False])) == pytest.approx(0.875)


def test_calibration_error_by_hand() -> None:
    assert calibration_error(np.array([0.95, 0.95]), np.array([True, False])) == pytest.approx(0.45)


def test_the_curve_ends_with_everything_answered() -> None:
    assert risk_coverage(rows())[-1] == (1.0, pytest.approx(3 / 5))


@pytest.mark.parametrize("generator", [made_for_tuning, made_for_reporting])
def test_made_questions_differ_from_what_was_asked(generator: object) -> None:
    originals = {question.text for question in ARTICLE.questions}
    made = list(generator([ARTICLE]))  # type: ignore[operator]
    assert made and not originals & {one.text for one in made}
    assert all(one.answers == () for one in made)


def test_the_hand_written_ones_are_a_hundred() -> None:
    lines = [line for line in BY_HAND.read_text(encoding="ascii").split("\n") if line]
    assert len(lines) == 100
    assert list(by_hand([ARTICLE])) == []
