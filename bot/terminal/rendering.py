"""Replies on a terminal. Whatever comes from an article passes through `visible` before rich sees it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bot.conversation.reply import Reply, ReplyKind
from bot.dates import long_date
from bot.render import one_line, visible
from bot.terminal import places
from bot.types import Answer, Citation, Status

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

INDENT = 4
NARROW_COLUMNS = 30
"""Below this nothing is indented."""

LINKLESS_TERMINALS = frozenset({"dumb", "linux", "vt100", "vt220", "unknown"})
"""Terminals that would print a link's address or drop its text."""

_SURE, _LIKELY = 0.9, 0.7


class Screen:
    """Writes to the terminal, in the normal flow: what is shown stays in the scrollback and can be copied."""

    def __init__(self, articles: Path, *, verbose: bool = False, console: Console | None = None) -> None:
        self._articles = articles
        self._verbose = verbose
        self._console = console

    @property
    def console(self) -> Console:
        """Made when it is first written to: rich is not needed for the first prompt."""
        if self._console is None:
            from rich.console import Console

            self._console = Console(markup=False, highlight=False, emoji=False)
        return self._console

    def say(self, words: str, style: str = "") -> None:
        """Words of our own, or made visible before."""
        from rich.text import Text

        self.console.print(Text(words, style=style))

    def dim(self, words: str) -> None:
        """Words beside the matter."""
        self.say(visible(words), "dim")

    def raw(self, line: str) -> None:
        """A line for programs, as it is; the terminal wraps it."""
        self.console.file.write(line + "\n")
        self.console.file.flush()

    def clear(self) -> None:
        """An empty window."""
        self.console.clear()

    def reply(self, reply: Reply, seconds: float, *, shown: str = "") -> None:
        """A reply, with what was understood where that differs from what was typed. shown: of its text, already."""
        if reply.understood is not None:
            self.dim(f"understood as: {one_line(reply.understood)}")
        if reply.conditions:
            self.dim(f"where {one_line('; '.join(reply.conditions))}")
        if reply.kind is ReplyKind.ANSWER and reply.answer is not None:
            self._answer(reply.answer, shown)
            self.dim(self._footer(reply.answer, seconds))
        else:
            self.say(visible(reply.text))
            for citation in reply.passages:
                self.citation(citation)
        self.console.print()

    def _answer(self, answer: Answer, shown: str) -> None:
        if answer.text != shown:
            self.say(visible(answer.text))
        for citation in answer.citations:
            self.citation(citation)
        if answer.closest:
            self.say("\nNearest passages (not an answer):")
            for citation in answer.closest:
                self.citation(citation)

    def _footer(self, answer: Answer, seconds: float) -> str:
        parts = [*confidence_words(answer, verbose=self._verbose), f"{seconds:.1f} s"]
        return " · ".join(parts)

    def citation(self, citation: Citation) -> None:
        """Marker, title, date; the quote with its span in bold; the place."""
        from rich.padding import Padding

        left = 0 if self.console.width < NARROW_COLUMNS else INDENT
        self.console.print()
        self.console.print(self._heading(citation))
        self.console.print(Padding(quoted(citation), (0, 0, 0, left), expand=False))
        self.console.print(Padding(self._place(citation), (0, 0, 0, left), expand=False))

    def _heading(self, citation: Citation) -> Text:
        from rich.text import Text

        marker = f"[{citation.marker}] " if citation.marker is not None else "- "
        return Text.assemble(marker, self._linked(one_line(citation.title), citation), *_facts(citation))

    def _place(self, citation: Citation) -> Text:
        text = self._linked(one_line(places.place(self._articles, citation)), citation)
        text.stylize("dim")
        return text

    def _linked(self, words: str, citation: Citation) -> Text:
        from rich.style import Style
        from rich.text import Text

        address = places.address(self._articles, citation) if self.shows_links else None
        return Text(words, style=Style(link=address) if address else "")

    @property
    def shows_links(self) -> bool:
        """Whether OSC 8 is a link here and not litter."""
        capable = self.console.is_terminal and not self.console.is_dumb_terminal
        return capable and os.environ.get("TERM", "unknown") not in LINKLESS_TERMINALS


def quoted(citation: Citation) -> Text:
    """The quote between quotation marks, its span in bold, every character visible."""
    from rich.text import Text

    if citation.span_start is None or citation.span_end is None:
        return Text(f"“{visible(citation.quote)}”")
    start = max(0, citation.span_start - citation.start)
    end = max(start, citation.span_end - citation.start)
    before, span, after = citation.quote[:start], citation.quote[start:end], citation.quote[end:]
    return Text.assemble("“", visible(before), (visible(span), "bold"), visible(after), "”")


def confidence_words(answer: Answer, *, verbose: bool) -> Iterator[str]:
    """How sure an answer is, in words; the number where it is wanted."""
    if answer.confidence is None:
        return
    number = f" ({answer.confidence:.2f})" if verbose else ""
    if answer.status is not Status.ANSWERED:
        if verbose:
            yield f"not sure enough to answer{number}"
        return
    words = (
        "quite sure" if answer.confidence >= _SURE else "likely" if answer.confidence >= _LIKELY else "not very sure"
    )
    yield f"{words}{number}"


def _facts(citation: Citation) -> Iterator[str]:
    if citation.published:
        yield f" · {one_line(long_date(citation.published))}"
    if citation.page is not None:
        yield f" · page {citation.page}"
