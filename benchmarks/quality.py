"""EM and F1 over the even articles of XQuAD with refusal off, beside the stock pipeline in the same run.

    python -m benchmarks.quality --xquad FILE [--sample N]
        [--stock-python PYTHON --stock-embedder FOLDER --stock-reader FOLDER]

Open retrieval: every question is asked over all sixteen articles. The difference is bootstrapped by question.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
from pathlib import Path

import numpy as np

from benchmarks import table
from benchmarks.peer import Peer
from bot import confidence
from bot.assistant import Assistant
from bot.pipeline import QuestionPipeline
from bot.readers.extractive import ExtractiveReader
from index.embedder import Embedder
from index.retrieval import HybridRetriever
from training import squad
from training.evaluation.articles import indexed


def main() -> None:
    """Ask both, score both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--xquad", type=Path, required=True)
    parser.add_argument("--sample", type=int, help="so many questions, chosen by a seed; all unless given")
    parser.add_argument("--stock-python", type=Path)
    parser.add_argument("--stock-embedder", type=Path)
    parser.add_argument("--stock-reader", type=Path)
    options = parser.parse_args()
    articles = squad.even(squad.load(options.xquad))
    asked = [question for article in articles for question in article.questions]
    if options.sample:
        asked = random.Random(1).sample(asked, min(options.sample, len(asked)))
    embedder, reader = Embedder(), ExtractiveReader()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        store = indexed(articles, scratch, embedder)
        pipeline = QuestionPipeline(HybridRetriever(store, embedder), reader)
        assistant = Assistant(store, pipeline, confidence.load(reader.place), threshold=0.0)
        answers = [assistant.ask(question.text) for question in asked]
        ours = score(asked, [answer.answer or "" for answer in answers], [answer.seconds for answer in answers])
        rows = [["Citebot", *ours[0]]]
        if options.stock_python:
            peer = Peer(options.stock_python, store, options.stock_embedder, options.stock_reader, scratch, ours=False)
            told = [peer.ask(question.text) for question in asked]
            peer.process.communicate(timeout=60)
            theirs = score(asked, [t.answer for t in told], [t.seconds for t in told])
            rows.append(["stock", *theirs[0]])
            print(f"F1 difference (Citebot - stock), 95 % interval: {interval(ours[1] - theirs[1])}")
        assistant.close()
    table.show("XQuAD, even articles, refusal off", ["system", "n", "EM", "F1", "F1 95 %", "p50 ms"], rows)


def score(
    asked: list[squad.Question], answers: list[str], seconds: list[float]
) -> tuple[list[object], np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """The row's cells, and F1 by question."""
    f1 = np.array([squad.f1(a, q.answers) for q, a in zip(asked, answers, strict=True)])
    em = statistics.mean(squad.exact(a, q.answers) for q, a in zip(asked, answers, strict=True))
    return [len(asked), em, float(f1.mean()), interval(f1), statistics.median(seconds) * 1000], f1


def interval(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    """A 95 % bootstrap interval of the mean, 10,000 resamples, seeded."""
    chance = np.random.default_rng(1)
    means = values[chance.integers(0, len(values), (10_000, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return f"{low:.3f} to {high:.3f}"


if __name__ == "__main__":
    main()
