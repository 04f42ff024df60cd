"""What can go wrong on the article side.

CitebotError                 a message for a person: what, the value, the next step
├── UsageError               arguments or settings that cannot be used
├── IndexUnusable            the index cannot be used as it is
│   ├── IndexMismatch        built for another folder, embedder or dimension
│   ├── IndexTooNew          written by a newer version
│   ├── IndexReadOnly        cannot be written here
│   ├── IndexLocked          another process is writing
│   ├── IndexMissing         nothing there yet
│   └── IndexDamaged         not a database, or its content does not hold
├── FolderError              the articles folder is missing, empty, unreadable or no longer what it was
├── ExtractionError          one file could not become an article
├── StorageFull              no space left, or a write failed
└── ModelError               a model's files are missing, damaged or do not fit
"""

from __future__ import annotations


class CitebotError(Exception):
    """Base of every error whose message is meant for a person."""


class UsageError(CitebotError):
    """Arguments or settings that cannot be used."""


class IndexUnusable(CitebotError):
    """The index cannot be used as it is."""


class IndexMismatch(IndexUnusable):
    """The index was built for another articles folder, embedder or dimension."""


class IndexTooNew(IndexUnusable):
    """The index was written by a newer version of Citebot."""


class IndexReadOnly(IndexUnusable):
    """The index must be written and cannot be."""


class IndexLocked(IndexUnusable):
    """Another process is writing the index."""


class IndexMissing(IndexUnusable):
    """There is no index yet."""


class IndexDamaged(IndexUnusable):
    """The index is not a database, or its content does not hold."""


class FolderError(CitebotError):
    """The articles folder is missing, empty, unreadable or no longer what it was."""


class ExtractionError(CitebotError):
    """One file could not become an article.

    kind: a stable word for scripts, such as `encrypted`, `no-text`, `not-what-it-says`, `encoding`.
    """

    def __init__(self, message: str, kind: str = "unreadable") -> None:
        super().__init__(message)
        self.kind = kind


class StorageFull(CitebotError):
    """No space left, or a write to the index failed."""


class ModelError(CitebotError):
    """A model's files are missing, damaged or do not fit."""
