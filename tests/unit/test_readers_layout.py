"""How question and passage are laid out for each family of models: special tokens, segments, lengths, null token."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from bot.readers import traits
from bot.readers.layout import Layout, layout_of
from bot.readers.spans import Marked, snapped
from bot.readers.windows import STRIDE_TOKENS, WINDOW_TOKENS, passage_tokens, question_tokens, windows
from index.errors import ModelError
from models import ModelFilesError

WORDS = "who was it her the mayor of springfield is ada".split()


def words_tokenizer(*specials: str) -> Tokenizer:
    """A word a token, without a post-processor."""
    vocabulary = {word: number for number, word in enumerate(["[UNK]", *specials, *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return tokenizer


def templated(pair: str, *specials: str) -> Tokenizer:
    tokenizer = words_tokenizer(*specials)
    ids = [(name, tokenizer.token_to_id(name)) for name in specials]
    tokenizer.post_processor = processors.TemplateProcessing(single="$A", pair=pair, special_tokens=ids)
    return tokenizer


def bert() -> Tokenizer:
    return templated("[CLS] $A [SEP] $B:1 [SEP]:1", "[CLS]", "[SEP]")


def roberta() -> Tokenizer:
    """RoBERTa's own byte-level tokens and processor; the vocabulary is its alphabet alone."""
    specials = ["<s>", "<pad>", "</s>", "<unk>"]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: number for number, token in enumerate([*specials, *letters])}
    tokenizer = Tokenizer(models.BPE(vocabulary, [], unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False
    )
    return tokenizer


def xlnet() -> Tokenizer:
    return templated("$A <sep> $B:1 <sep>:1 <cls>:2", "<sep>", "<cls>")


FAMILIES = {"bert": (bert, "[CLS]"), "roberta": (roberta, "<s>"), "xlnet": (xlnet, "<cls>")}


def family(name: str) -> tuple[Tokenizer, Layout]:
    make, null = FAMILIES[name]
    return make(), layout_of(make(), null)


def ids_of(tokenizer: Tokenizer, text: str) -> list[int]:
    ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
    return ids


@pytest.mark.parametrize("name", FAMILIES)
def test_a_run_is_what_the_models_own_tokenizer_makes_of_the_pair(name: str) -> None:
    tokenizer, layout = family(name)
    whole = layout.input(ids_of(tokenizer, "who is the mayor"), ids_of(tokenizer, "it was ada of springfield"))
    own = tokenizer.encode("who is the mayor", "it was ada of springfield")
    assert whole.ids.tolist() == [own.ids]
    assert whole.segments.tolist() == [own.type_ids]
    assert whole.first == own.sequence_ids.index(1)
    assert layout.special_tokens == own.special_tokens_mask.count(1)


@pytest.mark.parametrize(("name", "place"), [("bert", 0), ("roberta", 0), ("xlnet", -1)])
def test_the_null_answer_stands_at_the_null_token(name: str, place: int) -> None:
    tokenizer, layout = family(name)
    whole = layout.input(ids_of(tokenizer, "who is it"), ids_of(tokenizer, "ada"))
    assert layout.null == place
    assert whole.ids[0, layout.null] == tokenizer.token_to_id(FAMILIES[name][1])


@pytest.mark.parametrize(("name", "between", "segments"), [("bert", 1, 2), ("roberta", 2, 1), ("xlnet", 1, 3)])
def test_what_stands_between_and_how_many_segments_there_are(name: str, between: int, segments: int) -> None:
    layout = family(name)[1]
    assert (len(layout.between), layout.segments) == (between, segments)


def test_a_chat_models_tokenizer_is_refused() -> None:
    with pytest.raises(ModelFilesError, match="nothing between question and passage"):
        layout_of(words_tokenizer("<s>"), "<s>")


def test_a_tokenizer_that_puts_no_null_token_is_refused() -> None:
    with pytest.raises(ModelFilesError, match="puts no <s> around"):
        layout_of(templated("$A [SEP] $B [SEP]", "[SEP]"), "<s>")


def test_a_tokenizer_without_words_is_refused() -> None:
    with pytest.raises(ModelFilesError, match="does not know the words"):
        layout_of(Tokenizer(models.BPE()), "[CLS]")


@pytest.mark.parametrize(
    ("config", "told", "limit"),
    [
        ({"model_type": "bert", "max_position_embeddings": 512}, 512, 512),
        ({"model_type": "roberta", "max_position_embeddings": 514, "pad_token_id": 1}, 512, 512),
        ({"model_type": "roberta", "max_position_embeddings": 514, "pad_token_id": 1}, 10**30, 512),
        ({"model_type": "longformer", "max_position_embeddings": 4098, "pad_token_id": 1}, None, 4096),
        ({"model_type": "bert", "max_position_embeddings": 512}, 384, 384),
        ({"model_type": "xlnet"}, 10**30, 512),
        ({"model_type": "xlnet", "max_position_embeddings": None}, None, 512),
        ({"model_type": "funnel", "max_position_embeddings": -1}, None, 512),
    ],
)
def test_the_limit_is_the_models_own(config: dict[str, Any], told: float | None, limit: int) -> None:
    assert traits.limit_tokens(config, told) == limit


def test_a_model_without_room_is_refused() -> None:
    with pytest.raises(ModelError, match="at most 32 tokens"):
        traits.limit_tokens({"max_position_embeddings": 32}, None)


@pytest.mark.parametrize(
    ("config", "parameters", "inputs", "takes"),
    [
        ({"type_vocab_size": 2}, ["input_ids", "token_type_ids"], [], True),
        ({"type_vocab_size": 1}, ["input_ids", "token_type_ids"], ["token_type_ids"], False),
        ({"type_vocab_size": 0}, ["input_ids", "token_type_ids"], ["token_type_ids"], False),
        ({"type_vocab_size": 2}, ["input_ids"], ["token_type_ids"], False),
        ({}, ["input_ids", "token_type_ids"], ["input_ids", "token_type_ids"], True),
        ({}, ["input_ids", "token_type_ids"], ["input_ids"], False),
    ],
)
def test_segments_are_given_to_models_that_have_them(
    config: dict[str, Any], parameters: list[str], inputs: list[str], takes: bool
) -> None:
    assert traits.takes_segments(config, parameters, inputs) is takes


def test_more_segments_than_the_model_knows_do_not_fit() -> None:
    traits.check_segments({"type_vocab_size": 2}, 2)
    traits.check_segments({}, 3)
    with pytest.raises(ModelError, match="makes 3 segments, the model knows 2"):
        traits.check_segments({"type_vocab_size": 2}, 3)


def test_the_null_token_is_the_classification_token_or_the_first() -> None:
    assert traits.null_token("<cls>", "<s>") == "<cls>"
    assert traits.null_token(None, "<s>") == "<s>"
    with pytest.raises(ModelError, match="no classification token"):
        traits.null_token(None, None)


@pytest.mark.parametrize("limit", [64, 100, 128, 384, 512, 4096])
@pytest.mark.parametrize("asked", [1, 10, 10_000])
@pytest.mark.parametrize("tokens", [1, 40, 1_000])
def test_windows_fit_the_limit_and_leave_nothing_out(limit: int, asked: int, tokens: int) -> None:
    question = min(asked, question_tokens(limit))
    room = passage_tokens(limit, question, 4)
    found = list(windows(range(tokens), [(n, n + 1) for n in range(tokens)], room))
    assert all(len(window.ids) + question + 4 <= min(limit, WINDOW_TOKENS) for window in found)
    assert {number for window in found for number in window.ids} == set(range(tokens))
    for one, other in pairwise(found):
        assert len(set(one.ids) & set(other.ids)) >= min(STRIDE_TOKENS, room // 2)


def test_no_tokens_no_windows() -> None:
    assert list(windows([], [], 100)) == []


@pytest.mark.parametrize(
    ("start", "end", "marked"), [(3, 10, "Ada Quimby"), (4, 14, "Ada Quimby"), (3, 4, ""), (0, 15, "is Ada Quimby")]
)
def test_a_span_holds_no_white_space_at_its_ends(start: int, end: int, marked: str) -> None:
    """Tokens of SentencePiece and byte-level models hold the space before their word."""
    text = " is Ada Quimby "
    span = snapped(text, start, end, 1.0)
    assert text[span.start : span.end] == marked


def test_an_empty_span_keeps_its_place() -> None:
    assert snapped("a  b", 1, 3, 2.0) == Marked(3, 3, 2.0)
