"""SQuAD files as articles with questions; scored as regression runs are."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.regression.matching import exact, f1

__all__ = ["Question", "SquadArticle", "even", "exact", "f1", "load", "odd", "write_folder"]


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


def write_folder(articles: Sequence[SquadArticle], folder: Path) -> None:
    """One text file an article, its title first, as a folder of articles that Citebot reads."""
    folder.mkdir(parents=True, exist_ok=True)
    for article in articles:
        name = re.sub(r"\W+", "_", article.title).strip("_")
        (folder / f"{name}.txt").write_text("\n\n".join((article.title, *article.paragraphs)), encoding="utf-8")
