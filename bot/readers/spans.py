"""Spans from logits: the best disjoint ones, snapped to whole words, as candidates of their article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from haystack import Document
from numpy.typing import NDArray

from bot.types import Candidate
from index.types import Meta
from index.words import is_mark

SPAN_TOKENS = 30
"""The longest span, in tokens: longer ones were clauses rather than answers."""

LONGEST_HEDGE = 32
_NUMBER = re.compile(
    r"[$€£¥]?\d|(?:half|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|thousands?|"
    r"millions?|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:(?:no |slightly |a little |just |well |far )?(?:more|less|fewer|greater|higher|lower) than|at least|at most|"
    r"up to|about|around|over|under|nearly|almost|approximately|roughly|some|an estimated)\s+$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Marked:
    """A span in a passage's own text, with its margin over the null answer in logits."""

    start: int
    end: int
    margin: float


def best_spans(start: NDArray[np.float32], end: NDArray[np.float32], count: int) -> list[tuple[int, int, float]]:
    """The best disjoint token spans (first, last, start + end logit), best first; ties go to the earlier.

    start, end: float32, shape (tokens,). Spans hold at most SPAN_TOKENS tokens. Empty input gives none.
    """
    tokens, scores = len(start), _scores(start, end)
    found: list[tuple[int, int, float]] = []
    while len(found) < count and tokens:
        first, last = divmod(int(scores.argmax()), tokens)
        if not np.isfinite(scores[first, last]):
            break
        found.append((first, last, float(scores[first, last])))
        scores[: last + 1, first:] = -np.inf
    return found


def _scores(start: NDArray[np.float32], end: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of every span (first, last), shape (tokens, tokens); -inf where that is none or too long a one."""
    square = np.ones((len(start), len(start)), dtype=bool)
    allowed = np.triu(square) & ~np.triu(square, SPAN_TOKENS)
    return np.where(allowed, start[:, None] + end[None, :], np.float32(-np.inf))


def trust(start: NDArray[np.float32], end: NDArray[np.float32], first: int, last: int) -> float:
    """The share, 0..1, that the spans touching tokens first..last have of all spans, the null answer apart.

    start, end: float32, shape (tokens,), not empty.
    """
    scores = _scores(start, end)
    shares = np.exp(scores - scores.max())
    return float(shares[: last + 1, first:].sum() / shares.sum())


def snapped(text: str, start: int, end: int, margin: float) -> Marked:
    """The span widened to whole words, with the sign or the quotation that belongs to a number or a name.

    White space at its ends goes first: the tokens of some models hold the space before their word.
    """
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return _widened(text, start, end, margin) if start < end else Marked(start, end, margin)


def _widened(text: str, start: int, end: int, margin: float) -> Marked:
    while start > 0 and _same_word(text, start):
        start -= 1
    while end < len(text) and _same_word(text, end):
        end += 1
    if start > 0 and text[start - 1] in "$€£¥":
        start -= 1
    if end < len(text) and text[end] == "%":
        end += 1
    return Marked(_hedged(text, start, end), end, margin)


def _hedged(text: str, start: int, end: int) -> int:
    """Where a number begins with its hedge: "around 20,000" is what the article says, "20,000" is more than that."""
    if not _NUMBER.match(text, start, end):
        return start
    hedge = _HEDGE.search(text, max(0, start - LONGEST_HEDGE), start)
    return hedge.start() if hedge else start


def _same_word(text: str, cut: int) -> bool:
    """Whether a cut before text[cut] would fall inside a word or a number such as 1.7 or 20,000."""
    if is_mark(text[cut]):
        return True
    last = _letter(text, cut - 1)
    before, after = text[last], text[cut]
    if before.isalnum() and after.isalnum():
        return True
    if after in ".,'’" and before.isalnum():
        return cut + 1 < len(text) and text[cut + 1].isalnum() and _joins(text, cut)
    if before in ".,'’" and after.isalnum():
        return last > 0 and text[_letter(text, last - 1)].isalnum() and _joins(text, last)
    return False


def _letter(text: str, at: int) -> int:
    """The place of the letter or sign that the character here is or, as an accent, belongs to."""
    while at > 0 and is_mark(text[at]):
        at -= 1
    return at


def _joins(text: str, at: int) -> bool:
    """Whether the sign at this place joins its neighbours: always in don't, between digits in 1.7 and 20,000."""
    if text[at] in "'’":
        return True
    return text[at - 1].isdigit() and text[at + 1].isdigit()


def disjoint(spans: Sequence[Marked]) -> list[Marked]:
    """Best margin first, without those that overlap a better one, and without empty ones."""
    kept: list[Marked] = []
    for span in sorted(spans, key=lambda mark: (-mark.margin, mark.start)):
        if span.start < span.end and all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return kept


def candidates(document: Document, marks: Sequence[Marked], rank: int) -> Iterator[Candidate]:
    """The marked spans of a hit in its article; those in boilerplate are left out. rank: the hit's, from 1."""
    text = document.content or ""
    offset = document.meta.get(Meta.START, 0)
    boilerplate = document.meta.get(Meta.BOILERPLATE, [])
    for mark in marks:
        start, end = offset + mark.start, offset + mark.end
        if any(start < right and left < end for left, right in boilerplate):
            continue
        yield Candidate(
            article=document.meta.get(Meta.ARTICLE, document.id),
            start=start,
            end=end,
            text=text[mark.start : mark.end],
            margin=mark.margin,
            rank=rank,
            passage_start=offset,
            passage_end=offset + len(text),
        )
