"""Question sets read from files: YAML, JSON Lines, and SQuAD's JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from bot.files import expanded
from bot.regression import squad
from bot.regression.cases import Case, QuestionSet, SetUnusable
from bot.regression.fields import Problems, case_of, check_names, number_of, text_of
from bot.regression.measures import MEASURES, TOLERANCES
from bot.regression.nodes import Malformed, Many, Named, Node, from_json, from_yaml, read_json
from index.errors import UsageError

SET_FIELDS: Final = ("about", "articles", "tolerances", "cases")
YAML_ENDINGS: Final = (".yaml", ".yml")
LINES_ENDINGS: Final = (".jsonl", ".ndjson")

Reader = Callable[[Path, str], QuestionSet]


def load(paths: Sequence[Path]) -> list[QuestionSet]:
    """The sets of these files, in order. Raises SetUnusable with all that is wrong in all of them."""
    sets: list[QuestionSet] = []
    problems: list[str] = []
    for path in paths:
        try:
            sets.append(load_one(path))
        except SetUnusable as error:
            problems += error.problems
    problems += _repeated([case for question_set in sets for case in question_set.cases])
    if problems:
        raise SetUnusable(problems)
    return sets


def load_one(path: Path) -> QuestionSet:
    """The set of one file, by the ending of its name. Raises SetUnusable."""
    reader = _reader_of(path)
    return _checked(path, reader, _text_of(path))


def of_text(path: Path, text: str) -> QuestionSet:
    """The set that the file would be with this text, whatever its line ends. Raises SetUnusable."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return _checked(path, _reader_of(path), text)


def _reader_of(path: Path) -> Reader:
    readers: dict[str, Reader] = {
        **dict.fromkeys(YAML_ENDINGS, _from_yaml),
        **dict.fromkeys(LINES_ENDINGS, _from_lines),
        ".json": squad.read,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise SetUnusable([f"{path}: not a question set: its name must end in {', '.join(readers)}"])
    return reader


def _checked(path: Path, reader: Reader, text: str) -> QuestionSet:
    try:
        question_set = reader(path, text)
    except (RecursionError, MemoryError) as error:
        raise SetUnusable(
            [f"{path}: nested too deep or too large for a question set ({type(error).__name__})"]
        ) from None
    if not question_set.cases:
        raise SetUnusable([f"{path}:1: cases: there is none"])
    repeated = _repeated(question_set.cases)
    if repeated:
        raise SetUnusable(repeated)
    return question_set


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SetUnusable([f"{path}: cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SetUnusable([f"{path}:{line}: encoding: not UTF-8 (byte {error.start})"]) from error


def _from_yaml(path: Path, text: str) -> QuestionSet:
    problems = Problems(path)
    try:
        root = from_yaml(text)
    except Malformed as error:
        raise SetUnusable([f"{path}:{error.line}: YAML: {error}"]) from error
    question_set = _set_of(root, path, problems)
    if problems.found:
        raise SetUnusable(problems.found)
    return question_set


def _set_of(root: Node, path: Path, problems: Problems) -> QuestionSet:
    if isinstance(root, Many):
        root = Named({"cases": root}, root.line)
    if not isinstance(root, Named):
        problems.add(root.line, "cases", "a question set is a list of cases, or a mapping with the field cases")
        return QuestionSet(path.as_posix(), path, ())
    check_names(root, SET_FIELDS, problems)
    return QuestionSet(
        name=path.as_posix(),
        path=path,
        cases=tuple(_cases(root, problems)),
        about=text_of(root, "about", problems) or "",
        articles=_articles(root, path, problems),
        tolerances=dict(_tolerances(root, problems)),
    )


def _articles(root: Named, path: Path, problems: Problems) -> Path | None:
    """Relative to the set's file, or to the home folder where it begins with `~`."""
    name = text_of(root, "articles", problems)
    try:
        return path.parent / expanded(name) if name else None
    except UsageError as error:
        problems.add(root.entries["articles"].line, "articles", str(error))
        return None


def _cases(root: Named, problems: Problems) -> Iterator[Case]:
    node = root.entries.get("cases")
    if not isinstance(node, Many):
        problems.add(node.line if node else root.line, "cases", "must be a list of cases")
        return
    for item in node.items:
        case = case_of(item, problems)
        if case is not None:
            yield case


def _tolerances(root: Named, problems: Problems) -> Iterator[tuple[str, float]]:
    node = root.entries.get("tolerances")
    if node is None:
        return
    if not isinstance(node, Named):
        problems.add(node.line, "tolerances", "must be a mapping of measures to numbers")
        return
    check_names(node, (*TOLERANCES, *(measure.name for measure in MEASURES)), problems)
    for name, value in node.entries.items():
        yield name, number_of(value, f"tolerances.{name}", problems)


def _from_lines(path: Path, text: str) -> QuestionSet:
    problems = Problems(path)
    cases: list[Case] = []
    for number, line in enumerate(text.split("\n"), start=1):  # not splitlines(): U+2028 is no line end in JSON
        if not line.strip():
            continue
        try:
            case = case_of(from_json(read_json(line), number), problems)
        except Malformed as error:
            problems.add(number, "JSON", str(error))
            continue
        if case is not None:
            cases.append(case)
    if problems.found:
        raise SetUnusable(problems.found)
    return QuestionSet(path.as_posix(), path, tuple(cases))


def _repeated(cases: Sequence[Case]) -> list[str]:
    first: dict[str, Case] = {}
    problems: list[str] = []
    for case in cases:
        other = first.setdefault(case.id, case)
        if other is not case:
            problems.append(f"{case.origin}: id: {case.id!r} stands at {other.origin} already")
    return problems
