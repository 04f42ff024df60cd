"""What is said of settings that cannot be used: the key, its value, the flag, variable or file it came from.

A secret is never shown, in whatever shape it was written.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import BaseModel, SecretStr, ValidationError

PREFIX: Final = "CITEBOT_"
TOKEN_VARIABLE: Final = "TELEGRAM_BOT_TOKEN"
TOKEN_KEY: Final = ("telegram", "token")
HIDDEN: Final = "***"

_TOKEN_INSIDE: Final = re.compile(r"\d{4,}:[\w-]{8,}")
"""A bot token that was written where something else belongs."""
_PASSWORD_INSIDE: Final = re.compile(r"(?<=://)\S*(?=@)")
"""User and password of an address."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where settings come from. path: of the file that `written` was read from. flags: those given, by key."""

    path: Path
    written: Mapping[str, Any]
    flags: Mapping[str, Any]
    environment: Mapping[str, str]

    def of(self, place: Sequence[object]) -> str:
        """What set the value at this place, as a person would look for it."""
        parts = [str(part) for part in place]
        if parts[:1] and parts[0] in self.flags:
            return f"--{parts[0].replace('_', '-')}"
        found = [*self.variables(parts), *([str(self.path)] if self._is_written(parts) else [])]
        return ", ".join(found) or "not set"

    def variables(self, parts: Sequence[str]) -> list[str]:
        """The variables that set a value or a part of it; else the one that sets it within something larger."""
        if tuple(parts) == TOKEN_KEY and self.environment.get(TOKEN_VARIABLE):
            return [TOKEN_VARIABLE]
        wanted = PREFIX + "__".join(parts).upper()
        names = sorted(name for name, value in self.environment.items() if value)
        found = [name for name in names if f"{name.upper()}__".startswith(f"{wanted}__")]
        if tuple(parts) == TOKEN_KEY[:1] and self.environment.get(TOKEN_VARIABLE):
            found.append(TOKEN_VARIABLE)
        return found or self._larger(parts, names)

    def _larger(self, parts: Sequence[str], names: Sequence[str]) -> list[str]:
        for length in range(len(parts) - 1, 0, -1):
            wanted = PREFIX + "__".join(parts[:length]).upper()
            for name in names:
                if name.upper() == wanted and _holds(_decoded(self.environment[name]), parts[length:]):
                    return [name]
        return []

    def _is_written(self, parts: Sequence[str]) -> bool:
        """Whether the file sets it, and the environment does not set it instead."""
        written, there = _at(self.written, parts)
        return there and (isinstance(written, dict) or not self.variables(parts))


def told(error: ValidationError, model: type[BaseModel], sources: Sources) -> str:
    """All that cannot be used, a line each."""
    lines = [_line(problem, model, sources) for problem in error.errors(include_url=False)]
    return "\n".join(lines) if len(lines) == 1 else "\n".join([f"{len(lines)} settings cannot be used:", *lines])


def keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Every key as it is written in a message: `articles`, `reader.threads`, …"""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from keys(kind, f"{prefix}{name}.")
        else:
            yield prefix + name


def near(name: str, known: Iterable[str]) -> str:
    """The known names most like it, for the end of a message; all of them where none is."""
    found = difflib.get_close_matches(name, sorted(known), n=2, cutoff=0.6)
    return f"; near: {', '.join(found)}" if found else f"; known: {', '.join(sorted(known))}"


def shown(key: str, value: object, model: type[BaseModel]) -> str:
    """A value for a message, without the secrets of this model."""
    if any(_lies_in(secret, key) or _lies_in(key, secret) for secret in _secrets(model)):
        return HIDDEN
    return _PASSWORD_INSIDE.sub(HIDDEN, _TOKEN_INSIDE.sub(HIDDEN, repr(value)))


def _line(problem: Any, model: type[BaseModel], sources: Sources) -> str:
    key = ".".join(str(part) for part in problem["loc"])
    origin = sources.of(problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"unknown setting {key} ({origin}){near(key, keys(model))}"
    return f"{key} = {shown(key, problem['input'], model)} ({origin}): {_allowed(key, problem)}"


def _allowed(key: str, problem: Any) -> str:
    message = str(problem["msg"])
    if problem["type"] == "tuple_type":
        return "must be a list, in the environment as JSON such as '[1, 2]'"
    if problem["type"] == "model_type":
        variable = f"{PREFIX}{key.upper()}__NAME"
        return f"must be a section: in the file [{key}], once, in the environment {variable} for each setting"
    return message.removeprefix("Value error, ").replace("Input should be", "must be")


def _secrets(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _secrets(kind, f"{prefix}{name}.")
        elif SecretStr in {kind, *get_args(kind)}:
            yield prefix + name


def _lies_in(key: str, section: str) -> bool:
    return f"{key}.".startswith(f"{section}.")


def _decoded(value: str) -> object:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _holds(value: object, parts: Sequence[str]) -> bool:
    return _at(value, parts)[1]


def _at(value: Any, parts: Sequence[str]) -> tuple[Any, bool]:
    """What lies there in tables and lists, and whether anything does."""
    for part in parts:
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None, False
    return value, True
