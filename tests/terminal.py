"""A pseudo-terminal with the real command in it: keys in, screen bytes out."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

PATIENCE_SECONDS = 60.0

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC
    r"|\x1b[=>78]|\x1b[()][A-Z0-9]"
)


class Terminal:
    """A process whose stdin, stdout and stderr are one pseudo-terminal. Use as a context manager."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        *,
        columns: int = 100,
        rows: int = 40,
        folder: Path | None = None,
    ) -> None:
        self.started = time.perf_counter()
        self.folder = folder
        self._leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._process = subprocess.Popen(
            arguments,
            stdin=follower,
            stdout=follower,
            stderr=follower,
            env={"PROMPT_TOOLKIT_NO_CPR": "1", "TERM": "xterm-256color", **environment},
            cwd=folder,
            preexec_fn=_own_the_terminal,
        )
        os.close(follower)
        self.raw = ""
        """Everything that was written, undecoded escapes and all."""
        self._seen = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._leader)

    def type(self, keys: str) -> None:
        """As a person would; "\\r" is Enter, "\\x03" Ctrl-C, "\\x04" Ctrl-D, "\\t" Tab."""
        os.write(self._leader, keys.encode())

    def until(self, pattern: str, seconds: float = PATIENCE_SECONDS) -> str:
        """What was shown since the last call up to and with the pattern, escapes taken out."""
        deadline = time.perf_counter() + seconds
        while True:
            shown = plain(self.raw[self._seen :])
            found = re.search(pattern, shown, re.DOTALL)
            if found is not None:
                self._seen = len(self.raw)
                return shown
            if time.perf_counter() > deadline or not self._read(deadline - time.perf_counter()):
                raise AssertionError(f"{pattern!r} was not shown; this was:\n{shown}")

    def status(self, seconds: float = PATIENCE_SECONDS) -> int:
        """The exit status, waited for."""
        deadline = time.perf_counter() + seconds
        while self._process.poll() is None and time.perf_counter() < deadline:
            self._read(0.05)
        while self._read(0.05):
            pass
        return self._process.wait(timeout=1)

    def _read(self, seconds: float) -> bool:
        """Whether something was read."""
        if not select.select([self._leader], [], [], max(0.0, seconds))[0]:
            return False
        try:
            data = os.read(self._leader, 65_536)
        except OSError:  # Linux's way to say that the other side was closed
            return False
        self.raw += data.decode("utf-8", "replace")
        return bool(data)


def _own_the_terminal() -> None:
    """In the child: a session of its own, whose terminal Ctrl-C interrupts."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def plain(shown: str) -> str:
    """Without escape sequences."""
    return _ESCAPES.sub("", shown).replace("\r", "")
