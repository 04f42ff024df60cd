"""The extractive reader: marks spans in passages, one unpadded passage a run.

A passage's score depends on the question and that passage alone: int8 activations are quantised over
a whole batch, so two passages in one run would change each other's scores.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from haystack import Document, component, default_from_dict, default_to_dict
from numpy.typing import NDArray

import models
from bot.types import Candidate
from index.types import Meta, Span

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

SPAN_TOKENS = 30
"""The longest span, in tokens: longer ones were clauses rather than answers."""

QUESTION_TOKENS = 96
"""Of a longer question the last tokens are read: what is asked stands at its end."""

WINDOW_TOKENS = 384
"""Question, passage and three special tokens in one run; a longer passage is read in windows."""

STRIDE_TOKENS = 96
"""How much two windows of one passage share: more than three times the longest span."""

SPANS_A_PASSAGE = 4


@dataclass(frozen=True, slots=True)
class _Window:
    """What one run reads: token ids of the passage and their places in its text."""

    ids: list[int]
    offsets: list[Span]


@dataclass(frozen=True, slots=True)
class Marked:
    """A span in a passage's own text, with its margin over the null answer in logits."""

    start: int
    end: int
    margin: float


@component
class ExtractiveReader:
    """Question and hits in, candidate spans out."""

    def __init__(self, folder: str | None = None, threads: int = 2) -> None:
        """folder: model.onnx and tokenizer.json; None for the reader in the box. threads: runs side by side."""
        self.folder = folder
        self.threads = threads
        self.place = Path(folder) if folder else models.folder("reader")
        self._loading = threading.Lock()
        self._session: InferenceSession | None = None
        self._tokenizer: Tokenizer | None = None
        self._pool: ThreadPoolExecutor | None = None

    @property
    def identity(self) -> str:
        """The model's name and fingerprint."""
        return models.fingerprint(self.place)

    def warm_up(self) -> None:
        """Load the model once; later calls do nothing."""
        with self._loading:
            if self._session is None:
                self._tokenizer = models.open_tokenizer(self.place)
                self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="reader")
                self._session = models.open_session(self.place, threads=1)

    def close(self) -> None:
        """Let the threads go; the reader can be warmed up again."""
        with self._loading:
            if self._pool is not None:
                self._pool.shutdown(cancel_futures=True)
            self._session = self._tokenizer = self._pool = None

    @component.output_types(candidates=list[Candidate])
    def run(self, question: str, documents: list[Document]) -> dict[str, list[Candidate]]:
        """Up to SPANS_A_PASSAGE candidates a passage, best margin first; ties keep the order of the hits.

        Documents without text yield none. Spans in boilerplate are left out.
        """
        self.warm_up()
        assert self._pool is not None
        ids = self._question_ids(question)
        texts = [document.content or "" for document in documents]
        marks = list(self._pool.map(partial(self._mark, ids), texts))
        candidates = [
            candidate
            for rank, (document, found) in enumerate(zip(documents, marks, strict=True), start=1)
            for candidate in _candidates(document, found, rank)
        ]
        return {"candidates": sorted(candidates, key=lambda candidate: -candidate.margin)}

    def mark(self, question: str, text: str) -> list[Marked]:
        """The spans of one text, best margin first; none for a text without words."""
        self.warm_up()
        return self._mark(self._question_ids(question), text)

    def _question_ids(self, question: str) -> list[int]:
        assert self._tokenizer is not None
        ids: list[int] = self._tokenizer.encode(question, add_special_tokens=False).ids
        return ids[-QUESTION_TOKENS:]

    def _mark(self, question: list[int], text: str) -> list[Marked]:
        spans = [mark for window in self._windows(len(question), text) for mark in self._read(question, window, text)]
        return _disjoint(spans)[:SPANS_A_PASSAGE]

    def _windows(self, question_tokens: int, text: str) -> Iterator[_Window]:
        assert self._tokenizer is not None
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        room = WINDOW_TOKENS - question_tokens - 3
        for start in range(0, len(encoding.ids), room - STRIDE_TOKENS):
            yield _Window(encoding.ids[start : start + room], encoding.offsets[start : start + room])
            if start + room >= len(encoding.ids):
                return

    def _read(self, question: list[int], window: _Window, text: str) -> list[Marked]:
        start_logits, end_logits = self._logits(question, window.ids)
        first = len(question) + 2
        inside = slice(first, first + len(window.ids))
        null = float(start_logits[0] + end_logits[0])
        pairs = best_spans(start_logits[inside], end_logits[inside], SPANS_A_PASSAGE)
        return [_snapped(text, window.offsets[a][0], window.offsets[b][1], score - null) for a, b, score in pairs]

    def _logits(self, question: list[int], passage: list[int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        assert self._session is not None
        assert self._tokenizer is not None
        cls, sep = self._tokenizer.token_to_id("[CLS]"), self._tokenizer.token_to_id("[SEP]")
        ids = np.array([[cls, *question, sep, *passage, sep]], dtype=np.int64)
        segments = np.zeros_like(ids)
        segments[0, len(question) + 2 :] = 1
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": segments}
        start, end = self._session.run(["start_logits", "end_logits"], inputs)
        return start[0], end[0]

    def to_dict(self) -> dict[str, Any]:
        """The folder and the threads."""
        return default_to_dict(self, folder=self.folder, threads=self.threads)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> ExtractiveReader:
        """The inverse of to_dict."""
        return default_from_dict(cls, data)


def best_spans(start: NDArray[np.float32], end: NDArray[np.float32], count: int) -> list[tuple[int, int, float]]:
    """The best disjoint token spans (first, last, start + end logit), best first; ties go to the earlier.

    start, end: float32, shape (tokens,). Spans hold at most SPAN_TOKENS tokens. Empty input gives none.
    """
    tokens = len(start)
    scores = start[:, None] + end[None, :]
    allowed = np.triu(np.ones((tokens, tokens), dtype=bool)) & ~np.triu(
        np.ones((tokens, tokens), dtype=bool), SPAN_TOKENS
    )
    scores = np.where(allowed, scores, -np.inf)
    found: list[tuple[int, int, float]] = []
    while len(found) < count and tokens:
        first, last = divmod(int(scores.argmax()), tokens)
        if not np.isfinite(scores[first, last]):
            break
        found.append((first, last, float(scores[first, last])))
        scores[: last + 1, first:] = -np.inf
    return found


def _snapped(text: str, start: int, end: int, margin: float) -> Marked:
    """The span widened to whole words, with the sign or the quotation that belongs to a number or a name."""
    while start > 0 and _same_word(text, start):
        start -= 1
    while end < len(text) and _same_word(text, end):
        end += 1
    if start > 0 and text[start - 1] in "$€£¥":
        start -= 1
    if end < len(text) and text[end] == "%":
        end += 1
    return Marked(start, end, margin)


def _same_word(text: str, cut: int) -> bool:
    """Whether a cut before text[cut] would fall inside a word or a number such as 1.7 or 20,000."""
    before, after = text[cut - 1], text[cut]
    if before.isalnum() and after.isalnum():
        return True
    if after in ".,'’" and before.isalnum():
        return cut + 1 < len(text) and text[cut + 1].isalnum() and _joins(text, cut)
    if before in ".,'’" and after.isalnum():
        return cut > 1 and text[cut - 2].isalnum() and _joins(text, cut - 1)
    return False


def _joins(text: str, at: int) -> bool:
    """Whether the sign at this place joins its neighbours: always in don't, between digits in 1.7 and 20,000."""
    if text[at] in "'’":
        return True
    return text[at - 1].isdigit() and text[at + 1].isdigit()


def _disjoint(spans: Sequence[Marked]) -> list[Marked]:
    """Best margin first, without those that overlap a better one."""
    kept: list[Marked] = []
    for span in sorted(spans, key=lambda mark: (-mark.margin, mark.start)):
        if span.start < span.end and all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return kept


def _candidates(document: Document, marks: Sequence[Marked], rank: int) -> Iterator[Candidate]:
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
