"""From candidates to an answer: which spans are given, how they are cited, and what is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.citations import cite, same_answer
from bot.conditions import Condition, State
from bot.dates import long_date
from bot.questions import QuestionKind
from bot.types import Candidate, Citation
from index.types import Article

CITATIONS = 3
"""At most this many passages are cited: more are not read."""

RIVAL_MARGIN = 4.0
"""A differing answer is told only when its margin is at most this far below the best, in logits."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its confidence, 0..1, and the question's conditions that its place does not meet."""

    candidate: Candidate
    confidence: float
    unmet: tuple[tuple[Condition, State], ...] = ()


@dataclass(frozen=True, slots=True)
class Worded:
    """An answer put in words: the span of citation 1, the text with markers, the citations."""

    answer: str
    text: str
    citations: tuple[Citation, ...]


def worded(
    kind: QuestionKind, best: Scored, rest: Sequence[Scored], threshold: float, articles: Mapping[str, Article]
) -> Worded:
    """The answer that the best candidate and those that stand beside it give.

    rest: the other candidates, best first. articles: by name, at least those of the candidates.
    """
    sure = [other for other in rest if other.confidence >= threshold]
    if kind is QuestionKind.LIST:
        return _listed([best, *sure], articles)
    agreeing = _one_an_article(best, [o for o in sure if same_answer(o.candidate.text, best.candidate.text)])
    differing = _one_an_article(best, [o for o in sure if _rivals(o, best)])
    if kind is QuestionKind.YES_NO:
        return _evidence([best, *agreeing][:CITATIONS], articles)
    return _stated(best, agreeing, differing, articles)


def _rivals(other: Scored, best: Scored) -> bool:
    close = best.candidate.margin - other.candidate.margin <= RIVAL_MARGIN
    return close and not same_answer(other.candidate.text, best.candidate.text)


def _one_an_article(best: Scored, others: Sequence[Scored]) -> list[Scored]:
    """The best of each article but the best candidate's own."""
    chosen: dict[str, Scored] = {}
    for other in others:
        if other.candidate.article != best.candidate.article:
            chosen.setdefault(other.candidate.article, other)
    return list(chosen.values())


def _cited(scored: Sequence[Scored], articles: Mapping[str, Article]) -> tuple[Citation, ...]:
    return tuple(
        cite(articles[s.candidate.article], s.candidate.start, s.candidate.end, marker)
        for marker, s in enumerate(scored, start=1)
    )


def _evidence(scored: Sequence[Scored], articles: Mapping[str, Article]) -> Worded:
    """For yes or no: what the articles say, and not a bare yes."""
    citations = _cited(scored, articles)
    quotes = " ".join(f"“{citation.quote}” [{citation.marker}]" for citation in citations)
    return Worded(scored[0].candidate.text, f"What it says: {quotes}", citations)


def _stated(
    best: Scored, agreeing: Sequence[Scored], differing: Sequence[Scored], articles: Mapping[str, Article]
) -> Worded:
    """One answer, cited from each article that gives it; then the answers of others that differ.

    A differing answer of a newer article comes first, and the older one is told.
    """
    newer = [o for o in differing if _published(o, articles) > _published(best, articles) > ""]
    if newer:
        latest = max(newer, key=lambda o: _published(o, articles))
        supporting = [o for o in newer if o is not latest and same_answer(o.candidate.text, latest.candidate.text)]
        return _in_words(latest, supporting, [best], articles)
    return _in_words(best, agreeing, differing, articles)


def _in_words(
    best: Scored, agreeing: Sequence[Scored], differing: Sequence[Scored], articles: Mapping[str, Article]
) -> Worded:
    room = CITATIONS - 1
    others = list(differing)[: max(1, room - len(agreeing))][:room]
    beside = list(agreeing)[: room - len(others)]
    citations = _cited([best, *beside, *others], articles)
    same = 1 + len(beside)
    text = f"{best.candidate.text} {_markers(citations[:same])}"
    if others:
        parts = [_told(o, c, citations[0]) for o, c in zip(others, citations[same:], strict=True)]
        text += f"\n{' '.join(parts)}"
    return Worded(best.candidate.text, text, citations)


def _told(other: Scored, citation: Citation, first: Citation) -> str:
    """How a differing answer is told beside the first."""
    if citation.published and first.published and citation.published < first.published:
        return f"Earlier, on {long_date(citation.published)}: {other.candidate.text} [{citation.marker}]."
    return f"Another article differs: {other.candidate.text} [{citation.marker}]."


def _published(scored: Scored, articles: Mapping[str, Article]) -> str:
    """The stated date, ISO 8601, which sorts as text; empty when there is none."""
    return articles[scored.candidate.article].published or ""


def _listed(scored: Sequence[Scored], articles: Mapping[str, Article]) -> Worded:
    """All spans found, each once, each with the marker of the quote that holds it."""
    citations: list[Citation] = []
    parts: list[tuple[str, int]] = []
    for one in scored:
        if any(same_answer(one.candidate.text, text) for text, _ in parts):
            continue
        marker = _marker_for(one.candidate, citations, articles)
        if marker is not None:
            parts.append((one.candidate.text, marker))
    text = ", ".join(f"{span} [{marker}]" for span, marker in parts)
    return Worded(parts[0][0], text, tuple(citations))


def _marker_for(candidate: Candidate, citations: list[Citation], articles: Mapping[str, Article]) -> int | None:
    """The marker of the citation that quotes the candidate, added when there is room; None when there is not."""
    for citation in citations:
        inside = citation.start <= candidate.start and candidate.end <= citation.end
        if citation.article == candidate.article and inside:
            return citation.marker
    if len(citations) == CITATIONS:
        return None
    marker = len(citations) + 1
    citations.append(cite(articles[candidate.article], candidate.start, candidate.end, marker))
    return marker


def _markers(citations: Sequence[Citation]) -> str:
    return "".join(f"[{citation.marker}]" for citation in citations)


def nearest(candidates: Sequence[Candidate], articles: Mapping[str, Article]) -> tuple[Citation, ...]:
    """The passages nearest to a refused question, each sentence once: no marker, no span."""
    found: list[Citation] = []
    for candidate in candidates:
        citation = cite(articles[candidate.article], candidate.start, candidate.end, None, span=False)
        if all((citation.article, citation.start) != (other.article, other.start) for other in found):
            found.append(replace(citation, marker=None))
        if len(found) == CITATIONS:
            break
    return tuple(found)
