"""Dates as people read them."""

from __future__ import annotations

from datetime import datetime

from index.english.months import MONTHS


def long_date(published: str) -> str:
    """`8 March 2022` of an ISO 8601 date or time; what cannot be read is given back as it is."""
    try:
        moment = datetime.fromisoformat(published)
    except ValueError:
        return published
    return f"{moment.day} {MONTHS[moment.month - 1].capitalize()} {moment.year}"
