"""Whatever a file does when it is read is that file's failure: the others go in, and the sync ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index import reading
from index.chunking import Chunker
from index.embedder import Embedder
from index.errors import ExtractionError
from index.extraction import draft, plain
from index.scan import scan
from index.store import PassageStore
from index.sync import sync
from index.types import Article, Passage, Receipt

GOOD = "The harbour master counted forty ships on Monday."


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder(workers=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "articles"
    place.mkdir()
    (place / "good.txt").write_text(GOOD)
    (place / "odd.txt").write_text("An odd file.")
    return place


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PassageStore]:
    opened = PassageStore(tmp_path / "index")
    yield opened
    opened.close()


def sync_all(store: PassageStore, folder: Path, embedder: Embedder, chunker: Chunker | None = None) -> Receipt:
    return sync(store, folder, embedder, chunker or Chunker(embedder.tokenizer))


def raising(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the extractor of plain text raise for the odd file, as a parser would."""
    extract = plain.extract_plain

    def odd(name: str, data: bytes) -> draft.Extraction:
        if name == "odd.txt":
            raise error
        return extract(name, data)

    monkeypatch.setattr(plain, "extract_plain", odd)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("chr() arg not in range(0x110000)"),
        RecursionError("maximum recursion depth exceeded"),
        MemoryError(),
        KeyError("style"),
        AssertionError("no picture codec"),
        ImportError("a codec is missing"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_a_parser_raises_is_the_files_failure(
    error: Exception, store: PassageStore, folder: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    raising(error, monkeypatch)
    receipt = sync_all(store, folder, embedder)
    assert (receipt.added, receipt.failed) == (1, 1)
    [failure] = receipt.failures
    assert (failure.path, failure.kind) == ("odd.txt", "damaged")
    assert "odd.txt" in failure.message
    assert type(error).__name__ in failure.message


def test_a_failure_is_told_again_and_not_read_again(
    store: PassageStore, folder: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in folder.iterdir():
        os.utime(file, (1_600_000_000, 1_600_000_000))
    raising(ValueError("odd"), monkeypatch)
    sync_all(store, folder, embedder)
    monkeypatch.undo()
    assert [failure.path for failure in sync_all(store, folder, embedder).failures] == ["odd.txt"]


def test_what_the_chunker_raises_is_the_files_failure(store: PassageStore, folder: Path, embedder: Embedder) -> None:
    class Odd(Chunker):
        def passages(self, article: Article) -> list[Passage]:
            if article.name == "odd.txt":
                raise RecursionError("too deep")
            return super().passages(article)

    receipt = sync_all(store, folder, embedder, Odd(embedder.tokenizer))
    assert (receipt.added, [failure.path for failure in receipt.failures]) == (1, ["odd.txt"])


def test_half_a_surrogate_pair_is_the_files_failure(store: PassageStore, folder: Path, embedder: Embedder) -> None:
    (folder / "rows.jsonl").write_text('{"id": "1", "text": "half \\ud83d of a pair, and some more words"}\n')
    receipt = sync_all(store, folder, embedder)
    assert receipt.added >= 2
    assert all("good" not in failure.path for failure in receipt.failures)


def test_a_large_file_is_refused_before_a_byte_of_it_is_read(
    store: PassageStore, folder: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LARGEST_BYTES", 1_000)
    with (folder / "sparse.txt").open("wb") as file:
        file.truncate(2_000_000)
    opened: list[str] = []

    def read(where: Path, name: str) -> bytes:
        opened.append(name)
        return reading.read_file(where, name)

    monkeypatch.setattr("index.sync.read_file", read)
    receipt = sync_all(store, folder, embedder)
    assert [(failure.path, failure.kind) for failure in receipt.failures] == [("sparse.txt", "too-large")]
    assert "2 MB" in receipt.failures[0].message
    assert opened == ["good.txt", "odd.txt"]


def test_a_file_that_grows_while_it_is_read_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST_BYTES", 10)
    with pytest.raises(ExtractionError, match=r"good\.txt has 0 MB"):
        reading.read_file(folder, "good.txt")


def test_a_link_that_replaced_a_file_is_not_followed_out_of_the_folder(
    store: PassageStore, folder: Path, embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = scan(folder)
    (tmp_path / "secret.txt").write_text("Nobody may read this.")
    (folder / "odd.txt").unlink()
    (folder / "odd.txt").symlink_to(tmp_path / "secret.txt")
    monkeypatch.setattr("index.sync.scan", lambda _: found)
    receipt = sync_all(store, folder, embedder)
    assert [(failure.path, failure.kind) for failure in receipt.failures] == [("odd.txt", "link-outside")]
    assert [entry.name for entry in store.articles()] == ["good.txt"]


def test_a_pipe_that_replaced_a_file_does_not_hold_the_sync(
    store: PassageStore, folder: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = scan(folder)
    (folder / "odd.txt").unlink()
    os.mkfifo(folder / "odd.txt")
    monkeypatch.setattr("index.sync.scan", lambda _: found)
    receipt = sync_all(store, folder, embedder)
    assert [(failure.path, failure.kind) for failure in receipt.failures] == [("odd.txt", "special")]


def test_a_link_inside_the_folder_is_read(folder: Path) -> None:
    (folder / "also.txt").symlink_to(folder / "good.txt")
    assert reading.read_file(folder, "also.txt").decode() == GOOD


def test_a_folder_that_became_a_link_is_not_followed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "inner").mkdir()
    (folder / "inner" / "a.txt").write_text("Inside.")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.txt").write_text("Nobody may read this.")
    opened = reading._opened

    def late(root: Path, parts: tuple[str, ...]) -> int:
        """Open only after somebody has put a link in the folder's place."""
        (folder / "inner").rename(folder / "old")
        (folder / "inner").symlink_to(tmp_path / "outside")
        return opened(root, parts)

    monkeypatch.setattr(reading, "_opened", late)
    with pytest.raises(ExtractionError, match=r"cannot read inner/a\.txt"):
        reading.read_file(folder, "inner/a.txt")


def test_links_in_a_circle_are_the_files_failure(folder: Path) -> None:
    (folder / "a.txt").symlink_to(folder / "b.txt")
    (folder / "b.txt").symlink_to(folder / "a.txt")
    with pytest.raises(ExtractionError, match=r"cannot read a\.txt"):
        reading.read_file(folder, "a.txt")


def test_a_file_that_could_not_be_read_is_recorded_and_tried_again(
    store: PassageStore, folder: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_all(store, folder, embedder)

    def unreadable(where: Path, name: str) -> bytes:
        raise ExtractionError(f"cannot read {name}: no", kind="unreadable")

    for name in ("odd.txt", "new.txt"):
        (folder / name).write_text("An odd file, and more of it.")
    with monkeypatch.context() as context:
        context.setattr("index.sync.read_file", unreadable)
        receipt = sync_all(store, folder, embedder)
        assert [failure.path for failure in receipt.failures] == ["good.txt", "new.txt", "odd.txt"]
        assert (receipt.unchanged, receipt.articles) == (2, 2)
        assert sync_all(store, folder, embedder).failures == receipt.failures
    assert {path: record.error for path, record in store.files().items()} == {
        path: f"unreadable: cannot read {path}: no" for path in ("good.txt", "new.txt", "odd.txt")
    }
    receipt = sync_all(store, folder, embedder)
    assert (receipt.added, receipt.changed, receipt.unchanged, receipt.failed) == (1, 1, 1, 0)
    assert not any(record.error for record in store.files().values())


def test_half_a_surrogate_pair_anywhere_in_an_article_is_the_files_failure(
    store: PassageStore, folder: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract = plain.extract_plain

    def odd(name: str, data: bytes) -> draft.Extraction:
        extraction = extract(name, data)
        byline = "Ada \ud83d" if name == "odd.txt" else None
        return draft.Extraction(tuple(replace(each, byline=byline) for each in extraction.articles), ())

    monkeypatch.setattr(plain, "extract_plain", odd)
    receipt = sync_all(store, folder, embedder)
    assert (receipt.added, [failure.path for failure in receipt.failures]) == (1, ["odd.txt"])


def test_an_error_whose_words_cannot_be_stored_is_told(
    store: PassageStore, folder: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    raising(ValueError("odd \ud83d"), monkeypatch)
    assert r"ValueError: odd \ud83d" in sync_all(store, folder, embedder).failures[0].message


def test_a_small_file_that_becomes_too_much_text_is_refused(
    store: PassageStore, folder: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "LARGEST_BYTES", 1_000)
    extract = plain.extract_plain
    monkeypatch.setattr(
        plain, "extract_plain", lambda name, data: extract(name, data * 100 if name == "odd.txt" else data)
    )
    receipt = sync_all(store, folder, embedder)
    assert [(failure.path, failure.kind) for failure in receipt.failures] == [("odd.txt", "too-large")]
