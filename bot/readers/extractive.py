"""The reader on ONNX Runtime: the one in the box, and those that `citebot models add` makes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from haystack import component, default_from_dict, default_to_dict

import models
from bot.readers.layout import Input, Layout, layout_of
from bot.readers.reading import Logits, SpanModel, SpanReader

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer


@component
class ExtractiveReader(SpanReader):
    """Question and hits in, candidate spans out."""

    def __init__(self, folder: str | None = None, threads: int = 2) -> None:
        """folder: model.onnx, tokenizer.json and card.json; None for the box. threads: runs side by side."""
        SpanReader.__init__(self, threads)  # Haystack makes another class of this one: super() would not know it
        self.folder = folder
        self.threads = threads
        self.place = Path(folder) if folder else models.folder("reader")

    @property
    def identity(self) -> str:
        """The model's name and fingerprint."""
        return models.fingerprint(self.place)

    def _opened(self) -> SpanModel:
        return OnnxModel(self.place)

    def to_dict(self) -> dict[str, Any]:
        """The folder and the threads."""
        return default_to_dict(self, folder=self.folder, threads=self.threads)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> ExtractiveReader:
        """The inverse of to_dict."""
        return default_from_dict(cls, data)


class OnnxModel:
    """A model folder, opened. Segments are given to a graph that takes them."""

    def __init__(self, folder: Path) -> None:
        """Raises ModelFilesError."""
        card = models.load_card(folder)
        self.tokenizer: Tokenizer = models.open_tokenizer(folder)
        self.layout: Layout = layout_of(self.tokenizer, card.null_token)
        self.limit_tokens: int = card.limit_tokens
        self._session: InferenceSession = models.open_session(folder, threads=1)
        self._takes = {entry.name for entry in self._session.get_inputs()}

    def logits(self, whole: Input) -> tuple[Logits, Logits]:
        """The start and the end logit of each token, float32, shape (tokens,)."""
        inputs = {
            "input_ids": whole.ids,
            "attention_mask": np.ones_like(whole.ids),
            "token_type_ids": whole.segments,
        }
        start, end = self._session.run(
            ["start_logits", "end_logits"], {name: value for name, value in inputs.items() if name in self._takes}
        )
        return start[0], end[0]
