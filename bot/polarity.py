"""Which words of a sentence or a question are denied there: negations held to what they reach.

A "not" reaches the next verb and what hangs on it ("did not want to sign"); a "nobody" the clause that it opens; a
verb such as refuse, deny or prevent what it keeps from happening; a word such as reject says the opposite of another.
Two denials of one word cancel each other. Rules over words, for English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from index.english.forms import root
from index.english.negation import (
    APART,
    ASKING,
    BREAKS,
    DETERMINERS,
    EVERYBODY,
    EXCEPTIONS,
    HELPING,
    LEADING,
    NEGATORS,
    NOBODY,
    NOT_DOING,
    NOT_FROM,
    NOT_THAT,
    NOT_TO,
    OPINIONS,
    OPPOSITE_FORMS,
    OPPOSITES,
    PHRASES,
    PREPOSITIONS,
    UNDONE,
)
from index.words import WORD, folded

_phrases = "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in sorted(PHRASES, key=len, reverse=True))
_TOKEN = re.compile(
    rf"(?P<aside>,\s*(?:however|of course|in fact|therefore|indeed)\s*,)"
    rf"|\b(?P<phrase>{_phrases})(?![\w'’])"
    r"|(?P<number>\d[\d.,]*\w*)"
    rf"|(?P<word>{WORD.pattern}(?:['’-]{WORD.pattern})*)"
    r"|(?P<sign>[,;:()—–!?]|(?<=\w{4})[.](?=\s))",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"(?:\s+\w+){0,5}\s+until\b")
_CONTRACTED = re.compile(r"(?P<verb>\w+)n['’]t|(?P<bare>do|does|did|is|was|would|could|has|have|ca|wo)nt")
_UNDONE = re.compile(UNDONE)
_OPPOSITE_ROOTS: Final = {root(word): others for word, others in OPPOSITES.items()}
_NOUNS: Final = 3
"""So many words that stand together may be what a "no" denies."""
_NEAR: Final = 3
"""A "for" so close behind "voted" says what the vote was for, an "or" so close behind a verb brings another."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its place in the text.

    text: in lower case. root: what its forms share. opposite: the roots of the words of which it says the opposite.
    reversed: whether other words deny it. clause: its number, from 0. name: whether it is a name or a number.
    contracted: whether it is the not of "didn't".
    """

    text: str
    root: str
    start: int
    end: int
    opposite: frozenset[str]
    reversed: bool = False
    clause: int = 0
    name: bool = False
    contracted: bool = False

    @property
    def tells(self) -> bool:
        """Whether it may be what is denied."""
        return self.text not in _FORM_WORDS

    @property
    def denied(self) -> bool:
        """Whether it is denied, by another word or, as in reject, by what it means itself."""
        return self.reversed != bool(self.opposite)

    def differs(self, other: Word) -> bool | None:
        """Whether one of the two denies what the other says; None where they are about different things."""
        if self.root == other.root:
            return self.reversed != other.reversed
        shared = (self.opposite | {self.root}) & (other.opposite | {other.root})
        return self.denied != other.denied if shared else None


_FORM_WORDS: Final = HELPING | BREAKS | NEGATORS | NOBODY | EVERYBODY | EXCEPTIONS | APART | {"and", "or"}


@lru_cache(maxsize=128)
def polarity(text: str, start: int = 0, end: int = 0, *, until: bool = False) -> tuple[Word, ...]:
    """The words of a text, denied or not.

    start, end: a stretch whose own denials reach nothing, as those of a span: "none" that is the answer denies nothing.
    until: whether "not until noon" denies; else it says that it was then.
    """
    words = _words(text, until=until)
    acting = [at for at, one in enumerate(words) if one.start < start or one.end > end]
    for at in acting:
        words = _turned(words, _reached(words, at))
    for at in acting:
        words = _turned(words, _kept_from(words, at))
    return tuple(words)


def _turned(words: list[Word], places: Sequence[int]) -> list[Word]:
    """The words with those at the places denied, or no longer so."""
    for place in set(places):
        words[place] = replace(words[place], reversed=not words[place].reversed)
    return words


def _words(text: str, *, until: bool) -> list[Word]:
    """The words of a text with their clauses; before what reaches other words is looked at."""
    words: list[Word] = []
    clause = 0
    for match in _TOKEN.finditer(text):
        clause += match["sign"] is not None
        for read in _read(match, until=until):
            one = _apart(_favour(read, words), words, clause)
            clause += one.text in BREAKS | {"and"}
            words.append(replace(one, clause=clause))
    return words


def _apart(one: Word, before: Sequence[Word], clause: int) -> Word:
    """A "but" that exempts as "apart": "nobody but Ann", "all but three"."""
    general = any(word.text in NOBODY | EVERYBODY for word in before if word.clause == clause)
    return replace(one, text="apart") if one.text == "but" and general else one


def _read(match: re.Match[str], *, until: bool) -> Iterator[Word]:
    """The words that a match comes to: none for "not only", two for "didn't"."""
    said = folded(match.group())
    contracted = _CONTRACTED.fullmatch(said)
    if match["phrase"]:
        yield from (_word(part, match) for part in PHRASES[" ".join(said.split())].split())
    elif contracted:
        yield _word(contracted["verb"] or contracted["bare"], match)
        if until or not _UNTIL.match(match.string, match.end()):
            yield replace(_word("not", match), contracted=True)
    elif match["word"] and said == "not" and not until and _UNTIL.match(match.string, match.end()):
        return
    elif match["number"] or match["word"]:
        capital = match.group()[0].isupper() and match.start() > 0
        yield replace(_word(re.sub(r"['’]s?$", "", said), match), name=capital or match["number"] is not None)


def _word(text: str, match: re.Match[str]) -> Word:
    base = root(text)
    opposites = (OPPOSITE_FORMS.get(text) or _OPPOSITE_ROOTS.get(base, "")).split()
    undone = _UNDONE.fullmatch(text)
    done = [undone["done"]] if undone else []
    return Word(text, base, *match.span(), frozenset(root(other) for other in [*opposites, *done]))


def _favour(one: Word, before: Sequence[Word]) -> Word:
    """A "for" or "against" of an opinion as "favour" or its opposite; elsewhere "against" denies nothing."""
    if one.text not in {"for", "against"}:
        return one
    if any(word.root in _OPINION_ROOTS for word in before[-_NEAR:]):
        return replace(one, text="favour", root=root("favour")) if one.text == "for" else one
    return replace(one, opposite=frozenset())


_OPINION_ROOTS: Final = frozenset(root(word) for word in OPINIONS)


def _reached(words: Sequence[Word], at: int) -> list[int]:
    """What a "not" or a "nobody" at a place denies."""
    one = words[at]
    if one.name:
        return []
    if one.text in NEGATORS:
        return _inverted(words, at) if _asks(words, at) else _verb(words, at)
    if one.text not in NOBODY:
        return []
    if _opens(words, at):
        return [place for place in _rest(words, at) if words[place].tells]
    if one.text in {"nobody", "nothing", "nowhere", "none"}:
        return _governing(words, at)
    return _nouns(words, at) if one.text != "nor" else []


def _rest(words: Sequence[Word], at: int) -> range:
    """The places behind one in its clause."""
    end = at + 1
    while end < len(words) and words[end].clause == words[at].clause:
        end += 1
    return range(at + 1, end)


def _verb(words: Sequence[Word], at: int) -> list[int]:
    """The next telling word, with the verbs that hang on it: by "to", by "or"."""
    found: list[int] = []
    for place in _rest(words, at):
        hangs = words[place - 1].text in {"to", "or"} and bool(found) and place - found[-1] <= _NEAR
        if words[place].tells and not words[place].text.endswith("ly") and (not found or hangs):
            found.append(place)
    return found


def _asks(words: Sequence[Word], at: int) -> bool:
    """Whether the not of "didn't" stands before its subject, in a question: what didn't the board approve?"""
    return words[at].contracted and any(word.text in ASKING for word in words[: at - 1])


def _inverted(words: Sequence[Word], at: int) -> list[int]:
    """What comes behind the subject: "what didn't [the board] approve"."""
    found: list[int] = []
    for place in _rest(words, at):
        if found and words[place].text in DETERMINERS | PREPOSITIONS:
            break
        if words[place].tells:
            found.append(place)
    return found[1:] or found


def _opens(words: Sequence[Word], at: int) -> bool:
    """Whether it is the subject: nothing but words that lead in stand before it in its clause."""
    before = [word.text for word in words[:at] if word.clause == words[at].clause]
    return all(text in LEADING | BREAKS | EXCEPTIONS | APART for text in before)


def _governing(words: Sequence[Word], at: int) -> list[int]:
    """The verb before: "they found nothing"."""
    return [place for place in range(at) if words[place].clause == words[at].clause and words[place].tells][-1:]


def _nouns(words: Sequence[Word], at: int) -> list[int]:
    """What a "no" stands at: the telling words that follow it without a gap."""
    found: list[int] = []
    for place in _rest(words, at):
        if not words[place].tells or len(found) == _NOUNS:
            break
        found.append(place)
    return found


def _kept_from(words: Sequence[Word], at: int) -> list[int]:
    """What a verb such as refuse, deny or prevent at a place denies, unless it is denied itself."""
    one = words[at]
    if one.reversed:
        return []
    after = _rest(words, at)
    if one.root in _TO_ROOTS and "to" in [words[place].text for place in after]:
        return _verb(words, next(place for place in after if words[place].text == "to"))
    if one.root in _DOING_ROOTS:
        return [place for place in after if words[place].tells][:1] if _is_doing(words, after) else _claim(words, at)
    return _from(words, at) if one.root in _FROM_ROOTS else []


def _is_doing(words: Sequence[Word], places: range) -> bool:
    """Whether the first telling word ends in -ing."""
    return next((words[place].text.endswith("ing") for place in places if words[place].tells), False)


def _claim(words: Sequence[Word], at: int) -> list[int]:
    """The clause behind "that", where one follows a "denies"."""
    that = at + 1
    if words[at].root not in _THAT_ROOTS or that >= len(words) or words[that].text != "that":
        return []
    return [place for place in _rest(words, that) if words[place].tells]


def _from(words: Sequence[Word], at: int) -> list[int]:
    """The verb in -ing behind "from"."""
    after = _rest(words, at)
    return [p for p in after if words[p - 1].text == "from" and words[p].text.endswith("ing")]


_TO_ROOTS: Final = frozenset(root(word) for word in NOT_TO)
_DOING_ROOTS: Final = frozenset(root(word) for word in NOT_DOING | NOT_THAT)
_THAT_ROOTS: Final = frozenset(root(word) for word in NOT_THAT)
_FROM_ROOTS: Final = frozenset(root(word) for word in NOT_FROM)
