"""What a Hugging Face model's config and tokenizer say of how it is read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from bot.readers.windows import LEAST_TOKENS
from index.errors import ModelError

SHIFTED: Final = frozenset(
    ["camembert", "data2vec-text", "ibert", "layoutlm-v3", "longformer", "luke", "mpnet", "roberta",
     "roberta-prelayernorm", "xlm-roberta", "xlm-roberta-xl", "xmod"]
)  # fmt: skip
"""Families that number places from the padding token's id + 1, so that as many of their places are never used:
RoBERTa's `max_position_embeddings` is 514, and it takes 512 tokens."""

_LENGTHS: Final = ("max_position_embeddings", "n_positions", "max_source_positions")
_NO_LIMIT: Final = 100_000
"""Tokenizers without a length of their own say 10**30."""

DEFAULT_LIMIT: Final = 512
"""Of a model that says nothing, such as XLNet, whose places are relative."""


def limit_tokens(config: Mapping[str, Any], tokenizer_limit: float | None) -> int:
    """The longest input, special tokens included, by the config's places and the tokenizer's `model_max_length`.

    Raises ModelError for a model with room for fewer than LEAST_TOKENS.
    """
    places = next((int(value) for name in _LENGTHS if (value := config.get(name)) and int(value) > 0), None)
    if places is not None and config.get("model_type") in SHIFTED:
        places -= int(config.get("pad_token_id") or 0) + 1
    told = None if tokenizer_limit is None or tokenizer_limit > _NO_LIMIT else int(tokenizer_limit)
    limit = min([length for length in (places, told) if length is not None], default=DEFAULT_LIMIT)
    if limit < LEAST_TOKENS:
        raise ModelError(f"the model takes at most {limit} tokens; a question and a passage need {LEAST_TOKENS}")
    return limit


def takes_segments(config: Mapping[str, Any], parameters: Collection[str], tokenizer_inputs: Collection[str]) -> bool:
    """Whether the model is given segment ids.

    parameters: of its forward. Where the config says how many segments it knows, two or more; else where the
    tokenizer makes them, as XLNet's does.
    """
    if "token_type_ids" not in parameters:
        return False
    known = config.get("type_vocab_size")
    return int(known) > 1 if known is not None else "token_type_ids" in tokenizer_inputs


def check_segments(config: Mapping[str, Any], wanted: int) -> None:
    """Raises ModelError where the tokenizer numbers more segments than the model knows."""
    known = config.get("type_vocab_size")
    if known is not None and wanted > int(known):
        raise ModelError(f"the tokenizer makes {wanted} segments, the model knows {known}: they do not fit together")


def null_token(cls_token: str | None, bos_token: str | None) -> str:
    """The token whose logits are the null answer's, as question answering is trained on Hugging Face.

    Raises ModelError where the tokenizer has neither.
    """
    token = cls_token or bos_token
    if not token:
        raise ModelError(
            "the tokenizer has no classification token, at which a model says that there is no answer. Choose a model "
            "of the BERT, RoBERTa, ELECTRA or DeBERTa families, say"
        )
    return str(token)
