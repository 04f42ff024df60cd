"""What every command takes: where the articles, the index and the settings are."""

from __future__ import annotations

import functools
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.failures import DEBUG_VARIABLE
from bot.output import warn

if TYPE_CHECKING:
    from bot.settings import Settings

Command = Callable[..., int]


def with_settings(command: Command) -> Command:
    """Give a command --articles, --index, --config and --debug, and call it with the `settings` they make."""

    @click.option("--articles", metavar="FOLDER", help="The articles folder.  [default: seeds]")
    @click.option("--index", metavar="FOLDER", help="Where the index is kept.  [default: .citebot]")
    @click.option("--config", metavar="FILE", help="The settings file.  [default: citebot.toml, where there is one]")
    @click.option("--debug", is_flag=True, help="Show tracebacks.")
    @functools.wraps(command)
    def configured(articles: str | None, index: str | None, config: str | None, debug: bool, **arguments: Any) -> int:
        if debug:
            os.environ[DEBUG_VARIABLE] = "1"
        settings = _loaded(config, {"articles": articles, "index": index})
        return command(settings=settings, **arguments)

    return configured


json_option = click.option("--json", "as_json", is_flag=True, help="JSON, one ASCII-escaped object a line.")


def _loaded(config: str | None, flags: dict[str, str | None]) -> Settings:
    from bot.settings import load, unknown_variables

    settings = load(Path(config) if config is not None else None, flags)
    logging.basicConfig(
        stream=sys.stderr, level=settings.log_level.upper(), format="%(levelname)s %(name)s: %(message)s"
    )
    for sentence in unknown_variables(os.environ):
        warn(sentence)
    return settings
