"""A question-answering model of a Hugging Face folder, loaded whole or refused; nothing is fetched."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from logging import ERROR
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.readers.layout import Layout, layout_of
from bot.readers.traits import check_segments, limit_tokens, null_token, takes_segments
from index.errors import ModelError
from models import ModelFilesError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_VOCABULARIES = ("tokenizer.json", "vocab*", "*.model")


@dataclass(frozen=True, slots=True)
class Loaded:
    """model: in float32, ready to answer, on the CPU. tokenizer: neither truncates nor pads."""

    model: Any
    tokenizer: Tokenizer
    layout: Layout
    limit_tokens: int
    takes_segments: bool
    null_token: str


def load(folder: Path) -> Loaded:
    """The model of a folder. Raises ModelError that says why it cannot be a reader."""
    with _told(folder), _quiet():
        converted = _tokenizer(folder)
        model = _model(folder)
        config = model.config.to_dict()
        token = null_token(converted.cls_token, converted.bos_token)
        tokenizer: Tokenizer = converted.backend_tokenizer
        _check_fits(tokenizer, model)
        tokenizer.no_truncation()
        tokenizer.no_padding()
        layout = layout_of(tokenizer, token)
        segments = takes_segments(config, inspect.signature(model.forward).parameters, converted.model_input_names)
        if segments:
            check_segments(config, layout.segments)
        return Loaded(model, tokenizer, layout, limit_tokens(config, converted.model_max_length), segments, token)


def _tokenizer(folder: Path) -> Any:
    from transformers import AutoTokenizer

    if not any(path for pattern in _VOCABULARIES for path in folder.glob(pattern)):  # else an empty one is made up
        raise ModelError(f"{folder} has no tokenizer ({', '.join(_VOCABULARIES)})")
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    if not tokenizer.is_fast:
        raise ModelError(
            f"{folder} has no fast tokenizer (tokenizer.json), which tells the place of each token in the text; "
            "without it no quote has a place"
        )
    return tokenizer


def _model(folder: Path) -> Any:
    """Raises ModelError for a model that was not trained to answer: its last layer would be made up at random."""
    import torch
    from transformers import AutoModelForQuestionAnswering

    model, told = AutoModelForQuestionAnswering.from_pretrained(
        folder, local_files_only=True, dtype=torch.float32, attn_implementation="eager", output_loading_info=True
    )
    lacking = sorted({*told["missing_keys"], *(str(key) for key in told["mismatched_keys"])})
    if lacking:
        shown = ", ".join(lacking[:3]) + (f" and {len(lacking) - 3} more" if len(lacking) > 3 else "")
        raise ModelError(
            f"{folder} was not trained for extractive question answering: its weights lack {shown}. "
            "Choose a model that was, one fine-tuned on SQuAD 2.0 say"
        )
    return model.eval()


def _check_fits(tokenizer: Tokenizer, model: Any) -> None:
    words, known = tokenizer.get_vocab_size(), model.get_input_embeddings().num_embeddings
    if words > known:
        raise ModelError(f"the tokenizer has {words} tokens, the model knows {known}: they do not belong together")


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """What transformers and torch raise, as one line that names the folder."""
    try:
        yield
    except ModelFilesError as error:
        raise ModelError(f"{folder}: {error}") from error
    except ModelError:
        raise
    except Exception as error:  # what transformers, torch and safetensors raise has no base of its own
        words = " ".join(str(error).split())[:300]
        raise ModelError(
            f"{folder} cannot be opened as a question-answering model ({type(error).__name__}: {words})"
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """transformers without its bars and its advice on loading."""
    from transformers.utils import logging

    before = logging.get_verbosity()
    bar = logging.is_progress_bar_enabled()
    logging.set_verbosity(ERROR)
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(before)
        if bar:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
