"""What happened since the start, for /stats."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Final

from bot.percentile import percentile
from bot.types import Status

_KEPT: Final = 1_000
"""So many of the last latencies are looked at."""
_FIRST_GUESS_SECONDS: Final = 0.5


class Statistics:
    """Counts in memory; what was asked is in none of them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since = clock()
        self._latencies: deque[float] = deque(maxlen=_KEPT)
        self._reading: deque[float] = deque(maxlen=_KEPT)
        self.counts: Counter[str] = Counter()

    def count(self, what: str) -> None:
        """One more of something."""
        self.counts[what] += 1

    def answered(self, status: Status, seconds: float, reading_seconds: float) -> None:
        """A question was done. seconds: from its arrival; reading_seconds: of the assistant alone."""
        self.counts[f"status {status}"] += 1
        self._latencies.append(seconds)
        self._reading.append(reading_seconds)

    def expected_seconds(self, before: int, readers: int) -> float:
        """About how long a question waits that has others before it."""
        typical = percentile(self._reading, 0.5) if self._reading else _FIRST_GUESS_SECONDS
        return before * typical / readers

    def told(self, waiting: int, kept: dict[str, int]) -> str:
        """The lines of /stats. waiting: in the queue now. kept: counts of the ledger."""
        done = {status: self.counts[f"status {status}"] for status in Status}
        lines = [
            f"Since the start, {_long(self._clock() - self._since)} ago:",
            f"questions: {sum(done.values())} (answered {done[Status.ANSWERED]}, refused {done[Status.REFUSED]}, "
            f"failed {done[Status.ERROR]})",
            f"time to an answer: {self._latency()}",
            f"queue: {waiting} now; turned away as full {self.counts['busy']}, as too many {self.counts['too many']}",
            f"strangers refused: {self.counts['stranger']}",
            f"errors: {self.counts['error']}; calls tried again: {self.counts['retry']}; "
            f"malformed updates: {self.counts['malformed']}",
            f"kept: {kept['answers']} answers, 👍 {kept['good']}, 👎 {kept['bad']}",
        ]
        return "\n".join(lines)

    def _latency(self) -> str:
        if not self._latencies:
            return "nothing yet"
        return f"p50 {percentile(self._latencies, 0.5):.2f} s, p95 {percentile(self._latencies, 0.95):.2f} s"


def _long(seconds: float) -> str:
    minutes, hours, days = int(seconds // 60), int(seconds // 3600), int(seconds // 86_400)
    if days:
        return f"{days} d"
    return f"{hours} h" if hours else f"{minutes} min"
