"""The bot with the real dialogue behind it: what it takes over from a conversation, to the word."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.compose import open_assistant, sync_index
from bot.conversation.dialogue import Dialogue
from bot.conversation.replay import library_of
from bot.conversation.store import Conversations
from bot.settings import Settings
from tests.fake_bot_api.core import Sent
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.stage import Stage, played, staged

OPEN = {"public": True, "administrators": (7,)}
MAYOR = "Who is the mayor of Springfield?"
WHERE = "where published < 2022-01-01"
OLD = """The flood

3 January 2021

The flood in Springfield destroyed the old bridge.
"""
NEW = """The mayor

8 March 2022

The mayor of Springfield is Ada Quimby. She was elected in 2019.

Advertisement

The flood in Springfield was forgotten by 2022.

The mayor lives in a house of glass.
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("telegram-dialogue")
    (folder / "articles").mkdir()
    (folder / "articles/flood.txt").write_text(OLD)
    (folder / "articles/mayor.txt").write_text(NEW)
    settings = Settings(articles=folder / "articles", index=folder / "index")
    sync_index(settings)
    opened = open_assistant(settings)
    yield opened
    opened.close()


async def heard(stage: Stage, person: Person, *said: str) -> list[Sent]:
    """What the bot says to each, one after the other."""
    for text in said:
        person.says(text)
        await stage.settled()
    return person.heard()[-len(said) :]


def behind(assistant: Assistant) -> tuple[Dialogue, object]:
    return Dialogue(assistant, library_of(assistant), Conversations()), assistant.store


def test_conditions_that_follow_ups_take_over_are_shown(assistant: Assistant, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged("memory", tmp_path, behind=behind(assistant), **OPEN) as stage:
            ada = stage.person(2)
            asked, narrowed, follow_up = await heard(
                stage, ada, "What destroyed the old bridge?", "before 2022", "When did it destroy the old bridge?"
            )
            assert "where" not in asked.text
            assert narrowed.text.startswith(f"Understood as: What destroyed the old bridge?\n{WHERE}\n\n")
            assert WHERE in follow_up.text.splitlines()
            assert WHERE in follow_up.marked("italic")[0]

    played(scenario)


def test_everything_lifts_conditions(assistant: Assistant, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged("memory", tmp_path, behind=behind(assistant), **OPEN) as stage:
            ada = stage.person(2)
            refused, answered, follow_up, again = await heard(
                stage,
                ada,
                f"{MAYOR[:-1]}, in articles before 2022?",
                "everything",
                "When was she elected?",
                "Everything!",
            )
            assert WHERE in refused.text
            assert "Ada Quimby [1]" in answered.text
            assert "where" not in answered.text + follow_up.text
            assert again.text.startswith("Every article is asked already.")

    played(scenario)


def test_forgetting_lifts_conditions(assistant: Assistant, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged("memory", tmp_path, behind=behind(assistant), **OPEN) as stage:
            *_, forgotten, asked = await heard(
                stage, stage.person(2), MAYOR, "before 2022", "/forget", "When was she elected?"
            )
            assert forgotten.text == "Forgotten: 2 questions."
            assert "where" not in asked.text

    played(scenario)


def test_passages_on_a_topic_tell_their_conditions(assistant: Assistant, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged("memory", tmp_path, behind=behind(assistant), **OPEN) as stage:
            _, narrowed = await heard(stage, stage.person(2), "tell me about the flood", "before 2022")
            assert narrowed.text.startswith(f"{WHERE}\n\nOn “the flood”")

    played(scenario)
