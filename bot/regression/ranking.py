"""Retrieval measures of one case, computed by Haystack's evaluators."""

from __future__ import annotations

from collections.abc import Set
from functools import cache
from typing import Any

from bot.regression.asking import Hit


def recall(hits: tuple[Hit, ...], relevant: Set[str], k: int) -> float:
    """1.0 when any of the first k hits is relevant, else 0.0."""
    return _score("recall", hits[:k], sorted(relevant))


def reciprocal_rank(hits: tuple[Hit, ...], relevant: Set[str]) -> float:
    """One over the rank of the first relevant hit, 0.0 without any."""
    return _score("mrr", hits, sorted(relevant))


def ndcg(hits: tuple[Hit, ...], relevant: Set[str], k: int) -> float:
    """nDCG of the first k hits with binary gain, 0..1.

    The ideal order has k places. Haystack's has one for each relevant document, so at most k are handed over,
    those that were found among them.
    """
    found = [hit.id for hit in hits[:k] if hit.id in relevant]
    others = sorted(relevant - set(found))
    return _score("ndcg", hits[:k], [*found, *others][:k])


def _score(name: str, hits: tuple[Hit, ...], relevant: list[str]) -> float:
    if not hits or not relevant:
        return 0.0
    from haystack import Document

    retrieved = [Document(id=hit.id, content=hit.id) for hit in hits]
    truth = [Document(id=identity, content=identity) for identity in relevant]
    outputs = _evaluators()[name].run(ground_truth_documents=[truth], retrieved_documents=[retrieved])
    return float(outputs["individual_scores"][0])


@cache
def _evaluators() -> dict[str, Any]:
    from haystack.components.evaluators import DocumentMRREvaluator, DocumentNDCGEvaluator, DocumentRecallEvaluator

    return {
        "recall": DocumentRecallEvaluator(mode="single_hit", document_comparison_field="id"),
        "mrr": DocumentMRREvaluator(document_comparison_field="id"),
        "ndcg": DocumentNDCGEvaluator(document_comparison_field="id"),
    }
