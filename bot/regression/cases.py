"""A question set in words of its own: case, set, and the error of a set that cannot be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import UsageError


@dataclass(frozen=True, slots=True)
class Case:
    """One entry of a set: a question and what should come of it.

    answers: any of these texts is right; patterns: or any that one of these regular expressions matches in whole.
    unanswerable: the articles do not hold the answer, so a refusal is right; then nothing else is expected.
    article: the name of the article to cite. quote: text of the article to cite, found by its words.
    where: conditions as `--where` takes them. turns: questions asked before, oldest first.
    origin: `file:line` it stands at.
    """

    id: str
    question: str
    answers: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    unanswerable: bool = False
    article: str | None = None
    quote: str | None = None
    where: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    turns: tuple[str, ...] = ()
    origin: str = ""

    @property
    def expects_text(self) -> bool:
        """Whether the words of the answer are judged."""
        return bool(self.answers or self.patterns)

    @property
    def expects_place(self) -> bool:
        """Whether what is cited is judged."""
        return self.article is not None or self.quote is not None


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A file of cases, in its order.

    name: the path as it was given, for reports. articles: the folder the set is asked over, where it names one.
    tolerances: how much a measure may fall below the baseline, by the measure's name.
    paragraphs: file name to text, for sets that carry their articles along (SQuAD).
    """

    name: str
    path: Path
    cases: tuple[Case, ...]
    about: str = ""
    articles: Path | None = None
    tolerances: Mapping[str, float] = field(default_factory=dict)
    paragraphs: Mapping[str, str] = field(default_factory=dict)


class SetUnusable(UsageError):
    """A question set that cannot be used; the message names file, line and field of each problem."""

    SHOWN = 20

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        more = len(problems) - self.SHOWN
        lines = [*problems[: self.SHOWN], *([f"and {more} more"] if more > 0 else [])]
        super().__init__("\n".join(lines))
