"""The schema of the index, as the steps that lead to it, one file a step.

`PRAGMA user_version` is the number of steps that a database has taken. A step that has been released is
never edited: add another.
"""

from __future__ import annotations

from index.migrations.first_schema import FIRST_SCHEMA
from index.migrations.migration import Migration
from index.migrations.time_of_change import TIME_OF_CHANGE

__all__ = ["MIGRATIONS", "Migration"]

MIGRATIONS: tuple[Migration, ...] = (FIRST_SCHEMA, TIME_OF_CHANGE)
