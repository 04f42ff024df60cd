"""docx: paragraphs and tables in their order.

With python-docx: Haystack's DOCXToDocument sets one line end between paragraphs and writes tables as quoted CSV with
\\r\\n, and only logs what fails.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from index.errors import ExtractionError
from index.extraction.decoding import clean
from index.extraction.draft import Draft, Extraction, not_what_it_says, one_article
from index.extraction.signatures import signature_of

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table

LARGEST_UNPACKED_BYTES: Final = 500_000_000
"""A zip archive of a few kilobytes can hold gigabytes."""

_ENCRYPTED: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TITLE_STYLES: Final = ("Title", "Heading 1")
_NO_AUTHORS: Final = frozenset({"python-docx", "unknown", "user", "admin", "administrator", "microsoft office user"})


def extract_docx(name: str, data: bytes) -> Extraction:
    """The article of a Word file. Its creation date is not a stated date. Raises ExtractionError."""
    _check(name, data)
    document = _opened(name, data)
    try:
        text = clean("\n\n".join(_blocks(document))).strip("\n")
        title = _title(document)
        byline = _author(document)
    except (KeyError, ValueError, AttributeError, TypeError, IndexError) as error:  # parts of the package are missing
        raise _damaged(name, error) from error
    if not text.strip():
        raise ExtractionError(f"{name} holds no text (pictures only?). Put its text into a txt file", kind="no-text")
    return one_article(name, Draft(text, title=title, byline=byline))


def _check(name: str, data: bytes) -> None:
    if data.startswith(_ENCRYPTED):
        raise ExtractionError(
            f"{name} is encrypted, or an old .doc. Save it without a password as .docx", kind="encrypted"
        )
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise not_what_it_says(name, signature_of(data) or "something that is no Word file")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise _damaged(name, error) from error
    if not any(member.filename == "word/document.xml" for member in members):
        raise not_what_it_says(name, "a zip archive that is no Word file")
    unpacked = sum(member.file_size for member in members)
    if unpacked > LARGEST_UNPACKED_BYTES:
        raise ExtractionError(
            f"{name} unpacks to {unpacked / 1e6:.0f} MB, which is too much. Split it", kind="too-large"
        )


def _opened(name: str, data: bytes) -> Document:
    import zlib

    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        return docx.Document(io.BytesIO(data))
    except (
        OpcError,
        LxmlError,
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        RuntimeError,
        NotImplementedError,
        KeyError,
        ValueError,
        AttributeError,
        TypeError,
    ) as error:
        raise _damaged(name, error) from error


def _damaged(name: str, error: BaseException) -> ExtractionError:
    return ExtractionError(
        f"{name} is damaged and cannot be opened ({type(error).__name__}: {error}). Save it again in a word processor",
        kind="damaged",
    )


def _blocks(document: Document) -> Iterator[str]:
    from docx.text.paragraph import Paragraph

    for block in document.iter_inner_content():
        text = block.text if isinstance(block, Paragraph) else _table(block)
        if text.strip():
            yield text.strip("\n")


def _table(table: Table) -> str:
    """One line a row; a merged cell is told once."""
    lines = []
    for row in table.rows:
        cells = {id(cell._tc): " ".join(cell.text.split()) for cell in row.cells}
        lines.append(" | ".join(cells.values()))
    return "\n".join(line for line in lines if line.strip(" |"))


def _title(document: Document) -> str | None:
    for paragraph in document.paragraphs[:5]:
        if paragraph.style is not None and paragraph.style.name in _TITLE_STYLES and paragraph.text.strip():
            return " ".join(clean(paragraph.text).split())
    return None


def _author(document: Document) -> str | None:
    author = " ".join(clean(document.core_properties.author or "").split())
    return author if author and author.lower() not in _NO_AUTHORS else None
