"""Files that a person names and a command writes: tried before the work, and written whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from index.errors import UsageError

_OPEN_ALREADY: Final = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/")
"""A pipe behind such a name leads nowhere, and a file must stay the one that whoever opened it writes to."""

_MADE_FOR_ALL: Final = 0o666
"""Less what the person's umask takes."""


def expanded(name: str) -> Path:
    """The path with `~` as the home folder, also where no shell saw it. Raises UsageError for nobody's home."""
    try:
        return Path(name).expanduser() if name.startswith("~") else Path(name)
    except RuntimeError as error:
        raise UsageError(f"{name}: there is no such home folder; for a file of that name write ./{name}") from error


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file, by symbolic or hard links too, whether it is there yet or not."""
    first, second = _seen(one), _seen(other)
    if first and second:
        return os.path.samestat(first, second)
    return _target(one) == _target(other)


def is_plain(path: Path) -> bool:
    """Whether it is a file, or would be: no pipe, terminal or other device, and none that is open already."""
    seen = _seen(path)
    if path.as_posix().startswith(_OPEN_ALREADY):
        return False
    return seen is None or stat.S_ISREG(seen.st_mode)


def try_out(path: Path) -> None:
    """Raise the OSError that writing would raise, as far as that can be known before; leave everything as it is."""
    target = _target(path)
    seen = _seen(path)
    if seen and stat.S_ISDIR(seen.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if is_plain(path):
        with _beside(target):
            pass


def write_whole(path: Path, text: str) -> None:
    """The whole text, or the file as it was: written beside it, then moved. A symbolic link stays one.

    Raises OSError.
    """
    target = _target(path)
    data = text.encode("utf-8", "backslashreplace")
    if not is_plain(path):
        path.write_bytes(data)
        return
    with _beside(target) as (handle, scratch):
        with os.fdopen(os.dup(handle), "wb") as file:
            file.write(data)
        os.fsync(handle)
        scratch.replace(target)


@contextmanager
def _beside(target: Path) -> Iterator[tuple[int, Path]]:
    """A new file in the same folder, with the rights of the target; taken away unless it was moved."""
    try:
        seen = target.stat()
    except FileNotFoundError:
        seen = None
    if seen and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    scratch = target.with_name(f".citebot-{secrets.token_hex(8)}")
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MADE_FOR_ALL)
    try:
        if seen:
            os.fchmod(handle, stat.S_IMODE(seen.st_mode))
        yield handle, scratch
    finally:
        os.close(handle)
        scratch.unlink(missing_ok=True)


def _seen(path: Path) -> os.stat_result | None:
    """What lies there; None also for what cannot be looked at, which whoever writes there will learn."""
    try:
        return path.stat()
    except OSError:
        return None


def _target(path: Path) -> Path:
    """Where a path leads: unlike Path.resolve, also where links go round in a circle."""
    return Path(os.path.realpath(path))
