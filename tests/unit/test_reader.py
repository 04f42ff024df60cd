"""The extractive reader in the box: its spans, and that a passage's score is the passage's own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from haystack import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.readers.extractive import ExtractiveReader
from bot.readers.reading import READ_ALONE
from bot.readers.spans import SPAN_TOKENS, best_spans, snapped, trust
from bot.readers.windows import QUESTION_TOKENS
from bot.types import Candidate

QUESTION = "How many volunteers have travelled to the country?"
TEXTS = (
    "Kuleba has claimed around 20,000 foreign volunteers have travelled to the country.",
    "More than 1.7 million people have fled. They didn't take much.",
    "The Pentagon's spokesman is John Kirby, who said so on Monday.",
    "Some 16,000 volunteers travelled there, a newspaper wrote; it cost $5 and 12% of them left.",
    "Roses need water in the morning, and shade at noon.",
)


@pytest.fixture(scope="module")
def reader() -> Iterator[ExtractiveReader]:
    opened = ExtractiveReader(threads=2)
    yield opened
    opened.close()


def document(text: str | None, start: int = 0, **meta: object) -> Document:
    return Document(id=f"{text}{start}", content=text, meta={"article": "a.txt", "start": start, **meta})


def by_passage(candidates: list[Candidate]) -> dict[tuple[int, int], list[tuple[int, int, str, float]]]:
    """Everything the reader says of a passage, whatever its rank was."""
    found: dict[tuple[int, int], list[tuple[int, int, str, float]]] = {}
    for one in candidates:
        key = (one.passage_start, one.passage_end)
        found.setdefault(key, []).append((one.start, one.end, one.text, one.margin))
    return found


def test_a_passages_score_depends_on_the_question_and_that_passage_alone(reader: ExtractiveReader) -> None:
    hits = [document(text, start=1000 * n) for n, text in enumerate(TEXTS)]
    whole = by_passage(reader.run(QUESTION, hits)["candidates"])
    assert len(whole) == len(TEXTS)
    for others in (hits[::-1], hits[2:] + hits[:2], hits[:1], hits[3:], [*hits, document("Another passage.", 9000)]):
        told = by_passage(reader.run(QUESTION, others)["candidates"])
        assert {key: told[key] for key in told if key in whole} == {key: whole[key] for key in told if key in whole}


def test_one_thread_and_two_say_the_same(reader: ExtractiveReader) -> None:
    alone = ExtractiveReader(threads=1)
    hits = [document(text, start=1000 * n) for n, text in enumerate(TEXTS)]
    assert alone.run(QUESTION, hits) == reader.run(QUESTION, hits)
    alone.close()


def test_the_span_is_found_and_lies_where_it_says(reader: ExtractiveReader) -> None:
    best = reader.run(QUESTION, [document(TEXTS[0], start=50)])["candidates"][0]
    assert "20,000" in best.text
    assert TEXTS[0][best.start - 50 : best.end - 50] == best.text
    assert best.margin > 0


def test_the_best_places_are_read_alone_too(reader: ExtractiveReader) -> None:
    found = reader.run(QUESTION, [document(" ".join(TEXTS)), document(TEXTS[3], start=900)])["candidates"]
    assert len(found) > READ_ALONE
    assert {one.alone is not None for one in found[:READ_ALONE]} == {True}
    assert {one.alone is not None for one in found[READ_ALONE:]} == {False}
    best = found[0].alone
    assert best is not None and "20,000" in best.text and best.trust > 0.9
    assert all(0.0 <= one.alone.trust <= 1.0 for one in found if one.alone)


def test_a_place_marked_in_two_passages_is_read_alone_once(reader: ExtractiveReader) -> None:
    longer = document(f"{TEXTS[0]} {TEXTS[4]}")
    found = reader.run(QUESTION, [document(TEXTS[0]), longer])["candidates"]
    twice = [one.alone for one in found if "20,000" in one.text]
    assert len(twice) == 2 and twice[0] is not None and twice[0] == twice[1]


def test_a_passage_without_the_answer_prefers_the_null_answer(reader: ExtractiveReader) -> None:
    best = reader.run(QUESTION, [document(TEXTS[4])])["candidates"][0]
    assert best.margin < 0


@pytest.mark.parametrize("text", ["", "   \n ", None])
def test_nothing_is_marked_in_nothing(reader: ExtractiveReader, text: str | None) -> None:
    assert reader.run(QUESTION, [document(text)])["candidates"] == []


def test_no_passages_no_candidates(reader: ExtractiveReader) -> None:
    assert reader.run(QUESTION, [])["candidates"] == []


def test_a_very_long_passage_is_read_to_its_end(reader: ExtractiveReader) -> None:
    text = " ".join([TEXTS[4]] * 120 + [TEXTS[0]] + [TEXTS[4]] * 5)
    best = reader.run(QUESTION, [document(text)])["candidates"][0]
    assert "20,000" in best.text
    assert text[best.start : best.end] == best.text


def test_of_a_question_longer_than_the_model_its_end_is_read(reader: ExtractiveReader) -> None:
    long = "please tell me kindly " * QUESTION_TOKENS + QUESTION
    assert "20,000" in reader.run(long, [document(TEXTS[0])])["candidates"][0].text


def test_spans_in_boilerplate_are_left_out(reader: ExtractiveReader) -> None:
    hit = document(TEXTS[0], start=10, boilerplate=[[10, 10 + len(TEXTS[0])]])
    assert reader.run(QUESTION, [hit])["candidates"] == []


@pytest.mark.parametrize("question", ["What did it cost?", "What share left?", "Who said so?", "How many fled?"])
def test_no_word_and_no_number_is_cut(reader: ExtractiveReader, question: str) -> None:
    for text in TEXTS:
        for mark in reader.mark(question, text):
            before, after = text[: mark.start][-1:], text[mark.end :][:1]
            assert not (before.isalnum() and text[mark.start].isalnum())
            assert not (after.isalnum() and text[mark.end - 1].isalnum())
            assert not (
                text[mark.end - 1].isdigit() and text[mark.end :][:1] in ",." and text[mark.end + 1 :][:1].isdigit()
            )


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=400))
def test_any_text_gives_spans_inside_it(text: str) -> None:
    for mark in SHARED.mark(QUESTION, text):
        assert 0 <= mark.start < mark.end <= len(text)


SHARED = ExtractiveReader(threads=1)


def test_best_spans_by_hand() -> None:
    start = np.array([0.0, 5.0, 1.0, 0.0], dtype=np.float32)
    end = np.array([0.0, 1.0, 4.0, 3.0], dtype=np.float32)
    assert best_spans(start, end, 3) == [(1, 2, 9.0), (3, 3, 3.0), (0, 0, 0.0)]


def test_trust_by_hand() -> None:
    start, end = np.log([[4.0, 1.0], [1.0, 1.0]]).astype(np.float32)  # spans 00: 4, 01: 4, 11: 1
    assert trust(start, end, 0, 0) == pytest.approx(8 / 9)
    assert trust(start, end, 1, 1) == pytest.approx(5 / 9)
    assert trust(start, end, 0, 1) == pytest.approx(1.0)


def test_no_span_is_longer_than_the_cap() -> None:
    start, end = np.zeros(100, dtype=np.float32), np.zeros(100, dtype=np.float32)
    start[0], end[99] = 10.0, 10.0
    for first, last, _ in best_spans(start, end, 10):
        assert last - first < SPAN_TOKENS


def test_a_folder_that_is_no_reader_is_named(tmp_path: object) -> None:
    from models import ModelFilesError

    with pytest.raises(ModelFilesError, match=str(tmp_path)):
        ExtractiveReader(folder=str(tmp_path)).warm_up()


@pytest.mark.parametrize(
    ("text", "span", "whole"),
    [
        ("There are around 20,000 volunteers.", "20,000", "around 20,000"),
        ("It sold more than 1.7 million copies.", "1.7 million", "more than 1.7 million"),
        ("They paid no less than £5 each.", "£5", "no less than £5"),
        ("It was nearly half of them.", "half", "nearly half"),
        ("They stood around Mr. Jones.", "Mr. Jones", "Mr. Jones"),
        ("It happened in 1999.", "1999", "1999"),
        ("20 came.", "20", "20"),
    ],
)
def test_a_number_comes_with_its_hedge(text: str, span: str, whole: str) -> None:
    start = text.index(span)
    marked = snapped(text, start, start + len(span), 1.0)
    assert text[marked.start : marked.end] == whole


@pytest.mark.parametrize(
    ("text", "span", "whole"),
    [
        ("It was Jose\u0301.", "Jose", "Jose\u0301"),
        ("It was Jose\u0301's bread.", "Jose", "Jose\u0301's"),
        ("She is A\u030asa Bell.", "sa", "A\u030asa"),
        ("He said 9️⃣ and left.", "9", "9️⃣"),
    ],
)
def test_a_span_ends_at_a_whole_character(text: str, span: str, whole: str) -> None:
    start = text.index(span)
    marked = snapped(text, start, start + len(span), 1.0)
    assert text[marked.start : marked.end] == whole
