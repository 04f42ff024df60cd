"""Where words go: answers to stdout, warnings and errors to stderr."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from bot.render import BOLD, PLAIN, Style, visible


def say(text: str) -> None:
    """A result, on stdout at once; whoever reads it need not wait for the next."""
    print(text, flush=True)


def warn(text: str) -> None:
    """A warning or an error, on stderr."""
    print(f"citebot: {visible(text)}", file=sys.stderr, flush=True)


def is_capable(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal that moves its cursor."""
    return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"


def answer_style() -> Style:
    """Bold for a terminal's stdout; plain for pipes, dumb terminals and where NO_COLOR is set."""
    return BOLD if is_capable(sys.stdout) and not os.environ.get("NO_COLOR") else PLAIN
