"""What kind of answer a question asks for, by its words alone."""

from __future__ import annotations

import re
from enum import StrEnum


class QuestionKind(StrEnum):
    """How the answer to a question is shown."""

    SPAN = "span"
    YES_NO = "yes-no"
    """The evidence is shown, never a bare yes: an extractive reader cannot tell yes from no."""
    LIST = "list"
    """All spans that are found, not only the best."""


_AUXILIARY = (
    "is are was were am do does did has have had can could will would shall should may might must "
    "isn't aren't wasn't weren't don't doesn't didn't hasn't haven't hadn't can't couldn't won't wouldn't"
).split()
_YES_NO = re.compile(rf"(?:{'|'.join(_AUXILIARY)})\s+\S", re.IGNORECASE)
_OR = re.compile(r"\bor\b", re.IGNORECASE)
_LIST = re.compile(
    r"""
    (?:which|what)\s+(?:\w+\s+){0,2}?
        (?:cities|countries|people|nations|companies|languages|species|types|kinds|names|members|parties|
           two|three|four|five|six|seven|eight|nine|ten|several|all|are\s+the|were\s+the)\b
    | (?:name|list)\s+(?:all|the|two|three|four|five|some|every)\b
    | who\s+(?:all\s+)?(?:are|were)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def kind_of(question: str) -> QuestionKind:
    """Yes/no for a question that opens with an auxiliary and offers no choice; list for plural wh-phrases."""
    words = question.strip()
    if _YES_NO.match(words) and not _OR.search(words):
        return QuestionKind.YES_NO
    return QuestionKind.LIST if _LIST.match(words) else QuestionKind.SPAN
