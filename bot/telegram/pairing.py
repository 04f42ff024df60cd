"""The one-time code that makes whoever sends it the administrator."""

from __future__ import annotations

import hmac
import secrets
import time
from collections import Counter
from collections.abc import Callable
from enum import StrEnum
from typing import Final

_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without I, O, 0 and 1, which people mistake for each other. 32 letters: 10 of them are 50 bits."""
_LETTERS: Final = 10
TRIES_A_PERSON: Final = 3
TRIES: Final = 10


class Outcome(StrEnum):
    """What became of a code that was sent."""

    PAIRED = "paired"
    WRONG = "wrong"
    CLOSED = "closed"


class Pairing:
    """A code in memory only: a new start makes a new one."""

    def __init__(self, *, minutes: float, clock: Callable[[], float] = time.monotonic, code: str | None = None) -> None:
        """minutes: how long the code can be used. code: for tests; else drawn at random."""
        self.code = code or "".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS))
        self._clock = clock
        self._ends = clock() + minutes * 60
        self._tries: Counter[int] = Counter()
        self._used = False

    @property
    def is_open(self) -> bool:
        """Whether the right code would still be taken from somebody."""
        return not self._used and self._clock() < self._ends and self._tries.total() < TRIES

    def tried(self, person: int, code: str) -> Outcome:
        """Whether a code makes a person the administrator. A wrong one counts, and the right one is used up."""
        if not self.is_open or self._tries[person] >= TRIES_A_PERSON:
            return Outcome.CLOSED
        if not hmac.compare_digest(code.strip().upper().encode("utf-8", "replace"), self.code.encode()):
            self._tries[person] += 1
            return Outcome.WRONG
        self._used = True
        return Outcome.PAIRED
