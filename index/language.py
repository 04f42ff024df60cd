"""The language of an article, and a note on those that the bundled models do not read."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, cast

from index.types import Article, Note

READABLE: Final = frozenset({"en"})
"""Languages that the bundled models read."""

_SAMPLE_CHARACTERS: Final = 4_000
_LEAST_LETTERS: Final = 60
"""Under so many letters any guess is a guess."""

_LEAST_CONFIDENCE: Final = 0.95
_LEAST_LETTERS_DENSE: Final = 20
"""The same for scripts that write a word in a letter or two."""

_ENGLISH_WORDS: Final = frozenset(
    {"the", "and", "of", "that", "with", "from", "this", "have", "were", "which", "said", "are", "has", "they", "been"}
    | {"their", "would", "not", "you", "your", "can", "will", "should", "than", "but", "his", "who"}
)
_ENGLISH_SHARE: Final = 0.06
_DENSE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORD: Final = re.compile(r"[^\W\d_]+")


def language_of(text: str) -> str | None:
    """ISO 639-1 code of the text's language; None when there is too little text or the guess is not sure.

    Plain English is told by its commonest words. Only what is not goes to the classifier, whose model takes a
    second and 120 MB to load.
    """
    sample = text[:_SAMPLE_CHARACTERS]
    words = [word.lower() for word in _WORD.findall(sample)]
    letters = sum(map(len, words))
    is_dense = len(_DENSE.findall(sample)) > letters / 3
    if letters < (_LEAST_LETTERS_DENSE if is_dense else _LEAST_LETTERS):
        return None
    english = [word for word in words if word in _ENGLISH_WORDS]
    if len(set(english)) > 1 and len(english) >= _ENGLISH_SHARE * len(words):
        return "en"
    code, confidence = _classifier()(" ".join(words))
    return code if confidence >= _LEAST_CONFIDENCE else None


def foreign(article: Article) -> Note | None:
    """A note for an article in a language that the bundled models do not read, else None."""
    if article.language is None or article.language in READABLE:
        return None
    return Note(
        article.name,
        "language",
        f"{article.name} seems to be in the language {article.language!r}; the bundled models read English, "
        "so questions on it may be refused or answered poorly",
    )


@lru_cache(maxsize=1)
def _classifier() -> Callable[[str], tuple[str, float]]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    return cast("Callable[[str], tuple[str, float]]", identifier.classify)
