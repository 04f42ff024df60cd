"""Sentences of an article, as spans of code points.

sentencex cuts; what it cuts too much after titles and other abbreviations is put together again
(docs/adr/0003-sentences-and-chunks.md).
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Final

from index.english.months import MONTHS
from index.types import Span

LONGEST_SENTENCE: Final = 600
"""Code points; what runs on for longer without a full stop is quoted as a window."""

_WRAPPED_LEAST: Final = 40
_WRAPPED_MOST: Final = 130

_TITLES: Final = (
    "Mr|Mrs|Ms|Mx|Dr|Prof|Rev|Fr|Hon|Messrs|Mmes|Sen|Rep|Gov|Pres|Lt|Col|Gen|Maj|Capt|Cpt|Cmdr|Cdr|Sgt|Cpl|Pvt|Adm|"
    "Brig|Supt|Insp|Det|Amb|Sec|Atty|St|Ste|Mt|Ft|Sr|Sra"
)
_BEFORE_A_NUMBER: Final = (
    "No|Nos|Vol|Fig|Figs|pp|p|Ch|Sec|Art|Eq|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|ca|approx"
)
_JOINED: Final = (
    re.compile(rf"(?:^|[\s(“\"'‘-])(?:{_TITLES})\.\s*\Z"),
    re.compile(r"(?:^|\s)(?:e\.g|i\.e|cf|vs|viz)\.\s*\Z", re.IGNORECASE),
)
_JOINED_TO_A_NUMBER: Final = re.compile(rf"(?:^|[\s(])(?:{_BEFORE_A_NUMBER})\.\s*\Z", re.IGNORECASE)
_JOINED_TO_A_DAY: Final = re.compile(r"\b[ap]\.m\.\s*\Z", re.IGNORECASE)
_DAY: Final = re.compile(
    r"(?:on )?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|[A-Z]{2,4}\b|local time|"
    rf"(?:{'|'.join(month.capitalize() for month in MONTHS)})\b"
)
_ENDS_IN_ELLIPSIS: Final = re.compile(r"(?:…|\.\.\.)[\"”’']?\s*\Z")
_LINE_END: Final = re.compile(r"[.!?…:;][\"”’')\]]*\Z")
_WORD_BOUND: Final = re.compile(r"\s")


def sentences(text: str) -> list[Span]:
    """Spans of the sentences, ascending and disjoint, without white space at their ends.

    Every character that is no white space lies in one. A line end closes a sentence, but in paragraphs whose lines
    are wrapped at a width.
    """
    spans: list[Span] = []
    for start, end in _flows(text):
        spans.extend(_sentences_of_flow(text, start, end))
    return spans


def sentence_around(text: str, start: int, end: int) -> Span:
    """The sentence or sentences that hold text[start:end], without white space at the ends.

    Where they run on for longer than LONGEST_SENTENCE, a window of about that length around the span, cut between
    words. It always holds the whole span; a span of white space alone gives itself.
    """
    low = text.rfind("\n\n", 0, start)
    low = 0 if low < 0 else low
    high = text.find("\n\n", end)
    high = len(text) if high < 0 else high
    touched = [(low + a, low + b) for a, b in sentences(text[low:high]) if low + b > start and low + a < end]
    if not touched:
        return start, end
    left, right = min(touched[0][0], start), max(touched[-1][1], end)
    if right - left <= LONGEST_SENTENCE:
        return _trimmed(text, left, right)
    return _window(text, (left, right), (start, end))


def _flows(text: str) -> Iterator[Span]:
    """Stretches in which a sentence may run on: single lines, or whole paragraphs of wrapped lines."""
    for paragraph in _paragraphs(text):
        if _is_wrapped([text[start:end] for start, end in paragraph]):
            yield paragraph[0][0], paragraph[-1][1]
        else:
            yield from paragraph


def _paragraphs(text: str) -> Iterator[list[Span]]:
    """Runs of lines that are not blank."""
    lines: list[Span] = []
    at = 0
    for line in text.split("\n"):
        if line.strip():
            lines.append((at, at + len(line)))
        elif lines:
            yield lines
            lines = []
        at += len(line) + 1
    if lines:
        yield lines


def _is_wrapped(lines: list[str]) -> bool:
    """Whether all lines but the last are of about one width and at least one goes on in lower case."""
    if len(lines) < 2 or not all(_WRAPPED_LEAST <= len(line.strip()) <= _WRAPPED_MOST for line in lines[:-1]):
        return False
    pairs = itertools.pairwise(lines)
    return any(not _LINE_END.search(line.rstrip()) and after.lstrip()[:1].islower() for line, after in pairs)


def _sentences_of_flow(text: str, start: int, end: int) -> Iterator[Span]:
    from sentencex import get_sentence_boundaries

    # sentencex takes line ends for paragraphs, and its offsets are code points. Nothing is taken from it but the
    # starts, so that no character can fall between two sentences.
    flow = text[start:end].replace("\n", " ").replace("\r", " ")
    starts = [boundary["start_index"] for boundary in get_sentence_boundaries("en", flow)]
    left = 0
    for cut in [at for at in starts if 0 < at < len(flow)]:
        if _is_a_cut(flow, left, cut):
            yield from _non_blank(text, start + left, start + cut)
            left = cut
    yield from _non_blank(text, start + left, end)


def _is_a_cut(flow: str, left: int, cut: int) -> bool:
    before, after = flow[max(left, cut - 20) : cut], flow[cut : cut + 20].lstrip()
    if not before.strip() or any(pattern.search(before) for pattern in _JOINED):
        return False
    if after[:1].isdigit() and _JOINED_TO_A_NUMBER.search(before):
        return False
    if _ENDS_IN_ELLIPSIS.search(before) and after[:1].islower():
        return False
    return not (_JOINED_TO_A_DAY.search(before) and _DAY.match(after))


def _non_blank(text: str, start: int, end: int) -> Iterator[Span]:
    left, right = _trimmed(text, start, end)
    if left < right:
        yield left, right


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _window(text: str, whole: Span, span: Span) -> Span:
    """A stretch of `whole` around `span`, about LONGEST_SENTENCE long, that begins and ends at word bounds."""
    spare = max(0, LONGEST_SENTENCE - (span[1] - span[0])) // 2
    low, high = max(whole[0], span[0] - spare), min(whole[1], span[1] + spare)
    bounds = [
        whole[0],
        *(whole[0] + match.start() for match in _WORD_BOUND.finditer(text[whole[0] : whole[1]])),
        whole[1],
    ]
    left = bounds[bisect_left(bounds, low)]
    if left > span[0]:  # the span begins in a word longer than the spare room
        left = bounds[bisect_right(bounds, span[0]) - 1]
    right = bounds[bisect_right(bounds, high) - 1]
    if right < span[1]:
        right = bounds[bisect_left(bounds, span[1])]
    return _trimmed(text, left, right)
