"""A case added to a set's file, which stays as it was written by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Final

from bot import files
from bot.regression.cases import Case, QuestionSet, SetUnusable
from bot.regression.sets import LINES_ENDINGS, YAML_ENDINGS, load_one, of_text
from bot.types import Answer
from index.errors import UsageError

ID_WORDS: Final = 6
_ESCAPED: Final = {code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF)}
"""What JSON may hold bare and YAML may not, or not show."""


def add(case: Case, path: Path) -> None:
    """Append a case to a YAML or JSON Lines file, which is made where there is none.

    Raises UsageError, and leaves the file alone, where it is another format, cannot be used or has the id already.
    """
    ending = _ending_of(path)
    before = load_one(path) if path.exists() else None
    if before is not None and any(case.id == other.id for other in before.cases):
        raise UsageError(f"{path} has a case {case.id!r} already; give another --id")
    text = path.read_bytes().decode("utf-8") if before is not None else ""
    end = _line_end(text)
    added = _as_line(case) if ending in LINES_ENDINGS else _as_yaml(case, text.removeprefix("\ufeff"))
    between = "" if not text or text.endswith(("\n", "\r")) else end
    _write_checked(path, f"{text}{between}{added.replace(chr(10), end)}", before)


def try_out(path: Path) -> None:
    """Raise the UsageError of a file that no case can be written to, before anything is asked."""
    _ending_of(path)
    try:
        files.try_out(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def _ending_of(path: Path) -> str:
    ending = path.suffix.lower()
    if ending not in (*YAML_ENDINGS, *LINES_ENDINGS):
        raise UsageError(f"cases are added to {', '.join((*YAML_ENDINGS, *LINES_ENDINGS))}, not to {path}")
    return ending


def confirmed(answer: Answer, *, identity: str, tags: tuple[str, ...], where: tuple[str, ...]) -> Case:
    """The case that expects what was answered: its span and its quote, or the refusal."""
    if not answer.citations:
        return Case(identity, answer.question, unanswerable=True, tags=tags, where=where)
    first = answer.citations[0]
    said = (answer.answer,) if answer.answer else ()
    return Case(identity, answer.question, said, article=first.article, quote=first.quote, tags=tags, where=where)


def corrected(answer: Answer, text: str, *, identity: str, tags: tuple[str, ...], where: tuple[str, ...]) -> Case:
    """The case that expects other words; with the quote that holds them, where one of those shown does."""
    holding = [c for c in (*answer.citations, *answer.closest) if text.casefold() in c.quote.casefold()]
    article, quote = (holding[0].article, holding[0].quote) if holding else (None, None)
    return Case(identity, answer.question, (text,), article=article, quote=quote, tags=tags, where=where)


def unanswerable(question: str, *, identity: str, tags: tuple[str, ...], where: tuple[str, ...]) -> Case:
    """The case that expects a refusal."""
    return Case(identity, question, unanswerable=True, tags=tags, where=where)


def free_id(question: str, taken: Collection[str]) -> str:
    """The question's first words joined by `-`, with a number where that is taken."""
    stem = "-".join(re.findall(r"\w+", question.lower())[:ID_WORDS]) or "case"
    identity, number = stem, 2
    while identity in taken:
        identity, number = f"{stem}-{number}", number + 1
    return identity


def _fields(case: Case) -> Iterator[tuple[str, Any]]:
    yield "id", case.id
    yield "question", case.question
    if case.unanswerable:
        yield "unanswerable", True
    listed = {"answers": case.answers, "article": case.article, "quote": case.quote}
    listed |= {"where": case.where, "tags": case.tags}
    yield from ((name, value) for name, value in listed.items() if value)


def _as_line(case: Case) -> str:
    return json.dumps(dict(_fields(case)), ensure_ascii=True) + "\n"


def _as_yaml(case: Case, before: str) -> str:
    """The case as an item of the list that the file ends with; a new file begins with `cases:`."""
    items = re.findall(r"(?:^|[\r\n])( *)- ", before)
    indent = min(items, key=len) if items else "  "
    first = f"{indent}- "
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False).translate(_ESCAPED)}" for name, value in _fields(case)]
    body = first + f"\n{indent}  ".join(lines) + "\n"
    return body if before.strip() else f"cases:\n{body}"


def _line_end(text: str) -> str:
    """What ends the first line; a new file's end with a newline."""
    found = re.search(r"\r\n?|\n", text)
    return found[0] if found else "\n"


def _write_checked(path: Path, text: str, before: QuestionSet | None) -> None:
    """Read the text back as the file would be, and only then write it."""
    try:
        cases = of_text(path, text).cases
    except SetUnusable as error:
        raise UsageError(f"{path} does not end with its list of cases, so none can be added: {error}") from error
    if cases[:-1] != (before.cases if before else ()):
        raise UsageError(f"{path} does not end with its list of cases; put this into it by hand:\n{text}")
    try:
        files.write_whole(path, text)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
