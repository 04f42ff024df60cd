"""`citebot models calibrate`: the confidence and the threshold of a reader, fitted and kept beside it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.commands.case_progress import case_bar
from bot.commands.options import json_option, with_settings
from bot.commands.regress import open_synced
from bot.commands.threshold import check_precision, one_corpus, shown_row
from bot.output import say, warn
from bot.render import as_json as json_line
from bot.render import visible
from index.errors import UsageError

if TYPE_CHECKING:
    from bot.assistant import Assistant
    from bot.generation.fitness import Fitness
    from bot.regression.calibrating import Calibrated, Share
    from bot.regression.workplace import Opener
    from bot.settings import Settings

DRAFTS = 50
"""Of a generator that are asked for: enough to tell a model that is of use from one that is not."""

EXAMPLES = """\b
Examples:
  citebot models calibrate questions.yaml
  citebot models calibrate squad-dev.json --as-articles --reader roberta-base-squad2 --precision 0.95
"""


@click.command("calibrate", short_help="Fit the confidence of a reader.", epilog=EXAMPLES)
@click.argument("sets", metavar="SET...", nargs=-1, required=True)
@click.option("--reader", metavar="NAME", help="The reader.  [default: that of the settings]")
@click.option("--precision", type=float, default=0.9, show_default=True, help="The share of answers to be right.")
@click.option("--as-articles", is_flag=True, help="Ask SQuAD files over their own paragraphs.")
@click.option("--dry-run", is_flag=True, help="Fit and report; keep nothing.")
@click.option("--no-sync", is_flag=True, help="Do not look whether the articles folder has changed.")
@json_option
@with_settings
def command(
    *,
    settings: Settings,
    sets: tuple[str, ...],
    reader: str | None,
    precision: float,
    as_articles: bool,
    dry_run: bool,
    no_sync: bool,
    as_json: bool,
) -> int:
    """Fit how sure the reader must be, over the cases of each SET, and keep it for that reader.

    Each answerable case is asked twice: as it is, and with every passage that holds the answer taken away, where
    whatever is answered is made up. For the reader in the box see `citebot models threshold`.
    """
    check_precision(precision)
    own = settings
    if reader is not None:
        own = settings.model_copy(update={"reader": settings.reader.model_copy(update={"model": reader})})
    place = None if dry_run else _place(own)
    found, fit = _calibrated(own, sets, precision, as_articles=as_articles, sync=not no_sync)
    kept = None if place is None else _kept(found, sets, place)
    say(json_line(_record(found, kept)) if as_json else _text(found, kept))
    if fit is not None:
        warn(fit.told())
    return 0


def _place(settings: Settings) -> Path:
    """Where the fit will be kept. Raises UsageError for the reader in the box, ModelError for one that is not there."""
    from bot import calibrated
    from bot.compose import choose_reader, models_folder
    from bot.readers.choosing import Source, open_reader

    chosen = choose_reader(settings)
    if chosen.source is Source.BOX:
        raise UsageError(
            "the reader in the box comes calibrated. For its threshold on your own articles run: citebot models "
            "threshold SET. To calibrate another: --reader NAME. To fit and keep nothing: --dry-run"
        )
    return calibrated.place_of(chosen, open_reader(chosen, 1).identity, models_folder(settings))


def _calibrated(
    settings: Settings, sets: Sequence[str], precision: float, *, as_articles: bool, sync: bool
) -> tuple[Calibrated, Fitness | None]:
    from bot.regression.calibrating import calibrate
    from bot.regression.sets import load

    opener: Opener = partial(open_synced, sync=sync, note=lambda _: None)  # that it is not calibrated yet is known
    loaded = load([Path(name) for name in sets])
    with one_corpus(settings, loaded, opener, as_articles=as_articles) as (cases, corpus), case_bar(len(cases)) as told:
        found = calibrate(cases, corpus.asker, corpus.shelf, precision, told)
        questions = [case.question for case in cases if not case.unanswerable and not case.turns]
        return found, _fitness(settings, corpus.asker.bare, found, questions[:DRAFTS])


def _fitness(settings: Settings, bare: Assistant, found: Calibrated, questions: Sequence[str]) -> Fitness | None:
    """How many drafts of the settings' generator keep a sentence; None without one."""
    from bot.assistant import Assistant
    from bot.compose import open_generator
    from bot.generation.fitness import fitness

    writer = open_generator(settings, warn)
    if writer is None:
        return None
    with closing(writer):
        return fitness(Assistant(bare.store, bare.pipeline, found.fitted, writer=writer), questions)


def _kept(found: Calibrated, sets: Sequence[str], place: Path) -> Path:
    from bot import calibrated

    facts = {
        "fitted_on": [Path(name).name for name in sets],
        "questions": found.questions,
        "precision": found.precision,
    }
    return calibrated.keep(found.fitted, facts, place)


def _text(found: Calibrated, kept: Path | None) -> str:
    lines = [
        found.fitted.reader,
        f"{found.cases} cases, {found.questions} questions with and without their evidence",
        f"{'':22}{'as it was':>10}{'fitted':>10}",
        *(shown_row(name, found.before, found.after) for name in asdict(found.after)),
        "",
        "Held out, each half of the cases judged by what was fitted on the other (95 % intervals):",
        *_held_out(found),
        "",
        f"Kept: {kept}" if kept is not None else "Nothing was kept.",
    ]
    return visible("\n".join(lines))


def _held_out(found: Calibrated) -> list[str]:
    if found.held_out is None:
        return [f"  a half alone does not reach a precision of {found.precision}: bring more questions"]
    return [f"  precision {_share(found.held_out.precision)}", f"  coverage  {_share(found.held_out.coverage)}"]


def _share(share: Share) -> str:
    value, interval = share.value, share.interval
    if value is None or interval is None:
        return "of nothing"
    return f"{value:.3f} [{interval[0]:.3f}, {interval[1]:.3f}], n = {share.n}"


def _record(found: Calibrated, kept: Path | None) -> dict[str, Any]:
    held_out = found.held_out
    return {
        "reader": found.fitted.reader,
        "precision": found.precision,
        "cases": found.cases,
        "questions": found.questions,
        "intercept": found.fitted.intercept,
        "weights": dict(found.fitted.weights),
        "before": asdict(found.before),
        "after": asdict(found.after),
        "held_out": None
        if held_out is None
        else {"precision": _share_record(held_out.precision), "coverage": _share_record(held_out.coverage)},
        "kept": None if kept is None else str(kept),
    }


def _share_record(share: Share) -> dict[str, Any]:
    return {"value": share.value, "interval": share.interval, "n": share.n}
