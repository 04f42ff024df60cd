"""The bytes of one file of the articles folder, read so that nothing that lies there can stop or swell a sync.

Between the scan and the reading a file may have been replaced: by a link out of the folder, by a pipe that nobody
writes to, by something larger. So it is opened without following a link and without waiting, and looked at again.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from index.errors import ExtractionError

LARGEST_BYTES: Final = 200_000_000

_NEVER: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
"""Never through a link: those that stay inside the folder are resolved before."""
_FILE: Final = _NEVER | os.O_NONBLOCK
_FOLDER: Final = _NEVER | os.O_DIRECTORY


def check_size(name: str, size: int) -> None:
    """Raises ExtractionError with the kind `too-large` for a file of more than LARGEST_BYTES."""
    if size > LARGEST_BYTES:
        raise ExtractionError(
            f"{name} has {size / 1e6:.0f} MB, more than the {LARGEST_BYTES / 1e6:.0f} MB that are read. Split it",
            kind="too-large",
        )


def read_file(folder: Path, name: str) -> bytes:
    """All bytes of a regular file inside the folder; a link that stays inside is followed.

    name: relative to the folder, with `/`. No more than LARGEST_BYTES and one are ever read.
    Raises ExtractionError with the kind `unreadable`, `special`, `link-outside` or `too-large`.
    """
    try:
        root, real = folder.resolve(), (folder / name).resolve(strict=True)
        if not real.is_relative_to(root):
            raise ExtractionError(f"{name} leads out of the folder, to {real}; it was not read", kind="link-outside")
        return _read_regular(_opened(root, real.relative_to(root).parts), name)
    except OSError as error:
        raise ExtractionError(f"cannot read {name}: {error.strerror}", kind="unreadable") from error
    except RuntimeError as error:  # links in a circle, before Python 3.13
        raise ExtractionError(f"cannot read {name}: its links lead in a circle", kind="unreadable") from error


def _opened(root: Path, parts: tuple[str, ...]) -> int:
    """A descriptor of the file, opened step by step, so that no folder on the way can become a link meanwhile."""
    place = os.open(root, _FOLDER)
    for part in parts[:-1]:
        place = _stepped(place, part, _FOLDER)
    return _stepped(place, parts[-1], _FILE)


def _stepped(place: int, part: str, flags: int) -> int:
    try:
        return os.open(part, flags, dir_fd=place)
    finally:
        os.close(place)


def _read_regular(descriptor: int, name: str) -> bytes:
    with open(descriptor, "rb") as file:  # a descriptor, not a path
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ExtractionError(f"{name} is a pipe, socket or device, not a file; it was not read", kind="special")
        check_size(name, status.st_size)
        data = file.read(status.st_size + 1)  # of the largest size at once it would take as much memory
        if len(data) > status.st_size:  # it grew meanwhile
            data += file.read(LARGEST_BYTES + 1 - len(data))
    check_size(name, len(data))
    return data
