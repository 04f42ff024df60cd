"""Passages: overlapping runs of whole sentences that the embedder's tokenizer counts."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from index.sentences import sentences
from index.types import Article, Passage, Span

if TYPE_CHECKING:
    from tokenizers import Tokenizer

CHARACTERS_PER_TOKEN: Final = 12
"""A piece of text may be no longer than this many code points for each token of the capacity: a tokenizer makes one
unknown token of a word of any length."""

_BLOCK_CHARACTERS: Final = 50_000
"""So much text goes to the tokenizer at a time: offsets of millions of tokens would take gigabytes."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence, or part of one that is too long. tokens: without the special ones."""

    start: int
    end: int
    tokens: int


class Chunker:
    """Cuts articles into passages of at most capacity_tokens, special tokens not counted.

    Consecutive passages share whole sentences of at most overlap_tokens. A passage ends between sentences; only a
    sentence longer than the capacity is cut, between words, and only a word longer than that inside it.
    """

    def __init__(self, tokenizer: Tokenizer, capacity_tokens: int = 200, overlap_tokens: int = 50) -> None:
        if not 0 <= overlap_tokens < capacity_tokens:
            raise ValueError(f"an overlap of {overlap_tokens} tokens does not fit a capacity of {capacity_tokens}")
        from tokenizers import Tokenizer

        # A copy: the caller's may have to truncate, this one must count all there is.
        self._tokenizer = Tokenizer.from_str(tokenizer.to_str())
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._capacity = capacity_tokens
        self._overlap = overlap_tokens

    def passages(self, article: Article) -> list[Passage]:
        """The passages of an article in order, `text == article.text[start:end]`.

        Every character that is no white space lies in at least one. Empty for an article of white space.
        page: the page on which the passage begins, from 1; None where the article has no pages.
        """
        pieces = [piece for block in _blocks(sentences(article.text)) for piece in self._pieces(article.text, block)]
        return [_passage(article, start, end) for start, end in self._packed(pieces)]

    def _pieces(self, text: str, block: list[Span]) -> Iterator[_Piece]:
        base, end = block[0][0], block[-1][1]
        encoding = self._tokenizer.encode(text[base:end], add_special_tokens=False)
        starts = [base + start for start, _ in encoding.offsets]
        for span in block:
            yield from self._fitting(text, span, starts)

    def _fitting(self, text: str, span: Span, starts: list[int]) -> Iterator[_Piece]:
        """The sentence as one piece, or as several that fit the capacity."""
        left, end = span
        while left < end:
            right = self._cut(text, left, end, starts)
            yield _Piece(left, right, bisect_left(starts, right) - bisect_left(starts, left))
            left = right
            while left < end and text[left].isspace():
                left += 1

    def _cut(self, text: str, left: int, end: int, starts: list[int]) -> int:
        """The end of the longest piece that begins at left and fits, at a word bound where there is one."""
        beyond = bisect_left(starts, left) + self._capacity
        limit = min(end, left + self._capacity * CHARACTERS_PER_TOKEN)
        if beyond < len(starts):
            limit = min(limit, max(starts[beyond], left + 1))
        if limit == end:
            return end
        right = limit
        while right > left and not text[right - 1].isspace():
            right -= 1
        while right > left and text[right - 1].isspace():
            right -= 1
        return right if right > left else limit

    def _packed(self, pieces: list[_Piece]) -> Iterator[Span]:
        first = 0
        while first < len(pieces):
            last, tokens = first, pieces[first].tokens
            while last + 1 < len(pieces) and self._fits(pieces, first, last + 1, tokens):
                last += 1
                tokens += pieces[last].tokens
            yield pieces[first].start, pieces[last].end
            first = self._next_first(pieces, first, last)

    def _fits(self, pieces: list[_Piece], first: int, candidate: int, tokens: int) -> bool:
        long_enough = self._capacity * CHARACTERS_PER_TOKEN
        return (
            tokens + pieces[candidate].tokens <= self._capacity
            and pieces[candidate].end - pieces[first].start <= long_enough
        )

    def _next_first(self, pieces: list[_Piece], first: int, last: int) -> int:
        """Where the next passage begins: as far before last + 1 as the overlap allows and a new piece still fits."""
        if last + 1 >= len(pieces):
            return len(pieces)
        shared, start = 0, last + 1
        while start - 1 > first and shared + pieces[start - 1].tokens <= self._overlap:
            start -= 1
            shared += pieces[start].tokens
        while start <= last and not self._fits(pieces, start, last + 1, shared):
            shared -= pieces[start].tokens
            start += 1
        return start


def _blocks(spans: list[Span]) -> Iterator[list[Span]]:
    block: list[Span] = []
    for span in spans:
        if block and span[1] - block[0][0] > _BLOCK_CHARACTERS:
            yield block
            block = []
        block.append(span)
    if block:
        yield block


def _passage(article: Article, start: int, end: int) -> Passage:
    page = bisect_right(article.pages, start) if article.pages else None
    return Passage(start=start, end=end, text=article.text[start:end], page=page)
