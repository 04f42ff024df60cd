"""The words that stand in the articles, as the full text index knows them: stemmed, without diacritics."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Sequence
from typing import Final

from index.database import Database
from index.english.forms import same_word
from index.words import WORD

SIMILARITY: Final = 0.75
"""The least share of common letters (difflib's ratio) for a near spelling."""
SIMILARITY_OF_FORMS: Final = 0.6
"""The same between a word and a form of the stem that was near it: recruted, recruit, recruiting."""
LENGTH_DIFFERENCE: Final = 3
"""Longer and shorter terms are not looked at; a stem is at most this much shorter than its word as a rule."""

LOOKED_THROUGH: Final = 1000
"""So many passages with a word's stem are looked through for the word itself; in more it is taken to stand."""
A_TIME: Final = 50

_TABLES: Final = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.terms USING fts5vocab(main, passages_fts, row)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.occurrences USING fts5vocab(main, passages_fts, instance)",
)


class Vocabulary:
    """Looks words up. Its tables are temporary ones of the connection: an index that is read only has them too."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def absent(self, words: Sequence[str]) -> list[str]:
        """Those words that stand in no passage and no title in any of their forms, in order.

        The stem is not enough: the stemmer makes one of organ and organization.
        """
        return [word for word in words if WORD.fullmatch(word) and not self._stands(word)]

    def near(self, word: str) -> str | None:
        """The word of the articles that is spelled most like it, as it stands there; None where none is near.

        Only words with the same first letter are looked at.
        """
        folded = _folded(word)
        for table in _TABLES:
            self._database.rows(table)
        terms = difflib.get_close_matches(folded, self._alike(folded), n=1, cutoff=SIMILARITY)
        return self._as_written(terms[0], folded) if terms else None

    def _stands(self, word: str) -> bool:
        plain, last = _folded(word), -1
        for _ in range(LOOKED_THROUGH // A_TIME):
            rows = self._database.rows(
                "SELECT id, coalesce(title, '') || ' ' || coalesce(content, '') FROM passages WHERE id IN"
                " (SELECT rowid FROM passages_fts WHERE passages_fts MATCH ? AND rowid > ? ORDER BY rowid LIMIT ?)"
                " ORDER BY id",
                (f'"{word}"', last, A_TIME),
            )
            if any(same_word(plain, _folded(other)) for row in rows for other in _alike(word, row[1])):
                return True
            if len(rows) < A_TIME:
                return False
            last = rows[-1][0]
        return True

    def _alike(self, folded: str) -> list[str]:
        first = folded[:1]
        rows = self._database.rows(
            "SELECT term FROM temp.terms WHERE term >= ? AND term < ? AND length(term) BETWEEN ? AND ?",
            (first, chr(ord(first) + 1), len(folded) - LENGTH_DIFFERENCE, len(folded) + LENGTH_DIFFERENCE),
        )
        return [str(row[0]) for row in rows]

    def _as_written(self, term: str, folded: str) -> str | None:
        """The word behind a stem, from one passage that holds it."""
        rows = self._database.rows(
            "SELECT coalesce(title, '') || ' ' || coalesce(content, '') FROM passages"
            " WHERE id = (SELECT doc FROM temp.occurrences WHERE term = ? LIMIT 1)",
            (term,),
        )
        words = {
            _folded(word): word for row in rows for word in WORD.findall(row[0]) if _folded(word)[:1] == folded[:1]
        }
        best = difflib.get_close_matches(folded, words, n=1, cutoff=SIMILARITY_OF_FORMS)
        return words[best[0]] if best else None


def _alike(word: str, text: str) -> set[str]:
    """The words of a text that begin as the word does."""
    first = _folded(word)[:1]
    return {other for other in WORD.findall(text) if _folded(other[:2])[:1] == first}


def _folded(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
