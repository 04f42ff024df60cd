"""Negation: a sentence that says the opposite is no answer, and an innocent "not" is no denial."""

from __future__ import annotations

import pytest

from bot.conditions import Kind, Place, State
from bot.features import OPPOSITE, features
from bot.negation import opposed
from bot.polarity import polarity
from bot.types import Candidate
from tests.unit.negation_pairs import HELD, TUNED, Row

LET_THROUGH_OF_HELD = 3
"""Opposite answers of the held pairs that the rule did not see when it was first measured on them."""


def is_opposed(row: Row) -> bool:
    marked, question = row
    start, end = marked.index("["), marked.index("]") - 1
    return opposed(question, marked.replace("[", "").replace("]", ""), start, end)


@pytest.mark.parametrize(("opposite", "innocent"), TUNED)
def test_a_pair_is_told_apart(opposite: Row, innocent: Row) -> None:
    assert is_opposed(opposite)
    assert not is_opposed(innocent)


def test_pairs_that_the_rule_was_not_tuned_on() -> None:
    assert len(HELD) + len(TUNED) >= 60
    assert sum(not is_opposed(opposite) for opposite, _ in HELD) <= LET_THROUGH_OF_HELD
    assert not any(is_opposed(innocent) for _, innocent in HELD)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Did the board approve the plan?", "The board did not approve [the plan]."),
        ("Which team called the one that did not play?", "[The Rovers] called a team that played elsewhere."),
        ("When may visitors enter?", "Visitors may not enter unless [they sign]."),
        ("Who built the crane?", "Why did [Olsen] not build the crane?"),
    ],
)
def test_what_is_not_compared(question: str, sentence: str) -> None:
    assert not is_opposed((sentence, question))


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("She did not want to sign or read it, and left.", {"want", "sign", "read"}),
        ("No doctor signed, but the nurse did.", {"doctor", "signed"}),
        ("They found no lead in the paint.", {"lead"}),
        ("They saw nobody.", {"saw"}),
        ("He could not prevent them from crossing.", {"prevent"}),
        ("She denies that he forged it.", {"denies", "forged"}),
        ("It is not only old but loud, no doubt.", set()),
        ("It was not opened until noon.", set()),
        ("It was never rejected.", set()),
    ],
)
def test_how_far_a_denial_reaches(text: str, denied: set[str]) -> None:
    assert {word.text for word in polarity(text) if word.denied} == denied


def test_the_confidence_hears_of_it_once() -> None:
    candidate = Candidate("a", 0, 5, "Olsen", 3.0, 1, 0, 40)
    place = Place("Olsen refused to sign.", "Olsen refused to sign.", "", None)
    values = features("Who signed?", candidate, [candidate], place, unmet=[(OPPOSITE, State.CONTRADICTED)])
    assert OPPOSITE.kind is Kind.NEGATION
    assert (values["negation"], values["contradicted"], values["office"]) == (1.0, 0.0, 0.0)
