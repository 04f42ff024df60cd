"""A reader on torch beside what `citebot models add` makes of it: the same answers, the same margins, how fast.

    python -m benchmarks.readers --model FOLDER [--threads 2] [--questions 300]

model: a Hugging Face folder of a question-answering model. It needs torch, onnx and onnxscript, and reads the
questions of tests/regression/seeds and of tests/regression/xquad, each with the passages found for it. Every reader
reads the same passages of a question in turn, so that the ratios are of one run.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "false"  # read when haystack is imported

import numpy as np
from haystack import Document

from benchmarks import table
from bot.readers.adding.making import Precision, Target, make
from bot.readers.adding.origin import origin_of
from bot.readers.extractive import ExtractiveReader
from bot.readers.pytorch import TorchReader
from bot.readers.reading import SpanReader
from bot.regression.cases import Case
from bot.regression.matching import is_right
from bot.regression.sets import load
from bot.types import Candidate
from index.chunking import Chunker
from index.embedder import Embedder
from index.retrieval import HybridRetriever
from index.store import PassageStore
from index.sync import sync

ROOT = Path(__file__).parents[1]
SETS = {
    "seeds": (ROOT / "tests/regression/seeds/questions.yaml", ROOT / "seeds"),
    "xquad": (ROOT / "tests/regression/xquad/questions.yaml", ROOT / "tests/regression/xquad/articles"),
}
TOLERANCES = {"fp32": "largest 0.001", "int8": "mean 1"}
"""Of the margins, in logits. fp32 computes the same in another order; int8 rounds weights and activations: the reader
in the box moved by 0.39 on average and read as well (models/reader/README.md)."""

PASSAGES = 8
WARM_UP = 3


@dataclass
class Tally:
    """What one reader said beside torch. moved: of the margins of spans that both marked.

    right: of the best spans of answerable questions, whatever their confidence.
    """

    questions: int = 0
    same_best: int = 0
    answerable: int = 0
    right: int = 0
    spans: int = 0
    same_spans: int = 0
    moved: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def main() -> None:
    """Make both, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--questions", type=int, default=300, help="of xquad")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        readers = dict(_readers(options.model, Path(name), options.threads))
        for set_name in SETS:
            _table(set_name, readers, list(_asked(set_name, options.questions, Path(name))))


def _readers(model: str, folder: Path, threads: int) -> Iterator[tuple[str, SpanReader]]:
    origin = origin_of(model, told=print)
    yield "torch", TorchReader(str(origin.folder), threads=threads)
    for precision in Precision:
        made = make(origin, Target(folder / "models", f"made-{precision}", precision), told=lambda _: None)
        yield precision.value, ExtractiveReader(str(made.folder), threads)


def _asked(set_name: str, limit: int, scratch: Path) -> Iterator[tuple[Case, list[Document]]]:
    """Questions of a set, evenly spread, with the passages found for each."""
    path, articles = SETS[set_name]
    cases = load([path])[0].cases
    chosen = cases[:: max(1, len(cases) // limit)][:limit]
    embedder = Embedder()
    with PassageStore(scratch / set_name) as store:
        sync(store, articles, embedder, Chunker(embedder.tokenizer))
        retriever = HybridRetriever(store, embedder, top_k=PASSAGES)
        for case in chosen:
            if not case.turns:
                yield case, retriever.run(case.question)["documents"]


def _table(set_name: str, readers: dict[str, SpanReader], asked: Sequence[tuple[Case, list[Document]]]) -> None:
    tallies = {name: Tally() for name in readers}
    for number, (case, hits) in enumerate(asked):
        told = {name: _timed(reader, case.question, hits, tallies[name]) for name, reader in readers.items()}
        if number >= WARM_UP:
            for name, tally in tallies.items():
                _compare(told["torch"], told[name], tally)
                _judge(case, told[name], tally)
    torch = np.median(tallies["torch"].seconds[WARM_UP:])
    rows = [_row(name, tally, float(torch)) for name, tally in tallies.items()]
    header = ["reader", "same best span", "same spans", "right", "margin moved, mean", "p95", "largest", "tolerance"]
    table.show(f"{set_name}, n = {len(asked) - WARM_UP}", [*header, "p50 ms", "p95 ms", "torch / this, p50"], rows)


def _timed(reader: SpanReader, question: str, hits: list[Document], tally: Tally) -> list[Candidate]:
    started = time.perf_counter()
    found: list[Candidate] = reader.run(question, hits)["candidates"]
    tally.seconds.append(time.perf_counter() - started)
    return found


def _compare(exact: Sequence[Candidate], other: Sequence[Candidate], tally: Tally) -> None:
    """Best spans, and the margins of all spans that both marked in the same place."""
    margins = {(c.article, c.passage_start, c.start, c.end): c.margin for c in exact}
    both = [(c, margins.get((c.article, c.passage_start, c.start, c.end))) for c in other]
    tally.questions += 1
    tally.same_best += _place(exact) == _place(other)
    tally.spans += len(both)
    tally.same_spans += sum(margin is not None for _, margin in both)
    tally.moved += [abs(c.margin - margin) for c, margin in both if margin is not None]


def _judge(case: Case, found: Sequence[Candidate], tally: Tally) -> None:
    if not case.unanswerable and case.expects_text:
        tally.answerable += 1
        tally.right += bool(found) and is_right(found[0].text, case)


def _place(found: Sequence[Candidate]) -> tuple[str, int, int] | None:
    return (found[0].article, found[0].start, found[0].end) if found else None


def _row(name: str, tally: Tally, torch: float) -> list[object]:
    p50, p95 = table.quantiles(tally.seconds[WARM_UP:])
    pairs = [(tally.same_best, tally.questions), (tally.same_spans, tally.spans), (tally.right, tally.answerable)]
    shares = [f"{hits / n:.1%}" for hits, n in pairs]
    moved = [float(np.mean(tally.moved)), float(np.quantile(tally.moved, 0.95)), float(np.max(tally.moved))]
    return [name, *shares, *moved, TOLERANCES.get(name, "-"), p50, p95, torch * 1000 / p50]


if __name__ == "__main__":
    main()
