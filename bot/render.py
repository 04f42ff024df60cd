"""Answers and articles as text: plain for people, JSON for programs. Nothing is printed here.

Plain text that came from an article passes through `visible`, so that no article can steer a terminal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from bot.dates import long_date
from bot.types import Answer, Citation, Status, to_record

if TYPE_CHECKING:
    from index.types import Article, ArticleSummary, Note, Receipt

INDENT = "    "
CONTEXT_CHARACTERS = 800
"""How much of an article is shown to either side of a place."""

WORD_CHARACTERS = 40
"""How far a bound is moved so as not to cut a word; some languages have no white space at all."""

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""C0 but tab and newline, DEL, C1, line separators, bidirectional overrides and isolates, lone surrogates."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a span is set off: by nothing, or by a terminal's bold."""

    on: str = ""
    off: str = ""


PLAIN = Style()
BOLD = Style("\x1b[1m", "\x1b[22m")


def visible(text: str) -> str:
    """The text with every character that could steer a terminal spelled out, as `\\x1b` or `\\u202e`."""
    return _UNSAFE.sub(lambda found: _spelled(ord(found[0])), text)


def one_line(text: str) -> str:
    """`visible`, with white space runs as one space: for titles and names."""
    return visible(" ".join(text.split()))


def as_json(value: Any) -> str:
    """One ASCII-escaped line."""
    return json.dumps(value, ensure_ascii=True, allow_nan=False)


def answer_json(answer: Answer) -> str:
    """The answer as the contract of `ask --json` has it, keys in that order."""
    record = to_record(answer)
    record["closest"] = [_without_marker(citation) for citation in record["closest"]]
    return as_json(record)


def article_json(article: Article) -> str:
    """What `show --json` prints: the whole text that offsets count into."""
    return as_json(
        {
            "article": article.name,
            "title": article.title,
            "published": article.published,
            "url": article.url,
            "text": article.text,
        }
    )


def summary_json(summary: ArticleSummary) -> str:
    """One article of the list."""
    record = asdict(summary)
    return as_json({"article": record.pop("name"), **record})


def receipt_json(receipt: Receipt) -> str:
    """What `sync --json` prints."""
    return as_json(asdict(receipt))


def answer_text(answer: Answer, style: Style = PLAIN) -> str:
    """The answer for a person, without a newline at its end."""
    if answer.status is Status.ERROR:
        return f"error: {one_line(answer.error or 'unknown')}"
    blocks = [visible(answer.text), *(_citation(citation, style) for citation in answer.citations)]
    if answer.closest:
        blocks.append("Nearest passages (not an answer):")
        blocks += [_citation(citation, style) for citation in answer.closest]
    return "\n\n".join(blocks)


def article_text(article: Article, style: Style = PLAIN, at: tuple[int, int] | None = None) -> str:
    """The article, or the text around a place [start, end) of it, whose lines are marked with `>`."""
    head = [one_line(article.title), _facts(article)]
    body = visible(article.text) if at is None else _around(article.text, *at, style)
    return "\n".join([*filter(None, head), "", body])


def summary_line(summary: ArticleSummary) -> str:
    """`2022-03-08  name  title`, with a dash where no date is stated."""
    return f"{one_line(summary.published or '-')[:10]:10}  {one_line(summary.name)}  {one_line(summary.title)}"


def receipt_text(receipt: Receipt, folder: str) -> str:
    """What a sync did, in one line."""
    words = ("added", "changed", "renamed", "removed", "unchanged", "failed")
    counts = ", ".join(f"{getattr(receipt, word)} {word}" for word in words if getattr(receipt, word)) or "nothing new"
    return (
        f"{one_line(folder)}: {counts}; {_counted(receipt.articles, 'article')}, "
        f"{_counted(receipt.passages, 'passage')} in the index ({receipt.seconds:.1f} s)"
    )


def note_line(note: Note) -> str:
    """A file and what a person should know about it."""
    return f"{one_line(note.path)}: {one_line(note.message)}"


def _spelled(code: int) -> str:
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"


def _without_marker(citation: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in citation.items() if key != "marker"}


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _citation(citation: Citation, style: Style) -> str:
    marker = [f"[{citation.marker}]"] if citation.marker is not None else ["-"]
    facts = [one_line(citation.title)]
    if citation.published:
        facts.append(one_line(long_date(citation.published)))
    if citation.page is not None:
        facts.append(f"page {citation.page}")
    quote = _indented(f"“{_quote(citation, style)}”")
    place = f"{one_line(citation.article)}:{citation.start}-{citation.end}"
    return "\n".join([" ".join([*marker, " · ".join(facts)]), quote, INDENT + place])


def _quote(citation: Citation, style: Style) -> str:
    if citation.span_start is None or citation.span_end is None:
        return visible(citation.quote)
    return _set_off(citation.quote, citation.span_start - citation.start, citation.span_end - citation.start, style)


def _set_off(text: str, start: int, end: int, style: Style) -> str:
    """The text made visible, with [start, end) of it between the marks of the style."""
    before, marked, after = text[: max(start, 0)], text[max(start, 0) : max(end, 0)], text[max(end, 0) :]
    return f"{visible(before)}{style.on}{visible(marked)}{style.off}{visible(after)}"


def _indented(text: str) -> str:
    return "\n".join(INDENT + line if line else line for line in text.split("\n"))


def _facts(article: Article) -> str:
    facts = [article.byline, article.published and long_date(article.published), article.url, article.name]
    return " · ".join(one_line(fact) for fact in facts if fact)


def _around(text: str, start: int, end: int, style: Style) -> str:
    first, last = _window(text, start, end)
    lines = _marked_lines(text[first:last], start - first, max(end, start + 1) - first, style)
    return "\n".join([*_elided(first > 0), *lines, *_elided(last < len(text))])


def _window(text: str, start: int, end: int) -> tuple[int, int]:
    """Bounds of the text around a place, moved out to white space where there is some nearby."""
    first, last = max(0, start - CONTEXT_CHARACTERS), min(len(text), end + CONTEXT_CHARACTERS)
    while first > max(0, start - CONTEXT_CHARACTERS - WORD_CHARACTERS) and not text[first - 1].isspace():
        first -= 1
    while last < min(len(text), end + CONTEXT_CHARACTERS + WORD_CHARACTERS) and not text[last].isspace():
        last += 1
    return first, last


def _marked_lines(text: str, start: int, end: int, style: Style) -> Iterator[str]:
    """Lines, those that touch [start, end) marked; the newline belongs to the line it ends."""
    offset = 0
    for line in text.split("\n"):
        low, high = max(start - offset, 0), min(end - offset, len(line) + 1)
        if low < high:
            yield "> " + _set_off(line, low, high, style)
        else:
            yield f"  {visible(line)}".rstrip()
        offset += len(line) + 1


def _elided(cut: bool) -> Iterable[str]:
    return ["  […]"] if cut else []
