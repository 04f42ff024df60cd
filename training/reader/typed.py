"""Question forms that people type: lower case, no question mark, keywords, "who's", a slip of a finger."""

from __future__ import annotations

import random
import re

_DROPPED = frozenset(
    {"the", "a", "an", "is", "was", "are", "were", "did", "does", "do", "of", "that", "to", "has", "have", "been"}
)
_SHORT = (
    (r"^(who|what|where|when|how) is\b", r"\1's"),
    (r"^(who|what|where|when|how) was\b", r"\1 was"),
    (r"^(?:what|which) (year|date)\b", r"when \1"),
    (r"^what is the name of\b", "name of"),
    (r"^(?:in|on|at|for|to) (?=wh|how)", ""),
)


def typed(question: str, rng: random.Random) -> str:
    """The question as one might type it; about half of the time unchanged."""
    draw = rng.random()
    if draw < 0.45:
        return question
    text = question.rstrip("?. ").lower()
    if draw < 0.60:
        text = _shortened(text)
    elif draw < 0.72:
        text = _keywords(text)
    return _slip(text, rng) if rng.random() < 0.2 else text


def _shortened(text: str) -> str:
    for pattern, with_ in _SHORT:
        text = re.sub(pattern, with_, text)
    return text


def _keywords(text: str) -> str:
    words = [word for word in text.split() if word not in _DROPPED]
    return " ".join(words) if len(words) >= 3 else text


def _slip(text: str, rng: random.Random) -> str:
    """One letter doubled, dropped or swapped in a longer word."""
    words = text.split()
    long = [i for i, word in enumerate(words) if len(word) >= 6 and word.isalpha()]
    if not long:
        return text
    at, word = rng.choice(long), ""
    word = words[at]
    i = rng.randrange(1, len(word) - 2)
    swapped = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    words[at] = rng.choice((swapped, word[:i] + word[i + 1 :], word[:i] + word[i] + word[i:]))
    return " ".join(words)
