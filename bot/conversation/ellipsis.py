"""Questions that leave out what the last one said: "And when?", "What about Kherson?", "Who said so?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.conversation import lexicon
from bot.conversation.clause import Clause, is_verb, parse
from bot.conversation.focus import Focus, span_text
from bot.conversation.mentions import Mention, mentions_in, plural_word
from bot.conversation.substitution import substituted
from bot.conversation.turns import Turn

OBJECT_WORDS = 6
"""A longer answer is not put into the next question as its object."""

_OPENING = re.compile(r"^(?:(?:and|but|so|ok|okay|then|also|well)\b[\s,]*)+", re.IGNORECASE)
_CLAIM = re.compile(
    r"(?:(?:and|but|so)\s+)?(?:who\s+(?:says?|said|claims?|claimed|told\s+you|reported)\s*(?:so|this|that|it)?"
    r"|says\s+who|according\s+to\s+(?:whom|who)|who\s+is\s+(?:saying|claiming)\s+(?:so|this|that))\s*[?.!]*",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"(?:(?:and|but|so|ok|okay)\s+)*(?:what|how)\s+about\s+(?P<about>.+?)\s*[?.!]*"
    r"|(?:and|but)\s+(?P<and>.+?)\s*[?.!]*",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"(?:is|was|are|were|did|does|has)\s+(?:it|that|this|they|he|she)(?:\s+(?:so|happen(?:ed)?|then|the\s+case))?",
    re.IGNORECASE,
)
_SAYING = re.compile(
    rf"^(?:does|did|do|has|have|had)\s+(?P<who>.+?)\s+(?:{'|'.join(sorted(lexicon.SAYING))})\s+(?:that\s+)?",
    re.IGNORECASE,
)


def without_opening(text: str) -> str:
    """Without "and", "but", "so" at its beginning."""
    return _OPENING.sub("", text)


def sentence(words: str) -> str:
    """With a capital at its beginning and a question mark at its end."""
    words = " ".join(words.split()).rstrip(" ?.!")
    return f"{words[:1].upper()}{words[1:]}?"


def leaves_out(text: str) -> bool:
    """Whether a question says too little to be asked alone: "Who said so?", "What about Kherson?", "When?"."""
    if _CLAIM.fullmatch(text.strip()) or counts_nothing(without_opening(text)):
        return True
    other = _OTHER.fullmatch(text.strip())
    if other is not None and (other["about"] or _fragment(other["and"])):
        return True
    clause = parse(without_opening(text))
    return clause is not None and _bare(clause)


def source_of_claim(text: str, turn: Turn, _: Sequence[Focus]) -> str | None:
    """ "Who said so?" as a question for whoever said what the last answer said; None for another question."""
    if not _CLAIM.fullmatch(text.strip()) or turn.answer.answer is None:
        return None
    return sentence(f"Who said that {statement(turn)}")


def statement(turn: Turn) -> str:
    """The last question and its answer as a statement: "around 20,000 foreign volunteers have joined"."""
    answer = (turn.answer.answer or "").strip(" .")
    clause = parse(turn.answer.standalone_question)
    if clause is None or len(answer.split()) > OBJECT_WORDS * 2:
        return turn.answer.citations[0].quote.strip(" .“”")
    if not clause.inverted:
        return f"{_subject(clause, answer)} {clause.auxiliary} {clause.rest}"
    said = f"{clause.auxiliary} {clause.rest}"
    inner = _SAYING.match(said)
    if inner is not None and inner.end() < len(said):
        return f"{_subject(clause, answer)} {said[inner.end() :]}"
    return _stated(clause, answer)


def _subject(clause: Clause, answer: str) -> str:
    """The answer with what is counted, where it does not say it itself."""
    noun = clause.noun
    if not clause.counts or not noun or noun.split()[-1].casefold() in answer.casefold():
        return answer
    return f"{answer} {noun}"


def _stated(clause: Clause, answer: str) -> str:
    """An inverted question with its answer at the end: "did students go to hear Luther speak" + "Wittenberg"."""
    preposition = f"{clause.preposition} " if clause.preposition else ""
    words = clause.rest.split()
    if clause.auxiliary.casefold() in lexicon.BE and not any(is_verb(word) or word.endswith("ing") for word in words):
        return f"{answer} {clause.auxiliary} {clause.rest}"
    return f"{clause.rest} {preposition}{answer}"


def other_subject(text: str, turn: Turn, focuses: Sequence[Focus]) -> str | None:
    """ "What about Kherson?" as the last question about Kherson; None where that is not what it says."""
    match = _OTHER.fullmatch(text.strip())
    if match is None:
        return None
    other = match["about"] or match["and"]
    if match["and"] and not _fragment(other):
        return None
    whole = substituted(turn.answer.standalone_question, other, focuses[0])
    return sentence(whole) if whole is not None else None


def _fragment(words: str) -> bool:
    """Whether words after "and" are a phrase and no question of their own."""
    tokens = words.split()
    first = tokens[0].casefold()
    return (
        first not in lexicon.WH | lexicon.AUXILIARIES
        and parse(words) is None
        and not any(is_verb(token) or token.casefold() in lexicon.AUXILIARIES for token in tokens)
        and len(tokens) <= 8
    )


def bare_question(text: str, turn: Turn, _: Sequence[Focus]) -> str | None:
    """ "When?", "To whom?", "How many of them?" asked of what the last question said; None for a whole question."""
    words = without_opening(text)
    clause = parse(words)
    if clause is None or not _bare(clause):
        return None
    if clause.counts and _of_them(clause):
        return _how_many(clause, turn)
    phrase = words.rstrip(" ?.!") if not clause.rest and not clause.auxiliary else _phrase(clause)
    return _attached(phrase, turn)


def _bare(clause: Clause) -> bool:
    """Whether nothing follows the question phrase but "was that", "did it happen"."""
    rest = f"{clause.auxiliary} {clause.rest}".strip()
    if rest and (clause.noun or clause.word in {"who", "whom", "what"} or not _POINTING.fullmatch(rest)):
        return False
    if clause.word in {"who", "what", "which", "whose"} and not clause.noun:
        return bool(clause.preposition)
    return clause.word != "how" or not clause.rest


def _phrase(clause: Clause) -> str:
    parts = (clause.preposition, clause.word, clause.degree, clause.noun)
    return " ".join(part for part in parts if part)


def _of_them(clause: Clause) -> bool:
    return clause.noun.casefold() in {"", "of them", "of these", "of those", "are they", "are there"}


def _how_many(clause: Clause, turn: Turn) -> str | None:
    """ "How many of them?": the last question, asking for the number of what it was answered with."""
    last = parse(turn.answer.standalone_question)
    answer = span_text(turn.answer.answer)
    if last is None:
        return None
    counted = answer if answer and not last.counts and not answer[:1].isdigit() else last.noun
    if not counted or len(counted.split()) > OBJECT_WORDS:
        return None
    return sentence(f"how {clause.degree} {counted} {last.auxiliary} {last.rest}")


def _attached(phrase: str, turn: Turn) -> str | None:
    """A question phrase before what the last question said."""
    last = parse(turn.answer.standalone_question)
    if last is None:
        return None
    answer = span_text(turn.answer.answer)
    if phrase.casefold() in {"why", "how"} and _only_named(last):
        return None
    if last.inverted:
        return sentence(f"{phrase} {last.auxiliary} {_with_object(last, answer)}")
    if _comparable(phrase, last):
        return sentence(f"{phrase} {last.auxiliary} {last.rest}")
    subject = _of_whom(last, answer)
    if last.auxiliary:
        return sentence(f"{phrase} {last.auxiliary} {subject} {last.rest}")
    return sentence(f"{phrase} was it that {subject} {last.rest}")


def _only_named(last: Clause) -> bool:
    """Whether the last question says nothing that happened: "Who is Putin?" leaves nothing to ask the reason of."""
    words = last.rest.split()
    return last.auxiliary.casefold() in lexicon.BE and not any(is_verb(w) or w.endswith("ing") for w in words)


def _comparable(phrase: str, last: Clause) -> bool:
    """Whether the phrase counts in place of what the last question counted: "How many trees are there?", "How many
    species?"."""
    clause = parse(phrase)
    return clause is not None and clause.counts and bool(clause.noun) and not clause.preposition and last.counts


def _of_whom(last: Clause, answer: str) -> str:
    """The subject of the last question, which its question phrase asked for."""
    if last.noun and (last.counts or not answer):
        return last.noun
    return answer if answer and len(answer.split()) <= OBJECT_WORDS * 2 else "it"


def _with_object(last: Clause, answer: str) -> str:
    """The rest of an inverted question with the answer in the place that its question phrase asked for.

    Without an answer, what was asked for: "Which president did Moscow support?" leaves "Moscow support the president".
    """
    asks_object = last.word in {"who", "whom", "what", "which"} and not last.preposition and not _asks_time(last)
    named = answer or (f"the {last.noun}" if last.noun and not last.counts and not plural_word(last.noun) else "")
    if not asks_object or not named or len(named.split()) > OBJECT_WORDS:
        return last.rest
    words = last.rest.split()
    if _only_named(last):
        return f"{named} {last.rest}"
    place = _object_place(last.rest)
    return " ".join([*words[:place], named, *words[place:]])


def _object_place(rest: str) -> int:
    """How many words of "Tesla partner with in 1886" or "Moscow support in Syria" stand before their missing object.

    Between two prepositions, else before the first that follows a verb and not a name or a phrase, else at the end.
    """
    words = rest.split()
    for place in range(1, len(words)):
        if words[place - 1] in lexicon.PREPOSITIONS and words[place] in lexicon.PREPOSITIONS:
            return place
    for place in range(2, len(words) - 1):
        before = len(" ".join(words[:place]))
        in_mention = any(mention.start < before <= mention.end for mention in mentions_in(rest))
        if words[place] in lexicon.PREPOSITIONS and words[place] != "of" and not in_mention:
            return place
    return len(words)


def _asks_time(clause: Clause) -> bool:
    return bool(set(clause.noun.casefold().split()) & {"year", "day", "date", "month", "century", "time", "decade"})


def counts_nothing(core: str) -> bool:
    """Whether it asks how many without saying what of: "How many died?"."""
    clause = parse(core)
    return clause is not None and clause.counts and not clause.noun


def anchored(core: str, focuses: Sequence[Focus]) -> str | None:
    """A question that names nothing itself, with what the last question was about; else None."""
    if mentions_in(core) or not focuses:
        return None
    topic = _topic(focuses[0])
    return sentence(f"{core.rstrip(' ?.!')} in {topic.text}") if topic is not None else None


def _topic(focus: Focus) -> Mention | None:
    return focus.question[-1] if focus.question else focus.answer
