"""When the system last noted a change of a file, which no program can set back."""

from __future__ import annotations

from typing import Final

from index.migrations.migration import Migration

# 0 for the files of an older index: it differs from every real time, so each is hashed once.
TIME_OF_CHANGE: Final = Migration(
    name="time of change",
    why="An edit that keeps size and modification time is seen by the time of change.",
    statements=("ALTER TABLE files ADD COLUMN ctime_ns INTEGER NOT NULL DEFAULT 0",),
)
