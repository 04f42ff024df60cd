"""The conditions in a question (years, numbers, names, roles, ...) and what else could stand in their place."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from training.reader.examples import Example, Span


def _read_lists() -> dict[str, tuple[str, ...]]:
    """The words of each kind, in the order of qualifiers.txt."""
    lists: dict[str, tuple[str, ...]] = {}
    kind = ""
    for line in Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").split("\n"):
        if line.startswith(" "):
            lists[kind] += tuple(word for word in line.strip().split("|") if word)
        elif line and not line.startswith("#"):
            kind = line.rstrip(":")
            lists[kind] = ()
    return lists


LISTS = _read_lists()
_PAIRS = [tuple(pair.split()) for pair in LISTS.pop("opposite")]
OPPOSITES = {word: other for one, two in _PAIRS for word, other in ((one, two), (two, one))}

_YEAR = re.compile(r"\b(?:1\d{3}|20[0-2]\d)\b")
_DIGITS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d])|(?<![\d.,])\d+(?:\.\d+)?(?![\d,])")
_NAME = re.compile(r"(?<![.?!] )(?<=[a-z,'’] )(?:[A-Z][\w'’.-]*\w)(?: (?:of |the |de |von )?[A-Z][\w'’.-]*\w)*")
_THING = re.compile(
    r"\b(?:the|a|an|this|his|her|their) ([a-z]{4,})"
    r"(?=\?|$| (?:is|was|were|are|of|in|have|has|do|does|did|come|made|for|on|to|with|by)\b)"
)
_LISTED = {
    kind: re.compile(rf"\b(?:{'|'.join(sorted(words, key=len, reverse=True))})\b", re.IGNORECASE)
    for kind, words in LISTS.items()
}
_OPPOSED = re.compile(rf"\b(?:{'|'.join(OPPOSITES)})\b", re.I)
_PLAIN = {"I", "It", "The", "He", "She", "They", "OP", "If", "In", "A"}


@dataclass(frozen=True, slots=True)
class Qualifier:
    """A condition of a question: its words, their place and their kind."""

    start: int
    end: int
    text: str
    kind: str


def find_qualifiers(question: str) -> list[Qualifier]:
    """The conditions in a question, none touching another; numbers before names before lists before things."""
    found: list[Qualifier] = []
    for one in _all_qualifiers(question):
        if all(one.end <= other.start or one.start >= other.end for other in found):
            found.append(one)
    return found


def _all_qualifiers(question: str) -> Iterator[Qualifier]:
    for match in _YEAR.finditer(question):
        yield Qualifier(*match.span(), match.group(), "year")
    for match in _DIGITS.finditer(question):
        yield Qualifier(*match.span(), match.group(), "digits")
    for kind, pattern in _LISTED.items():
        for match in pattern.finditer(question):
            if match.group() != "may":
                yield Qualifier(*match.span(), match.group(), kind)
    for match in _NAME.finditer(question):
        if match.group() not in _PLAIN:
            yield Qualifier(*match.span(), match.group(), "name")
    for match in _OPPOSED.finditer(question):
        yield Qualifier(*match.span(), match.group(), "opposite")
    for match in _THING.finditer(question):
        yield Qualifier(*match.span(1), match.group(1), "thing")


def places_of(text: str, words: str) -> list[Span]:
    """Where words stand in text, as whole words, whatever their case; a plural s allowed."""
    return [m.span(1) for m in re.finditer(rf"(?<!\w)({re.escape(words)})(?:s|'s)?(?!\w)", text, re.IGNORECASE)]


class Substitutes:
    """Other values of each kind, taken from the questions of the same corpus."""

    def __init__(self, examples: Iterable[Example]) -> None:
        self._names: dict[tuple[str, int], list[str]] = defaultdict(list)
        self._near: dict[tuple[str, int], list[str]] = defaultdict(list)
        self._things: dict[str, list[str]] = defaultdict(list)
        for example in examples:
            self._add(example)

    def _add(self, example: Example) -> None:
        for qualifier in find_qualifiers(example.question):
            words = min(3, len(qualifier.text.split()))
            if qualifier.kind == "name":
                self._names[(example.source, words)].append(qualifier.text)
                self._near[(example.title, words)].append(qualifier.text)
            elif qualifier.kind == "thing":
                self._things[example.source].append(qualifier.text)

    def other(self, example: Example, qualifier: Qualifier, rng: random.Random) -> str | None:
        """Another value of the kind of which no word stands in the passage or the question; None if none turns up."""
        for _ in range(8):
            value = self._draw(example, qualifier, rng)
            if value and not any(
                places_of(example.passage, word) or places_of(example.question, word)
                for word in value.split()
                if len(word) > 2 or word.isdigit()
            ):
                return value
        return None

    def _draw(self, example: Example, qualifier: Qualifier, rng: random.Random) -> str | None:
        kind, text = qualifier.kind, qualifier.text
        if kind == "year":
            return str(min(2026, int(text) + rng.choice((-1, 1)) * rng.choice((1, 1, 2, 3, 4, 5, 7, 10, 20, 100))))
        if kind == "digits":
            return _other_digits(text, rng)
        if kind == "opposite":
            return OPPOSITES[text.lower()]
        if kind in LISTS:
            value = rng.choice(LISTS[kind])
            return value.title() if text[0].isupper() else value
        if kind == "thing":
            return rng.choice(self._things[example.source])
        words = min(3, len(text.split()))
        near = self._near[(example.title, words)]
        return rng.choice(near if len(near) > 3 and rng.random() < 0.5 else self._names[(example.source, words)])


def _other_digits(text: str, rng: random.Random) -> str:
    """A number of the same look: as many digits, the separators where they were."""
    first = rng.choice("123456789")
    return "".join(
        character if not character.isdigit() else first if i == 0 else rng.choice("0123456789")
        for i, character in enumerate(text)
    )


def swap_in_question(question: str, qualifier: Qualifier, value: str) -> str:
    return question[: qualifier.start] + value + question[qualifier.end :]


def swap_in_passage(example: Example, words: str, value: str) -> Example | None:
    """The example with words replaced everywhere in its passage; None where they touch an answer."""
    places = places_of(example.passage, words)
    if not places or any(s < end and start < e for s, e in places for start, end in example.spans):
        return None
    pieces, last = [], 0
    for start, end in places:
        pieces += [example.passage[last:start], value]
        last = end
    passage = "".join([*pieces, example.passage[last:]])
    grown = len(value) - len(words)
    spans = tuple(
        (start + grown * sum(e <= start for _, e in places), end + grown * sum(e <= start for _, e in places))
        for start, end in example.spans
    )
    return replace(example, passage=passage, spans=spans)
