"""SQuAD files read, and scored with SQuAD's own definitions.

Normalisation, EM and F1: P. Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine Comprehension of Text",
EMNLP 2016, section 5, and the evaluation script published with it.
"""

from __future__ import annotations

import json
import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PUNCTUATION = set(string.punctuation)


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a SQuAD file. paragraph: the index of its paragraph in the article."""

    id: str
    text: str
    answers: tuple[str, ...]
    article: str
    paragraph: int


@dataclass(frozen=True, slots=True)
class SquadArticle:
    """One article: its title, its paragraphs in order, its questions in order."""

    title: str
    paragraphs: tuple[str, ...]
    questions: tuple[Question, ...]


def load(path: Path) -> list[SquadArticle]:
    """The articles of a SQuAD 1.1 or 2.0 file, sorted by title."""
    data = json.loads(path.read_text(encoding="utf-8"))["data"]
    return sorted((_article(entry) for entry in data), key=lambda article: article.title)


def _article(entry: dict[str, list[dict[str, list[dict[str, object]]]]]) -> SquadArticle:
    title = str(entry["title"]).replace("_", " ")
    questions = tuple(
        Question(str(qa["id"]), str(qa["question"]), tuple(a["text"] for a in qa["answers"]), title, index)  # type: ignore[attr-defined]
        for index, paragraph in enumerate(entry["paragraphs"])
        for qa in paragraph["qas"]
    )
    return SquadArticle(title, tuple(str(p["context"]) for p in entry["paragraphs"]), questions)


def odd(articles: Sequence[SquadArticle]) -> list[SquadArticle]:
    """The first, third, ... article by title: for tuning."""
    return list(articles[0::2])


def even(articles: Sequence[SquadArticle]) -> list[SquadArticle]:
    """The second, fourth, ... article by title: for reporting."""
    return list(articles[1::2])


def normalise(text: str) -> str:
    """Lower case, without punctuation, without a, an, the, with single spaces."""
    kept = "".join(character for character in text.lower() if character not in _PUNCTUATION)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", kept).split())


def exact(prediction: str, answers: Sequence[str]) -> float:
    """1.0 when the prediction equals any answer once normalised, else 0.0."""
    return float(any(normalise(prediction) == normalise(answer) for answer in answers))


def f1(prediction: str, answers: Sequence[str]) -> float:
    """The best token F1 over the answers, 0..1."""
    return max(_token_f1(normalise(prediction).split(), normalise(answer).split()) for answer in answers)


def _token_f1(prediction: Sequence[str], answer: Sequence[str]) -> float:
    if not prediction or not answer:
        return float(prediction == answer)
    common = sum((Counter(prediction) & Counter(answer)).values())
    if common == 0:
        return 0.0
    precision, recall = common / len(prediction), common / len(answer)
    return 2 * precision * recall / (precision + recall)


def write_folder(articles: Sequence[SquadArticle], folder: Path) -> None:
    """One text file an article, its title first, as a folder of articles that Citebot reads."""
    folder.mkdir(parents=True, exist_ok=True)
    for article in articles:
        name = re.sub(r"\W+", "_", article.title).strip("_")
        (folder / f"{name}.txt").write_text("\n\n".join((article.title, *article.paragraphs)), encoding="utf-8")
