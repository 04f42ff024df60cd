"""What was answered where: for buttons after a restart, for edited questions, for feedback."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.database import Row
from bot.telegram.database import Database
from bot.types import Answer, from_record, to_record

DAY_SECONDS: Final = 86_400
_COLUMNS: Final = "id, chat, thread, person, question_message, answer, turn, conditions"
_WIDTH: Final = len(_COLUMNS.split(", "))


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked, where, in which message. thread: the topic, None outside of topics."""

    chat: int
    thread: int | None
    person: int
    message: int


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that was given.

    number: what its buttons carry. turn: its id in the conversation, None where nothing was kept there.
    conditions: what the articles had to meet, as `--where` takes it.
    """

    number: int
    asked: Asked
    answer: Answer
    turn: int | None = None
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person thought of an answer. correction: what it should have been, in their words."""

    given: Given
    person: int
    at: float
    good: bool
    correction: str | None


class Ledger:
    """Answers by number, by question and by message."""

    def __init__(self, database: Database, *, retention_days: int, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._retention_seconds = retention_days * DAY_SECONDS
        self._clock = clock

    def give(self, asked: Asked, answer: Answer, *, turn: int | None = None, conditions: tuple[str, ...] = ()) -> Given:
        """Keep an answer, before it is sent: its buttons need the number."""
        record, within = json.dumps(to_record(answer)), json.dumps(conditions)
        number = self._database.insert(
            "INSERT INTO answers (at, chat, thread, person, question_message, answer, turn, conditions) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (self._clock(), asked.chat, asked.thread, asked.person, asked.message, record, turn, within),
        )
        return Given(number, asked, answer, turn, conditions)

    def replace(
        self, given: Given, answer: Answer, *, turn: int | None = None, conditions: tuple[str, ...] = ()
    ) -> Given:
        """The answer to an edited question, under the same number."""
        self._database.run(
            "UPDATE answers SET answer = ?, turn = ?, conditions = ? WHERE id = ?",
            (json.dumps(to_record(answer)), turn, json.dumps(conditions), given.number),
        )
        return Given(given.number, given.asked, answer, turn, conditions)

    def given(self, number: int, chat: int) -> Given | None:
        """The answer with a number, if it was given in this chat and is still kept."""
        return self._one("id = ? AND chat = ?", (number, chat))

    def answer_to(self, chat: int, question_message: int) -> Given | None:
        """The last answer to a message."""
        return self._one("chat = ? AND question_message = ? ORDER BY id DESC", (chat, question_message))

    def sent(self, given: Given, messages: Sequence[int]) -> None:
        """The messages an answer went out in, in order."""
        with self._database.transaction():
            for message in messages:
                self._database.run(
                    "INSERT OR REPLACE INTO messages (chat, message, answer) VALUES (?, ?, ?)",
                    (given.asked.chat, message, given.number),
                )

    def messages(self, given: Given) -> list[int]:
        """The messages an answer stands in, in order."""
        rows = self._database.rows(
            "SELECT message FROM messages WHERE answer = ? AND asks_correction_of IS NULL ORDER BY message",
            (given.number,),
        )
        return [row[0] for row in rows]

    def forget_messages(self, given: Given, messages: Sequence[int]) -> None:
        """Messages that were deleted."""
        for message in messages:
            self._database.run("DELETE FROM messages WHERE chat = ? AND message = ?", (given.asked.chat, message))

    def asked_correction(self, given: Given, person: int, message: int) -> None:
        """A message that asks a person what an answer should have been."""
        self._database.run(
            "INSERT OR REPLACE INTO messages (chat, message, answer, asks_correction_of) VALUES (?, ?, ?, ?)",
            (given.asked.chat, message, given.number, person),
        )

    def correction_asked_by(self, chat: int, message: int, person: int) -> Given | None:
        """The answer whose correction a message asks of this very person."""
        rows = self._database.rows(
            "SELECT answer FROM messages WHERE chat = ? AND message = ? AND asks_correction_of = ?",
            (chat, message, person),
        )
        return self.given(rows[0][0], chat) if rows else None

    def last_disliked(self, chat: int, message: int, person: int) -> Given | None:
        """The answer that this person last found wrong in a chat; None where the message is one we know.

        For a reply to our question for a correction that was quicker than Telegram's word of the question's number, or
        that is to a first copy of it whose number never reached us.
        """
        if self._database.rows("SELECT 1 FROM messages WHERE chat = ? AND message = ?", (chat, message)):
            return None
        rows = self._database.rows(
            "SELECT feedback.answer FROM feedback JOIN answers ON answers.id = feedback.answer "
            "WHERE answers.chat = ? AND feedback.person = ? AND NOT feedback.good ORDER BY feedback.at DESC LIMIT 1",
            (chat, person),
        )
        return self.given(rows[0][0], chat) if rows else None

    def judge(self, given: Given, person: int, *, good: bool) -> None:
        """A person's thumb; the last one counts, and a thumb up takes back a correction."""
        self._database.run(
            "INSERT INTO feedback (answer, person, at, good) VALUES (?, ?, ?, ?) ON CONFLICT (answer, person) DO "
            "UPDATE SET at = excluded.at, good = excluded.good, "
            "correction = CASE WHEN excluded.good THEN NULL ELSE correction END",
            (given.number, person, self._clock(), good),
        )

    def correct(self, given: Given, person: int, correction: str) -> None:
        """What an answer should have been."""
        self.judge(given, person, good=False)
        self._database.run(
            "UPDATE feedback SET correction = ? WHERE answer = ? AND person = ?", (correction, given.number, person)
        )

    def feedback(self) -> list[Feedback]:
        """All of it, oldest first."""
        columns = ", ".join(f"answers.{column}" for column in _COLUMNS.split(", "))
        rows = self._database.rows(
            f"SELECT {columns}, feedback.person, feedback.at, good, correction FROM feedback "
            "JOIN answers ON answers.id = feedback.answer ORDER BY feedback.at"
        )
        return [_feedback(row) for row in rows]

    def counts(self) -> dict[str, int]:
        """How many answers are kept, and how many thumbs are up and down."""
        answers = self._database.rows("SELECT count(*) FROM answers")[0][0]
        thumbs: dict[int, int] = dict(self._database.rows("SELECT good, count(*) FROM feedback GROUP BY good"))
        return {"answers": answers, "good": thumbs.get(1, 0), "bad": thumbs.get(0, 0)}

    def forget(self, asked: Asked) -> int:
        """Delete what a person was answered in a chat's topic, feedback on it included, from the file."""
        count = self._database.run(
            "DELETE FROM answers WHERE chat = ? AND thread IS ? AND person = ?",
            (asked.chat, asked.thread, asked.person),
        )
        self._database.forget_deleted()
        return count

    def chat_migrated(self, old: int, new: int) -> None:
        """A group became a supergroup. Its messages have new numbers; its answers are still its own."""
        self._database.run("UPDATE answers SET chat = ? WHERE chat = ?", (new, old))

    def sweep(self) -> None:
        """Delete what is older than the retention."""
        self._database.run("DELETE FROM answers WHERE at < ?", (self._clock() - self._retention_seconds,))

    def _one(self, condition: str, parameters: Sequence[Any]) -> Given | None:
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM answers WHERE {condition} LIMIT 1", parameters)
        return _given(rows[0]) if rows else None


def _given(row: Row) -> Given:
    number, chat, thread, person, question_message, answer, turn, conditions = row
    asked, within = Asked(chat, thread, person, question_message), tuple(json.loads(conditions))
    return Given(number, asked, from_record(json.loads(answer)), turn, within)


def _feedback(row: Row) -> Feedback:
    person, at, good, correction = row[_WIDTH:]
    return Feedback(_given(row[:_WIDTH]), person, at, bool(good), correction)
