"""What a place shows for what was said to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.types import Answer, Citation


class ReplyKind(StrEnum):
    """What a reply is."""

    ANSWER = "answer"
    PASSAGES = "passages"
    """Words, and passages that are shown as they stand: nothing was read for an answer."""
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a place shows.

    text: the words; of an answer, its own. passages: of PASSAGES. turn: the id of the turn it belongs to.
    understood: the question as it was asked, where that differs from what was typed.
    conditions: what the articles had to meet, as `--where` takes it.
    """

    kind: ReplyKind
    text: str
    answer: Answer | None = None
    passages: tuple[Citation, ...] = ()
    understood: str | None = None
    conditions: tuple[str, ...] = ()
    turn: int | None = None
