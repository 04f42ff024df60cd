"""The fit of the confidence: known answers on made questions."""

import numpy as np
import pytest

from bot.calibration import SET, Asked, Judged, Option, balanced, fit, judged, logistic, lowest_threshold
from bot.expectation import contradicts


def test_the_fit_finds_the_weights_that_made_the_labels() -> None:
    random = np.random.default_rng(5)
    rows = random.normal(size=(20_000, 2)) * [1.0, 7.0]
    labels = (random.random(20_000) < 1 / (1 + np.exp(-(0.5 + rows @ [2.0, -0.3])))).astype(float)
    intercept, weights = logistic(rows, labels, np.zeros(20_000))
    assert intercept == pytest.approx(0.5, abs=0.1)
    assert weights == pytest.approx([2.0, -0.3], abs=0.1)


def questions(count: int) -> list[Asked]:
    """A right option of a high margin in two of three, another of a low one in all."""
    made = []
    for number in range(count):
        options = [Option("wrong", {**dict.fromkeys(SET, 0.0), "margin": -1.0 + number % 5}, False)]
        if number % 3:
            options.append(Option("right", {**dict.fromkeys(SET, 0.0), "margin": 2.0 + number % 7}, True))
        made.append(Asked(f"q{number}", "answerable", tuple(options)))
    return made


def test_a_threshold_reaches_its_precision() -> None:
    model = fit(questions(200), "r", 0.9, ["margin"])
    rows = [row for row in judged(questions(200), model) if row.confidence >= model.threshold]
    assert rows and sum(row.right for row in rows) / len(rows) >= 0.9


def test_a_question_without_options_is_refused() -> None:
    model = fit(questions(30), "r", 0.7, ["margin"])
    assert judged([Asked("q", "off", ())], model)[0].confidence == 0.0


def test_equal_confidences_are_answered_or_refused_together() -> None:
    asked = Asked("q", "answerable", ())
    rows = [Judged(asked, 0.9, True, ""), Judged(asked, 0.5, True, ""), Judged(asked, 0.5, False, "")]
    assert lowest_threshold(rows, 0.8) == 0.9


def test_half_of_what_counts_is_answerable() -> None:
    asked = [Asked("q", kind, ()) for kind in ("answerable", "answerable", "near", "off", "off", "off")]
    assert balanced(asked) == [1.0, 1.0, 1.0] + [pytest.approx(1 / 3)] * 3
    rows = [Judged(one, 0.9, one.kind == "answerable", "") for one in asked]
    assert lowest_threshold(rows, 0.5, balanced(asked)) == 0.9
    with pytest.raises(ValueError, match="no threshold"):
        lowest_threshold(rows, 0.5)


def test_no_threshold_for_an_impossible_precision() -> None:
    with pytest.raises(ValueError, match="no threshold"):
        lowest_threshold([Judged(Asked("q", "answerable", ()), 0.9, False, "")], 0.5)


def test_a_fit_needs_right_and_wrong() -> None:
    with pytest.raises(ValueError, match="right and wrong"):
        fit(
            [Asked("q", "answerable", (Option("a", {**dict.fromkeys(SET, 0.0), "margin": 1.0}, True),))],
            "r",
            0.5,
            ["margin"],
        )


@pytest.mark.parametrize(
    ("question", "span", "wrong_kind"),
    [
        ("How many came?", "the mayor", True),
        ("How many came?", "around 20,000", False),
        ("Who said so?", "1.7 million", False),
        ("Who said so?", "20,000", True),
        ("When was it?", "February 24", False),
        ("When was it?", "a spokesman", True),
        ("In what year?", "May", True),
        ("Why did it end?", "1999", False),
        ("What happened when it ended?", "a party", False),
        ("who owned it when it ended", "Robert Irsay", False),
        ("How many Syrians were recruited?", "other foreign fighters", True),
        ("How many channels are there?", "hundreds", False),
    ],
)
def test_a_span_of_the_wrong_kind(question: str, span: str, wrong_kind: bool) -> None:
    assert contradicts(question, span) is wrong_kind
