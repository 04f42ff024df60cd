"""Answers compared: SQuAD's numbers, and what counts as right."""

from __future__ import annotations

import pytest

from bot.regression import patterns
from bot.regression.cases import Case
from bot.regression.matching import exact, f1, is_right, normalised


def case(*answers: str, patterns: tuple[str, ...] = ()) -> Case:
    return Case("x", "?", answers, patterns)


def test_normalisation_drops_case_articles_signs_and_spare_space() -> None:
    assert normalised("  The  U.S.-led “an” theory\n") == "usled “ ” theory"  # only ASCII signs, as SQuAD's script
    assert exact("The Cat.", ["dog", "a cat"]) == 1.0


def test_f1_is_the_best_overlap() -> None:
    # "big red cat" and "red cat": 2 shared of 3 and of 2: 2 * (2/3 * 1) / (2/3 + 1) = 0.8
    assert f1("big red cat", ["dog", "the red cat"]) == pytest.approx(0.8)
    assert f1("", [""]) == 1.0
    assert f1("word", [""]) == 0.0
    assert f1("the", ["a"]) == 1.0  # both are empty once normalised


@pytest.mark.parametrize(
    ("said", "expected", "right"),
    [
        ("20,000", "around 20,000", True),
        ("more than 1.5 million people", "more than 1.7 million people", False),
        ("million", "1.7 million", False),
        ("February 24, 2022", "February 24", True),
        ("20000", "20,000 men", True),
        ("Kharkiv", "Kherson", False),
        ("Gandhi's", "Gandhi", True),
        ("Lewis", "Lewis’s", True),
        ("Jose\u0301", "José", True),
    ],
)
def test_right_from_half_the_overlap_on_where_numbers_agree(said: str, expected: str, right: bool) -> None:
    assert is_right(said, case(expected)) is right


def test_a_pattern_matches_the_whole_answer() -> None:
    wanted = case(patterns=("(around )?20[, ]?000",))
    assert is_right("Around 20 000", wanted)
    assert not is_right("around 20,000 volunteers", wanted)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(?i)kyiv", "Kyiv"),
        ("near (?i)kyiv", "Near Kyiv"),
        ("(?x) 20 [, ]? 000  # as it is written", "20,000"),
        ("the (.) and the \\1", "the a and the a"),
        ("one.two", "one\ntwo"),
    ],
)
def test_flags_and_groups_stand_inside_a_pattern(pattern: str, said: str) -> None:
    assert patterns.problem(pattern) is None
    assert is_right(said, case(patterns=("another (group)", pattern)))


def test_a_pattern_that_takes_too_long_is_named() -> None:
    slow = patterns.Matcher(".* .* (out|in)", seconds=0.01)
    with pytest.raises(patterns.PatternSlow, match=r"the pattern '.*' took longer than 0\.01 s to match"):
        slow.is_in("so it was " * 300)


def test_repeats_in_one_another_are_no_way_past_the_bound() -> None:
    for pattern in ("(?:(?:(?:[ab]c){60}){60}){60}", "(?x)(?:(?: # )\n(?:[ab]c){60}){60})\n{60}", "a" * 3000):
        assert "is too large" in str(patterns.problem(pattern))
    assert patterns.problem("(" * 900) == "is not a regular expression: its parentheses are too deep"
    assert patterns.problem(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}") is None
