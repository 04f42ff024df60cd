"""Title, stated date and byline, read from the lines of an article. Whatever is found stays in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from index.boilerplate import is_boilerplate
from index.dates import date_at, parse_date
from index.english.months import MONTH_NAMES_PATTERN

TITLE_CHARACTERS: Final = 160
"""A first line longer than this is a paragraph."""

_TOP_LINES: Final = 12
_BOTTOM_LINES: Final = 6
"""Lines at either end in which an article speaks of itself; a date between them is part of its story."""

_LABEL: Final = re.compile(
    r"(?P<label>(?:first |originally )?(?:published|posted|issued|released)"
    r"|(?:last )?(?:updated|modified|revised)|date)"
    r"(?P<filler>\s*:\s*|\s+on:?\s+|\s+at:?\s+|\s+)",
    re.IGNORECASE,
)
_DATELINE: Final = re.compile(r"[A-Z][A-Z .,'’/-]{2,40},\s+(?=[A-Z0-9])")
_AFTER_DATELINE: Final = re.compile(r"\s*(?:\([^)]{1,30}\)\s*)?[-–—:]")
_SEPARATOR: Final = re.compile(r"\s+[|•·/–—]\s+|\s{3,}|\t")
_TITLE_LABEL: Final = re.compile(r"(?:title|headline)\s*:\s*(?=\S)", re.IGNORECASE)

_BY: Final = re.compile(
    r"(?:(?:written |reported |story |words )?by:?|author:|authors:)\s+(?P<names>\S.*)", re.IGNORECASE
)
_NAME_PART: Final = r"(?:[A-ZÀ-ÖØ-Þ][\w'’.-]*|de|del|della|da|van|von|der|den|bin|bint|al|el|la|le|ter|ten|dos|y)"
_NAME: Final = rf"{_NAME_PART}(?:\s+{_NAME_PART}){{0,5}}"
_NAMES: Final = re.compile(
    rf"(?P<names>{_NAME}(?:(?:\s*,\s*{_NAME}){{0,6}},?(?:\s+and\s+|\s*&\s*){_NAME})?)(?:,\s*[^.]{{1,60}})?\Z"
)
_NOT_A_NAME: Final = re.compile(
    r"(?:the|a|an|this|that|his|her|its|their|our|my|your|all|no|contrast|comparison|law|now|then|far|"
    rf"(?:mon|tues|wednes|thurs|fri|satur|sun)day|{MONTH_NAMES_PATTERN})\b",
    re.IGNORECASE,
)
_ENDS_A_SENTENCE: Final = re.compile(r"(?<!\.)\.[\"”’')\]]*\Z")
_SENTENCE_INSIDE: Final = re.compile(r"[a-z0-9]{3}[.!?][\"”’')\]]*\s+[A-Z“\"]")
_LETTER: Final = re.compile(r"[^\W\d_]")
_HASHLIKE: Final = re.compile(r"[0-9a-f]{8,}|\d{5,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the lines of an article state about it; None for what they do not."""

    title: str | None
    published: str | None
    byline: str | None


def read_metadata(text: str) -> Metadata:
    """Title, published and byline of a plain text."""
    return Metadata(title=title_of(text), published=published_of(text), byline=byline_of(text))


def title_of(text: str) -> str | None:
    """The headline with which a text begins; None where it begins with a paragraph or has one line only.

    A few lines that are no headline by themselves (date, byline, boilerplate) may stand before it.
    """
    lines = _lines(text)
    for position, line in enumerate(lines[:5]):
        if is_boilerplate(line) or _date_in(line) is not None or _byline_in(line) is not None:
            continue
        return _headline(line) if position + 1 < len(lines) else None
    return None


def title_of_file(name: str) -> str:
    """A title made of a file's name: `march-8_report.txt` is `march 8 report`. Names of mere digits stay."""
    stem = PurePosixPath(name).stem
    if _HASHLIKE.search(stem):
        return stem
    return re.sub(r"[\s_]+|(?<=\w)-(?=\w)", " ", stem).strip() or stem or name


def published_of(text: str) -> str | None:
    """The date that the text states as its own, ISO 8601; None when none is stated or it is ambiguous.

    A published date goes before one without a label, that before an updated one. A date in running text is not
    the article's.
    """
    lines = _lines(text)
    top, bottom = lines[:_TOP_LINES], lines[max(_TOP_LINES, len(lines) - _BOTTOM_LINES) :]
    found = [stated for line in top if (stated := _date_in(line)) is not None]
    found += [stated for line in bottom if (stated := _date_in(line)) is not None and stated.label]
    return min(found, key=_rank).iso if found else None


def byline_of(text: str) -> str | None:
    """The writers, as `Jane Doe and John Smith`, of a line such as `By Jane Doe and John Smith, Kyiv`."""
    lines = _lines(text)
    return next((names for line in lines[:_TOP_LINES] if (names := _byline_in(line)) is not None), None)


@dataclass(frozen=True, slots=True)
class _LineDate:
    iso: str
    label: str


def _rank(stated: _LineDate) -> int:
    if re.search("updated|modified|revised", stated.label):
        return 2
    return 0 if stated.label else 1


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _parts(line: str) -> Iterator[str]:
    yield line
    if len(line) <= TITLE_CHARACTERS:
        yield from _SEPARATOR.split(line)


def _date_in(line: str) -> _LineDate | None:
    """The date of a line that holds nothing else but labels, a byline or other parts set off by bars."""
    for part in _parts(line):
        match = _LABEL.match(part)
        rest, label = (part[match.end() :], match["label"].lower()) if match is not None else (part, "")
        iso = parse_date(rest.strip(" .()[]"))
        if iso is not None:
            return _LineDate(iso, label)
    return _dateline(line)


def _dateline(line: str) -> _LineDate | None:
    """`KYIV, March 8, 2022 (Reuters) - ...`; without a year there is no date."""
    match = _DATELINE.match(line)
    found = date_at(line[match.end() :]) if match is not None else None
    if match is None or found is None or not _AFTER_DATELINE.match(line[match.end() + found.end :]):
        return None
    return _LineDate(found.iso, "")


def _byline_in(line: str) -> str | None:
    if len(line) > TITLE_CHARACTERS:
        return None
    for part in _parts(line):
        match = _BY.match(part)
        if match is None or _NOT_A_NAME.match(match["names"]):
            continue
        names = _NAMES.match(match["names"].rstrip(" .|"))
        if names is not None:
            return names["names"]
    return None


def _headline(line: str) -> str | None:
    label = _TITLE_LABEL.match(line)
    if label is not None:
        line = line[label.end() :]
    if len(line) > TITLE_CHARACTERS or not _LETTER.search(line):
        return None
    if _ENDS_A_SENTENCE.search(line) or line.endswith((",", ";")) or _SENTENCE_INSIDE.search(line):
        return None
    return line
