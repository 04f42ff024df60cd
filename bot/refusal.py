"""A refusal that helps: what was searched, and which words of the question stand in no article."""

from __future__ import annotations

import re
from typing import Final

from bot.dates import long_date
from index.stopwords import STOP_WORDS
from index.store import PassageStore
from prompts import refusals

SHOWN: Final = 3
"""At most this many missing words are told."""

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

_WORD = re.compile(r"\w[\w\u0300-\u036f]*")


def not_found(store: PassageStore, question: str, articles: int, *, filtered: bool) -> str:
    """The words of a refusal. articles: how many were searched. filtered: whether conditions left some out."""
    newest = store.newest()
    missing = [(word, store.near_spelling(word)) for word in store.absent_words(content_words(question))[:SHOWN]]
    return refusals.not_found(
        articles, filtered=filtered, newest=long_date(newest) if newest is not None else None, missing=missing
    )


def content_words(question: str) -> list[str]:
    """The words of a question that say what it is about, each once, in order."""
    words = dict.fromkeys(word for word in _WORD.findall(question) if len(word) > 1)
    return [word for word in words if word.casefold() not in STOP_WORDS | ASKING]
