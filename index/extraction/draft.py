"""What a format's reader hands over, and how an article is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from index.boilerplate import boilerplate_spans
from index.errors import ExtractionError
from index.language import language_of
from index.metadata import byline_of, published_of, title_of, title_of_file
from index.types import Article, Note


@dataclass(frozen=True, slots=True)
class Extraction:
    """The articles of one file, in its order, and what a person should know about it."""

    articles: tuple[Article, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """One article as its format tells it. What the format does not tell (None) is read from the lines of the text.

    text: cleaned, see `index.extraction.decoding.clean`.
    pages: the offset at which each page starts, first 0; empty for formats without pages.
    """

    text: str
    title: str | None = None
    published: str | None = None
    byline: str | None = None
    url: str | None = None
    pages: tuple[int, ...] = ()
    fallback_title: str | None = None
    """The title where neither the format nor the text has one; None: made of the file's name."""


def finish(name: str, draft: Draft) -> Article:
    """The article of a draft. Raises ExtractionError, kind `empty`, when its text is white space."""
    if not draft.text.strip():
        raise ExtractionError(f"{name} holds no text. Put text into it, or take it out of the folder", kind="empty")
    return Article(
        name=name,
        title=draft.title or title_of(draft.text) or draft.fallback_title or title_of_file(name),
        text=draft.text,
        published=draft.published or published_of(draft.text),
        byline=draft.byline or byline_of(draft.text),
        url=draft.url,
        language=language_of(draft.text),
        pages=draft.pages,
        boilerplate=boilerplate_spans(draft.text),
    )


def one_article(name: str, draft: Draft, notes: tuple[Note, ...] = ()) -> Extraction:
    """The extraction of a file that is one article."""
    return Extraction((finish(name, draft),), notes)


def not_what_it_says(name: str, found: str) -> ExtractionError:
    """The error of a file whose content is not what its ending says."""
    suffix = PurePosixPath(name).suffix.lower()
    return ExtractionError(
        f"{name} is not what its ending {suffix} says: it holds {found}. Give it the right ending, or take it away",
        kind="not-what-it-says",
    )
