"""The schema of the index, as the steps that lead to it, one file a step.

`PRAGMA user_version` is the number of steps that a database has taken. A step that has been released is
never edited: add another.
"""

from __future__ import annotations

from index.migrations.first_schema import FIRST_SCHEMA
from index.migrations.migration import Migration

__all__ = ["MIGRATIONS", "Migration"]

MIGRATIONS: tuple[Migration, ...] = (FIRST_SCHEMA,)
