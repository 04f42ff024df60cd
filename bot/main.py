"""`citebot`: finds the command, runs it, and turns whatever happens into one line and an exit status."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Sequence

import click

from bot.failures import debugging, report
from bot.output import warn
from index.errors import CitebotError

USAGE, INTERRUPTED, PIPE_CLOSED = 2, 130, 141

EXAMPLES = """\b
Examples:
  citebot ask "How many volunteers have joined?"
  citebot sync ~/news
  citebot show report.pdf --at 2310
"""


class Commands(click.Group):
    """The commands, each a file in `bot/commands` that is imported only when it is asked for."""

    NAMES = ("sync", "ask", "chat", "telegram", "articles", "show", "regress", "case", "models", "doctor")

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(self.NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in self.NAMES:
            return None
        command: click.Command = importlib.import_module(f"bot.commands.{cmd_name}").command
        return command


@click.group(cls=Commands, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="citebot", message="%(prog)s %(version)s")
def citebot() -> None:
    """Answers questions about a folder of articles, quoted from them, or says that they do not hold the answer."""


def main() -> None:
    """The script `citebot`."""
    _prepare()
    status = run(sys.argv[1:])
    if status == INTERRUPTED:  # a second Ctrl-C while threads end would print a traceback
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(status)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit status; everything that goes wrong is told on stderr."""
    try:
        with citebot.make_context("citebot", list(arguments)) as context:
            status = citebot.invoke(context)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BaseException as error:
        return _failed(error)
    return status if isinstance(status, int) else 0


def _failed(error: BaseException) -> int:
    """The exit status of an error, told in one line. What is no error to handle is raised again."""
    match error:
        case click.exceptions.Exit():
            return error.exit_code
        case click.ClickException():
            error.show()
            return USAGE
        case KeyboardInterrupt() | click.Abort():
            print("interrupted", file=sys.stderr)
            return INTERRUPTED
        case BrokenPipeError():
            return _pipe_closed()
        case CitebotError() if not debugging():
            warn(str(error))
        case Exception():
            report(error)
        case _:
            raise error
    return USAGE


def _pipe_closed() -> int:
    """Whoever read stdout has gone: end like other tools do, without a word."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter's own flush complains
    return PIPE_CLOSED


def _prepare() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # None where the stream was closed
            stream.reconfigure(errors="backslashreplace")
