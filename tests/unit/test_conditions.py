"""Conditions of a question: found by rules, met or contradicted by a passage and its article."""

import unicodedata

import pytest

from bot.conditions import Condition, Kind, Place, State, conditions, state
from bot.features import coverage


def found(question: str) -> set[tuple[str, str]]:
    return {(one.kind.value, one.value) for one in conditions(question)}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who won in 2019?", {("year", "2019")}),
        (
            "Who was the 23rd president of Poland?",
            {("ordinal", "23"), ("role", "president"), ("name", "poland"), ("office", "president poland")},
        ),
        ("How many of the twenty ships sank in May 1916?", {("number", "20"), ("month", "may"), ("year", "1916")}),
        ("What did the 20,000 volunteers want?", {("number", "20000")}),
        ("what may it be", set()),
        ("Who leads Cam Newton's team?", {("name", "cam newton's")}),
        ("Kyiv is where?", set()),
        ("why", set()),
    ],
)
def test_conditions_of_a_question(question: str, expected: set[tuple[str, str]]) -> None:
    assert found(question) == expected


@pytest.mark.parametrize(
    ("condition", "sentence", "published", "expected"),
    [
        (Condition("2019", Kind.YEAR, "2019"), "They won in 2019.", None, State.MET),
        (Condition("2019", Kind.YEAR, "2019"), "They won in 2021.", None, State.CONTRADICTED),
        (Condition("2019", Kind.YEAR, "2019"), "They won this year.", "2019-05-02", State.MET),
        (Condition("2019", Kind.YEAR, "2019"), "They won.", "2021-05-02", State.UNKNOWN),
        (Condition("May", Kind.MONTH, "may"), "They won.", "2021-05-02T10:00:00", State.MET),
        (Condition("20", Kind.NUMBER, "20"), "Twenty came.", None, State.MET),
        (Condition("third", Kind.ORDINAL, "3"), "The 3rd crusade.", None, State.MET),
        (Condition("third", Kind.ORDINAL, "3"), "The fourth crusade.", None, State.CONTRADICTED),
        (Condition("Kyiv", Kind.NAME, "kyiv"), "Kyiv's forces.", None, State.MET),
        (Condition("Kyiv", Kind.NAME, "kyiv"), "Its forces in Lviv.", None, State.UNKNOWN),
    ],
)
def test_a_place_meets_or_contradicts(
    condition: Condition, sentence: str, published: str | None, expected: State
) -> None:
    assert state(condition, Place(sentence, sentence, "A title", published)) is expected


@pytest.mark.parametrize(("written", "asked"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_accents_count_alike_however_they_are_written(written: str, asked: str) -> None:
    question = unicodedata.normalize(asked, "Has José met the president of Perú?")
    text = unicodedata.normalize(written, "José met the president of Perú.")
    place = Place(text, text, "A title", None)
    assert {state(one, place) for one in conditions(question)} == {State.MET}
    assert coverage(question, text) == 1.0


def test_the_title_counts() -> None:
    place = Place("He won.", "He won.", "The election of 2019", None)
    assert state(Condition("2019", Kind.YEAR, "2019"), place) is State.MET


UKRAINE = Condition("president of Ukraine", Kind.OFFICE, "president ukraine")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("President Putin wants to bring fighters into the fray that goes on in Ukraine.", State.CONTRADICTED),
        ("They fight in Ukraine\n\nPresident Putin spoke.", State.CONTRADICTED),
        ("The Ukrainian president spoke.", State.MET),
        ("Zelensky, president of the country of Ukraine, spoke.", State.MET),
        ("Somebody spoke in Ukraine.", State.UNKNOWN),
    ],
)
def test_an_office_is_a_role_with_its_holder(sentence: str, expected: State) -> None:
    assert state(UKRAINE, Place(sentence, sentence, "They fight in Ukraine", None)) is expected


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("who is president of the united states", "US President Joe Biden spoke.", State.MET),
        ("Who is the president of the United States?", "U.S. President Joe Biden spoke.", State.MET),
        ("Who is the Russian foreign minister?", "The Ukrainian Foreign Minister spoke.", State.CONTRADICTED),
        ("Who is the French prime minister?", "The prime minister of France spoke.", State.MET),
        ("Who was France's president?", "The French President spoke.", State.MET),
        ("Who was France's president?", "The Polish President spoke.", State.CONTRADICTED),
    ],
)
def test_offices_in_other_words(question: str, text: str, expected: State) -> None:
    office = next(one for one in conditions(question) if one.kind is Kind.OFFICE)
    assert state(office, Place(text, text, "", None)) is expected
