"""`citebot chat`: a conversation at the terminal."""

from __future__ import annotations

import getpass
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import click

from bot.commands.options import with_settings
from bot.output import warn
from index.errors import UsageError

if TYPE_CHECKING:
    from prompt_toolkit.history import History

    from bot.settings import Settings

EXAMPLES = """\b
Examples:
  citebot chat
  citebot chat --articles ~/news --verbose
  citebot chat --no-history

\b
Exit status: 0 by Ctrl-D or /quit, 130 by Ctrl-C twice, 2 where nothing can be asked.
"""


@click.command("chat", epilog=EXAMPLES)
@click.option("--no-history", is_flag=True, help="Neither read nor write the file of typed questions.")
@click.option("--no-sync", is_flag=True, help="Do not look whether the articles folder has changed.")
@click.option("--explain", is_flag=True, help="Show what a generator wrote that is not said, and why.")
@click.option("--verbose", is_flag=True, help="Show how sure an answer is as a number.")
@with_settings
def command(settings: Settings, no_history: bool, no_sync: bool, verbose: bool, explain: bool) -> int:
    """Ask in a conversation; follow-ups look back to the last answers."""
    if not (sys.stdin is not None and sys.stdin.isatty() and sys.stdout is not None and sys.stdout.isatty()):
        raise UsageError("chat needs a terminal. For a question or a file of them: citebot ask")
    from bot.conversation.turns import Speaker
    from bot.terminal.chat import Chat
    from bot.terminal.engine import Engine
    from bot.terminal.rendering import Screen

    screen = Screen(settings.articles, verbose=verbose)
    with closing(Engine(settings, sync=not no_sync)) as engine:
        speaker = Speaker("terminal", getpass.getuser())
        return Chat(engine, screen, _history(keep=not no_history), speaker, explains=explain).run()


def _history(*, keep: bool) -> History:
    from bot.state import state_folder
    from bot.terminal.prompt import history_in

    path = state_folder() / "history"
    try:
        return history_in(path if keep else None)
    except OSError as error:
        warn(f"typed questions are not kept: {path} cannot be written: {error.strerror}")
        return history_in(None)
