"""A question as an FTS5 query."""

from __future__ import annotations

import re
from typing import Final

from index.stopwords import STOP_WORDS

MAX_WORDS: Final = 200
"""More distinct words than this of a question are left out; FTS5's time grows with each."""

# The combining marks belong to the word: FTS5 folds them, and a cut there would make two words of one.
_WORD: Final = re.compile(r"[\w\u0300-\u036f]+")


def match_expression(query: str) -> str | None:
    """An OR over the query's words, each quoted; None where there is none.

    Stop words are dropped unless there is nothing else. Each word counts once.
    """
    # Lone surrogates are no text, and a NUL ends the query inside FTS5, even between quotes.
    clean = query.encode("utf-8", "ignore").decode().replace("\0", " ")
    words = list({word.casefold(): word for word in _WORD.findall(clean)}.items())
    telling = [word for folded, word in words if folded not in STOP_WORDS] or [word for _, word in words]
    return " OR ".join(f'"{word}"' for word in telling[:MAX_WORDS]) or None
