"""English words that say nothing of what a question is about."""

from __future__ import annotations

from typing import Final

_WORDS: Final = """
a about above after again against all am an and any are as at be because been before being below between both
but by can could did do does doing down during each few for from further had has have having he her here hers
herself him himself his how i if in into is it its itself just many me more most much my myself no nor not of off on
once only or other our ours ourselves out over own same she should so some such than that the their theirs them
themselves then there these they this those through to too under until up very was we were what when where
which while who whom whose why will with would you your yours yourself yourselves
d ll m re s t ve don didn doesn isn wasn weren aren hasn haven hadn wouldn shouldn couldn
"""

STOP_WORDS: Final = frozenset(_WORDS.split())
"""Lower case. The last line is what word boundaries leave of contractions, but "won": who won matters more."""
