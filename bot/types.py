"""The chat side's words: span, draft, citation, answer.

Every offset counts Unicode code points into the text of the whole article.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """How a question ended. A refusal is a value, not an error."""

    ANSWERED = "answered"
    REFUSED = "refused"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Alone:
    """A candidate's sentence read without the passage around it.

    trust: the share, 0..1, that the candidate's place has of all spans of the sentence. text: the best span there.
    """

    trust: float
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that the reader marks in one passage.

    start, end: in the article, `text == article.text[start:end]`.
    margin: the span's score less the null answer's, in logits; it depends on the question and this passage alone.
    rank: the rank of the passage among the hits, from 1.
    passage_start, passage_end: the passage's place in its article.
    alone: what its sentence says read by itself; None but for the best places.
    """

    article: str
    start: int
    end: int
    text: str
    margin: float
    rank: int
    passage_start: int
    passage_end: int
    alone: Alone | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and its place. `quote == article_text[start:end]`, checked again whenever it is shown.

    marker: 1 for `[1]`; None for the nearest passages of a refusal, which are not answers.
    span_start, span_end: the answer's span inside the article; None where no span was marked.
    """

    marker: int | None
    article: str
    title: str
    published: str | None
    url: str | None
    page: int | None
    start: int
    end: int
    quote: str
    span_start: int | None
    span_end: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question got.

    answer: the span of citation 1 (the checked text for a generative reader), None unless answered.
    text: as shown, with [1] markers.
    confidence: 0..1, calibrated; None when nothing could be read.
    closest: the nearest passages of a refusal.
    reader, index: what read, and the generation of the index it read; None where nothing could be opened.
    """

    question: str
    standalone_question: str
    status: Status
    answer: str | None
    text: str
    confidence: float | None
    citations: tuple[Citation, ...]
    closest: tuple[Citation, ...]
    reader: str | None
    index: int | None
    seconds: float
    error: str | None = None


def failed(question: str, error: str) -> Answer:
    """The answer to a question that could not be asked or ended in an error, which says why in a line."""
    return Answer(
        question=question,
        standalone_question=question,
        status=Status.ERROR,
        answer=None,
        text="",
        confidence=None,
        citations=(),
        closest=(),
        reader=None,
        index=None,
        seconds=0.0,
        error=error,
    )


def to_record(answer: Answer) -> dict[str, Any]:
    """The answer as JSON takes it: what is stored, and what `from_record` reads."""
    return asdict(answer)


def from_record(record: Mapping[str, Any]) -> Answer:
    """The answer that `to_record` made a record of."""
    cited = {key: tuple(Citation(**citation) for citation in record[key]) for key in ("citations", "closest")}
    return Answer(**{**record, **cited, "status": Status(record["status"])})
