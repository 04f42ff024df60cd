"""Follow-ups made whole by rules; whole questions left alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.standalone import standalone
from bot.conversation.turns import Turn
from bot.types import Answer, Citation, Status

FOLLOWUPS = Path(__file__).parents[1] / "regression" / "followups"


def turn(question: str, answer: str | None, quote: str | None = None, topic: int = 1) -> Turn:
    status = Status.ANSWERED if answer else Status.REFUSED
    text = quote or answer or ""
    citations = (Citation(1, "a.txt", "T", None, None, None, 0, len(text), text, 0, 1),) if answer else ()
    return Turn(
        1, 0.0, topic, question, (), Answer(question, question, status, answer, text, 0.9, citations, (), "r", 1, 0.1)
    )


@pytest.mark.parametrize(
    ("asked", "answered", "follow_up", "whole"),
    [
        # another subject of the same sort
        ("Who holds Kharkiv?", "Ukraine", "What about Kherson?", "Who holds Kherson?"),
        ("Who holds Kharkiv?", "Ukraine", "And Kherson?", "Who holds Kherson?"),
        (
            "When did Edison receive a Nobel Prize bid?",
            "1915",
            "And Tesla?",
            "When did Tesla receive a Nobel Prize bid?",
        ),
        (
            "How many people did the Mongols kill in Merv?",
            "70,000",
            "And in Nishapur?",
            "How many people did the Mongols kill in Nishapur?",
        ),
        ("How many epicenters did it have in 2005?", "one", "And in 2010?", "How many epicenters did it have in 2010?"),
        (
            "Which band is the first folk metal band?",
            "Skyclad",
            "And the first black metal band?",
            "Which band is the first black metal band?",
        ),
        ("Which city has Russia seized?", "Kherson", "What about Kharkiv?", "Has Russia seized Kharkiv?"),
        (
            "When did Luther write The Judgement on Monastic Vows?",
            "1521",
            "And On the Freedom of a Christian?",
            "When did Luther write On the Freedom of a Christian?",
        ),
        (
            "Which economist developed regulatory capture theory?",
            "George Stigler",
            "And the family economics branch?",
            "Which economist developed the family economics branch?",
        ),
        (
            "Who designed the Joseph Regenstein Library?",
            "Walter Netsch",
            "And the Laird Bell Law Quadrangle?",
            "Who designed the Laird Bell Law Quadrangle?",
        ),
        # nothing but a question phrase
        (
            "When did Moscow enter the war in Syria?",
            "2015",
            "On whose side?",
            "On whose side did Moscow enter the war in Syria?",
        ),
        ("Who did Tesla partner with?", "Robert Lane", "When?", "When did Tesla partner with Robert Lane?"),
        ("What year did Tesla die?", "1943", "And why?", "Why did Tesla die?"),
        (
            "Which president did Moscow support in Syria?",
            "Bashar Al Assad",
            "Since when?",
            "Since when did Moscow support Bashar Al Assad in Syria?",
        ),
        (
            "Which president did Moscow support in Syria?",
            None,
            "Since when?",
            "Since when did Moscow support the president in Syria?",
        ),
        (
            "Who did Tesla partner with in 1886?",
            "Robert Lane",
            "Where?",
            "Where did Tesla partner with Robert Lane in 1886?",
        ),
        (
            "Who made the first transmission?",
            "Guglielmo Marconi",
            "When was that?",
            "When was it that Guglielmo Marconi made the first transmission?",
        ),
        (
            "How many bodies were exhumed?",
            "25",
            "By whom?",
            "By whom were bodies exhumed?",
        ),
        # how many of them
        (
            "Which fighters is Russia recruiting?",
            "Syrians",
            "how many of them",
            "How many Syrians is Russia recruiting?",
        ),
        # who said so
        (
            "How many foreign volunteers does Kuleba say have joined Kyiv's forces?",
            "around 20,000",
            "Who said so?",
            "Who said that around 20,000 foreign volunteers have joined Kyiv's forces?",
        ),
        ("Where did students go?", "Wittenberg", "says who", "Who said that students go Wittenberg?"),
        # pronouns
        ("Who shared videos?", "Ramzan Kadyrov", "How old is he?", "How old is Ramzan Kadyrov?"),
        ("Who kidnapped Börte?", "the Merkits", "Who rescued her?", "Who rescued Börte?"),
        ("What was the name of Börte's son?", "Jochi", "When was he born?", "When was Jochi born?"),
        (
            "When did the Grainger Market open?",
            "1835",
            "Which market did it replace?",
            "Which market did the Grainger Market replace?",
        ),
        ("When did Moscow enter the war in Syria?", "2015", "When did it end?", "When did the war in Syria end?"),
        (
            "When did Russia attack Ukraine?",
            "February 24",
            "How many troops has it deployed?",
            "How many troops has Russia deployed?",
        ),
        (
            "Who did Tesla partner with in 1886?",
            "Robert Lane and Benjamin Vail",
            "What did they finance?",
            "What did Robert Lane and Benjamin Vail finance?",
        ),
        (
            "What was completed in 2011?",
            "the Joe and Rika Mansueto Library",
            "Who designed it?",
            "Who designed the Joe and Rika Mansueto Library?",
        ),
        (
            "Which descendant sacked Baghdad?",
            "Hulagu Khan",
            "Who halted his forces?",
            "Who halted Hulagu Khan's forces?",
        ),
        (
            "What year did Tesla die?",
            "1943",
            "Where did he live for most of his life?",
            "Where did Tesla live for most of his life?",
        ),
        (
            "Who shared videos of Chechen fighters?",
            "Ramzan Kadyrov",
            "How many of them were killed?",
            "How many Chechen fighters were killed?",
        ),
    ],
)
def test_a_follow_up_becomes_a_whole_question(asked: str, answered: str | None, follow_up: str, whole: str) -> None:
    reading = standalone(follow_up, [turn(asked, answered)])
    assert (reading.question, reading.follows, reading.new_topic) == (whole, True, False)


@pytest.mark.parametrize(
    "question",
    [
        "Who resigned?",
        "How many soldiers did Russia lose in its attack?",
        "What did Putin say he will not send?",
        "Is it true that Kherson was seized?",
        "Are there any foreign fighters in Ukraine?",
        "What does the Pentagon spokesman think about mercenaries?",
        "who wrote the song that won in 1969",
    ],
)
def test_a_question_that_stands_on_its_own_is_left_to_the_character(question: str) -> None:
    reading = standalone(question, [turn("Who shared videos of Chechen fighters?", "Ramzan Kadyrov")])
    assert reading.question == question
    assert not reading.follows


def test_without_turns_nothing_is_replaced() -> None:
    for question in ("And when?", "What about Kherson?", "Who said so?", "How old is he?"):
        assert standalone(question, []).question == question


def test_another_topic_is_recognised_by_its_words() -> None:
    turns = [turn("Who shared videos of Chechen fighters?", "Ramzan Kadyrov")]
    assert standalone("When did the Grainger Market open?", turns).new_topic
    assert not standalone("How many Chechen fighters are there?", turns).new_topic


def test_a_pronoun_does_not_look_back_beyond_its_topic() -> None:
    turns = [turn("When did the market open?", "1835", topic=2), turn("Who shared videos?", "Ramzan Kadyrov", topic=1)]
    assert standalone("How old is he?", turns).question == "How old is he?"


def test_nothing_happened_that_a_reason_could_be_asked_of() -> None:
    assert standalone("why?", [turn("Who is Putin?", None)]).question == "why?"


def test_a_refusal_leaves_its_question_to_follow_up() -> None:
    reading = standalone("And Kharkiv?", [turn("Who founded Kherson?", None)])
    assert reading.question == "Who founded Kharkiv?"


def test_a_pronoun_reaches_over_an_answer_that_is_a_number() -> None:
    turns = [turn("How old is Ramzan Kadyrov?", "45"), turn("Who shared videos?", "Ramzan Kadyrov")]
    assert standalone("Where was he born?", turns).question == "Where was Ramzan Kadyrov born?"


WORDS = st.sampled_from(
    [
        "and",
        "but",
        "what",
        "about",
        "how",
        "many",
        "of",
        "them",
        "who",
        "said",
        "so",
        "when",
        "why",
        "where",
        "he",
        "she",
        "it",
        "they",
        "his",
        "her",
        "its",
        "their",
        "that",
        "those",
        "in",
        "of",
        "the",
        "Kherson",
        "Mr",
        "Putin",
        "was",
        "did",
        "is",
        "has",
        "2015",
        "?",
        ",",
        "“",
        "’s",
        "\u202e",
        "ű",
        "日本",
        "🙂",
        "�",
    ]
)


@given(st.lists(WORDS, min_size=1, max_size=9).map(" ".join), st.lists(WORDS, max_size=9).map(" ".join))
def test_any_words_give_one_reading(text: str, before: str) -> None:
    reading = standalone(text, [turn(before or "x", "Mr Putin and Kherson")])
    assert reading.question.strip()
    assert not (reading.follows and reading.new_topic)


def test_every_whole_question_of_the_sets_stays_as_it_is() -> None:
    """What a person asked whole must not be taken for a follow-up of an unrelated turn."""
    turns = [turn("Who holds Kharkiv?", "Ukraine's government")]
    for name in ("development-whole.yaml", "held-out-whole.yaml"):
        for case in yaml.safe_load((FOLLOWUPS / name).read_text(encoding="utf-8"))["cases"]:
            assert standalone(case["question"], turns).question == case["question"], case["id"]
