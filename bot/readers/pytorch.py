"""The reader on torch: any question-answering model of a Hugging Face folder, on a CUDA GPU where there is one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from haystack import component, default_from_dict, default_to_dict

from bot.readers.fingerprint import fingerprint
from bot.readers.layout import Input
from bot.readers.reading import Logits, SpanModel, SpanReader

if TYPE_CHECKING:
    from bot.readers.hugging import Loaded


@component
class TorchReader(SpanReader):
    """Question and hits in, candidate spans out; float32, whatever precision the weights were saved in."""

    def __init__(self, folder: str, name: str | None = None, threads: int = 2) -> None:
        """folder: config.json, weights, tokenizer. name: the folder's unless given. threads: cores a run uses."""
        SpanReader.__init__(self, 1)  # torch's own threads share the work of one passage
        self.folder = folder
        self.name = name or Path(folder).resolve().name
        self.threads = threads
        self._loaded: Loaded | None = None

    def take(self, loaded: Loaded) -> None:
        """Use what was loaded of this folder before."""
        self._loaded = loaded

    @property
    def identity(self) -> str:
        """The model's name and fingerprint."""
        return fingerprint(Path(self.folder), f"{self.name}-torch")

    def _opened(self) -> SpanModel:
        from bot.readers.hugging import load

        return TorchModel(self._loaded or load(Path(self.folder)), self.threads)

    def to_dict(self) -> dict[str, Any]:
        """The folder, the name and the threads."""
        return default_to_dict(self, folder=self.folder, name=self.name, threads=self.threads)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> TorchReader:
        """The inverse of to_dict."""
        return default_from_dict(cls, data)


class TorchModel:
    """A loaded model on the GPU, or on the CPU where there is none."""

    def __init__(self, loaded: Loaded, threads: int) -> None:
        import torch

        torch.set_num_threads(threads)
        self.tokenizer = loaded.tokenizer
        self.layout = loaded.layout
        self.limit_tokens = loaded.limit_tokens
        self._segments = loaded.takes_segments
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._model = loaded.model.to(self._device)

    def logits(self, whole: Input) -> tuple[Logits, Logits]:
        """The start and the end logit of each token, float32, shape (tokens,)."""
        import torch

        inputs = {"input_ids": whole.ids, "attention_mask": np.ones_like(whole.ids)}
        if self._segments:
            inputs["token_type_ids"] = whole.segments
        with torch.inference_mode():
            output = self._model(**{name: torch.from_numpy(ids).to(self._device) for name, ids in inputs.items()})
        return output.start_logits[0].cpu().numpy(), output.end_logits[0].cpu().numpy()
