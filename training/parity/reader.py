"""Closed reading with each precision: a question and its own passage, through Citebot's own reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from training import squad

if TYPE_CHECKING:
    from bot.readers.extractive import ExtractiveReader


@dataclass(frozen=True, slots=True)
class Read:
    """The best span of one question's passage, "" where there is none, and its margin over the null answer."""

    span: str
    margin: float
    answers: tuple[str, ...]


def table(fp32: Path, int8: Path, data: Path) -> str:
    """The Markdown table for a card."""
    articles = squad.load(data / "xquad" / "xquad.en.json")
    exact, small = (read_all(folder, articles) for folder in (fp32, int8))
    same = np.mean([first.span == second.span for first, second in zip(exact, small, strict=True)])
    moved = np.abs([first.margin - second.margin for first, second in zip(exact, small, strict=True)])
    return "\n".join(
        [
            f"Closed reading of XQuAD, n = {len(exact)}: each question with its own passage, one passage a run, no "
            "refusal,",
            "SQuAD's normalisation:",
            "",
            "| | EM | F1 | median margin |",
            "| --- | --- | --- | --- |",
            _row("fp32", exact),
            _row("int8", small),
            "",
            f"The same span in {same:.1%}; the margin moved by {np.mean(moved):.2f} on average, "
            f"{np.quantile(moved, 0.95):.2f} at the 95th percentile.",
        ]
    )


def read_all(folder: Path, articles: Sequence[squad.SquadArticle]) -> list[Read]:
    """Every question over its own passage, in order."""
    from bot.readers.extractive import ExtractiveReader

    reader = ExtractiveReader(str(folder))
    reads = [
        _best(reader, question, article.paragraphs[question.paragraph])
        for article in articles
        for question in article.questions
    ]
    reader.close()
    return reads


def _best(reader: ExtractiveReader, question: squad.Question, passage: str) -> Read:
    marks = reader.mark(question.text, passage)
    if not marks:
        return Read("", -np.inf, question.answers)
    return Read(passage[marks[0].start : marks[0].end], marks[0].margin, question.answers)


def _row(name: str, reads: Sequence[Read]) -> str:
    exact = np.mean([squad.exact(read.span, read.answers) for read in reads])
    f1 = np.mean([squad.f1(read.span, read.answers) for read in reads])
    return f"| {name} | {exact:.3f} | {f1:.3f} | {np.median([read.margin for read in reads]):.2f} |"
