"""`citebot articles`: what is in the index."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from bot.commands.options import json_option, with_settings
from bot.output import say
from bot.render import summary_json, summary_line

if TYPE_CHECKING:
    from bot.settings import Settings

EXAMPLES = """\b
Examples:
  citebot articles
  citebot articles --json | jq -r .title
"""


@click.command("articles", short_help="List the articles of the index.", epilog=EXAMPLES)
@json_option
@with_settings
def command(settings: Settings, as_json: bool) -> int:
    """List the articles of the index: date, name, title."""
    from bot.compose import open_store

    with closing(open_store(settings)) as store:
        for summary in store.articles():
            say(summary_json(summary) if as_json else summary_line(summary))
    return 0
