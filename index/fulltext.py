"""A question as an FTS5 query."""

from __future__ import annotations

from typing import Final

from index.stopwords import STOP_WORDS
from index.words import WORD, composed, folded

MAX_WORDS: Final = 200
"""More distinct words than this of a question are left out; FTS5's time grows with each."""


def match_expression(query: str) -> str | None:
    """An OR over the query's words, each quoted; None where there is none.

    Stop words are dropped unless there is nothing else. Each word counts once.
    """
    # Lone surrogates are no text, and a NUL ends the query inside FTS5, even between quotes.
    clean = composed(query.encode("utf-8", "ignore").decode().replace("\0", " "))
    # A combining mark belongs to the word: FTS5 folds it, and a cut there would make two words of one.
    words = list({folded(word): word for word in WORD.findall(clean)}.items())
    telling = [word for plain, word in words if plain not in STOP_WORDS] or [word for _, word in words]
    return " OR ".join(f'"{word}"' for word in telling[:MAX_WORDS]) or None
