"""`citebot models`: what is installed, and which reader is in use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import click

import models
from bot.commands import calibrate, models_add, threshold
from bot.commands.options import json_option, with_settings
from bot.output import say, warn
from bot.render import as_json as json_line
from bot.render import visible
from index.errors import CitebotError, ModelError

if TYPE_CHECKING:
    from bot.readers.choosing import Chosen
    from bot.settings import Settings

Kind = Literal["embedder", "reader"]
KINDS: Final[tuple[Kind, ...]] = ("embedder", "reader")

EXAMPLES = """\b
Examples:
  citebot models
  citebot models --json | jq -r .licence
  citebot models add deepset/roberta-base-squad2
  citebot models calibrate squad-dev.json --as-articles --reader roberta-base-squad2

\b
To use a reader, in citebot.toml:
  [reader]
  model = "roberta-base-squad2"
"""


LIST_EXAMPLES = """\b
Examples:
  citebot models list
  citebot models list --json | jq -r .licence
"""
REMOVE_EXAMPLES = """\b
Examples:
  citebot models remove tinyroberta-squad2
"""


@click.group("models", short_help="List, add and fit models.", epilog=EXAMPLES, invoke_without_command=True)
@json_option
@with_settings
def command(settings: Settings, as_json: bool) -> int:
    """List the models: kind, name, id, size, licence, origin; and which reader is in use."""
    if click.get_current_context().invoked_subcommand is not None:
        return 0
    return _listed(settings, as_json=as_json)


@click.command("list", short_help="List the models: sizes and licences.", epilog=LIST_EXAMPLES)
@json_option
@with_settings
def list_command(settings: Settings, as_json: bool) -> int:
    """List the models: kind, name, id, size, licence, origin; and which reader is in use."""
    return _listed(settings, as_json=as_json)


@click.command("remove", short_help="Delete an added model.", epilog=REMOVE_EXAMPLES)
@click.argument("name")
@with_settings
def remove_command(settings: Settings, name: str) -> int:
    """Delete the added model NAME, with what was fitted for it."""
    from bot.compose import models_folder
    from bot.readers.added import remove

    gone = remove(models_folder(settings), name)
    say(f"removed {visible(str(gone))}")
    if settings.reader.model in {name, gone.name}:
        warn(f"the settings still name it: reader.model = {settings.reader.model!r}")
    return 0


for each in (list_command, models_add.command, remove_command, calibrate.command, threshold.command):
    command.add_command(each)


def _listed(settings: Settings, *, as_json: bool) -> int:
    status = 0
    for row in _rows(settings):
        if isinstance(row, CitebotError):
            warn(str(row))
            status = 1
        else:
            say(json_line(row) if as_json else _line(row))
    return status


def _rows(settings: Settings) -> Iterator[dict[str, Any] | CitebotError]:
    """The box, the added ones, and the reader in use where it is neither; an error in its place."""
    from bot.compose import choose_reader, models_folder
    from bot.readers.added import BOX, added

    chosen: Chosen | None = None
    try:
        chosen = choose_reader(settings)
    except ModelError as error:
        yield error
    for kind in KINDS:
        try:
            card = models.load_card(models.folder(kind))
        except models.ModelFilesError as error:
            yield ModelError(str(error))
            continue
        in_use = kind == "embedder" or (chosen is not None and chosen.name == BOX)
        yield {**_facts(card), "name": BOX, "in_use": in_use, "calibrated": None if kind == "embedder" else True}
    for one in added(models_folder(settings)):
        in_use = chosen is not None and chosen.folder == one.folder
        yield {**_facts(one.card), "name": one.name, "in_use": in_use, "calibrated": _is_calibrated(one.name, settings)}
    if chosen is not None and chosen.source in {"folder", "hub"}:
        yield _elsewhere(chosen, settings)


def _is_calibrated(name: str, settings: Settings) -> bool:
    from bot import calibrated
    from bot.compose import models_folder
    from bot.readers.choosing import choose, open_reader

    folder = models_folder(settings)
    chosen = choose(name, folder)
    return calibrated.load(chosen, open_reader(chosen, 1).identity, folder) is not None


def _elsewhere(chosen: Chosen, settings: Settings) -> dict[str, Any]:
    """The reader in use, which is a folder of the user's or in the Hugging Face cache."""
    from bot.readers.adding.origin import Origin
    from bot.readers.choosing import open_reader

    identity = open_reader(chosen, 1).identity
    return {
        "id": identity.partition("@")[0],
        "kind": "reader",
        "fingerprint": identity,
        "bytes": _size(chosen.folder),
        "licence": Origin(chosen.folder, chosen.name, None).licence,
        "origin": str(chosen.folder),
        "name": chosen.name,
        "in_use": True,
        "calibrated": _is_calibrated(settings.reader.model, settings),
    }


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())


def _line(row: dict[str, Any]) -> str:
    parts = [f"{row['kind']:8}", row["name"], row["id"], f"{row['bytes'] / 1e6:.1f} MB", row["licence"], row["origin"]]
    notes = ["in use"] if row["in_use"] else []
    if row["calibrated"] is False:
        notes.append("not calibrated")
    return visible("  ".join([*parts, *([f"[{', '.join(notes)}]"] if notes else [])]))


def _facts(card: models.Card) -> dict[str, Any]:
    return {
        "id": card.id,
        "kind": card.kind,
        "fingerprint": card.fingerprint,
        "bytes": sum(facts.bytes for facts in card.files.values()),
        "licence": card.licence,
        "origin": card.origin,
    }
