"""How much of a question and a passage goes into one run, and the windows of a longer passage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.types import Span

QUESTION_TOKENS = 96
"""Of a longer question the last tokens are read: what is asked stands at its end."""

WINDOW_TOKENS = 384
"""Question, passage and special tokens in one run, or the model's limit where that is less."""

STRIDE_TOKENS = 96
"""How much two windows of one passage share: more than three times the longest span."""

LEAST_TOKENS = 64
"""A model that takes fewer has no room for a question and a passage."""


@dataclass(frozen=True, slots=True)
class Window:
    """What one run reads: token ids of the passage and their places in its text."""

    ids: list[int]
    offsets: list[Span]


def question_tokens(limit: int) -> int:
    """How many tokens of a question are read by a model that takes limit tokens: at most a quarter of them."""
    return min(QUESTION_TOKENS, limit // 4)


def passage_tokens(limit: int, question: int, special: int) -> int:
    """How many tokens of a passage fit into one run beside the question's and the special ones."""
    return min(WINDOW_TOKENS, limit) - question - special


def windows(ids: Sequence[int], offsets: Sequence[Span], room: int) -> Iterator[Window]:
    """The passage in windows of room tokens, each sharing STRIDE_TOKENS with the one before, or half of a small room.

    None for a passage without tokens.
    """
    for start in range(0, len(ids), room - min(STRIDE_TOKENS, room // 2)):
        yield Window(list(ids[start : start + room]), list(offsets[start : start + room]))
        if start + room >= len(ids):
            return
