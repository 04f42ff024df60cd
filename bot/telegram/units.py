"""Lengths as Telegram counts them: in UTF-16 code units."""

from __future__ import annotations

import unicodedata
from typing import Final

_JOINER: Final = "\u200d"
_LOOK_BACK: Final = 64
"""How many code points a cut may move back so as not to part a character from its marks."""


def units(text: str) -> int:
    """The length of a text in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def prefix(text: str, limit: int) -> str:
    """The longest beginning of at most `limit` units that parts no character from its marks or joiners."""
    end = _fitting(text, limit)
    if end == len(text):
        return text
    for place in range(end, max(end - _LOOK_BACK, 0), -1):
        if not _is_inside_character(text, place):
            return text[:place]
    return text[:end]


def shortened(text: str, limit: int) -> str:
    """The text in at most `limit` units, with an ellipsis where something was left out."""
    return text if units(text) <= limit else prefix(text, limit - 1).rstrip() + "…"


def _fitting(text: str, limit: int) -> int:
    """How many code points of a text fit into `limit` units."""
    if len(text) <= limit // 2:
        return len(text)
    used = 0
    for place, character in enumerate(text):
        used += 2 if character > "\uffff" else 1
        if used > limit:
            return place
    return len(text)


def _is_inside_character(text: str, place: int) -> bool:
    """Whether a cut before text[place] would part what is seen as one character."""
    if place <= 0 or place >= len(text):
        return False
    after, before = text[place], text[place - 1]
    return _JOINER in (before, after) or bool(unicodedata.combining(after)) or _joins_on(after)


def _joins_on(character: str) -> bool:
    """Variation selectors and skin tones belong to the character before them."""
    return "\ufe00" <= character <= "\ufe0f" or "\U0001f3fb" <= character <= "\U0001f3ff"
