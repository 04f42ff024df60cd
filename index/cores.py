"""How many processor cores there are to use. Light, so that settings can be read without the models."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """The processor cores this process may run on, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
