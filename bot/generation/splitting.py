"""A draft's sentences as they come, each with the markers that belong to it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from index.sentences import sentences

LONGEST: Final = 600
"""Code points; what runs on without an end is no sentence and is cut here."""

_MARKER: Final = re.compile(
    r"\s*[\[［【]\s*((?:(?:passages?|sources?)\s*)?\d+(?:\s*[,;]\s*\d+)*)\s*[\]］】]", re.IGNORECASE
)
_ANY_BRACKET: Final = re.compile(r"\s*[\[［【][^\]］】]{0,40}[\]］】]")
_LEADING: Final = re.compile(r"(?:\s*[\[［【]\s*\d+(?:\s*[,;]\s*\d+)*\s*[\]］】])+[.!?]?")
_MARKUP: Final = re.compile(r"\*\*|__|`+|^\s*(?:[-*•]|\d+[.)]|#+|>)\s+", re.MULTILINE)
_ENDS: Final = re.compile(r"[.!?…][\"”’')]*\s*$")


@dataclass(frozen=True, slots=True)
class Drafted:
    """A sentence of a draft. text: without markers and markup. markers: in the order written."""

    text: str
    markers: tuple[int, ...]


class Splitter:
    """Feeds on pieces of any length; gives each sentence once it is known to have ended."""

    def __init__(self) -> None:
        self._text = ""

    def feed(self, piece: str) -> Iterator[Drafted]:
        """The sentences that ended with this piece. A marker after the full stop belongs to the sentence before."""
        self._text += "".join(c for c in piece if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
        spans = _spans(self._text)
        done = 0
        for (start, end), following in pairwise(spans):
            if _may_be_marker(self._text[following[0] :]):
                break
            yield drafted(self._text[start:end])
            done = end
        self._text = self._text[done:]
        while len(self._text) > LONGEST:
            yield drafted(self._text[:LONGEST])
            self._text = self._text[LONGEST:]

    def rest(self) -> Iterator[Drafted]:
        """What is left at the end of the draft, an unfinished last sentence left out."""
        for start, end in _spans(self._text):
            whole = self._text[start:end]
            if end < len(self._text.rstrip()) or _ENDS.search(_ANY_BRACKET.sub("", whole)) or _MARKER.search(whole):
                yield drafted(whole)
        self._text = ""


def _may_be_marker(text: str) -> bool:
    """Whether what begins here may still become the marker of the sentence before."""
    return len(text) < 2 or (text[0] in "[［【" and not re.match(r".[^\]］】]*[\]］】]|.{40}", text, re.DOTALL))


def drafted(written: str) -> Drafted:
    """A sentence with its markers taken out of the text; what else stands in brackets at its end goes too."""
    markers = [int(n) for found in _MARKER.finditer(written) for n in re.findall(r"\d+", found[1]) if len(n) < 4]
    text = _MARKUP.sub("", _MARKER.sub("", written))
    text = re.sub(r"\s+([.,;!?])", r"\1", " ".join(text.split()))
    return Drafted(text, tuple(dict.fromkeys(markers)))


def _spans(text: str) -> list[tuple[int, int]]:
    """Sentences, with markers at the start of one given to the one before."""
    spans: list[tuple[int, int]] = []
    for start, end in sentences(text):
        leading = _LEADING.match(text, start, end)
        own = start
        if spans and leading and not _ends_alone(text, spans[-1], leading):
            own = leading.end()
            spans[-1] = (spans[-1][0], own)
        if text[own:end].strip():
            spans.append((own, end))
    return spans


def _ends_alone(text: str, before: tuple[int, int], leading: re.Match[str]) -> bool:
    """Whether markers open a sentence of their own line: "[1] Kherson fell." after a sentence that has its own."""
    return bool(_MARKER.search(text[before[0] : before[1]])) or "\n" in text[before[1] : leading.start() + 1]
