"""csv and jsonl: one article a row, named `file.csv#KEY`.

With the standard library: Haystack's CSVToDocument needs one fixed content column and dialect, stops at the first bad
row and keeps no keys; its JSONConverter reads one JSON document a file and only logs what fails.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from index.dates import parse_date
from index.errors import ExtractionError
from index.extraction.decoding import clean, decode
from index.extraction.draft import Draft, Extraction, finish, not_what_it_says
from index.extraction.signatures import looks_like_html
from index.types import Article, Note

_KEYS: Final = ("id", "key", "slug", "uuid", "guid", "url")
_TITLES: Final = ("title", "headline")
_TEXTS: Final = ("text", "content", "body", "article")
_DATES: Final = ("published", "published_at", "date", "created_at")
_URLS: Final = ("url", "link")
_BYLINES: Final = ("author", "authors", "byline")

_KEY_CHARACTERS: Final = 120
_NOTES_PER_FILE: Final = 20
_FIELD_LIMIT: Final = 2**31 - 1
_SNIFFED_CHARACTERS: Final = 64_000
_DELIMITERS: Final = (",", ";", "\t", "|")


@dataclass(slots=True)
class _Rows:
    """The articles of one file as they gather: unique names, notes."""

    name: str
    articles: list[Article] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    taken: dict[str, int] = field(default_factory=dict)
    """Each key, and how often it came."""
    empty: int = 0

    def add(self, row: Mapping[str, str], number: int) -> None:
        """Put one row in. row: column names in lower case; number: which row it is, from 1."""
        text, is_whole = _text_of(row)
        if not text.strip():
            self.empty += 1
            return
        key = self._unique(_key_of(row) or str(number), number)
        title = _one_line(_first_of(row, _TITLES))
        if title and is_whole and title not in text:
            text = f"{title}\n\n{text}"
        draft = Draft(
            text=text,
            title=title or None,
            published=parse_date(_first_of(row, _DATES)),
            byline=_one_line(_first_of(row, _BYLINES)) or None,
            url=_url_of(row),
            fallback_title=f"{self.name.rsplit('/', 1)[-1]} {key}",
        )
        self.articles.append(finish(f"{self.name}#{key}", draft))

    def note(self, kind: str, message: str) -> None:
        self.notes.append(Note(self.name, kind, message))

    def _unique(self, key: str, number: int) -> str:
        unique = key
        while unique in self.taken:
            self.taken[key] += 1
            unique = f"{key}~{self.taken[key]}"
        self.taken[unique] = 1
        if unique != key:
            self.note("duplicate-key", f"row {number} of {self.name} has the key {key!r} again; it is named {unique!r}")
        return unique

    def extraction(self) -> Extraction:
        """Everything gathered. Raises ExtractionError, kind `empty`, when there is no article and no note says why."""
        if self.empty:
            self.note("empty", f"{self.empty} {'row' if self.empty == 1 else 'rows'} of {self.name} without text")
        if not self.articles:
            why = self.notes[0].message if self.notes else "it has no rows"
            raise ExtractionError(f"{self.name} gave no article: {why}. Mend it, or take it away", kind="empty")
        return Extraction(tuple(self.articles), tuple(_capped(self.name, self.notes)))


def extract_csv(name: str, data: bytes) -> Extraction:
    """One article a row of a csv file with a header line. Raises ExtractionError."""
    decoded = decode(name, data)
    if looks_like_html(decoded.text):
        raise not_what_it_says(name, "an HTML page")
    rows = _Rows(name, notes=list(decoded.notes))
    reader = _reader(decoded.text)
    header: list[str] = []
    for number, cells in enumerate(_records(rows, reader)):
        if not header:
            header = _column_names(cells)
            continue
        if len(cells) != len(header):
            rows.note("ragged", f"row {number} of {name} has {len(cells)} fields, the header {len(header)}")
        rows.add(_row_of(header, cells), number)
    return rows.extraction()


def extract_jsonl(name: str, data: bytes) -> Extraction:
    """One article a line of a JSON Lines file. A line that is no JSON object is noted and left out.

    Raises ExtractionError.
    """
    decoded = decode(name, data)
    rows = _Rows(name, notes=list(decoded.notes))
    # Not splitlines(): U+2028 and its like may stand inside a JSON string.
    for number, line in enumerate(decoded.text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            rows.note("malformed", f"line {number} of {name} is no JSON ({error}); it was left out")
            continue
        if isinstance(found, dict):
            rows.add({key.strip().lower(): _plain(value) for key, value in found.items()}, number)
        else:
            rows.note("malformed", f"line {number} of {name} is no JSON object; it was left out")
    return rows.extraction()


def _reader(text: str) -> Iterator[list[str]]:
    csv.field_size_limit(_FIELD_LIMIT)
    return iter(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), doublequote=True, strict=False))


def _records(rows: _Rows, reader: Iterator[list[str]]) -> Iterator[list[str]]:
    """The records that are not blank. What the csv module cannot read ends them, with a note."""
    try:
        yield from (cells for cells in reader if any(cell.strip() for cell in cells))
    except csv.Error as error:
        rows.note("malformed", f"{rows.name} cannot be read to its end ({error})")


def _delimiter(text: str) -> str:
    """The delimiter of the header line that most records agree on; a comma where none does.

    csv.Sniffer takes letters for delimiters in files of one column.
    """
    sample = text[:_SNIFFED_CHARACTERS]
    best, best_score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        widths = [len(cells) for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if cells]
        if len(widths) > 1:
            widths.pop() if len(sample) < len(text) else None
        width = widths[0] if widths else 1
        score = (sum(other == width for other in widths) / max(1, len(widths)), width)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def _column_names(cells: Iterable[str]) -> list[str]:
    """Lower case, unique: an unnamed or repeated column is named by its place."""
    names: list[str] = []
    for place, cell in enumerate(cells, start=1):
        name = " ".join(cell.split()).lower()
        names.append(name if name and name not in names else f"{name} {place}".strip())
    return names


def _row_of(header: list[str], cells: list[str]) -> dict[str, str]:
    """Missing fields are empty; those beyond the header keep their place as name."""
    names = [*header, *(f"column {place}" for place in range(len(header) + 1, len(cells) + 1))]
    return {name: clean(cell) for name, cell in zip(names, cells, strict=False)}


def _plain(value: object) -> str:
    """A JSON value as text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return clean(", ".join(value))
    return clean(json.dumps(value, ensure_ascii=False))


def _first_of(row: Mapping[str, str], columns: Iterable[str]) -> str:
    return next((row[column] for column in columns if row.get(column, "").strip()), "")


def _text_of(row: Mapping[str, str]) -> tuple[str, bool]:
    """The text column, or all columns as `column: value` lines; and whether it is the text column."""
    text = _first_of(row, _TEXTS)
    if text:
        return text.strip("\n"), True
    return "\n".join(f"{column}: {value.strip()}" for column, value in row.items() if value.strip()), False


def _key_of(row: Mapping[str, str]) -> str:
    return _one_line(_first_of(row, _KEYS))[:_KEY_CHARACTERS]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _url_of(row: Mapping[str, str]) -> str | None:
    url = _first_of(row, _URLS).strip()
    return url if re.match(r"https?://\S+\Z", url) else None


def _capped(name: str, notes: list[Note]) -> Iterator[Note]:
    yield from notes[:_NOTES_PER_FILE]
    if len(notes) > _NOTES_PER_FILE:
        yield Note(name, "more", f"and {len(notes) - _NOTES_PER_FILE} more notes on rows of {name}")
