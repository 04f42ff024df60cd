"""The `/` commands: their names, what they do in a word, and a line taken apart."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Final

COMMANDS: Final[dict[str, str]] = {
    "/help": "what can be typed",
    "/sources": "the passages of the last answer",
    "/open": "N or ARTICLE: the article in the pager, at the place",
    "/more": "read on where the quote ends",
    "/where": "CONDITION: ask only articles that meet it; /where clear",
    "/articles": "all articles",
    "/forget": "delete this conversation and the typed questions",
    "/json": "the last answer for programs",
    "/clear": "an empty window",
    "/quit": "leave",
}

HELP: Final = "\n".join(
    [
        "Type a question. A follow-up such as “And when?” or “What about Kherson?” looks back to the last answers.",
        "",
        *(f"{name:<10} {told}" for name, told in COMMANDS.items()),
        "",
        "Ctrl-C stops an answer; twice at the prompt it leaves, as Ctrl-D does. A pasted text stays one question.",
    ]
)


@dataclass(frozen=True, slots=True)
class Command:
    """A typed command. name: a key of COMMANDS. argument: the rest, "" without one."""

    name: str
    argument: str


class UnknownCommand(Exception):
    """The message says which are near."""


def parsed(line: str) -> Command | None:
    """The command of a line that begins with `/`; None for a question. Raises UnknownCommand."""
    if not line.startswith("/"):
        return None
    name, _, argument = line.strip().partition(" ")
    if name in COMMANDS:
        return Command(name, argument.strip())
    started = [known for known in COMMANDS if known.startswith(name)]
    if len(started) == 1 and len(name) > 1:
        return Command(started[0], argument.strip())
    near = started or difflib.get_close_matches(name, COMMANDS, n=3)
    raise UnknownCommand(f"there is no {name}; {'near: ' + ', '.join(near) if near else 'all of them: /help'}")
