"""BM25 over the passages of one corpus: near passages that do not hold the answer."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict

_WORD = re.compile(r"\w+")
K1, B = 1.2, 0.75
COMMON_SHARE = 0.1
"""Words in more than this share of the passages are left out: they choose nothing."""


class NearPassages:
    """An inverted index with BM25 scores (Robertson and Zaragoza 2009)."""

    def __init__(self, passages: list[str]) -> None:
        self.passages = passages
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        counts = [Counter(_WORD.findall(passage.lower())) for passage in passages]
        mean = sum(sum(count.values()) for count in counts) / len(counts)
        for number, count in enumerate(counts):
            norm = K1 * (1 - B + B * sum(count.values()) / mean)
            for word, n in count.items():
                self._postings[word].append((number, n * (K1 + 1) / (n + norm)))

    def search(self, question: str, k: int) -> list[str]:
        """The k passages nearest to the question, best first; ties go to the earlier passage."""
        scores: dict[int, float] = defaultdict(float)
        total = len(self.passages)
        for word in set(_WORD.findall(question.lower())):
            postings = self._postings.get(word, [])
            if len(postings) <= COMMON_SHARE * total:
                weight = math.log(1 + (total - len(postings) + 0.5) / (len(postings) + 0.5))
                for number, score in postings:
                    scores[number] += weight * score
        best = sorted(scores, key=lambda number: (-scores[number], number))[:k]
        return [self.passages[number] for number in best]
