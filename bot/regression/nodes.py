"""YAML and JSON as a tree whose every value knows its line.

YAML is read from the parser's events, without YAML 1.1's guesses: `no`, `2015` and `2022-03-08` stay the text
they are, so that an answer is never a boolean or a date. PyYAML: it comes with Haystack.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})


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
