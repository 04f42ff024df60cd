"""Which kind of answer a question expects, and whether a span can be one."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from index.english.months import MONTH_NAMES_PATTERN
from index.english.numbers import NUMBERS


class Expected(StrEnum):
    """What the asking words ask for; ANY where they do not say."""

    TIME = "time"
    QUANTITY = "quantity"
    YEAR = "year"
    PERSON = "person"
    PLACE = "place"
    ANY = "any"


_ASKS: Final = (
    (Expected.YEAR, re.compile(r"\b(?:what|which) year\b", re.IGNORECASE)),
    (
        Expected.QUANTITY,
        re.compile(r"\bhow (?:many|much|old|tall|high|far|long|large|big|deep|heavy)\b", re.IGNORECASE),
    ),
    (
        Expected.QUANTITY,
        re.compile(r"\b(?:what|which) (?:percentage|percent|number|amount|proportion)\b", re.IGNORECASE),
    ),
    (Expected.TIME, re.compile(r"\b(?:when\b|(?:what|which) (?:day|date|month|decade|century)\b)", re.IGNORECASE)),
    (Expected.PERSON, re.compile(r"\b(?:who|whom|whose|who's)\b", re.IGNORECASE)),
    (Expected.PLACE, re.compile(r"\bwhere\b", re.IGNORECASE)),
    (Expected.ANY, re.compile(r"\b(?:what|which|why|how)\b", re.IGNORECASE)),
)
_TIMES: Final = re.compile(
    rf"\d|\b(?:{MONTH_NAMES_PATTERN}|monday|tuesday|wednesday|thursday|friday|saturday|sunday|spring|summer|autumn|fall|"
    r"winter|day|night|week|month|year|decade|century|centuries|century|morning|evening|today|yesterday|tomorrow|"
    r"before|after|during|until|since|when|nineteenth|[a-z]+teenth|twentieth|age|era|period|war|recently|now|later|early|late|time|birth|death|never)\w*",
    re.IGNORECASE,
)
_QUANTITIES: Final = re.compile(
    rf"\d|\b(?:{'|'.join(NUMBERS)}|hundreds?|thousands?|millions?|billions?|trillions?|dozens?|half|third|quarter|few|several|many|"
    r"none|no|all|most|some|couple|pair|both|single|twice|once|double|over|under|long|short|more|less|much|little|"
    r"years?|days?|hours?|months?|weeks?|centuries|decades|an?|majority|minority|lot|until|from)\b",
    re.IGNORECASE,
)


def expected(question: str) -> Expected:
    """By the asking words that come first; of those at one place, by the longer."""
    found = [(match.start(), number, kind) for number, (kind, p) in enumerate(_ASKS) if (match := p.search(question))]
    return min(found)[2] if found else Expected.ANY


def contradicts(question: str, span: str) -> bool:
    """Whether a span cannot be what the question asks for: no number for "how many", only digits for "who"."""
    kind = expected(question)
    if kind is Expected.YEAR:
        return not re.search(r"\d", span)
    if kind is Expected.QUANTITY:
        return not _QUANTITIES.search(span)
    if kind is Expected.TIME:
        return not _TIMES.search(span)
    if kind in {Expected.PERSON, Expected.PLACE}:
        return not re.search(r"[^\W\d_]{2}", span)
    return False
