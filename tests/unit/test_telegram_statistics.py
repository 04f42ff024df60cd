"""What /stats tells."""

from __future__ import annotations

from bot.telegram.statistics import Statistics
from bot.types import Status


def test_the_median_is_the_nearest_rank() -> None:
    statistics = Statistics()
    for seconds in (4.0, 1.0, 3.0, 2.0):
        statistics.answered(Status.ANSWERED, seconds, seconds)
    assert "p50 2.00 s, p95 4.00 s" in statistics.told(0, {"answers": 0, "good": 0, "bad": 0})
    assert statistics.expected_seconds(before=3, readers=1) == 6.0
