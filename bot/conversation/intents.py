"""What people say that is no question to the articles, recognised by the whole of what they say.

A rule matches the message from its first word to its last, so that no real question is swallowed: "Thanks" is
thanks, "Who thanks Putin?" is a question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.conversation import dates


class Wish(StrEnum):
    """What is wanted."""

    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    OVERVIEW = "overview"
    """What can you answer?"""
    SOURCE = "source"
    MORE = "more"
    WHICH_ARTICLE = "which article"
    ABOUT = "about"
    """Passages on a topic, from all articles or from one."""
    LATEST = "latest"
    """Passages on a topic, newest first."""
    NARROWED = "narrowed"
    """A question within conditions; the last one where there is none in it."""
    WIDENED = "widened"
    """The last question again, in every article: lifts the conditions that follow-ups took over."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A wish and what it is about.

    topic: of ABOUT and LATEST. article: as it was said, of ABOUT. question: of NARROWED.
    """

    wish: Wish
    topic: str | None = None
    article: str | None = None
    question: str | None = None
    conditions: tuple[str, ...] = ()


_TO_WHOM: Final = r"(?:\s+(?:citebot|there|bot|everyone|all|again))?"
_SO_MUCH: Final = r"(?:\s+(?:very\s+much|so\s+much|a\s+lot|citebot|again|for\s+(?:that|this|your\s+help)))*"
_ARTICLES: Final = r"(?:articles?|reports?|stories|story|news|texts?|sources?)"

_SIMPLE: Final[tuple[tuple[Wish, str], ...]] = (
    (Wish.GREETING, rf"(?:hi|hello|hey|hiya|greetings|good\s+(?:morning|afternoon|evening|day)){_TO_WHOM}"),
    (
        Wish.THANKS,
        rf"(?:ok(?:ay)?|great|good|perfect)?[,!.\s]*(?:thanks?(?:\s+you)?|thx|cheers|many\s+thanks){_SO_MUCH}",
    ),
    (Wish.FAREWELL, rf"(?:bye(?:[\s-]?bye)?|good\s?bye|good\s+night|see\s+you(?:\s+later)?){_TO_WHOM}"),
    (
        Wish.OVERVIEW,
        rf"(?:help|who\s+are\s+you|what\s+are\s+you|what(?:'s|\s+is)\s+this(?:\s+about)?|what(?:'s|\s+is)\s+(?:in\s+)?here"
        rf"|what\s+(?:can|could)\s+(?:you|i)\s+(?:answer|do|ask(?:\s+you)?|tell\s+me|help(?:\s+me)?\s+with)"
        rf"|what\s+do\s+you\s+know(?:\s+about)?|what(?:\s+kind\s+of)?\s+questions\s+can\s+(?:i\s+ask(?:\s+you)?|you\s+answer)"
        rf"|what(?:'s|\s+is|\s+are)\s+(?:this|that|the|these|those|your)\s+{_ARTICLES}\s+(?:all\s+)?about"
        rf"|(?:what|which)\s+{_ARTICLES}\s+(?:do\s+you\s+have|have\s+you(?:\s+got)?|are\s+there)"
        rf"|(?:list|show(?:\s+me)?)\s+(?:all\s+)?(?:the\s+|your\s+)?articles|how\s+many\s+articles\s+do\s+you\s+have)",
    ),
    (
        Wish.SOURCE,
        r"(?:(?:please\s+)?(?:show|give)(?:\s+me)?\s+(?:the|your|its|that)\s+(?:sources?|passages?|quotes?|citations?)"
        r"|(?:the\s+)?(?:sources?|citations?)|what(?:'s|\s+is|\s+are)\s+(?:the|your)\s+sources?"
        r"|where\s+(?:does|did)\s+(?:that|this|it)\s+come\s+from|where\s+is\s+(?:that|this)\s+from"
        r"|where\s+do(?:es)?\s+(?:it|they)\s+say\s+(?:so|that)|prove\s+it|are\s+you\s+sure|really)",
    ),
    (Wish.MORE, r"(?:(?:show|tell|give)\s+me\s+)?(?:some\s+)?more(?:\s+of\s+(?:it|that))?|read\s+on|go\s+on|continue"),
    (
        Wish.WHICH_ARTICLE,
        r"(?:and\s+)?(?:(?:in|from)\s+)?(?:which|what)\s+(?:article|report|story|text)"
        r"(?:\s+(?:is|was)\s+(?:that|this|it)(?:\s+(?:in|from))?|\s+says?\s+(?:so|that|this)|\s+said\s+(?:so|that)"
        r"|\s+does\s+(?:it|that)\s+(?:stand|come)\s*(?:in|from)?)?",
    ),
    (
        Wish.WIDENED,
        r"(?:(?:and|but|now|ok(?:ay)?),?\s+)*(?:(?:ask|search|in|from)\s+)?"
        r"(?:everything|(?:all|every)\s+(?:of\s+)?(?:the\s+|your\s+)?articles?|(?:any|every)\s+date|all\s+dates)"
        r"(?:,?\s+(?:again|please))?",
    ),
)
_SIMPLE_RULES: Final = tuple((wish, re.compile(pattern, re.IGNORECASE)) for wish, pattern in _SIMPLE)

_LATEST: Final = re.compile(
    rf"(?:(?:and\s+)?what(?:'s|\s+is|\s+are)\s+|show\s+me\s+|give\s+me\s+)?(?:the\s+)?(?:latest|newest|most\s+recent)"
    rf"(?:\s+(?:{_ARTICLES}|updates?|developments?))?\s+(?:on|about|regarding)\s+(?P<topic>.+)",
    re.IGNORECASE,
)
_ABOUT: Final = re.compile(
    rf"(?:tell\s+me(?:\s+(?:more|something))?\s+about|(?:is\s+there\s+)?anything\s+(?:on|about)|what\s+do\s+you\s+know\s+about"
    rf"|what\s+do\s+(?:the|your)\s+{_ARTICLES}\s+say\s+(?:about|on))\s+(?P<topic>.+)",
    re.IGNORECASE,
)
_ARTICLE_ABOUT: Final = re.compile(
    r"what\s+(?:does|did)\s+(?P<article>.+?)\s+(?:say|tell\s+(?:us|me)|write)\s+(?:about|on)\s+(?P<topic>.+)",
    re.IGNORECASE,
)
_DATE_ONLY: Final = re.compile(
    rf"(?:(?:and|but|only|what\s+about|how\s+about)\s+)*(?:(?:in\s+|from\s+)?(?:the\s+)?(?P<of>{_ARTICLES}|published)\s+"
    rf"(?:published\s+|dated\s+|written\s+)?)?(?P<relation>{dates.RELATION})\s+(?P<date>{dates.DATE})",
    re.IGNORECASE,
)
_BOUNDS: Final = frozenset({"before", "until", "till", "up to", "after", "since"})
_WITHIN: Final = re.compile(
    rf"(?P<question>.*?\S)[,\s]+(?:in|from|according\s+to|among)\s+(?:the\s+)?{_ARTICLES}\s+"
    rf"(?:published\s+|dated\s+|written\s+)?(?P<relation>{dates.RELATION})\s+(?P<date>{dates.DATE})",
    re.IGNORECASE,
)
_WITHIN_FIRST: Final = re.compile(
    rf"(?:in|from|according\s+to|among)\s+(?:the\s+)?{_ARTICLES}\s+(?:published\s+|dated\s+|written\s+)?"
    rf"(?P<relation>{dates.RELATION})\s+(?P<date>{dates.DATE})[,:\s]+(?P<question>\S.*)",
    re.IGNORECASE,
)


def recognised(text: str) -> Intent | None:
    """The wish that the whole of the text says; None for a question to the articles."""
    words = " ".join(text.split())
    bare = words.strip(" .!?…\"'“”👋🙏")
    for wish, rule in _SIMPLE_RULES:
        if rule.fullmatch(bare):
            return Intent(wish)
    return _narrowed(words.rstrip(" .!?"), words) or _topical(bare)


def _topical(bare: str) -> Intent | None:
    if found := _LATEST.fullmatch(bare):
        return Intent(Wish.LATEST, topic=found["topic"])
    if found := _ABOUT.fullmatch(bare):
        return Intent(Wish.ABOUT, topic=found["topic"])
    if found := _ARTICLE_ABOUT.fullmatch(bare):
        return Intent(Wish.ABOUT, topic=found["topic"], article=found["article"])
    return None


def _narrowed(bare: str, words: str) -> Intent | None:
    """Conditions on when an article was published: alone, or with the question that they belong to.

    "In 2015" alone says when something happened; "before 2015" alone, which articles to look in.
    """
    if found := _DATE_ONLY.fullmatch(bare):
        if found["of"] is None and " ".join(found["relation"].casefold().split()) not in _BOUNDS:
            return None
        return _intent(found["relation"], found["date"], None)
    if found := _WITHIN.fullmatch(bare):
        mark = "?" if words.endswith("?") else ""
        return _intent(found["relation"], found["date"], found["question"].rstrip(" ,") + mark)
    if found := _WITHIN_FIRST.fullmatch(words):
        return _intent(found["relation"], found["date"], found["question"])
    return None


def _intent(relation: str, said: str, question: str | None) -> Intent | None:
    conditions = dates.conditions(relation, said)
    return Intent(Wish.NARROWED, question=question, conditions=conditions) if conditions else None
