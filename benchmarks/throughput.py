"""Sync beside the best bare embedding loop over the same texts, in turns.

    python -m benchmarks.throughput --data FILE... [--passages 10000] [--slices 5]

The corpus is cut into slices. Each is synced, and its passages are embedded bare, one after the other, so
that a machine whose speed drifts slows both.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import corpus, table
from index.chunking import Chunker
from index.embedder import Embedder
from index.store import PassageStore
from index.sync import sync


class Recording:
    """The embedder, keeping the texts it was given."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self.texts: list[str] = []

    @property
    def fingerprint(self) -> str:
        """The embedder's own."""
        return self.embedder.fingerprint

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The embedder's own vectors."""
        self.texts.extend(texts)
        return self.embedder.embed(texts)


def main() -> None:
    """Sync, embed, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--slices", type=int, default=5)
    options = parser.parse_args()
    texts = list(corpus.paragraphs(corpus.real_paragraphs(options.data), options.passages))
    embedder = Embedder()
    embedder.embed(texts[:50])
    rows = [measure(texts[i :: options.slices], embedder) for i in range(options.slices)]
    passages, synced, bare = (sum(row[i] for row in rows) for i in range(3))
    rows.append((passages, synced, bare))
    shown = [[n, s, n / s, b, n / b, b / s] for n, s, b in rows]
    table.show("Sync", ["passages", "sync s", "passages/s", "bare s", "bare passages/s", "share of bare"], shown)


def measure(texts: Sequence[str], embedder: Embedder) -> tuple[float, float, float]:
    """Passages, seconds of a whole sync into a new index, seconds of the bare loop over the same texts."""
    recording = Recording(embedder)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        corpus.write_articles(scratch / "articles", iter(texts))
        store = PassageStore(scratch / "index")
        started = time.perf_counter()
        sync(store, scratch / "articles", recording, Chunker(embedder.tokenizer))
        synced = time.perf_counter() - started
        store.close()
    started = time.perf_counter()
    embedder.embed(recording.texts)
    return len(recording.texts), synced, time.perf_counter() - started


if __name__ == "__main__":
    main()
