"""Read a passage with a reader of any format: the best span and its margin over the null answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.reader.features import QUESTION_TOKENS, marks, open_tokenizer

WINDOW_TOKENS, STRIDE_TOKENS, SPAN_TOKENS = 384, 96, 30
Logits = NDArray[np.float32]
Model = Callable[[list[int], list[int]], tuple[Logits, Logits]]
"""Token and segment ids of one window in; start and end logits, shape (tokens,), out."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The best span's text and its margin over the null answer in logits."""

    text: str
    margin: float


def open_model(folder: Path, threads: int) -> Model:
    """A folder with model.onnx, or a Hugging Face folder (read in fp32)."""
    return _onnx(folder / "model.onnx", threads) if (folder / "model.onnx").exists() else _torch(folder, threads)


def _onnx(path: Path, threads: int) -> Model:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    names = {node.name for node in session.get_inputs()}

    def run(ids: list[int], segments: list[int]) -> tuple[Logits, Logits]:
        rows = {"input_ids": ids, "token_type_ids": segments, "attention_mask": [1] * len(ids)}
        out = session.run(None, {name: np.array([rows[name]], dtype=np.int64) for name in names})
        return out[0][0], out[1][0]

    return run


def _torch(folder: Path, threads: int) -> Model:
    import torch
    from transformers import AutoModelForQuestionAnswering

    torch.set_num_threads(threads)
    model = AutoModelForQuestionAnswering.from_pretrained(folder, dtype=torch.float32).eval()

    def run(ids: list[int], segments: list[int]) -> tuple[Logits, Logits]:
        with torch.inference_mode():
            out = model(input_ids=torch.tensor([ids]), token_type_ids=torch.tensor([segments]))
        return out.start_logits[0].numpy(), out.end_logits[0].numpy()

    return run


class Reader:
    """A model with its tokenizer; one unpadded window a run."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self._model = open_model(folder, threads)
        self._tokenizer = open_tokenizer(folder)

    def read(self, question: str, passage: str) -> Reading:
        """The span of the greatest margin over all windows; an empty text for a passage without tokens."""
        asked = self._tokenizer.encode(question, add_special_tokens=False).ids[-QUESTION_TOKENS:]
        told = self._tokenizer.encode(passage, add_special_tokens=False)
        windows = _windows(len(told.ids), len(asked))
        read = [self._window(asked, told.ids[s:e], told.offsets[s:e], passage) for s, e in windows]
        return max(read, key=lambda reading: reading.margin, default=Reading("", float("-inf")))

    def _window(self, asked: list[int], ids: list[int], offsets: list[tuple[int, int]], passage: str) -> Reading:
        cls, sep = marks(self._tokenizer)
        before = len(asked) + 2
        start, end = self._model([cls, *asked, sep, *ids, sep], [0] * before + [1] * (len(ids) + 1))
        null = start[0] + end[0]
        start, end = start[before : before + len(ids)], end[before : before + len(ids)]
        scores = np.triu(start[:, None] + end[None, :]) + np.where(_allowed(len(ids)), 0, -1e9)
        first, last = divmod(int(scores.argmax()), len(ids))
        return Reading(passage[offsets[first][0] : offsets[last][1]], float(scores[first, last] - null))


def _allowed(length: int) -> NDArray[np.bool_]:
    """Shape (length, length): spans of 1 to SPAN_TOKENS tokens."""
    behind = np.arange(length)[None, :] - np.arange(length)[:, None]
    return (behind >= 0) & (behind < SPAN_TOKENS)


def _windows(tokens: int, question_tokens: int) -> Iterator[tuple[int, int]]:
    room = WINDOW_TOKENS - question_tokens - 3
    start = 0
    while start < tokens:
        yield start, min(tokens, start + room)
        if start + room >= tokens:
            return
        start += room - STRIDE_TOKENS
