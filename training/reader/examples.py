"""The words of the training data: a question put to a passage, with the spans that count as right."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

Span = tuple[int, int]
"""A half-open range [start, end) of code points in the passage."""


@dataclass(frozen=True, slots=True)
class Example:
    """One question over one passage.

    spans: every span that counts as right; empty where the passage does not answer.
    kind: how it was made, for the counts and for reading samples.
    source: the corpus; title: the article or page.
    group: examples that differ in one thing share it and are trained side by side.
    """

    question: str
    passage: str
    spans: tuple[Span, ...]
    kind: str
    source: str
    title: str
    group: int = -1


def read_examples(path: Path) -> list[Example]:
    """The examples of a JSON Lines file, in its order."""
    return [_from_row(json.loads(line)) for line in path.read_text(encoding="ascii").split("\n") if line]


def write_examples(path: Path, examples: Iterable[Example]) -> None:
    """JSON Lines in ASCII: U+2028 would split a line."""
    path.write_text("".join(json.dumps(asdict(example)) + "\n" for example in examples), encoding="ascii")


def _from_row(row: dict[str, object]) -> Example:
    spans = tuple((start, end) for start, end in row.pop("spans"))  # type: ignore[attr-defined]
    return Example(**row, spans=spans)  # type: ignore[arg-type]


def prefixed(example: Example, prefix: str) -> Example:
    """The same example with a line before its passage."""
    shift = len(prefix)
    spans = tuple((start + shift, end + shift) for start, end in example.spans)
    return replace(example, passage=prefix + example.passage, spans=spans)


def numbered(groups: Iterable[list[Example]]) -> Iterator[Example]:
    """The examples of all groups, each with its group's number."""
    for number, group in enumerate(groups):
        yield from (replace(example, group=number) for example in group)
