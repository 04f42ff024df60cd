"""From one file to its articles.

Haystack's converters stand beside this only where they keep what citations need; each reader says why it does
without. All of them are imported when the first file of their kind comes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Final, cast

from index.errors import ExtractionError
from index.extraction.draft import Extraction
from index.reading import check_size

__all__ = ["EXTRACTOR_VERSION", "Extraction", "extract", "extractor_of"]

EXTRACTOR_VERSION: Final = "1"
"""Raised by whoever changes what is extracted: files recorded with another one are extracted again."""

LONGEST_REASON: Final = 200
"""Characters of an unforeseen error that are shown."""

_READERS: Final = {
    ".txt": "plain.extract_plain",
    ".md": "markdown.extract_markdown",
    ".markdown": "markdown.extract_markdown",
    ".html": "html.extract_html",
    ".htm": "html.extract_html",
    ".pdf": "pdf.extract_pdf",
    ".csv": "rows.extract_csv",
    ".jsonl": "rows.extract_jsonl",
    ".ndjson": "rows.extract_jsonl",
    ".docx": "docx.extract_docx",
}
_LIBRARIES: Final = {
    ".md": "markdown-it-py",
    ".markdown": "markdown-it-py",
    ".html": "trafilatura",
    ".htm": "trafilatura",
    ".pdf": "pypdf",
    ".docx": "python-docx",
}


def extract(path: Path, name: str, data: bytes) -> Extraction:
    """The articles of one file.

    path: tells the format by its ending. name: relative to the articles folder, with `/`. data: its bytes.
    Raises ExtractionError with the kind `empty`, `too-large`, `encrypted`, `no-text`, `not-what-it-says` or
    `damaged`, and nothing else.
    """
    check_size(name, len(data))
    if not data.strip():
        raise ExtractionError(f"{name} is empty. Put text into it, or take it out of the folder", kind="empty")
    read = _reader(path.suffix.lower())
    try:
        extraction = read(name, data)
        _check_storable(name, extraction)
    except ExtractionError:
        raise
    except Exception as error:  # what a parser may raise cannot be listed: the next version raises something else
        raise damaged(name, error) from error
    return extraction


def damaged(name: str, error: Exception) -> ExtractionError:
    """Whatever came up in one file as that file's failure, so that the others go in."""
    words = " ".join(str(error).split())[:LONGEST_REASON].encode("utf-8", "backslashreplace").decode()
    told = f"{type(error).__name__}: {words}" if words else type(error).__name__
    message = f"{name} cannot be read ({told}). Save it anew, or take it out of the folder"
    return ExtractionError(message, kind="damaged")


def _check_storable(name: str, extraction: Extraction) -> None:
    """Raises UnicodeEncodeError for half a surrogate pair, which no database and no tokenizer takes.

    Raises ExtractionError with the kind `too-large` where a small file has become more text than a large one holds.
    """
    for article in extraction.articles:
        for text in (article.name, article.title, article.text, article.published, article.byline, article.url):
            (text or "").encode("utf-8")
    check_size(name, sum(len(article.text) for article in extraction.articles))


@lru_cache(maxsize=64)
def _extractor_of_suffix(suffix: str) -> str:
    library = _LIBRARIES.get(suffix)
    return f"{EXTRACTOR_VERSION}" if library is None else f"{EXTRACTOR_VERSION} {library} {version(library)}"


def extractor_of(path: str) -> str:
    """What would extract a file, with versions: where it differs from the recorded one, extract again."""
    return _extractor_of_suffix(PurePosixPath(path).suffix.lower())


def _reader(suffix: str) -> Callable[[str, bytes], Extraction]:
    if suffix not in _READERS:
        raise ExtractionError(f"no reader for files ending in {suffix!r}", kind="unsupported")
    module, _, function = _READERS[suffix].partition(".")
    found = getattr(import_module(f"index.extraction.{module}"), function)
    return cast("Callable[[str, bytes], Extraction]", found)
