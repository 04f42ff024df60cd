"""A follow-up made whole by rules, before anything is read.

One reading is chosen. To ask several and keep the most confident answer raises false answers: refusal fell from
0.80 to 0.56 over four readings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.conversation import ellipsis, lexicon
from bot.conversation.focus import Focus, focus_of
from bot.conversation.pronouns import points_back, resolved
from bot.conversation.turns import Turn
from index.stopwords import STOP_WORDS

TURNS_BACK = 3
"""How far back a pronoun reaches, in turns about the same topic."""

_WORDS = re.compile(r"\w+")
_STEM_LETTERS = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """How a question was understood.

    question: to be asked. follows: whether it was made whole from earlier turns.
    new_topic: whether it has nothing to do with them.
    leans: whether it needs them to be understood; the rules may not know how.
    """

    question: str
    follows: bool
    new_topic: bool
    leans: bool = False


def standalone(question: str, turns: Sequence[Turn]) -> Reading:
    """The question as it can be asked without the turns before it.

    turns: newest first. A question that stands on its own is left as it is, to the character.
    """
    text = " ".join(question.split())
    recent = about_the_same(turns)
    if not recent:
        return Reading(text, follows=False, new_topic=not turns)
    whole = _whole(text, recent)
    if whole is not None and whole != text:
        return Reading(whole, follows=True, new_topic=False, leans=True)
    leans = ellipsis.leaves_out(text) or points_back(text)
    return Reading(text, follows=False, new_topic=not _shares_topic(text, recent), leans=leans)


def about_the_same(turns: Sequence[Turn]) -> list[Turn]:
    """The turns that a follow-up may take something from, newest first."""
    return [turn for turn in turns if turn.topic == turns[0].topic][:TURNS_BACK]


def _whole(text: str, turns: Sequence[Turn]) -> str | None:
    """The first rule that applies makes the question whole; None when none does."""
    focuses = [focus_of(turn) for turn in turns]
    rules: tuple[Callable[[str, Turn, Sequence[Focus]], str | None], ...] = (
        ellipsis.source_of_claim,
        ellipsis.other_subject,
        ellipsis.bare_question,
        _with_pronouns,
    )
    for rule in rules:
        whole = rule(text, turns[0], focuses)
        if whole is not None:
            return whole
    return None


def _with_pronouns(text: str, _: Turn, focuses: Sequence[Focus]) -> str | None:
    core = ellipsis.without_opening(text)
    whole = resolved(core, focuses)
    if whole is not None:
        return ellipsis.sentence(whole)
    if core != text or ellipsis.counts_nothing(core):
        return ellipsis.anchored(core, focuses) or ellipsis.sentence(core)
    return None


def _shares_topic(text: str, turns: Sequence[Turn]) -> bool:
    """Whether a content word of the question stands in the last turns; names and numbers count like other words."""
    said = " ".join(part for turn in turns for part in _parts(turn))
    own = _stems(text)
    return not own or bool(own & _stems(said))


def _parts(turn: Turn) -> list[str]:
    quotes = [citation.quote for citation in turn.answer.citations]
    return [turn.answer.standalone_question, turn.answer.answer or "", *quotes]


def _stems(text: str) -> set[str]:
    words = [word.casefold() for word in _WORDS.findall(text)]
    return {w[:_STEM_LETTERS] for w in words if w not in STOP_WORDS | lexicon.QUANTITIES | {"year", "first", "people"}}
