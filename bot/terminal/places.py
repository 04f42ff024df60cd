"""Where a quote stands, as a terminal can open it: `path:line`, and an address for a link."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote as percent_encoded

from bot.types import Citation

TEXT_ENDINGS = frozenset({".txt", ".md", ".html", ".htm", ".csv", ".jsonl"})
READ_BYTES = 4_000_000
"""A larger file is not read for a line number."""

_ADDRESS = re.compile(r"https?://[!-~]+")


def path_of(articles: Path, citation: Citation) -> Path:
    """The file of a citation; of a row `file.csv#KEY` the file it stands in."""
    whole = articles / citation.article
    return whole if whole.exists() else articles / citation.article.split("#", 1)[0]


def place(articles: Path, citation: Citation) -> str:
    """`path:line` where the file is text that holds the quote as it stands, else `path:START-END`."""
    path = path_of(articles, citation)
    line = _line(path, citation.quote)
    return f"{_near(path)}:{line}" if line is not None else f"{_near(path)}:{citation.start}-{citation.end}"


def address(articles: Path, citation: Citation) -> str | None:
    """What a link to the citation's article opens: the address it states for itself, else its file."""
    if citation.url is not None and _ADDRESS.fullmatch(citation.url):
        return citation.url
    path = path_of(articles, citation)
    return f"file://{percent_encoded(str(path.absolute()))}" if path.exists() else None


def _near(path: Path) -> str:
    """Relative to the working directory where it lies under it."""
    absolute, here = path.absolute(), Path.cwd()
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(absolute)


def _line(path: Path, quote: str) -> int | None:
    if path.suffix.lower() not in TEXT_ENDINGS:
        return None
    try:
        if path.stat().st_size > READ_BYTES:
            return None
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    first = quote.split("\n", 1)[0].strip()
    found = text.find(quote) if quote in text else text.find(first)
    return text.count("\n", 0, found) + 1 if found >= 0 and first else None
