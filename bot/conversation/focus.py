"""What a conversation is about: the mentions of its last turns, those first that a pronoun takes up first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.conversation import lexicon
from bot.conversation.clause import Clause, parse
from bot.conversation.mentions import Gender, Kind, Mention, kin_gender, mentions_in, names_in, plural_word
from bot.conversation.turns import Turn
from index.english.months import MONTH_NAMES_PATTERN

ANSWER_WORDS = 8
"""A longer span is a statement: nothing that a pronoun would take up whole."""

_HEDGE = re.compile(
    r"^(?:about|around|nearly|almost|over|more than|at least|some|roughly|in|on|by|as early as)\s+", re.IGNORECASE
)
_TIME = re.compile(
    rf"\b(?:1\d{{3}}|20\d{{2}})\b|\b(?:{MONTH_NAMES_PATTERN}|monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    r"century|yesterday|today)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Focus:
    """The mentions of one turn.

    answer: what the answer's span stands for; None for a refusal, a statement.
    question: those of the standalone question, in order. quote: those of the quote, in order.
    """

    answer: Mention | None
    question: tuple[Mention, ...]
    quote: tuple[Mention, ...]


def focus_of(turn: Turn) -> Focus:
    """The mentions of a turn."""
    question = turn.answer.standalone_question
    clause = parse(question)
    asked = tuple(mentions_in(question))
    quote = turn.answer.citations[0].quote if turn.answer.citations else ""
    return Focus(
        answer=_answer(turn.answer.answer, clause, question),
        question=(*asked, *_counted(clause)),
        quote=tuple(names_in(quote)),
    )


def _counted(clause: Clause | None) -> Iterator[Mention]:
    """What "how many" counts and "which" chooses from can be taken up by "they" and "them"."""
    if clause is not None and clause.noun and (clause.counts or plural_word(clause.noun.split()[-1])):
        yield Mention(_specific(clause), Kind.THING, plural=plural_word(clause.noun.split()[-1]))


def _specific(clause: Clause) -> str:
    return re.sub(r"^of\s+", "", clause.noun)


def _answer(answer: str | None, clause: Clause | None, question: str) -> Mention | None:
    text = span_text(answer)
    if not text or len(text.split()) > ANSWER_WORDS or clause is None:
        return None
    names = names_in(text)
    kind = _asked_kind(clause, text) or (names[0].kind if names else Kind.THING)
    gender = names[0].gender if names else Gender.UNKNOWN
    if names and kind in {Kind.NAME, Kind.PERSON} and gender is Gender.UNKNOWN:
        gender = kin_gender(question.rsplit("'s ", 1)[-1])
    one_name = (
        len(names) == 1 and names[0].text in {text, text[4:]} and not names[0].plural
    )  # "the Joe and Rika Mansueto Library"
    plural = (
        (bool(re.search(r"\w,? and \w", text)) and not one_name)
        or (not names and plural_word(text.split()[-1]))
        or any(n.plural for n in names)
    )
    return Mention(text, kind, gender=gender, plural=plural)


def span_text(answer: str | None) -> str:
    """The span without hedges and signs around it; "" for none."""
    return _HEDGE.sub("", (answer or "").strip(" .,;:“”\"'"))


def _asked_kind(clause: Clause, text: str) -> Kind | None:
    """The kind that the question phrase asks for; None where it leaves that open."""
    if clause.word in {"who", "whom"}:
        return Kind.PERSON
    if clause.word == "when" or (_TIME.search(text) and not names_in(_TIME.sub("", text))):
        return Kind.TIME
    if clause.word == "how" or not any(character.isalpha() for character in text):
        return Kind.NUMBER
    noun = clause.noun.casefold().split()[-1:] or [""]
    if clause.word == "where" or noun[0] in {"city", "country", "town", "region", "place", "capital", "port"}:
        return Kind.PLACE
    persons = lexicon.KIN_HE | lexicon.KIN_SHE | lexicon.HONORIFICS | {"economist", "person", "man", "woman", "actor"}
    return Kind.PERSON if noun[0] in persons else None


def person(pronoun: Gender, focuses: Sequence[Focus]) -> Mention | None:
    """Who "he" or "she" takes up, newest turn first."""
    for focus in focuses:
        named = [m for m in (focus.answer, *focus.question) if m is not None and _may_be_person(m)]
        quoted = [m for m in focus.quote if m.kind is Kind.PERSON]
        fitting = [m for m in (*named, *quoted) if m.gender in {pronoun, Gender.UNKNOWN} and not m.plural]
        sure = [m for m in fitting if m.kind is Kind.PERSON and m.gender is pronoun]
        first = next((m for m in fitting if m is focus.answer and m.kind is Kind.PERSON), None)
        if first or sure or fitting:
            return first or (sure or fitting)[0]
    return None


def _may_be_person(mention: Mention) -> bool:
    return mention.kind in {Kind.PERSON, Kind.NAME}


def thing(focuses: Sequence[Focus], *, event: bool = False) -> Mention | None:
    """What "it" takes up, newest turn first. event: whether what happens to it happens to events."""
    for focus in focuses:
        answer = focus.answer if focus.answer is not None and _is_thing(focus.answer) else None
        asked = [mention for mention in focus.question if _is_thing(mention)]
        if event and (events := [m for m in asked if set(m.text.casefold().split()) & lexicon.EVENTS]):
            return events[0]
        if answer is not None or asked:
            return answer or asked[0]
    return None


def _is_thing(mention: Mention) -> bool:
    return mention.kind not in {Kind.PERSON, Kind.TIME, Kind.NUMBER} and not mention.plural


def several(focuses: Sequence[Focus]) -> Mention | None:
    """What "they" and "them" take up, newest turn first: a plural, else an organisation."""
    for focus in focuses:
        if focus.answer is not None and focus.answer.plural and focus.answer.kind not in {Kind.NUMBER, Kind.TIME}:
            return focus.answer
        plurals = [mention for mention in focus.question if mention.plural]
        organisations = [m for m in (focus.answer, *focus.question) if m and m.kind is Kind.ORGANISATION]
        if plurals or organisations:
            return (plurals or organisations)[-1 if plurals else 0]
    return None


def place(focuses: Sequence[Focus]) -> Mention | None:
    """Where "there" is, newest turn first."""
    for focus in focuses:
        places = [m for m in (focus.answer, *reversed(focus.question), *focus.quote) if m and m.kind is Kind.PLACE]
        if places:
            return places[0]
    return None
