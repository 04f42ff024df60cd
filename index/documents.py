"""A passage as a Haystack Document: its id, its meta, and its row in the database."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
from haystack import Document
from haystack.dataclasses import ByteStream, SparseEmbedding
from numpy.typing import NDArray

from index.types import Article, Meta, Passage

MetaDict = dict[str, Any]


class PassageRow(NamedTuple):
    """What the table `passages` holds of a document, beside its row id and its article."""

    document: str
    start: int | None
    end: int | None
    page: int | None
    meta: str
    title: str | None
    content: str | None
    blob: str | None = None
    sparse_embedding: str | None = None


def document_id(name: str, passage: Passage) -> str:
    """32 hex digits from article, place and text: a rebuild gives equal ids."""
    parts = (name, str(passage.start), str(passage.end), passage.text)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def published_seconds(published: str | None) -> float | None:
    """Seconds since 1970 UTC of an ISO 8601 date; without a zone it is read as UTC. None where it is no such date."""
    if published is None:
        return None
    try:
        moment = datetime.fromisoformat(published)
    except ValueError:
        return None
    seconds = (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()
    return int(seconds) if seconds.is_integer() else seconds


def passage_meta(article: Article, passage: Passage) -> MetaDict:
    """Keys of `index.types.Meta` only; what is not known is absent."""
    touching = [list(span) for span in article.boilerplate if span[0] < passage.end and span[1] > passage.start]
    meta = {
        Meta.ARTICLE: article.name,
        Meta.TITLE: article.title,
        Meta.URL: article.url,
        Meta.PUBLISHED: article.published,
        Meta.PUBLISHED_AT: published_seconds(article.published),
        Meta.PAGE: passage.page,
        Meta.START: passage.start,
        Meta.END: passage.end,
        Meta.BOILERPLATE: touching or None,
    }
    return {key: value for key, value in meta.items() if value is not None}


def passage_row(article: Article, passage: Passage) -> PassageRow:
    """The row of a passage. Raises ValueError where the passage is not what its article has at that place."""
    if article.text[passage.start : passage.end] != passage.text or not passage.text:
        raise ValueError(f"the passage {passage.start}:{passage.end} of {article.name} is not the article's text there")
    return PassageRow(
        document=document_id(article.name, passage),
        start=passage.start,
        end=passage.end,
        page=passage.page,
        meta=meta_json(passage_meta(article, passage)),
        title=article.title,
        content=passage.text,
    )


def document_row(document: Document) -> PassageRow:
    """The row of any document. Raises ValueError where it holds what JSON or UTF-8 cannot."""
    title = document.meta.get(Meta.TITLE)
    return PassageRow(
        document=document.id,
        start=None,
        end=None,
        page=None,
        meta=meta_json(document.meta),
        title=title if isinstance(title, str) else None,
        content=document.content,
        blob=None if document.blob is None else json.dumps(document.blob.to_dict()),
        sparse_embedding=None if document.sparse_embedding is None else json.dumps(document.sparse_embedding.to_dict()),
    )


def meta_json(meta: MetaDict) -> str:
    """The one way meta is written, so that filters can compare JSON text. Raises ValueError."""
    try:
        return json.dumps(meta, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"meta must be JSON (no dates, no nan; strings for keys): {error}") from error


def row_document(values: Sequence[Any], *, score: float | None = None, embedding: bytes | None = None) -> Document:
    """The document of (document, content, meta, blob, sparse_embedding)."""
    document, content, meta, blob, sparse = values
    return Document(
        id=document,
        content=content,
        meta=json.loads(meta),
        score=score,
        blob=None if blob is None else ByteStream.from_dict(json.loads(blob)),
        embedding=None if embedding is None else stored_vector(embedding).tolist(),
        sparse_embedding=None if sparse is None else SparseEmbedding.from_dict(json.loads(sparse)),
    )


def stored_vector(data: bytes) -> NDArray[np.float32]:
    """Shape (dimension,)."""
    return np.frombuffer(data, dtype="<f4")


def vector_bytes(vector: Sequence[float] | NDArray[Any], dimension: int, of: str) -> bytes:
    """Little-endian float32. of: whose vector it is, for the error.

    Raises ValueError where it has another dimension or holds what is no finite number.
    """
    array = np.asarray(vector, dtype="<f4")
    if array.shape != (dimension,):
        raise ValueError(f"the embedding of {of} has shape {array.shape}; this index holds ({dimension},)")
    if not math.isfinite(float(np.sum(np.abs(array, dtype=np.float64)))):
        raise ValueError(f"the embedding of {of} holds a number that is not finite")
    return array.tobytes()
