"""Whether a passage's sentence supports a drafted one. Strict on purpose: what is doubtful is not said.

Words can be compared, meaning cannot. So all that is stated must stand in one or two neighbouring sentences, in much
the same order, with the same negations, hedges and units; and the extractive reader must read the passage likewise.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from bot.generation.facts import Kind, Token, content, key, pairs, tokens

LEAST_WORDS: Final = 2
"""A sentence of fewer content words states nothing that can be checked."""
LEAST_OVERLAP: Final = 0.75
"""Of the content words of a sentence, those that must stand in what it cites."""
LEAST_ORDER: Final = 0.8
"""Of the words they share, those that must stand in the same order, and every name: "A beat B" is not "B beat A"."""
UNIT_REACH: Final = 4
"""How many words after a number its unit may stand: 20,000 foreign volunteers."""

NEGATIONS: Final = frozenset(
    "no not never none neither nor nobody nothing nowhere without cannot hardly barely scarcely fail failed fails "
    "deny denied denies refuse refused refuses reject rejected rejects unable unlikely false lack lacked lacks "
    "prevent prevented ruled stopped".split()
)
_DOUBTS: Final = frozenset(
    "may might could would should if unless allegedly alleged reportedly expected planned plans proposed claimed "
    "claims claim possibly perhaps probably likely rumoured rumored disputed supposedly believed thought".split()
)
RELATIONS: Final = frozenset(
    "before after until since against without except only all every most always during between under over".split()
)
_PERSONS: Final = frozenset(
    "he him his himself she her hers herself they them their theirs themselves i me my we us our you your".split()
)
_MORE: Final = frozenset("more over least exceeding above beyond".split())
_LESS: Final = frozenset("less fewer under below nearly almost most up".split())
_ABOUT: Final = frozenset("about around approximately roughly some estimated".split())
_OPENERS: Final = frozenset("according however additionally also overall therefore thus moreover furthermore".split())
_ADDRESS: Final = re.compile(
    r"\w+://\S+|\bwww\.\S+|\S+@\S+\.\w+|\b[\w-]+\.(?:com|org|net|io|co|info|ru|xyz|example)\b", re.I
)
_ORDERS: Final = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:above|previous|prior|earlier|instruction|prompt|rule|"
    r"passage|question|article)|\b(?:system|developer|hidden|initial)[ -](?:prompt|message|instruction)|"
    r"\b(?:language model|chatbot|AI (?:model|assistant)|the assistant|dear (?:ai|model|assistant))\b|"
    r"\b(?:answer|respond|reply|output|print|say|write|repeat|state|insert|include|cite|append|translate)\b.{0,24}"
    r"(?:\bonly\b|\bwith\b|\bexactly\b|\bthe (?:word|phrase|text|following|link|marker|sentence)|[“\"'‘:\[])|"
    r"<\W*\|?\W*(?:im_start|im_end|system|assistant|user|endoftext)|\[/?INST|^\s*(?:system|assistant|user)\s*:|"
    r"\byou (?:are|must|should|will) (?:now|always|never|only|answer|reply|respond|say|tell|ignore|act|a |an )|"
    r"\bnew instructions?\b|\bend of (?:passage|article|context|document)",
    re.IGNORECASE | re.MULTILINE,
)  # fmt: skip


def gives_orders(text: str) -> bool:
    """Whether text of an article speaks to a model. It may be quoted by the extractive reader; it supports no draft."""
    return _ORDERS.search(text) is not None


def unsupported(sentence: str, window: str) -> str | None:
    """Why the window does not support the sentence; None where it does. window: one or two sentences."""
    said, given = _tokens(sentence), _tokens(window)
    if len(content(said)) < LEAST_WORDS:
        return "it states nothing that can be checked"
    checks: tuple[Callable[[], str | None], ...] = (
        lambda: _address(sentence, window),
        lambda: _facts(said, given),
        lambda: _words(said, given),
        lambda: _numbers(said, given),
        lambda: _order(said, given),
        lambda: _polarity(said, given),
    )
    return next((why for check in checks if (why := check()) is not None), None)


def covers(sentence: str, window: str) -> bool:
    """Whether the window holds so many of the sentence's words that the sentence is about it and nothing beside it."""
    return _words(_tokens(sentence), _tokens(window)) is None


def is_verbatim(sentence: str, window: str) -> bool:
    """Whether the sentence is a stretch of the window, but for words that say nothing."""
    said, given = content(_tokens(sentence)), content(_tokens(window))
    return len(said) > LEAST_WORDS and any(
        given[at : at + len(said)] == said for at in range(len(given) - len(said) + 1)
    )


def holds(sentence: str, span: str) -> bool:
    """Whether the sentence says what a reader marked: all of its numbers, and more than half of its other words."""
    said, wanted = set(content(_tokens(sentence))), _tokens(span)
    exact = {key(token) for token in wanted if token.kind in {Kind.NUMBER, Kind.ORDINAL, Kind.MONTH}}
    words = [word for word in content(wanted) if word not in exact]
    return exact <= said and (not words or 2 * sum(word in said for word in words) > len(words))


def shares_words(sentence: str, other: str) -> bool:
    """Whether a content word stands in both."""
    return bool(set(content(_tokens(sentence))) & set(content(_tokens(other))))


@lru_cache(maxsize=512)
def _tokens(text: str) -> tuple[Token, ...]:
    return tuple(tokens(text))


def _address(sentence: str, window: str) -> str | None:
    missing = [found[0] for found in _ADDRESS.finditer(sentence) if found[0].rstrip(".,") not in window]
    return f"the address {missing[0]} does not stand there" if missing else None


def _facts(said: Sequence[Token], given: Sequence[Token]) -> str | None:
    """Every number, ordinal, month, date and name, and the word that opens the sentence, stands in the window.

    So does whoever is only pointed at: "she says" for "Kuleba says" names another.
    """
    there = {(token.kind, token.value) for token in given}
    words = {token.word for token in given} | {token.value for token in given}
    for token in said:
        if token.kind in {Kind.NUMBER, Kind.ORDINAL, Kind.MONTH} and (token.kind, token.value) not in there:
            return f"the {token.kind} “{token.word}” does not stand there"
        if token.kind is Kind.NAME and not _named(token.value, words):
            return f"the name “{token.word}” does not stand there"
        if token.initial and token.kind is Kind.WORD and not _opens(token, given):
            return f"the word “{token.word}” does not stand there"
    seen = Counter((token.kind, token.value) for token in given)
    for (kind, value), times in Counter((token.kind, token.value) for token in said if _is_figure(token)).items():
        if times > seen[kind, value]:
            return f"“{value}” stands there less often"
    stranger = {token.word for token in said} & _PERSONS - {token.word for token in given}
    if stranger:
        return f"“{min(stranger)}” does not stand there"
    return None if pairs(said) <= pairs(given) else "a date is put together otherwise there"


def _is_figure(token: Token) -> bool:
    """A number, or a word with one in it: 1980s, 12n."""
    return token.kind in {Kind.NUMBER, Kind.ORDINAL} or any(sign.isdigit() for sign in token.word)


def _named(name: str, words: set[str]) -> bool:
    return name in words or f"{name}s" in words or name.removesuffix("s") in words


def _opens(token: Token, given: Sequence[Token]) -> bool:
    """The first word may be a name: its whole spelling must stand there, or it is one that only opens."""
    words = {other.word for other in given} | {other.value for other in given}
    return token.word in _OPENERS or _named(token.value, words)


def _words(said: Sequence[Token], given: Sequence[Token]) -> str | None:
    stated = [word for word in content(said) if word not in _OPENERS]
    there = set(content(given))
    missing = [word for word in stated if word not in there]
    if len(missing) > (1 - LEAST_OVERLAP) * len(stated):
        shown = ", ".join(token.word for token in said if key(token) in missing)
        return f"too many of its words do not stand there: {shown}"
    related = {token.word for token in said} & RELATIONS - {token.word for token in given}
    return f"“{min(related)}” does not stand there" if related else None


def _numbers(said: Sequence[Token], given: Sequence[Token]) -> str | None:
    """Each number with its unit and its "more than" or "around"."""
    for place, token in enumerate(said):
        if token.kind is not Kind.NUMBER:
            continue
        places = [at for at, other in enumerate(given) if (other.kind, other.value) == (token.kind, token.value)]
        if not any(_same_unit(said, place, given, at) for at in places):
            return f"the number “{token.word}” counts something else there"
        if not any(_bound(said, place) == _bound(given, at) for at in places):
            return f"the number “{token.word}” is more, less or less certain there"
    return None


def _same_unit(said: Sequence[Token], place: int, given: Sequence[Token], at: int) -> bool:
    unit = said[place + 1] if place + 1 < len(said) else None
    if unit is None or unit.kind is not Kind.WORD:
        return True
    return key(unit) in {key(token) for token in given[at + 1 : at + 1 + UNIT_REACH]}


def _bound(found: Sequence[Token], place: int) -> str:
    before = {token.word for token in found[max(0, place - 3) : place]}
    for bound, words in (("more", _MORE), ("less", _LESS), ("about", _ABOUT)):
        if before & words:
            return bound
    return ""


def _order(said: Sequence[Token], given: Sequence[Token]) -> str | None:
    there = content(given)
    shared = [token for token in said if token.kind is not Kind.STOP and key(token) in there]
    blocks = SequenceMatcher(None, [key(token) for token in shared], there, autojunk=False).get_matching_blocks()
    placed = {at for block in blocks for at in range(block.a, block.a + block.size)}
    names = {token.value for token in given if token.kind is Kind.NAME}
    moved = [token for at, token in enumerate(shared) if at not in placed]
    if len(moved) > (1 - LEAST_ORDER) * len(shared) or any(token.value in names for token in moved):
        return "its words stand there in another order"
    return None


def _polarity(said: Sequence[Token], given: Sequence[Token]) -> str | None:
    """What is denied there is denied here, and the other way round; what is doubtful there is doubtful here."""
    stretch = _stretch(said, given)
    if _denials(said) != _denials(stretch):
        return "it is negated otherwise there"
    if _doubted(stretch) and not _doubted(said):
        return "it is less certain there"
    return None


def _stretch(said: Sequence[Token], given: Sequence[Token]) -> Sequence[Token]:
    """The part of the window from a little before the first shared word to a little after the last."""
    stated = set(content(said))
    places = [at for at, token in enumerate(given) if token.kind is not Kind.STOP and key(token) in stated]
    return given[max(0, min(places) - 4) : max(places) + 3] if places else given


def _denials(found: Sequence[Token]) -> int:
    return sum(token.word in NEGATIONS or token.word.endswith(("n't", "n’t")) for token in found)


def _doubted(found: Sequence[Token]) -> bool:
    return any(token.word in _DOUBTS and token.kind is not Kind.MONTH for token in found)
