"""How sure an answer may be: a logistic model over a few readable features, fitted by training/confidence.

A probability that the best span is right, from what the reader and the retrieval saw. The threshold lies
with it in one file beside the reader it was fitted for.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.types import Candidate
from index.errors import ModelError
from index.stopwords import STOP_WORDS

FILE = "confidence.json"
MARGIN_BOUND = 15.0
"""Margins beyond this say no more; a bound keeps one feature from drowning the others."""

_WORDS = re.compile(r"\w+")
_STEM_LETTERS = 5
"""Words count as the same when this many first letters agree: president's, presidents, presidential."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """weights: one a feature, in logits. threshold: an answer is given from this probability on."""

    intercept: float
    weights: Mapping[str, float]
    threshold: float
    reader: str

    def probability(self, features: Mapping[str, float]) -> float:
        """In (0, 1). Raises KeyError for a feature that was not computed."""
        logit = self.intercept + sum(weight * features[name] for name, weight in self.weights.items())
        return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, logit))))


def load(folder: Path) -> Confidence:
    """The model that lies beside a reader. Raises ModelError naming the file when it is missing or damaged."""
    path = folder / FILE
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Confidence(
            intercept=float(data["intercept"]),
            weights={str(name): float(weight) for name, weight in data["weights"].items()},
            threshold=float(data["threshold"]),
            reader=str(data["reader"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"cannot use {path}: {error!r}. Install Citebot again, or fit it anew") from error


def features(
    question: str, candidate: Candidate, others: Sequence[Candidate], context: str, title: str
) -> dict[str, float]:
    """What the confidence is computed from.

    others: the candidates of all passages, for the gap. context: the text of the candidate's passage.
    """
    return {
        "margin": max(-MARGIN_BOUND, min(MARGIN_BOUND, candidate.margin)),
        "rank": 1.0 / candidate.rank,
        "coverage": coverage(question, f"{title} {context}"),
        "gap": _gap(candidate, others),
    }


def coverage(question: str, text: str) -> float:
    """The share of the question's content words that stand in the text; 1.0 when it has none."""
    wanted = content_stems(question)
    if not wanted:
        return 1.0
    present = {stem(word) for word in _WORDS.findall(text)}
    return len(wanted & present) / len(wanted)


def content_stems(text: str) -> set[str]:
    """The stems of the words of a text that are not stop words."""
    return {stem(word) for word in _WORDS.findall(text) if word.casefold() not in STOP_WORDS}


def stem(word: str) -> str:
    """A word's first letters, case folded; a number whole."""
    folded = word.casefold()
    return folded if folded.isdigit() else folded[:_STEM_LETTERS]


def _gap(candidate: Candidate, others: Sequence[Candidate]) -> float:
    """The margin's lead over the best candidate of another text elsewhere, at most MARGIN_BOUND."""
    rivals = [o.margin for o in others if o.text.casefold() != candidate.text.casefold()]
    return min(MARGIN_BOUND, candidate.margin - max(rivals)) if rivals else MARGIN_BOUND
