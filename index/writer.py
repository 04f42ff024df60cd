"""What may be written to an index, in transactions, by the one who holds the writer lock."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from haystack import Document
from haystack.document_stores.errors import DuplicateDocumentError
from haystack.document_stores.types import DuplicatePolicy
from numpy.typing import NDArray

from index.database import Database
from index.documents import PassageRow, document_row, meta_json, passage_row, stored_vector, vector_bytes
from index.errors import ExtractionError
from index.filters import Where
from index.types import Article, FileRecord, Identity, Meta, Passage

if TYPE_CHECKING:
    from index.store import PassageStore

ArticleRows = tuple[Article, Sequence[Passage], NDArray[np.float32], Sequence[str]]
"""An article, its passages, their vectors of shape (n, dimension), and the n texts that were embedded."""

HISTORY: Final = 10_000
"""How many commits back a FAISS file may be and still be brought up to date instead of built anew."""
VECTORS_A_COMMIT: Final = 5_000
"""After a small write the FAISS file is left behind for one commit more for each so many vectors: to write it
takes time in proportion to them, and nothing is lost by a file that is behind."""
IDS_A_QUERY: Final = 500

_INSERT_PASSAGE: Final = (
    "INSERT INTO passages (document, start, end, page, meta, title, content, blob, sparse_embedding, article)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_VECTOR: Final = "INSERT INTO vectors (passage, embedded_sha256, embedding) VALUES (?, ?, ?)"
_INSERT_ARTICLE: Final = (
    "INSERT INTO articles (name, file, title, published, byline, url, language, pages, boilerplate, characters, text)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_FILE_COLUMNS: Final = tuple(each.name for each in fields(FileRecord))
_PUT_FILE: Final = (
    f"INSERT INTO files ({', '.join(_FILE_COLUMNS)}) VALUES ({', '.join('?' * len(_FILE_COLUMNS))})"
    f" ON CONFLICT (path) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _FILE_COLUMNS[1:])}"
)


class Writer:
    """Made by `PassageStore.writing()`, and good as long as that holds the lock."""

    def __init__(self, store: PassageStore, database: Database, dimension: int) -> None:
        self._store = store
        self._database = database
        self._dimension = dimension
        self._changed = False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; nested ones join the outer. The generation grows if what can be retrieved has changed."""
        if self._database.in_transaction:
            yield
            return
        self._changed = False
        with self._database.transaction():
            yield
            if self._changed:
                self._next_generation()

    # Articles and their files

    def set_identity(self, identity: Identity) -> None:
        """Record what the index is built for."""
        with self.transaction():
            for key, value in (("articles_folder", identity.articles_folder), ("embedder", identity.embedder)):
                self._set(key, value)

    def known_vectors(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors of those texts that have been embedded before, bit for bit."""
        by_hash = {_sha256(text): text for text in texts}
        known: dict[str, NDArray[np.float32]] = {}
        for hashes in _batches(list(by_hash)):
            rows = self._database.rows(
                "SELECT embedded_sha256, embedding FROM vectors"
                f" WHERE embedded_sha256 IN ({', '.join('?' * len(hashes))})",
                hashes,
            )
            known.update((by_hash[digest], stored_vector(embedding)) for digest, embedding in rows)
        return known

    def put_file(self, record: FileRecord, articles: Sequence[ArticleRows]) -> None:
        """Replace all that came from this file. An article that is as it was keeps its passages.

        Raises ExtractionError where another file has an article of the same name.
        """
        with self.transaction():
            self._put_record(record)
            kept = self._kept(record.path, articles)
            self._delete_articles(record.path, kept)
            for article, passages, vectors, texts in articles:
                if article.name not in kept:
                    self._put_article(record.path, article, passages, vectors, texts)

    def touch_file(self, record: FileRecord) -> None:
        """Record how a file looks now whose content is what it was."""
        with self.transaction():
            self._put_record(record)

    def remove_file(self, path: str) -> None:
        """Remove all that came from this file, and its record. Nothing happens where there is none."""
        with self.transaction():
            self._delete_articles(path, frozenset())
            self._database.run("DELETE FROM files WHERE path = ?", (path,))

    def clear(self) -> None:
        """Remove everything but what the index is built for."""
        with self.transaction():
            for table in ("passages", "articles", "files"):
                removed = self._database.run(f"DELETE FROM {table}")
                self._changed = self._changed or removed > 0

    # Documents

    def put_documents(self, documents: Sequence[Document], policy: DuplicatePolicy) -> int:
        """Write documents and return how many. One that is twice in the batch is a duplicate like any other.

        NONE is FAIL. Raises DuplicateDocumentError, and then none is written.
        """
        with self.transaction():
            return sum(self._put_document(document, policy) for document in documents)

    def delete_documents(self, ids: Sequence[str]) -> int:
        """Remove documents and return how many there were."""
        return self.delete_where(Where("passages.document IN (SELECT value FROM json_each(?))", [json.dumps(ids)]))

    def delete_where(self, where: Where) -> int:
        """Remove the documents that match and return how many."""
        with self.transaction(), where.evaluating():
            removed = self._database.run(f"DELETE FROM passages WHERE {where.sql}", where.parameters)
            self._changed = self._changed or removed > 0
            return removed

    def update_where(self, where: Where, meta: dict[str, Any]) -> int:
        """Set keys in the meta of the documents that match and return how many."""
        with self.transaction():
            with where.evaluating():
                rows = self._database.rows(f"SELECT id, meta FROM passages WHERE {where.sql}", where.parameters)
            for rowid, old in rows:
                self._update(rowid, {**json.loads(old), **meta})
            self._changed = self._changed or bool(rows)
            return len(rows)

    # Files beside the database

    def flush_vectors(self) -> None:
        """Bring the FAISS file up to date. Raises StorageFull."""
        self._store.save_vectors()

    def flush_vectors_if_due(self) -> None:
        """As flush_vectors, but leave a large file behind for some commits."""
        if self._store.commits_behind() > self._store.count_vectors() // VECTORS_A_COMMIT:
            self.flush_vectors()

    def purge(self) -> None:
        """Take deleted words and text out of the files: out of FTS5's segments, free pages and the WAL.

        A reader that is busy meanwhile keeps the WAL until a later purge or close.
        """
        with self.transaction():
            self._database.run("INSERT INTO passages_fts (passages_fts) VALUES ('optimize')")
        self._database.outside_transaction("PRAGMA wal_checkpoint(TRUNCATE)")

    # Parts

    def _next_generation(self) -> None:
        generation = self._database.value("SELECT ifnull(max(generation), 0) + 1 FROM generations")
        self._database.run("INSERT INTO generations VALUES (?, ?)", (generation, os.urandom(16)))
        self._database.run("DELETE FROM generations WHERE generation <= ?", (generation - HISTORY,))

    def _set(self, key: str, value: str) -> None:
        self._database.run(
            "INSERT INTO settings VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, value)
        )

    def _put_record(self, record: FileRecord) -> None:
        values = {name: getattr(record, name) for name in _FILE_COLUMNS} | {"inode": str(record.inode)}
        self._database.run(_PUT_FILE, list(values.values()))

    def _kept(self, path: str, articles: Sequence[ArticleRows]) -> frozenset[str]:
        """The names of those articles that the database holds just so, with the same passages and vectors."""
        stored = {article.name: article for article in self._store.articles_of(path)}
        return frozenset(
            article.name
            for article, passages, _, texts in articles
            if stored.get(article.name) == article and self._same_passages(article, passages, texts)
        )

    def _same_passages(self, article: Article, passages: Sequence[Passage], texts: Sequence[str]) -> bool:
        stored = self._database.rows(
            "SELECT passages.document, passages.meta, vectors.embedded_sha256 FROM articles"
            " JOIN passages ON passages.article = articles.id JOIN vectors ON vectors.passage = passages.id"
            " WHERE articles.name = ? ORDER BY passages.id",
            (article.name,),
        )
        rows = [passage_row(article, passage) for passage in passages]
        return stored == [(row.document, row.meta, _sha256(text)) for row, text in zip(rows, texts, strict=True)]

    def _delete_articles(self, path: str, kept: frozenset[str]) -> None:
        for (name,) in self._database.rows("SELECT name FROM articles WHERE file = ?", (path,)):
            if name not in kept:
                self._database.run("DELETE FROM articles WHERE name = ?", (name,))
                self._changed = True

    def _put_article(
        self,
        path: str,
        article: Article,
        passages: Sequence[Passage],
        vectors: NDArray[np.float32],
        texts: Sequence[str],
    ) -> None:
        self._check_name(path, article.name)
        identity = self._database.insert(_INSERT_ARTICLE, _article_values(path, article))
        for passage, vector, text in zip(passages, vectors, texts, strict=True):
            rowid = self._insert(passage_row(article, passage), identity)
            data = vector_bytes(vector, self._dimension, f"passage {passage.start}:{passage.end} of {article.name}")
            self._database.insert(_INSERT_VECTOR, (rowid, _sha256(text), data))
        self._changed = True

    def _check_name(self, path: str, name: str) -> None:
        other = self._database.value("SELECT file FROM articles WHERE name = ?", (name,))
        if other is not None:
            raise ExtractionError(f"{path} has an article {name!r}, but {other} has one of that name", "same-name")

    def _put_document(self, document: Document, policy: DuplicatePolicy) -> int:
        present = self._database.value("SELECT id FROM passages WHERE document = ?", (document.id,)) is not None
        if present and policy is DuplicatePolicy.SKIP:
            return 0
        if present and policy is not DuplicatePolicy.OVERWRITE:
            raise DuplicateDocumentError(f"the id {document.id!r} is taken; nothing of this batch was written")
        if present:
            self._database.run("DELETE FROM passages WHERE document = ?", (document.id,))
        self._insert_document(document)
        self._changed = True
        return 1

    def _insert_document(self, document: Document) -> None:
        rowid = self._insert(document_row(document), None)
        if document.embedding is not None:
            data = vector_bytes(document.embedding, self._dimension, f"document {document.id!r}")
            self._database.insert(_INSERT_VECTOR, (rowid, None, data))

    def _insert(self, row: PassageRow, article: int | None) -> int:
        return self._database.insert(_INSERT_PASSAGE, (*row, article))

    def _update(self, rowid: int, meta: dict[str, Any]) -> None:
        title = meta.get(Meta.TITLE)
        self._database.run(
            "UPDATE passages SET meta = ?, title = ? WHERE id = ?",
            (meta_json(meta), title if isinstance(title, str) else None, rowid),
        )


def _article_values(path: str, article: Article) -> tuple[Any, ...]:
    return (
        article.name,
        path,
        article.title,
        article.published,
        article.byline,
        article.url,
        article.language,
        json.dumps(article.pages),
        json.dumps(article.boilerplate),
        len(article.text),
        article.text,
    )


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _batches(hashes: list[bytes]) -> Iterable[list[bytes]]:
    return (hashes[start : start + IDS_A_QUERY] for start in range(0, len(hashes), IDS_A_QUERY))
