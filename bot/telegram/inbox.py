"""Updates from the moment they arrive until they are done, so that a kill loses none and a repeat is answered once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from bot.telegram.database import Database

Payload = Mapping[str, Any]
"""An update as Telegram sent it."""

KEPT_SECONDS: Final = 7 * 86_400
"""How long a number is remembered: after a week without updates Telegram may draw numbers anew."""


class Inbox:
    """What arrived. An update's text is kept only until it is done; its number longer."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def received(self, updates: Iterable[Payload]) -> list[Payload]:
        """Store what is new, on the disk, and return it in order. What was here before is left out."""
        fresh: list[Payload] = []
        with self._database.transaction(durable=True):
            for update in updates:
                stored = self._database.run(
                    "INSERT INTO updates (id, at, payload) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
                    (update["update_id"], self._clock(), json.dumps(update)),
                )
                if stored:
                    fresh.append(update)
        return fresh

    def waiting(self) -> list[Payload]:
        """What arrived and is not done, in order: after a start, what the last run left."""
        rows = self._database.rows("SELECT payload FROM updates WHERE payload IS NOT NULL ORDER BY id")
        return [json.loads(row[0]) for row in rows]

    def done(self, update_id: int) -> None:
        """Keep the number, forget the rest."""
        self._database.run("UPDATE updates SET payload = NULL WHERE id = ?", (update_id,))

    def drop(self) -> int:
        """Forget everything that waits; how many there were."""
        return self._database.run("UPDATE updates SET payload = NULL WHERE payload IS NOT NULL")

    def sweep(self) -> None:
        """Forget numbers that Telegram no longer sends."""
        self._database.run("DELETE FROM updates WHERE at < ? AND payload IS NULL", (self._clock() - KEPT_SECONDS,))
