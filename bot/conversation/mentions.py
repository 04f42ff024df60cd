"""Who and what is named in a text: capitalised names, noun phrases with a determiner, years."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.conversation import lexicon
from index.stopwords import STOP_WORDS


class Kind(StrEnum):
    """What a mention can stand for; a NAME may be anything that is named."""

    PERSON = "person"
    PLACE = "place"
    ORGANISATION = "organisation"
    THING = "thing"
    NAME = "name"
    TIME = "time"
    NUMBER = "number"


class Gender(StrEnum):
    """Which pronoun takes up a person."""

    HE = "he"
    SHE = "she"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Mention:
    """Something a pronoun may take up.

    text: as it stands, determiner with it. start: where, in the text it was found in.
    """

    text: str
    kind: Kind
    start: int = 0
    gender: Gender = Gender.UNKNOWN
    plural: bool = False

    @property
    def end(self) -> int:
        return self.start + len(self.text)


_CAPITALISED = r"[^\W\d_a-zß-öø-ÿ][\w]*(?:[-'’][^\W_]+)*"
_JOINED = r"(?:(?:of|the|and|de|van|von|al|bin|der|la|upon)[ ]){0,2}"
NAME = re.compile(rf"(?:(?i:mr|mrs|ms|dr|st|prof)\.?\s+)?{_CAPITALISED}(?:[ ]{_JOINED}(?:{_CAPITALISED}|\d{{1,3}}\b))*")
_NOT_IN_PHRASE = "|".join(
    sorted(lexicon.AUXILIARIES | lexicon.PREPOSITIONS | lexicon.WH | {"and", "or", "but", "that", "not"})
)
_PHRASE_WORD = rf"(?!(?:{_NOT_IN_PHRASE})\b)[\w'’-]+"
PHRASE = re.compile(
    rf"\b(?:the|a|an|this|that|these|those)\s+{_PHRASE_WORD}(?:\s+{_PHRASE_WORD}){{0,4}}", re.IGNORECASE
)
_YEAR = re.compile(r"\b(?:1\d{3}|20\d{2})\b")
_ATTACHED = re.compile(
    rf"\s+(?:of|from|across|between|in|on|with|[a-z]{{2,}}ed\s+by)\s+(?:(?:the|a|an)\s+(?:{_PHRASE_WORD}\s+){{0,3}}(?:{_PHRASE_WORD})|(?P<name>{NAME.pattern}))"
)


_PLURALS = re.compile(
    rf"(?:^|\b(?:{'|'.join(sorted(lexicon.PREPOSITIONS | lexicon.AUXILIARIES))})\s+|(?<=\s))"
    rf"(?P<plural>(?:{_CAPITALISED}|\d[\d,.]*)\s+[a-z]+s?\b(?<=s|e|n)|(?<=of\s)[a-z]+\s[a-z]+s\b)"
)
"""People and things without a determiner: Chechen fighters, 50,000 people, "of foreign fighters"."""


def names_in(text: str) -> list[Mention]:
    """The capitalised names of a text, in order; a first word that is an ordinary one is none."""
    found = []
    for match in NAME.finditer(text):
        start, name = _without_opening(match.start(), match[0])
        name = re.sub(r"['’]s?$", "", name)
        if name and not name.isdigit() and not (start == 0 and name.casefold() in lexicon.WH | STOP_WORDS):
            before = text[:start]
            found.append(Mention(name, kind_of(name, before), start, gender_of(name), _is_plural(name, before)))
    return found


def _without_opening(start: int, name: str) -> tuple[int, str]:
    """Without the question word or determiner that is capitalised because it opens the sentence."""
    first, space, rest = name.partition(" ")
    if space and first.casefold() in STOP_WORDS | lexicon.WH | lexicon.DETERMINERS and not first.isupper():
        return start + len(first) + 1, rest
    return (start, "") if first.casefold() in STOP_WORDS and not space else (start, name)


def phrases_in(text: str) -> list[Mention]:
    """Noun phrases that open with a determiner, with what is attached to them, and bare plurals."""
    found = [
        Mention(match["plural"], Kind.THING, match.start("plural"), plural=True)
        for match in _PLURALS.finditer(text)
        if plural_word(match["plural"].split()[-1]) and match["plural"].split()[-1] not in lexicon.AUXILIARIES
    ]
    for match in PHRASE.finditer(text):
        phrase = _until_verb(match[0])
        if phrase is None:
            continue
        end = match.start() + len(phrase)
        while attached := _ATTACHED.match(text, end):
            tail = attached[0] if attached["name"] else _until_verb(attached[0], skip=2)
            if tail is None or _YEAR.search(tail):
                break
            end += len(tail)
        whole = text[match.start() : end]
        found.append(Mention(whole, phrase_kind(phrase), match.start(), kin_gender(phrase), _plural_noun(phrase)))
    return found


def _until_verb(phrase: str, skip: int = 1) -> str | None:
    """The phrase up to its first word that looks like a verb, after at least `skip` words; None when none is left."""
    kept: list[str] = []
    for position, word in enumerate(re.findall(r"\s*\S+", phrase)):
        bare = word.strip()
        if position >= skip and bare[:1].islower() and _verb_like(bare, kept):
            break
        kept.append(word)
    return "".join(kept) if len(kept) > skip else None


def _verb_like(word: str, before: list[str]) -> bool:
    folded = word.casefold()
    if folded in lexicon.SAYING | lexicon.IRREGULAR | lexicon.PRESENT | lexicon.EVENT_VERBS and folded != "set":
        return len(before) > 1
    if folded in {
        "play",
        "reach",
        "open",
        "speak",
        "attack",
        "replace",
        "begin",
        "become",
        "join",
        "attend",
        "receive",
        "restore",
        "establish",
        "make",
        "take",
        "win",
        "lose",
        "kill",
        "hold",
        "carry",
        "use",
        "call",
        "suggest",
    }:
        return len(before) > 1
    return folded.endswith(("ed", "ly")) and len(before) > 1


def phrase_kind(phrase: str) -> Kind:
    """The kind of a noun phrase, by its words."""
    words = {word.casefold() for word in phrase.split()}
    if words & (lexicon.KIN_HE | lexicon.KIN_SHE | lexicon.HONORIFICS | {"person", "author", "spokesman"}):
        return Kind.PERSON
    if words & {"city", "country", "town", "capital", "region", "island", "village", "port"}:
        return Kind.PLACE
    return Kind.THING


def kind_of(name: str, before: str = "") -> Kind:
    """The kind of a name, by its own words and those before it; NAME where nothing tells."""
    words = [word.casefold().rstrip(".") for word in name.split()]
    previous = before.casefold().split()[-1:] or [""]
    if {words[0], previous[0].rstrip(".")} & (
        lexicon.HONORIFICS_HE | lexicon.HONORIFICS_SHE | lexicon.HONORIFICS | {"spokesman"}
    ):
        return Kind.PERSON
    if set(words) & lexicon.ORGANISATION or (name.isupper() and len(name) > 1):
        return Kind.ORGANISATION
    if set(words) & lexicon.THING or (previous[0] in {"the"} and len(words) > 2):
        return Kind.THING
    if words[-1] in lexicon.COUNTRIES:
        return Kind.PLACE
    if words[0] in lexicon.NAMES_HE | lexicon.NAMES_SHE:
        return Kind.PERSON
    return Kind.PLACE if previous[0] in {"in", "near", "outside"} else Kind.NAME


def gender_of(name: str) -> Gender:
    """By title or given name."""
    words = [word.casefold().rstrip(".") for word in name.split()]
    if set(words) & lexicon.HONORIFICS_SHE or words[0] in lexicon.NAMES_SHE:
        return Gender.SHE
    if set(words) & lexicon.HONORIFICS_HE or any(word in lexicon.NAMES_HE for word in words):
        return Gender.HE
    return Gender.UNKNOWN


def kin_gender(phrase: str) -> Gender:
    """By a word such as son or wife; the last one counts, as in "the daughter of the king"."""
    words = {word.casefold() for word in re.findall(r"\w+", phrase)}
    if words & lexicon.KIN_SHE:
        return Gender.SHE
    return Gender.HE if words & lexicon.KIN_HE else Gender.UNKNOWN


def _is_plural(name: str, before: str) -> bool:
    """Whether a name stands for several: a pair, or a people such as the Mongols."""
    last = name.rsplit(maxsplit=1)[-1]
    if re.search(r"\w and \w", name):
        return last.casefold() not in lexicon.THING | lexicon.ORGANISATION  # the Joe and Rika Mansueto Library
    people = last.endswith("s") and not last.endswith(("ss", "us", "is", "as", "es"))
    return people and (before.casefold().split()[-1:] == ["the"] or len(name.split()) > 1)


def _plural_noun(phrase: str) -> bool:
    words = phrase.split()
    if words[0].casefold() in {"a", "an", "this", "that"}:
        return False
    return plural_word(words[-1]) or words[0].casefold() in {"these", "those"}


def plural_word(word: str) -> bool:
    """Whether a common noun looks like a plural."""
    folded = word.casefold()
    irregular = {"people", "men", "women", "children", "police", "troops"}
    return folded in irregular or (folded.endswith("s") and not folded.endswith(("ss", "us", "is")))


def mentions_in(text: str) -> list[Mention]:
    """Names and noun phrases, in order; of two that overlap the longer, and a name where they are the same."""
    found = sorted([*names_in(text), *phrases_in(text)], key=lambda m: (-len(m.text), m.start))
    kept: list[Mention] = []
    for mention in found:
        if all(mention.end <= other.start or other.end <= mention.start for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.start)
