"""The terminal between two prompts: keys typed meanwhile wait for the next prompt and are not shown."""

from __future__ import annotations

import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

LOCAL_FLAGS, CONTROL_CHARACTERS = 3, 6


@contextmanager
def keys_kept() -> Iterator[None]:
    """No echo and no line discipline, but Ctrl-C still interrupts.

    In the usual mode the terminal driver would swallow a Ctrl-D that is typed while an answer is under way, and
    show other keys in the middle of it.
    """
    before = _attributes()
    if before is not None:
        _set(_quiet(before))
    try:
        yield
    finally:
        if before is not None:
            _set(before)


def _attributes() -> list[Any] | None:
    try:
        return termios.tcgetattr(sys.stdin.fileno())
    except termios.error:
        return None


def _quiet(attributes: list[Any]) -> list[Any]:
    changed = [*attributes]
    changed[LOCAL_FLAGS] &= ~(termios.ECHO | termios.ICANON)
    changed[CONTROL_CHARACTERS] = [*attributes[CONTROL_CHARACTERS]]
    changed[CONTROL_CHARACTERS][termios.VMIN] = 1
    changed[CONTROL_CHARACTERS][termios.VTIME] = 0
    return changed


def _set(attributes: list[Any]) -> None:
    termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, attributes)  # TCSAFLUSH would drop what was typed
