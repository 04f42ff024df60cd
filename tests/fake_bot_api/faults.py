"""Faults on purpose, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from itertools import cycle


class Fault(StrEnum):
    """What goes wrong with a call."""

    FLOOD = "429"
    SERVER = "500"
    TIMEOUT = "time-out"
    CUT_BEFORE = "cut before it was taken"
    CUT_AFTER = "cut after it was taken"


ALL: Sequence[Fault] = tuple(Fault)


class Faults:
    """Every n-th call of some methods fails, the faults in turn. Off until `every` is set."""

    def __init__(self) -> None:
        self.every = 0
        self.kinds: Sequence[Fault] = ALL
        self.methods: frozenset[str] | None = None
        self.injected: Counter[tuple[str, Fault]] = Counter()
        self._calls = 0
        self._turn = cycle(ALL)

    def begin(self, every: int, kinds: Sequence[Fault] = ALL, methods: Sequence[str] | None = None) -> None:
        self.every, self.kinds, self._turn = every, kinds, cycle(kinds)
        self.methods = frozenset(methods) if methods is not None else None

    def end(self) -> None:
        self.every = 0

    def next(self, method: str) -> Fault | None:
        """The fault of this call, if it is its turn."""
        if not self.every or (self.methods is not None and method not in self.methods):
            return None
        self._calls += 1
        if self._calls % self.every:
            return None
        fault = next(self._turn)
        self.injected[method, fault] += 1
        return fault
