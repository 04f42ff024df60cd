"""What an index lives through: reopening, kills, damage, other processes, other owners, other versions."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from haystack import Document

from index import PassageStore
from index.database import Database
from index.errors import IndexDamaged, IndexLocked, IndexMismatch, IndexTooNew
from index.migrations import MIGRATIONS, Migration

ROOT = Path(__file__).parents[2]
NOBODY = 65534

A, B, C = (
    Document(id="a", content="the old tower", embedding=[1.0, 0.0]),
    Document(id="b", content="a long bridge", embedding=[0.0, 1.0]),
    Document(id="c", content="some river", embedding=[-1.0, 0.0]),
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that other users can reach, unlike pytest's own."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    yield place / "index"
    (place / "index").chmod(0o755)
    shutil.rmtree(place)


def opened(folder: Path) -> PassageStore:
    return PassageStore(folder, dimension=2)


def filled(folder: Path, *documents: Document) -> None:
    with opened(folder) as store:
        store.write_documents(list(documents))


def near(store: PassageStore) -> list[str]:
    """All ids from (1, 0) away."""
    return [hit.id for hit in store.embedding_retrieval([1.0, 0.0])]


def python(code: str, folder: Path, *, owner: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own, with `folder` and `store`.

    owner: the user to become, once all is imported: Python may lie where only this user can read.
    """
    opening = f"""
        import os, resource, signal
        from pathlib import Path
        from haystack import Document
        from index import PassageStore
        from index.errors import *
        folder = Path({str(folder)!r})
        store = PassageStore(folder, dimension=2)
        {"" if owner is None else f"os.setgroups([]); os.setgid({owner}); os.setuid({owner})"}
    """
    environment = os.environ | {"HAYSTACK_TELEMETRY_ENABLED": "false", "PYTHONPATH": str(ROOT), "HOME": "/nonexistent"}
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(opening) + textwrap.dedent(code)],
        cwd="/",
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def said(process: subprocess.CompletedProcess[str]) -> str:
    assert process.returncode == 0, process.stderr
    return process.stdout.strip()


# Reopening and kills


def test_reopening_finds_everything_as_it_was(folder: Path) -> None:
    filled(folder, A, B, C)
    with opened(folder) as store:
        assert (near(store), store.generation, store.check()) == (["a", "b", "c"], 1, [])
        assert [hit.id for hit in store.bm25_retrieval("towers")] == ["a"]
        store.close()
        assert store.count_documents() == 3  # close() is not the end


def test_killed_between_the_commit_and_the_faiss_file(folder: Path) -> None:
    filled(folder, A)
    before = (folder / "passages.faiss").read_bytes()
    process = python(
        """
        import index.vectors
        index.vectors.VectorIndex.save = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        store.write_documents([Document(id="b", content="a long bridge", embedding=[0.0, 1.0])])
        """,
        folder,
    )
    assert process.returncode == -signal.SIGKILL
    assert (folder / "passages.faiss").read_bytes() == before
    with opened(folder) as store:
        assert store.statistics()["vectors_file_behind"] == 1
        assert (near(store), store.check()) == (["a", "b"], [])
        with store.writing():
            pass
        assert store.statistics()["vectors_file_behind"] == 0


def test_killed_in_a_transaction_and_in_the_middle_of_the_faiss_file(folder: Path) -> None:
    filled(folder, A)
    inside = """
        with store.writing() as writer, writer.transaction():
            store.write_documents([Document(id="b", embedding=[0.0, 1.0])])
            os.kill(os.getpid(), signal.SIGKILL)
        """
    writing = """
        import index.vectors
        index.vectors.Header.packed = lambda _: os.kill(os.getpid(), signal.SIGKILL)
        store.delete_documents(["a"])
        """
    assert python(inside, folder).returncode == -signal.SIGKILL
    with opened(folder) as store:
        assert (near(store), store.generation, store.check()) == (["a"], 1, [])
    assert python(writing, folder).returncode == -signal.SIGKILL
    assert (folder / "passages.faiss.tmp").exists()
    with opened(folder) as store:
        assert (near(store), store.generation, store.check()) == ([], 2, [])


# The FAISS file


def deleted(file: Path) -> None:
    file.unlink()


def truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-9])


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def turned(file: Path) -> None:
    """One bit in the middle of the vectors."""
    data = bytearray(file.read_bytes())
    data[-30] ^= 1
    file.write_bytes(bytes(data))


def something_else(file: Path) -> None:
    file.write_bytes(b"PK\3\4" * 100)


def of_another_database(file: Path) -> None:
    """The same ids and as many commits, other vectors."""
    with tempfile.TemporaryDirectory() as other:
        filled(Path(other), *(Document(id=each.id, embedding=[0.5, -1.0]) for each in (A, B, C)))
        shutil.copy(Path(other) / file.name, file)


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("harm", [deleted, truncated, emptied, turned, something_else, of_another_database, a_folder])
def test_the_faiss_file_is_never_needed(folder: Path, harm: Callable[[Path], None]) -> None:
    filled(folder, A, B, C)
    harm(folder / "passages.faiss")
    with opened(folder) as store:
        assert (near(store), store.check()) == (["a", "b", "c"], [])
    if harm is a_folder:
        return
    with opened(folder) as store:
        store.delete_documents(["b"])
    with opened(folder) as store:
        assert (near(store), store.statistics()["vectors_file_behind"]) == (["a", "c"], 0)


def test_an_older_file_is_brought_up_to_date_and_a_newer_one_is_not_believed(folder: Path) -> None:
    filled(folder, A)
    file, saved = folder / "passages.faiss", folder.parent / "saved"
    shutil.copytree(folder, saved)
    with opened(folder) as store:
        store.write_documents([B])
        store.delete_documents(["a"])
        newer = file.read_bytes()
        shutil.copy(saved / file.name, file)
    with opened(folder) as store:
        assert (near(store), store.check()) == (["b"], [])
    with opened(saved) as store:  # the database from a backup, the file beside it from later
        (saved / file.name).write_bytes(newer)
        store.write_documents([C])  # takes the passage id that b has in the newer file
        assert (near(store), store.check()) == (["a", "c"], [])


# Other threads and processes


def test_a_snapshot_stays_what_it_was_and_the_next_question_sees_the_deletion(folder: Path) -> None:
    filled(folder, A, B)
    with opened(folder) as store:
        with store.reading():
            assert near(store) == ["a", "b"]
            said(python('store.delete_documents(["a"])', folder))
            assert near(store) == ["a", "b"]
            assert [hit.id for hit in store.bm25_retrieval("tower")] == ["a"]
            with store.reading():
                assert (store.count_documents(), store.generation) == (2, 1)
            assert store.count_documents() == 2
        assert near(store) == ["b"]
        assert store.bm25_retrieval("tower") == []
        assert (store.count_documents(), store.generation) == (1, 2)


def test_snapshots_of_different_age_at_once(folder: Path) -> None:
    """The vector index follows whoever asks, forward and back."""
    filled(folder, A, B)
    with opened(folder) as store:
        with store.reading():
            assert near(store) == ["a", "b"]
            newer: list[list[str]] = []
            for change in (lambda: store.delete_documents(["a"]), lambda: store.write_documents([C])):
                thread = threading.Thread(target=lambda change=change: (change(), newer.append(near(store))))
                thread.start()
                thread.join()
                assert near(store) == ["a", "b"]
            assert newer == [["b"], ["b", "c"]]
        assert near(store) == ["b", "c"]


def test_many_threads_read_while_one_writes(folder: Path) -> None:
    """Every answer is one of the states there were: always b, and a or c or both, never neither."""
    filled(folder, A, B)
    answers: list[tuple[list[str], int]] = []
    with opened(folder) as store:
        stop = threading.Event()

        def ask() -> None:
            while not stop.is_set():
                with store.reading():
                    answers.append((sorted(near(store)), store.count_documents()))

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(8):
            store.write_documents([C])
            store.delete_documents(["a"])
            store.write_documents([A])
            store.delete_documents(["c"])
        stop.set()
        for thread in threads:
            thread.join()
        assert store.check() == []
    assert {tuple(found) for found, _ in answers} <= {("a", "b"), ("a", "b", "c"), ("b", "c")}
    assert all(len(found) == count for found, count in answers)


def test_a_second_writer_is_told_who_the_first_is(folder: Path) -> None:
    filled(folder, A)
    second = """
        try:
            with store.writing():
                print("written")
        except IndexLocked as error:
            print(error)
        print(store.count_documents())
        """
    with opened(folder) as store:
        with store.writing(), store.writing():  # re-entrant
            told = said(python(second, folder))
        assert f"process {os.getpid()} is writing" in told
        assert told.endswith("\n1")  # reading goes on meanwhile
        assert said(python(second, folder)) == "written\n1"


def test_a_writer_may_wait_and_a_dead_one_holds_nothing(folder: Path) -> None:
    assert python("store.writing().__enter__(); os.kill(os.getpid(), signal.SIGKILL)", folder).returncode < 0
    with opened(folder) as store, opened(folder) as other:
        held, release = threading.Event(), threading.Event()

        def hold() -> None:
            with other.writing():
                held.set()
                release.wait()

        thread = threading.Thread(target=hold)
        thread.start()
        held.wait()
        with pytest.raises(IndexLocked, match="Wait until it is done"), store.writing(wait_seconds=0.2):
            pass
        release.set()
        with store.writing(wait_seconds=10):
            pass
        thread.join()


def test_an_error_while_writing_takes_back_the_transaction_and_the_lock(folder: Path) -> None:
    with opened(folder) as store:
        with pytest.raises(KeyError), store.writing() as writer, writer.transaction():
            store.write_documents([A])
            raise KeyError("anything")
        assert (store.count_documents(), store.generation) == (0, 0)
        store.write_documents([B])
        assert near(store) == ["b"]


def test_another_index_under_the_same_name_is_noticed(folder: Path) -> None:
    """A rebuild of a damaged index replaces the files under a process that goes on asking."""
    filled(folder, A, B)
    with opened(folder) as store:
        assert near(store) == ["a", "b"]
        said(python('store.discard(); store.write_documents([Document(id="n", embedding=[0.0, 1.0])])', folder))
        assert (near(store), store.count_documents(), store.check()) == (["n"], 1, [])


# Where it cannot be written


READER = """
    print([hit.id for hit in store.embedding_retrieval([1.0, 0.0])], [hit.id for hit in store.bm25_retrieval("tower")])
    print(store.check(), sorted(each.name for each in folder.iterdir()))
    try:
        store.write_documents([Document(id="x")])
    except IndexReadOnly as error:
        print("read-only:", "cannot be written" in str(error))
    store.close()
    """


def as_reader(folder: Path) -> str:
    """In a process whose user may read the folder and not write it."""
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)
    return said(python(READER, folder, owner=NOBODY if os.geteuid() == 0 else None))


@pytest.mark.parametrize("with_file", [True, False])
def test_a_folder_that_cannot_be_written(folder: Path, with_file: bool) -> None:
    """All answers are there, and nothing is left behind, also where the FAISS file is missing."""
    filled(folder, A, B)
    if not with_file:
        (folder / "passages.faiss").unlink()
    files = sorted(each.name for each in folder.iterdir())
    assert as_reader(folder) == f"['a', 'b'] ['a']\n[] {files}\nread-only: True"


def test_a_reader_beside_a_writer_of_another_user(folder: Path) -> None:
    """The writer's WAL holds the last commit: the reader sees it."""
    filled(folder, B)
    with opened(folder) as store:
        store.write_documents([A])
        assert (folder / "passages.db-wal").stat().st_size > 0
        assert as_reader(folder).startswith("['a', 'b'] ['a']\n[]")


def test_nothing_there_and_nothing_to_be_made(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o555)
    code = """
        for place in (folder, folder / "deeper"):
            try:
                PassageStore(place).count_documents()
            except IndexMissing as error:
                print("no index in", str(place) in str(error))
        """
    assert (
        said(python(code, folder, owner=NOBODY if os.geteuid() == 0 else None)) == "no index in True\nno index in True"
    )


@pytest.mark.parametrize("limit", [0, 40_000, 120_000])
def test_a_full_disk(folder: Path, limit: int) -> None:
    """A limit on file size stands for the disk: whatever could not be written, the last commit is whole."""
    filled(folder, A)
    code = f"""
        resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
        try:
            for number in range(200):
                store.write_documents([Document(id=f"n{{number}}", content="word " * 2000, embedding=[0.0, 1.0])])
        except StorageFull as error:
            print("full:", "Make room" in str(error))
        os._exit(0)
        """
    process = python(f"import sys\n{textwrap.dedent(code).replace('os._exit', 'sys.stdout.flush(); os._exit')}", folder)
    assert said(process) == "full: True"
    with opened(folder) as store:
        assert store.check() == []
        assert near(store)[0] == "a"


def test_the_last_commit_is_read_from_a_full_disk(folder: Path) -> None:
    """SQLite makes files beside the database even to read; once there is room, the same store writes again."""
    filled(folder, A)
    code = """
        def room(limit):
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

        def write():
            store.write_documents([Document(id="b", embedding=[0.0, 1.0])])

        room(0)
        before = [hit.id for hit in store.bm25_retrieval("tower")]
        try:
            write()
        except StorageFull:
            room(resource.RLIM_INFINITY)
            write()
            print(before, store.count_documents(), store.check())
        """
    assert said(python(code, folder)) == "['a'] 2 []"


# Versions and strangers


def test_a_newer_schema(folder: Path) -> None:
    filled(folder, A)
    with sqlite3.connect(folder / "passages.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with opened(folder) as store, pytest.raises(IndexTooNew, match=rf"schema 99.* up to {len(MIGRATIONS)}\."):
        store.count_documents()


@pytest.mark.parametrize("content", [b"not a database" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_not_a_database(folder: Path, content: bytes) -> None:
    folder.mkdir()
    (folder / "passages.db").write_bytes(content)
    with opened(folder) as store:
        with pytest.raises(IndexDamaged, match="citebot sync --rebuild"):
            store.count_documents()
        store.discard()
        store.write_documents([A])
        assert near(store) == ["a"]


def test_a_database_of_something_else_is_left_alone(folder: Path) -> None:
    folder.mkdir()
    file = folder / "passages.db"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE precious (x)")
    connection.close()
    before = file.read_bytes()
    with opened(folder) as store, pytest.raises(IndexDamaged, match="not an index of Citebot"):
        store.count_documents()
    connection = sqlite3.connect(file)
    assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("precious",)]
    connection.close()
    assert len(file.read_bytes()) == len(before)


def test_another_dimension(folder: Path) -> None:
    filled(folder, A)
    with PassageStore(folder, dimension=3) as store:
        with pytest.raises(IndexMismatch, match="2 dimensions, not 3"):
            store.embedding_retrieval([1.0, 0.0, 0.0])
        with pytest.raises(IndexMismatch, match="2 dimensions, not 3"):
            store.write_documents([B])


ADDED = Migration("a column", "A test of the runner.", ("ALTER TABLE articles ADD COLUMN colour TEXT",))
BROKEN = Migration("broken", "Fails half-way.", ("CREATE TABLE half (x)", "CREATE TABLE half (x)"))


def columns(database: Database, table: str) -> list[str]:
    return [row[1] for row in database.rows(f"PRAGMA table_info({table})")]


def test_an_older_schema_is_brought_up_to_date_with_what_is_in_it(folder: Path) -> None:
    filled(folder, A)
    database = Database(folder, migrations=(*MIGRATIONS, ADDED))
    assert "colour" in columns(database, "articles")
    assert database.value("SELECT document FROM passages") == "a"
    assert database.value("PRAGMA user_version") == len(MIGRATIONS) + 1
    database.close()
    with opened(folder) as store, pytest.raises(IndexTooNew):
        store.count_documents()


def test_a_migration_that_fails_changes_nothing(folder: Path) -> None:
    filled(folder, A)
    database = Database(folder, migrations=(*MIGRATIONS, ADDED, BROKEN))
    with pytest.raises(sqlite3.OperationalError, match="half"):
        database.rows("SELECT 1")
    database.close()
    with opened(folder) as store:
        assert (near(store), store.check()) == (["a"], [])


def test_two_processes_make_the_same_index(folder: Path) -> None:
    results: list[str] = []
    threads = [
        threading.Thread(target=lambda: results.append(said(python("print(store.count_documents())", folder))))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == ["0", "0"]
