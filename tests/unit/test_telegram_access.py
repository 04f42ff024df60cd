"""Closed by default: who may do what, over the wire."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.telegram import words
from tests.fake_bot_api.people import until
from tests.fake_bot_api.stage import FRONTS, GARDEN, Stage, played, staged

GROUP = -100500
pytestmark = pytest.mark.parametrize("front", FRONTS)


def refusals(stage: Stage, chat: int) -> list[str]:
    return [sent.text for sent in stage.telegram.to(chat)]


def test_a_strangers_question_is_refused(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path) as stage:
            stage.person(1).says("How many roses?")
            await stage.settled()
            assert refusals(stage, 1) == [words.stranger(1)]
            assert stage.conversation.asked == []

    played(scenario)


@pytest.mark.parametrize("command", ["/ask How many roses?", "/help", "/stats", "/add", "/allow 1", "/sync", "/forget"])
def test_a_strangers_command_is_refused(front: str, tmp_path: Path, command: str) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path) as stage:
            stage.person(1).says(command)
            await stage.settled()
            assert refusals(stage, 1) == [words.stranger(1)]
            stage.person(1).says("many?")
            await stage.settled()
            assert stage.conversation.asked == []

    played(scenario)


def test_a_strangers_document_is_refused(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path) as stage:
            stage.person(1).sends_document("mine.txt", b"A text.", caption="/add")
            await stage.settled()
            assert refusals(stage, 1) == [words.stranger(1)]
            assert stage.library.added == {}
            assert not [call for call in stage.telegram.calls if call.method == "getFile"]

    played(scenario)


def test_a_strangers_press_is_refused(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path) as stage:
            boss = (await stage.paired()).at(GROUP)
            boss.says("/ask How many roses?")
            answer = await until(lambda: stage.telegram.to(GROUP))
            query = stage.person(1).at(GROUP).presses(answer[0], "[1]")
            thumb = stage.person(1).at(GROUP).presses(answer[0], "👍")
            await stage.settled()
            assert stage.telegram.callback_answers == {
                query: (words.NOT_ALLOWED_BUTTON, True),
                thumb: (words.NOT_ALLOWED_BUTTON, True),
            }
            assert len(stage.telegram.to(GROUP)) == 1

    played(scenario)


def test_guesses_of_the_code_are_refused_and_close_it_for_the_guesser(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path) as stage:
            guesser = stage.person(1)
            for guess in ("AAAAAAAAAA", "", "BBBBBBBBBB", "CCCCCCCCCC"):
                guesser.says(f"/start {guess}")
            guesser.says(f"/start {stage.code}")
            guesser.says("How many roses?")
            await stage.settled()
            assert set(refusals(stage, 1)) == {words.stranger(1)}
            assert stage.conversation.asked == []
            await stage.paired(7)  # the owner of the terminal still can

    played(scenario)


def test_many_guessers_close_the_code_for_everybody(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path) as stage:
            for number in range(1, 11):
                stage.person(number).says("/start WRONGWRONG")
            stage.person(50).says(f"/start {stage.code}")
            await stage.settled()
            assert refusals(stage, 50) == [words.stranger(50)]

    played(scenario)


def test_the_code_works_once(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path) as stage:
            await stage.paired(7)
            stage.person(8).says(f"/start {stage.code}")
            await stage.settled()
            assert refusals(stage, 8) == [words.stranger(8)]

    played(scenario)


def test_the_code_expires(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, pairing_minutes=0.000001) as stage:
            stage.person(7).says(f"/start {stage.code}")
            await stage.settled()
            assert refusals(stage, 7) == [words.stranger(7)]

    played(scenario)


def test_the_code_does_not_work_in_a_group(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path) as stage:
            stage.person(7).at(GROUP).says(f"/start {stage.code}")
            await stage.settled()
            assert refusals(stage, GROUP) == [words.stranger(7)]
            stage.person(7).says("/stats")
            await stage.settled()
            assert refusals(stage, 7) == [words.stranger(7)]

    played(scenario)


def test_the_administrator_stays_one_after_a_restart_without_a_new_code(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path) as stage:
            await stage.paired(7)
        async with staged(front, tmp_path, telegram=stage.telegram) as stage:
            stage.person(7).says("/stats")
            await stage.settled()
            assert stage.lines == []
            assert "questions: 0" in refusals(stage, 7)[-1]

    played(scenario)


def test_somebody_let_in_may_ask_and_no_more_when_denied(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path) as stage:
            boss, guest = await stage.paired(), stage.person(2)
            boss.says("/allow 2")
            guest.says("How many roses?")
            await stage.settled()
            assert guest.heard()[-1].text.startswith("300 roses [1]")
            boss.says("/deny 2")
            guest.says("When?")
            await stage.settled()
            assert guest.heard()[-1].text == words.stranger(2)
            assert [text for _, _, text in stage.conversation.asked] == ["How many roses?"]

    played(scenario)


def test_somebody_let_in_is_no_administrator(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, people=(2,)) as stage:
            guest = stage.person(2)
            assert stage.lines == []  # with an allow-list there is no code
            for command in ("/allow 3", "/deny 3", "/stats", "/sync", "/remove garden.txt", "/add"):
                guest.says(command)
            guest.sends_document("x.txt", b"text")
            await stage.settled()
            assert [sent.text for sent in guest.heard()].count(words.ONLY_ADMINISTRATOR) == 6
            assert words.DOCUMENTS_ARE_FOR_ADMINISTRATORS in [sent.text for sent in guest.heard()]
            stage.person(3).says("many?")
            await stage.settled()
            assert refusals(stage, 3) == [words.stranger(3)]

    played(scenario)


def test_in_an_allowed_group_everybody_may_ask_and_only_there(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path) as stage:
            (await stage.paired()).at(GROUP).says("/allow")
            stage.person(3).at(GROUP).says("/ask How many roses?")
            stage.person(3).says("How many roses?")
            await stage.settled()
            assert stage.telegram.to(GROUP)[-1].text.startswith("300 roses")
            assert refusals(stage, 3) == [words.stranger(3)]

    played(scenario)


def test_an_allowed_person_may_ask_in_any_chat_that_is_not_denied(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, people=(2,), administrators=(7,)) as stage:
            stage.person(2).at(GROUP).says("/ask How many roses?")
            await stage.settled()
            assert stage.telegram.to(GROUP)[-1].text.startswith("300 roses")
            stage.person(7).at(GROUP).says("/deny")
            stage.person(2).at(GROUP).says("/ask When?")
            await stage.settled()
            assert len(stage.conversation.asked) == 1

    played(scenario)


def test_in_public_mode_everybody_but_the_denied_may_ask(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, public=True, administrators=(7,)) as stage:
            stage.person(7).says("/deny 4")
            stage.person(3).says("How many roses?")
            stage.person(4).says("How many roses?")
            await stage.settled()
            assert refusals(stage, 3)[0].startswith("300 roses")
            assert refusals(stage, 4) == [words.stranger(4)]

    played(scenario)


def test_a_stranger_gets_a_few_words_and_then_silence(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path) as stage:
            for _ in range(20):
                stage.person(1).says("Let me in")
            await stage.settled()
            assert refusals(stage, 1) == [words.stranger(1)] * 3

    played(scenario)


def test_an_administrator_cannot_be_denied(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path) as stage:
            boss = await stage.paired()
            boss.says("/deny 7")
            await stage.settled()
            boss.says("How many roses?")
            await stage.settled()
            assert boss.heard()[-1].text.startswith("300 roses")

    played(scenario)


def test_an_anonymous_speaker_counts_as_the_chat(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, people=(2,)) as stage:
            ghost = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
            where = {"id": GROUP, "type": "supergroup", "title": "Newsroom"}
            text = {"text": "/ask many?", "entities": [{"type": "bot_command", "offset": 0, "length": 4}]}
            content = {"from": ghost, "sender_chat": where, "chat": where, **text}
            stage.telegram.put({"message": stage.telegram.new_message(GROUP, content)})
            await stage.settled()
            assert refusals(stage, GROUP) == [words.stranger(GROUP)]
            assert stage.conversation.asked == []

    played(scenario)


def test_the_article_itself_stays_with_those_who_may_ask(front: str, tmp_path: Path) -> None:
    """A forged press of somebody else's answer, from a chat of the stranger's own."""

    async def scenario() -> None:
        async with staged(front, tmp_path, people=(2, 3)) as stage:
            stage.person(2).says("How many roses?")
            await stage.settled()
            guest = stage.person(3)
            guest.says("hello")
            await stage.settled()
            query = guest.presses_data(guest.heard()[0], "c:1:1")
            await stage.settled()
            assert stage.telegram.callback_answers[query] == (words.OLD_BUTTON, True)
            assert not [sent for sent in guest.heard() if GARDEN.title in sent.text]

    played(scenario)
