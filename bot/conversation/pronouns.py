"""Pronouns of a question replaced by what they take up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.conversation import focus as focusing
from bot.conversation import lexicon
from bot.conversation.focus import Focus
from bot.conversation.mentions import Gender, Kind, Mention, mentions_in

_PRONOUN = re.compile(
    r"\b(?P<word>he|him|his|she|hers|her|it|its|they|them|their|theirs|there|this|that|these|those)\b", re.IGNORECASE
)
_EXPLETIVE = re.compile(
    r"\b(?:(?:is|was|are|were|be|been|how many|has|have)\s+there|there\s+(?:is|was|are|were|has|have|will|be|been)"
    r"|(?:is|was)\s+it\s+(?:true|possible|likely|clear|reported|said|that)"
    r"|(?:does|did|will|would)\s+it\s+take|it\s+(?:takes|took)|it\s+(?:is|was)\s+(?:true|possible|likely|clear|reported|said)|what\s+time\s+is\s+it)\b",
    re.IGNORECASE,
)
_OF_THEM = re.compile(r"\b(?:many|some|all|most|none|one|two|three|half) of $", re.IGNORECASE)
_POSSESSIVE = {"his", "hers", "her", "its", "their", "theirs"}
_SUBJECT = {"he", "she", "it", "they"}
_GENDERS = {
    "he": Gender.HE,
    "him": Gender.HE,
    "his": Gender.HE,
    "she": Gender.SHE,
    "her": Gender.SHE,
    "hers": Gender.SHE,
}


@dataclass(frozen=True, slots=True)
class _Place:
    """A pronoun in a question."""

    word: str
    start: int
    end: int
    text: str

    @property
    def before(self) -> str:
        return self.text[: self.start]

    @property
    def after(self) -> str:
        return self.text[self.end :]

    @property
    def possessive(self) -> bool:
        if self.word != "her":
            return self.word in _POSSESSIVE
        following = re.match(r"\s+([\w'’-]+)", self.after)
        return following is not None and following[1].casefold() not in lexicon.PREPOSITIONS | {"and", "first", "when"}


def resolved(question: str, focuses: Sequence[Focus]) -> str | None:
    """The question with its pronouns replaced; None when it has none that points back, or none that is found.

    One that is bound by a name in the question itself is left: "How many men did Russia lose in its attack?"
    """
    taken: set[str] = set()
    parts: list[str] = []
    last = 0
    for match in _PRONOUN.finditer(question):
        place = _Place(match["word"].casefold(), match.start(), match.end(), question)
        words = _taken_up(place, focuses, taken)
        if words is not None:
            parts += [_before(question[last : match.start()], words), words]
            last = match.end()
            follow = re.match(r"\s+[\w'’-]+", question[last:]) if place.word in _DEMONSTRATIVE else None
            last += follow.end() if follow else 0
    return "".join([*parts, question[last:]]) if parts else None


def points_back(question: str) -> bool:
    """Whether a pronoun of it takes up something that it does not name itself. "That" alone is not looked at."""
    places = [_Place(m["word"].casefold(), m.start(), m.end(), question) for m in _PRONOUN.finditer(question)]
    return any(
        place.word not in {"that", "this"} and not _bound(place) and not _is_expletive(place) for place in places
    )


def _before(text: str, words: str) -> str:
    """ "How many of" without its "of" before a name, as people write it: how many Chechen fighters."""
    return text.removesuffix("of ") if _OF_THEM.search(text) and words[:1].isupper() else text


_DEMONSTRATIVE = {"this", "that", "these", "those"}


def _taken_up(place: _Place, focuses: Sequence[Focus], taken: set[str]) -> str | None:
    """The words for one pronoun.

    taken: the pronouns replaced so far; their next form is bound by the words put there: "Tesla … of his life".
    """
    if _bound(place) or _is_expletive(place):
        return None
    if place.word in _DEMONSTRATIVE:
        return _demonstrated(place, focuses)
    family = _FAMILIES[place.word]
    if family in taken:
        return None
    mention = _antecedent(family, place, focuses)
    if mention is None:
        return None
    taken.add(family)
    words = _bare(mention)
    return _possessed(words) if place.possessive else _inside(place, words)


_FAMILIES = {
    **dict.fromkeys(("he", "him", "his"), "he"),
    **dict.fromkeys(("she", "her", "hers"), "she"),
    **dict.fromkeys(("it", "its"), "it"),
    **dict.fromkeys(("they", "them", "their", "theirs"), "they"),
    "there": "there",
}


def _antecedent(family: str, place: _Place, focuses: Sequence[Focus]) -> Mention | None:
    match family:
        case "he" | "she":
            return focusing.person(_GENDERS[family], focuses)
        case "it":
            return focusing.thing(focuses, event=_happens(place))
        case "they":
            return focusing.several(focuses)
        case _:
            return focusing.place(focuses)


def _happens(place: _Place) -> bool:
    words = re.findall(r"\w+", place.after.casefold())
    return bool(words) and words[0] in lexicon.EVENT_VERBS


def _is_expletive(place: _Place) -> bool:
    return any(match.start() <= place.start < match.end() for match in _EXPLETIVE.finditer(place.text))


def _bound(place: _Place) -> bool:
    """Whether a name before the pronoun in the same question is what it takes up.

    An object in the same clause is never its own subject: "What did Kirby say about it?" points back.
    """
    if place.word in _DEMONSTRATIVE or place.word == "there":
        return False
    fitting = [mention for mention in mentions_in(place.before) if _fits(place, mention)]
    if not fitting:
        return False
    return place.possessive or (place.word in _SUBJECT and re.match(r"\s+\w", place.after) is not None)


def _fits(place: _Place, mention: Mention) -> bool:
    family = _FAMILIES[place.word]
    if family in {"he", "she"}:
        return mention.kind in {Kind.PERSON, Kind.NAME} and mention.gender in {_GENDERS[family], Gender.UNKNOWN}
    if family == "they":
        return mention.plural or mention.kind is Kind.ORGANISATION
    return mention.kind is not Kind.PERSON and not mention.plural


def _demonstrated(place: _Place, focuses: Sequence[Focus]) -> str | None:
    """ "That city" and "these fighters" for the mention of that kind; a bare "that" is not replaced here."""
    noun = re.match(r"\s+(?P<noun>[a-z'’-]+)", place.after)
    if noun is None or noun["noun"] in lexicon.AUXILIARIES | lexicon.PREPOSITIONS | lexicon.DETERMINERS:
        return None
    if noun["noun"] in {"city", "country", "town", "place", "region", "port"}:
        found = focusing.place(focuses) or focusing.thing(focuses)
    elif place.word in {"these", "those"}:
        found = focusing.several(focuses)
    elif noun["noun"] in {"man", "person", "woman", "president", "minister"}:
        found = focusing.person(Gender.SHE if noun["noun"] == "woman" else Gender.HE, focuses)
    else:
        found = next((m for f in focuses for m in f.question if noun["noun"] in m.text.casefold().split()), None)
    return _bare(found) if found is not None else None


def _bare(mention: Mention) -> str:
    """The words of a mention as they stand inside a question."""
    return re.sub(r"^(?:A|An|The|This|That|These|Those)\b", lambda m: m[0].lower(), mention.text)


def _possessed(words: str) -> str:
    return f"{words}'" if words.endswith("s") and words[:1].islower() else f"{words}'s"


def _inside(place: _Place, words: str) -> str:
    if place.word == "there":
        return f"in {words}"
    definite = words.split(maxsplit=1)[0].casefold() in lexicon.DETERMINERS or words[:1].isupper()
    return words if definite or not _OF_THEM.search(place.before) else f"the {words}"
