"""What people in Telegram said becomes draft cases of a question set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.commands.case import command
from bot.conversation.turns import Speaker
from bot.regression.sets import load_one
from bot.telegram.database import Database
from bot.telegram.ledger import Asked, Ledger
from bot.types import Answer
from tests.fake_bot_api.stage import Scripted


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """The bot's file where the settings of `tmp_path` look for it."""
    monkeypatch.chdir(tmp_path)
    return Ledger(Database(tmp_path / ".citebot-telegram" / "bot-7.db"), retention_days=30)


def answer_to(question: str) -> Answer:
    answer = Scripted().say(Speaker("place", "person"), question).answer
    assert answer is not None
    return answer


def add(set_file: str, *more: str) -> str:
    done = CliRunner().invoke(command, ["add", "--from-feedback", "--set", set_file, *more], standalone_mode=False)
    assert done.exception is None, done.output
    return done.output


def test_feedback_becomes_cases_once(ledger: Ledger, tmp_path: Path) -> None:
    many, who, when, why = (
        ledger.give(Asked(1, None, 2, number), answer_to(question))
        for number, question in enumerate(("How many roses?", "Who?", "When?", "Why many?"))
    )
    ledger.judge(many, 2, good=True)
    ledger.judge(who, 2, good=True)
    ledger.correct(when, 2, "4 May")
    ledger.judge(why, 2, good=False)
    for expected in ("Added 3 draft cases", "Added 0 draft cases"):
        assert expected in add("drafts.yaml")
    cases = {case.question: case for case in load_one(tmp_path / "drafts.yaml").cases}
    assert set(cases) == {"How many roses?", "Who?", "When?"}
    assert cases["How many roses?"].answers == ("300 roses",)
    assert cases["How many roses?"].quote == "It has 300 roses."
    assert cases["Who?"].unanswerable
    assert cases["When?"].answers == ("4 May",)
    assert cases["When?"].tags == ("telegram", "bad", "draft")


def test_a_follow_up_is_kept_as_it_was_understood(ledger: Ledger, tmp_path: Path) -> None:
    answer = replace(answer_to("And how many?"), standalone_question="How many roses has the garden?")
    ledger.judge(ledger.give(Asked(1, None, 2, 1), answer), 2, good=True)
    add("drafts.yaml")
    assert load_one(tmp_path / "drafts.yaml").cases[0].question == "How many roses has the garden?"


def test_the_conditions_of_an_answer_are_those_of_its_case(ledger: Ledger, tmp_path: Path) -> None:
    given = ledger.give(Asked(1, None, 2, 1), answer_to("Who?"), conditions=("published < 2022-01-01",))
    ledger.judge(given, 2, good=True)
    add("drafts.yaml")
    (case,) = load_one(tmp_path / "drafts.yaml").cases
    assert (case.where, case.unanswerable) == (("published < 2022-01-01",), True)
