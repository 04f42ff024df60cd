"""What the bot needs of the rest, and nothing more: a conversation, articles, a library for the administrator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.conversation.reply import Reply
from bot.conversation.turns import Speaker
from index.types import Article


class Conversation(Protocol):
    """The dialogue, as the bot uses it. Safe to use from several threads."""

    def say(self, speaker: Speaker, text: str) -> Reply:
        """The reply to whatever was said, in view of what this speaker said before."""
        ...

    def read_on(self, place: str, number: int) -> Reply | None:
        """The next paragraph of the article that a turn of a place cites; None where the turn was forgotten."""
        ...

    def forget(self, speaker: Speaker) -> Reply:
        """Delete a speaker's turns; the words that say so."""
        ...

    def move(self, old: str, new: str) -> None:
        """Conversations of the places whose names begin with `old` go on in those that begin with `new`."""
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
