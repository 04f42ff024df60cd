"""Seconds a passage of the reader in the box beside another's, and what reading sentences by themselves adds.

    python -m benchmarks.passages --beside FOLDER [--questions 200]

FOLDER holds model.onnx, tokenizer.json and card.json, such as the start reader after `python -m training.export`. Each
question of tests/regression/xquad is put to the passages found for it, by every reader in turn, so that the ratios are
of one run.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "false"  # read when haystack is imported

import numpy as np
from haystack import Document

from benchmarks import table
from bot.readers import reading
from bot.readers.extractive import ExtractiveReader
from bot.regression.sets import load_one
from index.chunking import Chunker
from index.embedder import Embedder
from index.retrieval import HybridRetriever
from index.store import PassageStore
from index.sync import sync

SET = Path(__file__).parents[1] / "tests" / "regression" / "xquad" / "questions.yaml"
PASSAGES = 8


def main() -> None:
    """Read in turn, print the medians and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--beside", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=200)
    options = parser.parse_args()
    box, other = ExtractiveReader(threads=1), ExtractiveReader(str(options.beside), threads=1)
    ways = {"other": (other, 0), "box": (box, 0), "box, with sentences alone": (box, reading.READ_ALONE)}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number, (question, hits) in enumerate(found(options.questions)):
        for name in sorted(ways, reverse=bool(number % 2)):
            reader, alone = ways[name]
            reading.READ_ALONE = alone
            began = time.perf_counter()
            reader.run(question, hits)
            seconds[name].append((time.perf_counter() - began) / len(hits))
    medians = {name: float(np.median(values[3:])) * 1000 for name, values in seconds.items()}
    rows = [[name, median, median / medians["other"]] for name, median in medians.items()]
    table.show(f"{options.questions} questions, one thread", ["reader", "ms a passage, median", "of the other's"], rows)


def found(count: int) -> list[tuple[str, list[Document]]]:
    """The questions with the passages that are read for them."""
    cases = load_one(SET)
    assert cases.articles is not None
    embedder = Embedder()
    with tempfile.TemporaryDirectory() as folder, PassageStore(Path(folder)) as store:
        sync(store, cases.articles, embedder, Chunker(embedder.tokenizer))
        retriever = HybridRetriever(store, embedder, top_k=PASSAGES)
        return [(case.question, retriever.run(case.question)["documents"]) for case in cases.cases[:count]]


if __name__ == "__main__":
    main()
