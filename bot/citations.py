"""Citations: the sentence around a span, its place, and the check that it holds.

The one promise that nothing may break: `article_text[start:end] == quote` at the moment of showing.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.types import Answer, Candidate, Citation
from index.sentences import sentence_around
from index.types import Article
from index.words import composed

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_NOT_WORDS = re.compile(r"[^\w\s]")
_HEDGES = re.compile(r"\b(?:about|around|approximately|nearly|almost|some|roughly|over|more than|at least)\b")


def cite(article: Article, start: int, end: int, marker: int | None, *, span: bool = True) -> Citation:
    """The citation of article.text[start:end]: quoted with the whole sentence or sentences around it.

    span: whether the place is an answer's span; without it only the quote is given.
    """
    left, right = sentence_around(article.text, start, end)
    return Citation(
        marker=marker,
        article=article.name,
        title=article.title,
        published=article.published,
        url=article.url,
        page=page_of(article, left),
        start=left,
        end=right,
        quote=article.text[left:right],
        span_start=start if span else None,
        span_end=end if span else None,
    )


def page_of(article: Article, place: int) -> int | None:
    """The page a place lies on, counted from 1; None for formats without pages."""
    return bisect_right(article.pages, place) or None


def holds(citation: Citation, text: str | None) -> bool:
    """Whether a citation still says what the article says. text: the article's, None when it is gone."""
    return text is not None and bool(citation.quote) and text[citation.start : citation.end] == citation.quote


def verified(answer: Answer, text_of: Callable[[str], str | None]) -> Answer:
    """The answer with only those nearest passages that hold; raises when a citation of an answer does not.

    text_of: the text of an article as it is stored now, None when it is gone.
    Raises CitationBroken when any citation fails: the answer must be asked for again, not shown.
    """
    broken = [citation.article for citation in answer.citations if not holds(citation, text_of(citation.article))]
    if broken:
        raise CitationBroken(broken[0])
    return replace(answer, closest=tuple(c for c in answer.closest if holds(c, text_of(c.article))))


class CitationBroken(Exception):
    """A quote no longer stands where its citation says; the argument is the article."""


def normalised(text: str) -> str:
    """A span for comparison: case, signs, articles, hedges ("around") and spare white space taken away."""
    folded = composed(unicodedata.normalize("NFKC", text).casefold()).replace(",", "")
    words = _NOT_WORDS.sub(" ", _HEDGES.sub(" ", _ARTICLES.sub(" ", folded)))
    return " ".join(words.split())


def same_answer(one: str, other: str) -> bool:
    """Whether two spans say the same: equal when normalised, or the words of one all in the other.

    Numbers must agree: "20,000" and "16,000" differ, "around 20,000" and "20,000 volunteers" do not.
    """
    left, right = normalised(one).split(), normalised(other).split()
    if not left or not right:
        return False
    numbers = [{word for word in words if any(c.isdigit() for c in word)} for words in (left, right)]
    if numbers[0] != numbers[1]:
        return False
    shorter, longer = sorted((left, right), key=len)
    return set(shorter) <= set(longer)


def merged(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Candidates without those that overlap a better one of the same article: overlapping passages mark a
    place twice. Order is kept, best first."""
    kept: list[Candidate] = []
    for candidate in candidates:
        if not any(_overlap(candidate, other) for other in kept):
            kept.append(candidate)
    return kept


def _overlap(one: Candidate, other: Candidate) -> bool:
    return one.article == other.article and one.start < other.end and other.start < one.end
