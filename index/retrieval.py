"""Hybrid retrieval: BM25 and vectors, fused by reciprocal rank.

Reciprocal rank fusion: G. V. Cormack, C. L. A. Clarke, S. Büttcher, "Reciprocal Rank Fusion outperforms
Condorcet and individual Rank Learning Methods", SIGIR 2009.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from haystack import Document, component, default_from_dict, default_to_dict

from index.embedder import Embedder
from index.store import PassageStore

RANK_CONSTANT = 10
"""The k of RRF. The paper's 60 flattens the head of short lists; 10 was the better of the two measured."""

DEPTH = 20
"""How many passages each of the two searches brings to the fusion."""


def fuse(rankings: Sequence[Sequence[Document]], top_k: int) -> list[Document]:
    """The top_k documents by the sum of 1 / (RANK_CONSTANT + rank), best first, ranks from 1.

    A document counts once a ranking. Ties go to the better best rank, then to the lower id.
    Scores are the sums, in (0, len(rankings) / (RANK_CONSTANT + 1)].
    """
    scores: dict[str, float] = {}
    best_rank: dict[str, int] = {}
    documents: dict[str, Document] = {}
    for ranking in rankings:
        for rank, document in enumerate(ranking, start=1):
            scores[document.id] = scores.get(document.id, 0.0) + 1.0 / (RANK_CONSTANT + rank)
            best_rank[document.id] = min(rank, best_rank.get(document.id, rank))
            documents.setdefault(document.id, document)
    order = sorted(scores, key=lambda identity: (-scores[identity], best_rank[identity], identity))
    return [_scored(documents[identity], scores[identity]) for identity in order[:top_k]]


def _scored(document: Document, score: float) -> Document:
    return Document(id=document.id, content=document.content, meta=document.meta, score=score)


@component
class HybridRetriever:
    """The passages nearest to a question, from one snapshot of the index."""

    def __init__(self, store: PassageStore, embedder: Embedder | None = None, top_k: int = 8) -> None:
        """top_k: how many passages are handed on."""
        self.store = store
        self.embedder = embedder if embedder is not None else Embedder()
        self.top_k = top_k

    @component.output_types(documents=list[Document])
    def run(
        self, question: str, filters: dict[str, Any] | None = None, top_k: int | None = None
    ) -> dict[str, list[Document]]:
        """Hits best first, with fused scores; none when the index is empty or nothing passes the filters."""
        vector = self.embedder.embed_query(question).tolist()
        with self.store.reading():
            words = self.store.bm25_retrieval(question, filters=filters, top_k=DEPTH)
            near = self.store.embedding_retrieval(vector, filters=filters, top_k=DEPTH)
        return {"documents": fuse([words, near], top_k or self.top_k)}

    def to_dict(self) -> dict[str, Any]:
        """The store and how many passages; the embedder is the store's own."""
        return default_to_dict(self, store=self.store.to_dict(), top_k=self.top_k)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> HybridRetriever:
        """The inverse of to_dict."""
        parameters = data["init_parameters"]
        parameters["store"] = PassageStore.from_dict(parameters["store"])
        return default_from_dict(cls, data)
