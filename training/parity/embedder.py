"""Embeddings: cosine between the two precisions, and dense retrieval with each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.embedder import Embedder
from training import squad

Vectors = NDArray[np.float32]

PASSAGES_A_SHIFT = 100
"""So many passages, evenly spread, of each SquadShifts file join those of XQuAD, as distractors too."""

RANKS = (1, 5, 10)


def table(fp32: Path, int8: Path, data: Path) -> str:
    """The Markdown table for a card."""
    questions, passages, gold = dataset(data)
    exact, small = (_both(Embedder(folder), questions, passages) for folder in (fp32, int8))
    return "\n".join(
        [
            f"{len(passages)} passages (all of XQuAD, {PASSAGES_A_SHIFT} of each SquadShifts file), "
            f"{len(questions)} questions of XQuAD,",
            "dense retrieval by cosine, one text a run:",
            "",
            "| | " + " | ".join(f"recall@{rank}" for rank in RANKS) + " |",
            "| --- |" + " --- |" * len(RANKS),
            _row("fp32", recalls(*exact, gold)),
            _row("int8", recalls(*small, gold)),
            "",
            f"Cosine of int8 with fp32: passages {_cosines(exact[1], small[1])}; "
            f"questions {_cosines(exact[0], small[0])}.",
        ]
    )


def dataset(data: Path) -> tuple[list[str], list[str], list[int]]:
    """Questions, passages, and for each question the place of its passage."""
    questions: list[str] = []
    passages: list[str] = []
    gold: list[int] = []
    for article in squad.load(data / "xquad" / "xquad.en.json"):
        questions += [question.text for question in article.questions]
        gold += [len(passages) + question.paragraph for question in article.questions]
        passages += article.paragraphs
    for path in sorted((data / "squadshifts").glob("*.json")):
        found = [text for article in squad.load(path) for text in article.paragraphs]
        passages += found[:: max(len(found) // PASSAGES_A_SHIFT, 1)][:PASSAGES_A_SHIFT]
    return questions, passages, gold


def recalls(questions: Vectors, passages: Vectors, gold: Sequence[int]) -> list[float]:
    """For each of RANKS, the share of the questions whose own passage is among so many nearest."""
    scores = questions @ passages.T
    own = scores[np.arange(len(gold)), gold]
    places = (scores > own[:, None]).sum(axis=1)
    return [float((places < rank).mean()) for rank in RANKS]


def _both(embedder: Embedder, questions: Sequence[str], passages: Sequence[str]) -> tuple[Vectors, Vectors]:
    return embedder.embed(questions), embedder.embed(passages)


def _cosines(first: Vectors, second: Vectors) -> str:
    cosines = (first * second).sum(axis=1)
    return f"mean {cosines.mean():.4f}, least {cosines.min():.4f}"


def _row(name: str, values: Sequence[float]) -> str:
    return f"| {name} | " + " | ".join(f"{value:.3f}" for value in values) + " |"
