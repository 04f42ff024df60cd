"""The main text of a page, as trafilatura's tree holds it, in blocks of lines.

Its own text output keeps the source's line ends in paragraphs with inline code, and would cut their sentences.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lxml.etree import _Element

_BLOCKS: Final = frozenset({"p", "head", "list", "table", "quote", "div"})


def blocks_of(element: _Element) -> Iterator[str]:
    """The paragraphs, headings, lists, tables and code of an element, in order, none of them blank.

    One line a list item or table row; code keeps its lines; elsewhere only a line break ends a line.
    """
    if element.tag == "list":
        yield from _some("\n".join(f"- {line}" for item in element.iter("item") if (line := _flowing(item, "list"))))
    elif element.tag == "table":
        rows = ([_flowing(cell) for cell in row.iter("cell")] for row in element.iter("row"))
        yield from _some("\n".join(" | ".join(cells) for cells in rows if any(cells)))
    elif any(child.tag in _BLOCKS for child in element):
        yield from _mixed(element)
    elif element.tag in ("code", "quote"):
        yield from _some("\n".join(line.rstrip() for line in "".join(element.itertext()).strip("\n").split("\n")))
    else:
        yield from _some(_flowing(element))


def _mixed(element: _Element) -> Iterator[str]:
    """The blocks of an element, and the loose text between them."""
    yield from _some(" ".join((element.text or "").split()))
    for child in element:
        yield from blocks_of(child)
        yield from _some(" ".join((child.tail or "").split()))


def _some(text: str) -> Iterator[str]:
    if text.strip():
        yield text


def _flowing(element: _Element, without: str = "") -> str:
    """The text of an element, white space folded, without the elements of one tag inside it."""
    lines = "".join(_pieces(element, without)).split("\f")
    return "\n".join(folded for line in lines if (folded := " ".join(line.split())))


def _pieces(element: _Element, without: str) -> Iterator[str]:
    """Text in document order; a form feed, which no page holds, stands for a line break."""
    yield (element.text or "").replace("\f", " ")
    for child in element:
        if child.tag == "lb":
            yield "\f"
        elif child.tag != without and isinstance(child.tag, str):  # comments have a function for a tag
            yield from _pieces(child, without)
        yield (child.tail or "").replace("\f", " ")
