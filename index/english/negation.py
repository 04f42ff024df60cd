"""Words that deny: what turns a sentence, or a word of it, into its opposite."""

from __future__ import annotations

from typing import Final

PHRASES: Final = {
    "no longer": "not",
    "not any longer": "not",
    "no one": "nobody",
    "no-one": "nobody",
    "not one": "no",
    "not a single": "no",
    "cannot": "not",
    "in no way": "not",
    "at no time": "not",
    "turn down": "reject",
    "turns down": "reject",
    "turned down": "reject",
    "turning down": "reject",
    "shut down": "close",
    "in favour of": "favour",
    "in favor of": "favour",
    "apart from": "apart",
    "aside from": "apart",
    "other than": "apart",
    "except for": "except",
    "with the exception of": "except",
    "with the exceptions of": "except",
    "rather than": "except",
    "instead of": "except",
    "as opposed to": "except",
    "all but": "all apart",
    "nothing but": "",
    "not only": "",
    "not just": "",
    "not merely": "",
    "not simply": "",
    "not least": "",
    "not to mention": "",
    "not surprisingly": "",
    "not far": "",
    "not long": "",
    "no doubt": "",
    "no.": "",
    "no wonder": "",
    "no matter": "",
    "no less": "",
    "no fewer": "",
    "no more than": "",
    "no later": "",
    "no earlier": "",
    "no sooner": "",
    "whether or not": "whether",
    "if not": "",
    "more often than not": "",
    "cannot but": "",
    "last but not least": "",
}
"""Phrases by what they come to; those that come to nothing have a "not" that denies nothing."""

NEGATORS: Final = frozenset({"not", "never", "n't"})
"""They deny the word that comes next, but for helping words."""

NOBODY: Final = frozenset({"no", "none", "neither", "nobody", "nothing", "nowhere", "nor"})
"""They deny the clause that they open; elsewhere what they stand at."""

EVERYBODY: Final = frozenset("all every each everyone everybody everything any anyone anything".split())

EXCEPTIONS: Final = frozenset({"except", "excepting", "excluding", "unlike", "without"})
"""What follows is exempt from what is said."""

APART: Final = frozenset({"apart", "besides"})
"""What follows is exempt from what is said of everybody or nobody; so does a "but" behind such a word."""

NOT_TO: Final = frozenset("fail refuse decline neglect omit forget unable unwilling forbid".split())
"""Followed by "to" and a verb, they deny it."""

NOT_DOING: Final = frozenset("deny avoid without against".split())
"""Followed by a verb in -ing, they deny it."""

NOT_THAT: Final = frozenset("deny disprove refute".split())
"""Followed by "that" and a clause, they deny it."""

NOT_FROM: Final = frozenset("prevent keep stop bar ban prohibit hinder discourage dissuade block deter".split())
"""Followed by "from" and a verb in -ing, they deny it."""

OPPOSITES: Final = {
    "reject": "accept approve adopt support",
    "refuse": "accept grant allow agree",
    "decline": "accept",
    "deny": "admit grant confirm allow",
    "dismiss": "accept uphold",
    "oppose": "support favour back",
    "against": "favour",
    "ban": "allow permit",
    "forbid": "allow permit",
    "prohibit": "allow permit",
    "disallow": "allow permit",
    "exclude": "include",
    "disagree": "agree",
    "disapprove": "approve",
}
"""Words in any form by those of which they say the opposite; not pairs with two sides, as winning and losing."""

OPPOSITE_FORMS: Final = {
    "closed": "open",
    "closes": "open",
    "shut": "open",
    "unable": "able",
    "unknown": "known",
    "unwilling": "willing",
    "unsuccessful": "successful",
    "unsafe": "safe",
    "unhurt": "hurt",
    "illegal": "legal",
    "impossible": "possible",
    "incomplete": "complete",
    "inactive": "active",
    "invalid": "valid",
    "absent": "present",
}
"""The same for words in this form alone: "close" may be near."""

UNDONE: Final = r"un(?P<done>\w{3,}(?:ed|en|aid))"
"""A participle that says that something was not done: unharmed, unbroken, unpaid."""

OPINIONS: Final = frozenset("vote speak argue campaign rule decide demonstrate protest".split())
"""What is done for or against something."""

WEAK: Final = frozenset(
    "lack absence abolish lose remove only few little rarely seldom hardly barely scarcely difficult hard end cease "
    "stop miss prevent instead less too free exempt resist drop cancel leave reduce negative opposite contrary "
    "rather otherwise though although however despite unlike different limit restrict opposition "
    "rejection refusal prohibition denial failure".split()
)
"""Words that may come to a denial; where one stands, a question with a "not" may be answered without another."""

LEADING: Final = frozenset("in on at of by for with from to and or but".split())
"""They may stand before a "nobody" that opens a clause."""

CONTRASTS: Final = frozenset("but although though while whereas however yet unless if provided".split())
"""What is said on one side of them is not said on the other, or not without it."""

ASKING: Final = frozenset("who whom whose which what where when why how".split())
DETERMINERS: Final = frozenset("the a an this that these those his her its their our my your any some".split())
PREPOSITIONS: Final = frozenset(
    "in on at of by for from with about into during between under over through against".split()
)
AUXILIARIES: Final = frozenset(
    "is are was were do does did has have had can could will would shall should may might must".split()
)

BREAKS: Final = frozenset(
    "but because although though while whereas who whom which whose that when where since so yet if unless provided "
    "why how what whether and before after as than until".split()
)
"""Words that open a clause: what is denied before them is not denied behind."""

HELPING: Final = frozenset(
    "be am is are was were been being do does did have has had having can could will would shall should may might "
    "must ought to the a an any some this these those his her its their our my your he she it they we i you there "
    "yet even ever always also still very quite so such much many more most all both just simply only then now "
    "in on at of by for with from into".split()
)
"""Words between a "not" and what it denies."""
