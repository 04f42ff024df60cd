"""Text of articles as a message may carry it: readable in every script, with nothing hidden and nothing turned round.

Telegram's server takes U+2028 to U+202E out of every text, so what has to be seen of them must be spelled out.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from bot.render import visible

_LINE: Final = re.compile("[^\n\u2028\u2029]+")
_DIRECTION: Final = re.compile("[\u202a-\u202c\u2066-\u2069]")
"""Embeddings and isolates with their ends: text in Arabic or Hebrew needs them around foreign words."""
_LINE_ENDS: Final = frozenset("\u2028\u2029")
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})


def readable(text: str) -> str:
    """The text as it is shown."""
    return "".join(characters(text))


def readable_line(text: str) -> str:
    """`readable`, with white space runs as one space: for titles."""
    return readable(" ".join(text.split()))


def characters(text: str) -> list[str]:
    """What is shown for each character of a text, in order: nearly always itself.

    Control characters and overrides of direction are spelled out, as `\\x1b` and `\\u202e`. Embeddings and isolates
    stay on a line with right-to-left letters, where they order what is read; elsewhere they could only mislead.
    """
    kept = _ordering(text)
    return [character if place in kept else _shown(character) for place, character in enumerate(text)]


def _shown(character: str) -> str:
    return "\n" if character in _LINE_ENDS else visible(character)


def _ordering(text: str) -> set[int]:
    """The places of embeddings and isolates on lines with right-to-left letters."""
    lines = [line for line in _LINE.finditer(text) if _DIRECTION.search(line[0]) and _reads_leftward(line[0])]
    return {mark.start() for line in lines for mark in _DIRECTION.finditer(text, line.start(), line.end())}


def _reads_leftward(line: str) -> bool:
    return any(unicodedata.bidirectional(c) in _RIGHT_TO_LEFT and c.isalpha() for c in line)
