"""`citebot models`: what is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import click

import models
from bot.commands import threshold
from bot.commands.options import json_option, with_settings
from bot.output import say, warn
from bot.render import as_json as json_line
from bot.render import visible

if TYPE_CHECKING:
    from bot.settings import Settings

Kind = Literal["embedder", "reader"]
KINDS: Final[tuple[Kind, ...]] = ("embedder", "reader")

EXAMPLES = """\b
Examples:
  citebot models
  citebot models --json | jq -r .licence
"""


@click.group("models", short_help="List the models: sizes and licences.", epilog=EXAMPLES, invoke_without_command=True)
@json_option
@with_settings
def command(settings: Settings, as_json: bool) -> int:  # noqa: ARG001 (every command takes settings)
    """List the models that are installed: kind, id, size, licence, origin."""
    if click.get_current_context().invoked_subcommand is not None:
        return 0
    status = 0
    for kind in KINDS:
        try:
            say(_shown(models.load_card(models.folder(kind)), as_json=as_json))
        except models.ModelFilesError as error:
            warn(str(error))
            status = 1
    return status


command.add_command(threshold.command)


def _shown(card: models.Card, *, as_json: bool) -> str:
    facts = _facts(card)
    if as_json:
        return json_line(facts)
    size = f"{facts['bytes'] / 1e6:.1f} MB"
    return visible("  ".join([f"{card.kind:8}", card.id, size, card.licence, card.origin]))


def _facts(card: models.Card) -> dict[str, Any]:
    return {
        "id": card.id,
        "kind": card.kind,
        "fingerprint": card.fingerprint,
        "bytes": sum(facts.bytes for facts in card.files.values()),
        "licence": card.licence,
        "origin": card.origin,
    }
