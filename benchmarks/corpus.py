"""Folders of articles of any size, made from SQuAD-format files, and vectors for them.

Real paragraphs come first. What is wanted beyond them is made of their sentences, mixed by a seeded
generator, so that the words keep their frequencies and no two passages are equal.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.embedder import Embedder
from index.sentences import sentences

PARAGRAPHS_AN_ARTICLE = 5


def real_paragraphs(files: Sequence[Path]) -> list[str]:
    """The distinct paragraphs of SQuAD files, in their order."""
    found: dict[str, None] = {}
    for file in files:
        for article in json.loads(file.read_text(encoding="utf-8"))["data"]:
            found.update((paragraph["context"], None) for paragraph in article["paragraphs"])
    return list(found)


def questions(files: Sequence[Path], count: int, seed: int = 1) -> list[str]:
    """A seeded choice of the files' questions."""
    asked = [
        qa["question"].strip()
        for file in files
        for article in json.loads(file.read_text(encoding="utf-8"))["data"]
        for paragraph in article["paragraphs"]
        for qa in paragraph["qas"]
    ]
    return random.Random(seed).sample(asked, min(count, len(asked)))


def paragraphs(real: Sequence[str], count: int, seed: int = 1) -> Iterator[str]:
    """count paragraphs: the real ones, then mixtures of their sentences of about the same length."""
    yield from real[:count]
    rest = count - len(real)
    if rest <= 0:
        return
    pool = [text[start:end] for text in real for start, end in sentences(text)]
    chance = random.Random(seed)
    for _ in range(rest):
        words = 0
        chosen: list[str] = []
        while words < 120:
            chosen.append(chance.choice(pool))
            words += len(chosen[-1].split())
        yield " ".join(chosen)


def write_articles(folder: Path, texts: Iterator[str]) -> None:
    """Text files of PARAGRAPHS_AN_ARTICLE paragraphs each, a title first."""
    folder.mkdir(parents=True)
    batch: list[str] = []
    number = 0
    for text in texts:
        batch.append(text)
        if len(batch) == PARAGRAPHS_AN_ARTICLE:
            number += 1
            _write(folder, number, batch)
            batch = []
    if batch:
        _write(folder, number + 1, batch)


def _write(folder: Path, number: int, batch: Sequence[str]) -> None:
    title = f"Article {number}"
    (folder / f"{number:06d}.txt").write_text("\n\n".join([title, *batch]), encoding="utf-8")


class QuickEmbedder:
    """The real embedder for the first texts, noised copies of their vectors for the rest.

    Searching costs the same over either; embedding 100,000 passages on two cores would take an hour.
    """

    def __init__(self, real: int) -> None:
        self.embedder = Embedder()
        self.left = real
        self.seen: list[NDArray[np.float32]] = []
        self.chance = np.random.default_rng(1)

    @property
    def fingerprint(self) -> str:
        """The real embedder's."""
        return self.embedder.fingerprint

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (len(texts), dimension), unit length."""
        real = self.embedder.embed(texts[: self.left])
        self.left -= len(real)
        self.seen.extend(real)
        rest = len(texts) - len(real)
        if not rest:
            return real
        base = np.array([self.seen[i] for i in self.chance.integers(0, len(self.seen), rest)])
        noised = base + self.chance.normal(0, 0.03, base.shape).astype(np.float32)
        return np.vstack([real, noised / np.linalg.norm(noised, axis=1, keepdims=True)]).astype(np.float32)
