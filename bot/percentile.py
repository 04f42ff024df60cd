"""The percentile that statistics and reports show."""

from __future__ import annotations

import math
from collections.abc import Collection


def percentile(values: Collection[float], share: float) -> float:
    """The nearest rank: the smallest value that at least this share does not exceed. values: at least one."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
