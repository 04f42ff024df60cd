"""Text with marks, and its HTML as Telegram takes it. Only here are tags written, and text is always escaped.

A message is a sequence of pieces. It is split between pieces or inside their text, never inside a tag.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from bot.telegram.units import prefix, units

LIMIT: Final = 4096
"""UTF-16 units of one message, counted without tags."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A tag around text. attributes: as they stand in the tag, escaped already."""

    name: str
    attributes: str = ""


BOLD: Final = Mark("b")
ITALIC: Final = Mark("i")
QUOTE: Final = Mark("blockquote", " expandable")
CODE: Final = Mark("code")


@dataclass(frozen=True, slots=True)
class Piece:
    """Text under the same marks, outermost first."""

    text: str
    marks: tuple[Mark, ...] = ()


Rich = tuple[Piece, ...]


def text(words: str, *marks: Mark) -> Rich:
    """One piece."""
    return (Piece(words, marks),)


def joined(parts: Iterable[Rich], between: str = "") -> Rich:
    """The parts one after the other, with plain text between them."""
    pieces: list[Piece] = []
    for part in parts:
        if pieces and between:
            pieces.append(Piece(between))
        pieces += part
    return tuple(pieces)


def under(rich: Rich, mark: Mark) -> Rich:
    """The same text with one more mark around all of it."""
    return tuple(replace(piece, marks=(mark, *piece.marks)) for piece in rich)


def link(address: str) -> Mark | None:
    """The mark of a link; None for what is no http(s) address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.netloc or any(c.isspace() for c in address):
        return None
    return Mark("a", f' href="{html.escape(address)}"')


def plain(rich: Rich) -> str:
    """The text without marks."""
    return "".join(piece.text for piece in rich)


def as_html(rich: Rich) -> str:
    """The text with tags, properly nested."""
    return "".join(_tagged(rich))


def _tagged(rich: Rich) -> Iterator[str]:
    opened: tuple[Mark, ...] = ()
    for piece in rich:
        if not piece.text:
            continue
        kept = _shared(opened, piece.marks)
        yield from (f"</{mark.name}>" for mark in reversed(opened[kept:]))
        yield from (f"<{mark.name}{mark.attributes}>" for mark in piece.marks[kept:])
        yield html.escape(piece.text, quote=False)
        opened = piece.marks
    yield from (f"</{mark.name}>" for mark in reversed(opened))


def _shared(one: Sequence[Mark], other: Sequence[Mark]) -> int:
    """How many marks two pieces have in common, from the outside."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def split(rich: Rich, limit: int = LIMIT) -> list[Rich]:
    """The text as messages of at most `limit` units each, in order; none of them blank."""
    messages: list[Rich] = []
    rest = list(rich)
    while rest:
        message, rest = _first(rest, limit)
        if plain(message).strip():
            messages.append(message)
    return messages


def _first(pieces: list[Piece], limit: int) -> tuple[Rich, list[Piece]]:
    """As many pieces as fit, the last one cut where that reads best, and the pieces left over."""
    taken: list[Piece] = []
    room = limit
    for number, piece in enumerate(pieces):
        length = units(piece.text)
        if length <= room:
            taken.append(piece)
            room -= length
            continue
        head, tail = _cut(piece, room, is_first=not taken)
        if head.text:
            taken.append(head)
        return tuple(taken), [tail, *pieces[number + 1 :]]
    return tuple(taken), []


def _cut(piece: Piece, room: int, *, is_first: bool) -> tuple[Piece, Piece]:
    """The piece in two, at a line or a space where one is near the end of the room.

    is_first: nothing was taken yet, so something must be. Otherwise the whole piece may go to the next message.
    """
    fitting = prefix(piece.text, room)
    at = max(fitting.rfind("\n", len(fitting) // 2), fitting.rfind(" ", len(fitting) * 3 // 4)) + 1
    if not at and is_first:
        at = len(fitting) or 1
    elif not at and len(fitting) > room // 2:
        at = len(fitting)
    return replace(piece, text=piece.text[:at]), replace(piece, text=piece.text[at:])
