"""Which cases of a set are asked: by tag, by id, or those that failed last time."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from bot.files import write_whole
from bot.regression.cases import Case, QuestionSet
from bot.state import private_file
from index.errors import UsageError

FAILED_FILE: Final = "regress-failed.json"
"""Beside the index: the ids that were wrong when each set was last asked."""


@dataclass(frozen=True, slots=True)
class Selection:
    """tags: any of them. ids: any of them, `*` and `?` as in file names. failed: ids that failed last time."""

    tags: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    failed: frozenset[str] | None = None

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return not self.tags and not self.ids and self.failed is None

    def takes(self, case: Case) -> bool:
        """Whether a case passes all that was asked for."""
        tagged = not self.tags or any(tag in case.tags for tag in self.tags)
        named = not self.ids or any(_is_named(case.id, pattern) for pattern in self.ids)
        return tagged and named and (self.failed is None or case.id in self.failed)


def _is_named(identity: str, pattern: str) -> bool:
    """Only `*` and `?` mean something: an id may hold brackets."""
    return identity == pattern or fnmatchcase(identity, pattern.replace("[", "[[]"))


def selected(sets: Sequence[QuestionSet], selection: Selection) -> list[QuestionSet]:
    """The sets with the cases that the selection takes. Raises UsageError when none is left."""
    kept = [replace(s, cases=tuple(case for case in s.cases if selection.takes(case))) for s in sets]
    if not any(s.cases for s in kept):
        tags = sorted({tag for s in sets for case in s.cases for tag in case.tags})
        known = f"; the tags are: {', '.join(tags)}" if selection.tags and tags else ""
        raise UsageError(f"no case is left of {sum(len(s.cases) for s in sets)}{known}")
    return kept


def failed_last(folder: Path) -> frozenset[str]:
    """The ids that failed last time. Raises UsageError where nothing was kept, or nothing failed."""
    path = folder / FAILED_FILE
    try:
        ids = frozenset(str(identity) for identity in json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise UsageError(f"nothing is kept of a run before in {path}; run without --last-failed first") from error
    if not ids:
        raise UsageError("nothing failed last time; run without --last-failed")
    return ids


def keep_failed(folder: Path, asked: Collection[str], failed: Collection[str]) -> None:
    """Keep the failures for `--last-failed`: of what was asked the new ones, of the rest those of before.

    A folder that cannot be written keeps nothing: the run itself is not harmed.
    """
    path = folder / FAILED_FILE
    try:
        before = set(failed_last(folder)) if path.exists() else set()
    except UsageError:
        before = set()
    ids = sorted((before - set(asked)) | set(failed))
    try:
        write_whole(private_file(path), json.dumps(ids, indent=1) + "\n")
    except OSError:
        return
