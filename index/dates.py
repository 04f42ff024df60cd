"""Dates as articles state them, read strictly: what is ambiguous or incomplete is no date.

A general date parser fills in what is not there (a year, a day, today); an index that filters by date must not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from typing import Final

from index.english.months import MONTH_FORMS_PATTERN, MONTH_NUMBERS

_MONTH: Final = rf"(?P<month>{MONTH_FORMS_PATTERN})\.?"
_DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR: Final = r"(?P<year>\d{4})"
_WEEKDAY: Final = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
_ZONE: Final = r"(?:\s*\(?(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[A-Z]{2,5})\)?)?"
_CLOCK: Final = (
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?"
    rf"\s*(?P<half>[ap]\.?m\.?)?{_ZONE}"
)
_TIME: Final = rf"(?:(?:,|\s+at|\s*[-–—|])?\s*{_CLOCK}(?:\s*\(?[A-Z]{{2,5}}\)?)?)?"

_WRITTEN_OUT: Final = tuple(
    re.compile(rf"{_WEEKDAY}{core}{_TIME}", re.IGNORECASE)
    for core in (
        rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}",
        rf"{_DAY}[\s-]+{_MONTH},?[\s-]+{_YEAR}",
        rf"{_YEAR}\s+{_MONTH}\s+{_DAY}",
    )
)
_ISO: Final = re.compile(
    r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})" rf"(?:(?:[T,]|\s)\s*{_CLOCK})?",
    re.IGNORECASE,
)
_NUMBERS: Final = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<mark>[-/.])(?P<second_number>\d{{1,2}})(?P=mark){_YEAR}{_TIME}", re.I
)

_EARLIEST: Final = "1000"
"""Programs write 0001-01-01 and the like for "no date"."""


@dataclass(frozen=True, slots=True)
class StatedDate:
    """A date found in a text. iso: as stated, `2022-03-08` or `2022-03-08T11:03:00`, with the zone where it is told."""

    iso: str
    end: int
    """Where in the text the date ends."""


def parse_date(text: str) -> str | None:
    """The date that the whole text states, ISO 8601; None when it is no date, ambiguous or has more in it.

    `03/08/2022` is None: March or August. A zone is kept for Z, UTC, GMT and offsets; other names are dropped.
    """
    text = text.strip()
    found = date_at(text)
    return found.iso if found is not None and found.end == len(text) else None


def date_at(text: str) -> StatedDate | None:
    """The date with which the text begins, or None."""
    for pattern in (_ISO, *_WRITTEN_OUT, _NUMBERS):
        match = pattern.match(text)
        if match is not None:
            day = _day(match)
            return StatedDate(day + _clock(match), match.end()) if day is not None and day >= _EARLIEST else None
    return None


def _day(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    try:
        if "first" in groups:
            return _day_of_numbers(int(groups["year"]), int(groups["first"]), int(groups["second_number"]))
        month = groups["month"].lower()
        return date(int(groups["year"]), MONTH_NUMBERS.get(month) or int(month), int(groups["day"])).isoformat()
    except ValueError:  # no such day
        return None


def _day_of_numbers(year: int, first: int, second: int) -> str | None:
    """Day and month in either order, only where just one order is a date or both are the same."""
    if first == second or (first > 12 >= second):
        return date(year, second, first).isoformat()
    if second > 12 >= first:
        return date(year, first, second).isoformat()
    return None


def _clock(match: re.Match[str]) -> str:
    """`T11:03:00` and the zone; empty where no time, or an impossible one, is told."""
    if match["hour"] is None:
        return ""
    hour = int(match["hour"])
    half = (match["half"] or "").lower()[:1]
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        clock = time(hour, int(match["minute"]), int(match["second"] or 0)).isoformat()
    except ValueError:
        return ""
    return f"T{clock}{_zone(match['zone'])}"


def _zone(zone: str | None) -> str:
    if zone is None:
        return ""
    if zone.upper() in ("Z", "UTC", "GMT"):
        return "+00:00"
    if zone[0] in "+-" and int(zone[1:3]) < 24 and int(zone[-2:]) < 60:
        return f"{zone[:3]}:{zone[-2:]}"
    return ""
