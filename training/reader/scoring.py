"""SQuAD's answer measures and the area under the curve, from their definitions."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable, Sequence

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalised(text: str) -> str:
    """Lower case, without punctuation, articles and extra space (Rajpurkar et al. 2016)."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def exact(answer: str, golds: Iterable[str]) -> float:
    return float(any(normalised(answer) == normalised(gold) for gold in golds))


def f1(answer: str, golds: Iterable[str]) -> float:
    """The best token F1 over the gold answers."""
    return max(_f1(normalised(answer).split(), normalised(gold).split()) for gold in golds)


def _f1(answer: list[str], gold: list[str]) -> float:
    shared = sum((Counter(answer) & Counter(gold)).values())
    return 2 * shared / (len(answer) + len(gold)) if shared else 0.0


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The chance that a positive scores above a negative; ties count half; neither may be empty."""
    ordered = sorted([(score, 1) for score in positive] + [(score, 0) for score in negative])
    rank_sum, i = 0.0, 0
    while i < len(ordered):
        j = i
        while j < len(ordered) and ordered[j][0] == ordered[i][0]:
            j += 1
        rank_sum += (i + 1 + j) / 2 * sum(label for _, label in ordered[i:j])
        i = j
    n = len(positive)
    return (rank_sum - n * (n + 1) / 2) / (n * len(negative))
