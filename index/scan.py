"""What lies in the articles folder: supported files by stat alone, and a note on everything passed over."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from index.errors import FolderError
from index.rights import Audience, audience_of
from index.types import Note

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

SUPPORTED: Final = frozenset(
    {".txt", ".md", ".markdown", ".html", ".htm", ".pdf", ".csv", ".jsonl", ".ndjson", ".docx"}
)
"""File endings that become articles, in lower case; `.TXT` counts as `.txt`."""

IGNORE_FILE: Final = ".citebotignore"
"""Patterns in the syntax of .gitignore, read from the root of the articles folder."""

LARGEST_IGNORE_FILE: Final = 1_000_000
"""Bytes; a list of patterns is never as long."""

NOTES_PER_KIND: Final = 20
"""So many files of one kind are named one by one; the rest are counted in one note."""

_BACKUP_ENDINGS: Final = ("~", ".bak", ".swp", ".swo", ".tmp", ".orig", ".part")
_BACKUP_BEGINNINGS: Final = ("~$", "#")


@dataclass(frozen=True, slots=True)
class FileState:
    """What tells, without reading it, whether a file may have changed.

    path: relative to the articles folder, with `/`.
    """

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


def _state(path: str, status: os.stat_result) -> FileState:
    return FileState(path, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


@dataclass(frozen=True, slots=True)
class Scan:
    """The supported files, sorted by path, and notes on what was passed over.

    audience: who may read all of these files.
    """

    files: tuple[FileState, ...]
    notes: tuple[Note, ...]
    audience: Audience = field(default_factory=Audience, compare=False)


def scan(folder: Path) -> Scan:
    """List the articles of a folder and of those below it.

    Hidden files, hidden folders and editors' back-ups are passed over silently. A symbolic link that stays
    inside the folder is followed unless its target is read anyway: no file is listed twice by links, and no
    link can lead in circles. No supported file at all is an empty result.
    Raises FolderError when the folder is missing, not a folder or unreadable, or its ignore file is unusable.
    """
    _check_folder(folder)
    walk = _Walk(folder.resolve(), _ignored_by(folder), audience_of(folder))
    walk.run()
    return Scan(tuple(sorted(walk.files, key=lambda state: state.path)), walk.all_notes(), walk.audience)


def _check_folder(folder: Path) -> None:
    if not folder.exists():
        raise FolderError(f"no such folder: {folder}. Give the folder that holds the articles: --articles FOLDER")
    if not folder.is_dir():
        raise FolderError(f"{folder} is a file, not a folder. Give the folder that holds it: --articles FOLDER")
    try:
        with os.scandir(folder):
            pass
    except OSError as error:
        raise FolderError(f"cannot read the folder {folder}: {error.strerror}. Check its permissions") from error


def _ignored_by(folder: Path) -> GitIgnoreSpec | None:
    file = folder / IGNORE_FILE
    if not file.is_file():
        return None
    from pathspec import GitIgnoreSpec

    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST_IGNORE_FILE + 1)
        if len(data) > LARGEST_IGNORE_FILE:
            raise ValueError(f"it has more than {LARGEST_IGNORE_FILE} bytes")
        return GitIgnoreSpec.from_lines(data.decode("utf-8-sig").splitlines())
    except Exception as error:  # what patterns and their regular expressions may raise cannot be listed
        raise FolderError(f"cannot use {file}: {error}. Mend it or take it away") from error


def _is_passed_over(name: str) -> bool:
    return name.startswith((".", *_BACKUP_BEGINNINGS)) or name.lower().endswith(_BACKUP_ENDINGS)


def _is_plain(name: str) -> bool:
    """Whether a name can be stored and shown: valid UTF-8 without control characters."""
    if name.isprintable():
        return True
    return not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in name)


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


@dataclass(slots=True)
class _Walk:
    """One walk through the folder. Links wait until everything real was seen, so that the real path wins."""

    root: Path
    spec: GitIgnoreSpec | None
    audience: Audience
    files: list[FileState] = field(default_factory=list)
    notes: dict[str, list[Note]] = field(default_factory=dict)
    unsupported: Counter[str] = field(default_factory=Counter)
    ignored: dict[int, Counter[str]] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    seen: set[tuple[int, int]] = field(default_factory=set)
    """Device and inode of each folder walked and each file listed."""
    through_links: bool = False
    """From here on a file listed before is not listed again; before, two hard links are two files."""

    def run(self) -> None:
        self._folder("")
        self.through_links = True
        while self.links:
            waiting, self.links = sorted(self.links), []
            for path in waiting:
                self._link(path)

    def all_notes(self) -> tuple[Note, ...]:
        named = [note for kind in sorted(self.notes) for note in self._capped(kind)]
        return (*named, *self._ignored_notes(), *self._unsupported_notes())

    def _folder(self, path: str) -> None:
        pending = [path]
        while pending:
            here = pending.pop()
            try:
                status = (self.root / here).stat()
                with os.scandir(self.root / here) as entries:
                    found = list(entries)
            except OSError as error:
                self._note(here, "unreadable", f"cannot read the folder {here}: {error.strerror}")
                continue
            if (status.st_dev, status.st_ino) in self.seen:
                continue
            self.seen.add((status.st_dev, status.st_ino))
            self.audience = self.audience.narrowed(status)
            pending.extend(inner for entry in found if (inner := self._entry(here, entry)) is not None)

    def _entry(self, folder: str, entry: os.DirEntry[str]) -> str | None:
        """Take one entry in; the path of a folder still to be walked, else None."""
        if _is_passed_over(entry.name):
            return None
        path = f"{folder}/{entry.name}" if folder else entry.name
        if not _is_plain(entry.name):
            shown = path.encode("utf-8", "backslashreplace").decode()
            self._note(repr(shown)[1:-1], "name", f"the name {shown!r} is not plain text; rename the file to read it")
        elif entry.is_symlink():
            self.links.append(path)
        elif entry.is_dir(follow_symlinks=False):
            return None if self._is_ignored(path, folder=True) else path
        else:
            self._file(path, entry)
        return None

    def _file(self, path: str, entry: os.DirEntry[str] | Path) -> None:
        if self._is_ignored(path, folder=False):
            return
        suffix = os.path.splitext(path)[1].lower()  # noqa: PTH122  # ten times as fast as a path's suffix
        if suffix not in SUPPORTED:
            self.unsupported[suffix] += 1
            return
        try:
            status = entry.stat()
        except OSError as error:
            self._note(path, "unreadable", f"cannot read {path}: {error.strerror}")
            return
        if not stat.S_ISREG(status.st_mode):
            self._note(path, "special", f"{path} is a pipe, socket or device, not a file; it was not read")
            return
        if self.through_links and (status.st_dev, status.st_ino) in self.seen:
            return
        self.seen.add((status.st_dev, status.st_ino))
        self.audience = self.audience.narrowed(status)
        self.files.append(_state(path, status))

    def _link(self, path: str) -> None:
        try:
            target = (self.root / path).resolve(strict=True)
            status = target.stat()
        except (OSError, RuntimeError):  # RuntimeError: links in a circle, before Python 3.13
            self._note(path, "link-broken", f"the link {path} leads nowhere; it was not read")
            return
        if not target.is_relative_to(self.root):
            self._note(path, "link-outside", f"the link {path} leads out of the folder, to {target}; it was not read")
        elif (status.st_dev, status.st_ino) in self.seen:
            return
        elif stat.S_ISDIR(status.st_mode):
            if not self._is_ignored(path, folder=True):
                self._pass_through(target)
                self._folder(path)
        else:
            self._pass_through(target)
            self._file(path, target)

    def _pass_through(self, target: Path) -> None:
        """Who may read what a link leads to must reach it; the folders on the way may be hidden ones."""
        for folder in target.relative_to(self.root).parents:
            self.audience = self.audience.behind((self.root / folder).stat())

    def _is_ignored(self, path: str, *, folder: bool) -> bool:
        if self.spec is None:
            return False
        result = self.spec.check_file(f"{path}/" if folder else path)
        if not result.include or result.index is None:
            return False
        self.ignored.setdefault(result.index, Counter())["folder" if folder else "file"] += 1
        return True

    def _note(self, path: str, kind: str, message: str) -> None:
        self.notes.setdefault(kind, []).append(Note(path, kind, message))

    def _capped(self, kind: str) -> list[Note]:
        """The notes of a kind, sorted; beyond NOTES_PER_KIND one that counts the rest.

        Unreadable places are all named: sync keeps what it knows of each.
        """
        notes = sorted(self.notes[kind], key=lambda note: note.path)
        more = len(notes) - NOTES_PER_KIND
        if more <= 0 or kind == "unreadable":
            return notes
        rest = Note(notes[NOTES_PER_KIND].path, kind, f"and {more} more of the kind {kind}")
        return [*notes[:NOTES_PER_KIND], rest]

    def _ignored_notes(self) -> list[Note]:
        patterns = list(self.spec.patterns) if self.spec is not None else []
        return [
            Note(
                IGNORE_FILE,
                "ignored",
                f"{' and '.join(_counted(count, thing) for thing, count in sorted(counts.items()))} ignored by "
                f"{str(patterns[index].pattern)!r}, pattern {index + 1} of {IGNORE_FILE}",
            )
            for index, counts in sorted(self.ignored.items())
        ]

    def _unsupported_notes(self) -> list[Note]:
        return [
            Note(
                f"*{suffix}",
                "unsupported",
                f"{_counted(count, 'file')} ending in {suffix} not read: not a format that becomes an article"
                if suffix
                else f"{_counted(count, 'file')} without an ending not read",
            )
            for suffix, count in sorted(self.unsupported.items())
        ]
