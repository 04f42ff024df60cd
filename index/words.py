"""Words as they are compared: in one normal form, whichever way their accents are written.

"José" may be four characters or five, with the accent as a character of its own: macOS writes and pastes file names
so, and programs their text. Both are one word. Offsets never count into what these functions give.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

WORD: Final = re.compile(r"\w[\w\u0300-\u036f]*")
"""A word with its combining accents; some letters have no one character for themselves and their accent."""


def composed(text: str) -> str:
    """The text with each accent and its letter as one character, where there is such a one (NFC)."""
    return unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    """The text for comparison: composed, and without regard to case."""
    return composed(composed(text).casefold())


def is_mark(character: str) -> bool:
    """Whether a character belongs to the letter before it: an accent, a vowel sign, a variation selector."""
    return unicodedata.category(character).startswith("M")
