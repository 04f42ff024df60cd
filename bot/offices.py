"""Offices: a role with what it is a role of. "President of Ukraine" is not met by "President Putin ... in Ukraine"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from index.stopwords import STOP_WORDS
from index.words import composed, folded

ROLES: Final = frozenset(
    "president chairman chairwoman chancellor premier minister secretary treasurer manager coach captain author "
    "director producer founder mayor governor king queen prince princess emperor empress pope bishop judge general "
    "commander ambassador spokesman spokeswoman spokesperson senator architect composer editor deputy".split()
)
BEFORE: Final = 3
AFTER: Final = 6
"""So many words before and behind a role may say what it is a role of."""

_STEM: Final = 4
"""Ukraine and Ukrainian, Germany and German share their first letters; IRREGULAR has those that do not."""

IRREGULAR: Final = {
    "united states": ("us", "u.s", "usa", "america"),
    "united kingdom": ("uk", "u.k", "british", "britain"),
    "britain": ("british", "uk"),
    "france": ("french",),
    "spain": ("spanish",),
    "netherlands": ("dutch",),
    "wales": ("welsh",),
    "denmark": ("danish", "danes"),
    "switzerland": ("swiss",),
    "poland": ("polish", "poles"),
    "ireland": ("irish",),
    "philippines": ("filipino",),
    "thailand": ("thai",),
    "european union": ("eu",),
    "united nations": ("un", "u.n"),
}

_ROLE = "|".join(sorted(ROLES))
_OF = re.compile(
    rf"\b({_ROLE})s?\s+(?:of|for)\s+(?:the\s+)?([\w'’.-]+(?:\s+[A-Z][\w'’.-]*|\s+(?:states|kingdom|union|nations)\b)*)",
    re.IGNORECASE,
)
_POSSESSED = re.compile(rf"(?<!\w)([A-Z][\w-]+)['’]s?\s+({_ROLE})\b")
_HELD = re.compile(rf"(?<!\w)([A-Z][\w-]+)\s+(?i:(?:(?:foreign|prime|vice|deputy|defen[cs]e|interior)\s+)?({_ROLE}))\b")
_NO_HOLDER: Final = frozenset("prime foreign vice deputy first former the".split())
_WORD = re.compile(r"[\w.]*\w")
_CLAUSE = re.compile(r"(?<=[a-z0-9)”\"][.!?;])\s+|\n+")


def offices(text: str) -> Iterator[tuple[str, str, str]]:
    """(words, role, what it is of) of each office that a question names, the latter two in lower case."""
    text = composed(text)
    for match in _OF.finditer(text):
        holder = folded(match.group(2)).rstrip("?.!,'’")
        if holder not in STOP_WORDS:
            yield match.group().rstrip("?.!, "), match.group(1).casefold(), holder
    for match in [*_POSSESSED.finditer(text), *_HELD.finditer(text)]:
        holder = folded(match.group(1))
        if holder not in STOP_WORDS | _NO_HOLDER:
            yield match.group(), match.group(2).casefold(), holder


def states(role: str, holder: str, text: str) -> bool:
    """Whether the text binds the role to the holder: "Ukrainian president", "president of Ukraine"."""
    wanted = (holder, *IRREGULAR.get(holder, ()), *(land for land, others in IRREGULAR.items() if holder in others))
    return any(_bound(role, wanted, clause) for clause in _CLAUSE.split(text))


def _bound(role: str, wanted: Sequence[str], clause: str) -> bool:
    words = _WORD.findall(folded(clause))
    for at, word in enumerate(words):
        if word.removesuffix("s") == role:
            around = words[max(0, at - BEFORE) : at] + words[at + 1 : at + 1 + AFTER]
            if any(_same(one, other) for one in around for other in wanted):
                return True
    return False


def named(role: str, text: str) -> bool:
    """Whether the text has the role at all."""
    return re.search(rf"\b{role}s?\b", text, re.IGNORECASE) is not None


def _same(word: str, holder: str) -> bool:
    """Whether a word begins as the last word of the holder does; short ones must be equal."""
    last = holder.rsplit(maxsplit=1)[-1]
    return word == last if len(last) < _STEM else word[:_STEM] == last[:_STEM]
