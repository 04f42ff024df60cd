"""How often somebody may ask."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Final

_KEPT: Final = 10_000
"""Buckets kept; full ones are dropped first, as a new one is full too."""


class RateLimit:
    """A bucket a key: it holds `per_minute` questions and fills evenly within a minute."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = float(per_minute)
        self._rate = per_minute / 60
        self._clock = clock
        self._buckets: dict[Hashable, tuple[float, float]] = {}

    def wait_seconds(self, key: Hashable) -> float:
        """Take one question from the key's bucket: 0.0, or, taking none, how long until there is one."""
        wait = self.would_wait_seconds(key)
        if not wait:
            self._buckets[key] = (self._level(key) - 1, self._clock())
            self._forget_full()
        return wait

    def would_wait_seconds(self, key: Hashable) -> float:
        """What `wait_seconds` would give, without taking anything."""
        level = self._level(key)
        return 0.0 if level >= 1 else (1 - level) / self._rate

    def _level(self, key: Hashable) -> float:
        level, at = self._buckets.get(key, (self._size, self._clock()))
        return min(self._size, level + (self._clock() - at) * self._rate)

    def _forget_full(self) -> None:
        if len(self._buckets) > _KEPT:
            self._buckets = {key: self._buckets[key] for key in self._buckets if self._level(key) < self._size}
