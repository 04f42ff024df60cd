"""The index of a folder of articles: a Haystack DocumentStore over SQLite and FAISS.

SQLite is the truth, FAISS is derived from it (docs/adr/0001-sqlite-is-the-truth.md). This file says what an
index can do; the parts are in database, writer, vectors, filters, fulltext and documents.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from haystack import Document, default_from_dict, default_to_dict
from haystack.document_stores.types import DuplicatePolicy
from numpy.typing import NDArray

from index import meta_statistics
from index.asynchronous import in_thread
from index.database import ROWS_A_BATCH, Database, Row
from index.documents import row_document, stored_vector, vector_bytes
from index.errors import IndexMismatch, IndexReadOnly
from index.filters import SQL_FUNCTION, Filter, Where, compile_filters
from index.fulltext import match_expression
from index.integrity import database_problems
from index.lock import one_writer
from index.rights import FAISS_NAME
from index.types import Article, ArticleSummary, FileRecord, Identity
from index.vectors import EXACT_BELOW, VectorIndex, cosines, read_header
from index.vocabulary import Vocabulary
from index.writer import Writer

__all__ = ["PassageStore", "Writer"]

TITLE_WEIGHT: Final = 0.5
"""How much a word in a passage's title counts in BM25, beside 1 for one in its text."""
WAIT_SECONDS: Final = 30.0
"""How long Haystack's writing methods wait for another writer."""

_DOCUMENT_COLUMNS: Final = "document, passages.content, passages.meta, blob, sparse_embedding"


class PassageStore:
    """The index in one folder. Cheap to make: nothing is opened before the first question.

    Safe to use from many threads. Reading an index that is not there makes an empty one.
    """

    def __init__(self, folder: str | Path, dimension: int = 384, *, exact_below: int = EXACT_BELOW) -> None:
        """dimension: of the vectors. exact_below: from so many vectors on, search is approximate."""
        self.folder = Path(folder)
        self.dimension = dimension
        self.exact_below = exact_below
        self._database = Database(self.folder, functions=[SQL_FUNCTION])
        self._vectors = VectorIndex(self.folder / FAISS_NAME, dimension, exact_below=exact_below)
        self._held = threading.local()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all files; the next use opens them again."""
        self._database.close()

    def to_dict(self) -> dict[str, Any]:
        """Where the index is and how it searches; not what is in it."""
        return default_to_dict(self, folder=str(self.folder), dimension=self.dimension, exact_below=self.exact_below)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """The inverse of to_dict."""
        return default_from_dict(cls, data)

    # Reading and writing

    @property
    def exists(self) -> bool:
        """Whether there is an index in the folder. Makes none."""
        return self._database.exists

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One snapshot for all that this thread asks meanwhile. Re-entrant. Keep it short: it sees no deletion."""
        with self._database.reading():
            yield

    @contextmanager
    def writing(self, *, wait_seconds: float = 0.0) -> Iterator[Writer]:
        """The only writer, of all processes, until it ends; then the FAISS file is up to date. Re-entrant.

        Raises IndexLocked (naming the holder), IndexReadOnly, IndexMismatch (another dimension).
        """
        with self._writer(wait_seconds) as (writer, outermost):
            yield writer
            if outermost:
                writer.flush_vectors()

    @property
    def generation(self) -> int:
        """Grows with each commit that changes what can be retrieved; 0 for an empty index."""
        return _Snapshot(self._database, self.dimension).generation

    def discard(self) -> None:
        """Delete the index, even one that is damaged. Raises IndexLocked, IndexReadOnly."""
        with one_writer(self.folder):
            self.close()
            self._vectors.forget()
            for suffix in ("-wal", "-shm", ""):
                Path(f"{self._database.path}{suffix}").unlink(missing_ok=True)
            self._vectors.path.unlink(missing_ok=True)

    # Retrieval

    def embedding_retrieval(
        self, query_embedding: Sequence[float], *, filters: Filter | None = None, top_k: int = 10
    ) -> list[Document]:
        """The documents whose embeddings are nearest, best first, without their embeddings.

        query_embedding: shape (dimension,), of any length. Scores are cosines in [-1, 1], 0 for a zero vector;
        ties go to the document written first. A document's score depends on it and the query alone.
        Documents without an embedding are not found. Raises ValueError, FilterError, IndexUnusable.
        """
        _check_top_k(top_k)
        query = stored_vector(vector_bytes(query_embedding, self.dimension, "the query"))
        where = compile_filters(filters)
        if self._database.in_transaction:
            raise RuntimeError("retrieval inside a write transaction, of which the vector index knows nothing")
        with self._database.reading():
            self._check_dimension()
            snapshot = _Snapshot(self._database, self.dimension)
            among = self._matching(where) if filters else None
            return self._scored(query, self._vectors.nearest(query, top_k, snapshot, among), top_k)

    def bm25_retrieval(self, query: str, *, filters: Filter | None = None, top_k: int = 10) -> list[Document]:
        """The documents that share words with the query, best first by BM25, without their embeddings.

        Words are stemmed; stop words count only where there is nothing else. Scores are positive, larger is better;
        ties go to the document written first. None for a query without words.
        """
        _check_top_k(top_k)
        where, expression = compile_filters(filters), match_expression(query)
        if expression is None:
            return []
        with self._database.reading(), where.evaluating():
            rows = self._database.rows(*_bm25(expression, where if filters else None, top_k))
        return [row_document(row[:-1], score=row[-1]) for row in rows]

    # Haystack's DocumentStore

    def count_documents(self) -> int:
        """How many passages there are."""
        return int(self._database.value("SELECT count(*) FROM passages"))

    def filter_documents(self, filters: Filter | None = None) -> list[Document]:
        """The documents that match, with their embeddings, in the order they were written. All for None and {}."""
        where = compile_filters(filters)
        sql = (
            f"SELECT {_DOCUMENT_COLUMNS}, embedding FROM passages LEFT JOIN vectors ON vectors.passage = passages.id"
            f" WHERE {where.sql} ORDER BY passages.id"
        )
        with where.evaluating():
            rows = self._database.rows(sql, where.parameters)
        return [row_document(row[:-1], embedding=row[-1]) for row in rows]

    def write_documents(self, documents: list[Document], policy: DuplicatePolicy = DuplicatePolicy.NONE) -> int:
        """Write all documents or none, and return how many were written.

        NONE is FAIL. Of two with one id in the batch SKIP keeps the first, OVERWRITE the last.
        Raises DuplicateDocumentError; ValueError for what is no document or does not fit.
        """
        if not isinstance(documents, list) or not all(isinstance(each, Document) for each in documents):
            raise ValueError("write_documents takes a list of Documents")
        with self._small_write() as writer:
            return writer.put_documents(documents, policy)

    def delete_documents(self, document_ids: list[str]) -> None:
        """Delete the documents with these ids; ids that are not there do not matter."""
        with self._small_write() as writer:
            writer.delete_documents(document_ids)

    def delete_all_documents(self) -> None:
        """Delete everything, articles and the records of their files too."""
        with self._small_write() as writer:
            writer.clear()

    def delete_by_filter(self, filters: Filter) -> int:
        """Delete the documents that match and return how many."""
        with self._small_write() as writer:
            return writer.delete_where(compile_filters(filters))

    def update_by_filter(self, filters: Filter, meta: dict[str, Any]) -> int:
        """Set keys in the meta of the documents that match and return how many."""
        with self._small_write() as writer:
            return writer.update_where(compile_filters(filters), meta)

    def count_documents_by_filter(self, filters: Filter) -> int:
        """How many documents match."""
        return len(self._matching(compile_filters(filters)))

    def count_unique_metadata_by_filter(self, filters: Filter, metadata_fields: list[str]) -> dict[str, int]:
        """How many distinct values each field has in the documents that match."""
        return meta_statistics.unique_counts(self._metas(filters), metadata_fields)

    def get_metadata_fields_info(self) -> dict[str, dict[str, str]]:
        """`{field: {"type": ...}}` for all fields that occur."""
        return meta_statistics.field_types(self._metas(None))

    def get_metadata_field_min_max(self, metadata_field: str) -> dict[str, Any]:
        """`{"min": ..., "max": ...}`, None where no document has the field."""
        return meta_statistics.least_and_greatest(self._metas(None), metadata_field)

    def get_metadata_field_unique_values(
        self,
        metadata_field: str,
        search_term: str | None = None,
        from_: int = 0,
        size: int | None = 10,
        filters: Filter | None = None,
    ) -> tuple[list[Any], int]:
        """A page of the distinct values of a field, and how many there are."""
        return meta_statistics.distinct_values(self._metas(filters), metadata_field, search_term, from_, size)

    embedding_retrieval_async = in_thread(embedding_retrieval)
    bm25_retrieval_async = in_thread(bm25_retrieval)
    count_documents_async = in_thread(count_documents)
    filter_documents_async = in_thread(filter_documents)
    write_documents_async = in_thread(write_documents)
    delete_documents_async = in_thread(delete_documents)
    delete_all_documents_async = in_thread(delete_all_documents)
    delete_by_filter_async = in_thread(delete_by_filter)
    update_by_filter_async = in_thread(update_by_filter)
    count_documents_by_filter_async = in_thread(count_documents_by_filter)
    count_unique_metadata_by_filter_async = in_thread(count_unique_metadata_by_filter)
    get_metadata_fields_info_async = in_thread(get_metadata_fields_info)
    get_metadata_field_min_max_async = in_thread(get_metadata_field_min_max)
    get_metadata_field_unique_values_async = in_thread(get_metadata_field_unique_values)

    # Articles

    def article(self, name: str) -> Article | None:
        """The article of that name; None where there is none."""
        articles = self._articles("name = ?", name)
        return articles[0] if articles else None

    def article_text(self, name: str) -> str | None:
        """The whole text that citations are offsets into."""
        text: str | None = self._database.value("SELECT text FROM articles WHERE name = ?", (name,))
        return text

    def articles_of(self, path: str) -> list[Article]:
        """The articles that came of one file, in their order in it."""
        return self._articles("file = ?", path)

    def articles(self) -> list[ArticleSummary]:
        """All articles by name."""
        rows = self._database.rows(
            "SELECT name, title, published, byline, url, language, characters,"
            " (SELECT count(*) FROM passages WHERE article = articles.id) FROM articles ORDER BY name"
        )
        return [ArticleSummary(*row) for row in rows]

    def newest(self) -> str | None:
        """The latest stated date of an article, ISO 8601 as stated; None where none states one."""
        newest: str | None = self._database.value("SELECT max(published) FROM articles")
        return newest

    def absent_words(self, words: Sequence[str]) -> list[str]:
        """Those words that stand in no article, in any of their forms."""
        with self._database.reading():
            return Vocabulary(self._database).absent(words)

    def near_spelling(self, word: str) -> str | None:
        """The word of the articles that is spelled most like it; None where none is near."""
        with self._database.reading():
            return Vocabulary(self._database).near(word)

    def files(self) -> dict[str, FileRecord]:
        """What sync recorded of each file, by path."""
        rows = self._database.rows(
            "SELECT path, size, mtime_ns, ctime_ns, inode, sha256, extractor, synced_at_ns, error, articles"
            " FROM files ORDER BY path"
        )
        records = (FileRecord(*row) for row in rows)
        return {record.path: replace(record, inode=int(record.inode)) for record in records}

    def identity(self) -> Identity | None:
        """What the index was built for; None before the first sync."""
        settings: dict[str, str] = dict(self._database.rows("SELECT key, value FROM settings"))
        if "articles_folder" not in settings:
            return None
        return Identity(settings["articles_folder"], settings["embedder"])

    # About the index

    def statistics(self) -> dict[str, int]:
        """Counts, and sizes in bytes: the WAL is the database's. `vectors_file_behind`: commits; -1 without a file."""
        with self._database.reading():
            return {
                "articles": self._database.value("SELECT count(*) FROM articles"),
                "passages": self.count_documents(),
                "vectors": self.count_vectors(),
                "files": self._database.value("SELECT count(*) FROM files"),
                "generation": self.generation,
                "dimension": self.dimension,
                "database_bytes": self._database.size_bytes,
                "vectors_file_bytes": _bytes(self._vectors.path),
                "vectors_file_behind": self.commits_behind() if self._vectors.path.exists() else -1,
            }

    def check(self) -> list[str]:
        """What does not hold, one line each; empty when all does. Reads everything."""
        problems = database_problems(self._database, self.dimension)
        if problems:
            return problems
        with self._database.reading():
            return self._vectors.differences(_Snapshot(self._database, self.dimension))

    def count_vectors(self) -> int:
        """How many passages have an embedding."""
        return int(self._database.value("SELECT count(*) FROM vectors"))

    def commits_behind(self) -> int:
        """How many generations the FAISS file is behind; all of them where there is none."""
        header = read_header(self._vectors.path)
        return self.generation - (header.generation if header is not None else 0)

    def save_vectors(self) -> None:
        """Bring the FAISS file up to date. For the one that holds the writer lock."""
        with self._database.reading():
            self._vectors.save(_Snapshot(self._database, self.dimension))

    # Parts

    @contextmanager
    def _writer(self, wait_seconds: float) -> Iterator[tuple[Writer, bool]]:
        """The writer, and whether it is this call that took the lock."""
        held: Writer | None = getattr(self._held, "writer", None)
        if held is not None:
            yield held, False
            return
        if self._database.read_only:
            raise IndexReadOnly(f"the index in {self.folder} cannot be written. Give another --index")
        with one_writer(self.folder, wait_seconds=wait_seconds):
            self._record_dimension()
            self._held.writer = Writer(self, self._database, self.dimension)
            try:
                yield self._held.writer, True
            finally:
                self._held.writer = None

    @contextmanager
    def _small_write(self) -> Iterator[Writer]:
        with self._writer(WAIT_SECONDS) as (writer, outermost):
            yield writer
            if outermost:
                writer.flush_vectors_if_due()

    def _record_dimension(self) -> None:
        if self._recorded_dimension() is None:
            with self._database.transaction():
                self._database.run("INSERT INTO settings VALUES ('dimension', ?)", (str(self.dimension),))
        self._check_dimension()

    def _recorded_dimension(self) -> int | None:
        value = self._database.value("SELECT value FROM settings WHERE key = 'dimension'")
        return None if value is None else int(value)

    def _check_dimension(self) -> None:
        recorded = self._recorded_dimension()
        if recorded not in (None, self.dimension):
            raise IndexMismatch(
                f"the index in {self.folder} holds vectors of {recorded} dimensions, not {self.dimension}. "
                "Give another --index, or build it again: citebot sync --rebuild"
            )

    def _matching(self, where: Where) -> NDArray[np.int64]:
        """Ids of the passages that match, ascending."""
        # Sorted here: ORDER BY would lead SQLite to walk the whole table in that order instead of through an index.
        with where.evaluating():
            return np.sort(_ids(self._database.rows(f"SELECT id FROM passages WHERE {where.sql}", where.parameters)))

    def _scored(self, query: NDArray[np.float32], ids: NDArray[np.int64], top_k: int) -> list[Document]:
        rows = self._database.rows(
            f"SELECT passages.id, {_DOCUMENT_COLUMNS}, embedding FROM passages"
            " JOIN vectors ON vectors.passage = passages.id WHERE passages.id IN (SELECT value FROM json_each(?))",
            (json.dumps(ids.tolist()),),
        )
        if not rows:
            return []
        scores = cosines(query, np.stack([stored_vector(row[-1]) for row in rows]))
        ranked = sorted(zip(scores.tolist(), rows, strict=True), key=lambda pair: (-pair[0], pair[1][0]))
        return [row_document(row[1:-1], score=score) for score, row in ranked[:top_k]]

    def _metas(self, filters: Filter | None) -> list[dict[str, Any]]:
        where = compile_filters(filters)
        with where.evaluating():
            rows = self._database.rows(f"SELECT meta FROM passages WHERE {where.sql} ORDER BY id", where.parameters)
        return [json.loads(meta) for (meta,) in rows]

    def _articles(self, condition: str, value: str) -> list[Article]:
        rows = self._database.rows(
            "SELECT name, title, text, published, byline, url, language, pages, boilerplate"
            f" FROM articles WHERE {condition} ORDER BY id",
            (value,),
        )
        return [_article(row) for row in rows]


class _Snapshot:
    """The vectors of the database, as the open transaction sees them."""

    def __init__(self, database: Database, dimension: int) -> None:
        self._database = database
        self._dimension = dimension

    @property
    def generation(self) -> int:
        return int(self._database.value("SELECT ifnull(max(generation), 0) FROM generations"))

    @property
    def stamp(self) -> bytes:
        stamp: bytes | None = self._database.value("SELECT stamp FROM generations ORDER BY generation DESC LIMIT 1")
        return bytes(16) if stamp is None else stamp

    def knows(self, generation: int, stamp: bytes) -> bool:
        sql = "SELECT count(*) FROM generations WHERE generation = ? AND stamp = ?"
        return bool(self._database.value(sql, (generation, stamp)))

    def ids(self) -> NDArray[np.int64]:
        return np.sort(_ids(self._database.rows("SELECT passage FROM vectors")))

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        vectors = np.empty((len(ids), self._dimension), dtype=np.float32)
        for start in range(0, len(ids), ROWS_A_BATCH):
            part = ids[start : start + ROWS_A_BATCH]
            rows = self._database.rows(
                "SELECT embedding FROM vectors WHERE passage IN (SELECT value FROM json_each(?)) ORDER BY passage",
                (json.dumps(part.tolist()),),
            )
            vectors[start : start + len(part)] = [stored_vector(row[0]) for row in rows]
        return vectors


def _bm25(expression: str, where: Where | None, top_k: int) -> tuple[str, list[Any]]:
    """The query and its parameters: columns of a document and its score."""
    rank = f"-bm25(passages_fts, 1.0, {TITLE_WEIGHT})"
    if where is None:
        sql = (
            f"WITH best AS (SELECT rowid AS id, {rank} AS score FROM passages_fts WHERE passages_fts MATCH ?"
            " ORDER BY score DESC, id LIMIT ?)"
            f" SELECT {_DOCUMENT_COLUMNS}, score FROM best JOIN passages USING (id) ORDER BY score DESC, id"
        )
        return sql, [expression, top_k]
    # A join, not `rowid IN (subquery)`: FTS5 would start its search anew for each rowid.
    sql = (
        f"SELECT {_DOCUMENT_COLUMNS}, {rank} AS score FROM passages_fts CROSS JOIN passages"
        f" ON passages.id = passages_fts.rowid WHERE passages_fts MATCH ? AND {where.sql}"
        " ORDER BY score DESC, passages.id LIMIT ?"
    )
    return sql, [expression, *where.parameters, top_k]


def _article(row: Row) -> Article:
    name, title, text, published, byline, url, language, pages, boilerplate = row
    return Article(
        name=name,
        title=title,
        text=text,
        published=published,
        byline=byline,
        url=url,
        language=language,
        pages=tuple(json.loads(pages)),
        boilerplate=tuple((start, end) for start, end in json.loads(boilerplate)),
    )


def _ids(rows: Sequence[Row]) -> NDArray[np.int64]:
    return np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))


def _check_top_k(top_k: int) -> None:
    if top_k < 1:
        raise ValueError(f"top_k must be 1 or more, not {top_k}")


def _bytes(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
