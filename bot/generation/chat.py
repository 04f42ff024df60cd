"""What a chat model is to the rest, and how it fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from index.errors import CitebotError
from prompts.templates import Message

if TYPE_CHECKING:
    from haystack.dataclasses import ChatMessage

Heard = Callable[[str], None]
"""Takes each piece of a reply as it comes; raises Abandoned when nobody listens any more."""


class GeneratorFailed(CitebotError):
    """The model gave no usable reply; the message says why and what to do."""


class Abandoned(Exception):
    """Nobody listens any more: the person stopped, or a deadline passed."""


class Session(Protocol):
    """One reply under way."""

    def run(self, messages: Sequence[Message], heard: Heard) -> None:
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


def as_chat_message(message: Message) -> ChatMessage:
    """A message as Haystack's generators take it."""
    from haystack.dataclasses import ChatMessage

    match message.role:
        case "system":
            return ChatMessage.from_system(message.text)
        case "user":
            return ChatMessage.from_user(message.text)
        case "assistant":
            return ChatMessage.from_assistant(message.text)
