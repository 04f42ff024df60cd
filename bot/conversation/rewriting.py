"""A question made whole: by a chat model where one is to do it and the question needs it, else by the rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.conversation.standalone import Reading, about_the_same, standalone
from bot.conversation.turns import Turn
from bot.generation.rewriting import Said


class Rewriting(Protocol):
    """Whoever makes a follow-up whole in other words than the rules."""

    def rewritten(self, question: str, turns: Sequence[Said]) -> str | None:
        """turns: oldest first. None where the rules' reading must do."""
        ...


def read(question: str, turns: Sequence[Turn], rewriter: Rewriting | None) -> Reading:
    """The question as it can be asked without the turns before it. turns: newest first."""
    reading = standalone(question, turns)
    if rewriter is None or not reading.leans:
        return reading
    said = [Said(turn.answer.standalone_question, turn.answer.answer or "") for turn in about_the_same(turns)]
    rewritten = rewriter.rewritten(" ".join(question.split()), said[::-1])
    return reading if rewritten is None else Reading(rewritten, follows=True, new_topic=False, leans=True)
