"""The kind of a question, by its words."""

import pytest

from bot.questions import QuestionKind, kind_of


@pytest.mark.parametrize(
    "question",
    [
        "Did Putin say he would send conscripts?",
        "is Kherson held by Russia?",
        "Has Kharkiv fallen?",
        "Weren't reservists called up?",
        "Can the bot answer this?",
    ],
)
def test_an_auxiliary_first_is_a_yes_no_question(question: str) -> None:
    assert kind_of(question) is QuestionKind.YES_NO


@pytest.mark.parametrize(
    "question",
    [
        "Which cities are held by Ukraine's government?",
        "What are the names of the planets?",
        "Name all members of the council",
        "List three reasons",
        "Who were the founders?",
        "Which two cities does Ukraine hold?",
    ],
)
def test_plural_wh_phrases_ask_for_a_list(question: str) -> None:
    assert kind_of(question) is QuestionKind.LIST


@pytest.mark.parametrize(
    "question",
    [
        "How many foreign volunteers have joined?",
        "Who is the Pentagon spokesman?",
        "When did Russia attack?",
        "Is it Kyiv or Kharkiv that fell?",
        "which city has Russia seized",
        "Island nations: which one is the largest?",
        "What does the island export?",
        "",
    ],
)
def test_everything_else_asks_for_a_span(question: str) -> None:
    assert kind_of(question) is QuestionKind.SPAN
