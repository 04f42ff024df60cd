"""A question taken apart: question phrase, auxiliary, and what is left of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.conversation import lexicon


@dataclass(frozen=True, slots=True)
class Clause:
    """A question that opens with a question phrase.

    preposition: before the question phrase, as in "by whom". word: who, which, how, …, lower case.
    degree: many, long, … after how. noun: the noun phrase inside the question phrase, "" without one.
    auxiliary: "" where the verb itself follows. rest: what follows, without the question mark.
    inverted: whether rest opens with a subject, so that the question phrase does not ask for it.
    """

    preposition: str
    word: str
    degree: str
    noun: str
    auxiliary: str
    rest: str
    inverted: bool

    @property
    def counts(self) -> bool:
        """Whether it asks how many or how much."""
        return self.degree in lexicon.QUANTITIES


_OPENING = re.compile(
    rf"(?:(?P<preposition>{'|'.join(sorted(lexicon.PREPOSITIONS))})\s+)?(?P<word>{'|'.join(sorted(lexicon.WH))})\b"
    rf"(?:(?<=how)\s+(?P<degree>{'|'.join(sorted(lexicon.QUANTITIES | lexicon.DEGREES))})\b)?",
    re.IGNORECASE,
)


def parse(question: str) -> Clause | None:
    """The parts of a question; None for one that does not open with a question phrase."""
    text = " ".join(question.split()).rstrip(" ?.!")
    opening = _OPENING.match(text)
    if opening is None:
        return None
    words = text[opening.end() :].split()
    noun = _noun(words) if _takes_noun(opening) else []
    rest = words[len(noun) :]
    auxiliary = rest.pop(0) if rest and rest[0].casefold() in lexicon.AUXILIARIES else ""
    return Clause(
        preposition=(opening["preposition"] or "").casefold(),
        word=opening["word"].casefold(),
        degree=(opening["degree"] or "").casefold(),
        noun=" ".join(noun),
        auxiliary=auxiliary,
        rest=" ".join(rest),
        inverted=_inverted(auxiliary.casefold(), rest),
    )


def _takes_noun(opening: re.Match[str]) -> bool:
    word, degree = opening["word"].casefold(), (opening["degree"] or "").casefold()
    return word in {"which", "what", "whose"} or degree in lexicon.QUANTITIES


def _noun(words: list[str]) -> list[str]:
    """The words before the first auxiliary or verb; the word next to the question word is always the noun's own."""
    for position, word in enumerate(words):
        folded = word.casefold()
        if folded in lexicon.AUXILIARIES or (position and is_verb(word)):
            return words[:position]
        if position == 0 and (folded in lexicon.IRREGULAR or re.fullmatch(r"[a-z]{2,}ed", word)):
            return []
    return words


def is_verb(word: str) -> bool:
    """Whether a word looks like a verb: a known form, or one in -ed."""
    return word.islower() and (
        word in lexicon.IRREGULAR | lexicon.PRESENT | lexicon.SAYING or re.fullmatch(r"[a-z]{2,}ed", word) is not None
    )


def _inverted(auxiliary: str, rest: list[str]) -> bool:
    if not auxiliary or not rest:
        return False
    if auxiliary in lexicon.DO:
        return True
    first = rest[0]
    if first.casefold() in lexicon.DETERMINERS or not first.islower():
        return True
    participle = is_verb(first) or first.endswith("ing") or first in lexicon.PREPOSITIONS | {"not", "already", "be"}
    return not (participle or first.endswith("ly"))
