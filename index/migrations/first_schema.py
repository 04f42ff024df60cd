"""Articles, passages, vectors and their full text."""

from __future__ import annotations

from typing import Final

from index.migrations.migration import Migration

SETTINGS: Final = "CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"

# A derived file carries generation and stamp of the commit it was made from; a stamp that is not in this
# table comes from another history, in which equal rowids may name other passages.
GENERATIONS: Final = "CREATE TABLE generations (generation INTEGER PRIMARY KEY, stamp BLOB NOT NULL)"

# Inode as text: it is unsigned 64 bits, SQLite's integers are signed.
FILES: Final = """
CREATE TABLE files (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    inode TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    extractor TEXT NOT NULL,
    synced_at_ns INTEGER NOT NULL,
    error TEXT,
    articles INTEGER NOT NULL
) WITHOUT ROWID
"""

ARTICLES: Final = """
CREATE TABLE articles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    file TEXT NOT NULL REFERENCES files (path) ON DELETE CASCADE,
    title TEXT NOT NULL,
    published TEXT,
    byline TEXT,
    url TEXT,
    language TEXT,
    pages TEXT NOT NULL,
    boilerplate TEXT NOT NULL,
    characters INTEGER NOT NULL,
    text TEXT NOT NULL
)
"""

# AUTOINCREMENT: the id is the vector's id in FAISS, and a reused one would let a stale file name another passage.
# meta stands before content, so that a filter need not walk over the text.
PASSAGES: Final = """
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document TEXT NOT NULL UNIQUE,
    article INTEGER REFERENCES articles (id) ON DELETE CASCADE,
    start INTEGER,
    end INTEGER,
    page INTEGER,
    meta TEXT NOT NULL,
    title TEXT,
    content TEXT,
    blob TEXT,
    sparse_embedding TEXT
)
"""

# Vectors stand apart, so that scans of passages do not read 1.5 KB a row for nothing. A passage's vector never
# changes: an overwritten document gets a new passage id.
VECTORS: Final = """
CREATE TABLE vectors (
    passage INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
    embedded_sha256 BLOB,
    embedding BLOB NOT NULL
)
"""

INDEXES: Final = (
    "CREATE INDEX articles_by_file ON articles (file)",
    "CREATE INDEX passages_by_article ON passages (article)",
    "CREATE INDEX vectors_by_text ON vectors (embedded_sha256)",
    # The expressions are those that index/filters.py writes; SQLite uses the index only for the same words.
    "CREATE INDEX passages_by_meta_article ON passages (meta -> '$.article')",
    "CREATE INDEX passages_by_meta_title ON passages (meta -> '$.title')",
    "CREATE INDEX passages_by_meta_url ON passages (meta -> '$.url')",
    "CREATE INDEX passages_by_meta_published_at ON passages (json_extract(meta, '$.published_at'))",
)

FULL_TEXT: Final = """
CREATE VIRTUAL TABLE passages_fts USING fts5 (
    content, title,
    content = 'passages', content_rowid = 'id',
    tokenize = 'porter unicode61 remove_diacritics 2'
)
"""

TRIGGERS: Final = (
    """
    CREATE TRIGGER passages_inserted AFTER INSERT ON passages BEGIN
        INSERT INTO passages_fts (rowid, content, title) VALUES (new.id, new.content, new.title);
    END
    """,
    """
    CREATE TRIGGER passages_deleted AFTER DELETE ON passages BEGIN
        INSERT INTO passages_fts (passages_fts, rowid, content, title)
        VALUES ('delete', old.id, old.content, old.title);
    END
    """,
    """
    CREATE TRIGGER passages_updated AFTER UPDATE OF content, title ON passages BEGIN
        INSERT INTO passages_fts (passages_fts, rowid, content, title)
        VALUES ('delete', old.id, old.content, old.title);
        INSERT INTO passages_fts (rowid, content, title) VALUES (new.id, new.content, new.title);
    END
    """,
)

FIRST_SCHEMA: Final = Migration(
    name="first schema",
    why="Articles, passages, vectors and full text change together in one transaction.",
    statements=(SETTINGS, GENERATIONS, FILES, ARTICLES, PASSAGES, VECTORS, *INDEXES, FULL_TEXT, *TRIGGERS),
)
