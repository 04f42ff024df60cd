"""md: rendered to plain text.

With markdown-it and mdit_plain, which Haystack's MarkdownToDocument uses too. That converter keeps the line ends
inside paragraphs, so that a hard-wrapped file would be quoted in broken lines, and only logs what fails.
"""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from index.dates import parse_date
from index.extraction.decoding import clean, decode
from index.extraction.draft import Draft, Extraction, one_article
from index.types import Note

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_FRONT_MATTER: Final = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_MANY_BLANKS: Final = re.compile(r"\n{3,}")


def extract_markdown(name: str, data: bytes) -> Extraction:
    """The article of a Markdown file; title, date, author and url of its front matter. Raises ExtractionError."""
    decoded = decode(name, data)
    front, body, notes = _front_matter(name, decoded.text)
    tokens = _parser().parse(body)
    text = _MANY_BLANKS.sub("\n\n", clean(_parser().renderer.render(tokens, _parser().options, {}))).strip("\n")
    draft = Draft(
        text=text or body,
        title=_told(front, "title", "headline") or _first_heading(tokens),
        published=parse_date(_told(front, "date", "published", "published_at", "publishdate") or ""),
        byline=_told(front, "author", "authors", "byline"),
        url=_told(front, "url", "link", "canonical_url", "canonical"),
    )
    return one_article(name, draft, (*decoded.notes, *notes))


def _front_matter(name: str, text: str) -> tuple[dict[str, Any], str, tuple[Note, ...]]:
    """The keys of the front matter in lower case, the rest of the text, and a note where it cannot be read."""
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, text, ()
    import yaml

    try:
        found = yaml.load(match["yaml"], Loader=yaml.BaseLoader)  # values stay strings: dates as they are stated
    except (yaml.YAMLError, RecursionError) as error:
        note = Note(
            name, "front-matter", f"the front matter of {name} is no YAML and was read as text: {_first(error)}"
        )
        return {}, text, (note,)
    if not isinstance(found, dict):
        return {}, text, ()
    return {str(key).lower(): value for key, value in found.items()}, text[match.end() :], ()


def _first(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _told(front: dict[str, Any], *keys: str) -> str | None:
    for key in keys:
        value = front.get(key)
        told = ", ".join(map(str, value)) if isinstance(value, list) else value
        if isinstance(told, str) and told.strip():
            return " ".join(clean(told).split())
    return None


def _first_heading(tokens: list[Any]) -> str | None:
    """The first heading, where it stands before the second paragraph."""
    paragraphs = 0
    for token, after in itertools.pairwise(tokens):
        paragraphs += token.type == "paragraph_open"
        if paragraphs > 1:
            return None
        if token.type == "heading_open":
            heading = _parser().renderer.render([after], _parser().options, {})
            return " ".join(clean(heading).split()) or None
    return None


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_plain.renderer import RendererPlain

    class FlowingRenderer(RendererPlain):  # type: ignore[misc]  # mdit_plain has no types
        """A line end inside a paragraph is a space; a table has one line a row."""

        def render_softbreak(self, *_: Any) -> str:
            return " "

        def render_html_inline(self, tokens: Any, i: int, *_: Any) -> str:
            return "\n" if tokens[i].content.lower().startswith("<br") else ""

        def render_td_close(self, tokens: Any, i: int, *_: Any) -> str:
            return "" if tokens[i + 1].type == "tr_close" else " | "

        render_th_close = render_td_close

        def render_tr_close(self, *_: Any) -> str:
            return "\n"

        def render_table_open(self, *_: Any) -> str:
            return "\n"

    return MarkdownIt(renderer_cls=FlowingRenderer).enable("table")
