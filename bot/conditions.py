"""The conditions in a question: years, dates, numbers, names and roles that the passage or its article must meet.

"Who won in 2019?" is not answered by a passage on 2021. A condition is met where its words stand in the passage, the
title or the stated date; contradicted where the sentence of the span states another value of a kind that has one
value at a time; unknown otherwise. Rules over words, for people's questions in English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from bot.offices import ROLES, named, offices, states
from index.english.months import MONTHS
from index.english.numbers import NUMBERS, ORDINALS
from index.stopwords import STOP_WORDS
from index.words import composed, folded


class State(StrEnum):
    """Whether a passage and its article meet a condition."""

    MET = "met"
    CONTRADICTED = "contradicted"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """What a condition is about."""

    YEAR = "year"
    MONTH = "month"
    NUMBER = "number"
    ORDINAL = "ordinal"
    NAME = "name"
    ROLE = "role"
    OFFICE = "office"
    NEGATION = "negation"


@dataclass(frozen=True, slots=True)
class Condition:
    """Words of a question that narrow it. value: what is compared; equal for "twenty" and "20"."""

    text: str
    kind: Kind
    value: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer was marked. sentence: of the span; passage: around it; title, published: its article's."""

    sentence: str
    passage: str
    title: str
    published: str | None


_YEAR = re.compile(r"(?<![\w.,])(1[0-9]\d\d|20\d\d)(?![\w]|[.,]\d)")
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?![\w])")
_ORDINAL = re.compile(r"(?<!\w)(\d+)(?:st|nd|rd|th)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_NAME = re.compile(r"(?<![\w'’])[^\W\d_a-z][\w'’.&-]*\w(?:\s+[^\W\d_a-z][\w'’.&-]*\w)*")
_MAY = re.compile(r"\bMay\b(?!\s+(?:be|have|not|I|we|they|it|he|she)\b)")
_SINGLE: Final = frozenset({Kind.YEAR, Kind.ORDINAL, Kind.NUMBER, Kind.MONTH})
"""Kinds of which a sentence with another value, and without this one, speaks of something else."""


@lru_cache(maxsize=256)
def conditions(question: str) -> tuple[Condition, ...]:
    """The conditions of a question, each once, in no particular order."""
    return tuple(dict.fromkeys(_all(composed(question))))


def _all(text: str) -> Iterator[Condition]:
    years = {match.span(): match.group() for match in _YEAR.finditer(text)}
    yield from (Condition(year, Kind.YEAR, year) for year in years.values())
    for match in _NUMBER.finditer(text):
        if match.span() not in years:
            yield Condition(match.group(), Kind.NUMBER, match.group().replace(",", ""))
    for match in _ORDINAL.finditer(text):
        yield Condition(match.group(), Kind.ORDINAL, match.group(1))
    for match in _WORD.finditer(text):
        yield from _listed(match.group())
    if _MAY.search(text):
        yield Condition("May", Kind.MONTH, "may")
    yield from _names(text)
    yield from (Condition(words, Kind.OFFICE, f"{role} {holder}") for words, role, holder in offices(text))


def _listed(word: str) -> Iterator[Condition]:
    plain = folded(word)
    if plain in NUMBERS and plain not in {"one", "zero"}:
        yield Condition(word, Kind.NUMBER, NUMBERS[plain])
    elif plain in ORDINALS:
        yield Condition(word, Kind.ORDINAL, ORDINALS[plain])
    elif plain in MONTHS and plain != "may":
        yield Condition(word, Kind.MONTH, plain)
    elif plain in ROLES:
        yield Condition(word, Kind.ROLE, plain)


def _names(text: str) -> Iterator[Condition]:
    """Runs of capitalised words; the first word of a question counts only inside a longer name."""
    for match in _NAME.finditer(text):
        words = match.group().split()
        while words and words[0].casefold().split("'")[0] in STOP_WORDS:
            words.pop(0)
        name = " ".join(words)
        if match.start() == 0 and len(words) == 1 and words[0] == match.group():
            continue
        if words and name.casefold() not in MONTHS and not all(word.casefold() in ROLES for word in words):
            yield Condition(name, Kind.NAME, folded(name))


def state(condition: Condition, place: Place) -> State:
    """Whether the place meets the condition."""
    around = f"{place.title}\n{place.passage}"
    if condition.kind is Kind.OFFICE:
        return _office(condition, place)
    if _stands(condition, around) or _dated(condition, place.published):
        return State.MET
    if condition.kind in _SINGLE and _others(condition, place.sentence):
        return State.CONTRADICTED
    return State.UNKNOWN


def _office(condition: Condition, place: Place) -> State:
    """Met where role and holder stand together; contradicted where the sentence has the role without its holder."""
    role, holder = condition.value.split(" ", 1)
    if states(role, holder, place.title) or states(role, holder, place.passage):
        return State.MET
    return State.CONTRADICTED if named(role, place.sentence) else State.UNKNOWN


def _stands(condition: Condition, text: str) -> bool:
    if condition.kind is Kind.NAME:
        return _named(condition.value, text)
    return any(one.kind is condition.kind and one.value == condition.value for one in conditions(text))


def _named(name: str, text: str) -> bool:
    """Whether the last word of a name stands in the text, with whatever ending: Kyiv's, Americans."""
    last = re.sub(r"['’]s?$", "", name.rsplit(maxsplit=1)[-1])
    stem = last if len(last) < 5 else last[:-1]
    return re.search(rf"(?<!\w){re.escape(stem)}", folded(text)) is not None


def _dated(condition: Condition, published: str | None) -> bool:
    """Whether the article's stated date is in the year or the month that is asked for."""
    if not published:
        return False
    if condition.kind is Kind.YEAR:
        return published[:4] == condition.value
    return condition.kind is Kind.MONTH and published[5:7] == f"{MONTHS.index(condition.value) + 1:02}"


def _others(condition: Condition, sentence: str) -> bool:
    return any(one.kind is condition.kind for one in conditions(sentence))
