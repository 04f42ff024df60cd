"""YAML and JSON as a tree whose every value knows its line.

YAML is read from the parser's events, without YAML 1.1's guesses: `no`, `2015` and `2022-03-08` stay the text
they are, so that an answer is never a boolean or a date. PyYAML: it comes with Haystack.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NoReturn

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})


_STRING: Final = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?|[{}\[\]]')
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_DIGITS: Final = re.compile(r"\d{4300}")
"""Python reads no longer ones."""


class Kind(StrEnum):
    """What a single value is."""

    TEXT = "text"
    NUMBER = "a number"
    BOOLEAN = "true or false"
    NULL = "nothing"


@dataclass(frozen=True, slots=True)
class Single:
    """One value, as it is written."""

    text: str
    kind: Kind
    line: int


@dataclass(frozen=True, slots=True)
class Many:
    """A list."""

    items: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Named:
    """Keys and values, in the order of the file."""

    entries: dict[str, Node]
    line: int


Node = Single | Many | Named


class Malformed(Exception):
    """The text is not YAML or JSON, or uses more of it than a question set may."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def from_yaml(text: str) -> Node:
    """The tree of one YAML document; nothing at all is an empty list. Raises Malformed."""
    try:
        events = iter(list(yaml.parse(text, Loader=_LOADER)))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Malformed(str(error.problem or error.context), (mark.line + 1) if mark else 1) from error
    except yaml.YAMLError as error:
        raise Malformed(str(error).splitlines()[0], 1) from error
    return _document(events)


def read_json(text: str) -> Any:
    """What json.loads gives. Raises Malformed, also for a key given twice and for what is no number or no text."""
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise Malformed(f"{error.msg} (column {error.colno})", error.lineno) from error
    except _Twice as error:
        raise Malformed(f"{error} stands here twice", _line(text, _repeated(text))) from error
    except _NoNumber as error:
        raise Malformed(f"{error} is no number of JSON", _line(text, text.find(str(error)))) from error
    except ValueError as error:
        found = _DIGITS.search(text)
        raise Malformed("a number of too many digits", _line(text, found.start() if found else 0)) from error
    if _SURROGATE.search(text) and (place := _halved(text)) is not None:
        raise Malformed("half a character (a lone surrogate), which is no text", _line(text, place))
    return value


class _Twice(ValueError):
    """A key given twice."""


class _NoNumber(ValueError):
    """NaN or Infinity."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Twice(Counter(key for key, _ in pairs).most_common(1)[0][0])
    return found


def _refuse(constant: str) -> NoReturn:
    raise _NoNumber(constant)


def _repeated(text: str) -> int:
    """Where a key stands for the second time in its object; the text is JSON, so far."""
    open_ones: list[set[str]] = []
    for token in _STRING.finditer(text):
        string, colon = token.groups()
        if colon:
            key = json.loads(string)
            if key in open_ones[-1]:
                return token.start()
            open_ones[-1].add(key)
        elif not string and token[0] in "{[":
            open_ones.append(set())
        elif not string:
            open_ones.pop()
    return 0


def _halved(text: str) -> int | None:
    """Where a string holds a lone surrogate."""
    strings = (found for found in _STRING.finditer(text) if found[1] and _SURROGATE.search(found[1]))
    return next(
        (found.start() for found in strings if any("\ud800" <= c <= "\udfff" for c in json.loads(found[1]))), None
    )


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def from_json(value: Any, line: int = 1) -> Node:
    """The tree of a value that json.loads gave; all of it at this line."""
    match value:
        case None:
            return Single("", Kind.NULL, line)
        case bool():
            return Single(json.dumps(value), Kind.BOOLEAN, line)
        case int() | float():
            return Single(json.dumps(value), Kind.NUMBER, line)
        case str():
            return Single(value, Kind.TEXT, line)
        case list():
            return Many(tuple(from_json(item, line) for item in value), line)
        case _:
            return Named({str(key): from_json(item, line) for key, item in value.items()}, line)


def _document(events: Iterator[Any]) -> Node:
    root: Node = Many((), 1)
    documents = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise Malformed("a second document: a question set is one", event.start_mark.line + 1)
            root = _node(next(events), events)
    return root


def _node(event: Any, events: Iterator[Any]) -> Node:
    line = event.start_mark.line + 1
    match event:
        case yaml.ScalarEvent():
            return Single(_value(event), _kind(event), line)
        case yaml.SequenceStartEvent():
            return Many(tuple(_items(events)), line)
        case yaml.MappingStartEvent():
            return Named(_entries(events), line)
        case _:
            raise Malformed(f"an alias (*{event.anchor}): write the value out", line)


def _value(event: Any) -> str:
    """As it is written; a block (`|`, `>`) without the line ends it ends with, which nobody types on purpose."""
    text: str = event.value
    return text.rstrip("\n") if event.style in {"|", ">"} else text


def _kind(event: Any) -> Kind:
    if not event.implicit[0]:
        return Kind.TEXT
    if event.value in _NULLS:
        return Kind.NULL
    return Kind.BOOLEAN if event.value in _BOOLEANS else Kind.TEXT


def _items(events: Iterator[Any]) -> Iterator[Node]:
    for event in events:
        if isinstance(event, yaml.SequenceEndEvent):
            return
        yield _node(event, events)


def _entries(events: Iterator[Any]) -> dict[str, Node]:
    entries: dict[str, Node] = {}
    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            break
        key = _node(event, events)
        if not isinstance(key, Single):
            raise Malformed("a key that is not text", key.line)
        if key.text in entries:
            raise Malformed(f"{key.text} stands here twice", key.line)
        entries[key.text] = _node(next(events), events)
    return entries
