"""Who may read an index: never more people than may read all of the articles that it was made of.

An index holds the words of every article, so that one article of the owner's alone makes it the owner's alone.
Nobody but the owner may ever write to it.
"""

from __future__ import annotations

import os
import stat
import threading
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Final

DATABASE_NAME: Final = "passages.db"
FAISS_NAME: Final = "passages.faiss"
LOCK_NAME: Final = "writer.lock"
PRIVATE_FOLDER: Final = 0o700
PRIVATE_FILE: Final = 0o600

_FILES: Final = frozenset(
    {DATABASE_NAME, f"{DATABASE_NAME}-wal", f"{DATABASE_NAME}-shm", FAISS_NAME, f"{FAISS_NAME}.tmp", LOCK_NAME}
)
_BESIDE: Final = frozenset({"regress", "regress-failed.json"})
"""What question sets keep in the folder of an index, for its owner alone."""
_CREATING: Final = threading.Lock()


class Readers(IntEnum):
    """Who may read besides those named before."""

    OWNER = 0
    GROUP = 1
    EVERYBODY = 2


_FOLDER_MODES: Final = {Readers.OWNER: 0o700, Readers.GROUP: 0o750, Readers.EVERYBODY: 0o755}


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may read all of some files. group: the one that `Readers.GROUP` means."""

    readers: Readers = Readers.OWNER
    group: int = -1

    def narrowed(self, status: os.stat_result) -> Audience:
        """Those of them who may read this file, or list and enter this folder."""
        return self._narrowed(status, 5 if stat.S_ISDIR(status.st_mode) else 4)

    def behind(self, status: os.stat_result) -> Audience:
        """Those of them who may pass through this folder."""
        return self._narrowed(status, 1)

    def folder_mode(self, group: int) -> int:
        """What a folder of this group may grant at most."""
        if self.readers is Readers.GROUP and group != self.group:
            return PRIVATE_FOLDER
        return _FOLDER_MODES[self.readers]

    def file_mode(self, group: int) -> int:
        """What a file of this group may grant at most."""
        return self.folder_mode(group) & 0o644

    def _narrowed(self, status: os.stat_result, needed: int) -> Audience:
        return Audience(min(self.readers, _readers(status, needed, self.group)), self.group)


def audience_of(folder: Path) -> Audience:
    """Who may list and enter a folder, by its own rights and those of the folders above it. Raises OSError."""
    status = folder.stat()
    audience = Audience(Readers.EVERYBODY, status.st_gid).narrowed(status)
    for above in folder.resolve().parents:
        audience = audience.behind(above.stat())
    return audience


def make_folder(folder: Path, audience: Audience) -> None:
    """Make the folder of an index for this audience; one that is there is left as it is. Raises OSError."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        folder.mkdir(mode=audience.folder_mode(audience.group))
        restrict(folder, audience)  # it may have got another group


def create_file(path: Path) -> None:
    """Make an empty file where there is none, readable by no more people than its folder. Raises OSError.

    A file that is there is not opened: to close it again would let go of this process's locks on it.
    """
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC
    with _CREATING, suppress(FileExistsError):
        os.close(os.open(path, flags, mode_beside(path.parent)))


def mode_beside(*places: Path) -> int:
    """What a new file may grant at most beside this folder and these files, as far as they are there."""
    mode = 0o644
    for place in places:
        with suppress(FileNotFoundError):
            mode &= place.stat().st_mode | PRIVATE_FILE
    return mode


def restrict(folder: Path, audience: Audience) -> None:
    """Take away what the rights of an index grant beyond the audience, as far as it is this process's to change."""
    with suppress(OSError):  # it can be entered, not listed
        for place in _places(folder):
            with suppress(OSError):  # it is gone, somebody else's, or on a disk that is read only
                _restrict(place, audience)


def _places(folder: Path) -> list[Path]:
    """The files of an index and, unless it holds other things, its folder."""
    there = list(folder.iterdir())
    files = [path for path in there if path.name in _FILES and not path.is_symlink()]
    return files if any(path.name not in _FILES | _BESIDE for path in there) else [*files, folder]


def _restrict(place: Path, audience: Audience) -> None:
    status = place.stat()
    now = stat.S_IMODE(status.st_mode)
    wanted = now & (_allowed(place, status, audience) | 0o7000)
    if wanted != now:
        place.chmod(wanted)


def _allowed(path: Path, status: os.stat_result, audience: Audience) -> int:
    if path.name == LOCK_NAME:  # who can open it can hold it
        return PRIVATE_FILE
    if stat.S_ISDIR(status.st_mode):
        return audience.folder_mode(status.st_gid)
    return audience.file_mode(status.st_gid)


def _readers(status: os.stat_result, needed: int, group: int) -> Readers:
    """needed: the bits of one class that reading takes."""
    if status.st_mode & needed * 0o11 == needed * 0o11:
        return Readers.EVERYBODY
    if status.st_mode & needed * 0o10 == needed * 0o10 and status.st_gid == group:
        return Readers.GROUP
    return Readers.OWNER
