"""The conversations that are kept: turns by speaker, until they are forgotten or too old."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from bot.conversation.database import Database
from bot.conversation.turns import Speaker, Turn
from bot.database import Row
from bot.types import Answer, from_record, to_record

COLUMNS: Final = "id, at, topic, question, conditions, answer, read_to"
DAY_SECONDS: Final = 86_400
SWEEP_SECONDS: Final = 3_600
"""How often turns that are too old are looked for while turns are added."""


class Conversations:
    """Turns, kept in a file of their own. Safe to use from several threads and processes."""

    def __init__(
        self, path: Path | None = None, *, retention_days: int = 30, clock: Callable[[], float] = time.time
    ) -> None:
        """path: None keeps them in memory. retention_days: older turns are deleted; 0 keeps nothing on opening.

        Raises ConversationUnusable.
        """
        self._database = Database(path)
        self._retention_seconds = retention_days * DAY_SECONDS
        self._clock = clock
        self._swept_at = 0.0
        self.sweep()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def add(self, speaker: Speaker, topic: int, question: str, conditions: tuple[str, ...], answer: Answer) -> Turn:
        """Keep a turn, at the present time."""
        now, record = self._clock(), json.dumps(to_record(answer))
        number = self._database.insert(
            "INSERT INTO turns (place, person, at, topic, question, conditions, answer) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (speaker.place, speaker.person, now, topic, _stored(question), json.dumps(conditions), record),
        )
        if now - self._swept_at > SWEEP_SECONDS:
            self.sweep()
        return Turn(number, now, topic, question, conditions, answer)

    def recent(self, speaker: Speaker, limit: int = 8) -> list[Turn]:
        """The last turns of a speaker, newest first."""
        rows = self._database.rows(
            f"SELECT {COLUMNS} FROM turns WHERE place = ? AND person = ? ORDER BY id DESC LIMIT ?",
            (speaker.place, speaker.person, limit),
        )
        return [_turn(row) for row in rows]

    def turn(self, place: str, number: int) -> Turn | None:
        """One turn of a place, whoever asked; None when it was forgotten or stands elsewhere."""
        rows = self._database.rows(f"SELECT {COLUMNS} FROM turns WHERE place = ? AND id = ?", (place, number))
        return _turn(rows[0]) if rows else None

    def read_on(self, turn: Turn, read_to: int) -> Turn:
        """Remember how far "more" has shown the article of a turn."""
        self._database.run("UPDATE turns SET read_to = ? WHERE id = ?", (read_to, turn.id))
        return replace(turn, read_to=read_to)

    def move(self, old: str, new: str) -> int:
        """Turns of the places whose names begin with `old` belong to those that begin with `new`; how many."""
        return self._database.run(
            "UPDATE turns SET place = ? || substr(place, length(?) + 1) WHERE substr(place, 1, length(?)) = ?",
            (new, old, old, old),
        )

    def forget(self, speaker: Speaker) -> int:
        """Delete every turn of a speaker from the file; how many there were."""
        return self._database.run("DELETE FROM turns WHERE place = ? AND person = ?", (speaker.place, speaker.person))

    def sweep(self) -> int:
        """Delete the turns that are older than the retention; how many there were."""
        self._swept_at = self._clock()
        return self._database.run("DELETE FROM turns WHERE at < ?", (self._swept_at - self._retention_seconds,))


def _stored(text: str) -> str:
    """Text that SQLite takes: lone surrogates, which a pasted byte can be, are spelled out."""
    return text.encode("utf-8", "backslashreplace").decode()


def _turn(row: Row) -> Turn:
    number, at, topic, question, conditions, answer, read_to = row
    return Turn(number, at, topic, question, tuple(json.loads(conditions)), from_record(json.loads(answer)), read_to)
