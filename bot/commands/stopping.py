"""SIGTERM and Ctrl-C for a command that runs until it is told to stop."""

from __future__ import annotations

import functools
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Command = Callable[..., int]


class Stopping:
    """Whether the command was told to stop. Until `gently`, being told ends it at once, with exit status 0."""

    def __init__(self) -> None:
        self._told = False
        self._gently: Callable[[], object] | None = None

    def listen(self) -> None:
        """From now on the signals are ours. One that is ignored stays so: a shell's `&` ignores Ctrl-C."""
        for number in (signal.SIGTERM, signal.SIGINT):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)

    def check(self) -> None:
        """Raises SystemExit where we were told and what we raised was lost: Python drops it inside a `__del__`."""
        if self._told:
            raise SystemExit(0)

    @contextmanager
    def gently(self, stop: Callable[[], object]) -> Iterator[None]:
        """From here on, being told calls `stop` in the main thread instead; afterwards the end is near anyway."""
        self._gently = stop
        self.check()
        try:
            yield
        finally:
            self._gently = _nothing

    def _on_signal(self, *_: object) -> None:
        self._told = True
        if self._gently is None:
            raise SystemExit(0)
        self._gently()


def _nothing() -> None:
    pass


def until_told(command: Command) -> Command:
    """Call a command with `stopping`, which listens before the settings are read and anything is loaded."""

    @functools.wraps(command)
    def stoppable(**arguments: Any) -> int:
        stopping = Stopping()
        stopping.listen()
        return command(stopping=stopping, **arguments)

    return stoppable
