"""Passages: exact offsets, capacity, overlap, pages."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from index.chunking import CHARACTERS_PER_TOKEN, Chunker
from index.types import Article, Passage

TOKENIZER = Tokenizer.from_file(str(Path(__file__).parents[2] / "models/embedder/tokenizer.json"))
CHUNKER = Chunker(TOKENIZER)
SMALL = Chunker(TOKENIZER, capacity_tokens=8, overlap_tokens=3)

SENTENCE = "Some fighters are already in Russia preparing to join the fight in Ukraine. "


def article(text: str, pages: tuple[int, ...] = ()) -> Article:
    return Article(name="a.txt", title="A", text=text, pages=pages)


def tokens(text: str) -> int:
    counting = Tokenizer.from_str(TOKENIZER.to_str())
    counting.no_truncation()
    counting.no_padding()
    return len(counting.encode(text, add_special_tokens=False))


def check(text: str, passages: list[Passage]) -> None:
    at = 0
    for passage in passages:
        assert passage.text == text[passage.start : passage.end]
        assert passage.text.strip() == passage.text != ""
        assert text[at : passage.start].strip() == ""
        at = max(at, passage.end)
    assert text[at:].strip() == ""
    starts = [passage.start for passage in passages]
    assert starts == sorted(set(starts))


@given(st.text(max_size=500))
def test_offsets_under_any_text(text: str) -> None:
    check(text, CHUNKER.passages(article(text)))
    check(text, SMALL.passages(article(text)))


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from([SENTENCE, "\n\n", "Mr. Jones. ", "é", "👩‍🚀", "中文。", " ", "x" * 150, "\u200b" * 60]),
        max_size=40,
    )
)
def test_offsets_under_long_texts(parts: list[str]) -> None:
    text = "".join(parts)
    check(text, CHUNKER.passages(article(text)))
    check(text, SMALL.passages(article(text)))


def test_passages_fill_the_capacity_and_share_whole_sentences() -> None:
    text = SENTENCE * 40
    passages = CHUNKER.passages(article(text))
    each = tokens(SENTENCE)
    assert [tokens(passage.text) for passage in passages[:-1]] == [200 // each * each] * (len(passages) - 1)
    for before, after in itertools.pairwise(passages):
        shared = text[after.start : before.end]
        assert tokens(shared) == 50 // each * each
        assert shared.startswith("Some fighters")


def test_no_overlap_where_none_is_asked_for() -> None:
    passages = Chunker(TOKENIZER, 200, 0).passages(article(SENTENCE * 40))
    assert all(before.end < after.start for before, after in itertools.pairwise(passages))


def test_a_sentence_over_the_capacity_is_cut_between_words() -> None:
    text = "word " * 1000
    passages = CHUNKER.passages(article(text))
    check(text, passages)
    assert {tokens(passage.text) for passage in passages} == {200}
    assert all(set(passage.text.split()) == {"word"} for passage in passages)


def test_a_word_without_end_is_cut_by_characters() -> None:
    text = "x" * 20_000
    passages = CHUNKER.passages(article(text))
    check(text, passages)
    assert max(len(passage.text) for passage in passages) == 200 * CHARACTERS_PER_TOKEN


def test_text_without_tokens_is_in_passages_too() -> None:
    text = "\u200b" * 9_000
    passages = CHUNKER.passages(article(text))
    check(text, passages)
    assert len(passages) == 4


def test_white_space_gives_no_passage() -> None:
    assert CHUNKER.passages(article(" \n\t\n ")) == []


def test_a_passage_is_on_the_page_where_it_begins() -> None:
    first, second = SENTENCE * 20 + "\n\n", SENTENCE * 20
    passages = CHUNKER.passages(article(first + second, pages=(0, len(first), len(first))))
    assert passages[0].page == 1
    assert passages[-1].page == 3  # page 2 is empty: it begins where page 3 does
    assert [passage.page for passage in passages] == sorted(passage.page or 0 for passage in passages)
    assert {passage.page for passage in CHUNKER.passages(article(first))} == {None}


def test_the_callers_tokenizer_is_left_as_it_is() -> None:
    own = Tokenizer.from_str(TOKENIZER.to_str())
    own.enable_truncation(16)
    passages = Chunker(own).passages(article(SENTENCE * 40))
    assert own.truncation["max_length"] == 16
    assert [passage.start for passage in passages] == [p.start for p in CHUNKER.passages(article(SENTENCE * 40))]


def test_blocks_do_not_change_what_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    text = SENTENCE * 60
    whole = CHUNKER.passages(article(text))
    monkeypatch.setattr("index.chunking._BLOCK_CHARACTERS", 300)
    assert CHUNKER.passages(article(text)) == whole


def test_an_overlap_as_large_as_the_capacity_is_refused() -> None:
    with pytest.raises(ValueError, match="an overlap of 50 tokens does not fit a capacity of 50"):
        Chunker(TOKENIZER, 50, 50)
