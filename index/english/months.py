"""The months: their names, their usual short forms and their numbers."""

from __future__ import annotations

from typing import Final

MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
"""The twelve names in lower case, in the order of the calendar. strftime would follow the machine's locale."""

_SHORT: Final = ("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec")

MONTH_NUMBERS: Final = {
    name: number
    for number, month in enumerate(MONTHS, start=1)
    for name in (month, *(short for short in _SHORT if month.startswith(short)))
}
"""The number of a month, 1 to 12, by its name or a short form of it, in lower case."""

MONTH_NAMES_PATTERN: Final = "|".join(MONTHS)
"""For use inside a pattern; set re.IGNORECASE."""

MONTH_FORMS_PATTERN: Final = "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True))
"""Names and short forms, the longest first, for use inside a pattern; set re.IGNORECASE."""
