"""Whether a sentence says the opposite of what is asked: "who signed?" of "Olsen refused to sign".

What the question says and what the sentence says of the same word are compared, denied or not (bot/polarity.py). Where
they differ and nothing resolves it, the span is no answer. A word in the span's own clause counts before the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.polarity import Word, polarity
from bot.questions import QuestionKind, kind_of
from index.english.forms import root
from index.english.negation import (
    APART,
    ASKING,
    AUXILIARIES,
    BREAKS,
    CONTRASTS,
    DETERMINERS,
    EVERYBODY,
    EXCEPTIONS,
    NEGATORS,
    NOBODY,
    PREPOSITIONS,
    WEAK,
)

_REACH: Final = 6
"""So many words before a span an "except" may stand."""
_REPLACED: Final = frozenset({"not", "neither", "nor", "no"})
_RELATIVE: Final = frozenset({"which"})
_ASKED_FOR: Final = frozenset({"which", "what", "whose", "many", "much"})
_WEAK_ROOTS: Final = frozenset(root(word) for word in WEAK)


def opposed(question: str, sentence: str, start: int, end: int) -> bool:
    """Whether the sentence denies of sentence[start:end] what is asked for, or says what the question denies.

    Questions for a yes or a no are never opposed: the sentence is their evidence either way. A sentence that asks
    ("why couldn't they?") denies nothing, and what the question denies in passing ("the team that did not play") is
    not what it asks.
    """
    if kind_of(question) is QuestionKind.YES_NO or sentence.rstrip().endswith("?"):
        return False
    asked = polarity(question)
    said = polarity(sentence, start, end, until=any(word.text == "until" for word in asked))
    span = _Span(said, start, end)
    denied = [word for word in asked if word.denied and word.tells]
    asking = next((word.clause for word in asked if word.text in ASKING), 0)
    wanted = [word for word in denied if word.clause == asking] if denied else _wanted(asked)
    turned = _exempt(asked, span) and not _told_of_span(wanted, span)
    found = [differs for word in wanted if (differs := _differs(word, span, turned)) is not None]
    if not denied:
        return any(found) and not any(word.text == "last" for word in asked)
    return bool(found) and all(found) and (turned or not _denies(said))


@dataclass(frozen=True, slots=True)
class _Span:
    """The place of a span among the words of its sentence."""

    said: Sequence[Word]
    start: int
    end: int

    @property
    def clauses(self) -> set[int]:
        return {word.clause for word in self.said if word.start < self.end and self.start < word.end}

    @property
    def before(self) -> Sequence[Word]:
        return [word for word in self.said if word.end <= self.start]

    @property
    def after(self) -> Sequence[Word]:
        return [word for word in self.said if word.start >= self.end]


def _wanted(asked: Sequence[Word]) -> list[Word]:
    """The words by which a question without a "not" is compared: verbs and what is said, less names and nouns that
    only say of what."""
    found: list[Word] = []
    waits = False
    for run in _runs(asked):
        first = run[0].text
        tells = [word for word in run if word.tells]
        if first in AUXILIARIES:
            subject = any(word.text in DETERMINERS or word.name for word in run)
            waits = subject and len(tells) == 1
            tells = tells[1:] or tells if subject else tells
        elif first in _ASKED_FOR and (first != "what" or any(word.text in AUXILIARIES for word in asked)):
            tells = tells[1:]
        elif first in DETERMINERS | PREPOSITIONS:
            tells = tells[1:] if waits else []
        found += [word for word in tells if not word.name]
    return found


def _runs(asked: Sequence[Word]) -> Iterator[list[Word]]:
    """The question cut before asking words, helping verbs, prepositions and, but behind those, before "the"."""
    run: list[Word] = []
    for word in asked:
        opens = word.text in _ASKED_FOR | AUXILIARIES | PREPOSITIONS | {"who", "to"}
        leads = len(run) == 1 and run[0].text in AUXILIARIES | PREPOSITIONS
        if run and (opens or (word.text in DETERMINERS and not leads)):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _differs(word: Word, span: _Span, turned: bool) -> bool | None:
    """Whether all that the span's clause, else the sentence, says of a word is the other way round than it is asked;
    None where it says nothing of it. turned: whether the span is exempt from what is said."""
    found = [(one, differs) for one in span.said if one.tells and (differs := word.differs(one)) is not None]
    own = [differs for one, differs in found if one.clause in span.clauses]
    near = own or [differs for one, differs in found if not _contrasted(one, span)]
    return all(differs != turned for differs in near) if near else None


def _contrasted(word: Word, span: _Span) -> bool:
    """Whether a "but" or the like stands between a word and the span."""
    between = range(min(word.start, span.start), max(word.start, span.start))
    return any(one.start in between and one.text in CONTRASTS for one in span.said)


def _denies(said: Sequence[Word]) -> bool:
    """Whether anything at all is denied, be it weakly."""
    return any(
        word.reversed or word.root in _WEAK_ROOTS or word.text in NEGATORS | NOBODY | EXCEPTIONS | APART
        for word in said
    )


def _exempt(asked: Sequence[Word], span: _Span) -> bool:
    """Whether the span is what is exempt from what is said: all but it, nobody except it, the other one, not it."""
    before = span.before[-_REACH:]
    behind = next((at for at in range(len(before), 0, -1) if _marks(before[at - 1])), 0)
    if not behind or any((word.tells and not word.name) or word.text in BREAKS for word in before[behind:]):
        return False
    mark = before[behind - 1]
    if any(word.text.startswith(mark.text) for word in asked):
        return False
    if mark.text in EXCEPTIONS:
        return True
    general = any(word.text in NOBODY | EVERYBODY for word in span.said)
    return general if mark.text in APART else not _denied_around(mark, span)


def _denied_around(mark: Word, span: _Span) -> bool:
    """Whether a "no" before the span denies more of its clause than the span."""
    return any(word.reversed for word in (*span.before, *span.after) if word.clause == mark.clause)


def _marks(word: Word) -> bool:
    return word.text in EXCEPTIONS | APART | _REPLACED


def _told_of_span(wanted: Sequence[Word], span: _Span) -> bool:
    """Whether a clause on the span itself, behind "which", says what is asked for: unlike the museum, which is shut."""
    opening = [word for word in span.after[:2] if word.text in _RELATIVE]
    own = [word for word in span.after if opening and word.clause == opening[0].clause]
    return any(word.differs(one) is False for word in wanted for one in own if one.tells)
