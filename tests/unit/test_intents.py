"""What is said in a conversation and is no question; and questions that look like it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.conversation import dates
from bot.conversation.intents import Wish, recognised

REGRESSION = Path(__file__).parents[1] / "regression"


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ("hi", Wish.GREETING),
        ("Hello there!", Wish.GREETING),
        ("Good morning", Wish.GREETING),
        ("Thanks", Wish.THANKS),
        ("ok, thank you very much.", Wish.THANKS),
        ("Bye!", Wish.FAREWELL),
        ("What can you answer?", Wish.OVERVIEW),
        ("what do you know", Wish.OVERVIEW),
        ("Which articles do you have?", Wish.OVERVIEW),
        ("What is this article about?", Wish.OVERVIEW),
        ("what are the articles about", Wish.OVERVIEW),
        ("What's this about?", Wish.OVERVIEW),
        ("help", Wish.OVERVIEW),
        ("show me the source", Wish.SOURCE),
        ("Sources?", Wish.SOURCE),
        ("Where does that come from?", Wish.SOURCE),
        ("more", Wish.MORE),
        ("Tell me more.", Wish.MORE),
        ("in which article?", Wish.WHICH_ARTICLE),
        ("Which article says so?", Wish.WHICH_ARTICLE),
        ("the latest on Kherson", Wish.LATEST),
        ("What is the latest news about Kherson?", Wish.LATEST),
        ("tell me about Kherson", Wish.ABOUT),
        ("everything", Wish.WIDENED),
        ("Now search everything, please.", Wish.WIDENED),
        ("in all articles", Wish.WIDENED),
        ("every article", Wish.WIDENED),
        ("any date", Wish.WIDENED),
    ],
)
def test_a_wish_is_recognised(said: str, wish: Wish) -> None:
    found = recognised(said)
    assert found is not None
    assert found.wish is wish


@pytest.mark.parametrize(
    "question",
    [
        "Who thanks Putin?",
        "Hello Kitty was created by whom?",
        "How many more fighters came?",
        "What more did Kirby say?",
        "Which article of the constitution was changed?",
        "What article was published in 1937?",
        "What is the source of the Nile?",
        "What is the article about Kherson about?",
        "What is the war about?",
        "Who is the latest president on the list?",
        "What was the latest version of the treaty?",
        "Who resigned before March 2022?",
        "What happened before the war?",
        "In 2015?",
        "And since when?",
        "Who can you blame for it?",
        "What can you see from the tower?",
        "help wanted by whom?",
        "Where is the source from which the river springs?",
        "What does Kuleba say?",
        "What continues to burn?",
        "Is everything lost?",
        "Everything burned down where?",
        "How many words do all articles have?",
        "any news?",
    ],
)
def test_a_real_question_is_not_swallowed(question: str) -> None:
    assert recognised(question) is None


def test_no_question_of_the_sets_is_swallowed() -> None:
    asked = 0
    for path in sorted(REGRESSION.rglob("*.yaml")):
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
        cases = found.get("cases", []) if isinstance(found, dict) else found
        for case in cases:
            if isinstance(case, dict) and "question" in case:
                asked += 1
                assert recognised(case["question"]) is None, case["question"]
    assert asked >= 250


def test_an_article_and_a_topic_are_taken_apart() -> None:
    found = recognised("What does the article say about foreign fighters?")
    assert found is not None
    assert (found.wish, found.article, found.topic) == (Wish.ABOUT, "the article", "foreign fighters")


@pytest.mark.parametrize(
    ("said", "question", "conditions"),
    [
        ("before March 2022", None, ("published < 2022-03-01",)),
        ("And after 8 March 2022?", None, ("published > 2022-03-08",)),
        ("since 2021", None, ("published >= 2021-01-01",)),
        ("until March 8th, 2022", None, ("published <= 2022-03-08",)),
        ("articles from 2022", None, ("published >= 2022-01-01",)),
        ("only articles in Feb 2024", None, ("published >= 2024-02-01", "published <= 2024-02-29")),
        ("Who resigned, in articles before March 2022?", "Who resigned?", ("published < 2022-03-01",)),
        ("In articles published after 2022-03-08, who resigned?", "who resigned?", ("published > 2022-03-08",)),
    ],
)
def test_conditions_on_the_date_of_an_article(said: str, question: str | None, conditions: tuple[str, ...]) -> None:
    found = recognised(said)
    assert found is not None
    assert (found.wish, found.question, found.conditions) == (Wish.NARROWED, question, conditions)


def test_a_day_that_is_not_in_the_calendar_is_no_condition() -> None:
    assert recognised("before 31 February 2022") is None
    assert dates.conditions("before", "2022-13-01") is None
