"""A follow-up made whole by a chat model, and the check of what it made of it.

A rewrite can only put together words that were said: what it adds must stand in the turns it was shown, and what was
asked must stand in it still. Anything else is not asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.generation.chat import Abandoned, ChatModel, GeneratorFailed
from bot.generation.facts import Kind, Token, content, key, tokens
from bot.generation.listening import listener
from bot.generation.quoting import neutral
from bot.generation.streaming import Deadlines, reply
from bot.generation.support import NEGATIONS, RELATIONS
from bot.generation.writing import Stopped
from prompts.templates import Prompt

LONGEST: Final = 240
"""Code points of a rewritten question."""
LONGEST_WORDS: Final = 40
LONGEST_ANSWER: Final = 200
"""Code points of an earlier answer that the model is shown."""

_WH: Final = frozenset("who whom whose what which when where why how".split())
_PRONOUNS: Final = frozenset("he him his she her hers it its they them their theirs there".split())
_ABOUT: Final = re.compile(r"^\W*(?:(?:and|but|so|ok|okay|then)\W+)*(?:what|how)\s+about\b", re.IGNORECASE)
_OPENERS: Final = frozenset("and but so ok okay then also well".split())
_LABEL: Final = re.compile(r"^(?:rewritten|last|standalone)?\s*question\s*:\s*", re.IGNORECASE)
_QUOTES: Final = "\"'“”‘’`* "


@dataclass(frozen=True, slots=True)
class Said:
    """An earlier question, whole, and the answer to it; empty for a refusal."""

    question: str
    answer: str


class Rewriter:
    """Makes follow-ups whole with a chat model. Safe to use from several threads."""

    def __init__(self, model: ChatModel, prompt: Prompt, deadlines: Deadlines) -> None:
        self._model = model
        self._prompt = prompt
        self._deadlines = deadlines

    @property
    def fingerprint(self) -> str:
        """Of the prompt; the model is the writer's."""
        return self._prompt.fingerprint

    def rewritten(self, question: str, turns: Sequence[Said]) -> str | None:
        """The question as it can be asked without the turns; None where the rules' reading must do.

        turns: oldest first. A failure is told to the listener as trouble, a rewrite that is not asked as dropped.
        Raises Stopped.
        """
        shown = [Said(neutral(turn.question), neutral(turn.answer)[:LONGEST_ANSWER]) for turn in turns]
        try:
            text = self._asked(neutral(question), shown)
        except Abandoned as error:
            raise Stopped from error
        except GeneratorFailed as error:
            listener().trouble(f"{error}. The question was understood by the rules")
            return None
        why = unfit(text, question, shown)
        if why is not None:
            listener().dropped(text, f"as a rewritten question: {why}")
        return text if why is None else None

    def _asked(self, question: str, turns: Sequence[Said]) -> str:
        messages = self._prompt.render(question=question, turns=turns)
        text = ""
        for piece in reply(self._model, messages, self._deadlines, listener().stopped):
            text += piece
            if "\n" in text.strip() or len(text) > 2 * LONGEST:
                break
        return _LABEL.sub("", text.strip().strip(_QUOTES)).strip(_QUOTES)


def unfit(text: str, question: str, turns: Sequence[Said]) -> str | None:
    """Why a rewrite is not asked in place of the question; None where it is."""
    checks: tuple[Callable[[], str | None], ...] = (
        lambda: _shape(text),
        lambda: _repeated(text, turns),
        lambda: _lost(text, question),
        lambda: _added(text, [question, *_texts(turns)]),
        lambda: _whole(text, question),
    )
    return next((why for check in checks if (why := check()) is not None), None)


def _texts(turns: Sequence[Said]) -> Iterator[str]:
    for turn in turns:
        yield from (turn.question, turn.answer)


def _shape(text: str) -> str | None:
    if "\n" in text:
        return "it has more than one line"
    if not text.endswith("?") or "?" in text[:-1]:
        return "it is not one question"
    if len(text) > LONGEST or len(text.split()) > LONGEST_WORDS:
        return "it is too long"
    return None


def _repeated(text: str, turns: Sequence[Said]) -> str | None:
    said = content(tokens(text))
    return "it asks an earlier question again" if any(content(tokens(t.question)) == said for t in turns) else None


def _lost(text: str, question: str) -> str | None:
    """What was asked must be asked still: its words, and its who, when or how."""
    wanted = tokens(_ABOUT.sub("", question))
    said = tokens(text)
    kept = {key(token) for token in said} | {token.word for token in said}
    for token in wanted:
        asks = token.word in _WH or token.word in NEGATIONS
        says = token.kind is not Kind.STOP and token.word not in _OPENERS | _PRONOUNS
        if (asks and token.word not in kept) or (says and key(token) not in kept):
            return f"it does not ask “{token.word}” any more"
    return None


def _added(text: str, sources: Sequence[str]) -> str | None:
    """No number, date, name, word or denial that stands neither in the question nor in the turns."""
    given = [token for source in sources for token in tokens(source)]
    exact, near = {_exact(token) for token in given}, {key(token) for token in given}
    for token in tokens(text):
        if token.word in NEGATIONS | RELATIONS or token.kind in {Kind.NUMBER, Kind.ORDINAL, Kind.MONTH, Kind.NAME}:
            known = _exact(token) in exact
        else:
            known = token.kind is Kind.STOP or token.word in _WH or key(token) in near
        if not known:
            return f"“{token.word}” was not said before"
    return None


def _exact(token: Token) -> str:
    return token.value if token.kind in {Kind.NAME, Kind.WORD, Kind.STOP} else key(token)


def _whole(text: str, question: str) -> str | None:
    """It names what the question left out, and points back no more than it must."""
    said, asked = tokens(text), tokens(question)
    if set(content(said)) <= set(content(asked)):
        return "it adds nothing to the question"
    pointing = [sum(token.word in _PRONOUNS for token in found) for found in (said, asked)]
    return "it still points back" if pointing[0] and pointing[0] >= pointing[1] else None
