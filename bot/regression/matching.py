"""Whether a text is an expected answer.

Normalisation, EM and F1: P. Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine Comprehension of Text",
EMNLP 2016, section 4.1, as the evaluation script of SQuAD 2.0 computes them.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence
from typing import Final

from bot.regression.cases import Case
from bot.regression.patterns import Matcher
from index.words import composed

RIGHT_F1: Final = 0.5
"""From this F1 on a text is the answer, where the numbers agree too."""

_PUNCTUATION: Final = str.maketrans("", "", string.punctuation)
_ARTICLES: Final = re.compile(r"\b(?:a|an|the)\b")
_POSSESSIVE: Final = re.compile(r"(?<=\w)['’]s\b")
_NUMBER: Final = re.compile(r"\d[\d.,]*")


def normalised(text: str) -> str:
    """Lower case, accents composed, without ASCII punctuation, without a, an, the, with single spaces."""
    return " ".join(_ARTICLES.sub(" ", composed(text).lower().translate(_PUNCTUATION)).split())


def exact(prediction: str, answers: Sequence[str]) -> float:
    """1.0 when the prediction equals any answer once normalised, else 0.0."""
    return float(normalised(prediction) in {normalised(answer) for answer in answers})


def f1(prediction: str, answers: Sequence[str]) -> float:
    """The best token F1 over the answers, 0..1. answers: at least one."""
    return max(_token_f1(normalised(prediction).split(), normalised(answer).split()) for answer in answers)


def is_right(prediction: str, case: Case) -> bool:
    """Whether the text is one of the answers of a case, or a pattern matches it in whole, case ignored.

    A text is an answer where their F1 is at least RIGHT_F1 and their numbers do not contradict each other:
    "more than 1.5 million people" is no "more than 1.7 million people", though F1 says 0.8. A possessive 's does
    not count: a span may end inside "Gandhi's". Raises PatternSlow.
    """
    text = composed(prediction).strip()
    if any(Matcher(composed(pattern)).is_whole(text) for pattern in case.patterns):
        return True
    said = _POSSESSIVE.sub("", prediction)
    expected = [_POSSESSIVE.sub("", answer) for answer in case.answers]
    return any(f1(said, [answer]) >= RIGHT_F1 and _numbers_agree(said, answer) for answer in expected)


def _token_f1(prediction: Sequence[str], answer: Sequence[str]) -> float:
    if not prediction or not answer:
        return float(prediction == answer)
    common = sum((Counter(prediction) & Counter(answer)).values())
    if common == 0:
        return 0.0
    precision, recall = common / len(prediction), common / len(answer)
    return 2 * precision * recall / (precision + recall)


def _numbers_agree(prediction: str, answer: str) -> bool:
    """Whether the numbers of one are all among the other's, and an answer with numbers got at least one."""
    wanted, given = _numbers(answer), _numbers(prediction)
    return (not wanted or bool(given)) and (wanted <= given or given <= wanted)


def _numbers(text: str) -> set[str]:
    return {number.replace(",", "").rstrip(".") for number in _NUMBER.findall(text)}
