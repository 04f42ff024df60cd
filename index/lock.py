"""Who may write: one process, and in it one thread, at a time."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from index.errors import IndexLocked, IndexReadOnly, StorageFull
from index.rights import LOCK_NAME, PRIVATE_FILE, PRIVATE_FOLDER

POLL_SECONDS: Final = 0.05


@contextmanager
def one_writer(folder: Path, *, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the folder's writer lock. The system lets go of it when the process dies, however it dies.

    The lock file stays: to remove it would let two processes lock two files of the same name.
    Raises IndexLocked, which names the holder, after wait_seconds; IndexReadOnly where the file cannot be made.
    """
    handle = _open(folder)
    try:
        _take(handle, folder, time.monotonic() + wait_seconds)
        _sign(handle)
        yield
    finally:
        os.close(handle)


def _open(folder: Path) -> int:
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        return os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, PRIVATE_FILE)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(f"cannot write to the index in {folder}: {error.strerror}. Make room") from error
        raise IndexReadOnly(
            f"the index in {folder} cannot be written: {error.strerror}. Give another --index, or its permissions"
        ) from error


def _take(handle: int, folder: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise IndexLocked(_told(handle, folder)) from None
            time.sleep(POLL_SECONDS)


def _sign(handle: int) -> None:
    """Leave our process id for who is kept waiting; where the disk is full they are told less, and we go on."""
    with suppress(OSError):
        os.truncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)


def _told(handle: int, folder: Path) -> str:
    holder = os.pread(handle, 32, 0).decode("ascii", "replace").strip() or "unknown"
    return f"process {holder} is writing the index in {folder}. Wait until it is done, then run it again"
