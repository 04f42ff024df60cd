"""Completion of `/` commands and what follows them; questions are never touched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from bot.terminal.slash import COMMANDS

CONDITIONS = ("published >= ", "published < ", "title = ", "article = ", "url = ", "clear")


class SlashCompleter(Completer):
    """Names of commands, and after /open and `/where article =` the names of articles."""

    def __init__(self, names: Callable[[], Sequence[str]]) -> None:
        """names: of the articles, empty until they are known."""
        self._names = names

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:  # noqa: ARG002
        text = document.text_before_cursor
        if not text.startswith("/"):
            return
        command, space, rest = text.partition(" ")
        if not space:
            yield from _matching(command, COMMANDS, COMMANDS)
        elif command == "/open":
            yield from _matching(rest, self._names())
        elif command == "/where":
            start = "article = "
            if rest.startswith(start):
                yield from _matching(rest.removeprefix(start), self._names())
            else:
                yield from _matching(rest, CONDITIONS)


def _matching(typed: str, words: Iterable[str], told: dict[str, str] | None = None) -> Iterable[Completion]:
    for word in words:
        if word.startswith(typed):
            meta = told[word] if told else None
            yield Completion(word, start_position=-len(typed), display_meta=meta)
