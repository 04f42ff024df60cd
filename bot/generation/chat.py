"""What a chat model is to the rest, and how it fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from index.errors import CitebotError

Heard = Callable[[str], None]
"""Takes each piece of a reply as it comes; raises Abandoned when nobody listens any more."""


class GeneratorFailed(CitebotError):
    """The model gave no usable reply; the message says why and what to do."""


class Abandoned(Exception):
    """Nobody listens any more: the person stopped, or a deadline passed."""


class Session(Protocol):
    """One reply under way."""

    def run(self, system: str, user: str, heard: Heard) -> None:
        """Hand the reply to `heard`, piece by piece. Raises GeneratorFailed, and whatever `heard` raises."""
        ...

    def abort(self) -> None:
        """Called from another thread: let go of what is waited for."""
        ...


class ChatModel(Protocol):
    """A chat model. Safe to use from several threads."""

    @property
    def identity(self) -> str: ...

    def warm_up(self) -> None: ...

    def close(self) -> None: ...

    def count(self, text: str) -> int:
        """Tokens of a text: the model's own where its tokenizer is known, else a cautious estimate."""
        ...

    def session(self) -> Session: ...
