"""What buttons carry: at most 64 bytes. The rest is in the bot's database, so that they outlive a restart."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.types import Answer

BUTTONS_A_ROW: Final = 8
"""More citations than this are opened from a second row."""


class Press(StrEnum):
    """What a button does. The values stand in sent messages: they are never reused for something else."""

    OPEN = "c"
    MORE = "m"
    GOOD = "+"
    BAD = "-"


@dataclass(frozen=True, slots=True)
class Data:
    """A button's data.

    answer: its number in the bot's database.
    argument: which citation to open, from 1.
    """

    press: Press
    answer: int
    argument: int = 0

    def encoded(self) -> str:
        return f"{self.press}:{self.answer}:{self.argument}"


@dataclass(frozen=True, slots=True)
class Button:
    """A button's label and data."""

    label: str
    data: Data


Keyboard = tuple[tuple[Button, ...], ...]


def decoded(data: str | None) -> Data | None:
    """What a button of ours carries; None for anything else."""
    parts = (data or "").split(":")
    try:
        press, answer, argument = parts
        if not (answer.isascii() and answer.isdigit() and argument.isascii() and argument.isdigit()):
            return None
        return Data(Press(press), int(answer), int(argument))
    except ValueError:
        return None


def of_answer(number: int, answer: Answer) -> Keyboard:
    """`[1] [2] [3]`, then "more", then the thumbs. Without citations only the thumbs."""
    opens = [
        Button(f"[{citation.marker}]", Data(Press.OPEN, number, citation.marker))
        for citation in answer.citations
        if citation.marker is not None
    ]
    rows = [tuple(opens[first : first + BUTTONS_A_ROW]) for first in range(0, len(opens), BUTTONS_A_ROW)]
    more = (_more(number),) if answer.citations else ()
    return (*rows, (*more, Button("👍", Data(Press.GOOD, number)), Button("👎", Data(Press.BAD, number))))


def reading_on(number: int) -> Keyboard:
    """One button that reads on in the article of an answer's first citation."""
    return ((_more(number),),)


def _more(number: int) -> Button:
    return Button("more", Data(Press.MORE, number))
