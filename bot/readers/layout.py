"""How a model takes a question and a passage: its special tokens, its segments, and where its null answer stands.

BERT `[CLS] q [SEP] p [SEP]` with segments 0 and 1, RoBERTa `<s> q </s></s> p </s>` with none, XLNet
`q <sep> p <sep> <cls>`: it is read off what the model's own tokenizer does with a pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models import ModelFilesError

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

_PROBE = ("who was it", "it was her")

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Placed:
    """A special token and its segment."""

    token: int
    segment: int


@dataclass(frozen=True, slots=True)
class Input:
    """One run. ids, segments: int64, shape (1, tokens). first: the place of the passage's first token."""

    ids: Ids
    segments: Ids
    first: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The special tokens around question and passage.

    null: the place of the token whose logits are the null answer's, counted from the end where negative.
    """

    before: tuple[Placed, ...]
    between: tuple[Placed, ...]
    after: tuple[Placed, ...]
    question_segment: int
    passage_segment: int
    null: int

    @property
    def special_tokens(self) -> int:
        """How many tokens of a run are neither question nor passage."""
        return len(self.before) + len(self.between) + len(self.after)

    @property
    def segments(self) -> int:
        """How many segments a model must know to be read so."""
        placed = (*self.before, *self.between, *self.after)
        return 1 + max(self.question_segment, self.passage_segment, *(one.segment for one in placed))

    def input(self, question: Sequence[int], passage: Sequence[int]) -> Input:
        """Question and passage, both without special tokens, as one run."""
        parts = (
            [(one.token, one.segment) for one in self.before],
            [(token, self.question_segment) for token in question],
            [(one.token, one.segment) for one in self.between],
            [(token, self.passage_segment) for token in passage],
            [(one.token, one.segment) for one in self.after],
        )
        whole = np.array([pair for part in parts for pair in part], dtype=np.int64)
        return Input(whole[None, :, 0], whole[None, :, 1], sum(map(len, parts[:3])))


def layout_of(tokenizer: Tokenizer, null_token: str) -> Layout:
    """How a tokenizer lays out a pair. null_token: whose logits are the null answer's, such as `[CLS]` or `<s>`.

    Raises ModelFilesError for a tokenizer that cannot tell question from passage or puts no null token.
    """
    encoding = tokenizer.encode(*_PROBE)
    sides: list[int | None] = encoding.sequence_ids
    if 0 not in sides or 1 not in sides:
        raise ModelFilesError(f"the tokenizer does not know the words {_PROBE}: it is not one for text")
    question = slice(sides.index(0), _end(sides, 0))
    passage = slice(sides.index(1), _end(sides, 1))
    before, between = _placed(encoding, 0, question.start), _placed(encoding, question.stop, passage.start)
    after = _placed(encoding, passage.stop, len(sides))
    if not between:
        raise ModelFilesError(
            "the tokenizer puts nothing between question and passage, as chat models' do. Choose an extractive "
            "question-answering model, such as one of the BERT, RoBERTa, ELECTRA or DeBERTa families"
        )
    null = _null(before, after, tokenizer.token_to_id(null_token), null_token)
    return Layout(before, between, after, encoding.type_ids[question.start], encoding.type_ids[passage.start], null)


def _end(sides: Sequence[int | None], side: int) -> int:
    return len(sides) - list(reversed(sides)).index(side)


def _placed(encoding: Encoding, start: int, end: int) -> tuple[Placed, ...]:
    return tuple(Placed(encoding.ids[at], encoding.type_ids[at]) for at in range(start, end))


def _null(before: Sequence[Placed], after: Sequence[Placed], token: int | None, name: str) -> int:
    first = [one.token for one in before]
    last = [one.token for one in after]
    if token in first:
        return first.index(token)
    if token in last:
        return last.index(token) - len(last)
    raise ModelFilesError(
        f"the tokenizer puts no {name} around question and passage, where the null answer would stand. Choose a model "
        "whose tokenizer does, such as one of the BERT, RoBERTa, ELECTRA or DeBERTa families"
    )
