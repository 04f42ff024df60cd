"""Whether a chat model is of use: of the drafts for questions the reader answers, how many keep a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.generation.listening import Listener, heard_by

if TYPE_CHECKING:
    from bot.assistant import Assistant

LEAST_SHARE: Final = 0.5
"""Below this a model mostly makes people wait for the extractive answer."""


@dataclass(frozen=True, slots=True)
class Fitness:
    """kept: drafts that kept a supported sentence. drafts: that were asked for. failed: that never came whole."""

    kept: int
    drafts: int
    failed: int

    @property
    def share(self) -> float | None:
        """Of the drafts that kept a sentence; None without any."""
        return self.kept / self.drafts if self.drafts else None

    def told(self) -> str:
        """A line for a person."""
        if self.share is None:
            return "generator: no question was answered, so nothing was drafted"
        words = f"generator: {self.kept} of {self.drafts} drafts ({self.share:.0%}) keep a supported sentence"
        failed = f"; {self.failed} failed" if self.failed else ""
        unfit = "; unfit: most answers stay extractive. Choose a larger model" if self.share < LEAST_SHARE else ""
        return words + failed + unfit


def fitness(assistant: Assistant, questions: Iterable[str]) -> Fitness | None:
    """Ask answerable questions and count the drafts; None for an assistant without a generator."""
    if assistant.writer is None:
        return None
    kept = drafts = failed = 0
    for question in questions:
        troubles: list[str] = []
        with heard_by(Listener(trouble=troubles.append)):
            answer = assistant.ask(question)
        if answer.status == "answered":
            whole = bool(answer.citations) and answer.citations[0].span_start is None
            kept, drafts = kept + whole, drafts + 1
            failed += bool(troubles) and not troubles[0].startswith("nothing the generator wrote")
    return Fitness(kept, drafts, failed)
