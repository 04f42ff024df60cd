"""One phrase of a question replaced by another of its sort: "Who holds Kharkiv?" and "Kherson"."""

from __future__ import annotations

import re

from bot.conversation import lexicon
from bot.conversation.clause import Clause, is_verb, parse
from bot.conversation.focus import Focus
from bot.conversation.mentions import Kind, Mention, kind_of, mentions_in, names_in, plural_word

_PREPOSITION = re.compile(rf"(?P<preposition>{'|'.join(sorted(lexicon.PREPOSITIONS))})\s+(?P<what>.+)")
"""Lower case only: "On the Freedom of a Christian" is a title."""
_ARTICLE = re.compile(r"\b(?:the|a|an)\s+$", re.IGNORECASE)
_SUPERLATIVE = re.compile(r"\bthe\s+(?:[\w-]+est|most\s+\w+|least\s+\w+|first|last|second|third|only)\b", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:1\d{3}|20\d{2})\b")


def substituted(question: str, other: str, focus: Focus) -> str | None:
    """The question with `other` in the place of what is of its sort; None where nothing is.

    other: a phrase, perhaps with a preposition. focus: of the turn that the question belongs to.
    """
    text = question.rstrip(" ?.!")
    match = _PREPOSITION.fullmatch(other)
    if match is not None:
        return _in_adjunct(text, match["preposition"], match["what"])
    if _YEAR.fullmatch(other) and _YEAR.search(text):
        return _YEAR.sub(other, text)
    return _superlative(text, other) or _same_head(text, other) or _in_slot(text, other, focus)


def _in_adjunct(text: str, preposition: str, what: str) -> str | None:
    """ "And in Nishapur?": replaces what follows the same or a like preposition, else is added at the end."""
    for mention in reversed(mentions_in(text)):
        before = text[: mention.start].rstrip().casefold().rsplit(" ", 1)[-1]
        if before in lexicon.PREPOSITIONS and not _YEAR.search(what) and _alike(before, preposition):
            return text[: mention.start].rstrip()[: -len(before)] + f"{preposition} {what}" + text[mention.end :]
    if _YEAR.search(what) and _YEAR.search(text):
        year = _YEAR.search(what)
        assert year is not None
        return _YEAR.sub(year[0], text)
    return f"{text} {preposition} {what}"


def _alike(one: str, other: str) -> bool:
    places = {"in", "within", "inside", "at", "on", "across"}
    return one == other.casefold() or {one, other.casefold()} <= places


def _superlative(text: str, other: str) -> str | None:
    """ "And the largest?" after "the second-largest producer"."""
    found = _SUPERLATIVE.search(text)
    if found is None or not _SUPERLATIVE.fullmatch(other):
        return None
    return text[: found.start()] + other + text[found.end() :]


def _same_head(text: str, other: str) -> str | None:
    """ "And the first black metal band?" after "the first folk metal band": the phrases end in the same word."""
    head = other.rsplit(maxsplit=1)[-1].casefold()
    for mention in mentions_in(text):
        words = mention.text.split()
        if len(words) > 1 and words[-1].casefold() == head and mention.text.casefold() != other.casefold():
            return text[: mention.start] + other + text[mention.end :]
    return None


def _in_slot(text: str, other: str, focus: Focus) -> str | None:
    """In the place of the mention that is most like it; None where the answer is more like it than any."""
    named = other.rsplit(maxsplit=1)[-1][:1].isupper()
    candidates = names_in(text) if named and not _long(other) else mentions_in(text)
    ranked = sorted(candidates, key=lambda mention: (_likeness(mention, other), mention.start))
    if not ranked:
        return _counted(text, other)
    best = ranked[-1]
    if _likeness(best, other) < 0:
        return None
    if focus.answer is not None and _likeness(focus.answer, other) > _likeness(best, other):
        return _whether(text, other)
    before = _ARTICLE.sub("", text[: best.start]) if _determined(other) else text[: best.start]
    return before + other + text[best.end :]


def _whether(text: str, other: str) -> str | None:
    """ "What about Kharkiv?" where the question was answered with Kherson: has Russia seized Kharkiv?"""
    clause = parse(text)
    if clause is None or not clause.inverted or clause.counts or clause.word not in {"who", "whom", "what", "which"}:
        return None
    return f"{clause.auxiliary} {clause.rest} {other}"


def _likeness(mention: Mention, other: str) -> int:
    """How much two phrases are of one sort, by kind, determiner, number and capitals."""
    kind = kind_of(re.sub(r"^(?:the|a|an)\s+", "", other, flags=re.IGNORECASE))
    named = other.rsplit(maxsplit=1)[-1][:1].isupper()
    same_kind = 3 if mention.kind is kind else (0 if Kind.NAME in {mention.kind, kind} else -3)
    if _country(mention.text) != _country(other):
        same_kind -= 2
    capital = 2 if named == mention.text.split()[-1][:1].isupper() else -3
    determiner = 1 if _determined(other) == _determined(mention.text) else 0
    plural = 1 if plural_word(other.rsplit(maxsplit=1)[-1]) == mention.plural else 0
    alike = len(other.split()) == len(mention.text.split())
    length = 2 if _long(other) and _long(mention.text) else int(alike)
    return same_kind + capital + determiner + plural + length


def _long(words: str) -> bool:
    """Whether it is as long as the title of a work."""
    return len(words.split()) >= 4


def _country(words: str) -> bool:
    return words.rsplit(maxsplit=1)[-1].casefold() in lexicon.COUNTRIES


def _determined(words: str) -> bool:
    return words.split(maxsplit=1)[0].casefold() in lexicon.DETERMINERS


def _counted(text: str, other: str) -> str | None:
    """ "What about women?" after "How many men died?"; "And the second?" is no such noun and stands for the object."""
    clause = parse(text)
    if clause is None or other.rsplit(maxsplit=1)[-1][:1].isupper():
        return None
    if _determined(other):
        return _acted_on(clause, text, other)
    return text.replace(clause.noun, other, 1) if clause.noun else None


def _acted_on(clause: Clause, text: str, other: str) -> str | None:
    """ "And the second branch?" after "Which economist founded family economics?": founded the second branch."""
    verb = clause.rest.split(maxsplit=1)[0] if clause.rest else ""
    if clause.auxiliary or not is_verb(verb):
        return None
    return f"{text[: text.rindex(clause.rest)]}{verb} {other}"
