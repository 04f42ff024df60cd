"""Conversations in a file of their own: kept, migrated, forgotten, too old."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.conversation.database import APPLICATION_ID, ConversationUnusable, Database
from bot.conversation.migrations import MIGRATIONS
from bot.conversation.store import DAY_SECONDS, SWEEP_SECONDS, Conversations
from bot.conversation.turns import Speaker
from bot.types import Answer, Citation, Status

ANNA, BEN = Speaker("terminal", "anna"), Speaker("terminal", "ben")
ANNA_ELSEWHERE = Speaker("telegram:7", "anna")


def answer(question: str = "Who holds Kherson?", span: str = "Russia") -> Answer:
    citation = Citation(1, "a.txt", "Title", "2022-03-08", None, None, 10, 30, "Russia holds Kherson", 10, 16)
    return Answer(
        question, question, Status.ANSWERED, span, f"{span} [1]", 0.9, (citation,), (), "reader", 3, 0.25, None
    )


def test_a_turn_comes_back_as_it_was(tmp_path: Path) -> None:
    given = replace(answer(), closest=(replace(answer().citations[0], marker=None, span_start=None, span_end=None),))
    kept = Conversations(tmp_path / "c.db").add(ANNA, 2, "Who holds it?", ("published < 2022-03-01",), given)
    assert Conversations(tmp_path / "c.db").recent(ANNA) == [kept]
    assert kept.answer == given


def test_the_newest_comes_first_and_each_speaker_has_their_own() -> None:
    conversations = Conversations()
    for speaker, question in ((ANNA, "one"), (BEN, "two"), (ANNA_ELSEWHERE, "three"), (ANNA, "four")):
        conversations.add(speaker, 1, question, (), answer())
    assert [turn.question for turn in conversations.recent(ANNA)] == ["four", "one"]
    assert [turn.question for turn in conversations.recent(ANNA, 1)] == ["four"]
    assert [turn.question for turn in conversations.recent(ANNA_ELSEWHERE)] == ["three"]


def test_a_turn_is_found_by_its_id_in_its_own_place_only() -> None:
    conversations = Conversations()
    turn = conversations.add(ANNA, 1, "one", (), answer())
    assert conversations.turn("terminal", turn.id) == turn
    assert conversations.turn("telegram:7", turn.id) is None


def test_conversations_move_with_their_place() -> None:
    conversations = Conversations()
    for place in ("telegram:-5:0", "telegram:-5:9", "telegram:-55:0", "terminal"):
        conversations.add(Speaker(place, "anna"), 1, place, (), answer())
    assert conversations.move("telegram:-5:", "telegram:-1007:") == 2
    assert conversations.recent(Speaker("telegram:-5:0", "anna")) == []
    for place, came_from in (("-1007:0", "-5:0"), ("-1007:9", "-5:9"), ("-55:0", "-55:0")):
        (turn,) = conversations.recent(Speaker(f"telegram:{place}", "anna"))
        assert turn.question == f"telegram:{came_from}"


def test_how_far_was_read_on_is_kept() -> None:
    conversations = Conversations()
    turn = conversations.add(ANNA, 1, "one", (), answer())
    assert conversations.read_on(turn, 77).read_to == 77
    assert conversations.recent(ANNA)[0].read_to == 77


def test_what_is_forgotten_stands_in_no_file_any_more(tmp_path: Path) -> None:
    conversations = Conversations(tmp_path / "c.db")
    for number in range(50):
        conversations.add(ANNA, 1, f"sourdough question {number}", (), answer(span="sourdough span"))
    conversations.add(BEN, 1, "what Ben asked", (), answer())
    assert _bytes(tmp_path).count(b"sourdough") >= 100
    assert conversations.forget(ANNA) == 50
    assert conversations.recent(ANNA) == []
    assert len(conversations.recent(BEN)) == 1
    assert b"sourdough" not in _bytes(tmp_path)  # while the file is open
    conversations.close()
    assert b"sourdough" not in _bytes(tmp_path)


def test_ids_are_not_used_again_after_forgetting() -> None:
    conversations = Conversations()
    first = conversations.add(ANNA, 1, "one", (), answer())
    conversations.forget(ANNA)
    assert conversations.add(ANNA, 1, "two", (), answer()).id > first.id


def test_turns_older_than_the_retention_go_on_opening_and_while_it_runs(tmp_path: Path) -> None:
    now = [1_000_000.0]
    conversations = Conversations(tmp_path / "c.db", retention_days=2, clock=lambda: now[0])
    conversations.add(ANNA, 1, "old", (), answer())
    now[0] += 2 * DAY_SECONDS + 1
    assert now[0] > SWEEP_SECONDS
    conversations.add(ANNA, 1, "new", (), answer())
    assert [turn.question for turn in conversations.recent(ANNA)] == ["new"]
    now[0] += 2 * DAY_SECONDS + 1
    assert Conversations(tmp_path / "c.db", retention_days=2, clock=lambda: now[0]).recent(ANNA) == []


def test_a_turn_as_old_as_the_retention_stays() -> None:
    now = [1_000_000.0]
    conversations = Conversations(retention_days=1, clock=lambda: now[0])
    conversations.add(ANNA, 1, "one", (), answer())
    now[0] += DAY_SECONDS
    assert conversations.sweep() == 0


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "made" / "c.db"
    Conversations(path).add(ANNA, 1, "one", (), answer())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_oldest_schema_is_brought_up_to_date_with_its_turns(tmp_path: Path) -> None:
    old = Database(tmp_path / "c.db", migrations=MIGRATIONS[:1])
    packed = '{"question": "q", "standalone_question": "q", "status": "refused", "answer": null, "text": "", '
    packed += '"confidence": null, "citations": [], "closest": [], "reader": null, "index": null, "seconds": 0.0, '
    packed += '"error": null}'
    old.insert(
        "INSERT INTO turns (place, person, at, topic, question, conditions, answer) VALUES (?, ?, ?, ?, ?, ?, ?)",
        ("terminal", "anna", 4e9, 1, "q", "[]", packed),
    )
    old.close()
    turn = Conversations(tmp_path / "c.db").recent(ANNA)[0]
    assert (turn.question, turn.read_to, turn.answer.status) == ("q", None, Status.REFUSED)


def _newer(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()


def _foreign(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()


def _no_database(path: Path) -> None:
    path.write_bytes(b"sourdough, not a database. " * 100)


@pytest.mark.parametrize(
    ("spoiled", "word"), [(_newer, "schema"), (_foreign, "not of Citebot"), (_no_database, "not a database")]
)
def test_a_file_that_cannot_be_used_is_left_alone(tmp_path: Path, spoiled: Callable[[Path], None], word: str) -> None:
    path = tmp_path / "c.db"
    spoiled(path)
    before = path.read_bytes()
    with pytest.raises(ConversationUnusable, match=word):
        Conversations(path)
    assert path.read_bytes() == before


def test_a_lone_surrogate_in_a_question_is_kept_spelled_out() -> None:
    conversations = Conversations()
    conversations.add(ANNA, 1, "what is \udcff", (), answer(question="what is \udcff"))
    assert conversations.recent(ANNA)[0].question == r"what is \udcff"


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
