"""What all extractive readers do alike: one unpadded passage a run, its spans with their margins over the null answer.

A passage's score depends on the question and that passage alone: int8 activations are quantised over
a whole batch, so two passages in one run would change each other's scores.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np
from haystack import Document, component
from numpy.typing import NDArray

from bot.readers.layout import Input, Layout
from bot.readers.spans import Marked, best_spans, candidates, disjoint, snapped, trust
from bot.readers.windows import Window, passage_tokens, question_tokens, windows
from bot.types import Alone, Candidate
from index.sentences import sentence_around

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SPANS_A_PASSAGE = 4

READ_ALONE = 2
"""Of so many places the sentence is read by itself: one that has rivals there is less often right. Each costs a
short run, a twentieth of the whole; four served no better."""

Logits = NDArray[np.float32]


class SpanModel(Protocol):
    """A loaded model. tokenizer: neither truncates nor pads. limit_tokens: the longest input it takes."""

    @property
    def tokenizer(self) -> Tokenizer: ...

    @property
    def layout(self) -> Layout: ...

    @property
    def limit_tokens(self) -> int: ...

    def logits(self, whole: Input) -> tuple[Logits, Logits]:
        """The start and the end logit of each token, float32, shape (tokens,)."""
        ...


@dataclass(frozen=True, slots=True)
class WindowLogits:
    """Of the window's tokens, float32, shape (tokens,), and the sum of both at the null token."""

    start: Logits
    end: Logits
    null: float


class SpanReader:
    """Question and hits in, candidate spans out. Safe to use from several threads.

    Not an ABC: a Haystack component has a metaclass of its own.
    """

    def __init__(self, side_by_side: int) -> None:
        """side_by_side: how many passages are read at the same time."""
        self._side_by_side = side_by_side
        self._loading = threading.Lock()
        self._model: SpanModel | None = None
        self._pool: ThreadPoolExecutor | None = None

    @property
    def identity(self) -> str:
        """The model's name and fingerprint."""
        raise NotImplementedError

    def _opened(self) -> SpanModel:
        """The model, loaded."""
        raise NotImplementedError

    def warm_up(self) -> None:
        """Load the model once; later calls do nothing."""
        with self._loading:
            if self._model is None:
                model = self._opened()
                self._pool = ThreadPoolExecutor(self._side_by_side, thread_name_prefix="reader")
                self._model = model

    def close(self) -> None:
        """Let the threads go; the reader can be warmed up again."""
        with self._loading:
            if self._pool is not None:
                self._pool.shutdown(cancel_futures=True)
            self._model = self._pool = None

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
        found = [
            candidate
            for rank, (document, marked) in enumerate(zip(documents, marks, strict=True), start=1)
            for candidate in candidates(document, marked, rank)
        ]
        found.sort(key=lambda candidate: -candidate.margin)
        return {"candidates": self._with_sentences(ids, texts, found)}

    def _with_sentences(self, question: Sequence[int], texts: Sequence[str], found: list[Candidate]) -> list[Candidate]:
        """The candidates; those of the best places with what is read in their sentences alone."""
        assert self._pool is not None
        best: dict[tuple[str, int, int], Candidate] = {}
        for candidate in found:
            if len(best) < READ_ALONE:
                best.setdefault(_place(candidate), candidate)
        read = self._pool.map(lambda one: self._alone(question, texts[one.rank - 1], one), best.values())
        known = dict(zip(best, read, strict=True))
        return [replace(one, alone=known.get(_place(one))) for one in found]

    def _alone(self, question: Sequence[int], text: str, candidate: Candidate) -> Alone | None:
        """A candidate's sentence read by itself."""
        assert self._model is not None
        start, end = candidate.start - candidate.passage_start, candidate.end - candidate.passage_start
        left, right = sentence_around(text, start, end)
        sentence = text[left:right]
        encoding = self._model.tokenizer.encode(sentence, add_special_tokens=False)
        room = passage_tokens(self._model.limit_tokens, len(question), self._model.layout.special_tokens)
        for window in windows(encoding.ids, encoding.offsets, room):
            touched = [i for i, (a, b) in enumerate(window.offsets) if a < end - left and b > start - left]
            if touched:
                logits = self._logits(question, window)
                first, last, _ = best_spans(logits.start, logits.end, 1)[0]
                best = snapped(sentence, window.offsets[first][0], window.offsets[last][1], 0.0)
                shared = trust(logits.start, logits.end, touched[0], touched[-1])
                return Alone(shared, sentence[best.start : best.end])
        return None

    def mark(self, question: str, text: str) -> list[Marked]:
        """The spans of one text, best margin first; none for a text without words."""
        self.warm_up()
        return self._mark(self._question_ids(question), text)

    def _question_ids(self, question: str) -> list[int]:
        assert self._model is not None
        ids: list[int] = self._model.tokenizer.encode(question, add_special_tokens=False).ids
        return ids[-question_tokens(self._model.limit_tokens) :]

    def _mark(self, question: Sequence[int], text: str) -> list[Marked]:
        assert self._model is not None
        encoding = self._model.tokenizer.encode(text, add_special_tokens=False)
        room = passage_tokens(self._model.limit_tokens, len(question), self._model.layout.special_tokens)
        found = windows(encoding.ids, encoding.offsets, room)
        return disjoint([mark for window in found for mark in self._read(question, window, text)])[:SPANS_A_PASSAGE]

    def _read(self, question: Sequence[int], window: Window, text: str) -> list[Marked]:
        logits = self._logits(question, window)
        pairs = best_spans(logits.start, logits.end, SPANS_A_PASSAGE)
        return [snapped(text, window.offsets[a][0], window.offsets[b][1], score - logits.null) for a, b, score in pairs]

    def _logits(self, question: Sequence[int], window: Window) -> WindowLogits:
        assert self._model is not None
        layout = self._model.layout
        whole = layout.input(question, window.ids)
        start, end = self._model.logits(whole)
        inside = slice(whole.first, whole.first + len(window.ids))
        return WindowLogits(start[inside], end[inside], float(start[layout.null] + end[layout.null]))


def _place(candidate: Candidate) -> tuple[str, int, int]:
    return candidate.article, candidate.start, candidate.end
