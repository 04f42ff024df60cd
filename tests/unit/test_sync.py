"""Sync against a folder that is edited, with the real embedder."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.chunking import Chunker
from index.embedder import Embedder
from index.errors import FolderError, IndexMismatch
from index.scan import scan
from index.store import PassageStore
from index.sync import changed, sync
from index.types import Receipt


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder(workers=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "articles"
    place.mkdir()
    return place


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PassageStore]:
    opened = PassageStore(tmp_path / "index")
    yield opened
    opened.close()


class Desk:
    """A folder, its index, and what syncs one with the other."""

    def __init__(self, folder: Path, store: PassageStore, embedder: Embedder) -> None:
        self.folder, self.store, self.embedder = folder, store, embedder
        self.chunker = Chunker(embedder.tokenizer)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        settled = time.time_ns() - 10_000_000_000
        os.utime(path, ns=(settled, settled + len(text)))

    def sync(self, **options: bool) -> Receipt:
        return sync(self.store, self.folder, self.embedder, self.chunker, **options)

    def texts(self) -> dict[str, str | None]:
        return {entry.name: self.store.article_text(entry.name) for entry in self.store.articles()}


@pytest.fixture
def desk(folder: Path, store: PassageStore, embedder: Embedder) -> Desk:
    return Desk(folder, store, embedder)


def counts(receipt: Receipt) -> dict[str, int]:
    names = ("added", "changed", "renamed", "removed", "unchanged", "failed")
    return {name: number for name in names if (number := getattr(receipt, name))}


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files count as settled at once: nobody can give a file an older time of change."""
    monkeypatch.setattr("index.sync.RACY_NANOSECONDS", 0)


@pytest.mark.usefixtures("settled")
def test_every_kind_of_change_is_counted(desk: Desk) -> None:
    for name in ("stays", "grows", "moves", "goes"):
        desk.write(f"{name}.txt", f"{name.title()}\n\nThe {name} article speaks of {name} things.")
    assert counts(desk.sync()) == {"added": 4}
    desk.write("grows.txt", "Grows\n\nThe article has grown a good deal since then.")
    (desk.folder / "moves.txt").rename(desk.folder / "moved.txt")
    (desk.folder / "goes.txt").unlink()
    desk.write("bad.pdf", "this is no pdf")
    receipt = desk.sync()
    assert counts(receipt) == {"changed": 1, "renamed": 1, "removed": 1, "unchanged": 1, "failed": 1}
    assert set(desk.texts()) == {"stays.txt", "grows.txt", "moved.txt"}
    assert [note.path for note in receipt.failures] == ["bad.pdf"]
    assert desk.store.check() == []


@pytest.mark.usefixtures("settled")
def test_a_second_sync_does_nothing_and_a_failure_is_told_again(desk: Desk) -> None:
    desk.write("a.txt", "A\n\nSome words about Kyiv.")
    desk.write("bad.pdf", "this is no pdf")
    first = desk.sync()
    second = desk.sync()
    assert counts(second) == {"unchanged": 1, "failed": 1}
    assert second.embedded == 0
    assert second.generation == first.generation
    assert second.failures == first.failures
    assert not changed(desk.store, scan(desk.folder))


def test_a_rename_embeds_nothing_and_is_quoted_under_its_new_name(desk: Desk) -> None:
    desk.write("old.txt", "Title\n\nKherson was seized on Monday.")
    desk.sync()
    (desk.folder / "old.txt").rename(desk.folder / "new.txt")
    receipt = desk.sync()
    assert counts(receipt) == {"renamed": 1}
    assert receipt.embedded == 0
    assert [hit.meta["article"] for hit in desk.store.bm25_retrieval("Kherson")] == ["new.txt"]


@pytest.mark.usefixtures("settled")
def test_a_file_with_a_new_time_but_the_same_bytes_is_unchanged(desk: Desk) -> None:
    desk.write("a.txt", "A\n\nWords.")
    before = desk.sync().generation
    os.utime(desk.folder / "a.txt", ns=(1, 1))
    assert changed(desk.store, scan(desk.folder))
    assert counts(desk.sync()) == {"unchanged": 1}
    assert not changed(desk.store, scan(desk.folder))
    assert desk.store.article_text("a.txt") == "A\n\nWords."
    assert desk.store.generation >= before


def test_an_edit_that_keeps_size_and_time_is_seen_while_the_file_is_young(desk: Desk) -> None:
    path = desk.folder / "a.txt"
    path.write_text("A\n\nKyiv holds.")
    stat = path.stat()
    desk.sync()
    path.write_text("A\n\nKyiv falls.")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert counts(desk.sync()) == {"changed": 1}
    assert desk.store.article_text("a.txt") == "A\n\nKyiv falls."


def test_an_edit_in_place_that_keeps_size_and_time_is_seen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.folder / "a.txt"
    desk.write("a.txt", "A\n\nKyiv holds.")
    desk.sync()
    monkeypatch.setattr("index.sync.RACY_NANOSECONDS", 0)
    assert not changed(desk.store, scan(desk.folder))
    stat = path.stat()
    time.sleep(0.05)  # longer than a tick of the file system's clock
    with path.open("r+") as file:
        file.write("A\n\nKyiv falls.")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert changed(desk.store, scan(desk.folder))
    assert counts(desk.sync()) == {"changed": 1}
    assert desk.store.article_text("a.txt") == "A\n\nKyiv falls."


@pytest.mark.parametrize("at", [1_893_456_000, -86_400], ids=["in-2030", "before-1970"])
def test_a_file_of_a_strange_date_is_synced_once(at: int, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write("a.txt", "A\n\nWords.")
    os.utime(desk.folder / "a.txt", (at, at))
    real = (desk.folder / "a.txt").stat().st_ctime_ns
    now = real + 10_000_000_000
    monkeypatch.setattr(time, "time_ns", lambda: now)
    desk.sync()
    assert not changed(desk.store, scan(desk.folder))


def test_an_index_of_the_oldest_schema_is_brought_up_to_date(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write("a.txt", "A\n\nWords.")
    desk.sync()
    desk.store.close()
    connection = sqlite3.connect(tmp_path / "index" / "passages.db")
    connection.execute("ALTER TABLE files DROP COLUMN ctime_ns")
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    monkeypatch.setattr("index.sync.RACY_NANOSECONDS", 0)
    assert desk.texts() == {"a.txt": "A\n\nWords."}
    assert changed(desk.store, scan(desk.folder))
    assert counts(desk.sync()) == {"unchanged": 1}
    assert not changed(desk.store, scan(desk.folder))
    assert desk.store.check() == []


def test_deleted_text_is_neither_found_nor_left_in_the_files(desk: Desk, tmp_path: Path) -> None:
    desk.write("a.txt", "A\n\nThe secret word is xylophonist.")
    desk.write("b.txt", "B\n\nSomething else.")
    desk.sync()
    (desk.folder / "a.txt").unlink()
    desk.sync()
    assert desk.store.bm25_retrieval("xylophonist") == []
    desk.store.close()
    for file in (tmp_path / "index").iterdir():
        assert b"xylophonist" not in file.read_bytes(), file


def test_an_emptied_folder_removes_nothing_without_yes(desk: Desk) -> None:
    desk.write("a.txt", "A\n\nWords.")
    desk.sync()
    (desk.folder / "a.txt").unlink()
    with pytest.raises(FolderError, match="--yes"):
        desk.sync()
    assert set(desk.texts()) == {"a.txt"}
    assert counts(desk.sync(yes=True)) == {"removed": 1}
    assert desk.texts() == {}


def test_a_missing_folder_removes_nothing_even_with_yes(desk: Desk) -> None:
    desk.write("a.txt", "A\n\nWords.")
    desk.sync()
    (desk.folder / "a.txt").unlink()
    desk.folder.rmdir()
    with pytest.raises(FolderError):
        desk.sync(yes=True)
    assert set(desk.texts()) == {"a.txt"}


def test_another_folder_is_refused_by_name_and_taken_with_rebuild(desk: Desk, tmp_path: Path) -> None:
    desk.write("a.txt", "A\n\nWords.")
    desk.sync()
    other = tmp_path / "other"
    other.mkdir()
    (other / "b.txt").write_text("B\n\nOther words.")
    moved = Desk(other, desk.store, desk.embedder)
    with pytest.raises(IndexMismatch) as caught:
        moved.sync()
    assert str(desk.folder) in str(caught.value)
    assert str(other) in str(caught.value)
    moved.sync(rebuild=True)
    assert set(moved.texts()) == {"b.txt"}


def test_another_embedder_is_refused_by_name(desk: Desk) -> None:
    class Renamed:
        fingerprint = "another-embedder@1"
        embed = desk.embedder.embed

    desk.write("a.txt", "A\n\nWords.")
    desk.sync()
    with pytest.raises(IndexMismatch, match=r"another-embedder@1.*--rebuild"):
        sync(desk.store, desk.folder, Renamed(), desk.chunker)


def test_a_file_that_becomes_unreadable_content_is_no_longer_quoted(desk: Desk) -> None:
    desk.write("a.txt", "A\n\nKyiv holds.")
    desk.sync()
    (desk.folder / "a.txt").write_bytes(b"%PDF-1.7 \x00\x01\x02" * 50)
    assert counts(desk.sync()) == {"removed": 1, "failed": 1}
    assert desk.store.bm25_retrieval("Kyiv") == []


def test_rows_are_counted_one_by_one(desk: Desk) -> None:
    desk.write("rows.csv", "id,title,text\na,First,Kyiv holds.\nb,Second,Lviv waits.\n")
    assert counts(desk.sync()) == {"added": 2}
    desk.write("rows.csv", "id,title,text\na,First,Kyiv holds.\nc,Third,Odesa stands.\n")
    assert counts(desk.sync()) == {"added": 1, "removed": 1, "unchanged": 1}
    assert set(desk.texts()) == {"rows.csv#a", "rows.csv#c"}


def test_progress_reaches_the_number_of_files(folder: Path, store: PassageStore, embedder: Embedder) -> None:
    for name in "abc":
        (folder / f"{name}.txt").write_text(f"{name}\n\nWords of {name}.")
    seen: list[tuple[int, int]] = []
    sync(store, folder, embedder, Chunker(embedder.tokenizer), progress=lambda p: seen.append((p.done, p.total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_an_interrupted_sync_keeps_what_was_committed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.sync.COMMIT_PASSAGES", 1)
    for name in "abcd":
        desk.write(f"{name}.txt", f"{name}\n\nThe words of {name}.")

    def stop(progress: object) -> None:
        if progress.done == 3:  # type: ignore[attr-defined]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sync(desk.store, desk.folder, desk.embedder, desk.chunker, progress=stop)
    assert set(desk.texts()) == {"a.txt", "b.txt", "c.txt"}
    assert counts(desk.sync()) == {"added": 1, "unchanged": 3}
    assert desk.store.check() == []


def test_a_row_that_has_the_name_of_another_files_article_fails_alone(desk: Desk) -> None:
    desk.write("rows.csv", "id,text\na.txt,The row speaks of Kyiv.\n")
    desk.write("rows.csv#a.txt", "Clash\n\nThe file speaks of Lviv.")
    desk.write("z.txt", "Z\n\nThe last file speaks of Odesa.")
    receipt = desk.sync()
    assert counts(receipt) == {"added": 2, "failed": 1}
    assert receipt.failures[0].kind == "same-name"
    assert desk.store.check() == []
