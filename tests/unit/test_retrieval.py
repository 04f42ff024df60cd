"""Reciprocal rank fusion, against numbers worked out by hand."""

import pytest
from haystack import Document

from index.retrieval import RANK_CONSTANT, fuse


def documents(*names: str) -> list[Document]:
    return [Document(id=name, content=name) for name in names]


def test_scores_are_the_sums_of_reciprocal_ranks() -> None:
    found = fuse([documents("a", "b"), documents("b", "c")], top_k=3)
    k = RANK_CONSTANT
    expected = {"b": 1 / (k + 2) + 1 / (k + 1), "a": 1 / (k + 1), "c": 1 / (k + 2)}
    assert [one.id for one in found] == ["b", "a", "c"]
    assert {one.id: one.score for one in found} == pytest.approx(expected)


def test_ties_go_to_the_lower_id_and_the_list_is_cut() -> None:
    assert [one.id for one in fuse([documents("b"), documents("a")], top_k=1)] == ["a"]


def test_nothing_in_nothing_out() -> None:
    assert fuse([[], []], top_k=5) == []
