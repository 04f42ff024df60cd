"""Retrieval measures against numbers worked out by hand."""

from __future__ import annotations

from math import log2

import pytest

from bot.regression.asking import Hit
from bot.regression.ranking import ndcg, recall, reciprocal_rank


def hits(*names: str) -> tuple[Hit, ...]:
    return tuple(Hit(name, "a", 0, 1, name) for name in names)


def test_recall_is_whether_any_of_the_first_k_is_relevant() -> None:
    found = hits("x", "y", "gold")
    assert recall(found, {"gold"}, 2) == 0.0
    assert recall(found, {"gold", "elsewhere"}, 3) == 1.0


def test_reciprocal_rank() -> None:
    assert reciprocal_rank(hits("x", "y", "gold"), {"gold"}) == pytest.approx(1 / 3)


def test_ndcg() -> None:
    # gains at ranks 2 and 4 of an ideal at 1 and 2
    expected = (1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3))
    assert ndcg(hits("x", "g", "y", "h"), {"g", "h"}, 4) == pytest.approx(expected)


def test_the_ideal_of_ndcg_has_no_more_than_k_places() -> None:
    assert ndcg(hits("g", "h"), {"g", "h", "i", "j"}, 2) == pytest.approx(1.0)
    # one of two places filled: 1 / (1 + 1 / log2(3))
    assert ndcg(hits("g", "x"), {"g", "h", "i"}, 2) == pytest.approx(1 / (1 + 1 / log2(3)))


def test_nothing_retrieved_or_nothing_relevant_is_zero() -> None:
    assert (recall((), {"g"}, 1), reciprocal_rank(hits("x"), set()), ndcg((), {"g"}, 3)) == (0.0, 0.0, 0.0)
