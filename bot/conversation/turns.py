"""The words of a conversation: who speaks where, and one turn of it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.types import Answer


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose conversation it is: a person in a place. A group chat has one for each person in it.

    place: such as `terminal` or `telegram:CHAT:THREAD`. person: an id that stays.
    """

    place: str
    person: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer.

    id: given by the store, ascending. at: seconds since 1970 UTC.
    topic: turns with the same number are about the same; a follow-up looks no further back.
    question: as it was typed; answer.standalone_question: as it was asked.
    conditions: what the articles had to meet, as `--where` takes it.
    read_to: up to which offset "more" has shown the article of the first citation; None before the first.
    """

    id: int
    at: float
    topic: int
    question: str
    conditions: tuple[str, ...]
    answer: Answer
    read_to: int | None = None
