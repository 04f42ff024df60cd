"""Dates as people say them, as conditions on when an article was published: "before March 2022"."""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Final

from index.english.months import MONTH_FORMS_PATTERN, MONTH_NUMBERS

_MONTH: Final = rf"(?:{MONTH_FORMS_PATTERN})\.?"

DATE: Final = (
    rf"(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\s+\d{{4}}"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|{_MONTH},?\s+\d{{4}}|(?:19|20)\d{{2}})"
)
"""The dates that are understood, for use inside other patterns; case does not matter."""

RELATION: Final = r"(?:before|until|till|up\s+to|after|since|from|in|on|during|of)"
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DAY = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({_MONTH})\s+(\d{{4}})", re.IGNORECASE)
_AMERICAN = re.compile(rf"({_MONTH})\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})", re.IGNORECASE)
_MONTH_YEAR = re.compile(rf"({_MONTH}),?\s+(\d{{4}})", re.IGNORECASE)


def conditions(relation: str, said: str) -> tuple[str, ...] | None:
    """As `--where` takes them; None for what is no date of the calendar.

    relation: before, after, since, in, …; said: what DATE matches. A month or a year is all of its days.
    """
    days = _range(said.strip())
    if days is None:
        return None
    first, last = days
    match " ".join(relation.casefold().split()):
        case "before":
            return (f"published < {first}",)
        case "until" | "till" | "up to":
            return (f"published <= {last}",)
        case "after":
            return (f"published > {last}",)
        case "since" | "from":
            return (f"published >= {first}",)
        case _:
            return (f"published >= {first}", f"published <= {last}")


def _range(said: str) -> tuple[date, date] | None:
    """First and last day."""
    try:
        if found := _ISO.fullmatch(said):
            return _day(int(found[1]), int(found[2]), int(found[3]))
        if found := _DAY.fullmatch(said):
            return _day(int(found[3]), _month(found[2]), int(found[1]))
        if found := _AMERICAN.fullmatch(said):
            return _day(int(found[3]), _month(found[1]), int(found[2]))
        if found := _MONTH_YEAR.fullmatch(said):
            year, month = int(found[2]), _month(found[1])
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        return (date(int(said), 1, 1), date(int(said), 12, 31)) if re.fullmatch(r"\d{4}", said) else None
    except ValueError:
        return None


def _day(year: int, month: int, day: int) -> tuple[date, date]:
    found = date(year, month, day)
    return found, found


def _month(name: str) -> int:
    return MONTH_NUMBERS[name.casefold().rstrip(".")]
