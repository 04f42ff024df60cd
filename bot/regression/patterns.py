"""Regular expressions of question sets: compiled once, matched under a time limit.

They are Python's, by the regex package, which can be told to stop: backtracking may take longer than anybody waits.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from math import prod
from typing import Any, Final

import regex

from index.errors import CitebotError

SECONDS: Final = 10.0
"""For one pattern over one answer, or over all passages where its evidence is looked for."""

LONGEST: Final = 2_000
LARGEST: Final = 200_000
"""Characters with every {n} written out, which is how a pattern is compiled; more takes hundreds of megabytes."""

WHOLE: Final = ("", "")
AS_WORDS: Final = (r"(?<!\w)", r"(?!\w)")
BOUNDED: Final = (r"\b", r"\b")

Span = tuple[int, int]


class PatternSlow(CitebotError):
    """A pattern took longer than it may."""


def problem(pattern: str) -> str | None:
    """Why a pattern cannot be used; None where it can."""
    if len(pattern) > LONGEST or _written_out(pattern) > LARGEST:
        return f"is too large: at most {LONGEST} characters, and {LARGEST} with every {{n}} written out"
    try:
        for around in (WHOLE, AS_WORDS, BOUNDED):
            _compiled(pattern, around)
    except (regex.error, ValueError) as error:
        return f"is not a regular expression: {error}"
    except RecursionError:
        return "is not a regular expression: its parentheses are too deep"
    return None


class Matcher:
    """One pattern, with so many seconds for all that it is matched with. Its methods raise PatternSlow."""

    def __init__(self, pattern: str, seconds: float | None = None) -> None:
        self._pattern = pattern
        self._seconds = SECONDS if seconds is None else seconds
        self._ends = time.monotonic() + self._seconds

    def is_whole(self, text: str) -> bool:
        """Whether it matches the text in whole; `.` is any character."""
        return bool(self._timed(_compiled(self._pattern, WHOLE, regex.DOTALL).fullmatch, text))

    def is_in(self, text: str) -> bool:
        """Whether it matches somewhere in the text, between word boundaries."""
        return bool(self._timed(_compiled(self._pattern, BOUNDED).search, text))

    def spans(self, text: str, windows: Iterable[Span]) -> list[Span]:
        """Where it matches whole words within one of the windows, each place once."""
        found = dict[Span, None]()
        for start, end in windows:
            found |= dict.fromkeys(self._timed(self._all, text, start, end))
        return sorted(found)

    def _all(self, text: str, start: int, end: int, *, timeout: float) -> list[Span]:
        pattern = _compiled(self._pattern, AS_WORDS)
        return [match.span() for match in pattern.finditer(text, start, end, timeout=timeout) if match[0]]

    def _timed(self, match: Callable[..., Any], *arguments: Any) -> Any:
        left = self._ends - time.monotonic()
        try:
            return match(*arguments, timeout=max(left, 1e-3))
        except TimeoutError as error:
            raise PatternSlow(
                f"the pattern {self._pattern!r} took longer than {self._seconds:g} s to match; make it simpler"
            ) from error


@lru_cache(maxsize=1024)
def _compiled(pattern: str, around: tuple[str, str], flags: int = 0) -> Any:
    """The pattern between what stands around it; flags that stand inside, as `(?s)`, hold for all of it."""
    before, after = around
    own = regex.compile(pattern)
    last = "\n" if own.flags & regex.VERBOSE else ""  # a comment would take in what comes after
    return regex.compile(f"{before}(?:{pattern}{last}){after}", flags | regex.IGNORECASE)


def _written_out(pattern: str) -> int:
    """An upper bound: repeats of groups may stand in one another, those of single characters not."""
    nested = prod(max(int(number), 1) for number in re.findall(r"(?<=[)}\s])\{\s*(\d+)", pattern))
    return len(pattern) * nested * max((int(number) for number in re.findall(r"\{\s*(\d+)", pattern)), default=1)
