"""Citations: quotes that hold, spans that say the same."""

from dataclasses import replace

import pytest

from bot.citations import CitationBroken, cite, holds, merged, page_of, same_answer, verified
from bot.types import Answer, Candidate, Status
from index.types import Article

TEXT = "A title\n\nMr. Kuleba said around 20,000 volunteers came. They joined Kyiv's forces."
ARTICLE = Article(name="a.txt", title="A title", text=TEXT, published="2022-03-08")
START = TEXT.index("around 20,000")
END = START + len("around 20,000")


def answer_with(*citations: object) -> Answer:
    return Answer("q", "q", Status.ANSWERED, "around 20,000", "…", 0.9, tuple(citations), (), "r", 1, 0.1)  # type: ignore[arg-type]


def test_a_citation_quotes_the_whole_sentence_at_its_exact_place() -> None:
    citation = cite(ARTICLE, START, END, 1)
    assert citation.quote == "Mr. Kuleba said around 20,000 volunteers came."
    assert TEXT[citation.start : citation.end] == citation.quote
    assert (citation.span_start, citation.span_end) == (START, END)


def test_a_citation_holds_only_while_the_article_says_so() -> None:
    citation = cite(ARTICLE, START, END, 1)
    assert holds(citation, TEXT)
    assert not holds(citation, TEXT.replace("20,000", "16,000"))
    assert not holds(citation, "x" + TEXT)
    assert not holds(citation, None)


def test_an_answer_with_a_broken_citation_is_never_let_through() -> None:
    good = cite(ARTICLE, START, END, 1)
    bad = replace(good, marker=2, article="gone.txt")
    texts = {"a.txt": TEXT}
    assert verified(answer_with(good), texts.get).citations == (good,)
    with pytest.raises(CitationBroken, match=r"gone\.txt"):
        verified(answer_with(good, bad), texts.get)


def test_the_nearest_passages_that_no_longer_hold_are_left_out() -> None:
    good = replace(cite(ARTICLE, START, END, None), marker=None)
    refusal = replace(answer_with(), closest=(good, replace(good, article="gone.txt")))
    assert verified(refusal, {"a.txt": TEXT}.get).closest == (good,)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("around 20,000", "20000 volunteers", True),
        ("20,000", "16,000", False),
        ("the Pentagon", "Pentagon", True),
        ("Dmytro Kuleba", "Kuleba", True),
        ("Kuleba", "Kirby", False),
        ("in 2015", "2015", True),
        ("February 24", "24 February", True),
        ("", "Kyiv", False),
        ("more than 1.7 million", "1.7 million people", True),
        ("Jose\u0301", "José", True),
    ],
)
def test_spans_that_say_the_same(one: str, other: str, same: bool) -> None:
    assert same_answer(one, other) is same
    assert same_answer(other, one) is same


def test_a_place_marked_from_two_overlapping_passages_counts_once() -> None:
    best = Candidate("a.txt", START, END, TEXT[START:END], 5.0, 1, 0, 60)
    again = replace(best, start=START + 7, margin=4.0, rank=2, passage_start=20)
    elsewhere = replace(best, article="b.txt", margin=3.0)
    assert merged([best, again, elsewhere]) == [best, elsewhere]


def test_pages_count_from_one() -> None:
    paged = replace(ARTICLE, pages=(0, 9, 40))
    assert [page_of(paged, place) for place in (0, 8, 9, 39, 40, 80)] == [1, 1, 2, 2, 3, 3]
    assert page_of(ARTICLE, 5) is None
