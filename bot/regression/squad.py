"""SQuAD 1.1 and 2.0 JSON as question sets.

The format: P. Rajpurkar, R. Jia, P. Liang, "Know What You Don't Know: Unanswerable Questions for SQuAD", ACL 2018.
An answer's paragraph is the expected quote; with `--as-articles` its article is expected too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.regression.cases import Case, QuestionSet, SetUnusable
from bot.regression.nodes import Malformed, Many, Named, Node, from_yaml, read_json

Place = tuple[str | int, ...]
"""Keys and list positions from the root of the JSON."""


@dataclass(slots=True)
class _Reading:
    """One file being read: its text for line numbers, and what is wrong with it."""

    path: Path
    text: str
    problems: list[tuple[Place, str]] = field(default_factory=list)

    def take(self, holder: Any, place: Place, kind: type) -> Any:
        """What stands at the last key of a place in its holder; an empty one of its kind when it is not of it."""
        value = holder.get(place[-1]) if isinstance(holder, dict) else None
        if not isinstance(value, kind):
            what = "is missing" if value is None else f"must be {_NAMES[kind]}"
            self.problems.append((place, what))
            return kind()
        return value

    def lines(self) -> list[str]:
        """The problems as `file:line: field: message`. The file is read once more, as YAML, to learn the lines."""
        try:
            root: Node | None = from_yaml(self.text)
        except Malformed:
            root = None
        return [f"{self.path}:{_line(root, place)}: {_dotted(place)}: {what}" for place, what in self.problems]


_NAMES: dict[type[Any], str] = {str: "text", list: "a list"}


def read(path: Path, text: str) -> QuestionSet:
    """The set of a SQuAD file. Raises SetUnusable."""
    try:
        data = read_json(text)
    except Malformed as error:
        raise SetUnusable([f"{path}:{error.line}: JSON: {error}"]) from error
    reading = _Reading(path, text)
    names = _Names()
    cases: list[Case] = []
    paragraphs: dict[str, str] = {}
    for index, article in enumerate(reading.take(data, ("data",), list)):
        name = names.of(reading.take(article, ("data", index, "title"), str))
        contexts, found = _article(reading, article, index, name)
        title = str(article.get("title", "")).replace("_", " ") if isinstance(article, dict) else ""
        paragraphs[name] = "\n\n".join((title, *contexts))
        cases += found
    if reading.problems:
        raise SetUnusable(reading.lines())
    return QuestionSet(path.as_posix(), path, tuple(cases), about="SQuAD", paragraphs=paragraphs)


def _article(reading: _Reading, article: Any, index: int, name: str) -> tuple[list[str], list[Case]]:
    contexts: list[str] = []
    cases: list[Case] = []
    for number, paragraph in enumerate(reading.take(article, ("data", index, "paragraphs"), list)):
        place: Place = ("data", index, "paragraphs", number)
        context = reading.take(paragraph, (*place, "context"), str)
        contexts.append(context)
        for position, entry in enumerate(reading.take(paragraph, (*place, "qas"), list)):
            cases.append(_case(reading, entry, (*place, "qas", position), context, name))
    return contexts, cases


def _case(reading: _Reading, entry: Any, place: Place, context: str, article: str) -> Case:
    impossible = isinstance(entry, dict) and entry.get("is_impossible") is True
    answers = () if impossible else tuple(dict.fromkeys(_answers(reading, entry, place)))
    if not answers and not impossible:
        reading.problems.append(((*place, "answers"), "is empty, and is_impossible is not true"))
    return Case(
        id=str(entry.get("id", "")) or _missing(reading, place) if isinstance(entry, dict) else "",
        question=reading.take(entry, (*place, "question"), str).strip(),
        answers=answers,
        unanswerable=impossible,
        article=None if impossible else article,
        quote=None if impossible else context,
        origin=f"{reading.path}:{_dotted(place)}",
    )


def _missing(reading: _Reading, place: Place) -> str:
    reading.problems.append(((*place, "id"), "is missing"))
    return ""


def _answers(reading: _Reading, entry: Any, place: Place) -> Iterator[str]:
    for number, answer in enumerate(reading.take(entry, (*place, "answers"), list)):
        yield reading.take(answer, (*place, "answers", number, "text"), str)


class _Names:
    """A file name for each title, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, title: str) -> str:
        """The title's words joined by `_`, with a number where that was taken."""
        stem = re.sub(r"\W+", "_", title).strip("_") or "untitled"
        name, number = stem, 2
        while name.casefold() in self._taken:
            name, number = f"{stem}_{number}", number + 1
        self._taken.add(name.casefold())
        return f"{name}.txt"


def _dotted(place: Place) -> str:
    """`data[3].paragraphs[0].context`"""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")


def _line(node: Node | None, place: Place) -> int:
    """The line of the deepest part of a place that the file holds; 1 when it cannot be told."""
    line = 1
    for part in place:
        if node is not None:
            line = node.line
        match node, part:
            case Named(), str() if part in node.entries:
                node = node.entries[part]
            case Many(), int() if part < len(node.items):
                node = node.items[part]
            case _:
                return line
    return node.line if node is not None else line
