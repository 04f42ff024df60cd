"""Examples as token ids, as the reader in the box sees them: question, passage, segment ids, spans in tokens."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from tokenizers import Encoding, Tokenizer

from training.reader.examples import Example, Span

QUESTION_TOKENS = 64


@dataclass(frozen=True, slots=True)
class Feature:
    """One window. spans: inclusive token positions that count as right; ((0, 0),) for the null answer."""

    ids: list[int]
    segments: list[int]
    spans: tuple[Span, ...]
    group: int


def open_tokenizer(folder: Path) -> Tokenizer:
    """The folder's tokenizer without truncation or padding."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def marks(tokenizer: Tokenizer) -> tuple[int, int]:
    """The ids of [CLS] and [SEP]. Raises ValueError where the tokenizer is not of BERT's family."""
    cls, sep = (tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]"))
    if cls is None or sep is None:
        raise ValueError(f"the tokenizer has no [CLS] ({cls}) or [SEP] ({sep}); use a BERT-family reader")
    return cls, sep


def featurise(examples: Iterable[Example], tokenizer: Tokenizer, limit: int) -> list[Feature]:
    """One window an example of at most limit tokens, cut behind the answer if it must; examples that lose theirs go."""
    found = (_feature(example, tokenizer, limit) for example in examples)
    return [feature for feature in found if feature]


def masked(features: Iterable[Feature], tokenizer: Tokenizer, share: float, seed: int) -> list[Feature]:
    """The windows with this share of the passage's tokens hidden, answers apart: what was read before is not known
    by heart."""
    mask, rng = tokenizer.token_to_id("[MASK]"), random.Random(seed)
    return [_masked(feature, mask, share, rng) for feature in features]


def _masked(feature: Feature, mask: int, share: float, rng: random.Random) -> Feature:
    answer = {place for first, last in feature.spans for place in range(first, last + 1)}
    within = range(feature.segments.index(1), len(feature.ids) - 1)
    hidden = {place for place in within if place not in answer and rng.random() < share}
    return replace(feature, ids=[mask if place in hidden else token for place, token in enumerate(feature.ids)])


def _feature(example: Example, tokenizer: Tokenizer, limit: int) -> Feature | None:
    question = tokenizer.encode(example.question, add_special_tokens=False).ids[-QUESTION_TOKENS:]
    passage = tokenizer.encode(example.passage, add_special_tokens=False)
    room = limit - len(question) - 3
    cls, sep = marks(tokenizer)
    before = len(question) + 2
    spans = tuple(
        (first + before, last + before)
        for first, last in (_tokens(passage, span) for span in example.spans)
        if 0 <= first <= last < room
    )
    if example.spans and not spans:
        return None
    ids = [cls, *question, sep, *passage.ids[:room], sep]
    return Feature(ids, [0] * before + [1] * (len(ids) - before), spans or ((0, 0),), example.group)


def _tokens(passage: Encoding, span: Span) -> Span:
    """First and last token that touch the span; (0, -1) where none does."""
    inside = [i for i, (start, end) in enumerate(passage.offsets) if start < span[1] and end > span[0]]
    return (inside[0], inside[-1]) if inside else (0, -1)
