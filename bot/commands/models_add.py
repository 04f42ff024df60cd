"""`citebot models add`: a question-answering model of torch becomes one that needs no torch."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from bot.commands.options import json_option, with_settings
from bot.output import is_capable, say, warn
from bot.render import as_json as json_line
from bot.render import visible

if TYPE_CHECKING:
    from bot.readers.adding.making import Made
    from bot.settings import Settings

EXAMPLES = """\b
Examples:
  citebot models add deepset/roberta-base-squad2
  citebot models add ~/models/my-reader --name mine --precision fp32

\b
It needs torch and onnx: pip install 'citebot[export]'. Once it is made, the model runs without them.
"""


@click.command("add", short_help="Make a reader of a Hugging Face model.", epilog=EXAMPLES)
@click.argument("model", metavar="MODEL")
@click.option("--name", help="What reader.model calls it.  [default: the last part of MODEL]")
@click.option("--precision", type=click.Choice(["int8", "fp32"]), default="int8", show_default=True)
@click.option("--force", is_flag=True, help="Make it anew where it was added already.")
@json_option
@with_settings
def command(*, settings: Settings, model: str, name: str | None, precision: str, force: bool, as_json: bool) -> int:
    """Export the extractive question-answering MODEL once to ONNX, into the models folder.

    MODEL is a Hugging Face folder or a name on the hub. A name that is not in the local cache is fetched, which is
    said aloud; nothing else of Citebot fetches anything.
    """
    from bot.compose import models_folder
    from bot.readers.adding.making import Precision, Target, check_free, check_installed, make
    from bot.readers.adding.origin import origin_of

    check_installed()
    called = name or _name_of(model, precision)
    target = Target(models_folder(settings), called, Precision(precision), replace=force)
    check_free(target)  # before anything is fetched
    made = make(origin_of(model, told=warn), target, told=_step)
    say(json_line(_record(made)) if as_json else _text(made, called))
    return 0


def _name_of(model: str, precision: str) -> str:
    from bot.readers.adding.origin import short_name

    return short_name(model) + ("-fp32" if precision == "fp32" else "")


def _step(text: str) -> None:
    """Progress, for whoever watches."""
    if is_capable(sys.stderr):
        warn(text)


def _record(made: Made) -> dict[str, object]:
    return {
        "name": made.folder.name,
        "folder": str(made.folder),
        "fingerprint": made.card.fingerprint,
        "bytes": sum(facts.bytes for facts in made.card.files.values()),
        "licence": made.card.licence,
        "origin": made.card.origin,
        "limit_tokens": made.card.limit_tokens,
        "same_spans": made.agreement.same,
        "compared": made.agreement.questions,
        "margin_moved": round(made.agreement.moved, 6),
    }


def _text(made: Made, name: str) -> str:
    found = made.agreement
    size = sum(facts.bytes for facts in made.card.files.values()) / 1e6
    lines = [
        f"added {made.card.fingerprint}, {size:.1f} MB, in {made.folder}",
        f"licence: {made.card.licence}",
        f"beside torch: {found.same} of {found.questions} spans the same, margins moved by up to {found.moved:.2g}",
        "",
        "To use it, in citebot.toml:",
        "  [reader]",
        f'  model = "{name}"',
        f"Then fit its confidence: citebot models calibrate SET --reader {name}",
    ]
    return visible("\n".join(lines))
