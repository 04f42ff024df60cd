"""The schema of the bot's own file, as the steps that lead to it.

`PRAGMA user_version` is the number of steps taken. A released step is never edited: add another.
"""

from __future__ import annotations

from typing import Final

from index.migrations import Migration

MIGRATIONS: Final[tuple[Migration, ...]] = (
    Migration(
        "access, updates, answers, feedback",
        "Who may ask, what arrived and is not done, what was answered where, and what people thought of it.",
        (
            "CREATE TABLE people (id INTEGER PRIMARY KEY, role TEXT NOT NULL, at REAL NOT NULL)",
            "CREATE TABLE chats (id INTEGER PRIMARY KEY, role TEXT NOT NULL, at REAL NOT NULL)",
            "CREATE TABLE updates (id INTEGER PRIMARY KEY, at REAL NOT NULL, payload TEXT)",
            """CREATE TABLE answers (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                at REAL NOT NULL,
                chat INTEGER NOT NULL,
                thread INTEGER,
                person INTEGER NOT NULL,
                question_message INTEGER NOT NULL,
                answer TEXT NOT NULL
            )""",
            "CREATE INDEX answers_by_question ON answers (chat, question_message)",
            "CREATE INDEX answers_by_time ON answers (at)",
            """CREATE TABLE messages (
                chat INTEGER NOT NULL,
                message INTEGER NOT NULL,
                answer INTEGER NOT NULL REFERENCES answers (id) ON DELETE CASCADE,
                asks_correction_of INTEGER,
                PRIMARY KEY (chat, message)
            )""",
            "CREATE INDEX messages_by_answer ON messages (answer)",
            """CREATE TABLE feedback (
                answer INTEGER NOT NULL REFERENCES answers (id) ON DELETE CASCADE,
                person INTEGER NOT NULL,
                at REAL NOT NULL,
                good INTEGER NOT NULL,
                correction TEXT,
                PRIMARY KEY (answer, person)
            )""",
        ),
    ),
    Migration(
        "turns of answers",
        "Which turn of the conversation an answer is, so that the button reads on where the conversation is.",
        ("ALTER TABLE answers ADD COLUMN turn INTEGER",),
    ),
    Migration(
        "conditions of answers",
        "What the articles had to meet, so that a draft case asks what was asked.",
        ("ALTER TABLE answers ADD COLUMN conditions TEXT NOT NULL DEFAULT '[]'",),
    ),
)
