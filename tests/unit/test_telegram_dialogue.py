"""The bot with the real dialogue behind it: what it takes over from a conversation, to the word."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.compose import open_assistant, sync_index
from bot.conversation.dialogue import Dialogue
from bot.conversation.replay import library_of
from bot.conversation.store import Conversations
from bot.conversation.turns import Turn
from bot.settings import Settings
from bot.telegram import words
from bot.telegram.drafts import read
from index.store import PassageStore
from tests.fake_bot_api.core import Sent
from tests.fake_bot_api.people import Person
from tests.fake_bot_api.stage import Stage, played, staged

OPEN = {"public": True, "administrators": (7,)}
GROUP = -100500
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


def behind(assistant: Assistant, conversations: Conversations | None = None) -> tuple[Dialogue, PassageStore]:
    return Dialogue(assistant, library_of(assistant), conversations or Conversations()), assistant.store


async def pressed(stage: Stage, person: Person, sent: Sent, label: str = "more") -> tuple[str, bool]:
    """What a press is acknowledged with."""
    query = person.presses(sent, label)
    await stage.settled()
    return stage.telegram.callback_answers[query]


def quote_of(sent: Sent) -> list[str]:
    return sent.marked("expandable_blockquote")


def test_conditions_that_follow_ups_take_over_are_shown(assistant: Assistant, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged("memory", tmp_path, behind=behind(assistant), **OPEN) as stage:
            ada = stage.person(2)
            asked, narrowed, follow_up = await heard(
                stage, ada, "What destroyed the old bridge?", "before 2022", "When did it destroy the old bridge?"
            )
            assert "where" not in asked.text
            ada.presses(narrowed, "👍")
            await stage.settled()
            assert narrowed.text.startswith(f"Understood as: What destroyed the old bridge?\n{WHERE}\n\n")
            assert WHERE in follow_up.text.splitlines()
            assert WHERE in follow_up.marked("italic")[0]

    played(scenario)
    (draft,) = read(tmp_path / "telegram.db")
    assert (draft["question"], draft["where"]) == ("What destroyed the old bridge?", ["published < 2022-01-01"])


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


def test_the_button_and_the_command_read_on_as_one(assistant: Assistant, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged("memory", tmp_path, behind=behind(assistant), **OPEN) as stage:
            ada = stage.person(2)
            (answer,) = await heard(stage, ada, MAYOR)
            assert await pressed(stage, ada, answer) == ("", False)
            first = ada.heard()[-1]
            (second,) = await heard(stage, ada, "/more")
            await pressed(stage, ada, first)
            third = ada.heard()[-1]
            assert [quote_of(sent) for sent in (first, second, third)] == [
                ["She was elected in 2019."],
                ["The flood in Springfield was forgotten by 2022."],
                ["The mayor lives in a house of glass."],
            ]
            assert first.text.startswith("“The mayor” goes on:\n\n– The mayor\n8 March 2022 · mayor.txt\n")
            assert list(first.buttons) == list(third.buttons) == ["more"]
            await pressed(stage, ada, answer)
            assert (ada.heard()[-1].text, ada.heard()[-1].buttons) == ("That was the end of “The mayor”.", {})

    played(scenario)


class Slow(Conversations):
    """A turn is long on its way."""

    def turn(self, place: str, number: int) -> Turn | None:
        found = super().turn(place, number)
        time.sleep(0.1)
        return found


def test_two_presses_at_once_read_two_paragraphs(assistant: Assistant, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged("memory", tmp_path, behind=behind(assistant, Slow()), **OPEN) as stage:
            ada = stage.person(2)
            (answer,) = await heard(stage, ada, MAYOR)
            for _ in range(2):
                ada.presses(answer, "more")
            await stage.settled()
            assert len({quote_of(sent)[0] for sent in ada.heard()[1:]}) == 2

    played(scenario)


def test_more_keeps_its_place_over_a_restart_for_anybody_who_may_ask(assistant: Assistant, tmp_path: Path) -> None:
    async def scenario() -> None:
        kept = tmp_path / "conversations.db"
        async with staged("memory", tmp_path, behind=behind(assistant, Conversations(kept)), **OPEN) as stage:
            ada = stage.person(2).at(GROUP)
            (answer,) = await heard(stage, ada, f"/ask {MAYOR}")
            await pressed(stage, ada, answer)
        again = behind(assistant, Conversations(kept))
        async with staged("memory", tmp_path, telegram=stage.telegram, behind=again, **OPEN) as stage:
            await pressed(stage, stage.person(3).at(GROUP), answer)
            assert quote_of(stage.telegram.to(GROUP)[-1]) == ["The flood in Springfield was forgotten by 2022."]

    played(scenario)


def test_a_turn_that_was_forgotten_elsewhere_is_not_read_on(assistant: Assistant, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged("memory", tmp_path, behind=behind(assistant), **OPEN) as stage:
            (answer,) = await heard(stage, stage.person(2), MAYOR)
        async with staged("memory", tmp_path, telegram=stage.telegram, behind=behind(assistant), **OPEN) as stage:
            assert await pressed(stage, stage.person(2), answer) == (words.OLD_BUTTON, True)

    played(scenario)


def test_a_supergroup_reads_on_looks_back_and_forgets_as_its_group(assistant: Assistant, tmp_path: Path) -> None:
    async def scenario() -> None:
        dialogue, store = behind(assistant)
        async with staged("memory", tmp_path, behind=(dialogue, store), **OPEN) as stage:
            await heard(stage, stage.person(2).at(GROUP), f"/ask {MAYOR}")
            stage.person(7).at(GROUP).sends(migrate_to_chat_id=-100777)
            await stage.settled()
            ada = stage.person(2).at(-100777)
            follow_up, more, forgotten = await heard(stage, ada, "/ask When was she elected?", "/more", "/forget")
            assert follow_up.text.startswith("Understood as: When was Ada Quimby elected?")
            assert quote_of(more) == ["The flood in Springfield was forgotten by 2022."]
            assert forgotten.text == "Forgotten: 2 questions."

    played(scenario)


def test_an_answer_of_before_the_turns_were_noted_says_that_it_is_old(assistant: Assistant, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged("memory", tmp_path, behind=behind(assistant), **OPEN) as stage:
            (answer,) = await heard(stage, stage.person(2), MAYOR)
        with closing(sqlite3.connect(tmp_path / "telegram.db")) as older:
            for column in ("turn", "conditions"):
                older.execute(f"ALTER TABLE answers DROP COLUMN {column}")
            older.execute("PRAGMA user_version = 1")
        async with staged("memory", tmp_path, telegram=stage.telegram, behind=behind(assistant), **OPEN) as stage:
            ada = stage.person(2)
            assert await pressed(stage, ada, answer) == (words.OLD_BUTTON, True)
            assert await pressed(stage, ada, answer, "[1]") == ("", False)
            (newer,) = await heard(stage, ada, MAYOR)
            assert await pressed(stage, ada, newer) == ("", False)

    played(scenario)


def test_an_edited_question_is_read_on_from_its_new_answer(assistant: Assistant, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged("memory", tmp_path, behind=behind(assistant), **OPEN) as stage:
            ada = stage.person(2)
            number = ada.says("Who lives in a house of glass?")
            await stage.settled()
            ada.edits(number, MAYOR)
            await stage.settled()
            (answer,) = ada.heard()
            await pressed(stage, ada, answer)
            assert quote_of(ada.heard()[-1]) == ["She was elected in 2019."]

    played(scenario)
