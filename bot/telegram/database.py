"""The bot's own SQLite file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bot.database import Form, OwnDatabase
from bot.telegram.migrations import MIGRATIONS
from index.errors import CitebotError
from index.migrations import Migration

APPLICATION_ID: Final = 0x43697474
"""`Citt` in ASCII."""


class StateUnusable(CitebotError):
    """The bot's own file cannot be used as it is."""


_FORM: Final = Form(
    name="the Telegram bot's file",
    owner="Citebot's Telegram bot",
    application_id=APPLICATION_ID,
    pragmas=("journal_mode = WAL", "synchronous = NORMAL", "secure_delete = ON", "foreign_keys = ON"),
    unusable=StateUnusable,
)


class Database(OwnDatabase):
    """One connection. Transactions are short; nothing else may run between their statements."""

    def __init__(self, path: Path, *, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        """Raises StateUnusable."""
        super().__init__(path, _FORM, migrations)

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[None]:
        """All or none of what runs inside. durable: on the disk, not only safe from a killed process, at its end.

        What is not durable becomes so with the next that is: a commit writes the whole log.
        """
        with self._guard, self._told():
            self._connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            try:
                with self.atomic():
                    yield
            finally:
                self._connection.execute("PRAGMA synchronous = NORMAL")

    def forget_deleted(self) -> None:
        """Overwrite what was deleted in the log too."""
        with self._guard, self._told():
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
