"""Passages as a model gets them: data, with nothing in them that could pass for something else.

Only the prompt is changed; quotes are cut from the article as it is.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from index.sentences import sentences

ENDINGS: Final = (".", "!", "?")
"""A marker stands before these, as people set it."""
_HIDDEN: Final = re.compile(
    "[\U000e0000-\U000e0fff\ufe00-\ufe0f\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5\u180b-\u180f]"
)
"""Tags, variation selectors and fillers: seen by no person, read by a model."""
_MARKERS: Final = re.compile(r"[\[［【〔]\s*(\^?\d+(?:\s*[,;–-]\s*\d+)*)\s*[\]］】〕]")
_TOKENS: Final = re.compile(r"[<＜]\s*[|｜/]*\s*[\w ▁:.-]{1,40}\s*[|｜/]*\s*[>＞]")
_INSTRUCTION: Final = re.compile(
    r"\[\s*/?\s*(INST|SYS\w*|SYSTEM|USER|ASSISTANT)\s*\]|<<\s*/?\s*(SYS)\s*>>", re.IGNORECASE
)
_ROLE: Final = re.compile(
    r"(?m)^(\W{0,6})(system|assistant|user|human|developer|tool|instruction|question|answer|passage)(\W{0,4})[:：]",
    re.IGNORECASE,
)
_FENCES: Final = re.compile(r"`{3,}|-{3,}|={3,}|#{2,}|~{3,}")


@dataclass(frozen=True, slots=True)
class Quoted:
    """A passage in the prompt. heading: the article's title and date."""

    number: int
    heading: str
    text: str

    @property
    def marked(self) -> str:
        """The text with the passage's number behind each sentence, so that a model that copies one copies it too."""
        parts, last = [], 0
        for start, end in sentences(self.text):
            words = self.text[start:end].rstrip()
            ending = words[-1:] if words[-1:] in ENDINGS else ""
            parts.append(f"{self.text[last:start]}{words.removesuffix(ending)} [{self.number}]{ending}")
            last = start + len(words)
        return "".join(parts) + self.text[last:]


def neutral(text: str) -> str:
    """The text without hidden characters, markers, chat tokens, roles and fences that are not the prompt's own."""
    seen = "".join(" " if character in "\t\r" else character for character in text if _is_seen(character))
    seen = _HIDDEN.sub("", seen)
    seen = _MARKERS.sub(r"(\1)", seen)
    seen = _INSTRUCTION.sub(lambda found: f"({found[1] or found[2]})", seen)
    seen = _TOKENS.sub(lambda found: f"({found[0].strip('<>＜＞|｜/ ')})", seen)
    seen = _ROLE.sub(r"\1\2\3 -", seen)
    return _FENCES.sub("—", seen)


def fence(parts: Iterable[str]) -> str:
    """A line's mark that nobody who wrote a passage can have known: it depends on all of the prompt's parts."""
    digest = hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"~~{digest[:16]}"


def within(passages: list[Quoted], room_tokens: int, count: Callable[[str], int]) -> list[Quoted]:
    """The first passages that fit; the first is cut where it alone does not. room_tokens: the model's own."""
    kept: list[Quoted] = []
    for passage in passages:
        cost = _cost(passage, count)
        if cost > room_tokens:
            break
        kept.append(passage)
        room_tokens -= cost
    if not kept and passages:
        first = passages[0]
        share = max(0.0, room_tokens / _cost(first, count))
        kept = [Quoted(first.number, first.heading, first.text[: int(len(first.text) * share * 0.9)])]
    return kept


def _cost(passage: Quoted, count: Callable[[str], int]) -> int:
    """Tokens of a passage, its heading, and what a template may put around them."""
    return count(passage.heading) + count(passage.marked) + 24


def _is_seen(character: str) -> bool:
    return character in "\n\t\r" or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
