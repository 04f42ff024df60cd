"""pdf: the text of each page, in lines that flow.

With pypdf, which Haystack's PyPDFToDocument uses too. That converter only logs what fails (an encrypted file among
them), loses all pages for one bad one, and its page marks cannot be told from form feeds in the text.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from index.errors import ExtractionError
from index.extraction.decoding import clean
from index.extraction.draft import Draft, Extraction, not_what_it_says, one_article
from index.extraction.signatures import signature_of
from index.types import Note

if TYPE_CHECKING:
    from pypdf import PdfReader

_HYPHENATED: Final = re.compile(r"(?P<word>[^\W\d_]{2,})(?P<hyphen>[-\u00ad\u2010])\Z")
_SOFT_HYPHEN: Final = "\u00ad"
_HYPHEN_BEFORE_LOWER: Final = frozenset(
    {"self", "well", "ill", "ex", "non", "anti", "pre", "post", "semi", "multi", "half", "high", "low", "long", "short"}
    | {"all", "cross", "mid", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twenty"}
    | {"thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "year", "day", "week", "month"}
)
"""Words after which a hyphen at a line's end is most often the word's own: well-known, five-year."""

_FULL_LINE: Final = 0.75
_LEAST_WIDTH: Final = 40
"""A page whose long lines have fewer characters is a list or a slide: its lines stand for themselves."""

_USELESS_TITLE: Final = re.compile(
    r"microsoft (?:word|powerpoint|excel)\b.*|(?:untitled|document|title|slide|presentation|draft|scan|print)[\s\d_-]*|"
    r".*\.(?:docx?|pdf|tex|dvi|indd|qxd|rtf|odt|txt|html?|pptx?|xlsx?|pages|wpd)|\W*|[\d\W_]+|[0-9a-f-]{16,}|about:blank|"
    r"https?://.*|\S+[_/\\]\S*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Page:
    text: str
    error: str | None = None


def extract_pdf(name: str, data: bytes) -> Extraction:
    """The article of a PDF with the offset of each page. Its creation date is not a stated date.

    Raises ExtractionError: `encrypted`, `no-text` (a scan), `not-what-it-says`, `damaged`.
    """
    if b"%PDF-" not in data[:1024]:
        raise not_what_it_says(name, signature_of(data) or "no PDF")
    with _quiet(), io.BytesIO(data) as stream:
        reader, pages = _read(name, stream)
        title = _stated_title(reader)
    text, starts = _joined([page.text for page in pages])
    if not text.strip():
        raise ExtractionError(
            f"{name} holds no text on its {len(pages)} pages: a scan? "
            "Recognise its text first, for example: ocrmypdf in.pdf out.pdf",
            kind="no-text",
        )
    return one_article(name, Draft(text, title=title, pages=starts), tuple(_page_notes(name, pages)))


def _read(name: str, stream: io.BytesIO) -> tuple[PdfReader, list[_Page]]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(stream)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ExtractionError(f"{name} is encrypted. Save it without a password", kind="encrypted")
        return reader, [_page(reader, number) for number in range(len(reader.pages))]
    except ExtractionError:
        raise
    except (PyPdfError, *_PYPDF_SLIPS) as error:
        raise ExtractionError(
            f"{name} is damaged and cannot be read ({type(error).__name__}: {error}). Save or print it as PDF again",
            kind="damaged",
        ) from error


_PYPDF_SLIPS: Final = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    AssertionError,
    ZeroDivisionError,
    OverflowError,
    NotImplementedError,
    RecursionError,
    OSError,
    EOFError,
    MemoryError,
)
"""What pypdf lets through on damaged files beside its own errors."""


def _page(reader: PdfReader, number: int) -> _Page:
    from pypdf.errors import PyPdfError

    try:
        return _Page(_flowing(clean(reader.pages[number].extract_text())))
    except (PyPdfError, *_PYPDF_SLIPS) as error:
        return _Page("", f"{type(error).__name__}: {error}")


def _page_notes(name: str, pages: list[_Page]) -> Iterator[Note]:
    empty = [number for number, page in enumerate(pages, start=1) if not page.text.strip() and page.error is None]
    if empty:
        yield Note(name, "no-text", f"{name} holds no text on {_numbers(empty)} of {len(pages)}: pictures or a scan?")
    for number, page in enumerate(pages, start=1):
        if page.error is not None:
            yield Note(name, "damaged", f"page {number} of {name} cannot be read ({page.error}); the others were")


def _numbers(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:10]))
    return f"{'page' if len(numbers) == 1 else 'pages'} {shown}{' and more' if len(numbers) > 10 else ''}"


def _joined(pages: list[str]) -> tuple[str, tuple[int, ...]]:
    """The text of all pages and the offset of each; an empty page begins where the next one does."""
    parts: list[str] = []
    starts: list[int] = []
    at = 0
    for page in pages:
        starts.append(at)
        if page:
            parts.append(page)
            at += len(page) + 2
    return "\n\n".join(parts), tuple(starts)


def _flowing(page: str) -> str:
    """The lines of a page joined to paragraphs: a full line goes on in the next one, and so does a word cut in two."""
    lines = [line.strip() for line in page.split("\n")]
    full = _FULL_LINE * _usual_width(lines)
    text = ""
    for before, line in zip(["", *lines], lines, strict=False):
        hyphenated = _HYPHENATED.search(before)
        if hyphenated is not None and line[:1].islower():
            text = text[: -len(hyphenated["hyphen"])] + _hyphen_of(hyphenated) + line
        elif before and line and len(before) >= full:
            text += f" {line}"
        else:
            text += f"\n{line}"
    return text.replace(_SOFT_HYPHEN, "").strip()


def _usual_width(lines: list[str]) -> float:
    """The length of the long lines, nine in ten of which are shorter; infinite where no line is long."""
    widths = sorted(len(line) for line in lines if line)
    usual = widths[int(0.9 * (len(widths) - 1))] if len(widths) > 2 else 0
    return usual if usual >= _LEAST_WIDTH else float("inf")


def _hyphen_of(hyphenated: re.Match[str]) -> str:
    """`for-` and `eign` are foreign; `well-` and `known` keep their hyphen."""
    keeps = hyphenated["word"].lower() in _HYPHEN_BEFORE_LOWER and hyphenated["hyphen"] != _SOFT_HYPHEN
    return "-" if keeps else ""


def _stated_title(reader: PdfReader) -> str | None:
    from pypdf.errors import PyPdfError

    try:
        title = reader.metadata.title if reader.metadata is not None else None
    except (PyPdfError, *_PYPDF_SLIPS):
        return None
    title = " ".join(clean(title).split()) if isinstance(title, str) else ""
    return None if _USELESS_TITLE.fullmatch(title) else title


@contextmanager
def _quiet() -> Iterator[None]:
    """pypdf logs a warning for each flaw it works around; what matters is noted here."""
    logger = logging.getLogger("pypdf")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
