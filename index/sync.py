"""Bring the index in line with a folder of articles.

The walk: scan the folder, decide by size, times and inode what to hash, by hash what to
extract, by text what to embed; commit as it goes. A kill loses at most the files of the open transaction.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from index.errors import ExtractionError, FolderError, IndexMismatch
from index.extraction import damaged, extract, extractor_of
from index.language import foreign
from index.reading import check_size, read_file
from index.rights import restrict
from index.scan import FileState, Scan, scan
from index.types import Article, Change, FileRecord, Identity, Note, Passage, Receipt

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.store import PassageStore, Writer

RACY_NANOSECONDS = 2_000_000_000
"""A file this young when it was last read may have changed since within one tick of its clock."""

UNREAD = ""
"""Stands for the hash of a file that was too large to read, or could not be read."""

NEVER = 0
"""When a file was synced that is to be tried again."""

COMMIT_PASSAGES = 512
"""A transaction ends at the first file after this many passages, so that a kill costs seconds of work."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sync is. done and total count files; passages those stored so far."""

    done: int
    total: int
    passages: int
    path: str


class PassageEmbedder(Protocol):
    """What sync needs of an embedder. Equal texts get equal bits, whatever is embedded beside them."""

    @property
    def fingerprint(self) -> str: ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


class PassageChunker(Protocol):
    """What sync needs of a chunker."""

    def passages(self, article: Article) -> list[Passage]: ...


def embedded_text(article: Article, passage: Passage) -> str:
    """What stands for a passage in the vector index: its article's title, then its text."""
    return f"{article.title}\n{passage.text}"


def sync(
    store: PassageStore,
    folder: Path,
    embedder: PassageEmbedder,
    chunker: PassageChunker,
    *,
    rebuild: bool = False,
    yes: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Receipt:
    """Bring the index in line with the folder and say what was done.

    rebuild: extract and embed everything anew, in one transaction: a kill leaves the index as it was.
    yes: remove articles even where the folder holds none at all.
    progress: called after each file that was read.
    Raises FolderError, IndexMismatch (another folder or embedder), IndexLocked, IndexReadOnly, StorageFull.
    """
    started = time.monotonic()
    found = scan(folder)
    identity = identity_of(folder, embedder)
    with store.writing() as writer:
        restrict(store.folder, found.audience)
        if not rebuild:
            check_identity(store.identity(), identity)
        _check_not_emptied(store, found, folder, yes=yes)
        run = _Run(store, writer, folder, found, embedder, chunker, progress)
        if rebuild:
            with writer.transaction():
                writer.clear()
                writer.set_identity(identity)
                run.all_at_once()
        else:
            if store.identity() != identity:
                with writer.transaction():
                    writer.set_identity(identity)
            run.in_steps()
        if run.took_away:
            writer.purge()
        writer.flush_vectors()
        return run.receipt(time.monotonic() - started)


def changed(store: PassageStore, found: Scan) -> bool:
    """Whether a folder looks different from what the last sync saw."""
    records = store.files()
    if {state.path for state in found.files} != {path for path in records if not _is_hidden_by(path, found)}:
        return True
    return any(not _looks_unchanged(state, records[state.path]) for state in found.files)


def identity_of(folder: Path, embedder: PassageEmbedder) -> Identity:
    """What an index of this folder by this embedder records of itself."""
    return Identity(articles_folder=str(folder.resolve()), embedder=embedder.fingerprint)


def check_identity(recorded: Identity | None, wanted: Identity) -> None:
    """Raises IndexMismatch, naming both and the command that mends it, unless they are the same or none is recorded."""
    if recorded is None or recorded == wanted:
        return
    if recorded.articles_folder != wanted.articles_folder:
        raise IndexMismatch(
            f"the index was built for the articles in {recorded.articles_folder}, not {wanted.articles_folder}. "
            f"Give another --index, or replace it: citebot sync {wanted.articles_folder} --rebuild"
        )
    raise IndexMismatch(
        f"the index was built with the embedder {recorded.embedder}; the settings ask for {wanted.embedder}. "
        "Run: citebot sync --rebuild"
    )


def _check_not_emptied(store: PassageStore, found: Scan, folder: Path, *, yes: bool) -> None:
    if found.files or yes:
        return
    known = len(store.files())
    if known:
        raise FolderError(
            f"the folder {folder} holds no articles now, the index {known} files of it: is it mounted? "
            "Nothing was removed. To remove them all: citebot sync --yes"
        )


def _looks_unchanged(state: FileState, record: FileRecord) -> bool:
    return _look(state) == _look(record) and _is_settled(record) and record.extractor == extractor_of(record.path)


def _look(file: FileState | FileRecord) -> tuple[int, ...]:
    return (file.size, file.mtime_ns, file.ctime_ns, file.inode)


def _is_settled(record: FileRecord) -> bool:
    """Whether an edit after the reading would have got another time. A time far in the future is another one too."""
    if record.synced_at_ns == NEVER:
        return False
    return all(abs(record.synced_at_ns - at) >= RACY_NANOSECONDS for at in (record.mtime_ns, record.ctime_ns))


def _is_hidden_by(path: str, found: Scan) -> bool:
    """Whether a folder that could not be read holds this path: its files are not gone, only out of sight."""
    unreadable = (note.path for note in found.notes if note.kind == "unreadable")
    return any(path == place or path.startswith(f"{place}/") for place in unreadable)


def _stored(error: ExtractionError) -> str:
    return f"{error.kind}: {error}"


@dataclass(slots=True)
class _Work:
    """One file that is to be put in: its record and what was extracted."""

    record: FileRecord
    articles: tuple[Article, ...]
    chunks: tuple[list[Passage], ...] = ()
    """The passages of each article."""
    renamed_from: str | None = None
    touched: bool = False
    """Only the stat changed; what was stored stays."""


@dataclass(slots=True)
class _Run:
    """One sync under way: decides, extracts, embeds, stores and counts."""

    store: PassageStore
    writer: Writer
    folder: Path
    found: Scan
    embedder: PassageEmbedder
    chunker: PassageChunker
    progress: Callable[[Progress], None] | None
    counts: dict[Change, int] = field(default_factory=lambda: dict.fromkeys(Change, 0))
    notes: list[Note] = field(default_factory=list)
    failures: list[Note] = field(default_factory=list)
    embedded: int = 0
    stored: int = 0
    took_away: bool = False
    _records: dict[str, FileRecord] = field(default_factory=dict)
    _gone: dict[str, FileRecord] = field(default_factory=dict)

    def in_steps(self) -> None:
        """Add and change first, then remove, each in short transactions."""
        self._records = self.store.files()
        seen = {state.path for state in self.found.files}
        self._gone = {
            path: record
            for path, record in self._records.items()
            if path not in seen and not _is_hidden_by(path, self.found)
        }
        for batch in self._batches():
            with self.writer.transaction():
                self._put(batch)
        if self._gone:
            with self.writer.transaction():
                for path in self._gone:
                    self._count(Change.REMOVED, len(self.store.articles_of(path)))
                    self.writer.remove_file(path)
            self.took_away = True

    def all_at_once(self) -> None:
        """Put everything in anew inside the caller's transaction."""
        self.took_away = True
        for batch in self._batches():
            self._put(batch)

    def receipt(self, seconds: float) -> Receipt:
        statistics = self.store.statistics()
        return Receipt(
            added=self.counts[Change.ADDED],
            changed=self.counts[Change.CHANGED],
            renamed=self.counts[Change.RENAMED],
            removed=self.counts[Change.REMOVED],
            unchanged=self.counts[Change.UNCHANGED],
            failed=len(self.failures),
            articles=statistics["articles"],
            passages=statistics["passages"],
            embedded=self.embedded,
            generation=self.store.generation,
            seconds=round(seconds, 3),
            failures=tuple(self.failures),
            notes=(*self.found.notes, *self.notes),
        )

    def _batches(self) -> Iterator[list[_Work]]:
        batch: list[_Work] = []
        passages = 0
        for done, state in enumerate(self.found.files, start=1):
            work = self._decide(state)
            if work is not None:
                batch.append(work)
                passages += sum(len(chunk) for chunk in work.chunks)
            if passages >= COMMIT_PASSAGES:
                yield batch
                batch, passages = [], 0
            self._tell(done, state.path)
        if batch:
            yield batch

    def _tell(self, done: int, path: str) -> None:
        if self.progress is not None:
            self.progress(Progress(done, len(self.found.files), self.stored, path))

    def _decide(self, state: FileState) -> _Work | None:
        """What to put in for a file; None where nothing is to be stored."""
        record = self._records.get(state.path)
        if record is not None and _looks_unchanged(state, record):
            self._keep(record)
            return None
        fresh = FileRecord(
            path=state.path,
            size=state.size,
            mtime_ns=state.mtime_ns,
            ctime_ns=state.ctime_ns,
            inode=state.inode,
            sha256=UNREAD,
            extractor=extractor_of(state.path),
            synced_at_ns=time.time_ns(),
            error=None,
            articles=0,
        )
        try:
            check_size(state.path, state.size)
        except ExtractionError as error:
            return self._failed(fresh, error)
        try:
            data = read_file(self.folder, state.path)
        except ExtractionError as error:
            return self._not_read(record or fresh, error)
        fresh = replace(fresh, sha256=hashlib.sha256(data).hexdigest())
        if record is not None and (record.sha256, record.extractor) == (fresh.sha256, fresh.extractor):
            self._keep(record)
            return _Work(replace(fresh, error=record.error, articles=record.articles), (), touched=True)
        return self._extracted(fresh, data)

    def _keep(self, record: FileRecord) -> None:
        self._count(Change.UNCHANGED, record.articles)
        if record.error is not None:
            kind, _, message = record.error.partition(": ")
            self.failures.append(Note(record.path, kind, message))

    def _extracted(self, record: FileRecord, data: bytes) -> _Work:
        path = record.path
        try:
            extraction = extract(self.folder / path, path, data)
            chunks = self._chunked(path, extraction.articles)
        except ExtractionError as error:
            return self._failed(record, error)
        self.notes.extend(extraction.notes)
        self.notes.extend(note for article in extraction.articles if (note := foreign(article)) is not None)
        articles = extraction.articles
        return _Work(replace(record, articles=len(articles)), articles, chunks, self._origin(record))

    def _chunked(self, path: str, articles: Sequence[Article]) -> tuple[list[Passage], ...]:
        try:
            return tuple(self.chunker.passages(article) for article in articles)
        except Exception as error:
            raise damaged(path, error) from error

    def _not_read(self, record: FileRecord, error: ExtractionError) -> _Work | None:
        """What was stored of it stays, for it may be there again; each sync tries it anew."""
        self.failures.append(Note(record.path, error.kind, str(error)))
        self._count(Change.UNCHANGED, record.articles)
        untried = replace(record, sha256=UNREAD, synced_at_ns=NEVER, error=_stored(error))
        return None if untried == record else _Work(untried, (), touched=True)

    def _failed(self, record: FileRecord, error: ExtractionError) -> _Work:
        self.failures.append(Note(record.path, error.kind, str(error)))
        return _Work(replace(record, error=_stored(error)), ())

    def _origin(self, record: FileRecord) -> str | None:
        """The path that held the same bytes and is gone: the file was renamed. Each is claimed once."""
        if record.path in self._records:
            return None
        origin = next((path for path, gone in self._gone.items() if gone.sha256 == record.sha256), None)
        if origin is not None:
            del self._gone[origin]
        return origin

    def _put(self, batch: list[_Work]) -> None:
        texts = [
            embedded_text(article, passage)
            for work in batch
            for article, chunk in zip(work.articles, work.chunks, strict=True)
            for passage in chunk
        ]
        vectors = self._vectors(texts)
        at = 0
        for work in batch:
            rows = []
            for article, chunk in zip(work.articles, work.chunks, strict=True):
                rows.append((article, chunk, vectors[at : at + len(chunk)], texts[at : at + len(chunk)]))
                at += len(chunk)
            self._store(work, rows)
        self.stored += len(texts)

    def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One vector a text, shape (len(texts), dimension); equal texts are embedded once, ever."""
        import numpy as np

        known = self.writer.known_vectors(texts)
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            known.update(zip(missing, self.embedder.embed(missing), strict=True))
            self.embedded += len(missing)
        return np.array([known[text] for text in texts], dtype=np.float32)

    def _store(self, work: _Work, rows: list[tuple[Article, list[Passage], NDArray[np.float32], list[str]]]) -> None:
        path = work.record.path
        if work.touched:
            self.writer.touch_file(work.record)
            return
        before = {article.name: article for article in self.store.articles_of(path)}
        try:
            self.writer.put_file(work.record, rows)
        except ExtractionError as error:  # a row of a table may have the name of another file's article
            self.failures.append(Note(path, error.kind, str(error)))
            self.writer.put_file(replace(work.record, error=_stored(error), articles=0), [])
            work.articles = ()
        self._count_differences(work, before)
        if work.renamed_from is not None:
            self.writer.remove_file(work.renamed_from)
        self.took_away = self.took_away or bool(before) or work.renamed_from is not None

    def _count_differences(self, work: _Work, before: dict[str, Article]) -> None:
        for article in work.articles:
            old = before.pop(article.name, None)
            if old is None:
                self._count(Change.RENAMED if work.renamed_from else Change.ADDED)
            else:
                self._count(Change.UNCHANGED if old == article else Change.CHANGED)
        self._count(Change.REMOVED, len(before))

    def _count(self, change: Change, number: int = 1) -> None:
        self.counts[change] += number
