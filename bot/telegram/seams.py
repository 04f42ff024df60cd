"""What the bot needs of the rest, and nothing more: a conversation, articles, a library for the administrator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.types import Answer, Citation
from index.types import Article


@dataclass(frozen=True, slots=True)
class Said:
    """What the assistant says to something.

    answer: None for what was no question, such as a greeting; then there are words, and passages where it was a
    wish to see some. words: empty beside an answer, which has its own.
    understood: how a follow-up was read, where that differs from what was typed.
    """

    answer: Answer | None
    words: str = ""
    passages: tuple[Citation, ...] = ()
    understood: str | None = None


class Conversation(Protocol):
    """Safe to use from several threads."""

    def say(self, place: str, person: str, text: str) -> Said:
        """The answer to a question, in view of what this person said in this place before."""
        ...

    def forget(self, place: str, person: str) -> str:
        """Delete a person's turns in a place; the words that say so."""
        ...


class Shelf(Protocol):
    """The articles as they are now. Safe to use from several threads."""

    def article(self, name: str) -> Article | None:
        """One article; None when it is gone."""
        ...


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of a document. titles: of the articles in it, in order; none when it was known already."""

    name: str
    titles: tuple[str, ...]


class Library(Protocol):
    """What the administrator does to the articles. Each call blocks; every error is a CitebotError."""

    def add(self, file_name: str, data: bytes) -> Filed:
        """Keep a document in the articles folder, under a safe name, and index it."""
        ...

    def remove(self, name: str) -> str:
        """Take an article's file out of the folder and the index; where it went."""
        ...

    def sync(self) -> str:
        """Bring the index in line with the folder; what was done, in a line."""
        ...
