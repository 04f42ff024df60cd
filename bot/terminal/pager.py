"""An article in the pager, at a place."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from bisect import bisect_right
from pathlib import Path

from bot.dates import long_date
from bot.render import one_line, visible
from index.types import Article

LINES_ABOVE = 3
"""Lines shown above the place."""


def page_of(article: Article, place: tuple[int, int] | None) -> tuple[str, int]:
    """The article as lines, those of the place marked with `>`, and the number of the first of them, from 1."""
    head = [one_line(article.title), *([long_date(article.published)] if article.published else []), ""]
    starts = [0]
    for line in article.text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    first, last = (bisect_right(starts, place[0]) - 1, bisect_right(starts, place[1] - 1) - 1) if place else (-1, -1)
    body = [
        f"{'>' if first <= number <= last else ' '} {visible(line)}".rstrip()
        for number, line in enumerate(article.text.split("\n"))
    ]
    return "\n".join([*map(visible, head), *body]) + "\n", len(head) + max(first, 0) + 1


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
