"""Under trouble: faults, lost networks, two instances, kills, malformed updates, and the token that must not leak."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot.telegram import words
from bot.telegram.dispatch import Bounds
from bot.telegram.polling import TokenRefused
from tests.fake_bot_api.core import TOKEN, FakeTelegram
from tests.fake_bot_api.faults import ALL, Fault
from tests.fake_bot_api.people import until
from tests.fake_bot_api.stage import FRONTS, Scripted, Stage, played, staged

GROUP = -100500
MANY = "How many roses?"
UPDATES = 1_000
OPEN: dict[str, Any] = {"public": True, "administrators": (7,)}
ROOMY = Bounds(user_per_minute=600, chat_per_minute=600, queue=UPDATES, longest_question=1_000)
SECRET = TOKEN.partition(":")[2]
pytestmark = pytest.mark.parametrize("front", FRONTS)


@pytest.mark.timeout(600)
def test_one_in_ten_calls_failing_loses_nothing(front: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """429, 500, time-outs and cut connections in turn over 1,000 updates, fetching included.

    A second message stands only where a connection was cut after Telegram had taken the first.
    """
    caplog.set_level(logging.ERROR)

    async def scenario() -> None:
        # a busy machine must not add time-outs of its own, after which Telegram may have taken the message, too
        async with staged(front, tmp_path, bounds=ROOMY, timeout_seconds=2, **OPEN) as stage:
            stage.telegram.faults.begin(every=10)
            asked = []
            for number in range(UPDATES):
                person = stage.person(100 + number % 50)
                asked.append((person.id, person.says(f"{number}: {MANY}")))
                await asyncio.sleep(0.001)
            await _answered(stage, asked)
            stage.telegram.faults.end()
            injected = stage.telegram.faults.injected
            answers = Counter((s.chat, s.reply_to) for s in stage.telegram.sent if s.text.startswith("300 roses"))
            assert set(answers) == set(asked)
            duplicates = sum(count - 1 for count in answers.values())
            cut_after = sum(
                call.fault is Fault.CUT_AFTER and call.params.get("text", "").startswith("300 roses")
                for call in stage.telegram.calls
            )
            print(f"{front}: {sum(injected.values())} faults, {cut_after} answers cut after, {duplicates} duplicates")
            assert {kind for _, kind in injected} == set(ALL)
            assert duplicates == cut_after > 0
            assert len(stage.conversation.asked) == UPDATES

    played(scenario, 560)


async def _answered(stage: Stage, asked: list[tuple[int, int]]) -> None:
    wanted = set(asked)
    await until(lambda: wanted <= {(sent.chat, sent.reply_to) for sent in stage.telegram.sent}, 500, 0.1)
    await stage.settled()


def test_flood_limits_are_waited_out(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            stage.telegram.flood = (2, 1.0)
            asked = [stage.person(2).says(f"{number}: {MANY}") for number in range(5)]
            await stage.settled()
            assert [sent.reply_to for sent in stage.person(2).heard()] == asked

    played(scenario)


def test_a_lost_network_loses_nothing(front: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, conversation=Scripted(seconds=0.2), **OPEN) as stage:
            stage.person(2).says(MANY)
            await until(lambda: stage.conversation.asked)
            stage.telegram.down = True
            stage.person(3).says(MANY)
            await asyncio.sleep(1.5)
            assert stage.telegram.sent == []
            stage.telegram.down = False
            await until(lambda: len(stage.telegram.sent) == 2)
            await stage.settled()
            assert "updates cannot be fetched, trying on" in caplog.text
            await until(lambda: "updates are fetched again" in caplog.text)

    played(scenario)


def test_a_network_that_is_not_there_at_the_start_is_waited_for(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        telegram = FakeTelegram()
        telegram.down = True

        async def comes() -> None:
            await asyncio.sleep(0.5)
            telegram.down = False

        coming = asyncio.create_task(comes())
        async with staged(front, tmp_path, telegram=telegram, **OPEN) as stage:
            stage.person(2).says(MANY)
            await until(lambda: stage.telegram.sent)
        await coming

    played(scenario)


def test_two_instances_with_one_token_are_told_clearly(
    front: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        telegram = FakeTelegram()
        (tmp_path / "other").mkdir()
        async with (
            staged(front, tmp_path, telegram=telegram, **OPEN),
            staged(front, tmp_path / "other", telegram=telegram, **OPEN),
        ):
            await until(lambda: "another process polls with the same token" in caplog.text)

    played(scenario)


def test_a_group_that_became_a_supergroup_keeps_its_rights_and_its_answers(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        new = -100777
        async with staged(front, tmp_path, administrators=(7,), chats=(GROUP,)) as stage:
            stage.person(2).at(GROUP).says("/ask How many?")
            await stage.settled()
            first = stage.telegram.to(GROUP)[0]
            stage.telegram.migrated[GROUP] = new
            stage.person(2).at(GROUP).says("/ask How many?")
            await stage.settled()
            assert stage.telegram.to(new)[0].text.startswith("300 roses")
            stage.person(3).at(new).says("/ask When?")
            await stage.settled()
            assert stage.telegram.to(new)[1].text.startswith("May")
            stage.telegram.message(new, first.message)
            stage.telegram._messages[new][first.message] = {**stage.telegram.message(GROUP, first.message)}
            stage.telegram._messages[new][first.message]["chat"] = {"id": new, "type": "supergroup"}
            first.chat = new
            stage.person(2).at(new).presses(first, "[1]")
            await stage.settled()
            assert "It has 300 roses." in stage.telegram.to(new)[-1].text

    played(scenario)


def test_the_message_of_a_migration_is_understood(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, administrators=(7,), chats=(GROUP,)) as stage:
            stage.person(7).at(GROUP).sends(migrate_to_chat_id=-100777)
            stage.person(2).at(-100777).says("/ask How many?")
            await stage.settled()
            assert stage.telegram.to(-100777)[0].text.startswith("300 roses")

    played(scenario)


def test_somebody_who_blocked_the_bot_holds_nobody_up(
    front: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            stage.telegram.blocked.add(2)
            stage.person(2).says(MANY)
            stage.person(3).says(MANY)
            await stage.settled()
            assert [sent.chat for sent in stage.telegram.sent] == [3]
            assert "a chat takes no messages of ours" in caplog.text

    played(scenario)


MALFORMED: list[Any] = [
    {"update_id": 5001, "message": {"message_id": "x"}},
    {"update_id": 5002, "message": None},
    {"update_id": 5003, "message": {"message_id": 1, "date": 1, "chat": {"id": 2}}},
    {"update_id": 5004, "callback_query": {"id": "1"}},
    {"update_id": 5005, "a_kind_of_tomorrow": {"x": 1}},
    {"update_id": 5006},
    {"update_id": 5007, "message": {"message_id": 9, "date": "never", "chat": {"id": 2, "type": "private"}}},
    {"update_id": 5008, "message": {"message_id": 9, "date": 1, "chat": {"id": 2, "type": "tomorrow"}, "text": "hi"}},
    {"update_id": 5009, "inline_query": {"id": "1", "from": {"id": 2, "is_bot": False, "first_name": "A"}, "query": "",
                                         "offset": ""}},
    {"update_id": 5010, "channel_post": {"message_id": 9, "date": 1, "chat": {"id": -1, "type": "channel"}}},
]  # fmt: skip


def test_malformed_and_unknown_updates_hold_nobody_up(
    front: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            for update in MALFORMED:
                stage.telegram.put_raw(update)
            number = stage.person(2).says(MANY)
            stage.telegram._updates[-1]["update_id"] = 5_100
            await stage.settled()
            assert [sent.reply_to for sent in stage.telegram.sent] == [number]
            assert "an update cannot be read" in caplog.text

    played(scenario)


def test_an_update_that_comes_again_is_answered_once_also_after_a_restart(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, **OPEN) as stage:
            stage.person(2).says(MANY)
            update = {**stage.telegram.waiting()[-1]}
            await stage.settled()
            stage.telegram.put_raw(update)
            await stage.settled()
        async with staged(front, tmp_path, telegram=stage.telegram, **OPEN) as stage:
            stage.telegram.put_raw(update)
            await stage.settled()
            assert len(stage.telegram.sent) == 1

    played(scenario)


def test_the_end_finishes_what_is_under_way_and_keeps_what_waits(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        talk = Scripted(seconds=0.4)
        async with staged(front, tmp_path, conversation=talk, **OPEN) as stage:
            asked = [stage.person(2).says(f"{number}: {MANY}") for number in range(3)]
            await until(lambda: talk.at_once)
            await until(lambda: not stage.telegram.waiting())
        assert [sent.reply_to for sent in stage.telegram.sent] == asked[:1]
        async with staged(front, tmp_path, telegram=stage.telegram, **OPEN) as stage:
            await until(lambda: len(stage.telegram.sent) == 3)
            assert [sent.reply_to for sent in stage.telegram.sent] == asked

    played(scenario)


def test_what_was_sent_while_it_was_off_is_answered_or_dropped_as_asked(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        telegram = FakeTelegram()
        async with staged(front, tmp_path, telegram=telegram, **OPEN):
            pass
        stage_person = Stage(telegram, None, Scripted(), None, []).person(2)  # type: ignore[arg-type]
        stage_person.says(MANY)
        async with staged(front, tmp_path, telegram=telegram, drop_pending=True, **OPEN) as stage:
            await asyncio.sleep(0.2)
            assert telegram.sent == []
            assert stage.conversation.asked == []
        stage_person.says(MANY)
        async with staged(front, tmp_path, telegram=telegram, **OPEN):
            await until(lambda: telegram.sent)

    played(scenario)


def test_a_token_that_telegram_does_not_take_ends_it_with_the_next_step(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        telegram = FakeTelegram()
        with pytest.raises(TokenRefused, match="BotFather") as caught:
            async with staged(front, tmp_path, telegram=telegram, token_at_start="1:wrong", **OPEN):
                pass
        assert "1:wrong" not in str(caught.value)

    played(scenario)


def test_a_token_that_is_revoked_ends_it(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        telegram = FakeTelegram()
        with pytest.raises(TokenRefused):
            async with staged(front, tmp_path, telegram=telegram, **OPEN):
                telegram.token = "1:another"
                telegram.put({})
                await asyncio.sleep(1)

    played(scenario)


def test_the_token_reaches_no_log_no_message_and_no_error(
    front: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Everything is logged, DEBUG included, through the handler the command sets up, while things go wrong."""
    from bot.telegram.logs import set_up
    from bot.telegram.redaction import Redactor

    root = logging.getLogger()
    before = root.handlers[:], root.level
    set_up("debug", Redactor(TOKEN))
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        played(lambda: _everything_goes_wrong(front, tmp_path))
    finally:
        root.handlers[:], _ = before
        root.setLevel(before[1])
        for name in ("httpx", "httpcore", "telegram"):
            logging.getLogger(name).setLevel(logging.NOTSET)
    out, err = capfd.readouterr()
    assert SECRET not in out + err
    assert "[token]" in err  # so it would have been there
    assert len(err.splitlines()) > 30
    assert all(json.loads(line)["level"] for line in err.splitlines() if line.startswith("{"))
    for file in tmp_path.iterdir():
        assert SECRET.encode() not in file.read_bytes()


async def _everything_goes_wrong(front: str, folder: Path) -> None:
    async with staged(front, folder, **OPEN) as stage:
        logging.getLogger("test").error("bot is %r", stage.service._bot)
        stage.telegram.faults.begin(every=3)
        boss = stage.person(7)
        for text in (MANY, "fail", "/stats", f"What is {SECRET[:5]}?", "/remove nothing"):
            boss.says(text)
        boss.sends_document("a.txt", b"text")
        stage.telegram.put_raw(MALFORMED[0])
        await asyncio.sleep(1)
        stage.telegram.faults.end()
        await stage.settled()
        assert not [sent for sent in stage.telegram.sent if SECRET in sent.text]


def test_questions_are_in_the_log_only_when_asked_for(
    front: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "citebot.telegram")

    async def scenario() -> None:
        for wanted in (False, True):
            caplog.clear()
            async with staged(front, tmp_path / str(wanted), log_questions=wanted, **OPEN) as stage:
                stage.person(2).says("How many zebras?")
                await stage.settled()
            logged = [str(record.__dict__) for record in caplog.records if record.name == "citebot.telegram"]
            assert any("zebras" in line for line in logged) is wanted

    played(scenario)


def test_help_within_a_second_while_typing_fails(front: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with staged(front, tmp_path, conversation=Scripted(seconds=0.3), **OPEN) as stage:
            stage.telegram.faults.begin(1, [Fault.TIMEOUT], methods=["sendChatAction"])
            for number in range(2, 10):
                stage.person(number).says(MANY)
            began = time.monotonic()
            stage.person(50).says("/help")
            await until(lambda: stage.person(50).heard())
            assert time.monotonic() - began < 1
            await stage.settled()
            assert words.HELP in stage.person(50).heard()[0].text

    played(scenario)
