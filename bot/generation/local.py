"""A chat model in this process, through transformers and torch."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.generation.chat import Abandoned, GeneratorFailed, Heard, as_chat_message
from index.errors import ModelError

if TYPE_CHECKING:
    from haystack_integrations.components.generators.transformers import TransformersChatGenerator

    from prompts.templates import Message

NEEDED: Final = {"torch": "torch", "haystack_integrations.components.generators.transformers": "torch"}
GGUF_NEEDED: Final = {"gguf": "gguf", "accelerate": "gguf"}
"""Modules, each with the extra that brings it."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """temperature 0 takes the likeliest token each time."""

    max_tokens: int
    temperature: float
    seed: int


def check_installed(*, gguf: bool) -> None:
    """Raises ModelError that says in one line what to install."""
    for module, extra in (NEEDED | (GGUF_NEEDED if gguf else {})).items():
        if not _is_there(module):
            raise ModelError(
                f"generator.kind = transformers needs {module.partition('.')[0]}, which is not installed. "
                f"Install it: pip install 'citebot[{extra}]'"
            )


class LocalModel:
    """A chat model of a folder or of the local cache of the hub, loaded once. One reply at a time."""

    def __init__(self, name: str, gguf_file: str | None, sampling: Sampling) -> None:
        """name: a folder or a name of the hub; nothing is fetched. gguf_file: in it, for models that come as GGUF."""
        self._name = name
        self._gguf_file = gguf_file
        self._sampling = sampling
        self._loading = threading.Lock()
        self._replying = threading.Lock()
        self._generator: TransformersChatGenerator | None = None
        self._tokenizer: Any = None

    @property
    def identity(self) -> str:
        """The kind and the model."""
        return f"transformers/{self._gguf_file or Path(self._name).name}"

    def warm_up(self) -> None:
        """Load the model once. Raises ModelError."""
        with self._loading:
            if self._generator is None:
                self._generator, self._tokenizer = self._loaded()

    def close(self) -> None:
        """Let the model go."""
        with self._loading:
            self._generator = self._tokenizer = None

    def count(self, text: str) -> int:
        """Tokens, by the model's own tokenizer."""
        self.warm_up()
        return len(self._tokenizer.encode(text, add_special_tokens=False))

    def session(self) -> _Reply:
        """One reply."""
        self.warm_up()
        assert self._generator is not None
        return _Reply(self._generator, self._replying, self._sampling)

    def _loaded(self) -> tuple[TransformersChatGenerator, Any]:
        check_installed(gguf=self._gguf_file is not None)
        from haystack_integrations.components.generators.transformers import TransformersChatGenerator
        from transformers import AutoModelForCausalLM, AutoTokenizer
        from transformers.utils import logging

        logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        folder = Path(self._name).expanduser()
        where = {"gguf_file": self._gguf_file} if self._gguf_file else {}
        if self._gguf_file:
            _hide_the_bar()
        try:
            tokenizer = AutoTokenizer.from_pretrained(
                folder if folder.is_dir() else self._name, local_files_only=True, **where
            )
            model = AutoModelForCausalLM.from_pretrained(
                folder if folder.is_dir() else self._name, local_files_only=True, **where
            )
        except Exception as error:  # what transformers, torch and gguf raise has no base of its own
            words = " ".join(str(error).split())[:200]
            raise ModelError(
                f"generator.model = {self._name} cannot be opened as a chat model ({type(error).__name__}: {words})"
            ) from error
        if not tokenizer.chat_template:
            raise ModelError(f"generator.model = {self._name} has no chat template. Choose an instruct model")
        kwargs = {"task": "text-generation", "model": model, "tokenizer": tokenizer}
        generator = TransformersChatGenerator(token=None, huggingface_pipeline_kwargs=kwargs)
        generator.warm_up()
        return generator, tokenizer


class _Reply:
    def __init__(self, generator: TransformersChatGenerator, replying: threading.Lock, sampling: Sampling) -> None:
        self._generator = generator
        self._replying = replying
        self._sampling = sampling

    def run(self, messages: Sequence[Message], heard: Heard) -> None:
        from haystack.dataclasses import StreamingChunk

        specials = self._generator.pipeline.tokenizer.all_special_tokens if self._generator.pipeline else []

        def chunk(part: StreamingChunk) -> None:
            text = part.content or ""
            for special in specials:
                text = text.replace(special, "")
            heard(text)

        said = [as_chat_message(message) for message in messages]
        with self._replying:
            heard("")  # whoever gave up while another was replied to is not replied to
            try:
                self._generator.run(said, self._options(), streaming_callback=chunk)
            except Abandoned:
                raise
            except Exception as error:  # torch's errors have no base of their own
                words = " ".join(str(error).split())[:200]
                raise GeneratorFailed(f"the generator failed ({type(error).__name__}: {words})") from error

    def abort(self) -> None:
        """`heard` raises at the next token."""

    def _options(self) -> dict[str, Any]:
        import torch

        options: dict[str, Any] = {"max_new_tokens": self._sampling.max_tokens, "do_sample": False}
        if self._sampling.temperature > 0:
            torch.manual_seed(self._sampling.seed)
            options |= {"do_sample": True, "temperature": self._sampling.temperature}
        return options


def _hide_the_bar() -> None:
    """The one that transformers draws on stderr while it reads a GGUF file, whatever its own settings say."""
    from transformers import modeling_gguf_pytorch_utils as reading

    reading.tqdm = partial(reading.tqdm, disable=True)  # type: ignore[attr-defined]


def _is_there(module: str) -> bool:
    with suppress(ModuleNotFoundError):
        return find_spec(module) is not None
    return False
