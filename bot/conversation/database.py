"""The SQLite file of the conversations: connection, schema, and SQLite's errors in our words."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from bot.conversation.migrations import MIGRATIONS
from bot.state import private_file
from index.errors import CitebotError
from index.migrations import Migration

APPLICATION_ID: Final = 0x43697463
"""`Citc` in ASCII: tells the file from any other SQLite database, the index among them."""
BUSY_SECONDS: Final = 10.0

Row = tuple[Any, ...]


class ConversationUnusable(CitebotError):
    """The file of the conversations cannot be used as it is."""


class Database:
    """One connection, used by one thread at a time; a conversation is a few rows a minute.

    What is deleted is overwritten in the file (secure_delete) and leaves no journal behind (TRUNCATE), which is
    why this is not a WAL.
    """

    def __init__(self, path: Path | None, *, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        """path: None for a conversation that ends with the process. Raises ConversationUnusable."""
        self._where = str(path) if path is not None else "memory"
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
        """Run an INSERT, commit, and return its rowid."""
        with self._guard, self._told():
            rowid = self._connection.execute(sql, parameters).lastrowid
        assert rowid is not None
        return rowid

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement that writes, commit, and return how many rows it changed."""
        with self._guard, self._told():
            return self._connection.execute(sql, parameters).rowcount

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA journal_mode = TRUNCATE")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("PRAGMA secure_delete = ON")
        if self._number("user_version") != len(self._migrations):
            self._migrate()
        elif self._number("application_id") != APPLICATION_ID:
            raise self._foreign()

    def _migrate(self) -> None:
        """Take the steps that are missing, all or none."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            version = self._number("user_version")  # again: another process may have migrated meanwhile
            self._check(version)
            for migration in self._migrations[version:]:
                for statement in migration.statements:
                    self._connection.execute(statement)
            self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._connection.execute(f"PRAGMA user_version = {len(self._migrations)}")
            self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:
                self._connection.rollback()

    def _check(self, version: int) -> None:
        if version > len(self._migrations):
            raise ConversationUnusable(
                f"the conversations in {self._where} have schema {version}; this version of Citebot knows up to "
                f"{len(self._migrations)}. Install the newer version, or move the file away"
            )
        holds_tables = self._connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if holds_tables and self._number("application_id") != APPLICATION_ID:
            raise self._foreign()

    def _foreign(self) -> ConversationUnusable:
        return ConversationUnusable(f"{self._where} is a database, but not of Citebot's conversations. Move it away")

    def _number(self, pragma: str) -> int:
        return int(self._connection.execute(f"PRAGMA {pragma}").fetchone()[0])

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise ConversationUnusable(
                f"the conversations in {self._where} cannot be used: {error}. Look at its permissions and the room "
                "on the disk, or move the file away"
            ) from error


def _connect(path: Path | None) -> sqlite3.Connection:
    # isolation_level=None: each statement commits by itself. check_same_thread: the lock sees to it.
    if path is None:
        return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    return sqlite3.connect(private_file(path), timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
