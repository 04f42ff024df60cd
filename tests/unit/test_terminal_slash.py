"""The `/` commands: names, prefixes, near names, completion."""

from __future__ import annotations

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from bot.terminal.completion import SlashCompleter
from bot.terminal.slash import COMMANDS, HELP, Command, UnknownCommand, parsed


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/open 2", Command("/open", "2")),
        ("/where published >= 2022-03-01 ", Command("/where", "published >= 2022-03-01")),
        ("/q", Command("/quit", "")),
        ("/so", Command("/sources", "")),
        ("Who resigned?", None),
        ("What is 1/2?", None),
    ],
)
def test_a_line_is_a_command_or_a_question(line: str, command: Command | None) -> None:
    assert parsed(line) == command


@pytest.mark.parametrize(("line", "near"), [("/f0rget", "/forget"), ("/", "/help"), ("/xyzzy", "/help")])
def test_what_is_no_command_is_told_with_what_is_near(line: str, near: str) -> None:
    with pytest.raises(UnknownCommand, match=near):
        parsed(line)


def test_help_names_every_command() -> None:
    assert all(name in HELP for name in COMMANDS)


def completed(text: str) -> list[str]:
    completer = SlashCompleter(lambda: ("news/mayor.txt", "keeper.txt", "new York.md"))
    return [found.text for found in completer.get_completions(Document(text), CompleteEvent())]


def test_commands_conditions_and_articles_are_completed_and_questions_are_not() -> None:
    assert completed("/fo") == ["/forget"]
    assert completed("/") == list(COMMANDS)
    assert completed("/open new") == ["news/mayor.txt", "new York.md"]
    assert completed("/open new Y") == ["new York.md"]
    assert completed("/where pub") == ["published >= ", "published < "]
    assert completed("/where article = k") == ["keeper.txt"]
    assert completed("who is /fo") == []
