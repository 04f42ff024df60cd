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

_FLAGS: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


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
        real = (folder / name).resolve(strict=True)
        if not real.is_relative_to(folder.resolve()):
            raise ExtractionError(f"{name} leads out of the folder, to {real}; it was not read", kind="link-outside")
        return _read_regular(os.open(real, _FLAGS), name)
    except OSError as error:
        raise ExtractionError(f"cannot read {name}: {error.strerror}", kind="unreadable") from error


def _read_regular(descriptor: int, name: str) -> bytes:
    with open(descriptor, "rb") as file:  # a descriptor, not a path
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ExtractionError(f"{name} is a pipe, socket or device, not a file; it was not read", kind="special")
        check_size(name, status.st_size)
        data = file.read(LARGEST_BYTES + 1)
    check_size(name, len(data))  # it may have grown
    return data
