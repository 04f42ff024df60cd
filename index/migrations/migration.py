"""One step of the schema."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Migration:
    """A named step from one schema to the next; all its statements run in one transaction.

    why: what it is for, for the person who reads the list later.
    """

    name: str
    why: str
    statements: tuple[str, ...]
