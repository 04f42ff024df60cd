"""Answers, refusals and passages as text with marks. The words are the assistant's own."""

from __future__ import annotations

from collections.abc import Sequence

from bot.conversation.reply import Reply
from bot.dates import long_date
from bot.render import one_line
from bot.telegram.readable import characters, readable, readable_line
from bot.telegram.rich import BOLD, ITALIC, QUOTE, Rich, joined, link, text
from bot.types import Answer, Citation
from index.types import Article

CONTEXT_CHARACTERS = 900
"""How much of the article is shown to either side of an opened passage."""
_WORD_CHARACTERS = 40


def reply(said: Reply) -> Rich:
    """A reply: how it was understood and within which conditions, then the answer, or words and passages."""
    shown = answer(said.answer) if said.answer is not None else words(said.text, said.passages)
    return joined([*_reading(said), shown], "\n\n")


def _reading(said: Reply) -> list[Rich]:
    """What is told before a reply, as the terminal tells it; none where it was asked as it was typed, of everything."""
    lines = [f"Understood as: {readable(said.understood)}"] if said.understood is not None else []
    lines += [f"where {readable_line('; '.join(said.conditions))}"] if said.conditions else []
    return [text("\n".join(lines), ITALIC)] if lines else []


def answer(given: Answer) -> Rich:
    """The answer with its citations, or the refusal with what is nearest."""
    blocks = [text(readable(given.text)), *(citation(one) for one in given.citations)]
    if given.closest:
        blocks.append(text("Nearest passages (not an answer):"))
        blocks += [citation(one) for one in given.closest]
    return joined(blocks, "\n\n")


def citation(one: Citation) -> Rich:
    """Marker, title, date, page, then the quote with the span in bold."""
    marker = "–" if one.marker is None else f"[{one.marker}]"
    return joined([text(f"{marker} "), heading(one), text("\n"), quote(one)])


def heading(one: Citation) -> Rich:
    """The title, linked where the article has an address, and on a line of their own date, page and name."""
    facts = [long_date(one.published)] if one.published else []
    facts += [f"page {one.page}"] if one.page is not None else []
    return joined(
        [_title(one.title, one.url), text("\n"), text(" · ".join(map(one_line, [*facts, one.article])), ITALIC)]
    )


def quote(one: Citation) -> Rich:
    """One expandable blockquote."""
    if one.span_start is None or one.span_end is None:
        return text(readable(one.quote), QUOTE)
    return _set_off(one.quote, one.span_start - one.start, one.span_end - one.start)


def passage(article: Article, one: Citation) -> Rich:
    """A citation's quote in bold within its surroundings."""
    first, last = _window(article.text, one.start, one.end)
    shown = _set_off(article.text[first:last], one.start - first, one.end - first)
    before, after = ["…"] if first > 0 else [], ["…"] if last < len(article.text) else []
    parts = [*map(text, before), shown, *map(text, after)]
    return joined([heading(one), joined(parts, "\n")], "\n")


def words(said: str, passages: Sequence[Citation] = ()) -> Rich:
    """What is no answer: words, and passages that are shown as they stand."""
    return joined([text(readable(said)), *map(citation, passages)], "\n\n")


def _title(title: str, url: str | None) -> Rich:
    mark = link(url) if url else None
    return text(readable_line(title), *([mark] if mark else []), BOLD)


def _set_off(words: str, start: int, end: int) -> Rich:
    shown, start, end = characters(words), max(start, 0), max(end, 0)
    return joined(
        [
            text("".join(shown[:start]), QUOTE),
            text("".join(shown[start:end]), QUOTE, BOLD),
            text("".join(shown[end:]), QUOTE),
        ]
    )


def _window(words: str, start: int, end: int) -> tuple[int, int]:
    """Bounds around a place, moved out to white space where there is some nearby."""
    first, last = max(0, start - CONTEXT_CHARACTERS), min(len(words), end + CONTEXT_CHARACTERS)
    least, most = max(0, first - _WORD_CHARACTERS), min(len(words), last + _WORD_CHARACTERS)
    while first > least and not words[first - 1].isspace():
        first -= 1
    while last < most and not words[last].isspace():
        last += 1
    return first, last
