"""Sentences: spans of code points, abbreviations, lines and windows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sentences import LONGEST_SENTENCE, sentence_around, sentences

ONE_SENTENCE = [
    "Mr. Jones met Dr. Who in St. Petersburg.",
    "Dr. Who is a show.",
    "U.S. troops stayed.",
    "It rose 3.5 percent.",
    "Fruit, e.g. apples, is good.",
    "Fruit, i.e. Apples, is good.",
    "Lt. Col. John Kirby spoke.",
    "Sen. Warren and Rep. Smith agreed.",
    "J. K. Rowling wrote it.",
    "The U.N. Security Council met.",
    "On Jan. 5 he left.",
    "The meeting is at 5 p.m. Monday.",
    "See Vol. 2, pp. 3-5.",
    "See No. 5 and Fig. 3.",
    "He paid $3.50 for it.",
    "Visit www.example.com today.",
    "He waited... then he left.",
    "“I will go,” she said.",
]

SEVERAL_SENTENCES = [
    ("Mr. Jones met Dr. Who. They spoke.", ["Mr. Jones met Dr. Who.", "They spoke."]),
    ("He left the U.S. They stayed.", ["He left the U.S.", "They stayed."]),
    ("What? No! Yes.", ["What?", "No!", "Yes."]),
    ("“I will go.” She left.", ["“I will go.”", "She left."]),
    ("It ended at 5 p.m. The crowd left.", ["It ended at 5 p.m.", "The crowd left."]),
    ("He said no. 5 men left.", ["He said no. 5 men left."]),  # "no. 5": read as a number, the lesser harm
    ("One line\nAnother line", ["One line", "Another line"]),
    ("One line\n\nAnother. And more.", ["One line", "Another.", "And more."]),
    ("One.\r\nTwo.", ["One.", "Two."]),
    ("👩‍🚀 went up. e\u0301 came. 😀😀.", ["👩‍🚀 went up.", "e\u0301 came.", "😀😀."]),
]


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize("text", ONE_SENTENCE)
def test_is_one_sentence(text: str) -> None:
    assert cut(text) == [text]


@pytest.mark.parametrize(("text", "expected"), SEVERAL_SENTENCES)
def test_is_cut(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_wrapped_lines_are_one_sentence() -> None:
    text = (
        "Russia is recruiting Syrians and other foreign fighters to reinforce\n"
        "its assault on Ukraine, the Pentagon has said. President Putin was\n"
        "seeking them."
    )
    assert [sentence.replace("\n", " ") for sentence in cut(text)] == [
        "Russia is recruiting Syrians and other foreign fighters to reinforce its assault on Ukraine, "
        "the Pentagon has said.",
        "President Putin was seeking them.",
    ]


def test_headlines_below_each_other_are_not_joined() -> None:
    text = "Putin rules out use of conscripts in Ukraine\nPowered by automated translation\nNext headline of the day"
    assert len(cut(text)) == 3


@given(st.text(max_size=400))
def test_spans_are_ordered_trimmed_and_hold_every_visible_character(text: str) -> None:
    check_cover(text)


@given(
    st.lists(
        st.sampled_from(
            ["Mr. ", "Hello ", "U.S. ", "\n", "\n\n", ". ", "? ", "e\u0301", "👩‍🚀", "\r\n", "\u2028", " 3.5 ", "…"]
        )
    )
)
def test_the_same_with_words_that_matter(parts: list[str]) -> None:
    check_cover("".join(parts))


def check_cover(text: str) -> None:
    spans = sentences(text)
    at = 0
    for start, end in spans:
        assert at <= start < end <= len(text)
        assert text[at:start].strip() == ""
        assert text[start:end] == text[start:end].strip()
        at = end
    assert text[at:].strip() == ""


def test_the_sentence_around_a_span() -> None:
    text = "First one. Mr. Jones met Dr. Who. Last one."
    start = text.index("Dr. Who")
    a, b = sentence_around(text, start, start + 3)
    assert text[a:b] == "Mr. Jones met Dr. Who."


def test_the_sentences_around_a_span_over_two() -> None:
    text = "First one. Second here. Third now. Fourth."
    start, end = text.index("here"), text.index("Third") + 2
    a, b = sentence_around(text, start, end)
    assert text[a:b] == "Second here. Third now."


def test_other_paragraphs_are_left_out() -> None:
    text = "Headline\n\nThe body. More.\n\nFoot"
    a, b = sentence_around(text, text.index("body"), text.index("body") + 4)
    assert text[a:b] == "The body."


def test_what_runs_on_is_cut_to_a_window_between_words() -> None:
    text = "word " * 1000 + "needle" + " word" * 1000
    start = text.index("needle")
    a, b = sentence_around(text, start, start + 6)
    assert a <= start
    assert start + 6 <= b
    assert b - a <= LONGEST_SENTENCE
    assert text[a:b].split(" ").count("word") == len(text[a:b].split(" ")) - 1


def test_a_span_longer_than_the_window_is_kept_whole() -> None:
    text = "x" * 50 + " " + "y" * 2000 + " " + "z" * 50
    a, b = sentence_around(text, 60, 1900)
    assert text[a:b] == "y" * 2000


@given(st.text(max_size=300), st.data())
def test_the_quote_holds_the_span_and_has_no_white_space_at_its_ends(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    a, b = sentence_around(text, start, end)
    assert 0 <= a <= b <= len(text)
    span = text[start:end].strip()
    assert span in text[a:b]
    if span:
        left = start + text[start:end].index(span)
        assert a <= left
        assert left + len(span) <= b
        assert text[a:b] == text[a:b].strip()


def test_a_line_of_spaces_is_no_trap() -> None:
    assert cut(" " * 200_000 + "\nHello." + "\n" * 100_000) == ["Hello."]
