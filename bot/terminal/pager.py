"""An article in the pager, at a place."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from bot.dates import long_date
from bot.render import one_line, visible
from index.types import Article

LINES_ABOVE = 3
"""Lines shown above the place."""

_LINE = re.compile(r"[^\n]+\n?|\n")
_WORD = re.compile(r"\S+")


def page_of(article: Article, place: tuple[int, int] | None, columns: int | None = None) -> tuple[str, int]:
    """The article as lines, those of the place marked with `>`, and the number of the first of them, from 1.

    columns: lines are broken between words to fit, since less breaks them anywhere; None leaves them as they are.
    """
    head = [one_line(article.title), *([long_date(article.published)] if article.published else []), ""]
    start, end = place if place is not None else (-1, -1)
    pieces = list(_pieces(article.text, columns))
    marked = [first < end and start < last for first, last in pieces]
    body = [
        f"{'>' if mark else ' '} {visible(article.text[first:last])}".rstrip()
        for (first, last), mark in zip(pieces, marked, strict=True)
    ]
    at = marked.index(True) if True in marked else 0
    return "\n".join([*map(visible, head), *body]) + "\n", len(head) + at + 1


def _pieces(text: str, columns: int | None) -> Iterator[tuple[int, int]]:
    """Where each shown line of a text starts and ends; one that is no word too long has two columns to spare."""
    for line in _LINE.finditer(text):
        start = line.start()
        for word in _WORD.finditer(text, line.start(), line.end()):
            if columns is not None and start < word.start() and word.end() - start > columns - 2:
                yield start, word.start()
                start = word.start()
        yield start, line.end()


def show(text: str, line: int) -> bool:
    """The text in $PAGER, or less, at a line; False where there is none, and then nothing was shown."""
    command = _command(line)
    if command is None:
        return False
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the pager's while it is open
    try:
        environment = {**os.environ, "LESSSECURE": "1", "LESSCHARSET": "utf-8"}
        subprocess.run(command, input=text.encode("utf-8", "backslashreplace"), check=False, env=environment)
    finally:
        signal.signal(signal.SIGINT, before)
    return True


def _command(line: int) -> list[str] | None:
    words = shlex.split(os.environ.get("PAGER", "")) or ["less"]
    found = shutil.which(words[0])
    if found is None:
        return None
    at = [f"+{max(1, line - LINES_ABOVE)}"] if Path(words[0]).name in {"less", "more", "most"} else []
    return [found, *words[1:], *at]
