"""A SQLite file of the chat side's own: opening, migrating, and SQLite's errors in our words.

Only here does bot/ import sqlite3; what the files hold is told by bot/conversation and bot/telegram.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.state import private_file
from index.errors import CitebotError
from index.migrations import Migration

BUSY_SECONDS: Final = 10.0

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """What a file is, and how it is called when it cannot be used.

    application_id: tells it from any other SQLite database, the index among them. pragmas: set when it is opened.
    """

    name: str
    owner: str
    application_id: int
    pragmas: tuple[str, ...]
    unusable: type[CitebotError]


class OwnDatabase:
    """One connection, used by one thread at a time. Every method raises the form's `unusable`."""

    def __init__(self, path: Path | None, form: Form, migrations: Sequence[Migration]) -> None:
        """path: None for one that ends with the process."""
        self._where = str(path) if path is not None else "memory"
        self._form = form
        self._migrations = migrations
        self._guard = threading.RLock()
        with self._told():
            self._connection = _connect(path)
            self._prepare()

    def close(self) -> None:
        """Close the connection; nothing can be asked afterwards."""
        with self._guard:
            self._connection.close()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""
        with self._guard, self._told():
            return self._connection.execute(sql, parameters).fetchall()

    def insert(self, sql: str, parameters: Sequence[Any]) -> int:
        """Run an INSERT and return its rowid. Outside a transaction it is committed."""
        with self._guard, self._told():
            rowid = self._connection.execute(sql, parameters).lastrowid
        assert rowid is not None
        return rowid

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement that writes and return how many rows it changed. Outside a transaction it is committed."""
        with self._guard, self._told():
            return self._connection.execute(sql, parameters).rowcount

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """All or none of what runs inside; nothing else may run between its statements."""
        with self._guard, self._told():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.rollback()

    def _prepare(self) -> None:
        for pragma in self._form.pragmas:
            self._connection.execute(f"PRAGMA {pragma}")
        if self._number("user_version") != len(self._migrations):
            self._migrate()
        elif self._number("application_id") != self._form.application_id:
            raise self._foreign()

    def _migrate(self) -> None:
        """Take the steps that are missing, all or none."""
        with self.atomic():
            version = self._number("user_version")  # again: another process may have migrated meanwhile
            self._check(version)
            for migration in self._migrations[version:]:
                for statement in migration.statements:
                    self._connection.execute(statement)
            self._connection.execute(f"PRAGMA application_id = {self._form.application_id}")
            self._connection.execute(f"PRAGMA user_version = {len(self._migrations)}")

    def _check(self, version: int) -> None:
        if version > len(self._migrations):
            raise self._form.unusable(
                f"{self._form.name} {self._where} has schema {version}; this version of Citebot knows up to "
                f"{len(self._migrations)}. Install the newer version, or move the file away"
            )
        holds_tables = self._connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if holds_tables and self._number("application_id") != self._form.application_id:
            raise self._foreign()

    def _foreign(self) -> CitebotError:
        return self._form.unusable(f"{self._where} is a database, but not of {self._form.owner}. Move it away")

    def _number(self, pragma: str) -> int:
        return int(self._connection.execute(f"PRAGMA {pragma}").fetchone()[0])

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise self._form.unusable(
                f"{self._form.name} {self._where} cannot be used: {error}. Look at its permissions and the room on "
                "the disk, or move the file away"
            ) from error


def _connect(path: Path | None) -> sqlite3.Connection:
    where = ":memory:" if path is None else private_file(path)  # SQLite would make it for everybody to read
    # isolation_level=None: each statement commits by itself. check_same_thread: the lock sees to it.
    return sqlite3.connect(where, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
