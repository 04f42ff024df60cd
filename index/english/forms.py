"""The forms of a word: "took" and "taking" are "take", "cities" is "city"; but "news" is not "new"."""

from __future__ import annotations

import re
from typing import Final

_IRREGULAR: Final = """
arise arose arisen; bear bore borne; beat beaten; become became; begin began begun; bind bound; bite bit bitten;
blow blew blown; break broke broken; bring brought; build built; burn burnt; buy bought; catch caught;
choose chose chosen; come came; creep crept; deal dealt; dig dug; do did done; draw drew drawn; drink drank drunk;
drive drove driven; eat ate eaten; fall fell fallen; feed fed; feel felt; fight fought; find found; flee fled;
fly flew flown; forbid forbade forbidden; forget forgot forgotten; freeze froze frozen; get got gotten;
give gave given; go went gone; grow grew grown; hang hung; have had; hear heard; hide hid hidden; hold held;
keep kept; know knew known; lay laid; lead led; learn learnt; leave left; lend lent; lie lay lain; light lit;
lose lost; make made; mean meant; meet met; pay paid; ride rode ridden; ring rang rung; rise rose risen;
run ran; say said; see saw seen; seek sought; sell sold; send sent; shake shook shaken; shine shone; shoot shot;
show showed shown; shrink shrank shrunk; sing sang sung; sink sank sunk; sit sat; sleep slept; speak spoke spoken;
spend spent; stand stood; steal stole stolen; stick stuck; strike struck; swear swore sworn; swim swam swum;
take took taken; teach taught; tear tore torn; tell told; think thought; throw threw thrown;
understand understood; wake woke woken; wear wore worn; win won; withdraw withdrew withdrawn; write wrote written;
use used using uses; die died dying; tie tied tying; agree agreed agreeing; free freed freeing
"""
_BASES: Final = {form: verb[0] for line in _IRREGULAR.split(";") for verb in [line.split()] for form in verb[1:]}
_PLURAL = re.compile(r"(?<=\w{3})es$|(?<=\w{2}[^\Wsu])s$")
_DONE = re.compile(r"(?<=\w{3})(?:(?<!e)ed|ing)$")
_DOUBLE = re.compile(r"([bdgklmnprt])\1$")
_ENDINGS: Final = frozenset({"", "s", "es", "d", "ed", "ing"})
_APART: Final = (frozenset({"new", "news"}), frozenset({"unit", "united"}), frozenset({"good", "goods"}))
"""Words that look like forms of each other and are none."""


def root(word: str) -> str:
    """What the forms of a word share, for comparing them; no word itself. word: in lower case."""
    base = _BASES.get(word)
    short = base or _DONE.sub("", _PLURAL.sub("", word))
    short = _DOUBLE.sub(r"\1", short).removesuffix("e")
    return f"{short[:-1]}i" if short.endswith("y") else short


def same_word(one: str, other: str) -> bool:
    """Whether two words in lower case are forms of one: organ and organs, not organ and organization."""
    if one != other and {one, other} in _APART:
        return False
    shorter, longer = sorted((one, other), key=len)
    begins = longer.startswith(shorter) and longer[len(shorter) :] in _ENDINGS
    return begins or root(one) == root(other)
