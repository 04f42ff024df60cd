"""`citebot sync`: bring the index in line with the articles folder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bot.commands.options import json_option, with_settings
from bot.commands.progress import progress_bar
from bot.output import say, warn
from bot.render import note_line, receipt_json, receipt_text
from index.errors import UsageError

if TYPE_CHECKING:
    from bot.settings import Settings
    from index.types import Note, Receipt

NOTES_SHOWN = 20
"""More than this of a kind would hide the rest; --json has them all."""

EXAMPLES = """\b
Examples:
  citebot sync
  citebot sync ~/news --index ~/news-index
  citebot sync --rebuild --json
"""


@click.command("sync", short_help="Bring the index in line with the articles folder.", epilog=EXAMPLES)
@click.argument("folder", required=False)
@click.option("--rebuild", is_flag=True, help="Read and embed everything anew; also for another folder or embedder.")
@click.option("--yes", is_flag=True, help="Remove articles even where the folder is empty now.")
@json_option
@with_settings
def command(settings: Settings, folder: str | None, rebuild: bool, yes: bool, as_json: bool) -> int:
    """Bring the index in line with FOLDER, the articles folder of the settings unless given.

    Files that could not be read are told on stderr; the others go in.
    """
    settings = _with_folder(settings, folder)
    from bot.compose import sync_index

    with progress_bar() as progress:
        receipt = sync_index(settings, rebuild=rebuild, yes=yes, progress=progress)
    tell_problems(receipt)
    say(receipt_json(receipt) if as_json else receipt_text(receipt, str(settings.articles)))
    return 0


def tell_problems(receipt: Receipt) -> None:
    """What a person should know of a sync, on stderr."""
    _tell("could not be read", receipt.failures)
    _tell("with a note", receipt.notes)


def _tell(what: str, notes: Sequence[Note]) -> None:
    for note in notes[:NOTES_SHOWN]:
        warn(note_line(note))
    if len(notes) > NOTES_SHOWN:
        warn(f"and {len(notes) - NOTES_SHOWN} more files {what}; all of them: citebot sync --json")


def _with_folder(settings: Settings, folder: str | None) -> Settings:
    from bot.settings import replaced

    if folder is None:
        return settings
    flag = click.get_current_context().params["articles"]
    if flag is not None and flag != folder:
        raise UsageError(f"two articles folders: FOLDER is {folder}, --articles is {flag}")
    if not folder.strip():
        raise UsageError("FOLDER is empty: name the articles folder, or leave it out for the one of the settings")
    return replaced(settings, articles=folder)
