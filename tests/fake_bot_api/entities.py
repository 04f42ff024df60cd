"""Telegram's HTML, as strictly as its server reads it: tags into entities, offsets in UTF-16 units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from tests.fake_bot_api.errors import bad_request

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z-]*)((?:\s+[a-zA-Z-]+(?:=\"[^\"<>]*\")?)*)\s*>")
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")
_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "s": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
}
_DROPPED = re.compile("[\u2028-\u202e\r]")
"""What Telegram's server takes out of every text."""
_BLANKED = re.compile("[\x00-\x08\x0b-\x1f]")
"""What it replaces with a space."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text and its entities."""

    text: str
    entities: list[dict[str, Any]]


def utf16(text: str) -> int:
    """The length in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def cleaned(text: str) -> str:
    """The text as Telegram keeps it."""
    return _BLANKED.sub(" ", _DROPPED.sub("", text))


def parsed(html: str) -> Parsed:
    """Raises ApiError 400 "can't parse entities" as Telegram does."""
    text, entities, opened, place = "", [], [], 0
    while place < len(html):
        character = html[place]
        if character == "<":
            match = _TAG.match(html, place)
            if match is None or match[2].lower() not in _TYPES:
                raise bad_request(f"can't parse entities: Unsupported start tag at byte offset {place}")
            name = match[2].lower()
            if match[1]:
                if not opened or opened[-1][0] != name:
                    raise bad_request(f"can't parse entities: Unmatched end tag at byte offset {place}")
                entity = opened.pop()[1]
                entity["length"] = utf16(text) - entity["offset"]
                if entity["length"]:
                    entities.append(entity)
            else:
                opened.append((name, _opened(name, match[3], utf16(text), opened)))
            place = match.end()
        elif character == "&":
            match = _ENTITY.match(html, place)
            if match is None:
                text, place = text + "&", place + 1
            else:
                text, place = text + unescape(match[0]), match.end()
        elif character == ">":
            raise bad_request(f"can't parse entities: Unexpected > at byte offset {place}")
        else:
            text, place = text + character, place + 1
    if opened:
        raise bad_request(f"can't parse entities: Can't find end tag corresponding to start tag {opened[-1][0]}")
    return Parsed(text, sorted(entities, key=lambda entity: (entity["offset"], -entity["length"])))


def _opened(name: str, attributes: str, offset: int, around: list[Any]) -> dict[str, Any]:
    entity: dict[str, Any] = {"type": _TYPES[name], "offset": offset}
    if name == "a":
        found = re.search(r'href="([^"]*)"', attributes)
        if found is None:
            raise bad_request("can't parse entities: a link without href")
        entity["url"] = unescape(found[1])
    if name == "blockquote":
        if any(other == "blockquote" for other, _ in around):
            raise bad_request("can't parse entities: blockquotes can't be nested")
        if "expandable" in attributes:
            entity["type"] = "expandable_blockquote"
    return entity
