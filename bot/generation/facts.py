"""What a sentence states that can be compared: numbers, dates, names and words, in one spelling each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final

from index.english.months import MONTH_NUMBERS, MONTHS
from index.english.numbers import NUMBERS, ORDINALS
from index.stopwords import STOP_WORDS

STEM_LETTERS: Final = 5


class Kind(StrEnum):
    """What a token is."""

    NUMBER = "number"
    ORDINAL = "ordinal"
    MONTH = "month"
    NAME = "name"
    WORD = "word"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Token:
    """kind and value are compared; word is what was written, lower case. initial: it opens the sentence."""

    kind: Kind
    value: str
    word: str
    initial: bool = False


_SCALES: Final = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_AMBIGUOUS_MONTHS: Final = frozenset({"may", "march", "mar", "dec", "jan", "jun", "sep"})
_TOKEN: Final = re.compile(r"\d[\d,]*(?:\.\d+)?[^\W\d_]*|(?:[^\W\d_]\.){2,}|[^\W\d_]+(?:['’][^\W\d_]+)*")
_DIGITS: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")
_NTH: Final = re.compile(r"(\d+)(?:st|nd|rd|th)", re.IGNORECASE)
_ISO: Final = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})(?:T[\d:]+Z?)?\b")
_MONEY: Final = re.compile(rf"([$€£])\s?(\d[\d,.]*(?<=\d)(?:\s(?:{'|'.join(_SCALES)}))?)", re.IGNORECASE)
_CURRENCIES: Final = {"$": "dollars", "€": "euros", "£": "pounds"}
_PERCENT: Final = re.compile(r"%|\bper cent\b", re.IGNORECASE)


def tokens(sentence: str) -> list[Token]:
    """The tokens of one sentence, in order. "20,000", "20 000"-free, "twenty thousand" are one number: 20000."""
    words = [match[0] for match in _TOKEN.finditer(_prepared(sentence))]
    return list(_read(words))


def pairs(found: Sequence[Token]) -> set[tuple[str, str]]:
    """(month, day or year) that stand side by side: "8 March", "March 8th", "March 2022"."""
    return {
        (one.value, other.value) if one.kind is Kind.MONTH else (other.value, one.value)
        for one, other in pairwise(found)
        if {one.kind, other.kind} in ({Kind.MONTH, Kind.NUMBER}, {Kind.MONTH, Kind.ORDINAL})
    }


def content(found: Sequence[Token]) -> list[str]:
    """What is compared in order: every token but stop words."""
    return [key(token) for token in found if token.kind is not Kind.STOP]


def key(token: Token) -> str:
    """A token as it is compared: numbers by value, words by their first letters."""
    if token.kind in {Kind.NUMBER, Kind.ORDINAL, Kind.MONTH}:
        return f"{token.kind}:{token.value}"
    return token.value[:STEM_LETTERS]


def _prepared(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    plain = _ISO.sub(lambda found: f"{int(found[3])} {MONTHS[(int(found[2]) - 1) % 12].title()} {found[1]}", plain)
    plain = _MONEY.sub(lambda found: f"{found[2]} {_CURRENCIES[found[1]]}", plain)
    return _PERCENT.sub(" percent", plain)


def _read(words: Sequence[str]) -> Iterator[Token]:
    place = 0
    while place < len(words):
        number, after = _number(words, place)
        if number is not None:
            yield Token(Kind.NUMBER, number, words[place].casefold(), place == 0)
            place = after
        else:
            yield _word(words, place)
            place += 1


def _number(words: Sequence[str], place: int) -> tuple[str | None, int]:
    """The number that begins here in its one spelling, and the place after it; None where none begins."""
    digits = _DIGITS.fullmatch(words[place])
    if digits:
        value, place = Decimal(words[place].replace(",", "")), place + 1
    elif words[place].casefold() in NUMBERS and not _is_pronoun(words, place):
        small, place = _spelled(words, place)
        value = Decimal(small)
    else:
        return None, place
    while place < len(words) and words[place].casefold() in _SCALES:
        value, place = value * _SCALES[words[place].casefold()], place + 1
        if not digits and place < len(words) and words[place].casefold() in NUMBERS:
            small, place = _spelled(words, place)
            value += small
    return format(value.normalize(), "f"), place


def _is_pronoun(words: Sequence[str], place: int) -> bool:
    """ "one of the cities", "one" at the end, count nothing."""
    after = words[place + 1].casefold() if place + 1 < len(words) else "of"
    return words[place].casefold() == "one" and after in {"of", "another", "who", "that", "which"}


def _spelled(words: Sequence[str], place: int) -> tuple[int, int]:
    """Number words below a thousand: twenty five, two hundred and five."""
    value, place = int(NUMBERS[words[place].casefold()]), place + 1
    if value >= 20 and _unit(words, place):
        value, place = value + int(NUMBERS[words[place].casefold()]), place + 1
    if place < len(words) and words[place].casefold() == "hundred":
        value, place = value * 100, place + 1
        if place + 1 < len(words) and words[place].casefold() == "and" and words[place + 1].casefold() in NUMBERS:
            place += 1
        if place < len(words) and words[place].casefold() in NUMBERS:
            rest, place = _spelled(words, place)
            value += rest
    return value, place


def _unit(words: Sequence[str], place: int) -> bool:
    return place < len(words) and 0 < int(NUMBERS.get(words[place].casefold(), "0")) < 10


def _word(words: Sequence[str], place: int) -> Token:
    written = words[place]
    word = re.sub(r"['’]s$", "", written.replace(".", "") if "." in written else written).casefold()
    initial = place == 0
    nth = _NTH.fullmatch(written)
    if nth or word in ORDINALS:
        return Token(Kind.ORDINAL, nth[1] if nth else ORDINALS[word], word, initial)
    if word in MONTH_NUMBERS and written[0].isupper() and (word not in _AMBIGUOUS_MONTHS or _dated(words, place)):
        return Token(Kind.MONTH, str(MONTH_NUMBERS[word]), word, initial)
    if word in STOP_WORDS and not (written.isupper() and len(written) > 1):
        return Token(Kind.STOP, word, word, initial)
    return Token(Kind.NAME if written[0].isupper() and not initial else Kind.WORD, word, word, initial)


def _dated(words: Sequence[str], place: int) -> bool:
    beside = [words[near] for near in (place - 1, place + 1) if 0 <= near < len(words)]
    return any(word[0].isdigit() for word in beside)
