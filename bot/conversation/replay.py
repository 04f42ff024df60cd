"""A question after given turns, in a conversation of its own: the seam for regression cases with `turns`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from bot.conversation.dialogue import Dialogue, Understood
from bot.conversation.library import Library
from bot.conversation.reply import Reply
from bot.conversation.store import Conversations
from bot.conversation.turns import Speaker

if TYPE_CHECKING:
    from bot.assistant import Assistant

_SPEAKER = Speaker("replay", "case")


def understood_after(
    assistant: Assistant, turns: Sequence[str], question: str, conditions: tuple[str, ...] = ()
) -> Understood:
    """What a question asks for after these turns, oldest first, each of which the assistant answers.

    Ask the assistant `question` of the result, with the conditions of the result, to get the answer.
    """
    with closing(Conversations()) as conversations:
        dialogue = Dialogue(assistant, library_of(assistant), conversations, rewriter=assistant.rewriter)
        for turn in turns:
            dialogue.say(_SPEAKER, turn, conditions=conditions)
        return dialogue.understand(_SPEAKER, question, conditions)


def reply_after(assistant: Assistant, turns: Sequence[str], text: str, conditions: tuple[str, ...] = ()) -> Reply:
    """The reply to what is said after these turns, oldest first."""
    with closing(Conversations()) as conversations:
        dialogue = Dialogue(assistant, library_of(assistant), conversations, rewriter=assistant.rewriter)
        for turn in turns:
            dialogue.say(_SPEAKER, turn, conditions=conditions)
        return dialogue.say(_SPEAKER, text, conditions=conditions)


def library_of(assistant: Assistant) -> Library:
    """The articles that an assistant answers from."""
    return Library(assistant.store, assistant.pipeline.pipeline.get_component("retriever"))
