"""What the confidence is computed from: what the reader, the retrieval and the question's words say of each span."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from haystack import Document

from bot.citations import merged, normalised, same_answer
from bot.conditions import Condition, Kind, Place, State, conditions, state
from bot.expectation import contradicts
from bot.negation import opposed
from bot.types import Candidate
from index.sentences import sentence_around
from index.stopwords import STOP_WORDS
from index.types import Article, Meta
from index.words import WORD, composed, folded

MARGIN_BOUND: Final = 15.0
"""Margins beyond this say no more; a bound keeps one feature from drowning the others."""

LONG: Final = 12
"""Spans of more words are no less likely for it."""

_STEM_LETTERS = 5
"""Words count as the same when this many first letters agree: president's, presidents, presidential."""

OPPOSITE: Final = Condition("", Kind.NEGATION, "")
"""That the sentence does not say the opposite; contradicted where it does."""

Features = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Observed:
    """A candidate with its features, and the question's conditions that its place does not meet."""

    candidate: Candidate
    features: Features
    unmet: tuple[tuple[Condition, State], ...]


def observed(
    question: str, hits: Sequence[Document], candidates: Sequence[Candidate], articles: Mapping[str, Article]
) -> list[Observed]:
    """Candidates of known articles, overlapping ones merged, in their order, best margin first."""
    known = merged([candidate for candidate in candidates if candidate.article in articles])
    found = {(hit.meta.get(Meta.ARTICLE), hit.meta.get(Meta.START)): hit for hit in hits}
    return [
        _observed(question, one, known, found[one.article, one.passage_start], articles[one.article]) for one in known
    ]


def _observed(
    question: str, candidate: Candidate, known: Sequence[Candidate], hit: Document, article: Article
) -> Observed:
    left, right = sentence_around(article.text, candidate.start, candidate.end)
    place = Place(article.text[left:right], hit.content or "", article.title, article.published)
    states = [(condition, state(condition, place)) for condition in conditions(question)]
    if opposed(question, place.sentence, candidate.start - left, candidate.end - left):
        states.insert(0, (OPPOSITE, State.CONTRADICTED))
    unmet = tuple((condition, found) for condition, found in states if found is not State.MET)
    values = features(question, candidate, known, place, score=hit.score or 0.0, unmet=unmet)
    return Observed(candidate, values, unmet)


def features(
    question: str,
    candidate: Candidate,
    others: Sequence[Candidate],
    place: Place,
    *,
    score: float = 0.0,
    unmet: Sequence[tuple[Condition, State]] = (),
) -> dict[str, float]:
    """By name; docs/evaluation.md says what each is worth.

    others: the candidates of all passages. score: the hit's. unmet: the conditions that are not met.
    """
    states = [found for condition, found in unmet if condition.kind not in {Kind.OFFICE, Kind.NEGATION}]
    return {
        "margin": max(-MARGIN_BOUND, min(MARGIN_BOUND, candidate.margin)),
        "rank": 1.0 / candidate.rank,
        "score": score,
        "coverage": coverage(question, f"{place.title} {place.passage}"),
        "nearby": coverage(question, f"{place.title} {place.sentence}"),
        "gap": _gap(candidate, others),
        "agreement": _agreement(candidate, others),
        "unmet": float(states.count(State.UNKNOWN)),
        "contradicted": float(State.CONTRADICTED in states),
        "office": float((Kind.OFFICE, State.CONTRADICTED) in [(condition.kind, found) for condition, found in unmet]),
        "negation": float(any(condition.kind is Kind.NEGATION for condition, _ in unmet)),
        "kind": float(contradicts(question, candidate.text)),
        "echo": _echo(question, candidate.text),
        "alone": candidate.alone.trust if candidate.alone else 0.0,
        "again": float(candidate.alone is not None and normalised(candidate.alone.text) == normalised(candidate.text)),
        "length": float(min(LONG, len(candidate.text.split()))),
    }


def coverage(question: str, text: str) -> float:
    """The share of the question's content words that stand in the text; 1.0 when it has none."""
    wanted = content_stems(question)
    if not wanted:
        return 1.0
    return len(wanted & _stems(text)) / len(wanted)


@lru_cache(maxsize=64)
def _stems(text: str) -> frozenset[str]:
    """Of all words; kept, for the spans of one passage share it."""
    return frozenset(stem(word) for word in WORD.findall(composed(text)))


@lru_cache(maxsize=64)
def content_stems(text: str) -> frozenset[str]:
    """The stems of the words of a text that are not stop words."""
    return frozenset(stem(word) for word in WORD.findall(composed(text)) if folded(word) not in STOP_WORDS)


def stem(word: str) -> str:
    """A word's first letters, case folded; a number whole."""
    plain = folded(word)
    return plain if plain.isdigit() else plain[:_STEM_LETTERS]


def _gap(candidate: Candidate, others: Sequence[Candidate]) -> float:
    """The margin's lead over the best candidate of another text elsewhere, at most MARGIN_BOUND."""
    rivals = [o.margin for o in others if folded(o.text) != folded(candidate.text)]
    return min(MARGIN_BOUND, candidate.margin - max(rivals)) if rivals else MARGIN_BOUND


def _agreement(candidate: Candidate, others: Sequence[Candidate]) -> float:
    """The best margin, from 0 up and at most the candidate's own, of the same answer in a passage that shares no text
    with the candidate's."""
    if candidate.margin <= 0:
        return 0.0
    apart = [o for o in others if o.margin > 0 and not _share_text(o, candidate)]
    same = [o.margin for o in apart if same_answer(o.text, candidate.text)]
    return min(MARGIN_BOUND, candidate.margin, max(same, default=0.0))


def _echo(question: str, span: str) -> float:
    """The share of the span's content words that the question holds already; 0.0 when it has none."""
    words = content_stems(span)
    return len(words & content_stems(question)) / len(words) if words else 0.0


def _share_text(one: Candidate, other: Candidate) -> bool:
    return (
        one.article == other.article and one.passage_start < other.passage_end and other.passage_start < one.passage_end
    )
