"""Does everything in an index hold? What `citebot doctor` asks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from index.database import Database
from index.errors import IndexDamaged
from index.types import Meta

MANY: Final = 10
"""No more than so many problems of one kind are told one by one."""


def database_problems(database: Database, dimension: int) -> list[str]:
    """One line for each thing that does not hold; nothing when all is well. Damage to the file hides the rest."""
    try:
        return _at_most(_file(database)) or _content_problems(database, dimension)
    except IndexDamaged as error:
        return [str(error)]


def _content_problems(database: Database, dimension: int) -> list[str]:
    kinds = (
        _references(database),
        _full_text(database),
        _text(database),
        _counts(database),
        _vectors(database, dimension),
    )
    return [problem for kind in kinds for problem in _at_most(kind)]


def _at_most(problems: Iterator[str]) -> list[str]:
    found = list(problems)
    return found if len(found) <= MANY else [*found[:MANY], f"and {len(found) - MANY} more like the last"]


def _file(database: Database) -> Iterator[str]:
    for (message,) in database.rows("PRAGMA integrity_check"):
        if message != "ok":
            yield f"the database is damaged: {message}. Build it again: citebot sync --rebuild"


def _references(database: Database) -> Iterator[str]:
    for table, rowid, parent, _ in database.rows("PRAGMA foreign_key_check"):
        yield f"row {rowid} of {table} refers to a row of {parent} that is not there"


def _full_text(database: Database) -> Iterator[str]:
    if database.read_only:  # FTS5's check is an INSERT
        return
    try:
        with database.transaction():
            database.run("INSERT INTO passages_fts (passages_fts, rank) VALUES ('integrity-check', 1)")
    except IndexDamaged as error:
        yield f"the full text does not agree with the passages: {error}"


def _text(database: Database) -> Iterator[str]:
    """Each passage against the article that it says it is from."""
    for identity, name, text in _articles(database):
        sql = "SELECT start, end, content, meta FROM passages WHERE article = ? ORDER BY id"
        for start, end, content, meta in database.rows(sql, (identity,)):
            told = json.loads(meta)
            place = (told.get(Meta.ARTICLE), told.get(Meta.START), told.get(Meta.END))
            if text[start:end] != content or place != (name, start, end):
                yield f"the passage {start}:{end} of {name} is not the article's text there"


def _articles(database: Database) -> Iterator[tuple[int, str, str]]:
    for (identity,) in database.rows("SELECT id FROM articles ORDER BY id"):
        for _, name, text in database.rows("SELECT id, name, text FROM articles WHERE id = ?", (identity,)):
            yield identity, name, text


def _counts(database: Database) -> Iterator[str]:
    sql = (
        "SELECT path, files.articles, count(articles.id) FROM files LEFT JOIN articles ON articles.file = path"
        " GROUP BY path HAVING files.articles != count(articles.id)"
    )
    for path, recorded, there in database.rows(sql):
        yield f"{path} is recorded with {recorded} articles and has {there}"


def _vectors(database: Database, dimension: int) -> Iterator[str]:
    wrong = "SELECT passage, length(embedding) FROM vectors WHERE length(embedding) != ?"
    for passage, length in database.rows(wrong, (4 * dimension,)):
        yield f"the vector of passage {passage} has {length} bytes, not {4 * dimension}"
    missing = (
        "SELECT count(*) FROM passages WHERE article IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM vectors WHERE passage = passages.id)"
    )
    if number := database.value(missing):
        yield f"{number} passages have no vector"
