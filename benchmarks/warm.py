"""Warm answers at several sizes of the index, beside the stock pipeline in the same run.

    python -m benchmarks.warm --data FILE... [--sizes 100 10000 100000] [--questions 60]
        [--stock-python PYTHON --stock-embedder FOLDER --stock-reader FOLDER]

data: SQuAD-format files. The stock folders hold the same weights as Hugging Face folders.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

from benchmarks import corpus, table
from benchmarks.peer import Peer
from bot import confidence
from bot.assistant import Assistant
from bot.pipeline import QuestionPipeline
from bot.readers.extractive import ExtractiveReader
from index.chunking import Chunker
from index.retrieval import HybridRetriever
from index.store import PassageStore
from index.sync import sync

REAL_VECTORS = 1_000


def main() -> None:
    """Build, ask in turns, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 10_000, 100_000])
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--stock-python", type=Path)
    parser.add_argument("--stock-embedder", type=Path)
    parser.add_argument("--stock-reader", type=Path)
    options = parser.parse_args()
    rows = [measure(size, options) for size in options.sizes]
    header = ["passages", "p50 ms", "p95 ms", "stock p50 ms", "stock p95 ms", "ratio p50", "ratio p95"]
    table.show("Warm answer", [*header, "index MB", "peak MB", "stock peak MB"], rows)


def measure(size: int, options: argparse.Namespace) -> list[object]:
    """One row: both systems over an index of about size passages."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        corpus.write_articles(scratch / "articles", corpus.paragraphs(corpus.real_paragraphs(options.data), size))
        embedder = corpus.QuickEmbedder(REAL_VECTORS)
        store = PassageStore(scratch / "index")
        sync(store, scratch / "articles", embedder, Chunker(embedder.embedder.tokenizer))
        reader = ExtractiveReader()
        pipeline = QuestionPipeline(HybridRetriever(store, embedder.embedder), reader)
        assistant = Assistant(store, pipeline, confidence.load(reader.place), threshold=0.0)
        asked = corpus.questions(options.data, options.questions + 3)
        try:
            return row(assistant, store, asked, scratch, options)
        finally:
            assistant.close()


def row(
    assistant: Assistant, store: PassageStore, asked: list[str], scratch: Path, options: argparse.Namespace
) -> list[object]:
    """Three questions to warm up, then the others in turns."""
    peer = None
    if options.stock_python:
        peer = Peer(options.stock_python, store, options.stock_embedder, options.stock_reader, scratch, ours=True)
    ours: list[float] = []
    theirs: list[float] = []
    peak = 0
    for question in asked:
        started = time.perf_counter()
        assistant.ask(question)
        ours.append(time.perf_counter() - started)
        if peer is not None:
            told = peer.ask(question)
            theirs.append(told.seconds)
            peak = told.peak_kib
    if peer is not None:
        peer.process.communicate(timeout=60)
    p50, p95 = table.quantiles(ours[3:])
    size = sum(file.stat().st_size for file in (scratch / "index").iterdir()) / 1e6
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if not theirs:
        return [store.count_documents(), p50, p95, "-", "-", "-", "-", size, memory, "-"]
    s50, s95 = table.quantiles(theirs[3:])
    return [store.count_documents(), p50, p95, s50, s95, s50 / p50, s95 / p95, size, memory, peak / 1024]


if __name__ == "__main__":
    main()
