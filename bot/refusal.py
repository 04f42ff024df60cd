"""A refusal that helps: what was searched, and which words of the question stand in no article."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.conditions import Condition, Kind, State
from bot.dates import long_date
from index.stopwords import STOP_WORDS
from index.store import PassageStore
from index.words import WORD, composed, folded
from prompts import refusals

SHOWN: Final = 3
"""At most this many missing words are told."""

Unmet = Sequence[tuple[Condition, State]]

ASKING: Final = frozenset(
    [
        "many",
        "much",
        "say",
        "says",
        "said",
        "tell",
        "tells",
        "told",
        "according",
        "name",
        "named",
        "call",
        "called",
        "happen",
        "happens",
        "happened",
        "please",
        "kind",
        "sort",
        "type",
        "often",
        "ever",
        "whether",
        "anyone",
        "anybody",
        "someone",
        "somebody",
        "something",
    ]
)
"""Words that ask; that no article holds them says nothing."""


def not_found(store: PassageStore, question: str, articles: int, *, filtered: bool, unmet: Unmet = ()) -> str:
    """The words of a refusal. articles: how many were searched. filtered: whether conditions left some out.

    unmet: the question's conditions that the nearest passage does not meet.
    """
    newest = store.newest()
    absent = store.absent_words(content_words(question))[:SHOWN]
    missing = [(word, store.near_spelling(word)) for word in absent]
    told = [] if missing else [_unmet(condition, state) for condition, state in unmet]
    return refusals.not_found(
        articles,
        filtered=filtered,
        newest=long_date(newest) if newest is not None else None,
        missing=missing,
        unmet=[words for words in told if words][:1],
    )


def _unmet(condition: Condition, state: State) -> str:
    """What the nearest passage does with a condition; nothing where its words may stand in another form."""
    if condition.kind is Kind.NEGATION:
        return refusals.opposite()
    if condition.kind is Kind.OFFICE:
        return refusals.not_said(condition.text)
    if state is State.CONTRADICTED:
        return refusals.another(condition.kind.value, condition.text)
    return refusals.not_said(condition.text) if condition.kind in {Kind.NAME, Kind.YEAR} else ""


def content_words(question: str) -> list[str]:
    """The words of a question that say what it is about, each once, in order."""
    words = dict.fromkeys(word for word in WORD.findall(composed(question)) if len(word) > 1)
    return [word for word in words if folded(word) not in STOP_WORDS | ASKING]
