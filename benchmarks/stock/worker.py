"""The stock Haystack pipeline as a process: questions in on stdin, one a line, a JSON object a line out.

    python worker.py --texts texts.json --vectors vectors.npy --embedder FOLDER --reader FOLDER --top-k 8

Run with the environment of requirements.txt. It imports nothing of Citebot. Without --vectors the passages
are embedded by the stock embedder. The first line out says that it is ready.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from pathlib import Path

os.environ.update(HAYSTACK_TELEMETRY_ENABLED="false", HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1")

import numpy as np
from haystack import Document, Pipeline
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from haystack_integrations.components.readers.transformers import TransformersExtractiveReader
from haystack_integrations.components.retrievers.faiss import FAISSEmbeddingRetriever
from haystack_integrations.document_stores.faiss import FAISSDocumentStore


def build(options: argparse.Namespace) -> Pipeline:
    """Embedder, retriever and reader, joined as the documentation shows it."""
    documents = [Document(id=str(i), content=text) for i, text in enumerate(json.loads(options.texts.read_text()))]
    if options.vectors:
        for document, vector in zip(documents, np.load(options.vectors), strict=True):
            document.embedding = vector.tolist()
    else:
        embedder = SentenceTransformersDocumentEmbedder(model=options.embedder, progress_bar=False)
        documents = embedder.run(documents=documents)["documents"]
    store = FAISSDocumentStore(embedding_dim=384)
    store.write_documents(documents)
    pipeline = Pipeline()
    pipeline.add_component("embedder", SentenceTransformersTextEmbedder(model=options.embedder, progress_bar=False))
    pipeline.add_component("retriever", FAISSEmbeddingRetriever(document_store=store, top_k=options.top_k))
    pipeline.add_component("reader", TransformersExtractiveReader(model=options.reader, top_k=1, no_answer=False))
    pipeline.connect("embedder.embedding", "retriever.query_embedding")
    pipeline.connect("retriever.documents", "reader.documents")
    return pipeline


def main() -> None:
    """Answer until stdin ends."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--embedder", required=True)
    parser.add_argument("--reader", required=True)
    parser.add_argument("--top-k", type=int, default=8)
    pipeline = build(parser.parse_args())
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        started = time.perf_counter()
        found = pipeline.run({"embedder": {"text": question}, "reader": {"query": question}})["reader"]["answers"]
        seconds = time.perf_counter() - started
        answer = found[0].data if found else ""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(json.dumps({"seconds": seconds, "answer": answer or "", "peak_kib": peak}), flush=True)


if __name__ == "__main__":
    main()
