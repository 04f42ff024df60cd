"""The bot's own SQLite file: connection, schema, and SQLite's errors in our words."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from bot.telegram.migrations import MIGRATIONS
from index.errors import CitebotError
from index.migrations import Migration

APPLICATION_ID: Final = 0x43697474
"""`Citt` in ASCII: tells the file from any other SQLite database, the index among them."""
BUSY_SECONDS: Final = 10.0
OWNER_ONLY: Final = 0o600

Row = tuple[Any, ...]


class StateUnusable(CitebotError):
    """The bot's own file cannot be used as it is."""


class Database:
    """One connection. Transactions are short; nothing else may run between their statements."""

    def __init__(self, path: Path, *, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        """Raises StateUnusable."""
        self._path = path
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
        """Run an INSERT and return its rowid."""
        with self._guard, self._told():
            rowid = self._connection.execute(sql, parameters).lastrowid
        assert rowid is not None
        return rowid

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement that writes and return how many rows it changed."""
        with self._guard, self._told():
            return self._connection.execute(sql, parameters).rowcount

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[None]:
        """All or none of what runs inside. durable: on the disk, not only safe from a killed process, at its end.

        What is not durable becomes so with the next that is: a commit writes the whole log.
        """
        with self._guard, self._told():
            self._connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.rollback()
                self._connection.execute("PRAGMA synchronous = NORMAL")

    def forget_deleted(self) -> None:
        """Overwrite what was deleted in the log too."""
        with self._guard, self._told():
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA secure_delete = ON")
        self._connection.execute("PRAGMA foreign_keys = ON")
        if self._number("user_version") != len(self._migrations):
            self._migrate()
        elif self._number("application_id") != APPLICATION_ID:
            raise self._foreign()

    def _migrate(self) -> None:
        """Take the steps that are missing, all or none."""
        with self.transaction(durable=True):
            version = self._number("user_version")  # again: another process may have migrated meanwhile
            self._check(version)
            for migration in self._migrations[version:]:
                for statement in migration.statements:
                    self._connection.execute(statement)
            self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._connection.execute(f"PRAGMA user_version = {len(self._migrations)}")

    def _check(self, version: int) -> None:
        if version > len(self._migrations):
            raise StateUnusable(
                f"{self._path} has schema {version}; this version of Citebot knows up to {len(self._migrations)}. "
                "Install the newer version, or move the file away"
            )
        holds_tables = self._connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if holds_tables and self._number("application_id") != APPLICATION_ID:
            raise self._foreign()

    def _foreign(self) -> StateUnusable:
        return StateUnusable(f"{self._path} is a database, but not of Citebot's Telegram bot. Move it away")

    def _number(self, pragma: str) -> int:
        return int(self._connection.execute(f"PRAGMA {pragma}").fetchone()[0])

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StateUnusable(
                f"the Telegram bot's file {self._path} cannot be used: {error}. Look at its permissions and the room "
                "on the disk, or move the file away"
            ) from error


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, OWNER_ONLY))  # SQLite would make it for everybody to read
    # isolation_level=None: each statement commits by itself. check_same_thread: the lock sees to it.
    return sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
