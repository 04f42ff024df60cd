"""The article side's words: article, passage, hit, receipt.

Every offset counts Unicode code points into the text of the whole article.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

Span = tuple[int, int]
"""A half-open range [start, end) of code points."""


class Meta:
    """The keys of a passage's `Document.meta`, named here and nowhere else."""

    ARTICLE: Final = "article"
    """Path relative to the articles folder with `/`; for rows `file.csv#KEY`."""
    TITLE: Final = "title"
    URL: Final = "url"
    """Absolute address the article states for itself, or absent."""
    PUBLISHED: Final = "published"
    """The stated date, ISO 8601 as stated (`2022-03-08T11:03:00` or `2022-03-08`), or absent."""
    PUBLISHED_AT: Final = "published_at"
    """The same as seconds since 1970 UTC (a stated time without a zone is read as UTC), for filters."""
    PAGE: Final = "page"
    """First page of the passage, counted from 1, for formats that have pages; else absent."""
    START: Final = "start"
    END: Final = "end"
    BOILERPLATE: Final = "boilerplate"
    """[[start, end], ...] of the article's boilerplate that touches the passage; absent when none."""


@dataclass(frozen=True, slots=True)
class Article:
    """One source text, as extracted.

    text: what citations are offsets into; never empty.
    pages: the offset at which each page starts, first 0; empty for formats without pages.
    boilerplate: ascending, disjoint spans that are never quoted as an answer.
    """

    name: str
    title: str
    text: str
    published: str | None = None
    byline: str | None = None
    url: str | None = None
    language: str | None = None
    pages: tuple[int, ...] = ()
    boilerplate: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of one article: `text == article.text[start:end]`."""

    start: int
    end: int
    text: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """An article as it is listed: without its text."""

    name: str
    title: str
    published: str | None
    byline: str | None
    url: str | None
    language: str | None
    characters: int
    passages: int


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What sync recorded of one file, so that it need not be read again while it stays as it was.

    path: relative to the articles folder with `/`. size in bytes. ctime_ns: when the system last noted a change of
    content, name or rights; 0 where it is not known. sha256 in hex, of the bytes.
    extractor: name and version of what turned the file into articles; another one reads the file again.
    error: `kind: message` of a file that could not become an article, else None.
    articles: how many articles came of it.
    """

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    sha256: str
    extractor: str
    synced_at_ns: int
    error: str | None
    articles: int


@dataclass(frozen=True, slots=True)
class Identity:
    """What an index was built for.

    articles_folder: absolute. embedder: the fingerprint of the model and of how it is run.
    """

    articles_folder: str
    embedder: str


class Change(StrEnum):
    """What sync did with an article."""

    ADDED = "added"
    CHANGED = "changed"
    RENAMED = "renamed"
    REMOVED = "removed"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Note:
    """Something a person should know about one file.

    kind: a stable word for scripts, such as `no-text`, `language`, `ignored`, `link-outside`, `encoding`.
    """

    path: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a sync did. Counts are articles (rows of one csv count each); failures are files."""

    added: int = 0
    changed: int = 0
    renamed: int = 0
    removed: int = 0
    unchanged: int = 0
    failed: int = 0
    articles: int = 0
    passages: int = 0
    embedded: int = 0
    """Passages that were embedded anew; the others kept the vector of an equal text."""
    generation: int = 0
    seconds: float = 0.0
    failures: tuple[Note, ...] = field(default=())
    notes: tuple[Note, ...] = field(default=())
