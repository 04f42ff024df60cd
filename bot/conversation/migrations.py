"""The schema of the conversation file, as the steps that lead to it.

`PRAGMA user_version` is the number of steps taken. A released step is never edited: add another.
"""

from __future__ import annotations

from typing import Final

from index.migrations import Migration

TURNS: Final = """
CREATE TABLE turns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    place TEXT NOT NULL,
    person TEXT NOT NULL,
    at REAL NOT NULL,
    topic INTEGER NOT NULL,
    question TEXT NOT NULL,
    conditions TEXT NOT NULL,
    answer TEXT NOT NULL
)
"""

MIGRATIONS: Final[tuple[Migration, ...]] = (
    Migration(
        "turns",
        "Questions and answers by place and person, apart from the index, which may be rebuilt.",
        (
            TURNS,
            "CREATE INDEX turns_by_speaker ON turns (place, person, id)",
            "CREATE INDEX turns_by_time ON turns (at)",
        ),
    ),
    Migration(
        "reading on",
        "How far 'more' has shown the article of a turn, so that it goes on after a restart.",
        ("ALTER TABLE turns ADD COLUMN read_to INTEGER",),
    ),
)
