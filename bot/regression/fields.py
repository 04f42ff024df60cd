"""From a tree with lines to cases: every field checked, every problem named by file, line and field."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bot import where
from bot.regression import patterns
from bot.regression.cases import Case
from bot.regression.nodes import Kind, Many, Named, Node, Single
from index.errors import UsageError

CASE_FIELDS: Final = ("id", "question", "answers", "unanswerable", "article", "quote", "where", "tags", "turns")
PATTERN: Final = "pattern"
SHOWN: Final = 100
"""Characters of a pattern that a message repeats."""


@dataclass(slots=True)
class Problems:
    """What is wrong with one file."""

    path: Path
    found: list[str] = field(default_factory=list)

    def add(self, line: int, name: str, message: str) -> None:
        """Keep `file:line: field: message`."""
        self.found.append(f"{self.path}:{line}: {name}: {message}")


def case_of(node: Node, problems: Problems) -> Case | None:
    """The case a tree describes; None when anything about it is wrong, which is then kept in problems."""
    if not isinstance(node, Named):
        problems.add(node.line, "case", f"must be a mapping with the fields {', '.join(CASE_FIELDS)}")
        return None
    before = len(problems.found)
    _check_names(node, CASE_FIELDS, problems)
    answers, patterns = _answers(node, problems)
    case = Case(
        id=_required(node, "id", problems),
        question=_required(node, "question", problems),
        answers=answers,
        patterns=patterns,
        unanswerable=_flag(node, "unanswerable", problems),
        article=_optional(node, "article", problems),
        quote=_optional(node, "quote", problems),
        where=_conditions(node, problems),
        tags=_texts(node, "tags", problems),
        turns=_texts(node, "turns", problems),
        origin=f"{problems.path}:{node.line}",
    )
    _check_sense(case, node, problems)
    return case if len(problems.found) == before else None


def check_names(node: Named, known: Iterable[str], problems: Problems) -> None:
    """Keep a problem for each key that is not known."""
    _check_names(node, tuple(known), problems)


def text_of(node: Named, name: str, problems: Problems) -> str | None:
    """The text of an optional field."""
    return _optional(node, name, problems)


def number_of(node: Node, name: str, problems: Problems) -> float:
    """A number of at least 0; 0.0 with a problem kept when it is none."""
    try:
        number = float(node.text) if isinstance(node, Single) else -1.0
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        problems.add(node.line, name, "must be a number of at least 0")
        return 0.0
    return number


def _check_names(node: Named, known: tuple[str, ...], problems: Problems) -> None:
    for name, value in node.entries.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; near: {near[0]}" if near else f"; known: {', '.join(known)}"
            problems.add(value.line, name, f"unknown field{hint}")


def _required(node: Named, name: str, problems: Problems) -> str:
    text = _optional(node, name, problems)
    if text is None and name not in node.entries:
        problems.add(node.line, name, "is missing")
    return text or ""


def _optional(node: Named, name: str, problems: Problems) -> str | None:
    value = node.entries.get(name)
    if value is None:
        return None
    text = _text(value)
    if text is None:
        problems.add(value.line, name, "must be text, and not empty")
    return text


def _text(node: Node) -> str | None:
    """A single value's text; None for a list, a mapping, true, false, nothing or white space."""
    if not isinstance(node, Single) or node.kind in (Kind.NULL, Kind.BOOLEAN):
        return None
    return node.text if node.text.strip() else None


def _flag(node: Named, name: str, problems: Problems) -> bool:
    value = node.entries.get(name)
    if value is None:
        return False
    if not isinstance(value, Single) or value.kind is not Kind.BOOLEAN:
        problems.add(value.line, name, "must be true or false")
        return False
    return value.text.lower() == "true"


def _listed(node: Named, name: str) -> tuple[Node, ...]:
    """A list's items; a single value counts as a list of one."""
    value = node.entries.get(name)
    if value is None:
        return ()
    return value.items if isinstance(value, Many) else (value,)


def _texts(node: Named, name: str, problems: Problems) -> tuple[str, ...]:
    texts: list[str] = []
    for item in _listed(node, name):
        text = _text(item)
        if text is None:
            problems.add(item.line, name, "must be a list of texts")
        else:
            texts.append(text)
    return tuple(texts)


def _answers(node: Named, problems: Problems) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Texts and regular expressions of `answers`."""
    texts: list[str] = []
    found: list[str] = []
    for item in _listed(node, "answers"):
        if isinstance(item, Named):
            found += _pattern(item, problems)
        elif (text := _answer_text(item)) is not None:
            texts.append(text)
        else:
            problems.add(item.line, "answers", "must be texts, or mappings such as {pattern: 'around 20[, ]?000'}")
    if "answers" in node.entries and not _listed(node, "answers"):
        line = node.entries["answers"].line
        problems.add(line, "answers", "is empty; for a question without one: unanswerable: true")
    return tuple(texts), tuple(found)


def _answer_text(node: Node) -> str | None:
    """As `_text`, but a plain true or false is the word it is: an answer may be one."""
    if isinstance(node, Single) and node.kind is Kind.BOOLEAN:
        return node.text
    return _text(node)


def _pattern(node: Named, problems: Problems) -> list[str]:
    _check_names(node, (PATTERN,), problems)
    text = _required(node, PATTERN, problems)
    wrong = patterns.problem(text)
    if wrong is not None:
        problems.add(node.entries[PATTERN].line, "answers", f"{_shortened(text)!r} {wrong}")
    return [text] if text else []


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _conditions(node: Named, problems: Problems) -> tuple[str, ...]:
    conditions = _texts(node, "where", problems)
    for condition in conditions:
        try:
            where.parse(condition)
        except UsageError as error:
            problems.add(node.entries["where"].line, "where", str(error))
    return conditions


def _check_sense(case: Case, node: Named, problems: Problems) -> None:
    expected = [name for name in ("answers", "article", "quote") if name in node.entries]
    if case.unanswerable and expected:
        problems.add(node.entries[expected[0]].line, expected[0], "cannot be expected where unanswerable is true")
    if not case.unanswerable and not expected:
        problems.add(node.line, "answers", "nothing is expected: give answers, article or quote, or unanswerable: true")
