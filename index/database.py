"""The SQLite file of an index: connections, transactions, schema, and SQLite's errors in our words.

The only file of the article side that imports sqlite3.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from index.errors import (
    IndexDamaged,
    IndexLocked,
    IndexMissing,
    IndexReadOnly,
    IndexTooNew,
    StorageFull,
)
from index.migrations import MIGRATIONS, Migration
from index.rights import DATABASE_NAME, PRIVATE_FOLDER, create_file

APPLICATION_ID: Final = 0x43697465
"""`Cite` in ASCII: tells our file from any other SQLite database."""
BUSY_SECONDS: Final = 10.0
ROWS_A_BATCH: Final = 8192

Row = tuple[Any, ...]
SqlFunction = tuple[str, int, Callable[..., Any]]
"""Name in SQL, number of arguments, and what it calls; deterministic."""


class Database:
    """One connection a thread to one SQLite file, opened when first used.

    Reads outside `reading()` see the last commit, each statement its own; inside, all see one snapshot.
    Writes happen inside `transaction()`. In a folder that cannot be written the file is opened as immutable, and so
    it is on a full disk: the last commit can still be read.
    """

    def __init__(
        self,
        folder: Path,
        *,
        functions: Sequence[SqlFunction] = (),
        migrations: Sequence[Migration] = MIGRATIONS,
    ) -> None:
        self.folder = folder
        self.path = folder / DATABASE_NAME
        self._functions = functions
        self._migrations = migrations
        self._sessions: dict[threading.Thread, _Session] = {}
        self._guard = threading.Lock()

    @property
    def exists(self) -> bool:
        return self.path.exists()

    @property
    def size_bytes(self) -> int:
        """Of the database and its WAL."""
        return _size(self.path) + _size(self._wal)

    @property
    def read_only(self) -> bool:
        """Whether the file or its folder cannot be written by this process."""
        return any(place.exists() and not os.access(place, os.W_OK) for place in (self.folder, self.path))

    @property
    def in_transaction(self) -> bool:
        """Whether this thread is inside `transaction()`."""
        return self._session().writing

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query. Raises IndexUnusable or StorageFull."""
        session = self._session()
        with self._told():
            return session.connection.execute(sql, parameters).fetchall()

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first column of the first row; None where there is no row."""
        rows = self.rows(sql, parameters)
        return rows[0][0] if rows else None

    def insert(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run an INSERT and return the rowid that it got."""
        session = self._writing_session()
        with self._told():
            rowid = session.connection.execute(sql, parameters).lastrowid
        assert rowid is not None
        return rowid

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement that writes and return how many rows it changed (-1 where that is no question)."""
        session = self._writing_session()
        with self._told():
            return session.connection.execute(sql, parameters).rowcount

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One snapshot for this thread. Re-entrant; inside `transaction()` it is that transaction."""
        session = self._session()
        if session.depth == 0:
            with self._told():
                session.connection.execute("BEGIN")
                # BEGIN alone takes no snapshot; the first read does.
                session.connection.execute("SELECT count(*) FROM settings").fetchone()
        session.depth += 1
        try:
            yield
        finally:
            session.depth -= 1
            if session.depth == 0:
                session.connection.rollback()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction that commits at the end and rolls back on an error. Nested ones join the outer.

        Raises IndexReadOnly, IndexLocked (another process writes), StorageFull.
        """
        session = self._session()
        if session.writing:
            yield
            return
        if session.immutable and session.depth == 0:
            session = self._kept(self._open_to_write())  # there may be room again
        self._begin(session)
        try:
            yield
            with self._told():
                session.connection.execute("COMMIT")
        finally:
            session.writing = False
            session.depth = 0
            if session.connection.in_transaction:
                session.connection.rollback()

    def outside_transaction(self, sql: str) -> list[Row]:
        """Run what SQLite refuses inside a transaction, such as a checkpoint."""
        session = self._session()
        with self._told():
            return session.connection.execute(sql).fetchall()

    def close(self) -> None:
        """Close the connections of all threads; the next use opens anew."""
        with self._guard:
            sessions, self._sessions = self._sessions, {}
        for session in sessions.values():
            session.connection.close()

    def _begin(self, session: _Session) -> None:
        if self.read_only:
            raise IndexReadOnly(f"the index in {self.folder} cannot be written. Give another --index")
        if session.depth:
            raise RuntimeError("a write inside reading(): the snapshot may be older than what it would change")
        with self._told():
            # A deferred BEGIN that turns to writing fails at once in spite of the time-out.
            session.connection.execute("BEGIN IMMEDIATE")
        session.writing = True
        session.depth = 1

    def _writing_session(self) -> _Session:
        session = self._session()
        if not session.writing:
            raise RuntimeError("a write outside transaction()")
        return session

    def _session(self) -> _Session:
        """This thread's connection; a new one where the file has been replaced since."""
        thread = threading.current_thread()
        session = self._sessions.get(thread)
        if session is not None and session.depth == 0 and session.seen != self._look(session.immutable):
            session.connection.close()
            session = None
        return session or self._kept(self._open())

    def _kept(self, session: _Session) -> _Session:
        """The session as this thread's, in place of the one it had."""
        with self._guard:
            self._close_the_dead()
            before = self._sessions.get(threading.current_thread())
            self._sessions[threading.current_thread()] = session
        if before is not None:
            before.connection.close()
        return session

    def _close_the_dead(self) -> None:
        for thread in [thread for thread in self._sessions if not thread.is_alive()]:
            self._sessions.pop(thread).connection.close()

    def _look(self, immutable: bool) -> tuple[int, ...]:
        """What tells that the file is not the one that was opened.

        SQLite itself notices every commit, but not another file under the same name, and of an immutable file
        it notices nothing.
        """
        try:
            state = self.path.stat()
        except FileNotFoundError:
            return ()
        if not immutable:
            return (state.st_dev, state.st_ino)
        return (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, _size(self._wal))

    @property
    def _wal(self) -> Path:
        return self.path.with_name(DATABASE_NAME + "-wal")

    def _open(self) -> _Session:
        if self.read_only:
            return self._prepared(self._connect_to_read(), immutable=True)
        try:
            return self._open_to_write()
        except StorageFull:  # even to read, SQLite makes files beside the database
            if not _size(self.path) or _size(self._wal):
                raise
            return self._prepared(self._connect_to_read(), immutable=True)

    def _open_to_write(self) -> _Session:
        return self._prepared(self._connect_to_write(), immutable=False)

    def _prepared(self, connection: sqlite3.Connection, *, immutable: bool) -> _Session:
        try:
            for name, arguments, function in self._functions:
                connection.create_function(name, arguments, function, deterministic=True)
            with self._told():
                self._prepare(connection, immutable)
        except BaseException:
            connection.close()
            raise
        return _Session(connection, self._look(immutable), immutable)

    def _connect_to_write(self) -> sqlite3.Connection:
        try:
            self.folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            create_file(self.path)
        except OSError as error:
            raise IndexMissing(f"no index in {self.folder}, and it cannot be made there: {error.strerror}") from error
        with self._told():
            return _connect(str(self.path))

    def _connect_to_read(self) -> sqlite3.Connection:
        if not self.exists:
            raise IndexMissing(f"no index in {self.folder}, and the folder cannot be written. Give another --index")
        # A WAL cannot be read without writing its -shm; where one with content lies there, a writer is alive (then
        # its -shm is there to be read) or died (then the last commits are out of reach, and SQLite says so).
        how = "mode=ro" if _size(self._wal) else "immutable=1"
        with self._told():
            return _connect(f"{self.path.absolute().as_uri()}?{how}", uri=True)

    def _prepare(self, connection: sqlite3.Connection, immutable: bool) -> None:
        connection.execute("PRAGMA foreign_keys = ON")
        if not immutable:
            _set_up_writing(connection)
        version = _number(connection, "user_version")
        if version != len(self._migrations):
            self._migrate(connection, immutable)
        elif _number(connection, "application_id") != APPLICATION_ID:
            raise self._foreign()

    def _migrate(self, connection: sqlite3.Connection, immutable: bool) -> None:
        """Take the steps that are missing, all or none."""
        if not immutable:
            connection.execute("BEGIN IMMEDIATE")
        version = _number(connection, "user_version")  # again: another process may have migrated meanwhile
        self._check_migratable(connection, version, immutable)
        for migration in self._migrations[version:]:
            for statement in migration.statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(self._migrations)}")
        connection.execute("COMMIT")

    def _check_migratable(self, connection: sqlite3.Connection, version: int, immutable: bool) -> None:
        known = len(self._migrations)
        if version > known:
            raise IndexTooNew(
                f"the index in {self.folder} has schema {version}; this version of Citebot knows up to {known}. "
                "Install the newer version, or make a new index with another --index"
            )
        if immutable:
            raise IndexReadOnly(
                f"the index in {self.folder} has schema {version} and must be brought to {known}, but cannot be "
                "written. Open it once where it can be written: citebot sync"
            )
        holds_tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if holds_tables and _number(connection, "application_id") != APPLICATION_ID:
            raise self._foreign()

    def _foreign(self) -> IndexDamaged:
        return IndexDamaged(
            f"{self.path} is a database, but not an index of Citebot. Give another --index, or replace it: "
            "citebot sync --rebuild"
        )

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            told = self._in_our_words(error)
            if told is None:
                raise
            raise told from error

    def _in_our_words(self, error: sqlite3.Error) -> Exception | None:
        """The error of ours that a person can act on; None for a mistake in a statement."""
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        match code:
            case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR:
                return StorageFull(f"cannot write to the index in {self.folder}: {error}. Make room and run it again")
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
                return IndexDamaged(f"{self.path} is damaged: {error}. Build it again: citebot sync --rebuild")
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return IndexLocked(f"another process holds {self.path}: {error}. Try again when it is done")
            case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
                return IndexReadOnly(f"cannot open {self.path} as it must be: {error}. Look at its permissions")
        return None


@dataclass(slots=True)
class _Session:
    """One thread's connection.

    seen: how the file looked when it was opened. immutable: it can only be read.
    depth: how many reading() are open, 1 for a transaction.
    """

    connection: sqlite3.Connection
    seen: tuple[int, ...]
    immutable: bool
    depth: int = 0
    writing: bool = False


def _connect(path: str, *, uri: bool = False) -> sqlite3.Connection:
    # check_same_thread: each thread has its own; only close() reaches over.
    return sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=uri)


def _set_up_writing(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    # FULL: a receipt promises that the work is stored, also through a power cut.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
